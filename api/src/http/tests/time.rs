//! The path that the product is for: time is recorded, its week approved, an invoice drafted.

use domain::members::Role;
use serde_json::{Value, json};

use super::firm::{Person, posting};
use super::{Firm, Reply, ask};

/// A firm with something to work on.
struct Office {
    firm: Firm,
    client: String,
    project: String,
    task: String,
    member: Person,
    manager: Person,
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
        let manager = firm.person(&[Role::Manager]).await;
        Office { firm, client, project, task, member, manager }
    }

    /// An entry of the member with these fields.
    fn entry(&self, fields: &Value) -> Value {
        let mut body = json!({ "project_id": self.project, "task_id": self.task });
        let fields = fields.as_object().expect("fields").clone();
        body.as_object_mut().expect("an object").extend(fields);
        body
    }

    async fn record(&self, fields: &Value) -> Reply {
        self.firm.post_as(&self.member, "/time-entries", &self.entry(fields)).await
    }

    /// The member's entry after it was recorded.
    async fn shown(&self, recorded: &Reply) -> Value {
        let path = format!("/time-entries/{}", recorded.id());
        let path = format!("{path}?min_position={}", recorded.position());
        self.firm.get_as(&self.member, &path).await.is(200)
    }

    fn week(&self) -> String {
        format!("/timesheets/{}/2026-W10", self.member.member)
    }
}

#[tokio::test]
async fn time_is_recorded_approved_and_drafted_on_an_invoice() {
    let office = Office::new().await;
    let firm = &office.firm;
    let rate = json!({ "unit": "hour", "amount_minor": 125_000, "currency": "USD" });
    let body = json!({ "project_id": office.project, "kind": "bill", "rate": rate });
    firm.post("/rates", &body).await.is(200);
    let recorded =
        office.record(&json!({ "date": "2026-03-02", "seconds": 26_400, "note": "Logo" })).await;
    let shown = office.shown(&recorded).await;
    assert_eq!(
        (&shown["note"], &shown["state"], &shown["version"]),
        (&json!("Logo"), &json!("open"), &json!(1))
    );
    let week = office.week();
    firm.post_as(&office.member, &format!("{week}/submit"), &json!({})).await.is(200);
    let own = firm.post_as(&office.member, &format!("{week}/approve"), &json!({})).await;
    assert_eq!(own.problem(403), "auth.forbidden");
    let seen =
        firm.raw(&ask("GET", &week).token(&office.manager.token).header("prefer", "wait=5")).await;
    assert_eq!(
        (&seen.is(200)["state"], &seen.json()["seconds"]),
        (&json!("submitted"), &json!(26_400))
    );
    let other = json!({ "content": "0".repeat(64) });
    let refused = firm.post_as(&office.manager, &format!("{week}/approve"), &other).await;
    assert_eq!(refused.problem(422), "time.content_changed");
    let body = json!({ "content": seen.json()["content"] });
    let approve = posting(&format!("{week}/approve"), &body).token(&office.manager.token);
    firm.raw(&approve.header("if-match", &seen.header("etag"))).await.is(200);
    let unbilled = format!("/unbilled?client_id={}&to=2026-03-31", office.client);
    let body = json!({
        "client_id": office.client, "from": "2026-03-01", "to": "2026-03-31", "group_by": "task",
    });
    let unbilled = ask("GET", &unbilled).token(&firm.owner.token).header("prefer", "wait=5");
    assert_eq!(firm.raw(&unbilled).await.is(200)["seconds"], 26_400);
    let drafted = firm.post("/invoices", &body).await;
    let path = format!("/invoices/{}", drafted.id());
    let invoice = firm.get_after(&drafted, &path).await.is(200);
    assert_eq!(invoice["lines"][0]["net"], json!({ "amount_minor": 916_667, "currency": "USD" }));
    assert_eq!(invoice["lines"][0]["description"], "Website: Design");
    let line = firm.get(&format!("{path}/lines/1/provenance")).await.is(200);
    assert_eq!(line["entries"][0]["entry_id"], recorded.id());
    let twice = firm.post("/invoices", &body).await;
    assert_eq!(twice.problem(422), "billing.nothing_to_bill");
    let held = ask("DELETE", &format!("/time-entries/{}", recorded.id()))
        .token(&office.member.token)
        .header("if-match", "*");
    assert_eq!(firm.raw(&held).await.problem(422), "time.entry_billed");
    firm.post(&format!("{path}/void"), &json!({ "reason": "Too early" })).await.is(200);
    firm.raw(&held).await.is(200);
}

#[tokio::test]
async fn a_local_time_is_meant_in_the_zone_of_the_member_else_of_the_tenant() {
    let office = Office::new().await;
    let firm = &office.firm;
    let body = json!({ "value": "Africa/Johannesburg" });
    firm.change("PUT", "/settings/TIME_ZONE", "*", &body).await.is(200);
    let local = json!({ "start": "2026-03-02T09:00:00", "end": "2026-03-02T10:30:00" });
    let shown = office.shown(&office.record(&local).await).await;
    assert_eq!(shown["start"], "2026-03-02T09:00:00+02:00");
    assert_eq!(
        (&shown["time_zone"], &shown["seconds"]),
        (&json!("Africa/Johannesburg"), &json!(5400))
    );
    let path = format!("/members/{}", office.member.member);
    firm.change("PATCH", &path, "*", &json!({ "time_zone": "Europe/Berlin" })).await.is(200);
    let local = json!({ "start": "2026-03-03T09:00:00", "end": "2026-03-03T10:30:00" });
    let shown = office.shown(&office.record(&local).await).await;
    assert_eq!(shown["start"], "2026-03-03T09:00:00+01:00");
    let folded = json!({
        "start": "2026-10-25T02:15:00", "end": "2026-10-25T02:45:00", "fold": 1,
        "time_zone": "Europe/Berlin",
    });
    let shown = office.shown(&office.record(&folded).await).await;
    assert_eq!(
        (&shown["start"], &shown["seconds"]),
        (&json!("2026-10-25T02:15:00+01:00"), &json!(1800))
    );
    let gap = json!({ "start": "2026-03-29T02:30:00", "end": "2026-03-29T04:00:00" });
    assert_eq!(office.record(&gap).await.problem(422), "time.local_time_does_not_exist");
    let mars = json!({
        "start": "2026-03-04T02:30:00", "end": "2026-03-04T04:00:00", "time_zone": "Mars",
    });
    let reply = office.record(&mars).await;
    assert_eq!(
        (reply.problem(422), reply.fault().0),
        ("time.zone_unknown".into(), "/time_zone".into())
    );
}

#[tokio::test]
async fn half_a_time_is_refused_and_so_is_an_overlap() {
    let office = Office::new().await;
    let reply = office.record(&json!({ "start": "2026-03-02T09:00:00Z" })).await;
    assert_eq!(reply.fault(), ("/end".into(), "json.missing_field".into()));
    let span = json!({ "start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z" });
    office.record(&span).await.is(201);
    assert_eq!(office.record(&span).await.problem(422), "time.overlap");
}

#[tokio::test]
async fn an_entry_is_revised_by_what_is_named_and_its_tag_is_its_own() {
    let office = Office::new().await;
    let firm = &office.firm;
    let span =
        json!({ "start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z", "note": "A" });
    let one = office.record(&span).await;
    let other = office.record(&json!({ "date": "2026-03-02", "seconds": 60 })).await;
    let path = format!("/time-entries/{}", one.id());
    let revise = |tag: &str, body: &Value| {
        ask("PATCH", &path).token(&office.member.token).header("if-match", tag).json(body)
    };
    let body = json!({ "end": "2026-03-02T11:00:00Z", "note": null });
    let revised = firm.raw(&revise(&one.header("etag"), &body)).await;
    revised.is(200);
    let stale = firm.raw(&revise(&one.header("etag"), &body)).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let shown = firm.get_after(&revised, &path).await;
    assert_eq!(shown.header("etag"), revised.header("etag"));
    let body = shown.is(200);
    assert_eq!(
        (&body["seconds"], &body["note"], &body["version"]),
        (&json!(7200), &Value::Null, &json!(2))
    );
    let same = firm.get(&format!("/time-entries/{}", other.id())).await;
    assert_eq!(same.header("etag"), other.header("etag"));
    let moved = json!({ "start": "2026-03-10T09:00:00Z", "end": "2026-03-10T10:00:00Z" });
    let moved = firm.raw(&revise(&revised.header("etag"), &moved)).await;
    assert_eq!(firm.get_after(&moved, &path).await.is(200)["date"], "2026-03-10");
    let then = firm.get(&format!("{path}?as_of={}", one.position())).await.is(200);
    assert_eq!((&then["note"], &then["seconds"]), (&json!("A"), &json!(3600)));
    let remove = ask("DELETE", &path).token(&office.member.token);
    let removed = firm.raw(&remove.header("if-match", &moved.header("etag"))).await;
    assert_eq!(firm.get_after(&removed, &path).await.problem(404), "not_found");
}

#[tokio::test]
async fn a_member_sees_and_changes_their_own_time_only() {
    let office = Office::new().await;
    let firm = &office.firm;
    let recorded = office.record(&json!({ "date": "2026-03-02", "seconds": 60 })).await;
    office.shown(&recorded).await;
    let colleague = firm.person(&[Role::Member]).await;
    let path = format!("/time-entries/{}", recorded.id());
    assert_eq!(firm.get_as(&colleague, &path).await.problem(404), "not_found");
    assert_eq!(firm.get_as(&colleague, "/time-entries").await.is(200)["items"], json!([]));
    let theirs = format!("/time-entries?member_id={}", office.member.member);
    assert_eq!(firm.get_as(&colleague, &theirs).await.problem(403), "auth.forbidden");
    assert_eq!(firm.get_as(&colleague, &office.week()).await.problem(403), "auth.forbidden");
    let revise = ask("PATCH", &path).token(&colleague.token).header("if-match", "*");
    let reply = firm.raw(&revise.json(&json!({ "billable": false }))).await;
    assert_eq!(reply.problem(403), "auth.forbidden");
    let forged = office.entry(&json!({
        "member_id": office.member.member, "date": "2026-03-03", "seconds": 60,
    }));
    let reply = firm.post_as(&colleague, "/time-entries", &forged).await;
    assert_eq!(reply.problem(403), "auth.forbidden");
    for person in [&office.manager, &firm.owner] {
        let all = firm.get_as(person, "/time-entries?week=2026-W10").await.is(200);
        assert_eq!(all["items"].as_array().map(Vec::len), Some(1));
    }
    let filters = ["week=2026-W10&from=2026-03-02", "week=2026-W60", "state=done"];
    for filter in filters {
        let reply = firm.get(&format!("/time-entries?{filter}")).await;
        assert_eq!(reply.problem(400), "request.malformed", "{filter}");
    }
}

#[tokio::test]
async fn a_batch_is_recorded_whole_or_item_by_item_and_answers_the_same_again() {
    let office = Office::new().await;
    let firm = &office.firm;
    let good = |day: &str| office.entry(&json!({ "date": day, "seconds": 60 }));
    let bad = office.entry(&json!({ "date": "2026-03-02", "seconds": 0 }));
    let batch = |body: &Value| posting("/time-entries/batch", body).token(&office.member.token);
    let whole = batch(&json!({ "items": [good("2026-03-02"), bad] }));
    let reply = firm.raw(&whole).await;
    assert_eq!(reply.problem(422), "time.not_positive");
    let whole = batch(&json!({ "items": [good("2026-03-02"), good("2026-03-10")] }));
    let (first, again) = (firm.raw(&whole).await, firm.raw(&whole).await);
    assert_eq!(first.is(200), again.is(200));
    assert_eq!(again.header("idempotent-replayed"), "true");
    let id = first.json()["items"][1]["id"].as_str().expect("an id").to_owned();
    let shown = firm.get_after(&first, &format!("/time-entries/{id}")).await.is(200);
    assert_eq!(shown["date"], "2026-03-10");
    let each = batch(&json!({ "items": [good("2026-03-04"), bad], "atomic": false }));
    let reply = firm.raw(&each).await.is(200);
    assert_eq!(
        (&reply["items"][0]["status"], &reply["items"][1]["status"]),
        (&json!(201), &json!(422))
    );
    assert_eq!(reply["items"][1]["code"], "time.not_positive");
    assert_eq!(firm.raw(&each).await.is(200)["items"], reply["items"]);
    let empty = firm.raw(&batch(&json!({ "items": [] }))).await;
    assert_eq!(empty.fault().0, "/items");
}

#[tokio::test]
async fn a_week_is_sent_back_with_a_reason_and_opened_again() {
    let office = Office::new().await;
    let (firm, week) = (&office.firm, office.week());
    let missing = firm.post_as(&office.member, &format!("{week}/submit"), &json!({})).await;
    assert_eq!(missing.problem(404), "not_found");
    office.record(&json!({ "date": "2026-03-02", "seconds": 60 })).await.is(201);
    let step = |verb: &str, body: Value| (format!("{week}/{verb}"), body);
    let (path, body) = step("submit", json!({}));
    firm.post_as(&office.member, &path, &body).await.is(200);
    let (path, body) = step("reject", json!({ "reason": " " }));
    let refused = firm.post_as(&office.manager, &path, &body).await;
    assert_eq!(
        (refused.problem(422), refused.fault().0),
        ("time.reason_required".into(), "/reason".into())
    );
    let (path, body) = step("reject", json!({ "reason": "Whose logo?" }));
    let rejected = firm.post_as(&office.manager, &path, &body).await;
    let list = firm.get_after(&rejected, "/timesheets?state=rejected&week=2026-W10").await.is(200);
    assert_eq!(list["items"][0]["member_id"], office.member.member.to_string());
    firm.post_as(&office.member, &format!("{week}/submit"), &json!({})).await.is(200);
    firm.post_as(&office.manager, &format!("{week}/approve"), &json!({})).await.is(200);
    let (path, body) = step("reopen", json!({}));
    let reopened = firm.post_as(&office.manager, &path, &body).await;
    assert_eq!(firm.get_after(&reopened, &week).await.is(200)["state"], "open");
    let empty = firm.get(&format!("/timesheets/{}/2026-W20", office.member.member)).await.is(200);
    assert_eq!((&empty["state"], &empty["items"]), (&json!("open"), &json!([])));
    assert_eq!(firm.get("/timesheets/x/2026-W20").await.problem(404), "not_found");
}

#[tokio::test]
async fn a_file_is_imported_once_and_taken_back() {
    let office = Office::new().await;
    let firm = &office.firm;
    let send = |key: &'static str| {
        let ask = ask("POST", "/imports?format=csv&time_zone=Europe/Berlin");
        let ask = ask.text("text/csv", super::samples::EXPORT);
        ask.header("idempotency-key", key).token(&firm.owner.token)
    };
    let first = firm.raw(&send("one")).await;
    let report = first.is(201);
    assert_eq!((&report["recorded"], &report["seconds"]), (&json!(1), &json!(3600)));
    let again = firm.raw(&send("two")).await.is(200);
    assert_eq!((&again["duplicates"], &again["import_id"]), (&json!(1), &Value::Null));
    let path = format!("/imports/{}", report["import_id"].as_str().expect("an id"));
    let shown = firm.get_after(&first, &path).await;
    assert_eq!(shown.is(200)["state"], "finished");
    let undone = firm.change("DELETE", &path, &shown.header("etag"), &Value::Null).await;
    assert_eq!((&undone.is(200)["removed"], &undone.json()["complete"]), (&json!(1), &json!(true)));
    let stale = firm.get_after(&undone, &path).await;
    assert_eq!(stale.is(200)["state"], "undone");
    let stale = firm.change("DELETE", &path, &shown.header("etag"), &Value::Null).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let odd = ask("POST", "/imports?format=csv").text("text/csv", "a,b\n1,2\n");
    let odd = odd.header("idempotency-key", "odd").token(&firm.owner.token);
    assert_eq!(firm.raw(&odd).await.problem(422), "import.unreadable");
    let json = posting("/imports?format=csv", &json!({})).token(&firm.owner.token);
    assert_eq!(firm.raw(&json).await.problem(415), "request.unsupported_media_type");
}
