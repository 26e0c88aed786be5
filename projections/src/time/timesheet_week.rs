//! Each member's ISO week: how far its approval has come and what it adds up to. A removal names an
//! entry but not what it was, so the row keeps its entries in arrays, one column per fact. A second
//! table would do too, at twice the writes; a week holds a few dozen entries.

use std::collections::BTreeSet;

use domain::id::{EntryId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{EventFamily, Recorded};
use domain::time::cells::PlacedEntry;
use domain::time::{
    Chain, EntryState, EntryVersion, Office, TimeEvent, Week, Worked, on_other_days,
};
use jiff::Timestamp;
use jiff::civil::Date;

pub use questions::{find, list, of_member, waiting};

use super::time_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{Rows, row};

row! {
    /// One member's ISO week. It's gone again when its last entry goes and none was ever submitted.
    TimesheetWeekRow in "rm_timesheet_week" key(sheet_id: StreamId)
    index(
        "member_week": "(member_id, week)",
        "state_week": "(state, week)",
        "monday": "(monday, member_id)",
        "waiting": "(week, member_id) where submitted > 0"
    ) {
        /// The stream of the timesheet.
        sheet_id: StreamId,
        /// Whose.
        member_id: MemberId,
        /// Which week.
        week: Week,
        /// Its first day.
        monday: Date,
        /// Open while any entry is open (or there is none), rejected while any is rejected,
        /// approved when all are, else submitted.
        state: EntryState,
        /// How many entries it holds.
        entries: u32,
        /// Of these, the open ones.
        open: u32,
        /// Of these, the submitted ones.
        submitted: u32,
        /// Of these, the approved ones.
        approved: u32,
        /// Of these, the rejected ones.
        rejected: u32,
        /// All seconds, unrounded.
        seconds: i64,
        /// The billable ones.
        billable_seconds: i64,
        /// Of all seconds, those on days of the Monday's month: a week lies in at most two months,
        /// and sums of months need no look at its entries.
        first_month_seconds: i64,
        /// Of these, the billable ones.
        first_month_billable_seconds: i64,
        /// When approval was last asked for.
        submitted_at: Option<Timestamp>,
        /// When it was last approved or rejected.
        decided_at: Option<Timestamp>,
        /// By whom.
        decided_by: Option<MemberId>,
        /// Hexadecimal SHA-256 of the content last approved.
        approved_content: Option<String>,
        /// Its entries, in the order they came.
        entry_ids: Vec<EntryId>,
        /// The version of each.
        entry_versions: Vec<u32>,
        /// The day of each.
        entry_days: Vec<Date>,
        /// The project of each.
        entry_projects: Vec<ProjectId>,
        /// The task of each.
        entry_tasks: Vec<TaskId>,
        /// The seconds of each.
        entry_seconds: Vec<i64>,
        /// Whether each may be billed.
        entry_billable: Vec<bool>,
        /// The state of each.
        entry_states: Vec<EntryState>,
        /// Of work over midnight, what fell on other days than that of its start: of which entry,
        /// an element per entry and day.
        other_day_entries: Vec<EntryId>,
        /// On which day.
        other_days: Vec<Date>,
        /// How many of the entry's seconds.
        other_day_seconds: Vec<i64>,
        /// The steps of approval of each; a manager's alone until it's submitted.
        entry_chains: Vec<Chain>,
        /// How many of them are behind each.
        entry_steps_done: Vec<u32>,
        /// Which offices decide next on what waits, each once.
        waits_for: Vec<Office>,
        /// The last event that changed it.
        position: i64,
    }
}

impl TimesheetWeekRow {
    /// The places of the entries that wait for approval.
    pub fn waiting(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.entry_states.len()).filter(|n| self.entry_states[*n] == EntryState::Submitted)
    }

    /// Who decides next on the entry in this place, while it waits.
    pub fn next_office(&self, n: usize) -> Option<Office> {
        let next = self.entry_chains.get(n)?.offices().get(*self.entry_steps_done.get(n)? as usize);
        next.copied().filter(|_| self.entry_states[n] == EntryState::Submitted)
    }
}

/// The fold of weeks.
#[derive(Debug)]
pub struct TimesheetWeek;

impl ReadModel for TimesheetWeek {
    const NAME: &'static str = "timesheet_week";
    const VERSION: i32 = 2;
    const READS: &'static [EventTypes] = &[TimeEvent::TYPES];
    type Row = TimesheetWeekRow;

    /// A timesheet is a stream of its own, so its stream is the key of its row.
    fn touches(event: &Recorded) -> Vec<StreamId> {
        time_event(event).map(|_| event.stream).into_iter().collect()
    }

    fn apply(rows: &mut Rows<TimesheetWeekRow>, recorded: &Recorded) {
        let Some(event) = time_event(recorded) else {
            return;
        };
        let sheet = recorded.stream;
        let begun_by = match event {
            TimeEvent::TimeRecorded(event) => Some((event.member, event.worked.day)),
            TimeEvent::TimeReversed(event) => Some((event.member, event.day)),
            TimeEvent::TimeRevised(_)
            | TimeEvent::TimeRemoved(_)
            | TimeEvent::TimesheetSubmitted(_)
            | TimeEvent::TimesheetStepApproved(_)
            | TimeEvent::TimesheetApproved(_)
            | TimeEvent::TimesheetRejected(_)
            | TimeEvent::TimesheetReopened(_) => None,
        };
        if let Some((member, day)) = begun_by.filter(|_| rows.get(&sheet).is_none()) {
            rows.put(empty(sheet, member, Week::of(day)));
        }
        rows.change(&sheet, |row| {
            take_in(row, event, recorded.recorded_at);
            row.position = recorded.position;
            sum_up(row);
        });
        let forgotten = |row: &TimesheetWeekRow| row.entries == 0 && row.submitted_at.is_none();
        if rows.get(&sheet).is_some_and(forgotten) {
            rows.remove(&sheet);
        }
    }
}

fn empty(sheet_id: StreamId, member_id: MemberId, week: Week) -> TimesheetWeekRow {
    TimesheetWeekRow {
        sheet_id,
        member_id,
        week,
        monday: week.monday(),
        state: EntryState::Open,
        entries: 0,
        open: 0,
        submitted: 0,
        approved: 0,
        rejected: 0,
        seconds: 0,
        billable_seconds: 0,
        first_month_seconds: 0,
        first_month_billable_seconds: 0,
        submitted_at: None,
        decided_at: None,
        decided_by: None,
        approved_content: None,
        entry_ids: Vec::new(),
        entry_versions: Vec::new(),
        entry_days: Vec::new(),
        entry_projects: Vec::new(),
        entry_tasks: Vec::new(),
        entry_seconds: Vec::new(),
        entry_billable: Vec::new(),
        entry_states: Vec::new(),
        other_day_entries: Vec::new(),
        other_days: Vec::new(),
        other_day_seconds: Vec::new(),
        entry_chains: Vec::new(),
        entry_steps_done: Vec::new(),
        waits_for: Vec::new(),
        position: 0,
    }
}

fn take_in(row: &mut TimesheetWeekRow, event: &TimeEvent, at: Timestamp) {
    match event {
        TimeEvent::TimeRecorded(event) => {
            remove(row, event.entry);
            row.entry_ids.push(event.entry);
            row.entry_versions.push(event.version);
            row.entry_days.push(event.worked.day);
            row.entry_projects.push(event.project);
            row.entry_tasks.push(event.task);
            row.entry_seconds.push(i64::from(event.worked.seconds));
            row.entry_billable.push(event.billable);
            row.entry_states.push(EntryState::Open);
            set_other_days(row, event.entry, &event.worked);
            row.entry_chains.push(Chain::default());
            row.entry_steps_done.push(0);
        }
        TimeEvent::TimeRevised(event) => {
            if let Some(n) = row.entry_ids.iter().position(|id| *id == event.entry) {
                row.entry_versions[n] = event.version;
                row.entry_days[n] = event.worked.day;
                row.entry_projects[n] = event.project;
                row.entry_tasks[n] = event.task;
                row.entry_seconds[n] = i64::from(event.worked.seconds);
                row.entry_billable[n] = event.billable;
                row.entry_states[n] = EntryState::Open;
                set_other_days(row, event.entry, &event.worked);
                row.entry_chains[n] = Chain::default();
                row.entry_steps_done[n] = 0;
            }
        }
        TimeEvent::TimeReversed(event) => {
            remove(row, event.entry);
            row.entry_ids.push(event.entry);
            row.entry_versions.push(1);
            row.entry_days.push(event.day);
            row.entry_projects.push(event.project);
            row.entry_tasks.push(event.task);
            row.entry_seconds.push(event.signed_seconds());
            row.entry_billable.push(event.billable);
            row.entry_states.push(EntryState::Open);
            row.entry_chains.push(Chain::default());
            row.entry_steps_done.push(0);
        }
        TimeEvent::TimeRemoved(event) => remove(row, event.entry),
        TimeEvent::TimesheetSubmitted(event) => {
            mark(row, &event.entries, EntryState::Submitted, &event.chain, 0);
            row.submitted_at = Some(at);
        }
        TimeEvent::TimesheetStepApproved(event) => {
            mark(row, &event.entries, EntryState::Submitted, &event.chain, event.step);
        }
        TimeEvent::TimesheetApproved(event) => {
            mark(row, &event.entries, EntryState::Approved, &event.chain, event.chain.steps());
            row.decided_at = Some(at);
            row.decided_by = Some(event.by);
            row.approved_content = Some(event.content.clone());
        }
        TimeEvent::TimesheetRejected(event) => {
            mark(row, &event.entries, EntryState::Rejected, &Chain::default(), 0);
            row.decided_at = Some(at);
            row.decided_by = Some(event.by);
        }
        TimeEvent::TimesheetReopened(event) => {
            mark(row, &event.entries, EntryState::Open, &Chain::default(), 0);
        }
    }
}

fn remove(row: &mut TimesheetWeekRow, entry: EntryId) {
    if let Some(n) = row.entry_ids.iter().position(|id| *id == entry) {
        row.entry_ids.remove(n);
        row.entry_versions.remove(n);
        row.entry_days.remove(n);
        row.entry_projects.remove(n);
        row.entry_tasks.remove(n);
        row.entry_seconds.remove(n);
        row.entry_billable.remove(n);
        row.entry_states.remove(n);
        row.entry_chains.remove(n);
        row.entry_steps_done.remove(n);
    }
    forget_other_days(row, entry);
}

fn forget_other_days(row: &mut TimesheetWeekRow, entry: EntryId) {
    while let Some(n) = row.other_day_entries.iter().position(|id| *id == entry) {
        row.other_day_entries.remove(n);
        row.other_days.remove(n);
        row.other_day_seconds.remove(n);
    }
}

/// The zone stored with the work says where its midnight is, so no later setting moves a second.
fn set_other_days(row: &mut TimesheetWeekRow, entry: EntryId, worked: &Worked) {
    forget_other_days(row, entry);
    for (day, seconds) in on_other_days(worked) {
        row.other_day_entries.push(entry);
        row.other_days.push(day);
        row.other_day_seconds.push(i64::from(seconds));
    }
}

/// A step of approval is bound to the version it names: another one keeps its state.
fn mark(
    row: &mut TimesheetWeekRow,
    versions: &[EntryVersion],
    state: EntryState,
    chain: &Chain,
    steps_done: u32,
) {
    for EntryVersion { entry, version } in versions {
        let found = row.entry_ids.iter().position(|id| id == entry);
        if let Some(n) = found.filter(|n| row.entry_versions[*n] == *version) {
            row.entry_states[n] = state;
            row.entry_chains[n].clone_from(chain);
            row.entry_steps_done[n] = steps_done;
        }
    }
}

fn sum_up(row: &mut TimesheetWeekRow) {
    let mut counts = [0_u32; 4];
    row.entry_states.iter().for_each(|state| counts[*state as usize] += 1);
    [row.open, row.submitted, row.approved, row.rejected] = counts;
    row.entries = counts.iter().sum();
    row.state = if row.entries == 0 || row.open > 0 {
        EntryState::Open
    } else if row.rejected > 0 {
        EntryState::Rejected
    } else if row.submitted > 0 {
        EntryState::Submitted
    } else {
        EntryState::Approved
    };
    let waits = row.waiting().filter_map(|n| row.next_office(n));
    let waits_for: BTreeSet<Office> = waits.collect();
    row.waits_for = waits_for.into_iter().collect();
    let month = row.monday.first_of_month();
    let mut sums = [0; 4];
    for ((seconds, billable), day) in
        row.entry_seconds.iter().zip(&row.entry_billable).zip(&row.entry_days)
    {
        let first = day.first_of_month() == month;
        sums[0] += seconds;
        sums[1] += if *billable { *seconds } else { 0 };
        sums[2] += if first { *seconds } else { 0 };
        sums[3] += if first && *billable { *seconds } else { 0 };
    }
    [
        row.seconds,
        row.billable_seconds,
        row.first_month_seconds,
        row.first_month_billable_seconds,
    ] = sums;
}

/// The entries of a week, each with where it's shown.
pub fn placed(row: &TimesheetWeekRow) -> Vec<PlacedEntry> {
    let on_other_days = |entry: EntryId| -> Vec<(Date, i64)> {
        let all = row.other_day_entries.iter().zip(&row.other_days).zip(&row.other_day_seconds);
        let own = all.filter(|((of, _), _)| **of == entry);
        own.map(|((_, day), seconds)| (*day, *seconds)).collect()
    };
    let place = |(n, entry): (usize, &EntryId)| PlacedEntry {
        entry: *entry,
        day: row.entry_days[n],
        project: row.entry_projects[n],
        task: row.entry_tasks[n],
        billable: row.entry_billable[n],
        state: row.entry_states[n],
        seconds: row.entry_seconds[n],
        on_other_days: on_other_days(*entry),
    };
    row.entry_ids.iter().enumerate().map(place).collect()
}

mod questions;
#[cfg(test)]
mod tests;
