//! Who and what a report speaks of: clients, projects, tasks and members, read once for the whole
//! report instead of row by row. Names of persons stay sealed here.

use std::collections::BTreeMap;

use domain::id::{ClientId, MemberId, ProjectId, TaskId};
use migrations::TenantTx;

use crate::catalogue::client::{self, ClientRow};
use crate::catalogue::project::{self, ProjectRow};
use crate::catalogue::task::{self, TaskRow};
use crate::members::member::{self, MemberRow};
use crate::row::ReadError;

/// Clients, projects, tasks and members by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Firm {
    /// Whom the firm works for.
    pub clients: BTreeMap<ClientId, ClientRow>,
    /// On what.
    pub projects: BTreeMap<ProjectId, ProjectRow>,
    /// Doing what.
    pub tasks: BTreeMap<TaskId, TaskRow>,
    /// Who works.
    pub members: BTreeMap<MemberId, MemberRow>,
}

impl Firm {
    /// The firm as it is now.
    pub async fn load(tx: &mut TenantTx) -> Result<Self, ReadError> {
        let clients = client::list(tx, None, i64::MAX).await?;
        let projects = project::list(tx, None, None, i64::MAX).await?;
        let tasks = task::list(tx, None, None, i64::MAX).await?;
        let members = member::list(tx, None, i64::MAX).await?;
        Ok(Firm::of(clients, projects, tasks, members))
    }

    /// A firm of these rows.
    pub fn of(
        clients: impl IntoIterator<Item = ClientRow>,
        projects: impl IntoIterator<Item = ProjectRow>,
        tasks: impl IntoIterator<Item = TaskRow>,
        members: impl IntoIterator<Item = MemberRow>,
    ) -> Self {
        Firm {
            clients: clients.into_iter().map(|row| (row.client_id, row)).collect(),
            projects: projects.into_iter().map(|row| (row.project_id, row)).collect(),
            tasks: tasks.into_iter().map(|row| (row.task_id, row)).collect(),
            members: members.into_iter().map(|row| (row.member_id, row)).collect(),
        }
    }

    /// For whom a project is; none where it's not known.
    pub fn client_of(&self, project: ProjectId) -> Option<ClientId> {
        self.projects.get(&project).map(|row| row.client_id)
    }
}
