//! What leave takes of each member's days, by the postings on record: a calendar of work asks for
//! it. A correction that takes back what was taken gives the day back.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{LeaveRequestId, LeaveTypeId, MemberId};
use domain::leave::ledger::Posting;
use domain::leave::{LeaveMinutes, LeaveState, MemberLeaveEvent, taken_by};
use domain::log::{EventFamily, Recorded};
use domain::time::calendar::LeaveOn;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use super::leave_event;
use super::leave_request::LeaveRequestRow;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// What a request takes of a day. It's gone where nothing is left of it.
    LeaveDayRow in "rm_leave_day" key(member_id: MemberId, day: Date, request_id: LeaveRequestId)
    index("day": "(day, member_id)") {
        /// Who is away.
        member_id: MemberId,
        /// On which day.
        day: Date,
        /// By which request.
        request_id: LeaveRequestId,
        /// What kind of leave.
        leave_type_id: LeaveTypeId,
        /// How much of it.
        minutes: LeaveMinutes,
        /// The last event that changed it.
        position: i64,
    }
}

impl LeaveDayRow {
    /// As a calendar of work takes it, in whole minutes.
    pub fn leave_on(&self) -> LeaveOn {
        LeaveOn::of(self.day, self.minutes)
    }
}

/// The fold of days.
#[derive(Debug)]
pub struct LeaveDay;

impl ReadModel for LeaveDay {
    const NAME: &'static str = "leave_day";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[MemberLeaveEvent::TYPES];
    type Row = LeaveDayRow;

    fn touches(event: &Recorded) -> Vec<(MemberId, Date, LeaveRequestId)> {
        let Some(MemberLeaveEvent::LeavePosted(event)) = leave_event(event) else {
            return Vec::new();
        };
        let key = |it: &Posting| taken_by(it).map(|request| (event.member, it.effective, request));
        event.postings.iter().filter_map(key).collect()
    }

    fn apply(rows: &mut Rows<LeaveDayRow>, recorded: &Recorded) {
        let Some(MemberLeaveEvent::LeavePosted(event)) = leave_event(recorded) else { return };
        for posting in &event.postings {
            let Some(request) = taken_by(posting) else { continue };
            let key = (event.member, posting.effective, request);
            let before = rows.get(&key).map_or(LeaveMinutes::ZERO, |row| row.minutes);
            let minutes = before - posting.minutes;
            if minutes == LeaveMinutes::ZERO {
                rows.remove(&key);
                continue;
            }
            rows.put(LeaveDayRow {
                member_id: event.member,
                day: posting.effective,
                request_id: request,
                leave_type_id: event.leave_type,
                minutes,
                position: recorded.position,
            });
        }
    }
}

/// What granted leave takes of each member's days, by rows of any moment: days by member.
pub type Taken = BTreeMap<MemberId, Vec<LeaveOn>>;

/// What granted leave takes from one day to another, both included, of one member or of all.
pub async fn taken(
    tx: &mut TenantTx,
    member: Option<MemberId>,
    first: Date,
    last: Date,
) -> Result<Taken, ReadError> {
    let mut taken = Taken::new();
    for row in between(tx, member, first, last).await? {
        taken.entry(row.member_id).or_default().push(row.leave_on());
    }
    Ok(taken)
}

/// The same by the rows of a moment.
pub fn taken_then(
    days: &Rows<LeaveDayRow>,
    requests: &Rows<LeaveRequestRow>,
    first: Date,
    last: Date,
) -> Taken {
    let approved = requests.iter().filter(|row| row.state == LeaveState::Approved);
    let approved: BTreeSet<LeaveRequestId> = approved.map(|row| row.request_id).collect();
    let granted = |row: &&LeaveDayRow| {
        (first..=last).contains(&row.day) && approved.contains(&row.request_id)
    };
    let mut taken = Taken::new();
    for row in days.iter().filter(granted) {
        taken.entry(row.member_id).or_default().push(row.leave_on());
    }
    taken.values_mut().for_each(|days| days.sort_by_key(|leave| leave.day));
    taken
}

/// What granted leave takes from one day to another, both included, of one member or of all: by
/// member and day. Of leave that was cancelled nothing is taken, whatever its account goes on with.
pub async fn between(
    tx: &mut TenantTx,
    member: Option<MemberId>,
    first: Date,
    last: Date,
) -> Result<Vec<LeaveDayRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.member_id = $1) and r.day between $2 and $3
            and exists (select 1 from {t}.rm_leave_request q
                where q.request_id = r.request_id and q.state = 'approved')
        order by r.member_id, r.day, r.request_id";
    let query = select::<LeaveDayRow>(tx, sql).bind(member.map(|member| member.0));
    read_rows(&query.bind(first.to_sqlx()).bind(last.to_sqlx()).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{id, member_leave};
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use jiff::civil::date;

    #[test]
    fn a_day_is_what_stands_of_what_was_taken_of_it() {
        let history = member_leave().0;
        assert_declares_what_it_touches::<LeaveDay>(&history);
        let rows = rows_of::<LeaveDay>(&history);
        let days: Vec<_> = rows.iter().map(|row| (row.day, row.leave_on().minutes)).collect();
        // The third of March became a holiday and was given back, then taken from two buckets.
        assert_eq!(days, [(date(2026, 3, 2), 480), (date(2026, 3, 3), 240)]);
        assert!(rows.iter().all(|row| row.member_id.0 == id(1)));
    }
}
