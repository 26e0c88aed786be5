//! What people did to a job. They name its kind, because the job itself goes once it's old.

use serde::{Deserialize, Serialize};

use crate::id::JobId;

/// Somebody had a job tried again at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRetried {
    /// The job.
    pub job: JobId,
    /// What it does, such as `mail`.
    pub kind: String,
}

/// Somebody called a job off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobCancelled {
    /// The job.
    pub job: JobId,
    /// What it would have done, such as `mail`.
    pub kind: String,
}

crate::event_family! {
    /// The events of what people do to a job.
    JobEvent {
        /// Somebody had it tried again.
        JobRetried = 1,
        /// Somebody called it off.
        JobCancelled = 1,
    }
}
