//! Writing down a request, in one's own name or a member's. A draft takes nothing and binds nobody;
//! what it asks for is judged when it's submitted.

use super::request_refusal::RequestRefusal as Refusal;
use super::{LeaveDrafted, LeaveSpan, MemberLeave, check_reason, check_span};
use crate::id::{LeaveCaseId, LeaveRequestId, LeaveTypeId, MemberId};
use crate::personal::Personal;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftLeave {
    /// A new id.
    pub request: LeaveRequestId,
    /// Who is to be away.
    pub member: MemberId,
    /// What kind of leave.
    pub leave_type: LeaveTypeId,
    /// When.
    pub span: LeaveSpan,
    /// For which case.
    pub case: Option<LeaveCaseId>,
    /// Why.
    pub reason: Option<Personal<String>>,
}

/// What drafting leads to.
pub fn decide(leave: &MemberLeave, command: DraftLeave) -> Result<LeaveDrafted, Refusal> {
    if leave.requests.contains_key(&command.request) {
        return Err(Refusal::RequestExists);
    }
    check_span(&command.span)?;
    check_reason(command.reason.as_ref())?;
    let DraftLeave { request, member, leave_type, span, case, reason } = command;
    Ok(LeaveDrafted { request, member, leave_type, span, case, reason })
}
