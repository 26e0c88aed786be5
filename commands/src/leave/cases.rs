//! Cases that leave is granted for, such as births, as admins declare them for a member. The
//! account is settled in the same commit.

use domain::id::{LeaveCaseId, LeaveTypeId, MemberId};
use domain::leave::{self, MemberLeaveEvent, declare_leave_case, withdraw_leave_case};
use domain::log::{ClaimKey, ClaimKind};
use jiff::civil::Date;

use super::LEAVE;
use super::entries::{kind_of, owner_of};
use super::requests::day_of_utc;
use super::settling::emit_settled;
use super::sources::of_member;
use crate::handle::Command;
use crate::members::authority_of;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Declare a case.
#[derive(Debug, Clone)]
pub struct DeclareLeaveCase {
    /// A new id.
    pub case: LeaveCaseId,
    /// Whose.
    pub member: MemberId,
    /// Of what kind of leave.
    pub leave_type: LeaveTypeId,
    /// Which rule of the policy: for whom it is.
    pub applies_to: String,
    /// The day of the event.
    pub on: Date,
    /// The first day of the leave that is granted.
    pub begins: Date,
    /// Of a shared amount, this member's part in calendar days; none = half.
    pub share_days: Option<u32>,
    /// Whether this member gave birth.
    pub gave_birth: bool,
}

impl Command for DeclareLeaveCase {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        authority_of(unit, LEAVE).await?;
        let DeclareLeaveCase {
            case,
            member,
            leave_type,
            applies_to,
            on,
            begins,
            share_days,
            gave_birth,
        } = self.clone();
        let (mut firm, loaded) = of_member(unit, member, day_of_utc(unit)).await?;
        let command = leave::DeclareLeaveCase {
            case,
            member,
            leave_type,
            applies_to,
            on,
            begins,
            share_days,
            gave_birth,
        };
        let kind = kind_of(&firm, leave_type)?;
        let event = declare_leave_case::decide(&loaded.state, kind, command)?;
        unit.check_claim(&ClaimKey::id(ClaimKind::LeaveCase, case), loaded.stream).await?;
        firm.know(on.min(begins), on.max(begins));
        emit_settled(unit, &firm, &loaded, member, vec![MemberLeaveEvent::from(event)]);
        Ok(Reply::created(case))
    }
}

/// Withdraw a case.
#[derive(Debug, Clone, Copy)]
pub struct WithdrawLeaveCase {
    /// Which.
    pub case: LeaveCaseId,
}

impl Command for WithdrawLeaveCase {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        authority_of(unit, LEAVE).await?;
        let case = self.case;
        let member = owner_of(unit, &ClaimKey::id(ClaimKind::LeaveCase, case)).await?;
        let (firm, loaded) = of_member(unit, member, day_of_utc(unit)).await?;
        let command = leave::WithdrawLeaveCase { case, member };
        let event = withdraw_leave_case::decide(&loaded.state, command)?;
        emit_settled(unit, &firm, &loaded, member, vec![MemberLeaveEvent::from(event)]);
        Ok(Reply::changed(case))
    }
}
