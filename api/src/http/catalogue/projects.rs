//! Projects over HTTP. Tasks and linked members are events of the same stream, but objects of their
//! own: a new task does not make a project's tag stale.

use commands::catalogue::{AddProject, ArchiveProject, RenameProject, RestoreProject};
use commands::{Command, CommandError, Reply, Unit};
use domain::catalogue::project_stream;
use domain::id::{ClientId, ProjectId};
use projections::catalogue::project::{self, Project, ProjectRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{Call, piece};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::problem::Problem;

const KIND: &str = "project";

/// Work for one client.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Project")]
pub(crate) struct ProjectBody {
    id: Uuid,
    client_id: Uuid,
    name: String,
    /// Whether it takes no new time.
    archived: bool,
}

fn shown(row: ProjectRow) -> ProjectBody {
    ProjectBody {
        id: row.project_id.0,
        client_id: row.client_id.0,
        name: row.name,
        archived: row.archived,
    }
}

/// Which projects.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Of this client.
    client_id: Option<Uuid>,
}

/// `GET /projects`.
pub(crate) async fn list(call: Call<(), Wanted>) -> Result<Answer<Page<ProjectBody>>, Problem> {
    let client = call.query.client_id.map(ClientId);
    let (after, limit) = (call.after()?.map(ProjectId), call.look_for());
    let rows = match call.rows_then::<Project>().await? {
        None => {
            let mut tx = call.tx().await?;
            let rows = project::list(&mut tx, client, after, limit).await?;
            tx.commit().await?;
            rows
        }
        Some(rows) => {
            let wanted = |row: &ProjectRow| client.is_none_or(|client| row.client_id == client);
            piece(&rows, wanted, |row| row.project_id, after, limit)
        }
    };
    Ok(call.page(rows, |row| row.project_id.0, shown))
}

/// `GET /projects/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<ProjectBody>, Problem> {
    let id = ProjectId(call.path.id);
    let row = match call.rows_then::<Project>().await? {
        None => {
            let mut tx = call.tx().await?;
            let row = project::find(&mut tx, id).await?;
            tx.commit().await?;
            row
        }
        Some(mut rows) => rows.take(&id),
    };
    let row = row.ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, id.0), row.position);
    Ok(call.read(shown(row)).tagged(tag))
}

/// A project to begin.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddProjectBody {
    /// For whom.
    client_id: Uuid,
    name: String,
}

/// `POST /projects`.
pub(crate) async fn add(
    call: Call<(), Nothing, Json<AddProjectBody>>,
) -> Result<Answer<Changed>, Problem> {
    let AddProjectBody { client_id, name } = call.body.0.clone();
    let project = ProjectId(call.new_id());
    let done = call.send(AddProject { project, client: ClientId(client_id), name }).await?;
    Ok(call.made(done, KIND, "/projects"))
}

/// What to change of a project; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeProjectBody {
    name: Option<String>,
    /// Whether it takes no new time.
    archived: Option<bool>,
}

/// Several changes of a project in one commit.
struct ChangeProject {
    project: ProjectId,
    body: ChangeProjectBody,
    expected_version: Option<i32>,
}

impl Command for ChangeProject {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (project, expected_version) = (self.project, self.expected_version);
        if let Some(name) = self.body.name.clone() {
            RenameProject { project, name, expected_version }.run(unit).await?;
        }
        match self.body.archived {
            None => {}
            Some(true) => drop(ArchiveProject { project, expected_version }.run(unit).await?),
            Some(false) => drop(RestoreProject { project, expected_version }.run(unit).await?),
        }
        Ok(Reply::changed(project))
    }
}

/// Whether an event of a project's stream is of the project itself, by its stored type.
fn is_of_project(event_type: &str, _: &Value) -> bool {
    event_type.starts_with("Project") && !event_type.starts_with("ProjectMember")
}

/// `PATCH /projects/{id}`.
pub(crate) async fn change(
    call: Call<ById, Nothing, Json<ChangeProjectBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (project, body) = (ProjectId(call.path.id), &call.body.0);
    if body.name.is_none() && body.archived.is_none() {
        return Err(nothing_to_change());
    }
    let object = (KIND, project.0);
    let command =
        |expected_version| ChangeProject { project, body: body.clone(), expected_version };
    let done = call.send_if(object, project_stream(project), is_of_project, command).await?;
    Ok(call.changed(done, object))
}
