//! Jobs over HTTP: what is to be done, what was given up and why. Admins have one tried again or
//! call it off, which is an event of the log, so that it can be seen who did; auditors only look.

use commands::jobs::table::{JobRecord, find, list as list_jobs};
use commands::jobs::{CancelJob, JobState, RetryJob};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::{Answer, Changed};
use super::body::OptionalJson;
use super::call::{About, Call};
use super::cursor::Page;
use super::members::{ById, NoBody, Nothing};
use super::problem::Problem;
use super::registry::{Access, Route, get, post};
use super::tag::Meant;

const KIND: &str = "job";

/// How a job is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "JobState")]
pub(crate) enum StateBody {
    /// It's to be done, or done again.
    Waiting,
    /// A worker has it.
    Running,
    /// It's done.
    Done,
    /// It was given up.
    Dead,
    /// It was called off.
    Cancelled,
}

impl From<StateBody> for JobState {
    fn from(state: StateBody) -> Self {
        match state {
            StateBody::Waiting => JobState::Waiting,
            StateBody::Running => JobState::Running,
            StateBody::Done => JobState::Done,
            StateBody::Dead => JobState::Dead,
            StateBody::Cancelled => JobState::Cancelled,
        }
    }
}

impl From<JobState> for StateBody {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Waiting => StateBody::Waiting,
            JobState::Running => StateBody::Running,
            JobState::Done => StateBody::Done,
            JobState::Dead => StateBody::Dead,
            JobState::Cancelled => StateBody::Cancelled,
        }
    }
}

/// A job.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Job")]
pub(crate) struct JobBody {
    id: Uuid,
    /// What it does, such as `mail` or `daily`.
    kind: String,
    /// With what: ids and days.
    reference: String,
    state: StateBody,
    /// When it's tried next, or was to be.
    due_at: Timestamp,
    /// How often it was tried.
    attempts: i32,
    created_at: Timestamp,
    /// When it ended; null while it has not.
    finished_at: Option<Timestamp>,
    /// Why the last attempt failed.
    last_error: Option<String>,
}

/// Which jobs.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// In this state; left out = all.
    state: Option<StateBody>,
}

/// The routes of jobs: who sees them, and who looks after them.
pub(crate) fn routes(read: Access, write: Access) -> Vec<Route> {
    vec![
        get("/jobs", "listJobs", read, "What is to be done, was done or was given up", list)
            .pages(),
        get("/jobs/{id}", "getJob", read, "One job", one),
        post("/jobs/{id}/retry", "retryJob", write, "Have a job tried again now", retry),
        post("/jobs/{id}/cancel", "cancelJob", write, "Call a job off", cancel),
    ]
}

fn shown(record: JobRecord) -> JobBody {
    let JobRecord { job, state, last_error, finished_at, .. } = record;
    JobBody {
        id: job.id,
        kind: job.kind,
        reference: job.reference,
        state: state.into(),
        due_at: job.due_at,
        attempts: job.attempt,
        created_at: job.created_at,
        finished_at,
        last_error,
    }
}

/// Changes whenever a job's state or its attempts do.
fn version(record: &JobRecord) -> i64 {
    let state = JobState::ALL.iter().position(|state| *state == record.state).unwrap_or(0);
    i64::from(record.job.attempt) * JobState::ALL.len() as i64 + state as i64
}

/// `GET /jobs`.
pub(crate) async fn list(call: Call<(), Wanted>) -> Result<Answer<Page<JobBody>>, Problem> {
    let after: Option<(Timestamp, Uuid)> = call.after()?;
    let mut tx = call.tx().await?;
    let state = call.query.state.map(JobState::from);
    let jobs = list_jobs(&mut tx, state, after, call.look_for()).await?;
    tx.commit().await?;
    Ok(call.page(jobs, |record| (record.job.created_at, record.job.id), shown))
}

async fn found(about: &About, id: Uuid) -> Result<JobRecord, Problem> {
    let mut tx = about.tx().await?;
    let found = find(&mut tx, id).await?;
    tx.commit().await?;
    found.ok_or_else(Problem::not_found)
}

/// `GET /jobs/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<JobBody>, Problem> {
    let record = found(&call, call.path.id).await?;
    let tag = call.tag((KIND, record.job.id), version(&record));
    Ok(call.read(shown(record)).tagged(tag))
}

/// Refuses a request that is meant for a job as it no longer is.
async fn check_meant(about: &About, id: Uuid) -> Result<(), Problem> {
    let record = found(about, id).await?;
    match about.meant((KIND, id)) {
        Some(Meant::Any) | None => Ok(()),
        Some(Meant::Seen(seen)) if seen == version(&record) => Ok(()),
        Some(Meant::Seen(_) | Meant::Unknown) => Err(Problem::stale()),
    }
}

/// `POST /jobs/{id}/retry`.
pub(crate) async fn retry(
    call: Call<ById, Nothing, OptionalJson<NoBody>>,
) -> Result<Answer<Changed>, Problem> {
    check_meant(&call, call.path.id).await?;
    let done = call.send(RetryJob { job: call.path.id }).await?;
    Ok(call.done(done))
}

/// `POST /jobs/{id}/cancel`.
pub(crate) async fn cancel(
    call: Call<ById, Nothing, OptionalJson<NoBody>>,
) -> Result<Answer<Changed>, Problem> {
    check_meant(&call, call.path.id).await?;
    let done = call.send(CancelJob { job: call.path.id }).await?;
    Ok(call.done(done))
}
