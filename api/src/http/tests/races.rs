//! Two hundred people's worth of haste on one member's week, through two processes side by side:
//! whoever wins, no two entries overlap, everyone is told what became of theirs, and the log holds
//! exactly what was answered with yes.

use std::collections::{BTreeMap, BTreeSet};

use commands::event_log::read::rows_after;
use domain::log::Event;
use domain::members::Role;
use domain::time::{TimeEvent, Week, timesheet_stream};
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value, json};

use super::firm::{Person, posting};
use super::{Ask, Firm, Reply, ask};
use crate::demo::dice::Dice;

const MONDAY: i8 = 2;
/// How many requests are under way at once.
const WRITES: usize = 200;
/// Why a write may be refused here.
const LOST: [(u16, &str); 3] =
    [(409, "conflict"), (412, "precondition.failed"), (422, "time.overlap")];

/// What one request asks for.
enum Wish {
    /// One entry more.
    Record,
    /// Several more: all, or each by itself.
    Batch,
    /// Another time for an entry.
    Revise(String),
}

/// A day, a start and an end within one week, on a grid of a quarter of an hour.
fn span(dice: &mut Dice) -> Value {
    let day = date(2026, 3, MONDAY + dice.roll(5) as i8);
    let minute = 15 * dice.roll(56);
    let end = minute + 15 * (1 + dice.roll(8));
    let at = |minute: u64| format!("{day}T{:02}:{:02}:00Z", 6 + minute / 60, minute % 60);
    json!({ "start": at(minute), "end": at(end) })
}

/// A member with a project to record time on, and entries that are there before the race.
struct Track {
    firm: Firm,
    member: Person,
    work: Value,
    /// Entries with the tag of their first version.
    early: Vec<(String, String)>,
}

impl Track {
    async fn new() -> Self {
        let firm = Firm::new().await;
        let client = firm.post("/clients", &json!({ "name": "Sample Railway" })).await.id();
        let body = json!({ "client_id": client, "name": "Timetable" });
        let project = firm.post("/projects", &body).await.id();
        let tasks = format!("/projects/{project}/tasks");
        let task = firm.post(&tasks, &json!({ "name": "Design" })).await.id();
        let member = firm.person(&[Role::Member]).await;
        let work = json!({ "project_id": project, "task_id": task });
        let mut track = Track { firm, member, work, early: Vec::new() };
        for day in 2..=6 {
            let at = |hour| format!("2026-03-0{day}T{hour}:00:00Z");
            let span = json!({ "start": at("12"), "end": at("13") });
            let made = track.firm.raw(&track.recording(&span)).await;
            track.early.push((made.id(), made.header("etag")));
        }
        track
    }

    fn entry(&self, span: &Value) -> Value {
        let mut entry = self.work.clone();
        let span = span.as_object().expect("fields").clone();
        entry.as_object_mut().expect("an object").extend(span);
        entry
    }

    fn recording(&self, span: &Value) -> Ask {
        posting("/time-entries", &self.entry(span)).token(&self.member.token)
    }

    fn wish(&self, dice: &mut Dice) -> (Wish, Ask) {
        let token = &self.member.token;
        let (id, first) = dice.pick(&self.early).clone();
        match dice.roll(10) {
            0..6 => (Wish::Record, self.recording(&span(dice))),
            6 => {
                let items: Vec<Value> = (0..3).map(|_| self.entry(&span(dice))).collect();
                let body = json!({ "items": items, "atomic": dice.roll(2) == 0 });
                (Wish::Batch, posting("/time-entries/batch", &body).token(token))
            }
            // The tag of the first version is stale once another change has won.
            sort => {
                let tag = if sort == 7 { "*" } else { &first };
                let ask = ask("PATCH", &format!("/time-entries/{id}")).token(token);
                (Wish::Revise(id), ask.header("if-match", tag).json(&span(dice)))
            }
        }
    }
}

/// What the log says happened to the week after a position: entries recorded and revised, by
/// position.
#[derive(Default)]
struct Happened {
    recorded: BTreeMap<i64, String>,
    revised: BTreeMap<i64, String>,
    spans: BTreeMap<String, (Timestamp, Timestamp)>,
}

async fn happened(track: &Track) -> Happened {
    let tenant = &track.firm.tenant;
    let mut tx = tenant.tenants.begin(tenant.id).await.unwrap();
    let rows = rows_after(&mut tx, 0, 10_000).await.unwrap();
    tx.commit().await.unwrap();
    let stream = timesheet_stream(track.member.member, Week::of(date(2026, 3, MONDAY)));
    let mut all = Happened::default();
    for row in rows {
        let Event::Time(event) = row.decode().unwrap().event else { continue };
        assert_eq!(row.stream, stream, "everything is in one week");
        let (entry, worked, of) = match event {
            TimeEvent::TimeRecorded(it) => (it.entry, it.worked, &mut all.recorded),
            TimeEvent::TimeRevised(it) => (it.entry, it.worked, &mut all.revised),
            other => panic!("nobody asked for {other:?}"),
        };
        let span = worked.span.expect("only spans were sent");
        of.insert(row.position, entry.to_string());
        all.spans.insert(entry.to_string(), (span.start, span.end));
    }
    all
}

/// The entries that an answer says were recorded and revised, having checked that it is one of the
/// answers that there may be.
fn told(wish: &Wish, reply: &Reply) -> (Vec<String>, Option<(i64, String)>) {
    let may_lose = |status: u64, code: &str| {
        assert!(LOST.iter().any(|lost| (u64::from(lost.0), lost.1) == (status, code)), "{reply:?}");
    };
    if !reply.status.is_success() {
        may_lose(reply.status.as_u16().into(), &reply.problem(reply.status.as_u16()));
        return (Vec::new(), None);
    }
    match wish {
        Wish::Record => (vec![reply.id()], None),
        Wish::Revise(id) => (Vec::new(), Some((reply.position(), id.clone()))),
        Wish::Batch => {
            let mut ids = Vec::new();
            for item in reply.json()["items"].as_array().expect("items") {
                match item["status"].as_u64().expect("a status") {
                    201 => ids.push(item["id"].as_str().expect("an id").to_owned()),
                    status => may_lose(status, item["code"].as_str().expect("a code")),
                }
            }
            (ids, None)
        }
    }
}

async fn race(seed: u64, processes: usize) {
    let track = Track::new().await;
    let mut routers = vec![track.firm.router.clone()];
    for _ in 1..processes {
        routers.push(track.firm.in_another_process());
    }
    let mut dice = Dice::new(seed);
    let wishes: Vec<(Wish, Ask)> = (0..WRITES).map(|_| track.wish(&mut dice)).collect();
    let host = track.firm.host();
    let sent = wishes.iter().zip(routers.iter().cycle());
    let replies =
        futures::future::join_all(sent.map(|((_, ask), router)| ask.send(router, &host))).await;

    let mut recorded: BTreeSet<String> = track.early.iter().map(|(id, _)| id.clone()).collect();
    let mut revised = BTreeMap::new();
    for ((wish, _), reply) in wishes.iter().zip(&replies) {
        let (new, changed) = told(wish, reply);
        recorded.extend(new);
        revised.extend(changed);
    }
    let happened = happened(&track).await;
    assert_eq!(happened.recorded.values().cloned().collect::<BTreeSet<_>>(), recorded, "{seed}");
    assert_eq!(happened.recorded.len(), recorded.len(), "none twice, seed {seed}");
    assert_eq!(happened.revised, revised, "seed {seed}");
    let mut spans: Vec<_> = happened.spans.values().copied().collect();
    spans.sort();
    let apart = spans.windows(2).all(|two| two[0].1 <= two[1].0);
    assert!(apart, "seed {seed}: {spans:?}");
    let lost = replies.iter().filter(|reply| !reply.status.is_success()).count();
    assert!(spans.len() > track.early.len() && lost > 0, "both happen with seed {seed}");

    let week = format!("/timesheets/{}/2026-W10", track.member.member);
    let shown = ask("GET", &week).token(&track.member.token).header("prefer", "wait=10");
    let items = track.firm.raw(&shown).await.is(200)["items"].clone();
    let shown: BTreeSet<_> =
        items.as_array().expect("items").iter().filter_map(|item| item["id"].as_str()).collect();
    assert_eq!(shown, recorded.iter().map(String::as_str).collect());
}

#[tokio::test]
async fn of_two_hundred_writes_at_once_no_overlap_slips_through_and_every_yes_is_in_the_log() {
    race(1, 1).await;
}

#[tokio::test]
async fn two_processes_let_no_overlap_slip_through_between_them() {
    race(2, 2).await;
}
