//! Fixed values that the tests of this slice share.

use uuid::Uuid;

use super::{Authority, Member, MemberAdded, MemberEvent, Role, normalised_email};
use crate::id::{MemberId, SubjectId};
use crate::personal::{Personal, PurposeClass, Unique};

pub(crate) const MEMBER: MemberId = MemberId(Uuid::from_u128(1));

/// An address with a stand-in for the digest that the write side makes of its normalised form.
pub(crate) fn address(text: &str) -> Unique {
    Unique { text: text.into(), digest: format!("digest of {}", normalised_email(text)) }
}

/// The same as a personal field of the member.
pub(crate) fn personal_address(text: &str) -> Personal<Unique> {
    Personal::new(SubjectId(MEMBER.0), PurposeClass::Identity, address(text))
}

/// Nova Example, nova@example.com, in the tenant's zone.
pub(crate) fn added(roles: &[Role]) -> MemberEvent {
    let subject = SubjectId(MEMBER.0);
    MemberAdded {
        member: MEMBER,
        name: Personal::new(subject, PurposeClass::Identity, "Nova Example".into()),
        email: Some(personal_address("nova@example.com")),
        roles: roles.to_vec(),
        time_zone: None,
    }
    .into()
}

pub(crate) fn member(roles: &[Role]) -> Member {
    let mut member = Member::default();
    member.evolve(&added(roles));
    member
}

/// Another member with this role.
pub(crate) fn colleague(role: Role) -> Authority {
    Authority::Member { member: MemberId(Uuid::from_u128(2)), roles: vec![role] }
}

/// The member themselves.
pub(crate) fn themselves(role: Role) -> Authority {
    Authority::Member { member: MEMBER, roles: vec![role] }
}
