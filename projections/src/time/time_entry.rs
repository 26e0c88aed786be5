//! Each entry of time as it stands now. Names of projects and tasks are joined at reading, so that
//! one rename does not touch thousands of rows.

use domain::id::{EntryId, ImportId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{EventFamily, Recorded};
use domain::personal::Envelope;
use domain::time::{EntryVersion, TimeEvent, TimeRecorded, TimeRevised, Week, Worked};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{State, time_event};
use crate::model::{EventTypes, ReadModel};
use crate::row::{Rows, row};

row! {
    /// One entry of time.
    TimeEntryRow in "rm_time_entry" key(entry_id: EntryId)
    index("member_day": "(member_id, day)", "day": "(day, entry_id)", "project_day": "(project_id, day)") {
        /// The entry.
        entry_id: EntryId,
        /// The stream of the timesheet it's in.
        sheet_id: StreamId,
        /// Who worked.
        member_id: MemberId,
        /// On what.
        project_id: ProjectId,
        /// Doing what.
        task_id: TaskId,
        /// The ISO week of the day.
        week: Week,
        /// The local day of the start.
        day: Date,
        /// The first instant, where it's known.
        start_at: Option<Timestamp>,
        /// The first instant after it, where it's known.
        end_at: Option<Timestamp>,
        /// The zone it was recorded in, where it has instants.
        zone: Option<String>,
        /// How long, unrounded.
        seconds: u32,
        /// Whether it may be billed.
        billable: bool,
        /// What was done, sealed.
        note: Option<Envelope>,
        /// Labels.
        tags: Vec<String>,
        /// How far its approval has come.
        state: State,
        /// Its version: 1, 2, 3, …
        version: u32,
        /// The import it came with.
        import_id: Option<ImportId>,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of entries.
#[derive(Debug)]
pub struct TimeEntry;

impl ReadModel for TimeEntry {
    const NAME: &'static str = "time_entry";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[TimeEvent::TYPES];
    type Row = TimeEntryRow;

    fn touches(event: &Recorded) -> Vec<EntryId> {
        let Some(event) = time_event(event) else {
            return Vec::new();
        };
        match event {
            TimeEvent::TimeRecorded(event) => vec![event.entry],
            TimeEvent::TimeRevised(event) => vec![event.entry],
            TimeEvent::TimeRemoved(event) => vec![event.entry],
            TimeEvent::TimesheetSubmitted(event) => entries(&event.entries),
            TimeEvent::TimesheetApproved(event) => entries(&event.entries),
            TimeEvent::TimesheetRejected(event) => entries(&event.entries),
            TimeEvent::TimesheetReopened(event) => entries(&event.entries),
        }
    }

    fn apply(rows: &mut Rows<TimeEntryRow>, recorded: &Recorded) {
        let Some(event) = time_event(recorded) else {
            return;
        };
        match event {
            TimeEvent::TimeRecorded(event) => rows.put(of_recorded(event, recorded)),
            TimeEvent::TimeRevised(event) => revise(rows, event, recorded),
            TimeEvent::TimeRemoved(event) => {
                // A move is a removal here and a record there in one commit, in either order.
                let here = |row: &TimeEntryRow| row.sheet_id == recorded.stream;
                if rows.get(&event.entry).is_some_and(here) {
                    rows.remove(&event.entry);
                }
            }
            TimeEvent::TimesheetSubmitted(event) => {
                mark(rows, recorded, &event.entries, State::Submitted);
            }
            TimeEvent::TimesheetApproved(event) => {
                mark(rows, recorded, &event.entries, State::Approved);
            }
            TimeEvent::TimesheetRejected(event) => {
                mark(rows, recorded, &event.entries, State::Rejected);
            }
            TimeEvent::TimesheetReopened(event) => {
                mark(rows, recorded, &event.entries, State::Open);
            }
        }
    }
}

fn entries(versions: &[EntryVersion]) -> Vec<EntryId> {
    versions.iter().map(|version| version.entry).collect()
}

fn of_recorded(event: &TimeRecorded, recorded: &Recorded) -> TimeEntryRow {
    let mut row = TimeEntryRow {
        entry_id: event.entry,
        sheet_id: recorded.stream,
        member_id: event.member,
        project_id: event.project,
        task_id: event.task,
        week: Week::of(event.worked.day),
        day: event.worked.day,
        start_at: None,
        end_at: None,
        zone: None,
        seconds: event.worked.seconds,
        billable: event.billable,
        note: event.note.as_ref().and_then(|note| note.envelope().cloned()),
        tags: event.tags.clone(),
        state: State::Open,
        version: event.version,
        import_id: event.import,
        position: recorded.position,
    };
    set_worked(&mut row, &event.worked);
    row
}

fn set_worked(row: &mut TimeEntryRow, worked: &Worked) {
    row.week = Week::of(worked.day);
    row.day = worked.day;
    row.seconds = worked.seconds;
    row.start_at = worked.span.as_ref().map(|span| span.start);
    row.end_at = worked.span.as_ref().map(|span| span.end);
    row.zone = worked.span.as_ref().map(|span| span.zone.clone());
}

/// Another content voids the entry's submission or approval.
fn revise(rows: &mut Rows<TimeEntryRow>, event: &TimeRevised, recorded: &Recorded) {
    rows.change(&event.entry, |row| {
        row.member_id = event.member;
        row.project_id = event.project;
        row.task_id = event.task;
        set_worked(row, &event.worked);
        row.billable = event.billable;
        row.note = event.note.as_ref().and_then(|note| note.envelope().cloned());
        row.tags.clone_from(&event.tags);
        row.state = State::Open;
        row.version = event.version;
        row.position = recorded.position;
    });
}

/// A step of approval is bound to the version it names: another one keeps its state.
fn mark(
    rows: &mut Rows<TimeEntryRow>,
    recorded: &Recorded,
    versions: &[EntryVersion],
    state: State,
) {
    for EntryVersion { entry, version } in versions {
        let meant = |row: &TimeEntryRow| {
            row.version == *version && row.sheet_id == recorded.stream && row.state != state
        };
        if rows.get(entry).is_some_and(meant) {
            rows.change(entry, |row| {
                row.state = state;
                row.position = recorded.position;
            });
        }
    }
}
