//! What projects, tasks and members are called, for lines and lists: joined when they're read, so
//! that one rename shows everywhere.

use std::collections::BTreeMap;

use domain::billing::lines::LineKey;
use domain::id::{MemberId, ProjectId, TaskId};
use migrations::TenantTx;
use projections::catalogue::{project, task};
use projections::members::member;

use crate::http::call::About;
use crate::http::personal;
use crate::http::problem::Problem;

/// Names by id.
#[derive(Debug, Default)]
pub(crate) struct Names {
    projects: BTreeMap<ProjectId, String>,
    tasks: BTreeMap<TaskId, String>,
    members: BTreeMap<MemberId, Option<String>>,
}

impl Names {
    /// The names of these, as they are now.
    pub(crate) async fn load(
        about: &About,
        tx: &mut TenantTx,
        projects: impl IntoIterator<Item = ProjectId>,
        tasks: impl IntoIterator<Item = TaskId>,
        members: impl IntoIterator<Item = MemberId>,
    ) -> Result<Self, Problem> {
        let mut names = Names::default();
        for row in project::find_many(tx, distinct(projects)).await? {
            names.projects.insert(row.project_id, row.name);
        }
        for row in task::find_many(tx, distinct(tasks)).await? {
            names.tasks.insert(row.task_id, row.name);
        }
        let members = member::find_many(tx, distinct(members)).await?;
        let sealed = members.iter().filter_map(|row| row.name.as_ref());
        personal::load(&about.keys, tx, sealed).await?;
        for row in members {
            names.members.insert(row.member_id, personal::text(&about.keys, row.name.as_ref()));
        }
        Ok(names)
    }

    /// What a project is called.
    pub(crate) fn project(&self, id: ProjectId) -> String {
        self.projects.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// What a task is called.
    pub(crate) fn task(&self, id: TaskId) -> String {
        self.tasks.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// What a member is called; an erased one by their id.
    pub(crate) fn member(&self, id: MemberId) -> String {
        self.members.get(&id).cloned().flatten().unwrap_or_else(|| id.to_string())
    }

    /// What a line is about, in words.
    pub(crate) fn line(&self, key: &LineKey) -> String {
        match key {
            LineKey::Task { project, task } => {
                format!("{}: {}", self.project(*project), self.task(*task))
            }
            LineKey::Member { member } => self.member(*member),
            LineKey::Day { day } => day.to_string(),
            LineKey::Entry { day, entry } => format!("{day} {entry}"),
        }
    }
}

fn distinct<T: Ord>(ids: impl IntoIterator<Item = T>) -> std::collections::BTreeSet<T> {
    ids.into_iter().collect()
}
