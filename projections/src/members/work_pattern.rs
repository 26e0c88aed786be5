//! By which pattern each member works, with the day it holds from. Which of them holds on a day is
//! found as everywhere: the one with the latest day that is not after it.

use domain::id::MemberId;
use domain::log::{EventFamily, Recorded};
use domain::members::{MemberEvent, WorkPatternSet};
use jiff::Timestamp;
use migrations::TenantTx;

use super::member::member_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, Since, read_rows, row, select};

row! {
    /// One pattern of one member.
    WorkPatternRow in "rm_work_pattern" key(member_id: MemberId, from_day: Since) {
        /// The member.
        member_id: MemberId,
        /// The first day it holds.
        from_day: Since,
        /// Minutes of work by weekday, Monday first, seven for each week of the cycle.
        minutes: Vec<u32>,
        /// Since when it's known.
        known_at: Timestamp,
        /// The event that set it.
        position: i64,
    }
}

/// The fold of patterns of work.
#[derive(Debug)]
pub struct WorkPattern;

impl ReadModel for WorkPattern {
    const NAME: &'static str = "work_pattern";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[MemberEvent::TYPES];
    type Row = WorkPatternRow;

    fn touches(event: &Recorded) -> Vec<(MemberId, Since)> {
        pattern_set(event).map(|set| (set.member, Since(set.from))).into_iter().collect()
    }

    fn apply(rows: &mut Rows<WorkPatternRow>, recorded: &Recorded) {
        if let Some(set) = pattern_set(recorded) {
            rows.put(WorkPatternRow {
                member_id: set.member,
                from_day: Since(set.from),
                minutes: set.minutes.clone(),
                known_at: recorded.recorded_at,
                position: recorded.position,
            });
        }
    }
}

fn pattern_set(recorded: &Recorded) -> Option<&WorkPatternSet> {
    match member_event(recorded)? {
        MemberEvent::WorkPatternSet(event) => Some(event),
        MemberEvent::MemberAdded(_)
        | MemberEvent::MemberRenamed(_)
        | MemberEvent::MemberEmailChanged(_)
        | MemberEvent::MemberRolesChanged(_)
        | MemberEvent::MemberTimeZoneChanged(_)
        | MemberEvent::MemberDeactivated(_)
        | MemberEvent::MemberActivated(_)
        | MemberEvent::MemberInvited(_)
        | MemberEvent::MemberRegistered(_)
        | MemberEvent::MemberManagerChanged(_)
        | MemberEvent::MemberEmploymentChanged(_)
        | MemberEvent::SubstituteNamed(_)
        | MemberEvent::SubstituteWithdrawn(_)
        | MemberEvent::MemberSessionsRevoked(_)
        | MemberEvent::GrantGiven(_)
        | MemberEvent::GrantTakenBack(_) => None,
    }
}

/// The patterns of a member, ordered by the day each holds from.
pub async fn of_member(
    tx: &mut TenantTx,
    member: MemberId,
) -> Result<Vec<WorkPatternRow>, ReadError> {
    let query = select::<WorkPatternRow>(tx, "where r.member_id = $1 order by r.from_day");
    read_rows(&query.bind(member.0).fetch_all().await?)
}

/// Every member's patterns, ordered by member and by the day each holds from.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<WorkPatternRow>, ReadError> {
    let query = select::<WorkPatternRow>(tx, "order by r.member_id, r.from_day");
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::members;
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use jiff::civil::date;

    #[test]
    fn the_pattern_of_a_day_is_the_one_set_last_for_it() {
        let history = members().0;
        let rows = rows_of::<WorkPattern>(&history);
        let told = rows.iter().map(|row| (row.from_day.0, row.minutes[0])).collect::<Vec<_>>();
        assert_eq!(told, [(None, 480), (Some(date(2026, 2, 1)), 300)]);
        assert_declares_what_it_touches::<WorkPattern>(&history);
    }
}
