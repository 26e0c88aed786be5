//! Who is told by mail what becomes of a request: those who decide next, the member once it's
//! decided, admins when it's granted. Nobody is told what they did themselves, and what a letter
//! holds is ids alone.

use domain::id::{LeaveRequestId, MemberId};
use domain::leave::{LeaveRequest, LeaveState, MemberLeave, MemberLeaveEvent};
use domain::log::Actor;
use domain::members::{Member, Role};
use domain::time::{Filled, Right};

use super::deciders::concerned;
use super::sources::FirmLeave;
use crate::mail::Letter;
use crate::members::substitutes::day_of;
use crate::refused::CommandError;
use crate::time::{everybody, told};
use crate::unit::{Loaded, Unit};

/// The most people who are told of one thing.
const TOLD_MAX: usize = 10;

fn is_caller(unit: &Unit<'_>, member: MemberId) -> bool {
    unit.metadata().actor == Actor::Member(member)
}

/// Tells those who hold the office of the next step, and who stand in for them.
pub(super) async fn mail_deciders(
    unit: &mut Unit<'_>,
    firm: &FirmLeave,
    member: MemberId,
    id: LeaveRequestId,
    request: &LeaveRequest,
) -> Result<(), CommandError> {
    let Some((_, of)) = firm.members.get(&member) else { return Ok(()) };
    let Some(office) = request.approval.next() else { return Ok(()) };
    if request.state != LeaveState::Submitted {
        return Ok(());
    }
    let mut concerned = concerned(unit, of).await?;
    let everybody = everybody(unit).await?;
    let rights: Vec<Right> = everybody.iter().filter_map(|it| Right::of(&it.state)).collect();
    concerned.filled = Filled::by(&rights, member);
    let holds = |right: &&Right| right.of != member && concerned.holds(right, office, None);
    let today = day_of(&firm.settings, unit.now());
    let mut told = told(rights.iter().filter(holds), &everybody, today);
    told.retain(|to| *to != member && !is_caller(unit, *to));
    for to in told.into_iter().take(TOLD_MAX) {
        unit.mail(Letter::LeaveSubmitted { to, member, request: id });
    }
    Ok(())
}

/// Tells the member what was decided by these events, which follow on their leave.
pub(super) fn mail_decided(
    unit: &mut Unit<'_>,
    leave: &Loaded<MemberLeave>,
    events: &[MemberLeaveEvent],
) {
    for (version, event) in (leave.version + 1..).zip(events) {
        let decided = match event {
            MemberLeaveEvent::LeaveApproved(event) => Some((event.member, event.request)),
            MemberLeaveEvent::LeaveRejected(event) => Some((event.member, event.request)),
            MemberLeaveEvent::LeaveCancelled(event) => Some((event.member, event.request)),
            MemberLeaveEvent::LeaveDrafted(_)
            | MemberLeaveEvent::LeaveRedrafted(_)
            | MemberLeaveEvent::LeaveSubmitted(_)
            | MemberLeaveEvent::LeaveStepApproved(_)
            | MemberLeaveEvent::LeaveWithdrawn(_)
            | MemberLeaveEvent::LeaveDocumentAttached(_)
            | MemberLeaveEvent::LeaveEntered(_)
            | MemberLeaveEvent::LeaveEntryWithdrawn(_)
            | MemberLeaveEvent::LeaveAgreed(_)
            | MemberLeaveEvent::LeaveCaseDeclared(_)
            | MemberLeaveEvent::LeaveCaseWithdrawn(_)
            | MemberLeaveEvent::LeavePosted(_)
            | MemberLeaveEvent::LeaveFeedOpened(_)
            | MemberLeaveEvent::LeaveFeedClosed(_) => None,
        };
        let Some((member, request)) = decided.filter(|(member, _)| !is_caller(unit, *member))
        else {
            continue;
        };
        unit.mail(Letter::LeaveDecided { member, request, version });
    }
}

/// Tells admins that somebody will be away.
pub(super) async fn mail_granted(
    unit: &mut Unit<'_>,
    member: MemberId,
    request: LeaveRequestId,
) -> Result<(), CommandError> {
    let everybody = everybody(unit).await?;
    let admin = |it: &Member| it.active && it.includes(Role::Admin) && it.email.is_some();
    let admins = everybody.iter().filter(|it| admin(&it.state)).filter_map(|it| it.state.id);
    let told: Vec<MemberId> =
        admins.filter(|to| *to != member && !is_caller(unit, *to)).take(TOLD_MAX).collect();
    for to in told {
        unit.mail(Letter::LeaveGranted { to, member, request });
    }
    Ok(())
}
