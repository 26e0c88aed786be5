//! A member gets a right on one object. That the giver may give it is the policy's to say; that the
//! object is there is found by whoever sends this.

use super::{Grant, GrantGiven, Member, MemberEvent, Refusal};
use crate::id::MemberId;

/// The most grants of one member.
pub const GRANTS_MAX: usize = 1000;

/// Give a member a right on one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GiveGrant {
    /// Who gets it.
    pub member: MemberId,
    /// Which right on what.
    pub grant: Grant,
}

/// Refuses an unknown member and more grants than one member can have; one that they have changes
/// nothing.
pub fn decide(member: &Member, command: GiveGrant) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.known()?;
    if member.grants.contains(&command.grant) {
        return Ok(Vec::new());
    }
    if member.grants.len() >= GRANTS_MAX {
        return Err(Refusal::TooManyGrants { max: GRANTS_MAX });
    }
    Ok(vec![GrantGiven { member: id, grant: command.grant }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ClientId, FileId};
    use crate::members::{Role, samples};
    use uuid::Uuid;

    fn give(grant: Grant) -> GiveGrant {
        GiveGrant { member: samples::MEMBER, grant }
    }

    #[test]
    fn a_right_is_given_once() {
        let mut member = samples::member(&[Role::Member]);
        let grant = Grant::AccountManager(ClientId(Uuid::from_u128(9)));
        let events = decide(&member, give(grant)).unwrap();
        assert_eq!(events, [GrantGiven { member: samples::MEMBER, grant }.into()]);
        member.evolve(&events[0]);
        assert_eq!(decide(&member, give(grant)), Ok(vec![]));
    }

    #[test]
    fn nobody_gets_nothing_and_nobody_gets_too_many() {
        let grant = |n: usize| Grant::Reader(FileId(Uuid::from_u128(n as u128)));
        assert_eq!(decide(&Member::default(), give(grant(0))), Err(Refusal::UnknownMember));
        let mut member = samples::member(&[Role::Member]);
        for n in 0..GRANTS_MAX {
            decide(&member, give(grant(n))).unwrap().iter().for_each(|event| member.evolve(event));
        }
        let refused = decide(&member, give(grant(GRANTS_MAX))).unwrap_err();
        assert_eq!(refused, Refusal::TooManyGrants { max: GRANTS_MAX });
        assert_eq!(decide(&member, give(grant(0))), Ok(vec![]), "one that they have");
    }
}
