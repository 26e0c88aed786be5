//! Recording time with little effort: the timer, favourites, copies, and many entries at once.

use domain::members::Role;
use serde_json::{Value, json};

use super::firm::{Person, posting};
use super::{Firm, Reply, ask};

/// A firm with a member who has a task to work on.
struct Desk {
    firm: Firm,
    client: String,
    project: String,
    task: String,
    member: Person,
    /// What `ago` counts from: one moment, so that two of them lie whole minutes apart.
    opened: i64,
}

impl Desk {
    async fn new() -> Self {
        let firm = Firm::new().await;
        let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await.id();
        let body = json!({ "client_id": client, "name": "Website" });
        let project = firm.post("/projects", &body).await.id();
        let tasks = format!("/projects/{project}/tasks");
        let task = firm.post(&tasks, &json!({ "name": "Design" })).await.id();
        let member = firm.person(&[Role::Member]).await;
        let opened = firm.app.commands.log().clock().now().as_second();
        Desk { firm, client, project, task, member, opened }
    }

    /// The work with these fields.
    fn work(&self, fields: &Value) -> Value {
        let mut body = json!({ "project_id": self.project, "task_id": self.task });
        let fields = fields.as_object().expect("fields").clone();
        body.as_object_mut().expect("an object").extend(fields);
        body
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        self.firm.post_as(&self.member, path, body).await
    }

    async fn start(&self, fields: &Value) -> Reply {
        self.post("/time-entries/start", &self.work(fields)).await
    }

    /// Reads as the member what a command has led to.
    async fn after(&self, done: &Reply, path: &str) -> Reply {
        let join = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{join}min_position={}", done.position());
        self.firm.get_as(&self.member, &path).await
    }

    async fn change(&self, method: &str, path: &str, tag: &str, body: &Value) -> Reply {
        let ask = ask(method, path).token(&self.member.token).header("if-match", tag);
        self.firm.raw(&if body.is_null() { ask } else { ask.json(body) }).await
    }

    /// So many minutes before the desk was opened.
    fn ago(&self, minutes: i64) -> String {
        let at = jiff::Timestamp::from_second(self.opened - minutes * 60).expect("in our time");
        at.to_string()
    }
}

#[tokio::test]
async fn a_timer_is_an_entry_to_be_from_start_to_stop() {
    let desk = Desk::new().await;
    let began = desk.ago(90);
    let started = desk.start(&json!({ "start": began, "note": "Logo", "tags": ["a"] })).await;
    assert_eq!(started.is(201)["id"], started.id());
    let path = format!("/time-entries/{}", started.id());
    let shown = desk.after(&started, &path).await;
    assert_eq!(shown.header("etag"), started.header("etag"));
    let body = shown.is(200);
    assert_eq!(
        (&body["state"], &body["end"], &body["note"], &body["version"]),
        (&json!("running"), &Value::Null, &json!("Logo"), &json!(1))
    );
    assert!((5400..5500).contains(&body["seconds"].as_i64().expect("seconds")), "{body}");
    let running = desk.after(&started, "/time-entries/running").await.is(200);
    assert_eq!(running["items"][0]["id"], started.id());
    let second = desk.start(&json!({})).await;
    assert_eq!(second.problem(422), "time.timer_running");
    assert_eq!(second.fault().0, "/stop_running");
    assert!(second.text.contains(&started.id()), "{}", second.text);
    let later = json!({ "start": desk.ago(60), "note": null });
    let changed = desk.change("PATCH", &path, &started.header("etag"), &later).await;
    changed.is(200);
    let again = desk.change("PATCH", &path, &started.header("etag"), &later).await;
    assert_eq!(again.problem(412), "precondition.failed");
    let end = json!({ "end": desk.ago(0) });
    let refused = desk.change("PATCH", &path, "*", &end).await;
    assert_eq!(refused.problem(422), "time.entry_running");
    let stop = posting(&format!("{path}/stop"), &json!({ "end": desk.ago(30) }));
    let stop = stop.token(&desk.member.token).header("if-match", &changed.header("etag"));
    let stopped = desk.firm.raw(&stop).await;
    assert_eq!(desk.firm.raw(&stop).await.is(200)["id"], started.id(), "the same key again");
    let entry = desk.after(&stopped, &path).await;
    assert_eq!(entry.header("etag"), stopped.header("etag"));
    let body = entry.is(200);
    assert_eq!(
        (&body["state"], &body["seconds"], &body["note"], &body["version"]),
        (&json!("open"), &json!(1800), &Value::Null, &json!(3))
    );
    let none = desk.after(&stopped, "/time-entries/running").await.is(200);
    assert_eq!(none["items"], json!([]));
    let then = format!("{path}?as_of={}", started.position());
    let past = desk.firm.get_as(&desk.member, &then).await.is(200);
    assert_eq!((&past["state"], &past["note"]), (&json!("running"), &json!("Logo")));
    let once_more = desk.post(&format!("{path}/stop"), &json!({})).await;
    assert_eq!(once_more.problem(422), "time.timer_not_running");
}

#[tokio::test]
async fn what_ran_too_long_or_for_nothing_is_refused_with_a_remedy_and_can_be_discarded() {
    let desk = Desk::new().await;
    let started = desk.start(&json!({})).await;
    let path = format!("/time-entries/{}", started.id());
    let early = desk.post(&format!("{path}/stop"), &json!({ "end": desk.ago(5) })).await;
    assert_eq!(early.problem(422), "time.timer_too_short");
    assert_eq!(early.fault().0, "/end");
    let theirs = desk.firm.person(&[Role::Member]).await;
    let foreign = desk.firm.post_as(&theirs, &format!("{path}/stop"), &json!({})).await;
    assert_eq!(foreign.problem(403), "auth.forbidden");
    assert_eq!(desk.firm.get_as(&theirs, &path).await.problem(404), "not_found");
    let asked = format!("/time-entries/running?member_id={}", desk.member.member);
    assert_eq!(desk.firm.get_as(&theirs, &asked).await.problem(403), "auth.forbidden");
    assert_eq!(desk.firm.get_after(&started, &asked).await.is(200)["items"][0]["id"], started.id());
    let gone = desk.change("DELETE", &path, &started.header("etag"), &Value::Null).await;
    gone.is(200);
    assert_eq!(desk.after(&gone, &path).await.problem(404), "not_found");
    let back = desk.start(&json!({ "start": desk.ago(1441) })).await;
    assert_eq!(back.problem(422), "time.timer_start_out_of_range");
    assert_eq!(back.fault().0, "/start");
    let half = desk.post("/time-entries/start", &json!({ "project_id": desk.project })).await;
    half.problem(400);
    assert_eq!(half.fault().0, "/task_id");
}

#[tokio::test]
async fn favourites_are_kept_in_order_and_start_a_timer() {
    let desk = Desk::new().await;
    let body = json!({ "name": "Mondays", "note": "Stand-up", "tags": ["meeting"] });
    let first = desk.post("/favourites", &desk.work(&body)).await;
    let second = desk.post("/favourites", &desk.work(&json!({ "billable": false }))).await;
    let path = format!("/favourites/{}", second.id());
    let seen = desk.after(&second, &path).await;
    assert_eq!(seen.header("etag"), second.header("etag"));
    assert_eq!((&seen.is(200)["place"], &seen.json()["name"]), (&json!(2), &Value::Null));
    let body = json!({ "name": "First", "place": 1 });
    let moved = desk.change("PATCH", &path, &second.header("etag"), &body).await;
    let list = desk.after(&moved, "/favourites").await.is(200);
    let shown: Vec<_> = [0, 1].map(|n| list["items"][n]["name"].clone()).to_vec();
    assert_eq!(shown, ["First", "Mondays"]);
    let stale = desk.change("PATCH", &path, &second.header("etag"), &body).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let nowhere = desk.change("PATCH", &path, "*", &json!({ "place": 3 })).await;
    assert_eq!(nowhere.problem(422), "time.favourite_place_out_of_range");
    let body = json!({ "favourite_id": first.id(), "start": desk.ago(5) });
    let started = desk.post("/time-entries/start", &body).await;
    let entry = desk.after(&started, &format!("/time-entries/{}", started.id())).await.is(200);
    assert_eq!((&entry["note"], &entry["tags"]), (&json!("Stand-up"), &json!(["meeting"])));
    let gone = desk.change("DELETE", &path, "*", &Value::Null).await;
    assert_eq!(desk.after(&gone, &path).await.problem(404), "not_found");
    let others = desk.firm.get("/favourites").await.is(200);
    assert_eq!(others["items"], json!([]), "everybody has their own");
}

#[tokio::test]
async fn many_entries_are_changed_and_found_by_what_they_are_on() {
    let desk = Desk::new().await;
    let mut ids = Vec::new();
    for day in ["2026-03-02", "2026-03-03", "2026-03-10"] {
        let body = desk.work(&json!({ "date": day, "seconds": 60, "tags": ["b"] }));
        ids.push(desk.post("/time-entries", &body).await.id());
    }
    let changes = json!({ "billable": false, "tags_add": ["a"], "tags_remove": ["b"] });
    let body = json!({ "ids": ids[..2], "changes": changes });
    let changed = desk.post("/time-entries/batch/change", &body).await;
    assert_eq!(changed.is(200)["items"][1], json!({ "status": 200, "id": ids[1] }));
    let found = |query: String| {
        let (desk, changed) = (&desk, &changed);
        async move {
            let listed = desk.after(changed, &format!("/time-entries?{query}")).await.is(200);
            listed["items"].as_array().expect("a list").len()
        }
    };
    assert_eq!(found("tag=a".into()).await, 2);
    assert_eq!(found("billable=true".into()).await, 1);
    assert_eq!(found(format!("client_id={}&task_id={}", desk.client, desk.task)).await, 3);
    assert_eq!(found(format!("client_id={}", desk.project)).await, 0);
    let then = format!("tag=a&client_id={}&as_of={}", desk.client, changed.position());
    let past = desk.firm.get_as(&desk.member, &format!("/time-entries?{then}")).await.is(200);
    assert_eq!(past["items"].as_array().expect("a list").len(), 2);
    let versions = json!({ ids[1].clone(): 1 });
    let body = json!({ "ids": ids, "changes": { "note": "Late" }, "versions": versions });
    let stale = desk.post("/time-entries/batch/change", &body).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    assert_eq!(stale.fault().0, "/ids/1");
    let body = json!({
        "ids": ids, "changes": { "note": "Late" }, "versions": versions, "mode": "each",
    });
    let each = desk.post("/time-entries/batch/change", &body).await.is(200);
    let statuses: Vec<_> = [0, 1, 2].map(|n| each["items"][n]["status"].clone()).to_vec();
    assert_eq!(statuses, [200, 412, 200]);
    let unknown = json!({ "ids": [ids[0], desk.client] });
    let unknown = desk.post("/time-entries/batch/remove", &unknown).await;
    assert_eq!(unknown.problem(404), "not_found");
    assert_eq!(unknown.fault().0, "/ids/1");
    let removed = desk.post("/time-entries/batch/remove", &json!({ "ids": ids })).await;
    assert_eq!(desk.after(&removed, "/time-entries").await.is(200)["items"], json!([]));
}

#[tokio::test]
async fn a_week_is_copied_and_the_same_request_is_told_the_same() {
    let desk = Desk::new().await;
    for (start, end) in [("09:00", "10:00"), ("11:00", "12:00")] {
        let body = json!({
            "start": format!("2026-03-02T{start}:00+00:00"),
            "end": format!("2026-03-02T{end}:00+00:00"),
        });
        desk.post("/time-entries", &desk.work(&body)).await.is(201);
    }
    let body = json!({ "start": "2026-03-09T09:30:00+00:00", "end": "2026-03-09T09:45:00+00:00" });
    desk.post("/time-entries", &desk.work(&body)).await.is(201);
    let week = format!("/timesheets/{}/2026-W11", desk.member.member);
    let copy = posting(&format!("{week}/copy"), &json!({})).token(&desk.member.token);
    let copied = desk.firm.raw(&copy).await;
    let body = copied.is(200);
    assert_eq!(body["copied"].as_array().expect("a list").len(), 1);
    assert_eq!(body["skipped"][0]["code"], "time.overlap");
    assert_eq!(desk.firm.raw(&copy).await.is(200), body);
    let sheet = desk.after(&copied, &week).await;
    assert_eq!(sheet.is(200)["seconds"], 3600 + 900);
    assert_eq!(sheet.header("etag"), copied.header("etag"));
    let refuse = json!({ "on_conflict": "refuse" });
    let refused = desk.post(&format!("{week}/copy"), &refuse).await;
    assert_eq!(refused.problem(422), "time.overlap");
    let nonsense = desk.post(&format!("{week}/copy"), &json!({ "from_week": "March" })).await;
    nonsense.problem(400);
    assert_eq!(nonsense.fault().0, "/from_week");
}

#[tokio::test]
async fn tags_and_recent_tasks_are_what_the_member_used_and_no_more() {
    let desk = Desk::new().await;
    let (today, before) = (&desk.ago(0)[..10], &desk.ago(3 * 1440)[..10]);
    for (day, tags) in [(today, json!(["Big", "small"])), (before, json!(["small"]))] {
        let body = desk.work(&json!({ "date": day, "seconds": 60, "tags": tags }));
        desk.post("/time-entries", &body).await.is(201);
    }
    let body = desk.work(&json!({ "date": today, "seconds": 60, "tags": ["owner"] }));
    let last = desk.firm.post("/time-entries", &body).await;
    let tags = desk.after(&last, "/tags").await.is(200);
    let used = json!([
        { "tag": "small", "entries": 2, "last_day": today },
        { "tag": "Big", "entries": 1, "last_day": today },
    ]);
    assert_eq!(tags["items"], used);
    assert_eq!(desk.after(&last, "/tags?q=BI").await.is(200)["items"][0]["tag"], "Big");
    let then = format!("/tags?as_of={}", last.position());
    assert_eq!(desk.firm.get_as(&desk.member, &then).await.is(200)["items"], used);
    let all = desk.firm.get_after(&last, "/tags").await.is(200);
    assert_eq!(all["items"].as_array().expect("a list").len(), 3);
    let theirs = format!("/tags?member_id={}", desk.firm.owner.member);
    assert_eq!(desk.firm.get_as(&desk.member, &theirs).await.problem(403), "auth.forbidden");
    let recent = json!([{
        "project_id": desk.project, "task_id": desk.task, "entries": 2, "last_day": today,
    }]);
    let path = "/time-entries/recent";
    assert_eq!(desk.after(&last, path).await.is(200)["items"], recent);
    let then = format!("{path}?as_of={}", last.position());
    assert_eq!(desk.firm.get_as(&desk.member, &then).await.is(200)["items"], recent);
    let body = json!({ "archived": true });
    let project = format!("/projects/{}", desk.project);
    let archived = desk.firm.change("PATCH", &project, "*", &body).await;
    assert_eq!(desk.after(&archived, path).await.is(200)["items"], json!([]));
}
