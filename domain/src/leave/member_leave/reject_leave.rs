//! Refusing leave: by whoever decides at the step that it waits for, and never without a reason.

use super::approve_leave::why_not;
use super::request_refusal::RequestRefusal as Refusal;
use super::{LeaveRejected, MemberLeave, check_reason, request_in, waiting};
use crate::id::{LeaveRequestId, MemberId};
use crate::personal::Personal;
use crate::time::Deciding;

/// Rejects what waits for the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct RejectLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
    /// Why; not blank.
    pub reason: Personal<String>,
}

/// What rejecting leads to.
pub fn decide(
    leave: &MemberLeave,
    deciding: &Deciding,
    command: RejectLeave,
) -> Result<LeaveRejected, Refusal> {
    let RejectLeave { request, member, reason } = command;
    let asked = waiting(request_in(leave, request)?)?;
    let office = asked.approval.next();
    let right = office.and_then(|office| deciding.right(office, None));
    let right = right.ok_or_else(|| why_not(deciding, asked))?;
    if reason.get().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Refusal::ReasonRequired);
    }
    check_reason(Some(&reason))?;
    let (by, in_right_of) = (deciding.by, deciding.stands_in_for(right));
    Ok(LeaveRejected { request, member, by, in_right_of, reason })
}
