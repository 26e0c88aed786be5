//! A member is back, with the roles they had.

use super::{Authority, Member, MemberActivated, MemberEvent, Refusal};
use crate::id::MemberId;

/// Let a member act again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivateMember {
    /// The member.
    pub member: MemberId,
}

/// Refuses an unknown member and a caller without the right; one who is active stays so.
pub fn decide(
    member: &Member,
    by: &Authority,
    _: ActivateMember,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.looked_after_by(by)?;
    if member.active {
        return Ok(Vec::new());
    }
    Ok(vec![MemberActivated { member: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};

    const ACTIVATE: ActivateMember = ActivateMember { member: samples::MEMBER };

    #[test]
    fn a_member_is_activated_once() {
        let mut member = samples::member(&[Role::Member]);
        member.active = false;
        let by = samples::colleague(Role::Admin);
        let events = decide(&member, &by, ACTIVATE).unwrap();
        assert_eq!(events, [MemberActivated { member: samples::MEMBER }.into()]);
        member.evolve(&events[0]);
        assert_eq!(decide(&member, &by, ACTIVATE), Ok(vec![]));
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let refused = decide(&Member::default(), &Authority::Operator, ACTIVATE);
        assert_eq!(refused, Err(Refusal::UnknownMember));
    }

    #[test]
    fn who_is_neither_owner_nor_admin_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::colleague(Role::Manager), ACTIVATE);
        assert_eq!(refused, Err(Refusal::NotAllowed));
    }

    #[test]
    fn an_admin_does_not_bring_back_an_owner() {
        let member = Member { active: false, ..samples::member(&[Role::Owner]) };
        let refused = decide(&member, &samples::colleague(Role::Admin), ACTIVATE);
        assert_eq!(refused.unwrap_err().code(), "members.role_too_high");
    }
}
