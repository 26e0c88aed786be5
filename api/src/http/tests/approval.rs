//! Weeks approved in parts, step by step and by substitutes, and what is told of it: what waits for
//! whom, what changed since, and who is missing.

use domain::members::Role;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::firm::Person;
use super::{Firm, Reply, ask};

/// A firm in which a member's own manager approves and then billing, with two projects.
struct Office {
    firm: Firm,
    projects: [String; 2],
    tasks: [String; 2],
    member: Person,
    lead: Person,
    billing: Person,
}

impl Office {
    async fn new() -> Self {
        let firm = Firm::new().await;
        let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await.id();
        let (mut projects, mut tasks) = (Vec::new(), Vec::new());
        for name in ["Website", "Bridge"] {
            let body = json!({ "client_id": client, "name": name });
            let project = firm.post("/projects", &body).await.id();
            let path = format!("/projects/{project}/tasks");
            tasks.push(firm.post(&path, &json!({ "name": "Design" })).await.id());
            projects.push(project);
        }
        let member = firm.person(&[Role::Member]).await;
        let lead = firm.person(&[Role::Member]).await;
        let billing = firm.person(&[Role::Billing]).await;
        let path = format!("/members/{}", member.member);
        firm.change("PATCH", &path, "*", &json!({ "manager_id": lead.member })).await.is(200);
        let chain = json!({ "value": "line_manager,billing" });
        firm.change("PUT", "/settings/APPROVAL_CHAIN", "*", &chain).await.is(200);
        let [projects, tasks] = [projects, tasks].map(|them| them.try_into().expect("two of them"));
        Office { firm, projects, tasks, member, lead, billing }
    }

    async fn record(&self, n: usize, seconds: u32) -> String {
        let body = json!({
            "project_id": self.projects[n], "task_id": self.tasks[n], "date": "2026-03-02",
            "seconds": seconds,
        });
        self.firm.post_as(&self.member, "/time-entries", &body).await.id()
    }

    fn week(&self) -> String {
        format!("/timesheets/{}/2026-W10", self.member.member)
    }

    async fn step(&self, person: &Person, step: &str, body: &Value) -> Reply {
        self.firm.post_as(person, &format!("{}/{step}", self.week()), body).await
    }

    /// A read by somebody that has seen what was done.
    async fn seen(&self, person: &Person, path: &str, done: &Reply) -> Value {
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}min_position={}", done.json()["position"]);
        self.firm.get_as(person, &path).await.is(200)
    }

    /// How many weeks wait for somebody.
    async fn awaited(&self, person: &Person, done: &Reply) -> usize {
        let found = self.seen(person, "/timesheets?awaiting=me", done).await;
        found["items"].as_array().expect("a list").len()
    }
}

#[tokio::test]
async fn part_of_a_week_goes_from_step_to_step_and_a_substitute_takes_the_last_one() {
    let office = Office::new().await;
    let (member, lead, billing) = (&office.member, &office.lead, &office.billing);
    let first = office.record(0, 3600).await;
    let second = office.record(1, 1800).await;
    let of_first = json!({ "project_id": office.projects[0] });
    let submitted = office.step(member, "submit", &of_first).await;
    let moved = &submitted.is(200)["entries"];
    assert_eq!(moved.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&moved[0]["entry_id"], &moved[0]["waits_for"]),
        (&json!(first), &json!("line_manager"))
    );
    assert_eq!(moved[0]["steps"], json!(["line_manager", "billing"]));
    assert_eq!(office.awaited(lead, &submitted).await, 1);
    assert_eq!(office.awaited(billing, &submitted).await, 0);
    let seen = office.seen(lead, &office.week(), &submitted).await;
    assert_eq!((&seen["seconds"], seen["items"].as_array().map(Vec::len)), (&json!(3600), Some(1)));
    let early = office.step(billing, "approve", &json!({})).await;
    assert_eq!(early.problem(422), "time.not_your_step");
    let stranger = office.firm.person(&[Role::Member]).await;
    let none = office.step(&stranger, "approve", &json!({})).await;
    assert_eq!(none.problem(403), "auth.forbidden");
    assert_eq!(office.firm.get_as(&stranger, &office.week()).await.problem(403), "auth.forbidden");
    let body = json!({ "content": seen["content"], "project_id": office.projects[0] });
    let passed = office.step(lead, "approve", &body).await;
    let moved = &passed.is(200)["entries"][0];
    assert_eq!((&moved["state"], &moved["steps_done"]), (&json!("submitted"), &json!(1)));
    assert_eq!(
        (&moved["waits_for"], &passed.json()["remaining"][0]["entry_id"]),
        (&json!("billing"), &json!(first))
    );
    let deputy = office.firm.person(&[Role::Member]).await;
    let now = office.firm.app.commands.log().clock().now().to_zoned(TimeZone::UTC);
    let (from, to) = (now.date().yesterday().unwrap(), now.date().tomorrow().unwrap());
    let path = format!("/members/{}/substitutes", billing.member);
    let body = json!({ "substitute_id": deputy.member, "from": from, "to": to });
    let named = office.firm.post_as(billing, &path, &body).await;
    named.is(201);
    assert_eq!(office.awaited(&deputy, &named).await, 1);
    let approved = office.step(&deputy, "approve", &json!({})).await;
    assert_eq!(approved.is(200)["entries"][0]["state"], "approved");
    assert_eq!(approved.json()["remaining"], json!([]));
    let event = office.firm.get("/events?limit=200").await.is(200).to_string();
    assert!(event.contains(&format!("\"for\":\"{}\"", billing.member)), "the log says for whom");
    let whole = office.seen(member, &office.week(), &approved).await;
    assert_eq!((&whole["steps_done"], &whole["steps"]), (&json!(2), &json!(2)));
    let states: Vec<_> = whole["items"].as_array().unwrap().iter().map(|it| &it["state"]).collect();
    assert!(states.contains(&&json!("open")) && states.contains(&&json!("approved")));
    let withdraw = format!("{path}/{}", named.id());
    let gone = ask("DELETE", &withdraw).token(&billing.token).header("if-match", "*");
    let gone = office.firm.raw(&gone).await;
    gone.is(200);
    let rest = office.step(member, "submit", &json!({})).await;
    assert_eq!(rest.is(200)["entries"][0]["entry_id"], second);
    assert_eq!(office.awaited(&deputy, &rest).await, 0);
}

#[tokio::test]
async fn what_changed_since_the_approval_is_told_field_by_field_and_a_reopening_lists_what_moved() {
    let office = Office::new().await;
    let owner = &office.firm.owner;
    let (first, second) = (office.record(0, 3600).await, office.record(0, 1800).await);
    office.step(&office.member, "submit", &json!({})).await.is(200);
    let approved = office.step(owner, "approve", &json!({})).await;
    assert_eq!(approved.is(200)["entries"][1]["steps_done"], 2);
    let path = format!("/time-entries/{first}");
    let revise = ask("PATCH", &path).token(&office.member.token).header("if-match", "*");
    office.firm.raw(&revise.json(&json!({ "seconds": 7200, "date": "2026-03-02" }))).await.is(200);
    let third = office.record(1, 60).await;
    let changes = office.firm.get_as(&office.member, &format!("{}/changes", office.week())).await;
    let items = changes.is(200)["items"].as_array().cloned().expect("a list");
    let of = |id: &str| items.iter().find(|item| item["entry_id"] == id);
    let revised = of(&first).expect("the one that was revised");
    assert_eq!(revised["change"], "revised");
    let seconds = json!([{ "field": "seconds", "before": 3600, "after": 7200 }]);
    assert_eq!(revised["fields"], seconds);
    assert_eq!(of(&third).map(|item| &item["change"]), Some(&json!("added")));
    assert!(of(&second).is_none(), "it's still what was approved");
    let reopened = office.step(owner, "reopen", &json!({ "entry_ids": [second] })).await;
    let moved = &reopened.is(200)["entries"];
    assert_eq!((&moved[0]["entry_id"], &moved[0]["state"]), (&json!(second), &json!("open")));
    let nothing = office.step(owner, "reopen", &json!({})).await;
    assert_eq!(nothing.problem(422), "time.nothing_to_reopen");
}

#[tokio::test]
async fn who_should_have_worked_and_has_submitted_nothing_is_missing() {
    let office = Office::new().await;
    let path = format!("/members/{}/work-patterns", office.member.member);
    let body = json!({ "minutes": [480, 0, 0, 0, 0, 0, 0] });
    let set = office.firm.post(&path, &body).await;
    let missing = "/timesheets?missing=true&week=2026-W10";
    let owner = &office.firm.owner;
    let found = office.seen(owner, missing, &set).await;
    let only = json!(office.member.member);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&found["items"][0]["member_id"], &found["items"][0]["entries"]),
        (&only, &json!(0))
    );
    let without = office.firm.get("/timesheets?missing=true").await;
    assert_eq!(without.fault().0, "?week");
    office.record(0, 3600).await;
    let submitted = office.step(&office.member, "submit", &json!({})).await;
    let found = office.seen(owner, missing, &submitted).await;
    assert_eq!(found["items"], json!([]));
}
