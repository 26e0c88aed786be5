//! What a file belongs to beside its owner: who may see that, may see the file, unless its kind
//! says otherwise.

use serde::{Deserialize, Serialize};

use crate::id::{ClientId, LeaveRequestId, ProjectId};

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum FileAbout {
    /// A client.
    Client(ClientId),
    /// A project.
    Project(ProjectId),
    /// A request for leave of the file's owner.
    LeaveRequest(LeaveRequestId),
}

impl FileAbout {
    /// Whether it's about the firm's work, which tells of nobody.
    pub fn is_work(self) -> bool {
        match self {
            FileAbout::Client(_) | FileAbout::Project(_) => true,
            FileAbout::LeaveRequest(_) => false,
        }
    }
}
