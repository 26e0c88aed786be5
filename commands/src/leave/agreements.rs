//! What single contracts grant, as admins agree on it with a member. The account is settled in the
//! same commit.

use domain::id::{LeaveTypeId, MemberId};
use domain::leave::policy::Quantity;
use domain::leave::{self, MemberLeaveEvent, agree_on_leave};
use jiff::civil::Date;

use super::LEAVE;
use super::entries::kind_of;
use super::requests::day_of_utc;
use super::settling::emit_settled;
use super::sources::of_member;
use crate::handle::Command;
use crate::members::authority_of;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Agree on what a contract grants per cycle, from a day on or always.
#[derive(Debug, Clone, Copy)]
pub struct AgreeOnLeave {
    /// Whose contract.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// How much; none = what the policy says.
    pub amount: Option<Quantity>,
}

impl Command for AgreeOnLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        authority_of(unit, LEAVE).await?;
        let AgreeOnLeave { member, leave_type, from, amount } = *self;
        let (firm, loaded) = of_member(unit, member, day_of_utc(unit)).await?;
        let command = leave::AgreeOnLeave { member, leave_type, from, amount };
        let kind = kind_of(&firm, leave_type)?;
        if let Some(event) = agree_on_leave::decide(&loaded.state, kind, command)? {
            emit_settled(unit, &firm, &loaded, member, vec![MemberLeaveEvent::from(event)]);
        }
        // An agreement is known by its member, kind and day and has no id.
        Ok(Reply { id: None, created: false })
    }
}
