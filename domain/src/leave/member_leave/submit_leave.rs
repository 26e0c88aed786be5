//! Asking for leave: a draft becomes a request that waits for a decision, if nothing speaks against
//! it. Who decides is fixed here.

use super::assess::{AcceptedTerms, AskFacts, Assessed, assess};
use super::request_refusal::RequestRefusal;
use super::{LeaveState, LeaveSubmitted, request_in};
use crate::id::{LeaveRequestId, MemberId};
use crate::leave::Refusal;

/// Submits a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmitLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Whose.
    pub member: MemberId,
}

/// What submitting leads to, and what it was judged by.
pub fn decide(
    facts: &AskFacts<'_>,
    command: SubmitLeave,
) -> Result<(LeaveSubmitted, Assessed), Refusal> {
    let request = request_in(facts.sources.leave, command.request)?;
    if request.state != LeaveState::Draft {
        return Err(RequestRefusal::NotDraft.into());
    }
    let assessed = assess(facts, command.request)?;
    if let Some(refusal) = assessed.refusals.first() {
        return Err(refusal.clone().into());
    }
    let accepted = facts.accepted != AcceptedTerms::None;
    let event = LeaveSubmitted {
        request: command.request,
        member: command.member,
        days: assessed.taken(),
        chain: assessed.chain.clone(),
        terms: assessed.terms.as_ref().map(|terms| terms.version).filter(|_| accepted),
        document_needed: assessed.document_needed,
    };
    Ok((event, assessed))
}
