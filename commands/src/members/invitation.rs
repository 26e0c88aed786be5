//! Invitations: a mail with a link by which a member registers. It's asked for in the commit that
//! adds or invites them, so that nobody is invited whom the log does not know.

use domain::id::MemberId;
use domain::members::{self, Authority, Member, MemberEvent, invite_member, member_stream};

use super::{AddMember, authority, load};
use crate::handle::Command;
use crate::mail::Letter;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Ask a member to register, once more where they were asked before.
#[derive(Debug, Clone)]
pub struct InviteMember {
    /// The member.
    pub member: MemberId,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for InviteMember {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (member, by) = load(unit, self.member, self.expected_version).await?;
        let events = invite(unit, &member.state, &by, self.member)?;
        unit.emit(&member, events);
        Ok(Reply::changed(self.member))
    }
}

/// Make a person a member and ask them to register.
#[derive(Debug, Clone)]
pub struct AddInvited(pub AddMember);

impl Command for AddInvited {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let AddInvited(add) = self;
        let member = unit.write::<Member>(member_stream(add.member)).await?;
        let by = authority(unit).await?;
        let mut events = add.decide(unit, &member, &by).await?;
        events.extend(invite_added(unit, &by, add.member, &events)?);
        unit.emit(&member, events);
        Ok(Reply::created(add.member))
    }
}

/// What invites a member whom these events of the same commit add.
pub(crate) fn invite_added(
    unit: &mut Unit<'_>,
    by: &Authority,
    member: MemberId,
    added: &[MemberEvent],
) -> Result<Vec<MemberEvent>, CommandError> {
    let mut state = Member::default();
    added.iter().for_each(|event| state.evolve(event));
    invite(unit, &state, by, member)
}

fn invite(
    unit: &mut Unit<'_>,
    state: &Member,
    by: &Authority,
    member: MemberId,
) -> Result<Vec<MemberEvent>, CommandError> {
    let events = invite_member::decide(state, by, members::InviteMember { member })?;
    unit.mail(Letter::Invitation { member });
    Ok(events)
}
