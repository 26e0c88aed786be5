//! Budgets from the first to the last: set, spent, seen, told of, and shown as they were.

use commands::jobs::{Daily, JobEngine, JobLimits};
use domain::members::Role;
use serde_json::{Value, json};

use super::firm::Person;
use super::{Firm, Reply, ask};
use crate::jobs::BudgetWatch;

/// A firm with a project and somebody who works on it.
struct Office {
    firm: Firm,
    project: String,
    task: String,
    member: Person,
}

impl Office {
    async fn new() -> Self {
        let firm = Firm::new().await;
        let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await.id();
        let body = json!({ "client_id": client, "name": "Website" });
        let project = firm.post("/projects", &body).await.id();
        let tasks = format!("/projects/{project}/tasks");
        let task = firm.post(&tasks, &json!({ "name": "Design" })).await.id();
        let member = firm.person(&[Role::Member]).await;
        let rate = json!({ "unit": "hour", "amount_minor": 3600, "currency": "ZAR" });
        let body = json!({ "project_id": project, "kind": "bill", "rate": rate });
        firm.post("/rates", &body).await.is(200);
        Office { firm, project, task, member }
    }

    fn path(&self, rest: &str) -> String {
        format!("/projects/{}/{rest}", self.project)
    }

    async fn record(&self, day: &str, seconds: i64, billable: bool) -> Reply {
        let body = json!({
            "project_id": self.project, "task_id": self.task, "date": day, "seconds": seconds,
            "billable": billable,
        });
        let recorded = self.firm.post_as(&self.member, "/time-entries", &body).await;
        recorded.is(201);
        recorded
    }

    async fn set(&self, body: &Value) -> Reply {
        let set = self.firm.post(&self.path("budgets"), body).await;
        set.is(201);
        set
    }

    fn watch(&self) -> BudgetWatch {
        let app = &self.firm.app;
        BudgetWatch::new(app.commands.clone(), app.tenants.clone())
    }

    /// Does all jobs that are due.
    async fn work(&self) {
        let log = self.firm.app.commands.log().clone();
        let engine = JobEngine::new(log, self.firm.tenant.platform.clone(), JobLimits::default());
        engine.with(self.watch()).run_tenant(self.firm.tenant.id).await.expect("the database");
    }

    /// The thresholds that a budget told of, oldest first.
    async fn told(&self, budget: &str) -> Vec<u64> {
        let path = self.path(&format!("budgets/{budget}"));
        let ask = ask("GET", &path).token(&self.firm.owner.token).header("prefer", "wait=5");
        let shown = self.firm.raw(&ask).await.is(200);
        let alerts = shown["alerts"].as_array().expect("alerts");
        alerts.iter().rev().map(|alert| alert["threshold"].as_u64().expect("a number")).collect()
    }
}

fn hours(seconds: i64) -> Value {
    json!({ "amount": { "basis": "hours", "seconds": seconds } })
}

#[tokio::test]
async fn a_budget_is_set_spent_changed_by_its_tag_and_cleared() {
    let office = Office::new().await;
    let firm = &office.firm;
    let set = office.set(&hours(10_000)).await;
    let path = office.path(&format!("budgets/{}", set.id()));
    assert_eq!(set.header("location"), format!("{}{path}", crate::http::BASE));
    let recorded = office.record("2026-03-02", 8500, false).await;
    let shown = firm.get_after(&recorded, &path).await;
    assert_eq!(shown.is(200)["counts"], "all");
    let standing = &shown.json()["standing"];
    assert_eq!(
        (&standing["spent"], &standing["left"], &standing["basis_points"], &standing["state"]),
        (&json!(8500), &json!(1500), &json!(8500), &json!("near"))
    );
    assert_eq!(
        (&standing["warnings"], &standing["of"]),
        (&json!(["budgets.near"]), &json!("total"))
    );
    let tag = shown.header("etag");
    assert_eq!(set.header("etag"), tag, "an alert or other time does not change it");
    let body = json!({ "amount": { "basis": "hours", "seconds": 8000 }, "to": "2026-12-31" });
    let changed = firm.change("PATCH", &path, &tag, &body).await;
    changed.is(200);
    let stale = firm.change("PATCH", &path, &tag, &json!({ "alert_at": [10] })).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let after = firm.get_after(&changed, &path).await.is(200);
    assert_eq!((&after["standing"]["state"], &after["to"]), (&json!("over"), &json!("2026-12-31")));
    let before = firm.get(&format!("{path}?as_of={}", recorded.position())).await.is(200);
    assert_eq!(before["standing"]["left"], 1500, "as it was before the change");
    let list = firm.get_after(&changed, &office.path("budgets")).await.is(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    let nothing = firm.change("PATCH", &path, &changed.header("etag"), &json!({})).await;
    assert_eq!(nothing.status.as_u16(), 400);
    let cleared = firm.change("DELETE", &path, &changed.header("etag"), &Value::Null).await;
    cleared.is(200);
    assert_eq!(firm.get_after(&cleared, &path).await.problem(404), "not_found");
    for (body, code, field) in [
        (hours(0), "budgets.invalid_amount", "/amount"),
        (
            json!({ "amount": { "basis": "fees", "amount_minor": 1, "currency": "XXX" } }),
            "budgets.unknown_currency",
            "/amount/currency",
        ),
        (
            json!({ "amount": { "basis": "hours", "seconds": 1 }, "alert_at": [501] }),
            "budgets.invalid_alerts",
            "/alert_at",
        ),
    ] {
        let refused = firm.post(&office.path("budgets"), &body).await;
        assert_eq!(refused.problem(422), code);
        assert_eq!(refused.fault(), (field.to_owned(), code.to_owned()));
    }
}

#[tokio::test]
async fn progress_sums_up_what_was_worked_and_what_is_left() {
    let office = Office::new().await;
    let firm = &office.firm;
    let today =
        office.firm.app.commands.log().clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let body = json!({ "value": "up" });
    firm.change("PUT", "/settings/ROUNDING_MODE", "*", &body).await.is(200);
    office.record(&today.to_string(), 600, true).await;
    office.record(&today.to_string(), 300, false).await;
    let estimate = office.path("estimate");
    let none = firm.get(&estimate).await;
    assert_eq!(none.is(200)["seconds"], Value::Null);
    let said =
        firm.change("PUT", &estimate, &none.header("etag"), &json!({ "seconds": 800 })).await;
    said.is(200);
    let again = firm.change("PUT", &estimate, "*", &json!({ "seconds": 1800 })).await;
    let of_task = office.path(&format!("tasks/{}/estimate", office.task));
    let of_task = firm.change("PUT", &of_task, "*", &json!({ "seconds": 900 })).await;
    of_task.is(200);
    office
        .set(&json!({ "amount": { "basis": "fees", "amount_minor": 1000, "currency": "ZAR" } }))
        .await;
    let ask = ask("GET", &office.path("progress")).header("prefer", "wait=5");
    let shown = firm.raw(&ask.token(&firm.owner.token)).await.is(200);
    for (name, seconds) in [
        ("seconds", 900),
        ("rounded_seconds", 1800),
        ("billable_seconds", 600),
        ("not_billable_seconds", 300),
        ("approved_seconds", 0),
        ("billed_seconds", 0),
        ("recent_seconds", 900),
    ] {
        assert_eq!(shown[name], seconds, "{name} of {shown}");
    }
    assert_eq!(shown["fees"], json!([{ "amount_minor": 900, "currency": "ZAR" }]));
    assert_eq!(shown["budgets"][0]["standing"]["spent"], 900);
    assert_eq!(
        (&shown["estimate"]["left_seconds"], &shown["estimate"]["basis_points"]),
        (&json!(900), &json!(5000))
    );
    let end = today.checked_add(jiff::SignedDuration::from_hours(28 * 24)).unwrap();
    assert_eq!(shown["estimate"]["forecast_end"], end.to_string());
    assert_eq!(shown["tasks"][0]["estimate"]["left_seconds"], 0);
    assert_eq!(shown["members"][0]["member_id"], office.member.member.to_string());
    let then = format!("{}?as_of={}", office.path("progress"), said.position());
    assert_eq!(firm.get(&then).await.is(200)["estimate"]["left_seconds"], -100);
    let history = firm.get_after(&again, &estimate).await.is(200);
    let moved: Vec<_> =
        history["history"].as_array().unwrap().iter().map(|it| &it["seconds"]).collect();
    assert_eq!(moved, [&json!(1800), &json!(800)]);
}

#[tokio::test]
async fn a_member_sees_hours_where_the_firm_lets_them_and_a_project_manager_all() {
    let office = Office::new().await;
    let firm = &office.firm;
    let other = firm.person(&[Role::Member]).await;
    office.record("2026-03-02", 60, true).await;
    office.set(&hours(3600)).await;
    let fees = json!({ "amount": { "basis": "fees", "amount_minor": 1000, "currency": "ZAR" } });
    let fees = office.set(&fees).await;
    let paths = [office.path("budgets"), office.path("progress"), office.path("estimate")];
    for path in &paths {
        assert_eq!(firm.get_as(&other, path).await.problem(403), "auth.forbidden");
    }
    let body = json!({ "value": "members" });
    firm.change("PUT", "/settings/BUDGETS_SEEN_BY", "*", &body).await.is(200);
    let seen = ask("GET", &paths[0]).header("prefer", "wait=5").token(&other.token);
    assert_eq!(firm.raw(&seen).await.is(200)["items"].as_array().map(Vec::len), Some(1));
    let one = firm.get_as(&other, &office.path(&format!("budgets/{}", fees.id()))).await;
    assert_eq!(one.problem(404), "not_found");
    let progress = firm.get_as(&other, &paths[1]).await.is(200);
    assert_eq!(
        (&progress["seconds"], &progress["fees"], &progress["members"]),
        (&json!(60), &Value::Null, &json!([]))
    );
    let link = json!({ "member_id": office.member.member });
    firm.post(&office.path("members"), &link).await.is(200);
    let unlinked = ask("GET", &paths[0]).header("prefer", "wait=5").token(&other.token);
    assert_eq!(firm.raw(&unlinked).await.problem(403), "auth.forbidden");
    assert_eq!(firm.post_as(&other, &paths[0], &hours(60)).await.problem(403), "auth.forbidden");
    assert_eq!(firm.get_as(&other, "/budgets").await.problem(403), "auth.forbidden");
    // Somebody who has not asked before: who asks is remembered for a moment.
    let lead = firm.person(&[Role::Member]).await;
    let grant = json!({
        "member_id": lead.member, "right": "project_manager", "object_id": office.project,
    });
    firm.post("/grants", &grant).await.is(201);
    let all = firm.get_as(&lead, &paths[0]).await.is(200);
    assert_eq!(all["items"].as_array().map(Vec::len), Some(2));
    firm.post_as(&lead, &paths[0], &hours(60)).await.is(201);
}

#[tokio::test]
async fn the_overview_names_what_is_over_and_goes_on_where_it_stopped() {
    let office = Office::new().await;
    let firm = &office.firm;
    office.record("2026-03-02", 90, true).await;
    for seconds in [50, 100, 1000, 60] {
        office.set(&hours(seconds)).await;
    }
    let past = json!({ "amount": { "basis": "hours", "seconds": 1 }, "to": "2026-01-31" });
    let last = office.set(&past).await;
    let count = |reply: &Value| reply["items"].as_array().map_or(0, Vec::len);
    for (query, expected) in [("", 4), ("?state=over", 2), ("?state=near", 1), ("?state=ok", 1)] {
        let shown = firm.get_after(&last, &format!("/budgets{query}")).await.is(200);
        assert_eq!(count(&shown), expected, "{query}: {shown}");
    }
    let first = firm.get("/budgets?state=over&limit=1").await.is(200);
    let cursor = first["next_cursor"].as_str().expect("more");
    let path = format!("/budgets?state=over&limit=1&cursor={cursor}");
    let second = firm.get(&path).await.is(200);
    assert_eq!((count(&second), &second["next_cursor"]), (1, &Value::Null));
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    let then = firm.get(&format!("/budgets?as_of={}", last.position())).await.is(200);
    assert_eq!(count(&then), 4);
}

#[tokio::test]
async fn alerts_are_raised_by_the_job_of_a_change_and_by_the_day_and_never_twice() {
    let office = Office::new().await;
    let today =
        office.firm.app.commands.log().clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    office.record(&today.to_string(), 850, true).await;
    let mut body = hours(1000);
    body["period"] = json!("month");
    let set = office.set(&body).await;
    let budget = set.id();
    office.work().await;
    assert_eq!(office.told(&budget).await, [80]);
    office.record(&today.to_string(), 200, true).await;
    let tenant = office.firm.tenant.id;
    for _ in 0..2 {
        Daily::run(&office.watch(), tenant, today).await.expect("a day");
    }
    assert_eq!(office.told(&budget).await, [80, 100]);
    let path = office.path(&format!("budgets/{budget}"));
    let more = json!({ "amount": { "basis": "hours", "seconds": 1200 } });
    office.firm.change("PATCH", &path, &set.header("etag"), &more).await.is(200);
    office.work().await;
    assert_eq!(office.told(&budget).await, [80, 100, 80], "another amount has its own");
    let mails = office.firm.get("/jobs?limit=100").await.is(200);
    let mails = mails["items"].as_array().expect("jobs").iter().filter(|job| job["kind"] == "mail");
    assert_eq!(mails.count(), 3, "to the owner alone, for nobody is closer to the project");
}
