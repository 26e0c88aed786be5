//! A person becomes a member, active at once. That no other has their address is held by a claim in
//! the append. The first owner is added in the operator's right.

use super::member::{canonical_roles, check_grants, checked_time_zone};
use super::{Authority, Member, MemberAdded, MemberEvent, Refusal, Role, checked_email};
use crate::id::{MemberId, SubjectId};
use crate::name::checked_name;
use crate::personal::{Personal, PurposeClass, Unique};

/// Make a person a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddMember {
    /// A new id.
    pub member: MemberId,
    /// What they are called.
    pub name: String,
    /// The address they sign in with, with the digest of `normalised_email`; imported people may
    /// have none yet.
    pub email: Option<Unique>,
    /// What they may do; at least one.
    pub roles: Vec<Role>,
    /// Their own IANA zone; none = the tenant's.
    pub time_zone: Option<String>,
}

/// Refuses an id that was used, no role, a caller who may not give the roles, a bad name, address
/// or zone.
pub fn decide(
    member: &Member,
    by: &Authority,
    command: AddMember,
) -> Result<Vec<MemberEvent>, Refusal> {
    if member.id.is_some() {
        return Err(Refusal::AlreadyAdded);
    }
    let AddMember { member, name, email, roles, time_zone } = command;
    let roles = canonical_roles(roles)?;
    check_grants(by, &roles)?;
    let name = personal_name(member, &name)?;
    let email = email.map(|email| personal_email(member, email)).transpose()?;
    let time_zone = checked_time_zone(time_zone)?;
    Ok(vec![MemberAdded { member, name, email, roles, time_zone }.into()])
}

/// The member's name as a personal field, without white space around it.
pub(super) fn personal_name(member: MemberId, name: &str) -> Result<Personal<String>, Refusal> {
    let name = checked_name(name).ok_or(Refusal::InvalidName)?;
    Ok(Personal::new(SubjectId(member.0), PurposeClass::Identity, name))
}

/// The member's address as a personal field, without white space around it.
pub(super) fn personal_email(member: MemberId, email: Unique) -> Result<Personal<Unique>, Refusal> {
    let text = checked_email(&email.text).ok_or(Refusal::InvalidEmail)?;
    let email = Unique { text, digest: email.digest };
    Ok(Personal::new(SubjectId(member.0), PurposeClass::Identity, email))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::samples;

    fn add(roles: &[Role]) -> AddMember {
        AddMember {
            member: samples::MEMBER,
            name: "Nova Example".into(),
            email: Some(samples::address("nova@example.com")),
            roles: roles.to_vec(),
            time_zone: None,
        }
    }

    fn added(by: &Authority, command: AddMember) -> Result<Vec<MemberEvent>, Refusal> {
        decide(&Member::default(), by, command)
    }

    #[test]
    fn a_person_becomes_a_member_with_each_role_once() {
        let command = add(&[Role::Member, Role::Manager, Role::Member]);
        let expected = samples::added(&[Role::Manager, Role::Member]);
        assert_eq!(added(&samples::colleague(Role::Admin), command), Ok(vec![expected]));
    }

    #[test]
    fn an_imported_person_needs_no_address_and_a_zone_is_stored_as_iana_spells_it() {
        let time_zone = Some("africa/johannesburg".to_owned());
        let command = AddMember { email: None, time_zone, ..add(&[Role::Member]) };
        let events = added(&Authority::Operator, command).unwrap();
        let [MemberEvent::MemberAdded(event)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(event.email, None);
        assert_eq!(event.time_zone.as_deref(), Some("Africa/Johannesburg"));
    }

    #[test]
    fn an_id_that_was_used_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &Authority::Operator, add(&[Role::Member]));
        assert_eq!(refused, Err(Refusal::AlreadyAdded));
    }

    #[test]
    fn no_role_is_refused() {
        assert_eq!(added(&Authority::Operator, add(&[])), Err(Refusal::NoRole));
    }

    #[test]
    fn who_is_neither_owner_nor_admin_adds_nobody() {
        for role in [Role::Manager, Role::Billing, Role::Member, Role::Auditor] {
            let refused = added(&samples::colleague(role), add(&[Role::Member]));
            assert_eq!(refused, Err(Refusal::NotAllowed), "{role}");
        }
    }

    #[test]
    fn only_an_owner_adds_an_owner() {
        let refusal = Refusal::RoleTooHigh { role: Role::Owner, needed: Role::Owner };
        let refused = added(&samples::colleague(Role::Admin), add(&[Role::Owner]));
        assert_eq!(refused, Err(refusal));
        assert!(added(&samples::colleague(Role::Owner), add(&[Role::Owner])).is_ok());
    }

    #[test]
    fn a_bad_name_is_refused() {
        let command = AddMember { name: "\n".into(), ..add(&[Role::Member]) };
        assert_eq!(added(&Authority::Operator, command), Err(Refusal::InvalidName));
    }

    #[test]
    fn a_bad_address_is_refused() {
        let email = Some(samples::address("nova"));
        let command = AddMember { email, ..add(&[Role::Member]) };
        let refusal = added(&Authority::Operator, command).unwrap_err();
        assert_eq!((refusal.code(), refusal.field()), ("members.invalid_email", Some("/email")));
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        let time_zone = Some("Mars/Olympus".to_owned());
        let command = AddMember { time_zone, ..add(&[Role::Member]) };
        let refusal = added(&Authority::Operator, command).unwrap_err();
        assert_eq!(refusal.code(), "members.unknown_time_zone");
    }
}
