//! Each timer that runs: who works on what right now, and since when. How long that is follows from
//! the clock of who asks.

use domain::id::{EntryId, MemberId, ProjectId, TaskId};
use domain::log::{EventFamily, Recorded};
use domain::personal::{Envelope, Personal};
use domain::time::timer::TimerEvent;
use jiff::Timestamp;
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One timer.
    RunningTimerRow in "rm_running_timer" key(entry_id: EntryId)
    index("member": "(member_id)") {
        /// The entry that it becomes.
        entry_id: EntryId,
        /// Who works.
        member_id: MemberId,
        /// On what.
        project_id: ProjectId,
        /// Doing what.
        task_id: TaskId,
        /// Since when.
        start_at: Timestamp,
        /// The zone that its day is in.
        zone: String,
        /// Whether the time may be billed.
        billable: bool,
        /// What is done, sealed.
        note: Option<Envelope>,
        /// Labels.
        tags: Vec<String>,
        /// Its version: 1, 2, 3, …
        version: u32,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of timers.
#[derive(Debug)]
pub struct RunningTimer;

impl ReadModel for RunningTimer {
    const NAME: &'static str = "running_timer";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[TimerEvent::TYPES];
    type Row = RunningTimerRow;

    fn touches(event: &Recorded) -> Vec<EntryId> {
        match event.event.family::<TimerEvent>() {
            Some(TimerEvent::TimerStarted(event)) => vec![event.entry],
            Some(TimerEvent::TimerChanged(event)) => vec![event.entry],
            Some(TimerEvent::TimerStopped(event)) => vec![event.entry],
            Some(TimerEvent::TimerDiscarded(event)) => vec![event.entry],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<RunningTimerRow>, recorded: &Recorded) {
        let sealed = |note: Option<&Personal<String>>| note.and_then(|it| it.envelope().cloned());
        match recorded.event.family::<TimerEvent>() {
            Some(TimerEvent::TimerStarted(event)) => rows.put(RunningTimerRow {
                entry_id: event.entry,
                member_id: event.member,
                project_id: event.project,
                task_id: event.task,
                start_at: event.start,
                zone: event.zone.clone(),
                billable: event.billable,
                note: sealed(event.note.as_ref()),
                tags: event.tags.clone(),
                version: 1,
                position: recorded.position,
            }),
            Some(TimerEvent::TimerChanged(event)) => rows.change(&event.entry, |row| {
                row.project_id = event.project;
                row.task_id = event.task;
                row.start_at = event.start;
                row.zone.clone_from(&event.zone);
                row.billable = event.billable;
                row.note = sealed(event.note.as_ref());
                row.tags.clone_from(&event.tags);
                row.version = event.version;
                row.position = recorded.position;
            }),
            Some(TimerEvent::TimerStopped(event)) => rows.remove(&event.entry),
            Some(TimerEvent::TimerDiscarded(event)) => rows.remove(&event.entry),
            None => {}
        }
    }
}

/// One timer that runs.
pub async fn find(tx: &mut TenantTx, entry: EntryId) -> Result<Option<RunningTimerRow>, ReadError> {
    let query = select::<RunningTimerRow>(tx, "where r.entry_id = $1").bind(entry.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// The timer of a member, if one runs.
pub async fn of_member(
    tx: &mut TenantTx,
    member: MemberId,
) -> Result<Vec<RunningTimerRow>, ReadError> {
    let sql = "where r.member_id = $1 order by r.start_at, r.entry_id";
    read_rows(&select::<RunningTimerRow>(tx, sql).bind(member.0).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{id, timers};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn what_runs_is_as_last_said_and_gone_once_it_is_stopped_or_discarded() {
        let history = timers();
        let rows = rows_of::<RunningTimer>(&history.0);
        let shown: Vec<_> = rows.iter().map(|row| (row.entry_id.0, row.version)).collect();
        assert_eq!(shown, [(id(703), 2)]);
        assert_eq!((&*rows[0].zone, rows[0].billable, &rows[0].note), ("UTC", false, &None));
        assert_declares_what_it_touches::<RunningTimer>(&history.0);
    }
}
