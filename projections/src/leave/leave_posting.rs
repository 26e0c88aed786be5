//! Each recorded posting of leave accounts, with where it stands in the log. Balances are not
//! summed from here: they are replayed from the facts, and this says what of that is on record.

use domain::id::{LeaveTypeId, MemberId};
use domain::leave::ledger::{Bucket, Cause, Origin, Posting, PostingKind, RestsOn};
use domain::leave::policy::Right;
use domain::leave::{LeaveMinutes, MemberLeaveEvent};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::TenantTx;

use super::leave_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One posting.
    LeavePostingRow in "rm_leave_posting"
    key(member_id: MemberId, leave_type_id: LeaveTypeId, n: u32)
    index("effective": "(effective, member_id)") {
        /// Whose account.
        member_id: MemberId,
        /// Of which kind.
        leave_type_id: LeaveTypeId,
        /// 1, 2, 3, … in its account.
        n: u32,
        /// The day from which it counts.
        effective: Date,
        /// What it does.
        kind: PostingKind,
        /// How much, signed.
        minutes: LeaveMinutes,
        /// In which right.
        right_name: Right,
        /// The first day of the cycle of its bucket.
        cycle: Date,
        /// How its bucket came about.
        origin: Origin,
        /// The last day on which its bucket can be taken.
        expires: Option<Date>,
        /// Why, as in the log.
        cause: Cause,
        /// How the amount came about.
        arithmetic: String,
        /// The version of the member's stream that it rests on.
        member_version: u32,
        /// That of the calendar of holidays.
        calendar_version: u32,
        /// That of the kind of leave.
        leave_type_version: u32,
        /// Of a correction, the posting that it takes back.
        reverses: Option<u32>,
        /// When it was recorded.
        recorded_at: Timestamp,
        /// The event that has it.
        position: i64,
    }
}

impl LeavePostingRow {
    /// The posting.
    pub fn posting(&self) -> Posting {
        let version = |version: u32| i32::try_from(version).unwrap_or(i32::MAX);
        Posting {
            n: self.n,
            effective: self.effective,
            kind: self.kind,
            minutes: self.minutes,
            bucket: Bucket {
                right: self.right_name,
                cycle: self.cycle,
                origin: self.origin,
                expires: self.expires,
            },
            cause: self.cause,
            arithmetic: self.arithmetic.clone(),
            rests_on: RestsOn {
                member: version(self.member_version),
                calendar: version(self.calendar_version),
                leave_type: version(self.leave_type_version),
            },
            reverses: self.reverses,
        }
    }
}

/// The fold of postings.
#[derive(Debug)]
pub struct LeavePosting;

impl ReadModel for LeavePosting {
    const NAME: &'static str = "leave_posting";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[MemberLeaveEvent::TYPES];
    type Row = LeavePostingRow;

    fn touches(event: &Recorded) -> Vec<(MemberId, LeaveTypeId, u32)> {
        let Some(MemberLeaveEvent::LeavePosted(event)) = leave_event(event) else {
            return Vec::new();
        };
        event.postings.iter().map(|it| (event.member, event.leave_type, it.n)).collect()
    }

    fn apply(rows: &mut Rows<LeavePostingRow>, recorded: &Recorded) {
        let Some(MemberLeaveEvent::LeavePosted(event)) = leave_event(recorded) else { return };
        let version = |version: i32| u32::try_from(version).unwrap_or_default();
        for posting in &event.postings {
            rows.put(LeavePostingRow {
                member_id: event.member,
                leave_type_id: event.leave_type,
                n: posting.n,
                effective: posting.effective,
                kind: posting.kind,
                minutes: posting.minutes,
                right_name: posting.bucket.right,
                cycle: posting.bucket.cycle,
                origin: posting.bucket.origin,
                expires: posting.bucket.expires,
                cause: posting.cause,
                arithmetic: posting.arithmetic.clone(),
                member_version: version(posting.rests_on.member),
                calendar_version: version(posting.rests_on.calendar),
                leave_type_version: version(posting.rests_on.leave_type),
                reverses: posting.reverses,
                recorded_at: recorded.recorded_at,
                position: recorded.position,
            });
        }
    }
}

/// Every posting of an account, by number.
pub async fn of_account(
    tx: &mut TenantTx,
    member: MemberId,
    leave_type: LeaveTypeId,
) -> Result<Vec<LeavePostingRow>, ReadError> {
    let sql = "where r.member_id = $1 and r.leave_type_id = $2 order by r.n";
    let query = select::<LeavePostingRow>(tx, sql).bind(member.0).bind(leave_type.0);
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::leave_event;
    use crate::tests::samples::member_leave;
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use domain::leave::MemberLeave;

    #[test]
    fn the_rows_are_the_postings_that_the_stream_tells() {
        let history = member_leave().0;
        assert_declares_what_it_touches::<LeavePosting>(&history);
        let mut told = MemberLeave::default();
        history.iter().filter_map(leave_event).for_each(|event| told.evolve(event));
        let rows = rows_of::<LeavePosting>(&history);
        let of_rows: Vec<_> = rows.iter().map(LeavePostingRow::posting).collect();
        let all: Vec<_> = told.accounts.values().flat_map(|it| it.postings.clone()).collect();
        assert!(all.len() > 3 && all.iter().any(|posting| posting.reverses.is_some()));
        assert_eq!(of_rows, all);
    }
}
