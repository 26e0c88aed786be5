//! Time that was corrected, for the tests of every fold: an hour of a closed week is taken back in
//! the next one and another stands in for it; a second correction is given up again. Two scopes
//! are closed, and one of them is opened in part.

use domain::id::{ClientId, EntryId, MemberId, ProjectId, TaskId};
use domain::personal::PurposeClass;
use domain::time::periods::{
    PeriodClosed, PeriodEvent, PeriodReopened, PeriodScope, periods_stream,
};
use domain::time::{TimeRecorded, TimeRemoved, TimeReversed};
use jiff::civil::{Date, date};

use super::samples::{History, MONDAY, id, recorded, removed, sealed};

/// A day of the week after.
const BOOKED: Date = date(2026, 2, 10);

/// The negative of an entry of Monday, booked a week later.
pub(super) fn reversed(entry: u128, reverses: u128, seconds: u32) -> TimeReversed {
    TimeReversed {
        entry: EntryId(id(entry)),
        reverses: EntryId(id(reverses)),
        reversed_version: 1,
        member: MemberId(id(2)),
        project: ProjectId(id(20)),
        task: TaskId(id(30)),
        day: BOOKED,
        work_day: MONDAY,
        seconds,
        billable: true,
        reason: sealed(PurposeClass::Reason, 2, "HHHH"),
        written_off_seconds: None,
    }
}

/// What stands in for an entry of Monday, booked a week later.
fn replacing(entry: u128, replaces: u128, seconds: u32) -> TimeRecorded {
    TimeRecorded {
        replaces: Some(EntryId(id(replaces))),
        work_day: Some(MONDAY),
        member: MemberId(id(2)),
        ..recorded(entry, BOOKED, seconds)
    }
}

/// Entry 211 takes 210 back and 212 stands in for it; 214 took 213 back and is gone again.
pub(crate) fn corrections() -> History {
    let mut history = History::default();
    let member = MemberId(id(2));
    let of = |entry| Some(EntryId(id(entry)));
    history
        .time(2, MONDAY, TimeRecorded { member, ..recorded(210, MONDAY, 3600) })
        .time(2, MONDAY, TimeRecorded { member, ..recorded(213, MONDAY, 1800) })
        .time(2, BOOKED, reversed(211, 210, 3600))
        .time(2, BOOKED, replacing(212, 210, 900))
        .time(2, BOOKED, reversed(214, 213, 1800))
        .time(2, BOOKED, replacing(215, 213, 60))
        .time(2, BOOKED, TimeRemoved { member, replaces: of(213), ..removed(215, None) })
        .time(2, BOOKED, TimeRemoved { member, reverses: of(213), ..removed(214, None) });
    let (tenant, client) = (PeriodScope::Tenant, PeriodScope::Client(ClientId(id(10))));
    let closed = |scope, through| PeriodClosed { scope, through, reason: None };
    let reopened = PeriodReopened {
        scope: tenant,
        from: date(2026, 2, 4),
        through: date(2026, 2, 8),
        reason: sealed(PurposeClass::Reason, 2, "IIII"),
    };
    for event in [
        PeriodEvent::from(closed(client, MONDAY)),
        closed(tenant, date(2026, 2, 8)).into(),
        reopened.into(),
    ] {
        history.add(periods_stream(), event);
    }
    history
}
