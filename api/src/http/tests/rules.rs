//! What a change in the middle of a month changes, and what it leaves alone: the tenant's zone, a
//! rounding rule, a rate. Before and after are both there to be read.

use domain::members::Role;
use serde_json::{Value, json};

use super::Firm;
use super::firm::Person;

/// Two clients with a project and a task each, and a month of approved work on drafts.
pub(super) struct Month {
    pub(super) firm: Firm,
    pub(super) clients: Vec<String>,
    pub(super) projects: Vec<String>,
    pub(super) tasks: Vec<String>,
    pub(super) member: Person,
    pub(super) manager: Person,
}

/// The days of work on each project: a week and a half of March 2026 apart.
const DAYS: [&str; 2] = ["2026-03-10", "2026-03-20"];

impl Month {
    pub(super) async fn new() -> Self {
        let firm = Firm::new().await;
        let zone = json!({ "value": "Africa/Johannesburg" });
        firm.change("PUT", "/settings/TIME_ZONE", "*", &zone).await.is(200);
        let (mut clients, mut projects, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
        for name in ["Umbrella", "Initech"] {
            let body = json!({ "name": name, "currency": "ZAR" });
            let client = firm.post("/clients", &body).await.id();
            let body = json!({ "client_id": client, "name": "Website" });
            let project = firm.post("/projects", &body).await.id();
            let body = json!({ "name": "Design" });
            let task = firm.post(&format!("/projects/{project}/tasks"), &body).await.id();
            clients.push(client);
            projects.push(project);
            tasks.push(task);
        }
        let rate = json!({ "unit": "hour", "amount_minor": 100_000, "currency": "ZAR" });
        firm.post("/rates", &json!({ "kind": "bill", "rate": rate })).await.is(200);
        let member = firm.person(&[Role::Member]).await;
        let manager = firm.person(&[Role::Manager]).await;
        Month { firm, clients, projects, tasks, member, manager }
    }

    /// Records work of the member on the n-th project.
    pub(super) async fn record(&self, n: usize, worked: &Value) -> String {
        let mut body = json!({ "project_id": self.projects[n], "task_id": self.tasks[n] });
        let worked = worked.as_object().expect("fields").clone();
        body.as_object_mut().expect("an object").extend(worked);
        self.firm.post_as(&self.member, "/time-entries", &body).await.id()
    }

    /// 61 minutes on each day for each client, beginning at 9 on the clock of the firm.
    pub(super) async fn worked(&self) {
        for (n, day) in [(0, DAYS[0]), (0, DAYS[1]), (1, DAYS[0]), (1, DAYS[1])] {
            let hour = 9 + 2 * n;
            let start = format!("{day}T{hour:02}:00:00");
            let end = format!("{day}T{:02}:01:00", hour + 1);
            self.record(n, &json!({ "start": start, "end": end })).await;
        }
    }

    pub(super) async fn approve(&self, week: &str) {
        let week = format!("/timesheets/{}/{week}", self.member.member);
        let submit = format!("{week}/submit");
        self.firm.post_as(&self.member, &submit, &json!({})).await.is(200);
        let approve = format!("{week}/approve");
        self.firm.post_as(&self.manager, &approve, &json!({})).await.is(200);
    }

    /// A draft of March for the n-th client with a line per entry.
    pub(super) async fn draft(&self, n: usize) -> String {
        let body = json!({
            "client_id": self.clients[n], "from": "2026-03-01", "to": "2026-03-31",
            "group_by": "entry",
        });
        self.firm.post("/invoices", &body).await.id()
    }

    /// The last position of the log.
    pub(super) async fn head(&self) -> i64 {
        self.firm.get("/events?limit=1").await.position()
    }

    /// Entries by day and project as they're shown, once the read models know the whole log.
    async fn entries(&self, query: &str) -> Vec<Value> {
        let head = self.head().await;
        let path = format!("/time-entries?limit=200&min_position={head}{query}");
        let mut items = self.firm.get(&path).await.is(200)["items"].as_array().expect("it").clone();
        let key = |item: &Value| (item["date"].to_string(), item["project_id"].to_string());
        items.sort_by_key(key);
        items
    }

    /// The lines of a draft.
    async fn lines(&self, invoice: &str, query: &str) -> Vec<Value> {
        let head = self.head().await;
        let path = format!("/invoices/{invoice}?min_position={head}{query}");
        self.firm.get(&path).await.is(200)["lines"].as_array().expect("lines").clone()
    }

    /// Everything that a change might move: what is shown of entries and of both drafts' lines.
    async fn shown(&self, drafts: &[String; 2], query: &str) -> Vec<Value> {
        let mut all = self.entries(query).await;
        for draft in drafts {
            all.extend(self.lines(draft, query).await);
        }
        all
    }
}

/// Which things have changed, and in which fields.
fn changed(before: &[Value], after: &[Value]) -> Vec<(usize, Vec<String>)> {
    assert_eq!(before.len(), after.len());
    let pairs = before.iter().zip(after).enumerate().filter(|(_, (one, other))| one != other);
    let fields = |one: &Value, other: &Value| {
        let names = one.as_object().expect("an object").keys();
        names.filter(|name| one[*name] != other[*name]).cloned().collect()
    };
    pairs.map(|(n, (one, other))| (n, fields(one, other))).collect()
}

fn fields(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_change_in_the_middle_of_a_month_changes_what_it_is_about_and_nothing_else() {
    let month = Month::new().await;
    let firm = &month.firm;
    month.worked().await;
    month.approve("2026-W11").await;
    month.approve("2026-W12").await;
    let drafts = [month.draft(0).await, month.draft(1).await];
    // Entries by day: two of the 10th, two of the 20th; then two lines per draft, by day.
    let first = month.shown(&drafts, "").await;
    assert_eq!(first.len(), 8);
    assert!(first.iter().all(|it| it["seconds"] == 3660 && it["rounded_seconds"] == 3660));
    let of = |project: &str, day: &str| {
        let is = |it: &Value| it["project_id"] == *project && it["date"] == *day;
        first.iter().position(is).expect("an entry")
    };
    let (ours, theirs) = (of(&month.projects[0], DAYS[1]), of(&month.projects[1], DAYS[1]));
    let mut moments = vec![(month.head().await, first.clone())];

    // A rate of the first client, from the 15th on: the price of one line.
    let rate = json!({ "unit": "hour", "amount_minor": 120_000, "currency": "ZAR" });
    let body = json!({
        "client_id": month.clients[0], "kind": "bill", "from": "2026-03-15", "rate": rate,
    });
    firm.post("/rates", &body).await.is(200);
    let now = month.shown(&drafts, "").await;
    assert_eq!(changed(&first, &now), [(5, fields(&["net", "unit_price"]))]);
    assert_eq!(now[5]["net"]["amount_minor"], 122_000);
    moments.push((month.head().await, now));

    // A rule of the first project, from the 15th on: one entry and its line.
    let body = json!({
        "project_id": month.projects[0], "from": "2026-03-15",
        "rule": { "mode": "up", "interval_minutes": 15 },
    });
    firm.post("/rounding-rules", &body).await.is(200);
    let now = month.shown(&drafts, "").await;
    let line = fields(&["net", "quantity", "rounded_seconds", "rounding"]);
    let expected = [(ours, fields(&["rounded_seconds"])), (5, line.clone())];
    assert_eq!(changed(&moments[1].1, &now), expected);
    assert_eq!((&now[5]["rounded_seconds"], &now[5]["quantity"]), (&json!(4500), &json!("1.2500")));
    moments.push((month.head().await, now));

    // The tenant's own rule from the same day: what has no rule of its own.
    let body = json!({ "value": "down", "from": "2026-03-15" });
    firm.change("PUT", "/settings/ROUNDING_MODE", "*", &body).await.is(200);
    let now = month.shown(&drafts, "").await;
    let expected = [(theirs, fields(&["rounded_seconds"])), (7, line)];
    assert_eq!(changed(&moments[2].1, &now), expected);
    assert_eq!(now[7]["rounded_seconds"], 3600);
    moments.push((month.head().await, now.clone()));

    // Another zone of the firm: nothing that is there, and all that comes.
    let body = json!({ "value": "Europe/London", "from": "2026-03-15" });
    firm.change("PUT", "/settings/TIME_ZONE", "*", &body).await.is(200);
    assert_eq!(changed(&now, &month.shown(&drafts, "").await), []);
    moments.push((month.head().await, now));

    assert_answers_as_then(&month, &drafts, &moments).await;
    assert_rules_are_told(firm, &drafts).await;
}

/// Every moment still answers as it did, whether the log is cut or only what was known then.
async fn assert_answers_as_then(
    month: &Month,
    drafts: &[String; 2],
    moments: &[(i64, Vec<Value>)],
) {
    for (position, then) in moments {
        let cut = month.shown(drafts, &format!("&as_of={position}")).await;
        assert_eq!(changed(then, &cut), [], "as of {position}");
        for (n, draft) in drafts.iter().enumerate() {
            let known = month.lines(draft, &format!("&known_at={position}")).await;
            assert_eq!(known, then[4 + 2 * n..6 + 2 * n], "known at {position}");
        }
    }
}

/// Of each line it's told where its rounding comes from.
async fn assert_rules_are_told(firm: &Firm, drafts: &[String; 2]) {
    let path = format!("/invoices/{}/lines/2/provenance", drafts[0]);
    let told = firm.get(&path).await.is(200);
    let rule = &told["rounding_rules"][0];
    assert_eq!((&rule["source"], &rule["from"]), (&json!("project"), &json!("2026-03-15")));
    assert_eq!(rule["entries"], 1);
    let position = rule["position"].as_i64().expect("a position");
    let event = firm.get(&format!("/events?after={}&limit=1", position - 1)).await.is(200);
    assert_eq!(event["items"][0]["type"], "RoundingRuleSet");
    let path = format!("/invoices/{}/lines/2/provenance", drafts[1]);
    assert_eq!(firm.get(&path).await.is(200)["rounding_rules"][0]["source"], "tenant");
}

#[tokio::test]
async fn t27_a_later_change_of_the_zone_moves_no_entry_and_counts_for_new_ones() {
    let month = Month::new().await;
    let local = json!({ "start": "2026-06-10T23:30:00", "end": "2026-06-11T00:30:00" });
    let id = month.record(0, &local).await;
    let path = format!("/time-entries/{id}?min_position={}", month.head().await);
    let before = month.firm.get(&path).await.is(200);
    assert_eq!((&before["date"], &before["seconds"]), (&json!("2026-06-10"), &json!(3600)));
    assert_eq!(before["start"], "2026-06-10T23:30:00+02:00");
    let body = json!({ "value": "Europe/London" });
    month.firm.change("PUT", "/settings/TIME_ZONE", "*", &body).await.is(200);
    let after = format!("/time-entries/{id}?min_position={}", month.head().await);
    assert_eq!(month.firm.get(&after).await.is(200), before);
    let later = json!({ "start": "2026-06-12T23:30:00", "end": "2026-06-13T00:30:00" });
    let new = month.record(0, &later).await;
    let path = format!("/time-entries/{new}?min_position={}", month.head().await);
    assert_eq!(month.firm.get(&path).await.is(200)["start"], "2026-06-12T23:30:00+01:00");
}

#[tokio::test]
async fn t11_t29_both_ends_are_rounded_on_the_local_clock_where_a_rule_says_so() {
    let month = Month::new().await;
    let rule = |scope: &Value, mode: &str, minutes: u32| {
        let rule = json!({ "mode": mode, "interval_minutes": minutes, "scope": "ends" });
        let mut body = json!({ "rule": rule });
        let scope = scope.as_object().expect("a scope").clone();
        body.as_object_mut().expect("an object").extend(scope);
        body
    };
    let by_client = rule(&json!({ "client_id": month.clients[0] }), "nearest", 15);
    month.firm.post("/rounding-rules", &by_client).await.is(200);
    let by_task = rule(&json!({ "task_id": month.tasks[1] }), "down", 60);
    month.firm.post("/rounding-rules", &by_task).await.is(200);
    for (n, worked) in [
        (0, json!({ "start": "2026-03-10T12:17:35", "end": "2026-03-10T13:32:52" })),
        // 62 minutes are an hour and 09:07 to 10:09 is 09:00 to 10:15.
        (0, json!({ "start": "2026-03-11T09:07:00", "end": "2026-03-11T10:09:00" })),
        (0, json!({ "date": "2026-03-12", "seconds": 62 * 60 })),
        (
            1,
            json!({
                "start": "2026-03-13T09:07:00", "end": "2026-03-13T11:05:00",
                "time_zone": "Asia/Kathmandu",
            }),
        ),
    ] {
        month.record(n, &worked).await;
    }
    let shown = month.entries("").await;
    let rounded: Vec<_> = shown.iter().map(|it| it["rounded_seconds"].clone()).collect();
    // On the clock of the epoch the last would be 08:45 to 10:45 and the same two hours; on the
    // local one it's 09:00 to 11:00.
    assert_eq!(rounded, [4500, 4500, 3600, 7200]);
    month.approve("2026-W11").await;
    let draft = month.draft(0).await;
    let lines = month.lines(&draft, "").await;
    let billed: Vec<_> = lines.iter().map(|it| it["rounded_seconds"].clone()).collect();
    assert_eq!(billed, [4500, 4500, 3600]);
    let then = month.lines(&draft, &format!("&as_of={}", month.head().await)).await;
    assert_eq!(then, lines);
}

#[tokio::test]
async fn a_rounding_rule_is_for_one_thing_that_is_there_and_set_by_who_may_change_rates() {
    let month = Month::new().await;
    let firm = &month.firm;
    let rule = json!({ "mode": "up", "interval_minutes": 15 });
    let body = json!({ "client_id": month.clients[0], "rule": rule });
    let refused = firm.post_as(&month.manager, "/rounding-rules", &body).await;
    assert_eq!(refused.problem(403), "auth.forbidden");
    let set = firm.post("/rounding-rules", &body).await;
    let listed = format!("/rounding-rules?min_position={}", set.position());
    let listed = firm.get_as(&month.member, &listed).await.is(200);
    assert_eq!(listed["items"][0]["client_id"], month.clients[0]);
    assert_eq!(
        listed["items"][0]["rule"],
        json!({ "mode": "up", "interval_minutes": 15, "tie": "half_up", "scope": "entry" })
    );
    let nothing = json!({ "rule": rule });
    let two = json!({ "client_id": month.clients[0], "task_id": month.tasks[0], "rule": rule });
    for body in [nothing, two] {
        let reply = firm.post("/rounding-rules", &body).await;
        assert_eq!(reply.problem(400), "request.malformed");
    }
    let long = json!({ "mode": "up", "interval_minutes": 241 });
    let body = json!({ "client_id": month.clients[0], "rule": long });
    let reply = firm.post("/rounding-rules", &body).await;
    assert_eq!(reply.problem(422), "catalogue.invalid_interval");
    assert_eq!(reply.fault().0, "/rule/interval_minutes");
    let clear = json!({ "client_id": month.clients[0] });
    let cleared = firm.post("/rounding-rules/clear", &clear).await;
    let after = firm.get_after(&cleared, "/rounding-rules").await.is(200);
    assert_eq!(after["items"], json!([]));
    let then = firm.get(&format!("/rounding-rules?known_at={}", set.position())).await.is(200);
    assert_eq!(then["items"].as_array().map(Vec::len), Some(1));
}
