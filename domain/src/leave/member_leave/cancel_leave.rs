//! Taking back leave that was granted: by the member before it begins, afterwards by whoever
//! decides on it, for by then it may have been worked out in pay. Other leave that it had
//! interrupted takes its days again, and its balance must allow that.

use jiff::civil::Date;

use super::floor::HeldAccount;
use super::request_refusal::RequestRefusal as Refusal;
use super::{LeaveCancelled, LeaveState, MemberLeaveEvent, check_reason, request_in};
use crate::id::{LeaveRequestId, MemberId};
use crate::leave::ledger::LeaveSources;
use crate::personal::Personal;

/// Cancels what was granted.
#[derive(Debug, Clone, PartialEq)]
pub struct CancelLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
    /// Why.
    pub reason: Option<Personal<String>>,
    /// Whether the caller may cancel only what has not begun.
    pub only_before: bool,
}

/// What cancelling on this local day leads to.
pub fn decide(
    sources: &LeaveSources<'_>,
    today: Date,
    command: CancelLeave,
) -> Result<LeaveCancelled, Refusal> {
    let CancelLeave { request, member, reason, only_before } = command;
    let asked = request_in(sources.leave, request)?;
    match asked.state {
        LeaveState::Approved => {}
        LeaveState::Draft
        | LeaveState::Submitted
        | LeaveState::Rejected
        | LeaveState::Withdrawn
        | LeaveState::Cancelled => return Err(Refusal::NotApproved),
    }
    if only_before && asked.span.from <= today {
        return Err(Refusal::AlreadyBegun { from: asked.span.from });
    }
    check_reason(reason.as_ref())?;
    let cancelled = LeaveCancelled { request, member, on: today, reason };
    check_others(sources, &cancelled)?;
    Ok(cancelled)
}

/// Refuses what would take other leave lower than it may be, where it's not so already.
fn check_others(sources: &LeaveSources<'_>, cancelled: &LeaveCancelled) -> Result<(), Refusal> {
    let own = request_in(sources.leave, cancelled.request)?;
    let mut after = sources.leave.clone();
    after.evolve(&MemberLeaveEvent::from(cancelled.clone()));
    let after = LeaveSources { leave: &after, ..*sources };
    for other in sources.types.keys().filter(|other| **other != own.leave_type) {
        let shortfall = |sources: &LeaveSources<'_>| {
            let account = HeldAccount::of(sources, *other, None, own.span.to);
            account.and_then(|account| account.shortfall(own.span.from))
        };
        if let (None, Some(short)) = (shortfall(sources), shortfall(&after)) {
            return Err(short.into());
        }
    }
    Ok(())
}
