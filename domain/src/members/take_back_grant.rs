//! A member's right on one object is taken back.

use super::{Grant, GrantTakenBack, Member, MemberEvent, Refusal};
use crate::id::MemberId;

/// Take back a member's right on one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakeBackGrant {
    /// Who has it.
    pub member: MemberId,
    /// Which right on what.
    pub grant: Grant,
}

/// Refuses a member or a grant that is not there.
pub fn decide(member: &Member, command: TakeBackGrant) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.known()?;
    if !member.grants.contains(&command.grant) {
        return Err(Refusal::UnknownGrant);
    }
    Ok(vec![GrantTakenBack { member: id, grant: command.grant }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ProjectId;
    use crate::members::{GrantGiven, Role, samples};
    use uuid::Uuid;

    #[test]
    fn a_right_is_taken_back_once() {
        let grant = Grant::ProjectManager(ProjectId(Uuid::from_u128(9)));
        let (member, take) = (samples::MEMBER, TakeBackGrant { member: samples::MEMBER, grant });
        let mut state = samples::member(&[Role::Member]);
        assert_eq!(decide(&state, take), Err(Refusal::UnknownGrant));
        state.evolve(&GrantGiven { member, grant }.into());
        let events = decide(&state, take).unwrap();
        assert_eq!(events, [GrantTakenBack { member, grant }.into()]);
        state.evolve(&events[0]);
        assert!(state.grants.is_empty());
        assert_eq!(decide(&Member::default(), take), Err(Refusal::UnknownMember));
    }
}
