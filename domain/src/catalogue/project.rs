//! A project as its stream tells it, its tasks and linked members with it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    AddProject, AddTask, ArchiveProject, ArchiveTask, Client, LinkProjectMember, ProjectEvent,
    Refusal, RenameProject, RestoreProject, ReviseTask, UnlinkProjectMember, add_project, add_task,
    archive_project, archive_task, link_project_member, rename_project, restore_project,
    revise_task, unlink_project_member,
};
use crate::aggregate::aggregate;
use crate::id::{ClientId, MemberId, ProjectId, StreamId, TaskId};
use crate::members::Member;
use crate::name::normalised_name;

/// A project has at most this many tasks that are not archived, so that its stream stays small.
pub const TASKS_MAX: usize = 1000;

/// The stream of a project.
pub fn project_stream(project: ProjectId) -> StreamId {
    StreamId(project.0)
}

/// A kind of work on a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Whether time on it is billable unless its entry says otherwise.
    pub billable: bool,
    /// Whether it takes no new time.
    pub archived: bool,
}

/// Work for one client.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Project {
    /// Which one; none where its stream is empty: there is no such project.
    pub id: Option<ProjectId>,
    /// For whom; there whenever the id is.
    pub client: Option<ClientId>,
    /// Its name.
    pub name: String,
    /// Whether it takes no new time.
    pub archived: bool,
    /// The members linked to it; while there are none it is open to all.
    pub members: BTreeSet<MemberId>,
    /// Its tasks, archived ones too.
    pub tasks: BTreeMap<TaskId, Task>,
}

/// What can be asked of a project, each with the facts it needs of other streams.
#[derive(Debug, Clone, PartialEq)]
pub enum ProjectCommand {
    /// See [`add_project`].
    Add(Client, AddProject),
    /// See [`rename_project`].
    Rename(RenameProject),
    /// See [`archive_project`].
    Archive(ArchiveProject),
    /// See [`restore_project`].
    Restore(RestoreProject),
    /// See [`link_project_member`].
    LinkMember(Box<Member>, LinkProjectMember),
    /// See [`unlink_project_member`].
    UnlinkMember(UnlinkProjectMember),
    /// See [`add_task`].
    AddTask(AddTask),
    /// See [`revise_task`].
    ReviseTask(ReviseTask),
    /// See [`archive_task`].
    ArchiveTask(ArchiveTask),
}

aggregate!(Project, "project", ProjectCommand, ProjectEvent, Refusal);

impl Project {
    /// What follows from a command.
    pub fn decide(&self, command: ProjectCommand) -> Result<Vec<ProjectEvent>, Refusal> {
        match command {
            ProjectCommand::Add(client, command) => add_project::decide(self, &client, command),
            ProjectCommand::Rename(command) => rename_project::decide(self, command),
            ProjectCommand::Archive(command) => archive_project::decide(self, command),
            ProjectCommand::Restore(command) => restore_project::decide(self, command),
            ProjectCommand::LinkMember(member, command) => {
                link_project_member::decide(self, &member, command)
            }
            ProjectCommand::UnlinkMember(command) => unlink_project_member::decide(self, command),
            ProjectCommand::AddTask(command) => add_task::decide(self, command),
            ProjectCommand::ReviseTask(command) => revise_task::decide(self, command),
            ProjectCommand::ArchiveTask(command) => archive_task::decide(self, command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &ProjectEvent) {
        match event {
            ProjectEvent::ProjectAdded(event) => {
                self.id = Some(event.project);
                self.client = Some(event.client);
                self.name.clone_from(&event.name);
            }
            ProjectEvent::ProjectRenamed(event) => self.name.clone_from(&event.name),
            ProjectEvent::ProjectArchived(_) => self.archived = true,
            ProjectEvent::ProjectRestored(_) => self.archived = false,
            ProjectEvent::ProjectMemberLinked(event) => {
                self.members.insert(event.member);
            }
            ProjectEvent::ProjectMemberUnlinked(event) => {
                self.members.remove(&event.member);
            }
            ProjectEvent::TaskAdded(event) => {
                let (name, billable) = (event.name.clone(), event.billable);
                self.tasks.insert(event.task, Task { name, billable, archived: false });
            }
            ProjectEvent::TaskRevised(event) => {
                if let Some(task) = self.tasks.get_mut(&event.task) {
                    task.name.clone_from(&event.name);
                    task.billable = event.billable;
                }
            }
            ProjectEvent::TaskArchived(event) => {
                if let Some(task) = self.tasks.get_mut(&event.task) {
                    task.archived = true;
                }
            }
        }
    }

    /// Its id, or the refusal that there is no such project.
    pub fn known(&self) -> Result<ProjectId, Refusal> {
        self.id.ok_or(Refusal::UnknownProject)
    }

    /// Its id, or the refusal that it is not there or archived.
    pub fn active(&self) -> Result<ProjectId, Refusal> {
        let id = self.known()?;
        if self.archived { Err(Refusal::ProjectArchived) } else { Ok(id) }
    }

    /// One of its tasks, or the refusal that it has no such task.
    pub fn task(&self, task: TaskId) -> Result<&Task, Refusal> {
        self.tasks.get(&task).ok_or(Refusal::UnknownTask)
    }

    /// Whether this member may record time on it: a project without linked members is open to all.
    pub fn is_open_to(&self, member: MemberId) -> bool {
        self.members.is_empty() || self.members.contains(&member)
    }

    /// Whether another task that is not archived has the name.
    pub(super) fn has_task_named(&self, name: &str, except: Option<TaskId>) -> bool {
        let name = normalised_name(name);
        self.tasks.iter().any(|(id, task)| {
            !task.archived && Some(*id) != except && normalised_name(&task.name) == name
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{ProjectMemberLinked, ProjectMemberUnlinked, samples};
    use cqrs_es::test::TestFramework;

    #[test]
    fn a_project_is_open_to_all_until_somebody_is_linked_to_it() {
        let (project, member) = (samples::PROJECT, samples::MEMBER);
        let other = MemberId(uuid::Uuid::from_u128(99));
        let mut state = samples::project();
        assert!(state.is_open_to(other));
        state.evolve(&ProjectMemberLinked { project, member }.into());
        assert!(state.is_open_to(member) && !state.is_open_to(other));
        state.evolve(&ProjectMemberUnlinked { project, member }.into());
        assert!(state.is_open_to(other));
    }

    #[test]
    fn the_state_reads_back_as_written() {
        let mut project = samples::project();
        project.members.insert(samples::MEMBER);
        let stored = serde_json::to_string(&project).unwrap();
        assert_eq!(serde_json::from_str::<Project>(&stored).unwrap(), project);
    }

    #[test]
    fn the_aggregate_answers_as_the_plain_decisions_do() {
        let command = samples::add_project("Website");
        TestFramework::<Project>::with(())
            .given_no_previous_events()
            .when(ProjectCommand::Add(samples::client(), command.clone()))
            .then_expect_events(samples::project_events()[..1].to_vec());
        TestFramework::<Project>::with(())
            .given(samples::project_events())
            .when(ProjectCommand::Add(samples::client(), command))
            .then_expect_error(Refusal::AlreadyAdded);
    }
}
