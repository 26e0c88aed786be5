//! The list of what may be billed comes in pieces, and its sums are of all of them.

use domain::members::Role;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::Firm;
use super::firm::Person;
use super::rules::Month;

#[tokio::test]
async fn unbilled_time_is_listed_in_pieces_and_summed_up_whole() {
    let firm = Firm::new().await;
    let client = firm.post("/clients", &json!({ "name": "Sample Brewery" })).await.id();
    let body = json!({ "client_id": client, "name": "Energy audit" });
    let project = firm.post("/projects", &body).await.id();
    let tasks = format!("/projects/{project}/tasks");
    let task = firm.post(&tasks, &json!({ "name": "Analysis" })).await.id();
    let member = firm.person(&[Role::Member]).await;
    let mut made = Vec::new();
    for (day, seconds) in [("2026-03-03", 1800), ("2026-03-02", 3600), ("2026-03-04", 900)] {
        let entry = json!({
            "project_id": project, "task_id": task, "date": day, "seconds": seconds,
        });
        made.push(firm.post_as(&member, "/time-entries", &entry).await.id());
    }
    let week = format!("/timesheets/{}/2026-W10", member.member);
    firm.post_as(&member, &format!("{week}/submit"), &json!({})).await.is(200);
    let approved = firm.post(&format!("{week}/approve"), &json!({})).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for left in [true, false] {
        let path = format!("/unbilled?client_id={client}&limit=2{cursor}");
        let piece = firm.get_after(&approved, &path).await.is(200);
        for item in piece["items"].as_array().expect("items") {
            seen.push(item["entry_id"].as_str().expect("an id").to_owned());
        }
        assert_eq!((&piece["entries"], &piece["seconds"]), (&json!(3), &json!(6300)));
        assert_eq!(piece["rounded_seconds"], 6300);
        assert_eq!((piece["next_cursor"].is_string(), &piece["more"]), (left, &json!(false)));
        cursor = format!("&cursor={}", piece["next_cursor"].as_str().unwrap_or_default());
    }
    assert_eq!(seen, [made[1].clone(), made[0].clone(), made[2].clone()], "by day");
}

/// A small firm with months of work, made by a seed.
struct Work {
    month: Month,
    people: Vec<Person>,
    tasks: Vec<(String, String)>,
    drawn: u64,
}

impl Work {
    async fn new(seed: u64) -> Self {
        let month = Month::new().await;
        let firm = &month.firm;
        // Billed in the tenant's currency of the day, which the settings change.
        let client = firm.post("/clients", &json!({ "name": "Sample Bakery" })).await.id();
        let body = json!({ "client_id": client, "name": "Opening hours" });
        let project = firm.post("/projects", &body).await.id();
        let tasks = format!("/projects/{project}/tasks");
        let task = firm.post(&tasks, &json!({ "name": "Survey" })).await.id();
        let second = format!("/projects/{}/tasks", month.projects[0]);
        let second = firm.post(&second, &json!({ "name": "Text" })).await.id();
        let mut tasks = vec![(project, task), (month.projects[0].clone(), second)];
        tasks.extend(month.projects.iter().cloned().zip(month.tasks.iter().cloned()));
        let people = vec![firm.person(&[Role::Member]).await, firm.person(&[Role::Member]).await];
        let mut work = Work { month, people, tasks, drawn: seed };
        work.month.clients.push(client);
        work
    }

    /// A number below `bound`.
    fn draw(&mut self, bound: usize) -> usize {
        self.drawn = self.drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.drawn >> 33).expect("31 bits") % bound
    }

    /// Records entries of both people in the weeks of these first days.
    async fn record(&mut self, mondays: &[Date], entries: usize) -> Vec<String> {
        let mut made = Vec::new();
        for n in 0..entries {
            let (task, week) = (self.draw(self.tasks.len()), self.draw(mondays.len()));
            let ((project, task), monday) = (&self.tasks[task], mondays[week]);
            let (project, task) = (project.clone(), task.clone());
            let day = monday + jiff::Span::new().days(i64::try_from(self.draw(3)).expect("few"));
            let body = json!({
                "project_id": project, "task_id": task, "date": day,
                "seconds": 60 + self.draw(7000),
            });
            let person = &self.people[n % 2];
            made.push(self.month.firm.post_as(person, "/time-entries", &body).await.id());
        }
        made
    }

    async fn approve(&self, week: &str) {
        for person in &self.people {
            let week = format!("/timesheets/{}/{week}", person.member);
            self.month.firm.post_as(person, &format!("{week}/submit"), &json!({})).await.is(200);
            let approve = format!("{week}/approve");
            self.month.firm.post_as(&self.month.manager, &approve, &json!({})).await.is(200);
        }
    }

    /// Changes a rate, a rule or a setting.
    async fn change(&mut self) {
        let (client, task) = (self.draw(3), self.draw(4));
        let scope = match self.draw(4) {
            0 => json!({}),
            1 => json!({ "client_id": self.month.clients[client] }),
            2 => json!({ "project_id": self.tasks[task].0 }),
            _ => json!({ "task_id": self.tasks[task].1 }),
        };
        let from = [None, Some("2026-03-03"), Some("2026-03-10"), Some("2026-03-17")];
        let from = from[self.draw(4)];
        let merged = |mut body: Value| {
            let fields = scope.as_object().expect("fields").clone();
            body.as_object_mut().expect("an object").extend(fields);
            if let Some(from) = from {
                body["from"] = json!(from);
            }
            body
        };
        let mode = ["none", "up", "nearest", "down"][self.draw(4)];
        let of = ["entry", "day", "invoice_line", "day"][self.draw(4)];
        let setting = |name: &str, value: &str| (format!("/settings/{name}"), value.to_owned());
        let (path, value) = match self.draw(4) {
            0 => {
                let unit = ["hour", "day"][self.draw(2)];
                let currency = ["ZAR", "ZAR", "EUR"][self.draw(3)];
                let amount = 10_000 + self.draw(90_000);
                let rate = json!({ "unit": unit, "amount_minor": amount, "currency": currency });
                let body = merged(json!({ "kind": "bill", "rate": rate }));
                self.month.firm.post("/rates", &body).await.is(200);
                return;
            }
            1 if scope != json!({}) => {
                let rule = json!({ "mode": mode, "interval_minutes": 15, "scope": of });
                let body = merged(json!({ "rule": rule }));
                self.month.firm.post("/rounding-rules", &body).await.is(200);
                return;
            }
            2 => setting("CURRENCY", ["ZAR", "EUR"][self.draw(2)]),
            _ if self.draw(2) == 0 => setting("ROUNDING_SCOPE", of),
            _ => setting("ROUNDING_MODE", mode),
        };
        let body = merged(json!({ "value": value }));
        let body = json!({ "value": body["value"], "from": body["from"] });
        self.month.firm.change("PUT", &path, "*", &body).await.is(200);
    }

    /// Every piece of what is listed, now and as a look at each entry tells it.
    async fn compare(&self, query: &str) -> Value {
        let head = self.month.head().await;
        let mut cursors = [String::new(), String::new()];
        loop {
            let mut pieces = Vec::new();
            for (moment, cursor) in ["min_position", "as_of"].into_iter().zip(&cursors) {
                let path = format!("/unbilled?limit=7&{moment}={head}{query}{cursor}");
                pieces.push(self.month.firm.get(&path).await.is(200));
            }
            for (piece, cursor) in pieces.iter_mut().zip(&mut cursors) {
                let next = piece["next_cursor"].take();
                *cursor = next.as_str().map(|it| format!("&cursor={it}")).unwrap_or_default();
            }
            assert_eq!(pieces[0], pieces[1], "{query} {cursors:?}");
            assert_eq!(cursors[0].is_empty(), cursors[1].is_empty(), "{query}");
            if cursors[0].is_empty() {
                return pieces.remove(0);
            }
        }
    }
}

#[tokio::test]
async fn the_sums_that_are_kept_are_those_of_a_look_at_each_entry() {
    for seed in [1, 2] {
        let mut work = Work::new(seed).await;
        let mondays = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)];
        let first = work.record(&mondays[..1], 12).await;
        work.approve("2026-W10").await;
        let (march, client) = ("2026-03-31", work.month.clients[0].clone());
        let body = json!({
            "client_id": client, "from": "2026-03-01", "to": march, "group_by": "task",
        });
        let drafted = work.month.firm.post("/invoices", &body).await.id();
        work.record(&mondays[1..], 24).await;
        let mut taken_back = 0;
        for entry in &first {
            let replacement = json!({ "seconds": 600 + work.draw(900) });
            let body =
                json!({ "date": "2026-03-17", "reason": "Wrong", "replacement": replacement });
            let path = format!("/time-entries/{entry}/correct");
            let reply = work.month.firm.post(&path, &body).await;
            // Only what is on the draft can't be changed as it is.
            taken_back += usize::from(reply.status.as_u16() == 201);
        }
        assert!(taken_back > 0, "seed {seed}: less than nothing is billed too");
        work.approve("2026-W11").await;
        work.approve("2026-W12").await;
        let mut seen = Vec::new();
        for _ in 0..8 {
            work.change().await;
            for query in [
                String::new(),
                format!("&client_id={client}&to={march}"),
                format!("&client_id={}", work.month.clients[2]),
                "&from=2026-03-10&to=2026-03-17".to_owned(),
            ] {
                seen.push(work.compare(&query).await);
            }
        }
        assert!(seen[0]["entries"].as_u64() > Some(20), "seed {seed}: {}", seen[0]);
        seen.dedup_by_key(|piece| piece["totals"].to_string());
        assert!(seen.len() > 8, "seed {seed}: changes show");
        let void = format!("/invoices/{drafted}/void");
        work.month.firm.post(&void, &json!({})).await.is(200);
        let after = work.compare("").await;
        assert!(after["entries"].as_u64() > seen[0]["entries"].as_u64(), "seed {seed}");
    }
}
