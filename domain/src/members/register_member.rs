//! A member registers: they have followed a link that was mailed to them, so their address is
//! theirs. Nobody's right is asked, for the link is the right.

use super::{Member, MemberEvent, MemberRegistered, Refusal, Registration};
use crate::id::MemberId;

/// Register a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterMember {
    /// The member.
    pub member: MemberId,
}

/// Refuses an unknown member and one who rests; whoever has registered stays so.
pub fn decide(member: &Member, _: RegisterMember) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.known()?;
    if !member.active {
        return Err(Refusal::NotActive);
    }
    if member.registration == Registration::Registered {
        return Ok(Vec::new());
    }
    Ok(vec![MemberRegistered { member: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};

    const REGISTER: RegisterMember = RegisterMember { member: samples::MEMBER };

    #[test]
    fn a_member_registers_once_whether_invited_or_not() {
        let mut member = samples::member(&[Role::Member]);
        let events = decide(&member, REGISTER).unwrap();
        assert_eq!(events, [MemberRegistered { member: samples::MEMBER }.into()]);
        member.evolve(&events[0]);
        assert_eq!(decide(&member, REGISTER), Ok(vec![]));
    }

    #[test]
    fn an_unknown_member_and_one_who_rests_are_refused() {
        assert_eq!(decide(&Member::default(), REGISTER), Err(Refusal::UnknownMember));
        let mut member = samples::member(&[Role::Member]);
        member.active = false;
        assert_eq!(decide(&member, REGISTER), Err(Refusal::NotActive));
    }
}
