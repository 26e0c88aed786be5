//! Reports as their readers see them: sums by any groups, in three formats, each role its own part,
//! now and as it was.

use domain::members::Role;
use serde_json::{Value, json};

use super::firm::Person;
use super::{Ask, Firm, Reply, ask};
use crate::http::reports::tests::{part, texts};

const MARCH: &str = "from=2026-03-01&to=2026-03-31";

/// A firm with two members who work on two projects.
struct Office {
    firm: Firm,
    client: String,
    projects: [String; 2],
    tasks: [String; 2],
    members: [Person; 2],
}

impl Office {
    async fn new() -> Self {
        Office::named(["Website", "Bridge"]).await
    }

    /// With projects of these names.
    async fn named(names: [&str; 2]) -> Self {
        let firm = Firm::new().await;
        let client = firm.post("/clients", &json!({ "name": names[0] })).await.id();
        let (mut projects, mut tasks) = (Vec::new(), Vec::new());
        for name in names {
            let body = json!({ "client_id": client, "name": name });
            let project = firm.post("/projects", &body).await.id();
            let path = format!("/projects/{project}/tasks");
            tasks.push(firm.post(&path, &json!({ "name": name })).await.id());
            projects.push(project);
        }
        let members = [firm.person(&[Role::Member]).await, firm.person(&[Role::Member]).await];
        let two = |list: Vec<String>| <[String; 2]>::try_from(list).expect("two");
        Office { firm, client, projects: two(projects), tasks: two(tasks), members }
    }

    /// Time of a member on a project, with these fields.
    async fn record(&self, who: usize, what: usize, day: &str, seconds: u32, more: Value) -> Reply {
        let mut body = json!({
            "project_id": self.projects[what], "task_id": self.tasks[what], "date": day,
            "seconds": seconds,
        });
        let more = more.as_object().expect("fields").clone();
        body.as_object_mut().expect("an object").extend(more);
        let recorded = self.firm.post_as(&self.members[who], "/time-entries", &body).await;
        recorded.is(201);
        recorded
    }

    async fn rate(&self, body: Value) -> Reply {
        let set = self.firm.post("/rates", &body).await;
        set.is(200);
        set
    }

    async fn report(&self, query: &str) -> Value {
        self.report_as(&self.firm.owner, query).await.is(200)
    }

    async fn report_as(&self, person: &Person, query: &str) -> Reply {
        self.firm.raw(&asking(&person.token, query)).await
    }
}

/// A report of March of all that is known.
fn asking(token: &str, query: &str) -> Ask {
    let path = format!("/reports/time?{MARCH}&{query}");
    ask("GET", &path).token(token).header("prefer", "wait=10")
}

#[tokio::test]
async fn time_is_summed_by_any_groups_with_raw_and_rounded_side_by_side() {
    let office = Office::new().await;
    for (key, value) in [("ROUNDING_MODE", "up"), ("ROUNDING_SCOPE", "day")] {
        let body = json!({ "value": value });
        office.firm.change("PUT", &format!("/settings/{key}"), "*", &body).await.is(200);
    }
    let quarter = json!({ "value": "15" });
    let path = "/settings/TIMECAPTURE_INTERVAL_MINUTES";
    office.firm.change("PUT", path, "*", &quarter).await.is(200);
    office.record(0, 0, "2026-03-02", 300, json!({})).await;
    office.record(0, 0, "2026-03-02", 300, json!({ "billable": false })).await;
    office.record(0, 1, "2026-03-02", 60, json!({})).await;
    office.record(1, 1, "2026-03-09", 3600, json!({})).await;
    office.record(1, 1, "2026-04-01", 9999, json!({})).await;
    let report = office.report("group_by=project").await;
    // By name: the bridge comes first.
    let row = |n: usize| report["rows"][n].clone();
    assert_eq!((&row(0)["project"], &row(1)["project"]), (&json!("Bridge"), &json!("Website")));
    assert_eq!((&row(0)["seconds"], &row(0)["rounded_seconds"]), (&json!(3660), &json!(4500)));
    assert_eq!((&row(1)["seconds"], &row(1)["rounded_seconds"]), (&json!(600), &json!(900)));
    let halves = (&row(1)["billable_seconds"], &row(1)["not_billable_seconds"]);
    assert_eq!(halves, (&json!(300), &json!(300)));
    assert_eq!(
        (&report["totals"]["seconds"], &report["totals"]["entries"]),
        (&json!(4260), &json!(4))
    );
    let report = office.report("group_by=week,member&group_by=billable&subtotals=true").await;
    let rows = report["rows"].as_array().expect("rows");
    let weeks: Vec<&str> = rows.iter().filter_map(|row| row["week"].as_str()).collect();
    assert_eq!(weeks.first(), Some(&"2026-W10"));
    let details = rows.iter().filter(|row| row["subtotal"] == false);
    assert_eq!(details.map(|row| row["seconds"].as_i64().expect("seconds")).sum::<i64>(), 4260);
    let week = rows.iter().find(|row| row["member_id"].is_null() && row["week"] == "2026-W10");
    let week = week.expect("a subtotal of the week");
    assert_eq!((&week["subtotal"], &week["seconds"]), (&json!(true), &json!(660)));
    assert_eq!(report["totals"]["rounded_seconds"], 5400);
    // A day's sum that is cut in two is rounded in each row, and once in the total.
    let cut = office.report("group_by=billable").await;
    assert_eq!(cut["totals"]["rounded_seconds"], 5400);
    let filtered = format!("project_id={}&billable=true", office.projects[0]);
    assert_eq!(office.report(&filtered).await["totals"]["seconds"], 300);
    let many = format!("client_id={}&project_id={}", office.client, office.projects[1]);
    assert_eq!(office.report(&many).await["totals"]["seconds"], 3660);
}

#[tokio::test]
async fn members_see_their_own_time_and_nobody_sees_more_money_than_they_may() {
    let office = Office::new().await;
    office.record(0, 0, "2026-03-02", 3600, json!({})).await;
    office.record(1, 0, "2026-03-02", 7200, json!({})).await;
    let rate = |amount: i64| json!({ "unit": "hour", "amount_minor": amount, "currency": "ZAR" });
    office.rate(json!({ "kind": "bill", "rate": rate(100_000) })).await;
    office.rate(json!({ "kind": "cost", "rate": rate(40_000) })).await;
    let own = office.report_as(&office.members[0], "group_by=member").await.is(200);
    assert_eq!((&own["totals"]["seconds"], &own["totals"]["entries"]), (&json!(3600), &json!(1)));
    let own = format!("member_id={}", office.members[0].member);
    office.report_as(&office.members[0], &own).await.is(200);
    for others in [
        format!("member_id={}", office.members[1].member),
        format!("{own}&member_id={}", office.members[1].member),
        "money=true".to_owned(),
    ] {
        let reply = office.report_as(&office.members[0], &others).await;
        assert_eq!(reply.problem(403), "auth.forbidden", "{others}");
    }
    for (role, costs) in
        [(Role::Manager, false), (Role::Billing, true), (Role::Auditor, true), (Role::Admin, true)]
    {
        let person = office.firm.person(&[role]).await;
        let report = office.report_as(&person, "money=true").await.is(200);
        let totals = &report["totals"];
        assert_eq!(totals["seconds"], 10_800, "{role}");
        let amount = json!({ "amount_minor": 300_000, "currency": "ZAR" });
        assert_eq!(totals["amount_zar"], amount, "{role}");
        let margin = json!({ "amount_minor": 180_000, "currency": "ZAR" });
        let shown = if costs { margin } else { Value::Null };
        assert_eq!(totals["margin_zar"], shown, "{role}");
        assert_eq!(report.to_string().contains("cost"), costs, "{role}");
        let plain = office.report_as(&person, "group_by=month").await.is(200);
        assert!(!plain.to_string().contains("ZAR"), "{role}");
    }
}

#[tokio::test]
async fn a_report_shows_what_was_and_what_was_known_before_a_change_and_after() {
    let office = Office::new().await;
    let rate = |amount: i64| {
        let rate = json!({ "unit": "hour", "amount_minor": amount, "currency": "ZAR" });
        json!({ "kind": "bill", "rate": rate })
    };
    let first = office.record(0, 0, "2026-03-02", 3600, json!({ "note": "Logo" })).await;
    let before = office.rate(rate(100_000)).await;
    let head = office.firm.get(&format!("/events?after={}&limit=1", before.position() - 1)).await;
    let known = head.is(200)["items"][0]["recorded_at"].as_str().expect("an instant").to_owned();
    let known = known.replace('+', "%2B");
    office.rate(rate(150_000)).await;
    let path = format!("/projects/{}", office.projects[0]);
    office.firm.change("PATCH", &path, "*", &json!({ "name": "Shop" })).await.is(200);
    office.record(0, 0, "2026-03-03", 3600, json!({})).await;
    let amount = |report: &Value| report["totals"]["amount_zar"]["amount_minor"].clone();
    let now = office.report("money=true").await;
    assert_eq!((amount(&now), &now["rows"][0]["project"]), (json!(300_000), &json!("Shop")));
    let reply = format!("money=true&as_of={}", before.position());
    let reply = office.report_as(&office.firm.owner, &reply).await;
    let then = reply.is(200);
    assert_eq!(reply.position(), before.position());
    assert_eq!((amount(&then), &then["rows"][0]["project"]), (json!(100_000), &json!("Website")));
    assert_eq!(then["totals"]["entries"], 1);
    // All time there is, at what was known before the rate rose.
    let at_old = office.report(&format!("money=true&known_at={known}")).await;
    assert_eq!((amount(&at_old), &at_old["totals"]["entries"]), (json!(200_000), &json!(2)));
    let entry = format!("group_by=entry&as_of={}", first.position());
    let entry = office.report(&entry).await;
    assert_eq!(
        (&entry["rows"][0]["note"], &entry["rows"][0]["day"]),
        (&json!("Logo"), &json!("2026-03-02"))
    );
    let future = office.report_as(&office.firm.owner, "known_at=2999-01-01T00:00:00Z").await;
    assert_eq!(future.problem(422), "known_at.future");
}

#[tokio::test]
async fn no_name_note_or_tag_becomes_a_formula_in_a_file() {
    let formula = "=HYPERLINK(\"https://evil.example\",\"Click\")";
    let office = Office::named([formula, "@SUM(1+1)"]).await;
    let words = json!({ "note": "+cmd|' /C calc'!A0", "tags": ["-2+3", "\u{ff1d}1"] });
    office.record(0, 0, "2026-03-02", 3600, words).await;
    let query = "group_by=client,project,task,tag,entry";
    let csv = office.report_as(&office.firm.owner, &format!("{query}&format=csv")).await;
    assert_eq!(csv.status, 200, "{}", csv.text);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    let name = csv.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"time-") && name.contains(".csv\""), "{name}");
    let mut reader = csv::Reader::from_reader(&*csv.bytes);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 2, "a row per label");
    let cells: Vec<&str> = rows.iter().flatten().collect();
    for text in [formula, "+cmd|' /C calc'!A0", "-2+3", "\u{ff1d}1"] {
        assert!(cells.contains(&format!("'{text}").as_str()), "{text}: {cells:?}");
        assert!(!cells.contains(&text));
    }
    let accept = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let asked = asking(&office.firm.owner.token, query).header("accept", accept);
    let xlsx = office.firm.raw(&asked).await;
    assert_eq!(xlsx.header("content-type"), accept);
    assert!(!part(&xlsx.bytes, "xl/worksheets/sheet1.xml").contains("<f"));
    assert!(texts(&xlsx.bytes).contains(&formula.to_owned()));
}

#[tokio::test]
async fn a_question_without_sense_is_refused_by_its_name() {
    let office = Office::new().await;
    let get = async |query: &str| office.firm.get(&format!("/reports/time?{query}")).await;
    for (query, pointer, code) in [
        ("from=2026-03-01", "", "query.missing"),
        ("from=2026-03-01&to=soon", "?to", "query.invalid"),
        ("from=2026-03-01&to=2026-03-02&group_by=moon", "?group_by", "query.invalid"),
        ("from=2026-03-01&to=2026-03-02&group_by=day,day", "?group_by", "query.invalid"),
        ("from=2026-03-01&to=2026-03-02&format=pdf", "?format", "query.invalid"),
        ("from=2026-03-01&to=2026-03-02&from=2026-03-01", "?from", "query.repeated_key"),
        ("from=2026-03-01&to=2026-03-02&known_at=soon", "?known_at", "query.invalid"),
    ] {
        let reply = get(query).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text);
        let (found, named) = reply.fault();
        assert!(found.starts_with(pointer) || pointer.is_empty(), "{query}: {found}");
        assert!(named == code || pointer.is_empty(), "{query}: {named}");
    }
    let reversed = get("from=2026-03-02&to=2026-03-01").await;
    assert_eq!(reversed.problem(422), "reports.days_reversed");
    assert_eq!(reversed.fault().0, "?to");
    let long = get("from=2021-03-01&to=2026-03-01").await;
    assert_eq!(long.problem(422), "reports.too_many_days");
    let report = get("from=2021-03-02&to=2026-03-01").await.is(200);
    assert_eq!((&report["rows"], &report["totals"]["seconds"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn utilisation_is_the_billable_share_of_what_could_be_worked() {
    let office = Office::new().await;
    office.record(0, 0, "2026-03-02", 8 * 3600, json!({})).await;
    office.record(0, 1, "2026-03-03", 4 * 3600, json!({ "billable": false })).await;
    let get = async |person: &Person, query: &str| {
        let path = format!("/reports/utilisation?from=2026-03-02&to=2026-03-06&{query}");
        office.firm.raw(&ask("GET", &path).token(&person.token).header("prefer", "wait=10")).await
    };
    // A week of eight hours a day, of which one day was billable.
    let own = get(&office.members[0], "group_by=member,month").await.is(200);
    let row = &own["rows"][0];
    assert_eq!((&row["capacity_seconds"], &row["month"]), (&json!(40 * 3600), &json!("2026-03")));
    assert_eq!((&row["seconds"], &row["billable_seconds"]), (&json!(43_200), &json!(28_800)));
    assert_eq!(row["utilisation_basis_points"], 2000);
    assert_eq!(own["rows"].as_array().map(Vec::len), Some(1));
    let target = row["target_seconds"].as_i64().expect("a target");
    let of_target = (28_800 * 10_000 + target / 2) / target;
    assert_eq!(row["of_target_basis_points"], of_target);
    let who = &office.members[0];
    let reply = get(who, &format!("member_id={}", office.members[1].member)).await;
    assert_eq!(reply.problem(403), "auth.forbidden");
    // Everybody can work, also who recorded nothing.
    let all = get(&office.firm.owner, "group_by=member").await.is(200);
    assert_eq!(all["rows"].as_array().map(Vec::len), Some(3));
    assert_eq!(all["totals"]["capacity_seconds"], 3 * 40 * 3600);
    let one = format!("group_by=project&member_id={}", who.member);
    let work = get(&office.firm.owner, &one).await.is(200);
    assert_eq!(work["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&work["rows"][1]["project"], &work["rows"][1]["capacity_seconds"]),
        (&json!("Website"), &Value::Null)
    );
    assert_eq!(work["rows"][1]["utilisation_basis_points"], 2000);
    let csv = get(&office.firm.owner, &format!("{one}&format=csv")).await;
    let mut reader = csv::Reader::from_reader(&*csv.bytes);
    let heads = reader.headers().expect("names").clone();
    assert!(heads.iter().any(|name| name == "utilisation_percent"), "{heads:?}");
    let then = format!(
        "{one}&as_of={}",
        office.record(0, 0, "2026-03-04", 60, json!({})).await.position()
    );
    let then = get(&office.firm.owner, &then).await.is(200);
    assert_eq!(then["totals"]["seconds"], 43_260);
    assert_eq!(then["totals"]["capacity_seconds"], 40 * 3600);
}
