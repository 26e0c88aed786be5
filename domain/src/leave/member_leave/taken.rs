//! What granted leave takes of a member's days, by the postings on record: calendars of work ask
//! for it, and recording time on such a day warns.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{LeaveState, MemberLeave};
use crate::id::LeaveRequestId;
use crate::leave::amount::LeaveMinutes;
use crate::leave::ledger::{Cause, Posting, PostingKind};
use crate::time::calendar::LeaveOn;

/// Of which request a posting takes a day, or gives it back; none where it does neither.
pub fn taken_by(posting: &Posting) -> Option<LeaveRequestId> {
    match (posting.kind, posting.cause) {
        (PostingKind::Take | PostingKind::Correct, Cause::Request { request }) => Some(request),
        (
            PostingKind::Grant
            | PostingKind::Accrue
            | PostingKind::Carry
            | PostingKind::Expire
            | PostingKind::PayOut,
            _,
        )
        | (
            _,
            Cause::Cycle { .. }
            | Cause::CycleEnd { .. }
            | Cause::Expiry { .. }
            | Cause::Entry { .. }
            | Cause::Case { .. }
            | Cause::Cancelled { .. }
            | Cause::Leaving { .. },
        ) => None,
    }
}

impl LeaveOn {
    /// So much leave on a day, in whole minutes; what is less than nothing is nothing.
    pub fn of(day: Date, minutes: LeaveMinutes) -> Self {
        let whole = minutes.ten_thousandths() / LeaveMinutes::of(1).ten_thousandths();
        LeaveOn { day, minutes: u32::try_from(whole).unwrap_or_default() }
    }
}

impl MemberLeave {
    /// What granted leave takes from one day to another, both included, by day. Of leave that was
    /// cancelled nothing is taken, whatever its account goes on with.
    pub fn taken_between(&self, first: Date, last: Date) -> Vec<LeaveOn> {
        let mut days: BTreeMap<Date, LeaveMinutes> = BTreeMap::new();
        let postings = self.accounts.values().flat_map(|account| &account.postings);
        for posting in postings.filter(|posting| (first..=last).contains(&posting.effective)) {
            let request = taken_by(posting).and_then(|request| self.requests.get(&request));
            if request.is_some_and(|request| request.state == LeaveState::Approved) {
                *days.entry(posting.effective).or_default() -= posting.minutes;
            }
        }
        let taken = days.into_iter().map(|(day, minutes)| LeaveOn::of(day, minutes));
        taken.filter(|taken| taken.minutes > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{LeaveTypeId, MemberId};
    use crate::leave::ledger::{Bucket, Origin, RestsOn};
    use crate::leave::policy::Right;
    use crate::leave::{
        LeaveApproved, LeaveCancelled, LeaveDrafted, LeavePosted, LeaveSpan, MemberLeaveEvent,
    };
    use jiff::civil::date;
    use uuid::Uuid;

    const MONDAY: Date = date(2026, 3, 2);
    const MEMBER: MemberId = MemberId(Uuid::from_u128(1));
    const REQUEST: LeaveRequestId = LeaveRequestId(Uuid::from_u128(7));
    const KIND: LeaveTypeId = LeaveTypeId(Uuid::from_u128(9));

    fn posting(n: u32, minutes: i64, reverses: Option<u32>) -> Posting {
        let right = Right::Statutory;
        let bucket = Bucket { right, cycle: MONDAY, origin: Origin::Granted, expires: None };
        Posting {
            n,
            effective: MONDAY,
            kind: if reverses.is_some() { PostingKind::Correct } else { PostingKind::Take },
            minutes: LeaveMinutes::of(minutes),
            bucket,
            cause: Cause::Request { request: REQUEST },
            arithmetic: String::new(),
            rests_on: RestsOn::default(),
            reverses,
        }
    }

    fn told(events: &[MemberLeaveEvent]) -> Vec<LeaveOn> {
        let mut leave = MemberLeave::default();
        events.iter().for_each(|event| leave.evolve(event));
        leave.taken_between(MONDAY, MONDAY)
    }

    #[test]
    fn a_day_is_taken_while_its_leave_is_granted_and_no_correction_gives_it_back() {
        let (member, request, leave_type) = (MEMBER, REQUEST, KIND);
        let span = LeaveSpan { from: MONDAY, to: MONDAY, part: None };
        let drafted = LeaveDrafted { request, member, leave_type, span, case: None, reason: None };
        let approved = LeaveApproved { request, member, by: member, in_right_of: None };
        let posted = |postings| LeavePosted { member, leave_type, through: MONDAY, postings };
        let both = posted(vec![posting(1, -300, None), posting(2, -180, None)]);
        let mut events: Vec<MemberLeaveEvent> = vec![drafted.into(), both.into()];
        assert_eq!(told(&events), [], "not granted");
        events.push(approved.into());
        assert_eq!(told(&events), [LeaveOn { day: MONDAY, minutes: 480 }]);
        events.push(posted(vec![posting(3, 180, Some(2))]).into());
        assert_eq!(told(&events), [LeaveOn { day: MONDAY, minutes: 300 }]);
        events.push(LeaveCancelled { request, member, on: MONDAY, reason: None }.into());
        assert_eq!(told(&events), [], "cancelled");
    }
}
