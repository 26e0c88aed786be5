//! Each entry of time as it stands now. Names of projects and tasks are joined at reading, so that
//! one rename does not touch thousands of rows.

use domain::id::{EntryId, ImportId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{EventFamily, Recorded};
use domain::personal::Envelope;
use domain::time::{
    Chain, EntryState, EntryVersion, Span, TimeEvent, TimeRecorded, TimeReversed, TimeRevised,
    Week, Worked,
};
use jiff::Timestamp;
use jiff::civil::Date;

pub use questions::{Wanted, find, list, notes, spans};

use super::time_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{Rows, row};

row! {
    /// One entry of time.
    TimeEntryRow in "rm_time_entry" key(entry_id: EntryId)
    index(
        "member_day": "(member_id, day)",
        "day": "(day, entry_id)",
        "project_day": "(project_id, day)"
    ) {
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
        /// The local day of the start, or the day it's booked on: week and period go by it.
        day: Date,
        /// The local day of the work: rates and rounding go by it.
        work_day: Date,
        /// The first instant, where it's known.
        start_at: Option<Timestamp>,
        /// The first instant after it, where it's known.
        end_at: Option<Timestamp>,
        /// The zone it was recorded in, where it has instants.
        zone: Option<String>,
        /// How long, unrounded; less than nothing where it takes time back.
        seconds: i64,
        /// Whether it may be billed.
        billable: bool,
        /// What was done, sealed.
        note: Option<Envelope>,
        /// Labels.
        tags: Vec<String>,
        /// How far its approval has come.
        state: EntryState,
        /// The steps of its approval; a manager's alone until it's submitted.
        chain: Chain,
        /// How many of them are behind it.
        steps_done: u32,
        /// Its version: 1, 2, 3, …
        version: u32,
        /// The import it came with.
        import_id: Option<ImportId>,
        /// The entry that it takes back.
        reverses: Option<EntryId>,
        /// The reversed entry that it stands in for.
        replaces: Option<EntryId>,
        /// What takes it back.
        reversed_by: Option<EntryId>,
        /// What stands in for it since it was reversed.
        replaced_by: Option<EntryId>,
        /// Why it takes time back, sealed.
        reason: Option<Envelope>,
        /// The last event that changed it.
        position: i64,
    }
}

impl TimeEntryRow {
    /// From when to when, where it's known.
    pub fn span(&self) -> Option<Span> {
        let (start, end) = (self.start_at?, self.end_at?);
        Some(Span { start, end, zone: self.zone.clone()? })
    }

    /// The span that it's rounded by where a rule rounds both ends: of an entry that takes another
    /// back, the other's, which is looked for by `find`.
    pub fn span_among<'a>(
        &self,
        find: impl FnOnce(&EntryId) -> Option<&'a TimeEntryRow>,
    ) -> Option<Span> {
        match &self.reverses {
            Some(reversed) => find(reversed)?.span(),
            None => self.span(),
        }
    }
}

/// The fold of entries.
#[derive(Debug)]
pub struct TimeEntry;

impl ReadModel for TimeEntry {
    const NAME: &'static str = "time_entry";
    const VERSION: i32 = 2;
    const READS: &'static [EventTypes] = &[TimeEvent::TYPES];
    type Row = TimeEntryRow;

    fn touches(event: &Recorded) -> Vec<EntryId> {
        let Some(event) = time_event(event) else {
            return Vec::new();
        };
        match event {
            TimeEvent::TimeRecorded(event) => with(event.entry, [event.replaces]),
            TimeEvent::TimeRevised(event) => vec![event.entry],
            TimeEvent::TimeRemoved(event) => with(event.entry, [event.reverses, event.replaces]),
            TimeEvent::TimeReversed(event) => with(event.entry, [Some(event.reverses)]),
            TimeEvent::TimesheetSubmitted(event) => entries(&event.entries),
            TimeEvent::TimesheetStepApproved(event) => entries(&event.entries),
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
            TimeEvent::TimeRecorded(event) => {
                // What a move keeps: an entry that was reversed is not moved, so it has no more.
                rows.put(of_recorded(event, recorded));
                link(rows, event.replaces, recorded, |row| row.replaced_by = Some(event.entry));
            }
            TimeEvent::TimeReversed(event) => {
                rows.put(of_reversed(event, recorded));
                let reversed = Some(event.reverses);
                link(rows, reversed, recorded, |row| row.reversed_by = Some(event.entry));
            }
            TimeEvent::TimeRevised(event) => revise(rows, event, recorded),
            TimeEvent::TimeRemoved(event) => {
                // A move is a removal here and a record there in one commit, in either order.
                let here = |row: &TimeEntryRow| row.sheet_id == recorded.stream;
                if rows.get(&event.entry).is_some_and(here) {
                    rows.remove(&event.entry);
                }
                if event.moved_to.is_none() {
                    link(rows, event.reverses, recorded, |row| {
                        row.reversed_by = row.reversed_by.filter(|by| *by != event.entry);
                    });
                    link(rows, event.replaces, recorded, |row| {
                        row.replaced_by = row.replaced_by.filter(|by| *by != event.entry);
                    });
                }
            }
            TimeEvent::TimesheetSubmitted(event) => {
                mark(rows, recorded, &event.entries, EntryState::Submitted, (&event.chain, 0));
            }
            TimeEvent::TimesheetStepApproved(event) => {
                let steps = (&event.chain, event.step);
                mark(rows, recorded, &event.entries, EntryState::Submitted, steps);
            }
            TimeEvent::TimesheetApproved(event) => {
                let steps = (&event.chain, event.chain.steps());
                mark(rows, recorded, &event.entries, EntryState::Approved, steps);
            }
            TimeEvent::TimesheetRejected(event) => {
                mark(rows, recorded, &event.entries, EntryState::Rejected, (&Chain::default(), 0));
            }
            TimeEvent::TimesheetReopened(event) => {
                mark(rows, recorded, &event.entries, EntryState::Open, (&Chain::default(), 0));
            }
        }
    }
}

/// The row of an event with those of the entries it's about.
fn with<const N: usize>(entry: EntryId, others: [Option<EntryId>; N]) -> Vec<EntryId> {
    std::iter::once(entry).chain(others.into_iter().flatten()).collect()
}

/// Says of an entry what another one is to it.
fn link(
    rows: &mut Rows<TimeEntryRow>,
    entry: Option<EntryId>,
    recorded: &Recorded,
    change: impl FnOnce(&mut TimeEntryRow),
) {
    if let Some(entry) = entry.filter(|entry| rows.get(entry).is_some()) {
        rows.change(&entry, |row| {
            change(row);
            row.position = recorded.position;
        });
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
        work_day: event.work_day.unwrap_or(event.worked.day),
        start_at: None,
        end_at: None,
        zone: None,
        seconds: i64::from(event.worked.seconds),
        billable: event.billable,
        note: event.note.as_ref().and_then(|note| note.envelope().cloned()),
        tags: event.tags.clone(),
        state: EntryState::Open,
        chain: Chain::default(),
        steps_done: 0,
        version: event.version,
        import_id: event.import,
        reverses: None,
        replaces: event.replaces,
        reversed_by: None,
        replaced_by: None,
        reason: None,
        position: recorded.position,
    };
    set_worked(&mut row, &event.worked);
    row
}

fn of_reversed(event: &TimeReversed, recorded: &Recorded) -> TimeEntryRow {
    TimeEntryRow {
        entry_id: event.entry,
        sheet_id: recorded.stream,
        member_id: event.member,
        project_id: event.project,
        task_id: event.task,
        week: Week::of(event.day),
        day: event.day,
        work_day: event.work_day,
        start_at: None,
        end_at: None,
        zone: None,
        seconds: event.signed_seconds(),
        billable: event.billable,
        note: None,
        tags: Vec::new(),
        state: EntryState::Open,
        chain: Chain::default(),
        steps_done: 0,
        version: 1,
        import_id: None,
        reverses: Some(event.reverses),
        replaces: None,
        reversed_by: None,
        replaced_by: None,
        reason: event.reason.envelope().cloned(),
        position: recorded.position,
    }
}

fn set_worked(row: &mut TimeEntryRow, worked: &Worked) {
    row.week = Week::of(worked.day);
    if row.replaces.is_none() {
        row.work_day = worked.day;
    }
    row.day = worked.day;
    row.seconds = i64::from(worked.seconds);
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
        row.state = EntryState::Open;
        row.chain = Chain::default();
        row.steps_done = 0;
        row.version = event.version;
        row.position = recorded.position;
    });
}

/// A step of approval is bound to the version it names: another one keeps its state.
fn mark(
    rows: &mut Rows<TimeEntryRow>,
    recorded: &Recorded,
    versions: &[EntryVersion],
    state: EntryState,
    (chain, steps_done): (&Chain, u32),
) {
    for EntryVersion { entry, version } in versions {
        let meant = |row: &TimeEntryRow| {
            let moves = (row.state, row.steps_done) != (state, steps_done) || row.chain != *chain;
            moves && row.version == *version && row.sheet_id == recorded.stream
        };
        if rows.get(entry).is_some_and(meant) {
            rows.change(entry, |row| {
                row.state = state;
                row.chain.clone_from(chain);
                row.steps_done = steps_done;
                row.position = recorded.position;
            });
        }
    }
}

mod questions;
#[cfg(test)]
mod tests;
