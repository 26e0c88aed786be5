//! Imports on a real database: each format, each row once, dry runs, faults and doubts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use domain::log::{Actor, Event, Via};
use domain::members::Role;
use domain::time::{TimeEvent, TimeRecorded, Timesheet};

use super::*;
use crate::testing::{Firm, new_member};

const TOGGL: &str = "\u{feff}User,Email,Client,Project,Task,Description,Billable,Start date,\
    Start time,End date,End time,Duration,Tags,Amount (EUR)\n\
    Mila Marsh,Mila@Example.test,Fern Ltd,Garden,Digging,\"Roots, and\r\n\"\"more\"\"\",Yes,\
    2024-03-04,09:00:00,2024-03-04,10:30:05,01:30:05,\"wet, cold\",120.50\n\
    Mila Marsh,mila@example.test,Fern Ltd,Garden,,Digging,No,2024-03-04,11:00:00,2024-03-04,\
    12:00:00,01:00:00,,\n\
    Otto Owl,otto@example.test,,Inside,,,No,2024-03-05,09:00:00,2024-03-05,09:30:00,00:30:00,,\n\
    Otto Owl,otto@example.test,,Inside,,,No,2024-03-05,09:00:00,2024-03-05,09:30:00,00:30:00,,\n\
    Otto Owl,otto@example.test,Fern Ltd,Garden,Digging,,Yes,2024-03-05,25:00:00,2024-03-05,\
    09:30:00,00:30:00,,\n";

fn options() -> ImportOptions {
    ImportOptions::default()
}

fn sender(firm: &Firm, actor: Actor) -> Sender {
    Sender::new(firm.id(), actor, Via::Import)
}

pub(super) async fn import(firm: &Firm, format: Format, text: &str) -> ImportReport {
    import_with(firm, format, text, options()).await
}

async fn import_with(
    firm: &Firm,
    format: Format,
    text: &str,
    options: ImportOptions,
) -> ImportReport {
    let (sender, bytes) = (sender(firm, Actor::Operator), text.as_bytes().to_vec());
    run(&firm.commands, sender, bytes, format, "Europe/Berlin", options).await.expect("imported")
}

/// Every record of time there was.
pub(super) async fn records(firm: &Firm) -> Vec<TimeRecorded> {
    let mut records = Vec::new();
    for recorded in firm.recorded().await {
        if let Event::Time(TimeEvent::TimeRecorded(event)) = recorded.event {
            records.push(event);
        }
    }
    records
}

/// The seconds of every entry there is, and of those that may be billed.
pub(super) async fn seconds(firm: &Firm) -> (u64, u64) {
    let mut sheets = std::collections::BTreeMap::<_, Timesheet>::new();
    for recorded in firm.recorded().await {
        if let Event::Time(event) = recorded.event {
            sheets.entry(recorded.stream).or_default().evolve(&event);
        }
    }
    let entries = || sheets.values().flat_map(|sheet| sheet.entries.values());
    let all = entries().map(|entry| u64::from(entry.worked.seconds)).sum();
    let billable = entries().filter(|entry| entry.billable);
    (all, billable.map(|entry| u64::from(entry.worked.seconds)).sum())
}

fn counts(report: &ImportReport) -> [u32; 4] {
    let skipped = u32::try_from(report.skipped.len()).expect("a few");
    assert_eq!(report.rows, report.recorded + report.duplicates + skipped, "{report:?}");
    [report.rows, report.recorded, report.duplicates, skipped]
}

#[tokio::test]
async fn a_toggl_export_is_recorded_to_the_second_and_once() {
    let firm = Firm::new().await;
    let report = import(&firm, Format::Toggl, TOGGL).await;
    assert_eq!(counts(&report), [5, 4, 0, 1]);
    assert_eq!((report.seconds, report.billable_seconds), (5405 + 3600 + 1800 + 1800, 5405));
    assert_eq!(seconds(&firm).await, (report.seconds, report.billable_seconds));
    let named = [report.members, report.clients, report.projects, report.tasks];
    assert_eq!(named, [2, 1, 2, 1]);
    let created = Created { members: 2, clients: 2, projects: 2, tasks: 3 };
    assert_eq!(report.created, created, "with \"No client\" and \"General\" of each project");
    assert_eq!(report.skipped[0].row, 6);
    // Two equal rows are two entries, and overlap each other.
    assert_eq!((report.warnings.len(), report.warnings[0].row), (1, 5));
    assert!(report.warnings[0].reason.contains("2024-03-05T08:00:00Z"), "{report:?}");
    let types = firm.event_types().await;
    assert_eq!(
        (&*types[0], types.last().map(|it| &**it)),
        ("ImportStarted", Some("ImportFinished"))
    );
    let events = types.len();
    let again = import(&firm, Format::Toggl, TOGGL).await;
    assert_eq!(counts(&again), [5, 0, 4, 1]);
    assert_eq!((again.import_id, again.seconds, again.created), (None, 0, Created::default()));
    assert_eq!(firm.event_types().await.len(), events, "nothing new, nothing written");
}

#[tokio::test]
async fn an_entry_keeps_its_row_and_the_facts_of_the_other_system() {
    let firm = Firm::new().await;
    import(&firm, Format::Toggl, TOGGL).await;
    let entry = records(&firm).await.into_iter().find(|record| record.billable);
    let mut entry = entry.expect("one billable entry");
    assert_eq!(entry.tags, ["wet", "cold"]);
    let keys = firm.tenant.keys.of(firm.id()).await.expect("keys");
    let open = |field: &mut dyn domain::personal::PersonalField| field.open(&*keys);
    open(entry.note.as_mut().expect("a note")).expect("opens");
    let source = entry.source.as_mut().expect("a source");
    open(source).expect("opens");
    let source = source.get().expect("not erased");
    assert_eq!(source.row, 2);
    assert_eq!(source.facts["amount"], "120.50");
    assert_eq!(source.facts["currency"], "EUR");
    assert_eq!(
        entry.note.and_then(|it| it.get().cloned()).as_deref(),
        Some("Roots, and\n\"more\"")
    );
}

#[tokio::test]
async fn a_clockify_export_with_am_and_pm_and_a_break_is_recorded() {
    let firm = Firm::new().await;
    let text = "Project,Client,Description,Task,User,Email,Tags,Type,Billable,Start Date,\
        Start Time,End Date,End Time,Duration (h),Duration (decimal)\n\
        Tower,Owl & Co,Walls,Bricks,Otto Owl,otto@example.test,,Regular,Yes,10/15/2024,\
        11:00:00 AM,10/15/2024,12:30:00 PM,01:30:00,1.50\n\
        Tower,Owl & Co,Lunch,,Otto Owl,otto@example.test,,Break,No,10/15/2024,12:30:00 PM,\
        10/15/2024,01:00:00 PM,00:30:00,0.50\n\
        Tower,Owl & Co,Walls,Bricks,Otto Owl,otto@example.test,,Regular,Yes,10/15/2024,\
        11:30:00 PM,10/16/2024,12:15:00 AM,00:45:00,0.75\n";
    let report = import(&firm, Format::Clockify, text).await;
    assert_eq!(counts(&report), [3, 2, 0, 1]);
    assert_eq!((report.seconds, report.billable_seconds), (8100, 8100));
    assert_eq!(counts(&import(&firm, Format::Clockify, text).await), [3, 0, 2, 1]);
}

const HARVEST: &str = "Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name\n\
    2024-03-14,Lake,Pier,Build,Nails,\"7,33\",Yes,Nora,North\n\
    2024-03-14,Lake,Pier,Build,,\"0,50\",No,Nora,North\n\
    2024-03-15,Lake,Pier,Build,,\"1,00\",No,Sam,South\n";

#[tokio::test]
async fn a_harvest_export_finds_members_by_a_name_that_is_theirs_alone() {
    let firm = Firm::new().await;
    let nora = new_member("nora  NORTH", Some("nora@example.test"), &[Role::Member]);
    firm.send(Actor::Operator, nora.clone()).await.expect("a member");
    for _ in 0..2 {
        let sam = new_member("Sam South", None, &[Role::Member]);
        firm.send(Actor::Operator, sam).await.expect("a member");
    }
    let report = import(&firm, Format::Harvest, HARVEST).await;
    assert_eq!(counts(&report), [3, 2, 0, 1]);
    assert_eq!((report.seconds, report.billable_seconds), (26_388 + 1800, 26_388));
    assert_eq!((report.members, report.created.members), (2, 0));
    assert_eq!(report.skipped[0].row, 4);
    assert!(report.skipped[0].reason.starts_with("2 members have this name"), "{report:?}");
    assert!(records(&firm).await.iter().all(|record| record.member == nora.member));
}

#[tokio::test]
async fn rows_that_name_nobody_are_a_default_members_or_skipped() {
    let firm = Firm::new().await;
    let text = "project,date,hours\nLoom,2024-03-04,\"1,5\"\nLoom,2024-03-05,1:30\n";
    let report = import(&firm, Format::Csv, text).await;
    assert_eq!((counts(&report), report.import_id), ([2, 0, 0, 2], None));
    assert_eq!(report.created, Created::default(), "nothing is made for rows left out");
    assert!(firm.event_types().await.is_empty());
    let member = firm.member(&[Role::Member]).await;
    let options = ImportOptions { default_member: Some(member), ..options() };
    let report = import_with(&firm, Format::Csv, text, options).await;
    assert_eq!((counts(&report), report.seconds), ([2, 2, 0, 0], 10_800));
    // A new task is billable unless its rows say otherwise.
    assert_eq!(report.billable_seconds, 10_800);
    let nobody = ImportOptions { default_member: Some(MemberId(firm.id().0)), ..self::options() };
    let (sender, bytes) =
        (sender(&firm, Actor::Operator), b"project,date,hours\nA,2024-03-04,1".to_vec());
    let outcome = run(&firm.commands, sender, bytes, Format::Csv, "UTC", nobody).await;
    assert_eq!(outcome, Err(CommandError::NotFound.into()));
}

#[tokio::test]
async fn a_dry_run_reports_what_a_run_does_and_writes_nothing() {
    let firm = Firm::new().await;
    let options = ImportOptions { dry_run: true, ..options() };
    let long = "x".repeat(10_001);
    let text = format!(
        "{TOGGL}Ada,ada@example.test,New,New,,{long},,2024-03-05,09:00:00,2024-03-05,09:30:00,\
         00:30:00,,\n"
    );
    let dry = import_with(&firm, Format::Toggl, &text, options).await;
    assert!(firm.event_types().await.is_empty());
    assert!(dry.skipped[1].reason.contains("10000 characters"), "{dry:?}");
    let real = import(&firm, Format::Toggl, &text).await;
    assert!(real.import_id.is_some());
    assert_eq!(ImportReport { import_id: None, ..real }, dry);
}

#[tokio::test]
async fn what_can_not_be_read_or_may_not_be_imported_leaves_no_trace() {
    let firm = Firm::new().await;
    let manager = Actor::Member(firm.member(&[Role::Manager]).await);
    let admin = Actor::Member(firm.member(&[Role::Admin]).await);
    let events = firm.event_types().await.len();
    let send = |actor, text: &str| {
        let (sender, bytes) = (sender(&firm, actor), text.as_bytes().to_vec());
        let commands = firm.commands.clone();
        async move { run(&commands, sender, bytes, Format::Toggl, "UTC", options()).await }
    };
    let forbidden = send(manager, TOGGL).await;
    assert_eq!(forbidden, Err(CommandError::Forbidden.into()));
    assert_eq!(send(admin, "").await, Err(ExportRefusal::Empty.into()));
    assert_eq!(firm.event_types().await.len(), events);
    assert_eq!(send(admin, TOGGL).await.expect("admins import").recorded, 4);
}

#[tokio::test]
async fn a_week_that_is_full_leaves_the_rest_of_its_rows_out() {
    let firm = Firm::new().await;
    let mut text = "member_name,project,date,seconds,note\n".to_owned();
    for n in 0..2001 {
        text.push_str(&format!("Ida Iris,Loom,2024-03-04,1,n{n}\n"));
    }
    let report = import(&firm, Format::Csv, &text).await;
    assert_eq!(counts(&report), [2001, 2000, 0, 1]);
    assert_eq!((report.skipped[0].row, report.seconds), (2002, 2000));
}

/// Rows of several people over weeks, four hours a day.
fn year(rows: usize) -> String {
    let mut text = "member_email,member_name,client,project,task,date,start,end\n".to_owned();
    for n in 0..rows {
        let (person, slot, day) = (n % 10, (n / 10) % 4, n / 40);
        let date = jiff::civil::date(2024, 1, 1) + jiff::Span::new().days(day as i32);
        let start = 9 + slot;
        text.push_str(&format!(
            "p{person}@example.test,P {person},Client {},Project {},Task,{date},{start:02}:00,\
             {start:02}:45\n",
            n % 3,
            n % 7
        ));
    }
    text
}

#[tokio::test]
async fn five_thousand_rows_are_imported_in_groups() {
    let firm = Firm::new().await;
    let text = year(5_000);
    let done = Arc::new(AtomicUsize::new(0));
    let seen = done.clone();
    let progress: OnProgress = Arc::new(move |at: Progress| {
        seen.fetch_max(at.done, Ordering::Relaxed);
        assert_eq!(at.of, 5_000);
    });
    let begun = Instant::now();
    let options = ImportOptions { progress: Some(progress), ..options() };
    let report = import_with(&firm, Format::Csv, &text, options).await;
    let rate = 5_000.0 / begun.elapsed().as_secs_f64();
    println!("imported 5000 rows in {:?}: {rate:.0} rows/s", begun.elapsed());
    assert_eq!(counts(&report), [5_000, 5_000, 0, 0]);
    assert_eq!((report.seconds, done.load(Ordering::Relaxed)), (5_000 * 2700, 5_000));
    assert_eq!(seconds(&firm).await, (report.seconds, report.seconds));
    assert!(report.warnings.is_empty(), "{:?}", report.warnings.first());
    let begun = Instant::now();
    assert_eq!(counts(&import(&firm, Format::Csv, &text).await), [5_000, 0, 5_000, 0]);
    println!("5000 duplicates in {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_completed_by_the_next_one() {
    let firm = Firm::new().await;
    let text = year(2_000);
    let (cut, mut progressed) = tokio::sync::mpsc::unbounded_channel();
    let progress: OnProgress = Arc::new(move |at: Progress| {
        // Nobody listens any more once the run is cut off.
        let _ = cut.send(at.done);
    });
    let (commands, sender) = (firm.commands.clone(), sender(&firm, Actor::Operator));
    let (bytes, options) =
        (text.clone().into_bytes(), ImportOptions { progress: Some(progress), ..options() });
    let running = tokio::spawn(async move {
        run(&commands, sender, bytes, Format::Csv, "Europe/Berlin", options).await
    });
    progressed.recv().await.expect("it began");
    running.abort();
    let cut_off = running.await;
    let report = import(&firm, Format::Csv, &text).await;
    assert_eq!(counts(&report)[0], 2_000);
    assert!(cut_off.is_ok() || report.duplicates > 0, "{report:?}");
    assert_eq!(seconds(&firm).await.0, 2_000 * 2700, "each row once");
    assert_eq!(counts(&import(&firm, Format::Csv, &text).await)[2], 2_000);
}

#[tokio::test]
async fn of_two_runs_of_one_file_at_once_each_row_is_recorded_by_one() {
    let firm = Firm::new().await;
    import(&firm, Format::Csv, &year(40)).await;
    let elsewhere = firm.in_another_process();
    let text = year(1_000);
    let (one, other) =
        tokio::join!(import(&firm, Format::Csv, &text), import(&elsewhere, Format::Csv, &text));
    let recorded = [counts(&one)[1], counts(&other)[1]];
    assert_eq!(recorded[0] + recorded[1], 960, "{recorded:?}");
    assert_eq!(one.seconds + other.seconds, 960 * 2700);
    assert_eq!(seconds(&firm).await.0, 1_000 * 2700);
}
