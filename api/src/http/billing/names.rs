//! What projects, tasks and members are called, for lines and lists: joined when they're read, so
//! that one rename shows everywhere.

use std::collections::BTreeMap;

use domain::billing::ReservedEntry;
use domain::billing::lines::{Line, LineKey};
use domain::billing::wording::{LineNames, described};
use domain::id::{EntryId, MemberId, ProjectId, TaskId};
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

    /// The member's name, where a line is of one member.
    pub(crate) fn who(&self, key: &LineKey) -> Option<String> {
        match key {
            LineKey::Member { member } => Some(self.member(*member)),
            LineKey::Task { .. } | LineKey::Day { .. } | LineKey::Entry { .. } => None,
        }
    }

    /// What lines over these entries say.
    pub(crate) fn of_lines(&self, entries: &[ReservedEntry]) -> LineWords<'_> {
        let work = entries.iter().map(|held| (held.entry, (held.project, held.task)));
        LineWords { names: self, work: work.collect() }
    }
}

/// Names of lines with the work of each of their entries.
#[derive(Debug)]
pub(crate) struct LineWords<'a> {
    names: &'a Names,
    work: BTreeMap<EntryId, (ProjectId, TaskId)>,
}

impl LineWords<'_> {
    /// What a line says; whose it is stands beside it.
    pub(crate) fn said(&self, line: &Line) -> String {
        described(line, self)
    }

    /// The member's name, where a line is of one member.
    pub(crate) fn who(&self, line: &Line) -> Option<String> {
        self.names.who(&line.key)
    }
}

impl LineNames for LineWords<'_> {
    fn project(&self, project: ProjectId) -> String {
        self.names.project(project)
    }

    fn task(&self, task: TaskId) -> String {
        self.names.task(task)
    }

    fn work_of(&self, entry: EntryId) -> Option<(ProjectId, TaskId)> {
        self.work.get(&entry).copied()
    }
}

fn distinct<T: Ord>(ids: impl IntoIterator<Item = T>) -> std::collections::BTreeSet<T> {
    ids.into_iter().collect()
}
