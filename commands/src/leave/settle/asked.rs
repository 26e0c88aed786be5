//! When accounts of leave are settled again: a job per member, or one for all, asked for by the
//! commits that change what accounts follow from, soon after and shared by all of some seconds. A
//! commit that lands later than that is found by the settling of the day.

use std::collections::BTreeSet;

use cqrs_es::Aggregate;
use domain::id::{MemberId, StreamId, TenantId};
use domain::leave::{HolidayEvent, LeaveTypeEvent, MemberLeave};
use domain::log::Event;
use domain::members::MemberEvent;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::event_log::NewJob;
use crate::refused::CommandError;
use crate::unit::Unit;

/// The kind of jobs that settle leave; their reference is a member, or `all`.
pub const LEAVE_SETTLE: &str = "leave_settle";
/// The reference to every member.
pub(super) const ALL: &str = "all";

/// How many seconds share a job.
const SHARED_SECONDS: i64 = 10;
/// A commit so close to the end of them may land after it, so it's left to the next ones.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// Whose accounts a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Everybody,
    Of(MemberId),
}

fn settled_at(now: Timestamp) -> Timestamp {
    let latest = now.checked_add(MARGIN).unwrap_or(Timestamp::MAX).as_second();
    let end = (latest.div_euclid(SHARED_SECONDS) + 1) * SHARED_SECONDS;
    Timestamp::from_second(end).unwrap_or(Timestamp::MAX)
}

fn job_id(tenant: TenantId, reference: &str, due_at: Timestamp) -> Uuid {
    let due_at = due_at.as_second().to_be_bytes();
    StreamId::derived(LEAVE_SETTLE, &[tenant.0.as_bytes(), reference.as_bytes(), &due_at]).0
}

/// Asks for the settling that follows from what this commit writes.
pub(crate) async fn ask(unit: &mut Unit<'_>) -> Result<(), CommandError> {
    let mut whose: BTreeSet<Whose> =
        unit.writes.values().flat_map(|(append, _)| &append.events).filter_map(changes).collect();
    // In a firm where nobody has an account yet there is nothing to correct.
    if whose.contains(&Whose::Everybody) && unit.streams_of(MemberLeave::TYPE).await?.is_empty() {
        whose.remove(&Whose::Everybody);
    }
    if whose.contains(&Whose::Everybody) {
        whose = BTreeSet::from([Whose::Everybody]);
    }
    let due_at = settled_at(unit.now());
    for whose in whose {
        let reference = match whose {
            Whose::Everybody => ALL.to_owned(),
            Whose::Of(member) => member.to_string(),
        };
        let id = job_id(unit.tenant(), &reference, due_at);
        unit.job(NewJob { id, kind: LEAVE_SETTLE, reference, due_at });
    }
    Ok(())
}

/// Whose accounts an event may move beside those of its own stream.
fn changes(event: &Event) -> Option<Whose> {
    if let Event::Member(event) = event {
        return of_member(event);
    }
    if let Event::Holiday(event) = event {
        return match event {
            HolidayEvent::HolidayCalendarAdopted(_)
            | HolidayEvent::HolidayDeclared(_)
            | HolidayEvent::HolidayWithdrawn(_) => Some(Whose::Everybody),
        };
    }
    if let Event::LeaveType(event) = event {
        return match event {
            LeaveTypeEvent::LeavePolicySet(_) | LeaveTypeEvent::LeavePolicyCleared(_) => {
                Some(Whose::Everybody)
            }
            LeaveTypeEvent::LeaveTypeDefined(_)
            | LeaveTypeEvent::LeaveTypeRenamed(_)
            | LeaveTypeEvent::LeaveTypeRetired(_)
            | LeaveTypeEvent::LeaveTypeRestored(_) => None,
        };
    }
    None
}

fn of_member(event: &MemberEvent) -> Option<Whose> {
    match event {
        MemberEvent::MemberEmploymentChanged(event) => Some(Whose::Of(event.member)),
        MemberEvent::WorkPatternSet(event) => Some(Whose::Of(event.member)),
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
        | MemberEvent::GrantGiven(_)
        | MemberEvent::GrantTakenBack(_)
        | MemberEvent::SubstituteNamed(_)
        | MemberEvent::SubstituteWithdrawn(_)
        | MemberEvent::MemberSessionsRevoked(_) => None,
    }
}
