//! A member is called otherwise; they may say so themselves.

use super::add_member::personal_name;
use super::{Authority, Member, MemberEvent, MemberRenamed, Refusal};
use crate::id::MemberId;

/// Call a member otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameMember {
    /// The member.
    pub member: MemberId,
    /// The new name.
    pub name: String,
}

/// Refuses an unknown member, a caller without the right and a bad name; the name they have changes
/// nothing.
pub fn decide(
    member: &Member,
    by: &Authority,
    command: RenameMember,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.own_or_looked_after_by(by)?;
    let name = personal_name(id, &command.name)?;
    if member.name.as_ref().and_then(|held| held.get()) == name.get() {
        return Ok(Vec::new());
    }
    Ok(vec![MemberRenamed { member: id, name }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};

    fn rename(name: &str) -> RenameMember {
        RenameMember { member: samples::MEMBER, name: name.into() }
    }

    #[test]
    fn a_member_gets_a_new_name_from_themselves_or_an_admin() {
        let mut member = samples::member(&[Role::Member]);
        for (by, name) in [
            (samples::themselves(Role::Member), "Nova Other"),
            (samples::colleague(Role::Admin), "Nova Third"),
        ] {
            let events = decide(&member, &by, rename(name)).unwrap();
            let [MemberEvent::MemberRenamed(renamed)] = &events[..] else { panic!("{events:?}") };
            assert_eq!(renamed.name.get().map(String::as_str), Some(name));
            member.evolve(&events[0]);
            assert_eq!(decide(&member, &by, rename(name)), Ok(vec![]));
        }
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let refused = decide(&Member::default(), &Authority::Operator, rename("X"));
        assert_eq!(refused, Err(Refusal::UnknownMember));
    }

    #[test]
    fn a_colleague_who_is_neither_owner_nor_admin_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::colleague(Role::Manager), rename("X"));
        assert_eq!(refused, Err(Refusal::NotAllowed));
    }

    #[test]
    fn a_bad_name_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &Authority::Operator, rename(&"x".repeat(201)));
        assert_eq!(refused, Err(Refusal::InvalidName));
    }
}
