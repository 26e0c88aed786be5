//! Approving, rejecting and cancelling leave. Who may decide is in the office of the step; what was
//! granted gives back its days when it's cancelled, in the same commit.

use domain::id::LeaveRequestId;
use domain::leave::{
    LeaveState, MemberLeave, MemberLeaveEvent, approve_leave, cancel_leave, reject_leave,
    request_in,
};
use domain::log::Actor;
use domain::members::Role;

use super::deciders::deciding;
use super::letters::{mail_decided, mail_deciders, mail_granted};
use super::requests::{Found, find, reason_of, refuse, words_of};
use super::settling::emit_settled;
use crate::handle::Command;
use crate::members::authority;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Approve what waits for the caller.
#[derive(Debug, Clone, Copy)]
pub struct ApproveLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// The version of the member's leave that the caller saw, where it matters.
    pub seen: Option<i32>,
}

impl Command for ApproveLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let found = find(unit, self.request, self.seen).await?;
        let Found { firm, leave, member, request, .. } = &found;
        let sources = firm.of(*member).ok_or(CommandError::NotFound)?;
        let deciding = deciding(unit, &firm.settings, sources.member, request).await?;
        let command = approve_leave::ApproveLeave { request: self.request, member: *member };
        let events = approve_leave::decide(&sources, &deciding, command).map_err(refuse)?;
        let mut after = MemberLeave::clone(&leave.state);
        events.iter().for_each(|event| after.evolve(event));
        let after = request_in(&after, self.request).map_err(refuse)?;
        if after.state == LeaveState::Approved {
            mail_decided(unit, leave, &events);
            mail_granted(unit, *member, self.request).await?;
        } else {
            mail_deciders(unit, firm, *member, self.request, after).await?;
        }
        emit_settled(unit, firm, leave, *member, events);
        Ok(Reply::changed(self.request))
    }
}

/// Refuse what waits for the caller.
#[derive(Debug, Clone)]
pub struct RejectLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Why.
    pub reason: String,
    /// The version of the member's leave that the caller saw, where it matters.
    pub seen: Option<i32>,
}

impl Command for RejectLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let found = find(unit, self.request, self.seen).await?;
        let Found { firm, leave, member, request, .. } = &found;
        let sources = firm.of(*member).ok_or(CommandError::NotFound)?;
        let deciding = deciding(unit, &firm.settings, sources.member, request).await?;
        let reason = words_of(*member, &self.reason);
        let command = reject_leave::RejectLeave { request: self.request, member: *member, reason };
        let rejected = reject_leave::decide(&leave.state, &deciding, command).map_err(refuse)?;
        let events = vec![MemberLeaveEvent::from(rejected)];
        mail_decided(unit, leave, &events);
        emit_settled(unit, firm, leave, *member, events);
        Ok(Reply::changed(self.request))
    }
}

/// Take back leave that was granted.
#[derive(Debug, Clone)]
pub struct CancelLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Why.
    pub reason: Option<String>,
    /// The version of the member's leave that the caller saw, where it matters.
    pub seen: Option<i32>,
}

impl Command for CancelLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let Found { firm, leave, member, request, today } =
            find(unit, self.request, self.seen).await?;
        let by = authority(unit).await?;
        let own = unit.metadata().actor == Actor::Member(member);
        let only_before =
            own && !by.includes(Role::Admin) && !firm.settings.self_approval(request.span.from);
        let sources = firm.of(member).ok_or(CommandError::NotFound)?;
        let reason = reason_of(member, self.reason.as_deref());
        let command =
            cancel_leave::CancelLeave { request: self.request, member, reason, only_before };
        let cancelled = cancel_leave::decide(&sources, today, command).map_err(refuse)?;
        let events = vec![MemberLeaveEvent::from(cancelled)];
        mail_decided(unit, &leave, &events);
        emit_settled(unit, &firm, &leave, member, events);
        Ok(Reply::changed(self.request))
    }
}
