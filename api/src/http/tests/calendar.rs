//! Time by day: warnings where it's recorded, months, weeks and progress, under both policies of
//! what a night counts for.

use domain::members::Role;
use serde_json::{Value, json};

use super::firm::{Person, posting};
use super::{Firm, Reply, ask};

/// A South African firm with something to work on.
pub(super) struct Desk {
    pub(super) firm: Firm,
    pub(super) client: String,
    pub(super) project: String,
    pub(super) task: String,
    pub(super) member: Person,
}

impl Desk {
    pub(super) async fn new() -> Self {
        let firm = Firm::new().await;
        let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await.id();
        let body = json!({ "client_id": client, "name": "Website" });
        let project = firm.post("/projects", &body).await.id();
        let tasks = format!("/projects/{project}/tasks");
        let task = firm.post(&tasks, &json!({ "name": "Design" })).await.id();
        let member = firm.person(&[Role::Member]).await;
        let desk = Desk { firm, client, project, task, member };
        desk.set("COUNTRY", json!({ "value": "ZA" })).await;
        desk.set("TIME_ZONE", json!({ "value": "Africa/Johannesburg" })).await;
        desk
    }

    pub(super) async fn set(&self, key: &str, body: Value) -> Reply {
        let path = format!("/settings/{key}");
        let tag = self.firm.get(&path).await.header("etag");
        let reply = self.firm.change("PUT", &path, &tag, &body).await;
        reply.is(200);
        reply
    }

    pub(super) fn entry(&self, fields: &Value) -> Value {
        let mut body = json!({ "project_id": self.project, "task_id": self.task });
        let fields = fields.as_object().expect("fields").clone();
        body.as_object_mut().expect("an object").extend(fields);
        body
    }

    pub(super) async fn record(&self, fields: &Value) -> Reply {
        let reply = self.firm.post_as(&self.member, "/time-entries", &self.entry(fields)).await;
        reply.is(201);
        reply
    }

    /// Something of the member's, after a change.
    async fn own(&self, done: &Reply, what: &str, of: &str) -> Value {
        let path = match what {
            "grid" => format!("/timesheets/{}/{of}/grid", self.member.member),
            what => format!("/{what}/{}/{of}", self.member.member),
        };
        let path = format!("{path}?min_position={}", done.position());
        self.firm.get_as(&self.member, &path).await.is(200)
    }
}

fn day(calendar: &Value, date: &str) -> Value {
    let weeks = calendar["weeks"].as_array().expect("weeks");
    let mut days = weeks.iter().flat_map(|week| week["days"].as_array().expect("days"));
    days.find(|day| day["date"] == date).unwrap_or_else(|| panic!("no {date}")).clone()
}

fn codes(warnings: &Value) -> Vec<String> {
    let warnings = warnings.as_array().expect("a list");
    let code = |warning: &Value| warning["code"].as_str().expect("a code").to_owned();
    warnings.iter().map(code).collect()
}

#[tokio::test]
async fn time_on_a_holiday_is_recorded_with_a_warning_that_is_told_again_the_same() {
    let desk = Desk::new().await;
    let firm = &desk.firm;
    let body = desk.entry(&json!({ "date": "2026-08-10", "seconds": 3600 }));
    let ask = posting("/time-entries", &body).token(&desk.member.token);
    let first = firm.raw(&ask).await;
    let told = first.is(201);
    assert_eq!(
        told["warnings"],
        json!([{
            "code": "time.on_holiday",
            "detail": "2026-08-10 is a holiday: National Women's Day (observed)",
        }])
    );
    firm.post("/holidays", &json!({ "day": "2026-08-10", "name": "Stocktaking" })).await.is(201);
    let again = firm.raw(&ask).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.is(201), told, "what the first was told");
    let plain = desk.record(&json!({ "date": "2026-08-11", "seconds": 3600 })).await;
    assert_eq!(plain.json()["warnings"], json!([]));
    let path = format!("/time-entries/{}", plain.id());
    let revise = |body: Value| {
        super::ask("PATCH", &path).token(&desk.member.token).header("if-match", "*").json(&body)
    };
    let moved = firm.raw(&revise(json!({ "date": "2026-08-15" }))).await.is(200);
    assert_eq!(codes(&moved["warnings"]), ["time.on_day_off"]);
    let noted = firm.raw(&revise(json!({ "note": "A Saturday" }))).await.is(200);
    assert_eq!(noted["warnings"], json!([]), "the day stays");
    let item = |date: &str, seconds: u32| desk.entry(&json!({ "date": date, "seconds": seconds }));
    let items = [item("2026-08-12", 60_000), item("2026-08-12", 40_000), item("2190-01-01", 60)];
    for atomic in [true, false] {
        let body = json!({ "items": items, "atomic": atomic });
        let ask = posting("/time-entries/batch", &body).token(&desk.member.token);
        let (reply, again) = (firm.raw(&ask).await.is(200), firm.raw(&ask).await.is(200));
        assert_eq!(reply["items"], again["items"]);
        let future = codes(&reply["items"][2]["warnings"]);
        assert!(future.contains(&"time.future".to_owned()), "{future:?}");
        if atomic {
            assert_eq!(codes(&reply["items"][1]["warnings"]), ["time.over_24_hours"]);
            assert!(reply["items"][0].get("warnings").is_none());
        }
    }
}

#[tokio::test]
async fn a_month_shows_what_each_day_is_what_is_due_and_what_was_recorded() {
    let desk = Desk::new().await;
    desk.set("WEEK_START", json!({ "value": "sunday" })).await;
    let path = format!("/members/{}", desk.member.member);
    let hired = json!({ "hired_on": "2026-08-05" });
    desk.firm.change("PATCH", &path, "*", &hired).await.is(200);
    let pattern = json!({
        "from": "2026-08-03",
        "minutes": [480, 480, 480, 480, 300, 0, 0, 480, 480, 0, 480, 0, 0, 0],
    });
    desk.firm.post(&format!("{path}/work-patterns"), &pattern).await.is(200);
    desk.record(&json!({ "date": "2026-08-10", "seconds": 3600, "billable": false })).await;
    desk.record(&json!({ "date": "2026-08-12", "seconds": 1800 })).await;
    let done = desk.record(&json!({ "date": "2026-09-01", "seconds": 60 })).await;
    let calendar = desk.own(&done, "calendar", "2026-08").await;
    let weeks = calendar["weeks"].as_array().expect("weeks");
    assert_eq!((&weeks[0]["from"], weeks.len()), (&json!("2026-07-26"), 6));
    assert_eq!(calendar["week_start"], "sunday");
    let kind = |date: &str| day(&calendar, date)["kind"].clone();
    assert_eq!((kind("2026-08-04"), kind("2026-08-05")), ("before_hire".into(), "working".into()));
    assert_eq!((kind("2026-08-09"), kind("2026-08-10")), ("holiday".into(), "holiday".into()));
    assert_eq!((kind("2026-08-12"), kind("2026-08-15")), ("day_off".into(), "weekend".into()));
    assert_eq!(kind("2026-08-19"), "working", "the first week of the pattern again");
    let monday = day(&calendar, "2026-08-10");
    assert_eq!(monday["holiday"], "National Women's Day (observed)");
    assert_eq!((&monday["seconds"], &monday["due_minutes"]), (&json!(3600), &json!(0)));
    assert_eq!((&monday["entries"], &monday["state"]), (&json!(1), &json!("open")));
    assert_eq!(codes(&monday["warnings"]), ["time.on_holiday"]);
    assert_eq!(codes(&day(&calendar, "2026-08-12")["warnings"]), ["time.on_day_off"]);
    assert_eq!(day(&calendar, "2026-08-13")["state"], Value::Null);
    assert_eq!(
        (&calendar["seconds"], &calendar["billable_seconds"]),
        (&json!(5400), &json!(1800)),
        "September's is no part of the month"
    );
    assert_eq!(day(&calendar, "2026-09-01")["seconds"], 60);
    // 5 to 7 August; of the second week Tuesday and Thursday; two whole turns less the rest.
    let due = (2 * 480 + 300) + 2 * 480 + (4 * 480 + 300) + 3 * 480 + 480;
    assert_eq!((&calendar["due_minutes"], &calendar["working_days"]), (&json!(due), &json!(14)));
    let sum = |key: &str| weeks.iter().map(|week| week[key].as_i64().expect("a sum")).sum::<i64>();
    assert_eq!(sum("seconds"), 5460);
}

#[tokio::test]
async fn a_night_counts_for_its_start_or_is_split_and_is_rounded_where_it_starts() {
    let desk = Desk::new().await;
    desk.set("ROUNDING_MODE", json!({ "value": "up" })).await;
    desk.set("DAY_ATTRIBUTION", json!({ "value": "split", "from": "2026-03-09" })).await;
    // The last night by the old policy, from Sunday to Monday, and one by the new.
    let night = |start: &str, end: &str| json!({ "start": start, "end": end });
    desk.record(&night("2026-03-08T22:00:00", "2026-03-09T02:10:00")).await;
    let before = desk.record(&night("2026-03-15T22:00:00", "2026-03-16T02:10:00")).await;
    let grid = |week: &'static str| desk.own(&before, "grid", week);
    let cells = |grid: &Value| -> Vec<i64> {
        let cells = grid["rows"][0]["cells"].as_array().expect("cells").iter();
        cells.map(|cell| cell["seconds"].as_i64().expect("seconds")).collect()
    };
    assert_eq!(cells(&grid("2026-W10").await), [0, 0, 0, 0, 0, 0, 15_000]);
    let split = grid("2026-W11").await;
    assert_eq!(cells(&split), [0, 0, 0, 0, 0, 0, 7200], "nothing came over from the week before");
    let next = grid("2026-W12").await;
    assert_eq!(cells(&next), [7800, 0, 0, 0, 0, 0, 0]);
    assert_eq!(
        (&split["rounded_seconds"], &next["rounded_seconds"]),
        (&json!(15_300), &json!(0)),
        "all of it is rounded on the day of the start"
    );
    let row = &next["rows"][0];
    assert_eq!(
        (&row["project"], &row["task"], &row["client"]),
        (&json!("Website"), &json!("Design"), &json!("Umbrella"))
    );
    assert_eq!(row["cells"][0]["entry_ids"][0], before.id());
    assert_eq!(
        (&row["cells"][0]["state"], &next["days"][0]["seconds"]),
        (&Value::Null, &json!(7800),)
    );
    let calendar = desk.own(&before, "calendar", "2026-03").await;
    assert_eq!(calendar["seconds"], 30_000);
    assert_eq!(day(&calendar, "2026-03-09")["seconds"], 0);
    assert_eq!(day(&calendar, "2026-03-09")["day_attribution"], "split");
    assert_eq!(day(&calendar, "2026-03-16")["seconds"], 7800);
    assert_eq!(codes(&day(&calendar, "2026-03-15")["warnings"]), ["time.on_day_off"]);
    // The entry becomes a duration: nothing is left of it on the Monday.
    let path = format!("/time-entries/{}", before.id());
    let body = json!({ "date": "2026-03-15", "seconds": 600 });
    let revise = ask("PATCH", &path).token(&desk.member.token).header("if-match", "*").json(&body);
    let revised = desk.firm.raw(&revise).await;
    assert_eq!(desk.own(&revised, "grid", "2026-W12").await["rows"], json!([]));
    let then = |what: &str| format!("/timesheets/{}/{what}/grid", desk.member.member);
    let path = format!("{}?as_of={}", then("2026-W12"), before.position());
    let shown = desk.firm.get(&path).await.is(200);
    assert_eq!((&shown["rows"], &shown["days"]), (&next["rows"], &next["days"]));
    let path = format!("{}?as_of={}", then("2026-W11"), revised.position());
    assert_eq!(desk.firm.get(&path).await.is(200)["seconds"], 600);
    let path = format!("/calendar/{}/2026-03?as_of={}", desk.member.member, before.position());
    assert_eq!(desk.firm.get(&path).await.is(200)["weeks"], calendar["weeks"]);
}

#[tokio::test]
async fn progress_tells_what_is_due_what_is_done_and_where_it_leads() {
    let desk = Desk::new().await;
    desk.set("BILLABLE_HOURS_IN_WORKING_DAY", json!({ "value": "6" })).await;
    let path = format!("/members/{}", desk.member.member);
    let hired = json!({ "hired_on": "2026-04-15" });
    desk.firm.change("PATCH", &path, "*", &hired).await.is(200);
    desk.record(&json!({ "date": "2026-04-15", "seconds": 28_800 })).await;
    let done =
        desk.record(&json!({ "date": "2026-04-16", "seconds": 14_400, "billable": false })).await;
    let progress = desk.own(&done, "progress", "2026-04").await;
    // The test runs after that month: all of it has come.
    let due = json!({ "working_days": 11, "minutes": 11 * 480, "target_seconds": 11 * 21_600 });
    assert_eq!((&progress["so_far"], &progress["in_month"]), (&due, &due), "less Freedom Day");
    assert_eq!(
        (&progress["seconds"], &progress["billable_seconds"]),
        (&json!(43_200), &json!(28_800))
    );
    assert_eq!(progress["difference_seconds"], 28_800 - 11 * 21_600);
    assert_eq!(progress["forecast_seconds"], 43_200);
    assert_eq!(progress["utilisation_basis_points"], 28_800 * 10_000 / (11 * 480 * 60));
    let later = desk.own(&done, "progress", "2190-01").await;
    assert_eq!(
        (&later["so_far"]["minutes"], &later["forecast_seconds"]),
        (&json!(0), &Value::Null)
    );
    assert!(later["in_month"]["minutes"].as_i64().expect("minutes") > 0);
}

#[tokio::test]
async fn a_member_sees_their_own_days_and_managers_see_everybodys() {
    let desk = Desk::new().await;
    let firm = &desk.firm;
    let done = desk.record(&json!({ "date": "2026-03-02", "seconds": 60 })).await;
    let (colleague, manager) =
        (firm.person(&[Role::Member]).await, firm.person(&[Role::Manager]).await);
    let member = desk.member.member;
    for path in [
        format!("/calendar/{member}/2026-03"),
        format!("/progress/{member}/2026-03"),
        format!("/timesheets/{member}/2026-W10/grid"),
    ] {
        assert_eq!(firm.get_as(&colleague, &path).await.problem(403), "auth.forbidden");
        let seen = format!("{path}?min_position={}", done.position());
        assert_eq!(firm.get_as(&manager, &seen).await.is(200)["seconds"], 60, "{path}");
        let unknown =
            path.replace(&member.to_string(), &migrations::testing::random_id().to_string());
        assert_eq!(firm.get(&unknown).await.problem(404), "not_found");
        let early = format!("{path}?as_of=1");
        assert_eq!(firm.get(&early).await.problem(404), "not_found", "nobody was there yet");
    }
    let bad = format!("/calendar/{member}/2026-13");
    assert_eq!(firm.get(&bad).await.problem(404), "not_found");
}
