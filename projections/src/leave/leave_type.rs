//! Each kind of leave as it is now.

use domain::country::{Counts, ShownIn};
use domain::id::LeaveTypeId;
use domain::leave::LeaveTypeEvent;
use domain::log::{EventFamily, Recorded};
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One kind of leave.
    LeaveTypeRow in "rm_leave_type" key(leave_type_id: LeaveTypeId) {
        /// The kind.
        leave_type_id: LeaveTypeId,
        /// Its stable name.
        code: String,
        /// What it's called.
        name: String,
        /// Whether the employer pays for it.
        paid: bool,
        /// How amounts of it are shown.
        shown_in: ShownIn,
        /// Which days of an absence it takes.
        counts: Counts,
        /// The country of the pack it comes from.
        country: Option<String>,
        /// Whether no more of it is asked for.
        retired: bool,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of kinds of leave.
#[derive(Debug)]
pub struct LeaveType;

impl ReadModel for LeaveType {
    const NAME: &'static str = "leave_type";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[LeaveTypeEvent::TYPES];
    type Row = LeaveTypeRow;

    fn touches(event: &Recorded) -> Vec<LeaveTypeId> {
        leave_type_event(event).map(leave_type_of).into_iter().collect()
    }

    fn apply(rows: &mut Rows<LeaveTypeRow>, recorded: &Recorded) {
        let Some(event) = leave_type_event(recorded) else {
            return;
        };
        let position = recorded.position;
        if let LeaveTypeEvent::LeaveTypeDefined(event) = event {
            rows.put(LeaveTypeRow {
                leave_type_id: event.leave_type,
                code: event.code.clone(),
                name: event.name.clone(),
                paid: event.paid,
                shown_in: event.shown_in,
                counts: event.counts,
                country: event.pack.as_ref().map(|pack| pack.country.clone()),
                retired: false,
                position,
            });
        }
        rows.change(&leave_type_of(event), |row| {
            row.position = position;
            match event {
                LeaveTypeEvent::LeaveTypeDefined(_)
                | LeaveTypeEvent::LeavePolicySet(_)
                | LeaveTypeEvent::LeavePolicyCleared(_) => {}
                LeaveTypeEvent::LeaveTypeRenamed(event) => row.name.clone_from(&event.name),
                LeaveTypeEvent::LeaveTypeRetired(_) => row.retired = true,
                LeaveTypeEvent::LeaveTypeRestored(_) => row.retired = false,
            }
        });
    }
}

fn leave_type_of(event: &LeaveTypeEvent) -> LeaveTypeId {
    match event {
        LeaveTypeEvent::LeaveTypeDefined(event) => event.leave_type,
        LeaveTypeEvent::LeaveTypeRenamed(event) => event.leave_type,
        LeaveTypeEvent::LeaveTypeRetired(event) => event.leave_type,
        LeaveTypeEvent::LeaveTypeRestored(event) => event.leave_type,
        LeaveTypeEvent::LeavePolicySet(event) => event.leave_type,
        LeaveTypeEvent::LeavePolicyCleared(event) => event.leave_type,
    }
}

fn leave_type_event(recorded: &Recorded) -> Option<&LeaveTypeEvent> {
    recorded.event.family()
}

/// One kind of leave.
pub async fn find(
    tx: &mut TenantTx,
    leave_type: LeaveTypeId,
) -> Result<Option<LeaveTypeRow>, ReadError> {
    let query = select::<LeaveTypeRow>(tx, "where r.leave_type_id = $1").bind(leave_type.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Kinds of leave by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    after: Option<LeaveTypeId>,
    limit: i64,
) -> Result<Vec<LeaveTypeRow>, ReadError> {
    let sql = "where $1::uuid is null or r.leave_type_id > $1 order by r.leave_type_id limit $2";
    let query = select::<LeaveTypeRow>(tx, sql).bind(after.map(|kind| kind.0)).bind(limit);
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::leave;
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_kind_of_leave_is_what_was_last_said_of_it() {
        let history = leave();
        let rows = rows_of::<LeaveType>(&history.0);
        assert_eq!(rows.len(), 2);
        let (annual, study) = (&rows[0], &rows[1]);
        assert_eq!((&*annual.code, &*annual.name, annual.paid), ("annual", "Holiday", true));
        assert_eq!((annual.country.as_deref(), annual.retired), (Some("ZA"), false));
        assert_eq!((study.country.as_deref(), study.shown_in), (None, ShownIn::Hours));
        assert_eq!(study.counts, Counts::CalendarDays);
        assert!(rows_of::<LeaveType>(&history.0[..4])[0].retired);
        assert_declares_what_it_touches::<LeaveType>(&history.0);
    }
}
