//! Estimates over HTTP: how long a project or a task takes in all, and how that moved.

use commands::Done;
use commands::budgets::Estimate;
use domain::budgets::budget_stream;
use domain::id::{ProjectId, StreamId, TaskId};
use jiff::Timestamp;
use projections::budgets::estimate::{self, EstimateRow, current};
use projections::catalogue::task::{self, Task};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::seen::seen;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;
use crate::http::tag::Object;

const KIND: &str = "estimate";

/// A task of a project.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct TaskOf {
    id: Uuid,
    task_id: Uuid,
}

/// A version of an estimate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct EstimateVersion {
    /// How long the work takes in all; null where the estimate was taken back.
    seconds: Option<i64>,
    /// Since when.
    at: Timestamp,
    /// The event that said so.
    position: i64,
}

/// How long a project or a task takes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Estimate")]
pub(crate) struct EstimateBody {
    project_id: Uuid,
    /// Null = the whole project.
    task_id: Option<Uuid>,
    /// In all; null where nobody says.
    seconds: Option<i64>,
    /// What was said, newest first.
    history: Vec<EstimateVersion>,
}

/// What stands for an estimate where an id is wanted.
fn object(project: ProjectId, task: Option<TaskId>) -> Object<'static> {
    let task = task.map_or_else(Vec::new, |task| task.0.as_bytes().to_vec());
    (KIND, StreamId::derived(KIND, &[project.0.as_bytes(), &task]).0)
}

/// Every version of every estimate of a project, oldest first.
pub(super) async fn versions(
    about: &About,
    project: ProjectId,
) -> Result<Vec<EstimateRow>, Problem> {
    if let Some(rows) = about.rows_then::<estimate::Estimate>().await? {
        let mut rows: Vec<_> =
            rows.iter().filter(|row| row.project_id == project).cloned().collect();
        rows.sort_by_key(|row| row.position);
        return Ok(rows);
    }
    let mut tx = about.tx().await?;
    let rows = estimate::of_project(&mut tx, project).await?;
    tx.commit().await?;
    Ok(rows)
}

async fn read(
    about: &About,
    project: ProjectId,
    task: Option<TaskId>,
) -> Result<Answer<EstimateBody>, Problem> {
    seen(about, project).await?;
    if let Some(task) = task {
        must_have(about, project, task).await?;
    }
    let mut versions = versions(about, project).await?;
    let seconds = current(&versions, task);
    versions.retain(|version| version.task_id == task);
    let tag = about.tag(object(project, task), versions.last().map_or(0, |last| last.position));
    let version = |row: EstimateRow| EstimateVersion {
        seconds: row.seconds,
        at: row.set_at,
        position: row.position,
    };
    let body = EstimateBody {
        project_id: project.0,
        task_id: task.map(Uuid::from),
        seconds,
        history: versions.into_iter().rev().map(version).collect(),
    };
    Ok(about.read(body).tagged(tag))
}

/// 404 where the project has no such task.
async fn must_have(about: &About, project: ProjectId, task: TaskId) -> Result<(), Problem> {
    let found = match about.rows_then::<Task>().await? {
        Some(mut rows) => rows.take(&task),
        None => {
            let mut tx = about.tx().await?;
            let found = task::find(&mut tx, task).await?;
            tx.commit().await?;
            found
        }
    };
    found.filter(|row| row.project_id == project).map(drop).ok_or_else(Problem::not_found)
}

/// `GET /projects/{id}/estimate`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<EstimateBody>, Problem> {
    read(&call, ProjectId(call.path.id), None).await
}

/// `GET /projects/{id}/tasks/{task_id}/estimate`.
pub(crate) async fn of_task(call: Call<TaskOf, Nothing>) -> Result<Answer<EstimateBody>, Problem> {
    read(&call, ProjectId(call.path.id), Some(TaskId(call.path.task_id))).await
}

/// How long the work takes in all.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutEstimateBody {
    /// 1 to 3600000000.
    seconds: i64,
}

/// Says how long the work takes, or with none that nobody knows, if the estimate is as the caller
/// saw it.
async fn send(
    about: &About,
    project: ProjectId,
    task: Option<TaskId>,
    seconds: Option<i64>,
) -> Result<Done, Problem> {
    let of_this = |event_type: &str, payload: &Value| {
        let of = payload.get("task").and_then(Value::as_str).map(str::to_owned);
        event_type.starts_with("Estimate") && of == task.map(|task| task.to_string())
    };
    let command = |expected_version| Estimate { project, task, seconds, expected_version };
    about.send_if(object(project, task), budget_stream(project), of_this, command).await
}

/// `PUT /projects/{id}/estimate`.
pub(crate) async fn put(
    call: Call<ById, Nothing, Json<PutEstimateBody>>,
) -> Result<Answer<Changed>, Problem> {
    let project = ProjectId(call.path.id);
    let done = send(&call, project, None, Some(call.body.0.seconds)).await?;
    Ok(call.changed(done, object(project, None)))
}

/// `PUT /projects/{id}/tasks/{task_id}/estimate`.
pub(crate) async fn put_of_task(
    call: Call<TaskOf, Nothing, Json<PutEstimateBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (project, task) = (ProjectId(call.path.id), Some(TaskId(call.path.task_id)));
    let done = send(&call, project, task, Some(call.body.0.seconds)).await?;
    Ok(call.changed(done, object(project, task)))
}

/// `DELETE /projects/{id}/estimate`.
pub(crate) async fn clear(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let project = ProjectId(call.path.id);
    Ok(call.changed(send(&call, project, None, None).await?, object(project, None)))
}

/// `DELETE /projects/{id}/tasks/{task_id}/estimate`.
pub(crate) async fn clear_of_task(call: Call<TaskOf, Nothing>) -> Result<Answer<Changed>, Problem> {
    let (project, task) = (ProjectId(call.path.id), Some(TaskId(call.path.task_id)));
    Ok(call.changed(send(&call, project, task, None).await?, object(project, task)))
}
