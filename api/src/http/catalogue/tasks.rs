//! Tasks over HTTP, below their project.

use commands::catalogue::{AddTask, ArchiveTask, ReviseTask};
use commands::{Command, CommandError, Reply, Unit};
use domain::catalogue::{self, project_stream};
use domain::id::{ProjectId, TaskId};
use projections::catalogue::project::{self, Project};
use projections::catalogue::task::{self, Task, TaskRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::if_seen::IfSeen;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::problem::{FieldError, Problem};

const KIND: &str = "task";

/// A kind of work on a project.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Task")]
pub(crate) struct TaskBody {
    id: Uuid,
    project_id: Uuid,
    name: String,
    /// Whether time on it is billable unless its entry says otherwise.
    billable: bool,
    /// Whether it takes no new time.
    archived: bool,
}

fn shown(row: TaskRow) -> TaskBody {
    TaskBody {
        id: row.task_id.0,
        project_id: row.project_id.0,
        name: row.name,
        billable: row.billable,
        archived: row.archived,
    }
}

/// One task of a project.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct TaskOf {
    id: Uuid,
    task_id: Uuid,
}

/// 404 where there is no such project.
pub(super) async fn must_exist(about: &About, id: ProjectId) -> Result<(), Problem> {
    let found = match about.rows_then::<Project>().await? {
        None => {
            let mut tx = about.tx().await?;
            let found = project::find(&mut tx, id).await?;
            tx.commit().await?;
            found
        }
        Some(mut rows) => rows.take(&id),
    };
    found.map(drop).ok_or_else(Problem::not_found)
}

/// `GET /projects/{id}/tasks`.
pub(crate) async fn list(call: Call<ById, Nothing>) -> Result<Answer<Page<TaskBody>>, Problem> {
    let project = ProjectId(call.path.id);
    must_exist(&call, project).await?;
    let (after, limit) = (call.after()?.map(TaskId), call.look_for());
    let rows = match call.rows_then::<Task>().await? {
        None => {
            let mut tx = call.tx().await?;
            let rows = task::list(&mut tx, Some(project), after, limit).await?;
            tx.commit().await?;
            rows
        }
        Some(rows) => {
            piece(&rows, |row| row.project_id == project, |row| row.task_id, after, limit)
        }
    };
    Ok(call.page(rows, |row| row.task_id.0, shown))
}

/// `GET /projects/{id}/tasks/{task_id}`.
pub(crate) async fn one(call: Call<TaskOf, Nothing>) -> Result<Answer<TaskBody>, Problem> {
    let id = TaskId(call.path.task_id);
    let row = match call.rows_then::<Task>().await? {
        None => {
            let mut tx = call.tx().await?;
            let row = task::find(&mut tx, id).await?;
            tx.commit().await?;
            row
        }
        Some(mut rows) => rows.take(&id),
    };
    let row = row.filter(|row| row.project_id.0 == call.path.id).ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, id.0), row.position);
    Ok(call.read(shown(row)).tagged(tag))
}

/// A kind of work to add.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTaskBody {
    name: String,
    /// Whether time on it is billable unless its entry says otherwise.
    #[serde(default = "yes")]
    billable: bool,
}

fn yes() -> bool {
    true
}

/// `POST /projects/{id}/tasks`.
pub(crate) async fn add(
    call: Call<ById, Nothing, Json<AddTaskBody>>,
) -> Result<Answer<Changed>, Problem> {
    let AddTaskBody { name, billable } = call.body.0.clone();
    let (project, task) = (ProjectId(call.path.id), TaskId(call.new_id()));
    let done = call.send(AddTask { project, task, name, billable }).await?;
    Ok(call.made(done, KIND, &format!("/projects/{project}/tasks")))
}

/// What to change of a task; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeTaskBody {
    name: Option<String>,
    billable: Option<bool>,
    /// True: it takes no new time from now on. An archived task stays archived.
    archived: Option<bool>,
}

/// A change of a task: what is not named is looked up in the stream it's decided on.
struct ChangeTask {
    project: ProjectId,
    task: TaskId,
    body: ChangeTaskBody,
}

impl Command for ChangeTask {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (project, task) = (self.project, self.task);
        if self.body.name.is_some() || self.body.billable.is_some() {
            let state = unit.write::<catalogue::Project>(project_stream(project)).await?.state;
            let held = state.task(task)?;
            let name = self.body.name.clone().unwrap_or_else(|| held.name.clone());
            let billable = self.body.billable.unwrap_or(held.billable);
            ReviseTask { project, task, name, billable }.run(unit).await?;
        }
        if self.body.archived == Some(true) {
            ArchiveTask { project, task }.run(unit).await?;
        }
        Ok(Reply::changed(task))
    }
}

/// `PATCH /projects/{id}/tasks/{task_id}`.
pub(crate) async fn change(
    call: Call<TaskOf, Nothing, Json<ChangeTaskBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (project, task) = (ProjectId(call.path.id), TaskId(call.path.task_id));
    let body = &call.body.0;
    if body.archived == Some(false) {
        let detail = "an archived task stays archived; add a new one instead";
        return Err(Problem::malformed(vec![FieldError::new("/archived", "json.invalid", detail)]));
    }
    if body.name.is_none() && body.billable.is_none() && body.archived.is_none() {
        return Err(nothing_to_change());
    }
    let (object, stream) = ((KIND, task.0), project_stream(project));
    let of_task = |event_type: &str, payload: &Value| {
        event_type.starts_with("Task") && payload["task"] == task.to_string()
    };
    let command = |seen| {
        let change = ChangeTask { project, task, body: body.clone() };
        IfSeen::<catalogue::Project, _>::new(stream, seen, change)
    };
    let done = call.send_if(object, stream, of_task, command).await?;
    Ok(call.changed(done, object))
}
