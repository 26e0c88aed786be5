//! On what was worked: clients by name, projects by name within their client, tasks by name within
//! their project. What is missing is decided here as it will be made, on the states it will meet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::catalogue::{
    self, Client, Project, add_client, add_project, add_task, client_stream, project_stream,
};
use domain::id::{ClientId, ProjectId, StreamId, TaskId};
use domain::log::{ClaimKey, project_name_claim};
use domain::members::{Action, Object};
use domain::name::normalised_name;
use uuid::Uuid;

use crate::catalogue::{AddClient, client_name_claim};
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// The client of rows that name none.
pub(super) const NO_CLIENT: &str = "No client";
/// The task of rows that name none.
pub(super) const GENERAL: &str = "General";

/// Where a row's time goes, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub client: String,
    pub project: String,
    pub task: String,
}

struct FoundClient {
    id: ClientId,
    state: Arc<Client>,
    new: Option<AddClient>,
}

struct FoundProject {
    id: ProjectId,
    client: ClientId,
    state: Arc<Project>,
    /// Its name, where it's about to be made.
    new: Option<String>,
    new_tasks: BTreeSet<TaskId>,
}

type ProjectKey = (String, String);

/// The places of a file. A reason stands for what can't be there.
#[derive(Default)]
pub(super) struct Places {
    clients: BTreeMap<String, Result<FoundClient, String>>,
    projects: BTreeMap<ProjectKey, Result<FoundProject, String>>,
}

/// Project names count as one as their claim has it.
fn project_key(place: &Place) -> ProjectKey {
    (normalised_name(&place.client), place.project.trim().to_lowercase())
}

impl Places {
    /// Finds these places; `billable` is the default of a task that is about to be made.
    pub(super) async fn find(
        unit: &mut Unit<'_>,
        places: &BTreeMap<Place, bool>,
    ) -> Result<Self, CommandError> {
        let mut found = Places::default();
        found.find_clients(unit, places).await?;
        found.find_projects(unit, places).await?;
        for (place, billable) in places {
            found.add_task(unit, place, *billable);
        }
        Ok(found)
    }

    async fn find_clients(
        &mut self,
        unit: &mut Unit<'_>,
        places: &BTreeMap<Place, bool>,
    ) -> Result<(), CommandError> {
        let names: BTreeMap<String, &str> =
            places.keys().map(|place| (normalised_name(&place.client), &*place.client)).collect();
        let claims: BTreeMap<ClaimKey, &String> =
            names.keys().map(|key| (client_name_claim(unit, key), key)).collect();
        let keys: Vec<ClaimKey> = claims.keys().cloned().collect();
        let held = unit.held_many(&keys).await?;
        let streams: Vec<StreamId> = held.iter().map(|(_, held)| held.holder).collect();
        for ((claim, _), loaded) in held.iter().zip(unit.peek_many::<Client>(&streams).await?) {
            let (id, state) = (ClientId(loaded.stream.0), loaded.state);
            self.clients.insert(claims[claim].clone(), Ok(FoundClient { id, state, new: None }));
        }
        for (key, name) in names {
            self.clients.entry(key).or_insert_with(|| new_client(unit, name));
        }
        Ok(())
    }

    async fn find_projects(
        &mut self,
        unit: &mut Unit<'_>,
        places: &BTreeMap<Place, bool>,
    ) -> Result<(), CommandError> {
        let mut claims: BTreeMap<ClaimKey, ProjectKey> = BTreeMap::new();
        for place in places.keys() {
            if let Some(Ok(FoundClient { id, new: None, .. })) =
                self.clients.get(&normalised_name(&place.client))
            {
                claims.insert(project_name_claim(*id, &place.project), project_key(place));
            }
        }
        let keys: Vec<ClaimKey> = claims.keys().cloned().collect();
        let held = unit.held_many(&keys).await?;
        let streams: Vec<StreamId> = held.iter().map(|(_, held)| held.holder).collect();
        for ((claim, _), loaded) in held.iter().zip(unit.peek_many::<Project>(&streams).await?) {
            let (id, state) = (ProjectId(loaded.stream.0), loaded.state);
            let client = state.client.expect("what holds a project's name is a project");
            let new_tasks = BTreeSet::new();
            let project = FoundProject { id, client, state, new: None, new_tasks };
            self.projects.insert(claims[claim].clone(), Ok(project));
        }
        for place in places.keys() {
            let clients = &self.clients;
            self.projects
                .entry(project_key(place))
                .or_insert_with(|| new_project(unit, clients, place));
        }
        Ok(())
    }

    fn add_task(&mut self, unit: &Unit<'_>, place: &Place, billable: bool) {
        let Some(Ok(project)) = self.projects.get_mut(&project_key(place)) else { return };
        if task_named(&project.state, &place.task).is_some() {
            return;
        }
        let task = TaskId(unit.new_id());
        let name = place.task.clone();
        let command = catalogue::AddTask { project: project.id, task, name, billable };
        // A refusal is found again when a row asks for the task.
        if let Ok(events) = add_task::decide(&project.state, command) {
            let state = Arc::make_mut(&mut project.state);
            events.iter().for_each(|event| state.evolve(event));
            project.new_tasks.insert(task);
        }
    }

    /// The project and the task of a place, or why its rows are skipped.
    pub(super) fn at(&self, place: &Place) -> Result<(ProjectId, TaskId), String> {
        let project = match self.projects.get(&project_key(place)) {
            Some(Ok(project)) => project,
            Some(Err(reason)) => return Err(reason.clone()),
            None => return Err("the project was not looked for".to_owned()),
        };
        if let Some(task) = task_named(&project.state, &place.task) {
            return Ok((project.id, task));
        }
        let (task, name) = (TaskId(Uuid::nil()), place.task.clone());
        let command = catalogue::AddTask { project: project.id, task, name, billable: true };
        match add_task::decide(&project.state, command) {
            Err(refusal) => Err(refusal.to_string()),
            Ok(_) => Err("the task was not looked for".to_owned()),
        }
    }

    /// The projects as they will be, by id.
    pub(super) fn states(&self) -> BTreeMap<ProjectId, Arc<Project>> {
        let found = self.projects.values().filter_map(|project| project.as_ref().ok());
        found.map(|project| (project.id, project.state.clone())).collect()
    }

    /// Makes nothing that is not among these.
    pub(super) fn keep_needed(&mut self, used: &BTreeSet<Uuid>) {
        let mut clients = BTreeSet::new();
        for project in self.projects.values_mut().filter_map(|project| project.as_mut().ok()) {
            project.new_tasks.retain(|task| used.contains(&task.0));
            if used.contains(&project.id.0) {
                clients.insert(project.client);
            } else {
                project.new = None;
            }
        }
        for client in self.clients.values_mut().filter_map(|client| client.as_mut().ok()) {
            if !clients.contains(&client.id) {
                client.new = None;
            }
        }
    }

    /// The clients to make.
    pub(super) fn new_clients(&self) -> Vec<AddClient> {
        let found = self.clients.values().filter_map(|client| client.as_ref().ok());
        found.filter_map(|client| client.new.clone()).collect()
    }

    /// The projects and tasks to make.
    pub(super) fn new_work(&self) -> Vec<OpenProject> {
        let found = self.projects.values().filter_map(|project| project.as_ref().ok());
        let missing =
            found.filter(|project| project.new.is_some() || !project.new_tasks.is_empty());
        let open = |project: &FoundProject| OpenProject {
            project: project.id,
            client: project.client,
            new: project.new.clone(),
            tasks: project
                .new_tasks
                .iter()
                .map(|id| (*id, project.state.tasks[id].clone()))
                .collect(),
        };
        missing.map(open).collect()
    }
}

/// The task of that name which takes time.
fn task_named(project: &Project, name: &str) -> Option<TaskId> {
    let name = normalised_name(name);
    let named = |task: &catalogue::Task| !task.archived && normalised_name(&task.name) == name;
    project.tasks.iter().find(|(_, task)| named(task)).map(|(id, _)| *id)
}

fn new_client(unit: &Unit<'_>, name: &str) -> Result<FoundClient, String> {
    let id = ClientId(unit.new_id());
    let new = AddClient { client: id, name: name.to_owned(), currency: None };
    let name = unit.unique("client_name", name, &normalised_name(name));
    let command = catalogue::AddClient { client: id, name, currency: None };
    let events = add_client::decide(&Client::default(), command);
    let mut state = Client::default();
    events.map_err(|refusal| refusal.to_string())?.iter().for_each(|event| state.evolve(event));
    Ok(FoundClient { id, state: Arc::new(state), new: Some(new) })
}

fn new_project(
    unit: &Unit<'_>,
    clients: &BTreeMap<String, Result<FoundClient, String>>,
    place: &Place,
) -> Result<FoundProject, String> {
    let client = match clients.get(&normalised_name(&place.client)) {
        Some(Ok(client)) => client,
        Some(Err(reason)) => return Err(reason.clone()),
        None => return Err("the client was not looked for".to_owned()),
    };
    let (id, name) = (ProjectId(unit.new_id()), place.project.clone());
    let command = catalogue::AddProject { project: id, client: client.id, name: name.clone() };
    let events = add_project::decide(&Project::default(), &client.state, command);
    let mut state = Project::default();
    events.map_err(|refusal| refusal.to_string())?.iter().for_each(|event| state.evolve(event));
    let (state, new_tasks) = (Arc::new(state), BTreeSet::new());
    Ok(FoundProject { id, client: client.id, state, new: Some(name), new_tasks })
}

/// Make a project, where it's not there, and tasks of it, all in one commit.
pub(super) struct OpenProject {
    project: ProjectId,
    client: ClientId,
    new: Option<String>,
    tasks: Vec<(TaskId, catalogue::Task)>,
}

impl OpenProject {
    /// Whether the project itself is to be made.
    pub(super) fn is_new(&self) -> bool {
        self.new.is_some()
    }

    /// How many tasks are to be made.
    pub(super) fn tasks(&self) -> usize {
        self.tasks.len()
    }
}

impl Command for OpenProject {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let loaded = unit.write::<Project>(project_stream(self.project)).await?;
        allowed(unit, Action::Import, &Object::Firm).await?;
        let (mut state, mut events) = ((*loaded.state).clone(), Vec::new());
        if let Some(name) = &self.new {
            let client = unit.read::<Client>(client_stream(self.client)).await?;
            let OpenProject { project, client: of, .. } = *self;
            let command = catalogue::AddProject { project, client: of, name: name.clone() };
            events = add_project::decide(&state, &client.state, command)?;
            unit.check_claim(&project_name_claim(of, name), loaded.stream).await?;
            events.iter().for_each(|event| state.evolve(event));
        }
        for (task, catalogue::Task { name, billable, .. }) in &self.tasks {
            let (project, name, billable) = (self.project, name.clone(), *billable);
            let command = catalogue::AddTask { project, task: *task, name, billable };
            let added = add_task::decide(&state, command)?;
            added.iter().for_each(|event| state.evolve(event));
            events.extend(added);
        }
        unit.emit(&loaded, events);
        Ok(Reply::created(self.project))
    }
}
