//! What admins enter into an account of leave by hand, and take back again. The account is settled
//! in the same commit.

use domain::id::{LeaveEntryId, LeaveTypeId, MemberId};
use domain::leave::policy::Right;
use domain::leave::{
    self, LeaveMinutes, LeaveType, MemberLeaveEvent, enter_leave, withdraw_leave_entry,
};
use domain::log::{ClaimKey, ClaimKind};
use jiff::civil::Date;

use super::LEAVE;
use super::requests::{day_of_utc, words_of};
use super::settling::emit_settled;
use super::sources::{FirmLeave, of_member};
use crate::handle::Command;
use crate::members::authority_of;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Enter leave into a member's account.
#[derive(Debug, Clone)]
pub struct EnterLeave {
    /// A new id.
    pub entry: LeaveEntryId,
    /// Into whose account.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// The day from which it counts.
    pub effective: Date,
    /// How much, signed.
    pub minutes: LeaveMinutes,
    /// In which right.
    pub right: Right,
    /// The last day on which it can be taken; none = it goes over as the policy has it.
    pub expires: Option<Date>,
    /// Why.
    pub reason: String,
}

impl Command for EnterLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        authority_of(unit, LEAVE).await?;
        let EnterLeave { entry, member, leave_type, effective, minutes, right, expires, .. } =
            *self;
        let (mut firm, loaded) = of_member(unit, member, day_of_utc(unit)).await?;
        let reason = words_of(member, &self.reason);
        let command = leave::EnterLeave {
            entry,
            member,
            leave_type,
            effective,
            minutes,
            right,
            expires,
            reason,
        };
        let event = enter_leave::decide(&loaded.state, kind_of(&firm, leave_type)?, command)?;
        unit.check_claim(&ClaimKey::id(ClaimKind::LeaveEntry, entry), loaded.stream).await?;
        firm.know(effective, expires.unwrap_or(effective));
        emit_settled(unit, &firm, &loaded, member, vec![MemberLeaveEvent::from(event)]);
        Ok(Reply::created(entry))
    }
}

/// A kind of leave of the firm.
pub(super) fn kind_of(firm: &FirmLeave, kind: LeaveTypeId) -> Result<&LeaveType, CommandError> {
    firm.types.get(&kind).map(|(_, kind)| kind).ok_or(CommandError::NotFound)
}

/// Let what was entered count no more.
#[derive(Debug, Clone)]
pub struct WithdrawLeaveEntry {
    /// Which.
    pub entry: LeaveEntryId,
    /// Why.
    pub reason: String,
}

impl Command for WithdrawLeaveEntry {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        authority_of(unit, LEAVE).await?;
        let entry = self.entry;
        let member = owner_of(unit, &ClaimKey::id(ClaimKind::LeaveEntry, entry)).await?;
        let (mut firm, loaded) = of_member(unit, member, day_of_utc(unit)).await?;
        let reason = words_of(member, &self.reason);
        let command = leave::WithdrawLeaveEntry { entry, member, reason };
        let event = withdraw_leave_entry::decide(&loaded.state, command)?;
        let effective = loaded.state.entries.get(&entry).map(|entry| entry.effective);
        effective.into_iter().for_each(|day| firm.know(day, day));
        emit_settled(unit, &firm, &loaded, member, vec![MemberLeaveEvent::from(event)]);
        Ok(Reply::changed(entry))
    }
}

/// Whose the entry or case with this claim is.
pub(super) async fn owner_of(
    unit: &mut Unit<'_>,
    claim: &ClaimKey,
) -> Result<MemberId, CommandError> {
    let held = unit.held(claim).await?;
    held.and_then(|held| held.value.parse().ok()).ok_or(CommandError::NotFound)
}
