//! Work that follows from a commit or from the calendar. A job is a row written in the commit that
//! asks for it; the engine runs it until it is done, dead or cancelled, once in effect. Jobs hold
//! references, never texts: what is to be said is looked up when it is done.

mod census;
mod change;
mod daily;
mod engine;
mod patience;
mod retention;
mod sender;
pub mod table;
#[cfg(test)]
mod tests;
mod turns;

use std::borrow::Cow;

use async_trait::async_trait;
use domain::id::TenantId;
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::DoorError;
use uuid::Uuid;

pub use crate::event_log::NewJob;
pub use change::{CancelJob, RetryJob};
pub use daily::daily_job_id;
pub use domain::jobs::{DAILY, JobState};
pub use engine::{JobEngine, JobLimits, is_served};
pub use patience::Patience;
pub use retention::JobRetention;

use crate::event_log::read::ReadError;
use crate::refused::CommandError;
use migrations::keys::KeysError;

/// A job as the attempt that runs it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id; what it does is done under this as idempotency key.
    pub id: Uuid,
    /// What to do.
    pub kind: String,
    /// With what: ids and days.
    pub reference: String,
    /// When it was to be done.
    pub due_at: Timestamp,
    /// 1 for the first attempt; only the last attempt's end counts.
    pub attempt: i32,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// How an attempt ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// There is nothing left to do.
    Done,
}

/// Why an attempt did not end well. The words are kept with the job and shown to admins: codes, ids
/// and reasons of our own, never a text of a person or an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// It may work later: it's tried again after a pause.
    #[error("{0}")]
    Later(Cow<'static, str>),
    /// It will never work: it's dead at once.
    #[error("{0}")]
    Never(Cow<'static, str>),
}

impl WorkError {
    /// It may work later.
    pub fn later(why: impl Into<Cow<'static, str>>) -> Self {
        WorkError::Later(why.into())
    }

    /// It will never work.
    pub fn never(why: impl Into<Cow<'static, str>>) -> Self {
        WorkError::Never(why.into())
    }
}

impl From<CommandError> for WorkError {
    fn from(error: CommandError) -> Self {
        match error {
            // A refusal's words may name what a person wrote; its code does not.
            CommandError::Refused(refused) | CommandError::RefusedBefore(refused) => {
                WorkError::never(format!("refused: {}", refused.code))
            }
            CommandError::NotFound
            | CommandError::Missing(_)
            | CommandError::Forbidden
            | CommandError::KeyReused => WorkError::never(error.to_string()),
            CommandError::Stale
            | CommandError::Conflict
            | CommandError::StillRunning
            | CommandError::Unavailable(_)
            | CommandError::Internal(_) => WorkError::later(error.to_string()),
        }
    }
}

impl From<DoorError> for WorkError {
    fn from(error: DoorError) -> Self {
        WorkError::later(error.to_string())
    }
}

impl From<ReadError> for WorkError {
    fn from(error: ReadError) -> Self {
        WorkError::later(error.to_string())
    }
}

impl From<KeysError> for WorkError {
    fn from(error: KeysError) -> Self {
        WorkError::later(error.to_string())
    }
}

/// What is done for jobs of one kind. An attempt may be cut off anywhere and be repeated: what it
/// writes is sent with `Sender::of_job`, which makes it once in effect.
#[async_trait]
pub trait Work: Send + Sync + 'static {
    /// The kind of jobs it's for.
    fn kind(&self) -> &'static str;

    /// How often and for how long it is tried.
    fn patience(&self) -> Patience {
        Patience::default()
    }

    /// One attempt.
    async fn run(&self, tenant: TenantId, job: &Job) -> Result<Worked, WorkError>;
}

/// What is done once a day for each tenant, of which the platform itself is one. That a day comes
/// late, twice or not at all must not matter to it.
#[async_trait]
pub trait Daily: Send + Sync + 'static {
    /// Its name in logs and in the reason of a job that failed.
    fn name(&self) -> &'static str;

    /// The work of one day of the tenant's calendar. Days come in order; after an outage the missed
    /// ones come one by one.
    async fn run(&self, tenant: TenantId, day: Date) -> Result<(), WorkError>;
}
