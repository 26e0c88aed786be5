//! A member gets other roles. Nobody gives or takes what they could not give, and the tenant keeps
//! an owner.

use super::member::{canonical_roles, check_grants};
use super::{Authority, Member, MemberEvent, MemberRolesChanged, Refusal, Role};
use crate::id::MemberId;

/// Give a member these roles instead of those they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMemberRoles {
    /// The member.
    pub member: MemberId,
    /// All roles from now on; at least one.
    pub roles: Vec<Role>,
}

/// Refuses an unknown member, no role, a caller who may not give or take one of the roles, and to
/// lose the last active owner; the roles they have change nothing.
pub fn decide(
    member: &Member,
    by: &Authority,
    other_active_owners: u32,
    command: ChangeMemberRoles,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.looked_after_by(by)?;
    let roles = canonical_roles(command.roles)?;
    check_grants(by, &roles)?;
    if !roles.contains(&Role::Owner) {
        member.check_owner_left(other_active_owners)?;
    }
    if member.roles == roles {
        return Ok(Vec::new());
    }
    Ok(vec![MemberRolesChanged { member: id, roles }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::samples;
    use proptest::prelude::*;

    fn change(roles: &[Role]) -> ChangeMemberRoles {
        ChangeMemberRoles { member: samples::MEMBER, roles: roles.to_vec() }
    }

    #[test]
    fn a_member_gets_other_roles_once() {
        let mut member = samples::member(&[Role::Member]);
        let (by, command) =
            (samples::colleague(Role::Admin), change(&[Role::Auditor, Role::Billing]));
        let events = decide(&member, &by, 0, command.clone()).unwrap();
        let roles = vec![Role::Billing, Role::Auditor];
        assert_eq!(events, [MemberRolesChanged { member: samples::MEMBER, roles }.into()]);
        member.evolve(&events[0]);
        assert_eq!(decide(&member, &by, 0, command), Ok(vec![]));
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let refused = decide(&Member::default(), &Authority::Operator, 1, change(&[Role::Member]));
        assert_eq!(refused, Err(Refusal::UnknownMember));
    }

    #[test]
    fn no_role_is_refused() {
        let member = samples::member(&[Role::Member]);
        assert_eq!(decide(&member, &Authority::Operator, 1, change(&[])), Err(Refusal::NoRole));
    }

    #[test]
    fn who_is_neither_owner_nor_admin_is_refused_for_themselves_too() {
        let member = samples::member(&[Role::Manager]);
        for by in [samples::themselves(Role::Manager), samples::colleague(Role::Manager)] {
            let refused = decide(&member, &by, 1, change(&[Role::Member]));
            assert_eq!(refused, Err(Refusal::NotAllowed));
        }
    }

    #[test]
    fn an_admin_neither_makes_nor_unmakes_an_owner() {
        let refusal = Refusal::RoleTooHigh { role: Role::Owner, needed: Role::Owner };
        for (held, given) in [(Role::Member, Role::Owner), (Role::Owner, Role::Member)] {
            let member = samples::member(&[held]);
            let by = samples::colleague(Role::Admin);
            assert_eq!(decide(&member, &by, 1, change(&[given])), Err(refusal.clone()));
            let owner = samples::colleague(Role::Owner);
            assert_eq!(decide(&member, &owner, 1, change(&[given])).unwrap().len(), 1);
        }
    }

    #[test]
    fn the_last_active_owner_stays_one() {
        let mut member = samples::member(&[Role::Owner]);
        let by = samples::themselves(Role::Owner);
        let refused = decide(&member, &by, 0, change(&[Role::Admin]));
        assert_eq!(refused, Err(Refusal::LastOwner));
        assert!(decide(&member, &by, 0, change(&[Role::Owner, Role::Billing])).is_ok());
        assert!(decide(&member, &by, 1, change(&[Role::Admin])).is_ok());
        member.active = false;
        assert!(decide(&member, &Authority::Operator, 0, change(&[Role::Admin])).is_ok());
    }

    fn some_roles() -> impl Strategy<Value = Vec<Role>> {
        prop::collection::vec(prop::sample::select(&Role::ALL), 1..4)
    }

    proptest! {
        #[test]
        fn nobody_gets_above_who_changes_them_and_an_owner_is_left(
            held in some_roles(),
            callers in some_roles(),
            given in some_roles(),
            others in 0..2_u32,
        ) {
            let member = samples::member(&held);
            let id = MemberId(uuid::Uuid::from_u128(2));
            let by = Authority::Member { member: id, roles: callers.clone() };
            if let Ok(events) = decide(&member, &by, others, change(&given)) {
                let mut after = member.clone();
                events.iter().for_each(|event| after.evolve(event));
                let owner = |roles: &[Role]| roles.contains(&Role::Owner);
                prop_assert!(owner(&callers) || callers.contains(&Role::Admin));
                prop_assert!(owner(&callers) || (!owner(&held) && !owner(&given)));
                prop_assert!(!owner(&held) || owner(&after.roles) || others > 0);
                prop_assert!(given.iter().all(|role| after.roles.contains(role)));
            }
        }
    }
}
