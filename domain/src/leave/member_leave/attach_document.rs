//! Attaching a file to a request, such as a medical certificate. That the file is the member's is
//! for the caller to find out.

use super::request_refusal::RequestRefusal as Refusal;
use super::{LeaveDocumentAttached, LeaveState, MemberLeave, request_in};
use crate::id::{FileId, LeaveRequestId, MemberId};

/// Attaches a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachDocument {
    /// To which request.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
    /// The file.
    pub file: FileId,
}

/// What attaching leads to; nothing where it's attached already.
pub fn decide(
    leave: &MemberLeave,
    command: AttachDocument,
) -> Result<Option<LeaveDocumentAttached>, Refusal> {
    let AttachDocument { request, member, file } = command;
    let asked = request_in(leave, request)?;
    match asked.state {
        LeaveState::Draft | LeaveState::Submitted | LeaveState::Approved => {
            let attached = LeaveDocumentAttached { request, member, file };
            Ok((!asked.files.contains(&file)).then_some(attached))
        }
        LeaveState::Rejected | LeaveState::Withdrawn | LeaveState::Cancelled => {
            Err(Refusal::RequestClosed)
        }
    }
}
