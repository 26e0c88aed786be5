//! Changes of clients and projects, for managers and admins; money matters (rates, a client's
//! currency) are for billing and admins. Who may is the policy's to say: the catalogue's rules
//! know no caller.

mod rates;
mod rounding_rules;

use domain::catalogue::{
    self, Client, ClientEvent, Project, ProjectEvent, Refusal, add_client, add_project, add_task,
    archive_client, archive_project, archive_task, change_client_currency, client_stream,
    link_project_member, project_stream, rename_client, rename_project, restore_client,
    restore_project, revise_task, unlink_project_member,
};
use domain::id::{ClientId, MemberId, ProjectId, TaskId};
use domain::log::{ClaimKey, ClaimKind, project_name_claim};
use domain::members::{Action, Member, Object, member_stream};
use domain::name::normalised_name;
use domain::personal::Unique;

pub use rates::{ClearRate, SetRate};
pub use rounding_rules::{ClearRoundingRule, SetRoundingRule};

use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// The claim on a client's name: who holds it is the client with that name.
pub fn client_name_claim(unit: &Unit<'_>, name: &str) -> ClaimKey {
    ClaimKey::digest(ClaimKind::ClientName, &unique_name(unit, name).digest)
}

fn unique_name(unit: &Unit<'_>, name: &str) -> Unique {
    unit.unique("client_name", name, &normalised_name(name))
}

/// Take on a client.
#[derive(Debug, Clone)]
pub struct AddClient {
    /// A new id.
    pub client: ClientId,
    /// Its name.
    pub name: String,
    /// The ISO 4217 code it is billed in, which billing decides; none = the tenant's.
    pub currency: Option<String>,
}

impl Command for AddClient {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let client = unit.write::<Client>(client_stream(self.client)).await?;
        allowed(unit, Action::AddClient, &Object::Firm).await?;
        if self.currency.is_some() {
            allowed(unit, Action::ChangeClientCurrency, &Object::Firm).await?;
        }
        let name = unique_name(unit, &self.name);
        let key = ClaimKey::digest(ClaimKind::ClientName, &name.digest);
        let AddClient { client: id, currency, .. } = self.clone();
        let command = catalogue::AddClient { client: id, name, currency };
        let events = add_client::decide(&client.state, command)?;
        unit.check_claim(&key, client.stream).await?;
        unit.emit(&client, events);
        Ok(Reply::created(self.client))
    }
}

/// Call a client otherwise.
#[derive(Debug, Clone)]
pub struct RenameClient {
    /// The client.
    pub client: ClientId,
    /// The new name.
    pub name: String,
    /// The version of the client that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RenameClient {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let client =
            load_client(unit, self.client, self.expected_version, Action::ChangeClient).await?;
        let name = unique_name(unit, &self.name);
        let key = ClaimKey::digest(ClaimKind::ClientName, &name.digest);
        let command = catalogue::RenameClient { client: self.client, name };
        let events = rename_client::decide(&client.state, command)?;
        if !events.is_empty() {
            unit.check_claim(&key, client.stream).await?;
        }
        unit.emit(&client, events);
        Ok(Reply::changed(self.client))
    }
}

/// Bill a client in another currency.
#[derive(Debug, Clone)]
pub struct ChangeClientCurrency {
    /// The client.
    pub client: ClientId,
    /// The ISO 4217 code; none = the tenant's.
    pub currency: Option<String>,
    /// The version of the client that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeClientCurrency {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let currency = self.currency.clone();
        let command = catalogue::ChangeClientCurrency { client: self.client, currency };
        let client =
            load_client(unit, self.client, self.expected_version, Action::ChangeClientCurrency)
                .await?;
        let events = change_client_currency::decide(&client.state, command);
        change_client(unit, client, events)
    }
}

/// Take no new projects for a client.
#[derive(Debug, Clone)]
pub struct ArchiveClient {
    /// The client.
    pub client: ClientId,
    /// The version of the client that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ArchiveClient {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let command = catalogue::ArchiveClient { client: self.client };
        let client =
            load_client(unit, self.client, self.expected_version, Action::ChangeClient).await?;
        let events = archive_client::decide(&client.state, command);
        change_client(unit, client, events)
    }
}

/// Serve a client again.
#[derive(Debug, Clone)]
pub struct RestoreClient {
    /// The client.
    pub client: ClientId,
    /// The version of the client that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RestoreClient {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let command = catalogue::RestoreClient { client: self.client };
        let client =
            load_client(unit, self.client, self.expected_version, Action::ChangeClient).await?;
        let events = restore_client::decide(&client.state, command);
        change_client(unit, client, events)
    }
}

/// The client to change, where the caller may do this with it.
async fn load_client(
    unit: &mut Unit<'_>,
    client: ClientId,
    seen: Option<i32>,
    action: Action,
) -> Result<Loaded<Client>, CommandError> {
    let loaded = unit.write::<Client>(client_stream(client)).await?;
    allowed(unit, action, &Object::Client(client)).await?;
    loaded.check_seen(seen)?;
    Ok(loaded)
}

fn change_client(
    unit: &mut Unit<'_>,
    client: Loaded<Client>,
    decided: Result<Vec<ClientEvent>, Refusal>,
) -> Result<Reply, CommandError> {
    unit.emit(&client, decided?);
    Ok(Reply::changed(client.stream))
}

/// Begin a project.
#[derive(Debug, Clone)]
pub struct AddProject {
    /// A new id.
    pub project: ProjectId,
    /// For whom.
    pub client: ClientId,
    /// Its name.
    pub name: String,
}

impl Command for AddProject {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let project = unit.write::<Project>(project_stream(self.project)).await?;
        allowed(unit, Action::AddProject, &Object::Client(self.client)).await?;
        let client = unit.read::<Client>(client_stream(self.client)).await?;
        let AddProject { project: id, client: of, name } = self.clone();
        let key = project_name_claim(of, &name);
        let command = catalogue::AddProject { project: id, client: of, name };
        let events = add_project::decide(&project.state, &client.state, command)?;
        unit.check_claim(&key, project.stream).await?;
        unit.emit(&project, events);
        Ok(Reply::created(self.project))
    }
}

/// Call a project otherwise.
#[derive(Debug, Clone)]
pub struct RenameProject {
    /// The project.
    pub project: ProjectId,
    /// The new name.
    pub name: String,
    /// The version of the project that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RenameProject {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let project = load_project(unit, self.project, self.expected_version).await?;
        let command = catalogue::RenameProject { project: self.project, name: self.name.clone() };
        let events = rename_project::decide(&project.state, command)?;
        if let (false, Some(client)) = (events.is_empty(), project.state.client) {
            unit.check_claim(&project_name_claim(client, &self.name), project.stream).await?;
        }
        unit.emit(&project, events);
        Ok(Reply::changed(self.project))
    }
}

/// Take no new time on a project.
#[derive(Debug, Clone)]
pub struct ArchiveProject {
    /// The project.
    pub project: ProjectId,
    /// The version of the project that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ArchiveProject {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let project = load_project(unit, self.project, self.expected_version).await?;
        let command = catalogue::ArchiveProject { project: self.project };
        let events = archive_project::decide(&project.state, command);
        change_project(unit, project, events)
    }
}

/// Take time on a project again.
#[derive(Debug, Clone)]
pub struct RestoreProject {
    /// The project.
    pub project: ProjectId,
    /// The version of the project that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RestoreProject {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let project = load_project(unit, self.project, self.expected_version).await?;
        let command = catalogue::RestoreProject { project: self.project };
        let events = restore_project::decide(&project.state, command);
        change_project(unit, project, events)
    }
}

/// Let a member record time on a project.
#[derive(Debug, Clone)]
pub struct LinkProjectMember {
    /// The project.
    pub project: ProjectId,
    /// The member.
    pub member: MemberId,
}

impl Command for LinkProjectMember {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let project = load_project(unit, self.project, None).await?;
        let member = unit.read::<Member>(member_stream(self.member)).await?;
        let command = catalogue::LinkProjectMember { project: self.project, member: self.member };
        let events = link_project_member::decide(&project.state, &member.state, command);
        change_project(unit, project, events)
    }
}

/// Let a member no longer record time on a project.
#[derive(Debug, Clone)]
pub struct UnlinkProjectMember {
    /// The project.
    pub project: ProjectId,
    /// The member.
    pub member: MemberId,
}

impl Command for UnlinkProjectMember {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let project = load_project(unit, self.project, None).await?;
        let command = catalogue::UnlinkProjectMember { project: self.project, member: self.member };
        let events = unlink_project_member::decide(&project.state, command);
        change_project(unit, project, events)
    }
}

/// Add a kind of work to a project.
#[derive(Debug, Clone)]
pub struct AddTask {
    /// The project.
    pub project: ProjectId,
    /// A new id.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// Whether time on it is billable unless its entry says otherwise.
    pub billable: bool,
}

impl Command for AddTask {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let loaded = load_project(unit, self.project, None).await?;
        let AddTask { project, task, name, billable } = self.clone();
        let command = catalogue::AddTask { project, task, name, billable };
        let events = add_task::decide(&loaded.state, command);
        change_project(unit, loaded, events)?;
        Ok(Reply::created(task))
    }
}

/// Give a task a name and a default.
#[derive(Debug, Clone)]
pub struct ReviseTask {
    /// The project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// Its name from now on.
    pub name: String,
    /// Its default from now on.
    pub billable: bool,
}

impl Command for ReviseTask {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let loaded = load_project(unit, self.project, None).await?;
        let ReviseTask { project, task, name, billable } = self.clone();
        let command = catalogue::ReviseTask { project, task, name, billable };
        let events = revise_task::decide(&loaded.state, command);
        change_project(unit, loaded, events)?;
        Ok(Reply::changed(task))
    }
}

/// Take no new time on a task.
#[derive(Debug, Clone)]
pub struct ArchiveTask {
    /// The project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
}

impl Command for ArchiveTask {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let project = load_project(unit, self.project, None).await?;
        let command = catalogue::ArchiveTask { project: self.project, task: self.task };
        let events = archive_task::decide(&project.state, command);
        change_project(unit, project, events)?;
        Ok(Reply::changed(self.task))
    }
}

/// The project to change, where the caller may.
async fn load_project(
    unit: &mut Unit<'_>,
    project: ProjectId,
    seen: Option<i32>,
) -> Result<Loaded<Project>, CommandError> {
    let loaded = unit.write::<Project>(project_stream(project)).await?;
    let client = loaded.state.client;
    allowed(unit, Action::ChangeProject, &Object::Project { project, client }).await?;
    loaded.check_seen(seen)?;
    Ok(loaded)
}

fn change_project(
    unit: &mut Unit<'_>,
    project: Loaded<Project>,
    decided: Result<Vec<ProjectEvent>, Refusal>,
) -> Result<Reply, CommandError> {
    unit.emit(&project, decided?);
    Ok(Reply::changed(project.stream))
}

#[cfg(test)]
mod tests;
