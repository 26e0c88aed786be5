//! Taking a request back before it's decided on: a draft, or what waits.

use super::request_refusal::RequestRefusal as Refusal;
use super::{LeaveState, LeaveWithdrawn, MemberLeave, request_in};
use crate::id::{LeaveRequestId, MemberId};

/// Withdraws a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithdrawLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
}

/// What withdrawing leads to.
pub fn decide(leave: &MemberLeave, command: WithdrawLeave) -> Result<LeaveWithdrawn, Refusal> {
    let WithdrawLeave { request, member } = command;
    match request_in(leave, request)?.state {
        LeaveState::Draft | LeaveState::Submitted => Ok(LeaveWithdrawn { request, member }),
        LeaveState::Withdrawn => Err(Refusal::NotSubmitted),
        LeaveState::Approved | LeaveState::Rejected | LeaveState::Cancelled => {
            Err(Refusal::AlreadyDecided)
        }
    }
}
