//! Fixed values that the tests of this slice share.

use uuid::Uuid;

use super::{
    AddProject, Client, ClientAdded, ClientEvent, Project, ProjectAdded, ProjectEvent, TaskAdded,
};
use crate::id::{ClientId, MemberId, ProjectId, SubjectId, TaskId};
use crate::members::Member;
use crate::name::normalised_name;
use crate::personal::{Personal, PurposeClass, Unique};

pub(crate) const CLIENT: ClientId = ClientId(Uuid::from_u128(1));
pub(crate) const PROJECT: ProjectId = ProjectId(Uuid::from_u128(2));
pub(crate) const TASK: TaskId = TaskId(Uuid::from_u128(3));
pub(crate) const OTHER_TASK: TaskId = TaskId(Uuid::from_u128(4));
pub(crate) const MEMBER: MemberId = MemberId(Uuid::from_u128(5));

/// A text with a stand-in for the digest that the write side makes of its normalised form.
pub(crate) fn unique(text: &str) -> Unique {
    Unique { text: text.into(), digest: format!("digest of {}", normalised_name(text)) }
}

pub(crate) fn client_added() -> ClientEvent {
    let subject = SubjectId(CLIENT.0);
    let name = Personal::new(subject, PurposeClass::Identity, unique("Umbrella"));
    ClientAdded { client: CLIENT, name, currency: None }.into()
}

/// The client Umbrella, billed in the tenant's currency.
pub(crate) fn client() -> Client {
    let mut client = Client::default();
    client.evolve(&client_added());
    client
}

pub(crate) fn add_project(name: &str) -> AddProject {
    AddProject { project: PROJECT, client: CLIENT, name: name.into() }
}

/// Umbrella's project Website begins with a billable task Design and a task Travel that is not.
pub(crate) fn project_events() -> Vec<ProjectEvent> {
    let task = |task, name: &str, billable| {
        TaskAdded { project: PROJECT, task, name: name.into(), billable }.into()
    };
    vec![
        ProjectAdded { project: PROJECT, client: CLIENT, name: "Website".into() }.into(),
        task(TASK, "Design", true),
        task(OTHER_TASK, "Travel", false),
    ]
}

pub(crate) fn project() -> Project {
    let mut project = Project::default();
    project_events().iter().for_each(|event| project.evolve(event));
    project
}

pub(crate) fn member() -> Member {
    Member { id: Some(MEMBER), active: true, ..Member::default() }
}
