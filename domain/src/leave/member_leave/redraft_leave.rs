//! Changing a draft. What was asked for is not changed but withdrawn or cancelled, so that what was
//! decided on is what stands.

use super::request_refusal::RequestRefusal as Refusal;
use super::{
    LeaveRedrafted, LeaveSpan, LeaveState, MemberLeave, check_reason, check_span, request_in,
};
use crate::id::{LeaveCaseId, LeaveRequestId, LeaveTypeId, MemberId};
use crate::personal::Personal;

/// What becomes of a draft; what is none stays.
#[derive(Debug, Clone, PartialEq)]
pub struct RedraftLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
    /// Another kind of leave.
    pub leave_type: Option<LeaveTypeId>,
    /// Other days.
    pub span: Option<LeaveSpan>,
    /// Another case, or none from now on.
    pub case: Option<Option<LeaveCaseId>>,
    /// Another reason, or none from now on.
    pub reason: Option<Option<Personal<String>>>,
}

/// What redrafting leads to; nothing where all is as it was.
pub fn decide(
    leave: &MemberLeave,
    command: RedraftLeave,
) -> Result<Option<LeaveRedrafted>, Refusal> {
    let before = request_in(leave, command.request)?;
    if before.state != LeaveState::Draft {
        return Err(Refusal::NotDraft);
    }
    let now = LeaveRedrafted {
        request: command.request,
        member: command.member,
        leave_type: command.leave_type.unwrap_or(before.leave_type),
        span: command.span.unwrap_or(before.span),
        case: command.case.unwrap_or(before.case),
        reason: command.reason.unwrap_or_else(|| before.reason.clone()),
    };
    check_span(&now.span)?;
    check_reason(now.reason.as_ref())?;
    let same = now.leave_type == before.leave_type
        && now.span == before.span
        && now.case == before.case
        && now.reason.as_ref().and_then(Personal::get)
            == before.reason.as_ref().and_then(Personal::get);
    Ok((!same).then_some(now))
}
