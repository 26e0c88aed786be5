//! What people do to jobs: have one tried again, or call it off. The row is changed in the commit
//! that writes the event, and only if it's still as it was when that was decided.

use domain::id::JobId;
use domain::jobs::{
    self, FoundJob, JobEvent, JobHistory, JobState, Refusal, cancel_job, job_stream, retry_job,
};
use domain::members::Authority;
use uuid::Uuid;

use super::table::{self, JobRecord};
use crate::event_log::JobChange;
use crate::handle::Command;
use crate::members::authority;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Have a job tried again now, with its attempts so far forgiven.
#[derive(Debug, Clone, Copy)]
pub struct RetryJob {
    /// The job.
    pub job: Uuid,
}

impl Command for RetryJob {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let decide = |by: &Authority, found| retry_job::decide(by, jobs::RetryJob(found));
        change(unit, self.job, JobState::Waiting, decide).await
    }
}

/// Call a job off.
#[derive(Debug, Clone, Copy)]
pub struct CancelJob {
    /// The job.
    pub job: Uuid,
}

impl Command for CancelJob {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let decide = |by: &Authority, found| cancel_job::decide(by, jobs::CancelJob(found));
        change(unit, self.job, JobState::Cancelled, decide).await
    }
}

async fn change(
    unit: &mut Unit<'_>,
    id: Uuid,
    to: JobState,
    decide: impl FnOnce(&Authority, FoundJob) -> Result<Vec<JobEvent>, Refusal> + Send,
) -> Result<Reply, CommandError> {
    let history = unit.write::<JobHistory>(job_stream(JobId(id))).await?;
    let by = authority(unit).await?;
    let record = table::find(unit.tx().await?, id).await?.ok_or(CommandError::NotFound)?;
    let JobRecord { job, state, .. } = record;
    let found = FoundJob { job: JobId(id), kind: job.kind, state };
    let events = decide(&by, found)?;
    if !events.is_empty() {
        unit.change_job(JobChange { id, from: state, attempts: job.attempt, to });
    }
    unit.emit(&history, events);
    Ok(Reply::changed(id))
}
