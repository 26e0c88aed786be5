//! What can happen to a member's timer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{EntryId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// A timer runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerStarted {
    /// The entry that it becomes.
    pub entry: EntryId,
    /// Who works.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// Since when, in whole seconds; it may lie before the moment of the event.
    pub start: Timestamp,
    /// The IANA zone that its day is in.
    pub zone: String,
    /// Whether the time may be billed.
    pub billable: bool,
    /// What is done, in the member's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// A running timer has another content: the whole of it from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerChanged {
    /// The entry that it becomes.
    pub entry: EntryId,
    /// Its new version: 2, 3, …
    pub version: u32,
    /// Who works.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// Since when, in whole seconds.
    pub start: Timestamp,
    /// The IANA zone that its day is in.
    pub zone: String,
    /// Whether the time may be billed.
    pub billable: bool,
    /// What is done, in the member's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// A timer was stopped; its entry is recorded in the same commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerStopped {
    /// The entry that it became.
    pub entry: EntryId,
    /// Who worked.
    pub member: MemberId,
    /// The first instant after the work.
    pub end: Timestamp,
}

/// A timer was thrown away: no time follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerDiscarded {
    /// The entry that it does not become.
    pub entry: EntryId,
    /// Whose it was.
    pub member: MemberId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

crate::event_family! {
    /// The events of a timer.
    TimerEvent {
        /// It runs.
        TimerStarted = 1 [note],
        /// It has another content.
        TimerChanged = 1 [note],
        /// It became an entry.
        TimerStopped = 1,
        /// It was thrown away.
        TimerDiscarded = 1 [reason],
    }
}
