//! A member is asked by mail to register. It may be asked again, for mails get lost; whoever has
//! registered is never asked again, for the link would sign in whoever reads the mail.

use super::{Authority, Member, MemberEvent, MemberInvited, Refusal, Registration};
use crate::id::MemberId;

/// Ask a member to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteMember {
    /// The member.
    pub member: MemberId,
}

/// Refuses an unknown member, a caller without the right, and a member who rests, has no address or
/// has registered.
pub fn decide(
    member: &Member,
    by: &Authority,
    _: InviteMember,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.looked_after_by(by)?;
    if !member.active {
        return Err(Refusal::NotActive);
    }
    if member.email.as_ref().is_none_or(|email| email.is_erased()) {
        return Err(Refusal::NoEmail);
    }
    if member.registration == Registration::Registered {
        return Err(Refusal::AlreadyRegistered);
    }
    Ok(vec![MemberInvited { member: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{MemberRegistered, Role, samples};

    const INVITE: InviteMember = InviteMember { member: samples::MEMBER };

    #[test]
    fn a_member_is_invited_as_often_as_asked() {
        let mut member = samples::member(&[Role::Member]);
        let by = samples::colleague(Role::Admin);
        for _ in 0..2 {
            let events = decide(&member, &by, INVITE).unwrap();
            assert_eq!(events, [MemberInvited { member: samples::MEMBER }.into()]);
            member.evolve(&events[0]);
            assert_eq!(member.registration, Registration::Invited);
        }
    }

    #[test]
    fn whoever_has_registered_is_not_invited_and_stays_registered() {
        let mut member = samples::member(&[Role::Member]);
        member.evolve(&MemberRegistered { member: samples::MEMBER }.into());
        let refused = decide(&member, &Authority::Operator, INVITE);
        assert_eq!(refused, Err(Refusal::AlreadyRegistered));
        member.evolve(&MemberInvited { member: samples::MEMBER }.into());
        assert_eq!(member.registration, Registration::Registered);
    }

    #[test]
    fn an_unknown_member_and_one_who_rests_or_has_no_address_are_refused() {
        let refused = |member: &Member| decide(member, &Authority::Operator, INVITE).unwrap_err();
        assert_eq!(refused(&Member::default()), Refusal::UnknownMember);
        let mut member = samples::member(&[Role::Member]);
        member.active = false;
        assert_eq!(refused(&member), Refusal::NotActive);
        let mut member = samples::member(&[Role::Member]);
        member.email = None;
        assert_eq!(refused(&member), Refusal::NoEmail);
    }

    #[test]
    fn who_is_neither_owner_nor_admin_is_refused_and_an_admin_for_an_owner() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::themselves(Role::Manager), INVITE);
        assert_eq!(refused, Err(Refusal::NotAllowed));
        let owner = samples::member(&[Role::Owner]);
        let refused = decide(&owner, &samples::colleague(Role::Admin), INVITE).unwrap_err();
        assert_eq!(refused.code(), "members.role_too_high");
    }
}
