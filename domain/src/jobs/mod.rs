//! What people do to jobs. A job itself is a row beside the log, since what happens to it a machine
//! does; that somebody had one tried again or called it off is an event of the job's own stream.

pub mod cancel_job;
mod events;
mod refusal;
pub mod retry_job;

use serde::{Deserialize, Serialize};

pub use cancel_job::CancelJob;
pub use events::{JobCancelled, JobEvent, JobRetried};
pub use refusal::Refusal;
pub use retry_job::RetryJob;

use crate::aggregate::aggregate;
use crate::id::{JobId, StreamId};
use crate::members::Authority;

/// The kind of a tenant's job of the day, which goes on by itself.
pub const DAILY: &str = "daily";

/// The stream of what people do to a job.
pub fn job_stream(job: JobId) -> StreamId {
    StreamId(job.0)
}

/// How a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It's to be done, or done again.
    Waiting,
    /// A worker has it.
    Running,
    /// It's done.
    Done,
    /// It was given up; only a person can have it tried again.
    Dead,
    /// A person called it off.
    Cancelled,
}

impl JobState {
    /// Every state.
    pub const ALL: [JobState; 5] =
        [JobState::Waiting, JobState::Running, JobState::Done, JobState::Dead, JobState::Cancelled];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Done => "done",
            JobState::Dead => "dead",
            JobState::Cancelled => "cancelled",
        }
    }

    /// The state with this name.
    pub fn parse(name: &str) -> Option<Self> {
        JobState::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A job as its row has it when a person does something to it; the append checks that it's still
/// so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundJob {
    /// Which one.
    pub job: JobId,
    /// What it does.
    pub kind: String,
    /// How it is.
    pub state: JobState,
}

impl FoundJob {
    /// Refuses what concerns the job of the day, or somebody without the right.
    fn check(&self, by: &Authority) -> Result<(), Refusal> {
        if !by.includes(crate::members::Role::Admin) {
            return Err(Refusal::NotAllowed);
        }
        if self.kind == DAILY { Err(Refusal::Daily) } else { Ok(()) }
    }
}

/// What people did to a job so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobHistory {
    /// How often somebody had it tried again.
    pub retries: u32,
    /// Whether somebody called it off.
    pub cancelled: bool,
}

/// What people can do to jobs, each with in whose right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobCommand {
    /// See [`retry_job`].
    Retry(Authority, RetryJob),
    /// See [`cancel_job`].
    Cancel(Authority, CancelJob),
}

aggregate!(JobHistory, "job", JobCommand, JobEvent, Refusal);

impl JobHistory {
    /// What follows from a command.
    pub fn decide(&self, command: JobCommand) -> Result<Vec<JobEvent>, Refusal> {
        match command {
            JobCommand::Retry(by, command) => retry_job::decide(&by, command),
            JobCommand::Cancel(by, command) => cancel_job::decide(&by, command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &JobEvent) {
        match event {
            JobEvent::JobRetried(_) => self.retries += 1,
            JobEvent::JobCancelled(_) => self.cancelled = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_stream_tells_how_often_a_job_was_tried_again_and_that_it_was_called_off() {
        let found = |state| FoundJob { job: JobId(Uuid::nil()), kind: "mail".into(), state };
        let by = Authority::Operator;
        let mut history = JobHistory::default();
        for command in [
            JobCommand::Retry(by.clone(), RetryJob(found(JobState::Dead))),
            JobCommand::Retry(by.clone(), RetryJob(found(JobState::Waiting))),
            JobCommand::Cancel(by, CancelJob(found(JobState::Dead))),
        ] {
            let events = history.decide(command).unwrap();
            events.iter().for_each(|event| history.evolve(event));
        }
        assert_eq!(history, JobHistory { retries: 2, cancelled: true });
    }

    #[test]
    fn every_state_is_found_by_its_name() {
        for state in JobState::ALL {
            assert_eq!(JobState::parse(state.as_str()), Some(state));
        }
        assert_eq!(JobState::parse("lost"), None);
    }
}
