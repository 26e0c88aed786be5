//! What a member may do with one object, beyond their roles. A grant lies on the member's own
//! stream, so that whoever folds a member knows all that they may.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{ClientId, FileId, MemberId, ProjectId, StreamId};

/// A right on one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "right", content = "object", rename_all = "snake_case")]
pub enum Grant {
    /// Looks after a client and its bills.
    AccountManager(ClientId),
    /// Looks after a project.
    ProjectManager(ProjectId),
    /// Reads a file.
    Reader(FileId),
    /// Reads why a member is away.
    LeaveReader(MemberId),
}

impl Grant {
    /// The grant of that name on that object.
    pub fn of(right: &str, object: Uuid) -> Option<Self> {
        match right {
            "account_manager" => Some(Grant::AccountManager(ClientId(object))),
            "project_manager" => Some(Grant::ProjectManager(ProjectId(object))),
            "reader" => Some(Grant::Reader(FileId(object))),
            "leave_reader" => Some(Grant::LeaveReader(MemberId(object))),
            _ => None,
        }
    }

    /// The name of the right.
    pub fn right(self) -> &'static str {
        match self {
            Grant::AccountManager(_) => "account_manager",
            Grant::ProjectManager(_) => "project_manager",
            Grant::Reader(_) => "reader",
            Grant::LeaveReader(_) => "leave_reader",
        }
    }

    /// The object.
    pub fn object(self) -> Uuid {
        match self {
            Grant::AccountManager(client) => client.0,
            Grant::ProjectManager(project) => project.0,
            Grant::Reader(file) => file.0,
            Grant::LeaveReader(member) => member.0,
        }
    }

    /// What it's known by: the same whenever the same right is given to the same member.
    pub fn id(self, member: MemberId) -> Uuid {
        let object = self.object();
        let parts: [&[u8]; 3] = [member.0.as_bytes(), self.right().as_bytes(), object.as_bytes()];
        StreamId::derived("grant", &parts).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_told_by_its_right_its_object_and_its_member() {
        let (object, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let grants: Vec<Grant> = ["account_manager", "project_manager", "reader", "leave_reader"]
            .into_iter()
            .map(|right| Grant::of(right, object).unwrap())
            .collect();
        for grant in &grants {
            assert_eq!(Grant::of(grant.right(), grant.object()), Some(*grant));
            let stored = serde_json::to_string(grant).unwrap();
            assert_eq!(stored, format!(r#"{{"right":"{}","object":"{object}"}}"#, grant.right()));
            assert_eq!(serde_json::from_str::<Grant>(&stored).unwrap(), *grant);
        }
        let mut ids: Vec<Uuid> = grants
            .iter()
            .flat_map(|grant| [grant.id(MemberId(object)), grant.id(MemberId(other))])
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 8);
        assert_eq!(Grant::of("owner", object), None);
    }
}
