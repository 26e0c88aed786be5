//! A member leaves or rests: no sign-in and no new time, but all that they recorded stays. The
//! tenant keeps an owner who can act.

use super::{Authority, Member, MemberDeactivated, MemberEvent, Refusal};
use crate::id::MemberId;

/// Let a member rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeactivateMember {
    /// The member.
    pub member: MemberId,
}

/// Refuses an unknown member, a caller without the right and to lose the last active owner; one who
/// is not active stays so.
pub fn decide(
    member: &Member,
    by: &Authority,
    other_active_owners: u32,
    _: DeactivateMember,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.looked_after_by(by)?;
    if !member.active {
        return Ok(Vec::new());
    }
    member.check_owner_left(other_active_owners)?;
    Ok(vec![MemberDeactivated { member: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};

    const DEACTIVATE: DeactivateMember = DeactivateMember { member: samples::MEMBER };

    #[test]
    fn a_member_is_deactivated_once() {
        let mut member = samples::member(&[Role::Member]);
        let by = samples::colleague(Role::Admin);
        let events = decide(&member, &by, 1, DEACTIVATE).unwrap();
        assert_eq!(events, [MemberDeactivated { member: samples::MEMBER }.into()]);
        member.evolve(&events[0]);
        assert_eq!(decide(&member, &by, 1, DEACTIVATE), Ok(vec![]));
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let refused = decide(&Member::default(), &Authority::Operator, 1, DEACTIVATE);
        assert_eq!(refused, Err(Refusal::UnknownMember));
    }

    #[test]
    fn who_is_neither_owner_nor_admin_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::themselves(Role::Member), 1, DEACTIVATE);
        assert_eq!(refused, Err(Refusal::NotAllowed));
    }

    #[test]
    fn an_admin_does_not_deactivate_an_owner() {
        let member = samples::member(&[Role::Owner]);
        let refused = decide(&member, &samples::colleague(Role::Admin), 1, DEACTIVATE);
        assert_eq!(refused.unwrap_err().code(), "members.role_too_high");
    }

    #[test]
    fn the_last_active_owner_stays_active() {
        let member = samples::member(&[Role::Owner]);
        let by = samples::themselves(Role::Owner);
        assert_eq!(decide(&member, &by, 0, DEACTIVATE), Err(Refusal::LastOwner));
        assert_eq!(decide(&member, &by, 1, DEACTIVATE).unwrap().len(), 1);
    }
}
