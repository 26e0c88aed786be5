//! Each entry of time as it stands now. Names of projects and tasks are joined at reading, so that
//! one rename does not touch thousands of rows.

use domain::id::{EntryId, ImportId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{EventFamily, Recorded};
use domain::personal::Envelope;
use domain::time::{
    Chain, EntryState, EntryVersion, TimeEvent, TimeRecorded, TimeRevised, Week, Worked,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use super::time_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

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
        state: EntryState,
        /// The steps of its approval; a manager's alone until it's submitted.
        chain: Chain,
        /// How many of them are behind it.
        steps_done: u32,
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
    const VERSION: i32 = 2;
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
        state: EntryState::Open,
        chain: Chain::default(),
        steps_done: 0,
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

/// Which entries are asked for; what is left out does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By this member.
    pub member: Option<MemberId>,
    /// On this project.
    pub project: Option<ProjectId>,
    /// From this day on.
    pub from: Option<Date>,
    /// Up to this day, which is included.
    pub to: Option<Date>,
    /// In this state.
    pub state: Option<EntryState>,
    /// Of this import.
    pub import: Option<ImportId>,
}

/// One entry.
pub async fn find(tx: &mut TenantTx, entry: EntryId) -> Result<Option<TimeEntryRow>, ReadError> {
    let query = select::<TimeEntryRow>(tx, "where r.entry_id = $1").bind(entry.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Entries by day and id after those of a cursor.
pub async fn list(
    tx: &mut TenantTx,
    wanted: &Wanted,
    after: Option<(Date, EntryId)>,
    limit: i64,
) -> Result<Vec<TimeEntryRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.member_id = $1)
            and ($2::uuid is null or r.project_id = $2)
            and r.day between coalesce($3, '-infinity'::date) and coalesce($4, 'infinity'::date)
            and ($5::text is null or r.state = $5)
            and ($6::uuid is null or r.import_id = $6)
            and ($7::date is null or (r.day, r.entry_id) > ($7, $8))
        order by r.day, r.entry_id limit $9";
    let answers = select::<TimeEntryRow>(tx, sql)
        .bind(wanted.member.map(|member| member.0))
        .bind(wanted.project.map(|project| project.0))
        .bind(wanted.from.map(Date::to_sqlx))
        .bind(wanted.to.map(Date::to_sqlx))
        .bind(wanted.state.map(EntryState::as_str))
        .bind(wanted.import.map(|import| import.0))
        .bind(after.map(|(day, _)| day.to_sqlx()))
        .bind(after.map(|(_, entry)| entry.0))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{
        History, MONDAY, approved, id, recorded, removed, revised, sealed, sheet, submitted,
        weeks_of_time,
    };
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use domain::personal::PurposeClass;
    use jiff::civil::date;

    #[test]
    fn an_entry_is_what_was_last_said_of_it_with_its_note_sealed() {
        let mut history = History::default();
        history.time(1, MONDAY, recorded(101, MONDAY, 3600));
        let row = &rows_of::<TimeEntry>(&history.0)[0];
        let note = sealed::<String>(PurposeClass::Note, 1, "AAAA");
        assert_eq!(row.note.as_ref(), note.envelope());
        assert_eq!((row.seconds, row.billable, row.tags.len()), (3600, true, 2));
        assert_eq!(row.start_at.map(|at| at.to_string()).as_deref(), Some("2026-02-02T09:00:00Z"));
        history.time(1, MONDAY, revised(101, 2, MONDAY, 60));
        let row = &rows_of::<TimeEntry>(&history.0)[0];
        assert_eq!((row.seconds, row.billable, row.version, row.position), (60, false, 2, 2));
        assert_eq!((&row.note, row.start_at, &row.zone), (&None, None, &None));
    }

    #[test]
    fn a_step_of_approval_is_bound_to_the_version_and_voided_by_another_content() {
        let mut history = History::default();
        history
            .time(1, MONDAY, recorded(101, MONDAY, 3600))
            .time(1, MONDAY, recorded(102, MONDAY, 3600))
            .time(1, MONDAY, submitted(&[(101, 1), (102, 1)]))
            .time(1, MONDAY, revised(102, 2, MONDAY, 60))
            .time(1, MONDAY, approved(&[(101, 1), (102, 1)]));
        let states = |history: &History| {
            let rows = rows_of::<TimeEntry>(&history.0);
            rows.iter().map(|row| row.state).collect::<Vec<_>>()
        };
        assert_eq!(states(&history), [EntryState::Approved, EntryState::Open]);
        history.time(1, MONDAY, revised(101, 2, MONDAY, 60));
        assert_eq!(states(&history), [EntryState::Open, EntryState::Open]);
    }

    #[test]
    fn a_move_to_another_week_keeps_the_entry_whichever_of_its_two_events_comes_first() {
        let next = date(2026, 2, 9);
        let moved = TimeRecorded { version: 2, ..recorded(101, next, 3600) };
        for removal_first in [true, false] {
            let mut history = History::default();
            history.time(1, MONDAY, recorded(101, MONDAY, 3600));
            if removal_first {
                history.time(1, MONDAY, removed(101, Some(next))).time(1, next, moved.clone());
            } else {
                history.time(1, next, moved.clone()).time(1, MONDAY, removed(101, Some(next)));
            }
            let rows = rows_of::<TimeEntry>(&history.0);
            assert_eq!((rows.len(), rows[0].day, rows[0].version), (1, next, 2));
            assert_eq!(rows[0].sheet_id, sheet(1, next));
            assert_eq!(rows[0].member_id, MemberId(id(1)));
        }
    }

    #[test]
    fn it_declares_every_row_that_it_touches() {
        assert_declares_what_it_touches::<TimeEntry>(&weeks_of_time().0);
    }
}
