//! A member signs in with another address. Whoever receives the mail is the member, so an owner's
//! address is changed by an owner only.

use super::add_member::personal_email;
use super::{Authority, Member, MemberEmailChanged, MemberEvent, Refusal};
use crate::id::MemberId;
use crate::personal::Unique;

/// Give a member another address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMemberEmail {
    /// The member.
    pub member: MemberId,
    /// The new address, with the digest of `normalised_email`.
    pub email: Unique,
}

/// Refuses an unknown member, a caller without the right and a bad address; the one they have
/// changes nothing.
pub fn decide(
    member: &Member,
    by: &Authority,
    command: ChangeMemberEmail,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.own_or_looked_after_by(by)?;
    let email = personal_email(id, command.email)?;
    if member.email.as_ref().and_then(|held| held.get()) == email.get() {
        return Ok(Vec::new());
    }
    Ok(vec![MemberEmailChanged { member: id, email }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};

    fn change(address: &str) -> ChangeMemberEmail {
        ChangeMemberEmail { member: samples::MEMBER, email: samples::address(address) }
    }

    #[test]
    fn a_member_gets_another_address_once() {
        let mut member = samples::member(&[Role::Member]);
        let by = samples::themselves(Role::Member);
        let events = decide(&member, &by, change(" nova@example.org ")).unwrap();
        let [MemberEvent::MemberEmailChanged(changed)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(changed.email.get().unwrap().text, "nova@example.org");
        member.evolve(&events[0]);
        assert_eq!(decide(&member, &by, change("nova@example.org")), Ok(vec![]));
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let refused = decide(&Member::default(), &Authority::Operator, change("a@b.example"));
        assert_eq!(refused, Err(Refusal::UnknownMember));
    }

    #[test]
    fn who_is_neither_owner_nor_admin_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::colleague(Role::Billing), change("a@b.example"));
        assert_eq!(refused, Err(Refusal::NotAllowed));
    }

    #[test]
    fn an_admin_does_not_take_over_an_owner() {
        let member = samples::member(&[Role::Owner]);
        let refused = decide(&member, &samples::colleague(Role::Admin), change("a@b.example"));
        assert_eq!(refused.unwrap_err().code(), "members.role_too_high");
        assert!(decide(&member, &samples::colleague(Role::Owner), change("a@b.example")).is_ok());
    }

    #[test]
    fn a_bad_address_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &Authority::Operator, change("a@b@c"));
        assert_eq!(refused, Err(Refusal::InvalidEmail));
    }
}
