//! Granting leave: the request goes as many steps on as the caller may decide, and with the last
//! one it's granted. The balance must still allow it then, and a document that the kind can't do
//! without must be there.

use super::floor::HeldAccount;
use super::request_refusal::RequestRefusal as Refusal;
use super::{LeaveApproved, LeaveRequest, LeaveStepApproved, MemberLeaveEvent};
use super::{request_in, waiting};
use crate::id::{LeaveRequestId, MemberId};
use crate::leave::ledger::{LeaveSources, policy_on};
use crate::time::{Deciding, Office};

/// Approves what waits for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApproveLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
}

/// What approving leads to: an event per step.
pub fn decide(
    sources: &LeaveSources<'_>,
    deciding: &Deciding,
    command: ApproveLeave,
) -> Result<Vec<MemberLeaveEvent>, Refusal> {
    let ApproveLeave { request, member } = command;
    let asked = waiting(request_in(sources.leave, request)?)?;
    let offices = asked.approval.chain.offices();
    let mut events: Vec<MemberLeaveEvent> = Vec::new();
    for (behind, office) in offices.iter().enumerate().skip(asked.approval.passed.len()) {
        let Some(right) = deciding.right(*office, None) else { break };
        let (by, in_right_of) = (deciding.by, deciding.stands_in_for(right));
        if behind + 1 == offices.len() {
            check_granted(sources, asked)?;
            events.push(LeaveApproved { request, member, by, in_right_of }.into());
        } else {
            events.push(LeaveStepApproved { request, member, by, in_right_of }.into());
        }
    }
    if events.is_empty() { Err(why_not(deciding, asked)) } else { Ok(events) }
}

/// Why the caller may not decide on a request now.
pub(super) fn why_not(deciding: &Deciding, asked: &LeaveRequest) -> Refusal {
    if deciding.by == deciding.concerned.member {
        return Refusal::OwnApproval;
    }
    Refusal::NotYourStep { waits_for: asked.approval.next().unwrap_or(Office::Manager) }
}

/// Refuses what can't be granted as things are now.
fn check_granted(sources: &LeaveSources<'_>, asked: &LeaveRequest) -> Result<(), Refusal> {
    let policies = sources.types.get(&asked.leave_type).map(|(_, kind)| kind.policies());
    let policies = policies.unwrap_or_default();
    let rule = policy_on(&policies, asked.span.from).and_then(|policy| policy.document);
    let before = rule.is_some_and(|rule| rule.before_approval);
    if before && asked.document_needed && asked.files.is_empty() {
        return Err(Refusal::DocumentMissing);
    }
    let account = HeldAccount::of(sources, asked.leave_type, None, asked.span.to);
    match account.and_then(|account| account.shortfall(asked.span.from)) {
        Some(short) => Err(short.into()),
        None => Ok(()),
    }
}
