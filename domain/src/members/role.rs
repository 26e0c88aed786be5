//! Roles: owner ⊃ admin ⊃ {manager, billing} ⊃ member; an auditor reads everything and changes
//! nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a member may do in the tenant as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, other owners included.
    Owner,
    /// Everything but owners.
    Admin,
    /// Approves time and looks after projects.
    Manager,
    /// Rates and invoices.
    Billing,
    /// Records their own time.
    Member,
    /// Reads the books and their history.
    Auditor,
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of owner, admin, manager, billing, member, auditor")]
pub struct RoleError;

impl Role {
    /// Every role, the most entitled first.
    pub const ALL: [Role; 6] =
        [Role::Owner, Role::Admin, Role::Manager, Role::Billing, Role::Member, Role::Auditor];

    /// The name in the API and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::Billing => "billing",
            Role::Member => "member",
            Role::Auditor => "auditor",
        }
    }

    /// Whether whoever has this role may do what `needed` may do.
    pub fn includes(self, needed: Role) -> bool {
        match self {
            Role::Owner => needed != Role::Auditor,
            Role::Admin => !matches!(needed, Role::Owner | Role::Auditor),
            Role::Manager => matches!(needed, Role::Manager | Role::Member),
            Role::Billing => matches!(needed, Role::Billing | Role::Member),
            Role::Member => needed == Role::Member,
            Role::Auditor => needed == Role::Auditor,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or(RoleError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_includes_the_roles_under_it_and_no_other() {
        let included = |role: Role| {
            Role::ALL.into_iter().filter(|needed| role.includes(*needed)).collect::<Vec<_>>()
        };
        assert_eq!(included(Role::Owner), &Role::ALL[..5]);
        assert_eq!(included(Role::Admin), &Role::ALL[1..5]);
        assert_eq!(included(Role::Manager), [Role::Manager, Role::Member]);
        assert_eq!(included(Role::Billing), [Role::Billing, Role::Member]);
        assert_eq!(included(Role::Member), [Role::Member]);
        assert_eq!(included(Role::Auditor), [Role::Auditor]);
    }
}
