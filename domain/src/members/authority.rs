//! In whose right a command is given. The edge fills it in from the caller; rules compare it.

use super::Role;
use crate::id::MemberId;

/// Who asks for a change, as far as rules care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// Somebody at the machine's command line, or the service itself.
    Operator,
    /// A member.
    Member {
        /// Which one.
        member: MemberId,
        /// Their roles at this moment.
        roles: Vec<Role>,
    },
}

impl Authority {
    /// Whether the caller may do what `needed` may do.
    pub fn includes(&self, needed: Role) -> bool {
        match self {
            Authority::Operator => true,
            Authority::Member { roles, .. } => roles.iter().any(|role| role.includes(needed)),
        }
    }

    /// Whether the caller may give `role` to somebody or take it away: owners are made and unmade
    /// by owners only, all other roles by owners and admins.
    pub fn grants(&self, role: Role) -> bool {
        match role {
            Role::Owner => self.includes(Role::Owner),
            Role::Admin | Role::Manager | Role::Billing | Role::Member | Role::Auditor => {
                self.includes(Role::Admin)
            }
        }
    }

    /// Whether the caller is this member.
    pub fn is(&self, member: MemberId) -> bool {
        matches!(self, Authority::Member { member: caller, .. } if *caller == member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_authority_grants_exactly_the_roles_it_may() {
        let granted = |roles: &[Role]| {
            let member = MemberId(Uuid::from_u128(1));
            let by = Authority::Member { member, roles: roles.to_vec() };
            Role::ALL.into_iter().filter(|role| by.grants(*role)).collect::<Vec<_>>()
        };
        assert_eq!(granted(&[Role::Owner]), Role::ALL);
        assert_eq!(granted(&[Role::Member, Role::Admin]), &Role::ALL[1..]);
        for roles in [&[Role::Manager, Role::Billing][..], &[Role::Member], &[Role::Auditor], &[]] {
            assert_eq!(granted(roles), []);
        }
        assert!(Role::ALL.into_iter().all(|role| Authority::Operator.grants(role)));
    }
}
