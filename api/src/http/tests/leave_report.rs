//! The report of leave as its readers see it: each account by any groups, what is owed in money for
//! who may see costs alone, in three formats, now and as it was.

use domain::members::Role;
use serde_json::{Value, json};

use super::firm::Person;
use super::{Firm, Reply};
use crate::http::reports::tests::{part, texts};

/// A firm with a member whose leave is paid out and one whose is not known.
struct Office {
    firm: Firm,
    member: Person,
    manager: Person,
    colleague: Person,
    leave_type: String,
}

fn terms() -> Value {
    json!({
        "cycle": { "months": 12, "begins": { "yearly": { "month": 1, "day": 1 } } },
        "grants": [{
            "right": "contractual", "entitlement": { "of": { "days": "12" } },
            "accrual": "month_end", "payable": true, "carry": { "expires_after_months": 3 },
        }],
        "overdraft": { "days": "0" },
    })
}

impl Office {
    async fn new() -> Self {
        let firm = Firm::new().await;
        let member = firm.person(&[Role::Member]).await;
        let manager = firm.person(&[Role::Manager]).await;
        let colleague = firm.person(&[Role::Member]).await;
        let body = json!({ "name": "=Annual leave", "paid": true });
        let leave_type = firm.post("/leave-types", &body).await.id();
        for person in [&member, &colleague] {
            let body = json!({ "manager_id": manager.member, "hired_on": "2025-01-01" });
            let path = format!("/members/{}", person.member);
            firm.change("PATCH", &path, "*", &body).await.is(200);
        }
        let policy: domain::leave::LeavePolicy = serde_json::from_value(terms()).expect("terms");
        let leave = leave_type.parse().map(domain::id::LeaveTypeId).expect("an id");
        let set = commands::leave::SetLeavePolicy { leave_type: leave, from: None, policy };
        let actor = domain::log::Actor::Operator;
        let via = domain::log::Via::CommandLine;
        let sender = commands::Sender::new(firm.tenant.id, actor, via);
        firm.app.commands.handle(sender, set).await.expect("terms");
        let office = Office { firm, member, manager, colleague, leave_type };
        office.away().await;
        office
    }

    /// Two days that were granted, and one that waits.
    async fn away(&self) {
        let ask = |from: &str, to: &str| {
            let kind = &self.leave_type;
            json!({ "leave_type_id": kind, "from": from, "to": to })
        };
        let path = "/leave-requests";
        let asked = self.firm.post_as(&self.member, path, &ask("2026-03-05", "2026-03-06")).await;
        asked.is(201);
        let path = format!("/leave-requests/{}/approve", asked.id());
        let approve = super::ask("POST", &path).json(&json!({})).header("if-match", "*");
        let key = migrations::testing::random_id().to_string();
        let approve = approve.header("idempotency-key", &key).token(&self.manager.token);
        self.firm.raw(&approve).await.is(200);
        let waits = ask("2026-04-07", "2026-04-07");
        self.firm.post_as(&self.member, "/leave-requests", &waits).await.is(201);
    }

    async fn report_as(&self, person: &Person, query: &str) -> Reply {
        self.firm.get_as(person, &format!("/reports/leave?{query}")).await
    }

    async fn report(&self, query: &str) -> Value {
        self.report_as(&self.firm.owner, query).await.is(200)
    }
}

fn row<'a>(report: &'a Value, key: &str, value: impl ToString) -> &'a Value {
    let rows = report["rows"].as_array().expect("rows");
    let found = rows.iter().find(|row| row[key] == value.to_string());
    found.unwrap_or_else(|| panic!("no {key} {}: {report}", value.to_string()))
}

/// What of a row is summed: all but whose and which it is.
fn sums(row: &Value) -> Vec<(&String, &Value)> {
    let sum = |key: &str| ["_days", "_minutes", "_zar"].iter().any(|end| key.ends_with(end));
    let row = row.as_object().expect("a row");
    let sums: Vec<_> = row.iter().filter(|(key, _)| sum(key)).collect();
    assert!(sums.len() > 8, "{row:?}");
    sums
}

#[tokio::test]
async fn balances_and_what_is_taken_waits_lapses_and_is_owed_add_up_by_any_groups() {
    let office = Office::new().await;
    let rate = json!({ "unit": "hour", "amount_minor": 10_000, "currency": "ZAR" });
    let body = json!({ "kind": "cost", "member_id": office.member.member, "rate": rate });
    let set = office.firm.post("/rates", &body).await;
    office.firm.get_after(&set, "/rates?kind=cost").await.is(200);
    // Of 12 days of 2025 and 3 of 2026 two are taken; those of 2025 lapse after March.
    let report = office.report("at=2026-03-31").await;
    let own = row(&report, "member_id", office.member.member);
    let told = ["balance_days", "taken_days", "pending_days", "expiring_days", "liability_days"];
    assert_eq!(told.map(|key| own[key].clone()), ["13", "2", "1", "10", "13"]);
    assert_eq!((&own["balance_minutes"], &own["expires_on"]), (&json!(6240), &json!("2026-03-31")));
    assert_eq!(own["liability_zar"]["amount_minor"], 104 * 10_000);
    assert_eq!(own["liability_unpriced_minutes"], 0);
    let other = row(&report, "member_id", office.colleague.member);
    assert_eq!((&other["balance_days"], &other["liability_zar"]), (&json!("15"), &Value::Null));
    assert_eq!(other["liability_unpriced_minutes"], 15 * 480);
    let total = &report["totals"];
    assert_eq!((&total["balance_days"], &total["liability_days"]), (&json!("28"), &json!("28")));
    for groups in ["member", "leave_type", "manager", "manager,member,leave_type", "member,month"] {
        let query = format!("at=2026-03-31&group_by={groups}");
        let totals = office.report(&query).await["totals"].clone();
        assert_eq!(sums(&totals), sums(total), "{groups}");
    }
    let managers = office.report("at=2026-03-31&group_by=manager").await;
    assert_eq!(row(&managers, "manager_id", office.manager.member)["balance_days"], "28");
    let months = office.report("from=2026-03-01&to=2026-04-30&group_by=month").await;
    let (march, april) = (row(&months, "month", "2026-03"), row(&months, "month", "2026-04"));
    assert_eq!((&march["taken_days"], &march["balance_days"]), (&json!("2"), &json!("28")));
    assert_eq!((&april["taken_days"], &april["balance_days"]), (&json!("0"), &json!("8")));
    assert_eq!((&march["pending_days"], &april["pending_days"]), (&json!("0"), &json!("1")));
    let twice = office.firm.get("/reports/leave?at=2026-03-31&group_by=member,member").await;
    assert_eq!(twice.problem(400), "request.malformed");
}

#[tokio::test]
async fn each_reader_sees_their_part_and_money_only_who_may_see_costs() {
    let office = Office::new().await;
    let rate = json!({ "unit": "hour", "amount_minor": 7_654_321, "currency": "ZAR" });
    let set = office.firm.post("/rates", &json!({ "kind": "cost", "rate": rate })).await;
    office.firm.get_after(&set, "/rates?kind=cost").await.is(200);
    let query = "at=2026-03-31";
    for (role, all, leave, money) in [
        (Role::Owner, true, true, true),
        (Role::Admin, true, true, true),
        (Role::Auditor, true, true, true),
        (Role::Billing, true, false, true),
        (Role::Manager, true, true, false),
        (Role::Member, false, true, false),
    ] {
        let person = office.firm.person(&[role]).await;
        let report = office.report_as(&person, query).await.is(200);
        let rows = report["rows"].as_array().expect("rows").len();
        assert_eq!(rows, if all { 2 } else { 0 }, "{role}");
        let columns = report["columns"].as_array().expect("columns").iter();
        let names: Vec<&str> = columns.filter_map(|column| column["name"].as_str()).collect();
        assert_eq!(names.contains(&"taken_days"), leave, "{role}");
        assert_eq!(names.contains(&"liability_zar"), money, "{role}: {names:?}");
    }
    let own = office.report_as(&office.member, query).await.is(200);
    assert_eq!(own["rows"].as_array().map(Vec::len), Some(1));
    let theirs = format!("{query}&member_id={}", office.colleague.member);
    assert_eq!(office.report_as(&office.member, &theirs).await.problem(403), "auth.forbidden");
    let csv = office.report_as(&office.manager, "at=2026-03-31&format=csv").await;
    assert!(csv.text.starts_with("\"member_id\",\"member\",\"leave_type_id\""), "{}", csv.text);
    assert!(csv.text.contains(",\"'=Annual leave\","), "{}", csv.text);
    assert!(csv.text.contains(",6240.0000,13.0000,"), "{}", csv.text);
    let xlsx = office.report_as(&office.manager, "at=2026-03-31&format=xlsx").await;
    assert!(texts(&xlsx.bytes).contains(&"=Annual leave".to_owned()));
    assert!(!part(&xlsx.bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
}

#[tokio::test]
async fn the_report_as_of_a_moment_is_what_it_was_then() {
    let office = Office::new().await;
    let query = "at=2026-03-31";
    let before = office.report(query).await;
    let head = office.firm.get("/events?limit=1").await.position();
    let body = json!({ "hired_on": "2026-01-01" });
    let path = format!("/members/{}", office.member.member);
    office.firm.change("PATCH", &path, "*", &body).await.is(200);
    let after = office.report(query).await;
    let days =
        |report: &Value| row(report, "member_id", office.member.member)["balance_days"].clone();
    assert_eq!((days(&before), days(&after)), (json!("13"), json!("1")));
    for cut in ["as_of", "known_at"] {
        let then = office.report(&format!("{query}&{cut}={head}")).await;
        assert_eq!(days(&then), days(&before), "{cut}");
    }
    assert_eq!(office.report(&format!("{query}&as_of={head}")).await, before);
}
