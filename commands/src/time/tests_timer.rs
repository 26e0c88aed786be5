//! Timers, favourites and changes of many entries on a real database.

use domain::id::{EntryId, FavouriteId, TaskId};
use domain::log::Actor;
use domain::time::timer::{Timer, timer_stream, whole_seconds};
use domain::time::{EntryState, Timesheet, Week};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use migrations::testing::random_id;

use super::samples::{Office, duration, week};
use super::*;
use crate::catalogue::AddTask;
use crate::clock::Clock;
use crate::members::DeactivateMember;
use crate::testing::refused;

/// So many minutes ago, in whole seconds.
fn ago(minutes: i64) -> Timestamp {
    whole_seconds(Clock::system().now()) - SignedDuration::from_mins(minutes)
}

fn start(office: &Office, minutes_ago: i64) -> StartTimer {
    StartTimer {
        entry: EntryId(random_id()),
        member: office.member,
        what: What::Work(office.project, office.task),
        start: Some(ago(minutes_ago)),
        zone: "UTC".into(),
        billable: None,
        note: Some("Logo".into()),
        tags: Some(vec!["design".into()]),
        stop_running: false,
    }
}

fn stop(entry: EntryId) -> StopTimer {
    StopTimer { entry, end: None, expected_version: None }
}

async fn started(office: &Office, minutes_ago: i64) -> EntryId {
    let command = start(office, minutes_ago);
    let entry = command.entry;
    office.send(command).await.expect("started");
    entry
}

/// All entries of the member in the weeks that the last days lie in.
async fn entries(office: &Office) -> Vec<(EntryId, domain::time::Entry)> {
    let this = Week::of(ago(0).to_zoned(jiff::tz::TimeZone::UTC).date());
    let mut found = Vec::new();
    for week in [this.before(), this] {
        let Timesheet { entries, .. } = office.sheet(week).await;
        found.extend(entries);
    }
    found
}

#[tokio::test]
async fn a_stopped_timer_is_recorded_under_its_id_and_the_id_is_never_free() {
    let office = Office::new().await;
    let entry = started(&office, 90).await;
    office.check_claims().await;
    let taken = RecordTime { entry, ..office.record(duration("2026-01-05", 60)) };
    assert_eq!(refused(office.send(taken).await), "time.entry_exists");
    assert_eq!(refused(office.send(start(&office, 5)).await), "time.timer_running");
    let done = office.send(stop(entry)).await.expect("stopped");
    assert_eq!(done.reply.id, Some(entry.0));
    let entries = entries(&office).await;
    let (id, recorded) = &entries[0];
    assert_eq!((entries.len(), *id, recorded.version), (1, entry, 2));
    assert!((5400..5460).contains(&recorded.worked.seconds), "{}", recorded.worked.seconds);
    assert_eq!((recorded.state, &recorded.tags), (EntryState::Open, &vec!["design".to_owned()]));
    assert!(recorded.note.is_some());
    assert_eq!(refused(office.send(stop(entry)).await), "time.timer_not_running");
    office.check_claims().await;
    let types = office.firm.event_types().await;
    assert_eq!(types[types.len() - 3..], ["TimerStarted", "TimerStopped", "TimeRecorded"]);
}

#[tokio::test]
async fn another_timer_stops_the_first_in_the_same_commit_or_nothing_happens() {
    let office = Office::new().await;
    let first = started(&office, 60).await;
    let second = StartTimer { stop_running: true, start: None, ..start(&office, 0) };
    let entry = second.entry;
    office.send(second).await.expect("started");
    let rows = office.firm.rows().await;
    let last = rows[rows.len() - 1].command_id;
    let of_last: Vec<_> =
        rows.iter().filter(|row| row.command_id == last).map(|row| &*row.event_type).collect();
    assert_eq!(of_last, ["TimerStopped", "TimerStarted", "TimeRecorded"]);
    assert_eq!(entries(&office).await[0].0, first);
    // A start within what would be recorded by the stop is refused, and the first runs on.
    let early = StartTimer { stop_running: true, ..start(&office, 30) };
    let code = refused(office.send(early).await);
    assert!(code == "time.overlap" || code == "time.timer_too_short", "{code}");
    office.send(DiscardTimer { entry, reason: None, expected_version: None }).await.expect("gone");
    office.check_claims().await;
}

#[tokio::test]
async fn of_16_starts_at_once_one_lands() {
    let office = Office::new().await;
    let outcomes = join_all((0..16).map(|_| office.send(start(&office, 1)))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let codes = outcomes.into_iter().filter(|outcome| outcome.is_err()).map(refused);
    assert!(codes.into_iter().all(|code| code == "time.timer_running"));
    office.check_claims().await;
}

#[tokio::test]
async fn a_running_timer_is_changed_and_removed_like_an_entry_but_for_when_it_was() {
    let office = Office::new().await;
    let entry = started(&office, 30).await;
    let note = Some(Some("Poster".to_owned()));
    let revise = ReviseTime {
        entry,
        project: None,
        task: None,
        worked: None,
        billable: Some(false),
        note,
        tags: None,
        expected_version: Some(1),
    };
    office.send(revise.clone()).await.expect("changed");
    assert_eq!(office.send(revise.clone()).await.map(drop), Err(CommandError::Stale));
    let worked = Some(duration("2026-01-05", 60));
    let when = ReviseTime { worked, expected_version: None, ..revise };
    assert_eq!(refused(office.send(when).await), "time.entry_running");
    let foreign = office.firm.member(&[domain::members::Role::Member]).await;
    let remove = RemoveTime { entry, reason: Some("by mistake".into()), expected_version: Some(2) };
    let theirs = office.firm.send(Actor::Member(foreign), remove.clone()).await;
    assert_eq!(theirs.map(drop), Err(CommandError::Forbidden));
    office.manage(remove).await.expect("discarded");
    assert_eq!(entries(&office).await, []);
    assert_eq!(office.send(stop(entry)).await.map(drop), Err(CommandError::NotFound));
    office.check_claims().await;
}

#[tokio::test]
async fn who_left_while_a_timer_ran_has_worked_all_the_same() {
    let office = Office::new().await;
    let entry = started(&office, 120).await;
    let command = DeactivateMember { member: office.member, expected_version: None };
    office.firm.send(Actor::Operator, command).await.expect("deactivated");
    let end = Some(ago(60));
    office.manage(StopTimer { end, ..stop(entry) }).await.expect("stopped");
    assert_eq!(entries(&office).await[0].1.worked.seconds, 3600);
    assert_eq!(refused(office.manage(start(&office, 5)).await), "time.member_inactive");
}

#[tokio::test]
async fn a_favourite_says_what_a_timer_is_about() {
    let office = Office::new().await;
    let favourite = FavouriteId(random_id());
    let command = AddFavourite {
        favourite,
        member: office.member,
        project: office.project,
        task: office.task,
        billable: Some(false),
        name: Some("Mondays".into()),
        note: Some("Stand-up".into()),
        tags: vec!["meeting".into()],
    };
    office.send(command).await.expect("kept");
    let what = What::Favourite(favourite);
    let command = StartTimer { what, note: None, tags: None, ..start(&office, 10) };
    let entry = command.entry;
    office.send(command).await.expect("started");
    let mut timer = Timer::default();
    for recorded in office.firm.recorded().await {
        if let (true, domain::log::Event::Timer(event)) =
            (recorded.stream == timer_stream(office.member), recorded.event)
        {
            timer.evolve(&event);
        }
    }
    let (_, running) = timer.entry(entry).expect("it runs");
    assert_eq!((running.billable, &running.tags), (false, &vec!["meeting".to_owned()]));
    assert!(running.note.is_some());
    let unknown =
        StartTimer { what: What::Favourite(FavouriteId(random_id())), ..start(&office, 1) };
    assert_eq!(office.send(unknown).await.map(drop), Err(CommandError::NotFound));
}

fn chosen(entries: &[EntryId]) -> Vec<Chosen> {
    entries.iter().map(|entry| Chosen { entry: *entry, expected_version: None }).collect()
}

#[tokio::test]
async fn many_entries_change_in_one_commit_or_none_does() {
    let office = Office::new().await;
    let mut ids = Vec::new();
    for day in ["2026-01-05", "2026-01-06", "2026-01-12"] {
        ids.push(office.recorded(duration(day, 3600)).await);
    }
    office.approved(week("2026-W03")).await;
    let task = TaskId(random_id());
    let command = AddTask { project: office.project, task, name: "Print".into(), billable: true };
    office.firm.send(Actor::Operator, command).await.expect("a task");
    let changes = Changes {
        task: Some(task),
        tags_add: vec!["late".into()],
        tags_remove: vec!["none".into()],
        ..Changes::default()
    };
    let command = ChangeMany { chosen: chosen(&ids), changes, culprit: Culprit::default() };
    office.send(command.clone()).await.expect("changed");
    let (first, second) =
        (office.sheet(week("2026-W02")).await, office.sheet(week("2026-W03")).await);
    let all: Vec<_> = first.entries.values().chain(second.entries.values()).collect();
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|it| it.task == task && it.tags == ["late"] && it.version == 2));
    assert_eq!(second.state(), EntryState::Open, "another content voids the approval");
    let before = office.firm.rows().await.len();
    let mut stale = chosen(&ids);
    stale[1].expected_version = Some(1);
    let changes = Changes { billable: Some(false), ..Changes::default() };
    let command = ChangeMany { chosen: stale, changes, culprit: Culprit::default() };
    assert_eq!(office.send(command.clone()).await.map(drop), Err(CommandError::Stale));
    assert_eq!(command.culprit.index(), Some(1));
    let running = started(&office, 10).await;
    let command = RemoveMany {
        chosen: chosen(&[ids[0], running]),
        reason: None,
        culprit: Culprit::default(),
    };
    let Err(CommandError::Refused(refused)) = office.send(command).await else { panic!("refused") };
    let named = ("time.entry_running", Some("/ids/1"));
    assert_eq!((&*refused.code, refused.field.as_deref()), named);
    assert_eq!(office.firm.rows().await.len(), before + 1);
    let command = RemoveMany { chosen: chosen(&ids), reason: None, culprit: Culprit::default() };
    office.send(command).await.expect("removed");
    assert!(office.sheet(week("2026-W02")).await.entries.is_empty());
    office.check_claims().await;
}

fn copy(office: &Office, from: &str, to: &str) -> CopyWeek {
    CopyWeek {
        member: office.member,
        from: week(from),
        to: week(to),
        on_conflict: OnConflict::Skip,
        include_days_off: false,
    }
}

#[tokio::test]
async fn a_week_is_copied_in_one_commit_and_what_is_in_the_way_is_told() {
    let office = Office::new().await;
    let nine = super::samples::span("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z");
    let first = office.recorded(nine).await;
    let second = office.recorded(duration("2026-01-06", 1800)).await;
    let in_the_way = super::samples::span("2026-01-12T09:30:00Z", "2026-01-12T11:00:00Z");
    let other = office.recorded(in_the_way).await;
    let refuse =
        CopyWeek { on_conflict: OnConflict::Refuse, ..copy(&office, "2026-W02", "2026-W03") };
    assert_eq!(refused(office.send(refuse).await), "time.overlap");
    let done = office.send(copy(&office, "2026-W02", "2026-W03")).await.expect("copied");
    let tenant = &office.firm.tenant;
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("the door");
    let report: CopyReport = crate::unit::told(&mut tx, done).await.expect("read").expect("told");
    tx.commit().await.expect("a commit");
    let copied: Vec<_> = report.copied.iter().map(|copied| copied.from).collect();
    let skipped: Vec<_> = report.skipped.iter().map(|it| (it.from, &*it.code)).collect();
    assert_eq!((copied, skipped), (vec![second.0], vec![(first.0, "time.overlap")]));
    let sheet = office.sheet(week("2026-W03")).await;
    assert_eq!(sheet.entries.len(), 2);
    let copy_of = EntryId(report.copied[0].id);
    let (found, original) = (sheet.entry(copy_of).expect("there"), duration("2026-01-13", 1800));
    assert_eq!((&found.worked, found.version, found.state), (&original, 1, EntryState::Open));
    assert!(sheet.entry(other).is_ok());
    office.check_claims().await;
}

#[tokio::test]
async fn an_empty_week_and_a_week_itself_are_not_copied() {
    let office = Office::new().await;
    let nothing = office.send(copy(&office, "2026-W02", "2026-W03")).await;
    assert_eq!(refused(nothing), "time.nothing_to_copy");
    let itself = office.send(copy(&office, "2026-W03", "2026-W03")).await;
    assert_eq!(refused(itself), "time.same_week");
}

#[tokio::test]
async fn days_off_by_the_pattern_are_skipped_unless_they_are_meant_too() {
    let office = Office::new().await;
    office.recorded(duration("2026-01-10", 1800)).await;
    let command = crate::members::SetWorkPattern {
        member: office.member,
        minutes: vec![480, 480, 480, 480, 480, 0, 0],
        from: None,
        expected_version: None,
    };
    office.firm.send(Actor::Operator, command).await.expect("a pattern");
    let skipped = office.send(copy(&office, "2026-W02", "2026-W03")).await;
    assert_eq!(refused(skipped), "time.nothing_to_copy");
    let all = CopyWeek { include_days_off: true, ..copy(&office, "2026-W02", "2026-W03") };
    office.send(all).await.expect("copied");
    assert_eq!(office.sheet(week("2026-W03")).await.entries.len(), 1);
}
