//! Time over HTTP: entries, and the weeks they are approved in. Members see their own time;
//! managers, billing and auditors see everybody's.

pub(crate) mod approvers;
pub(crate) mod batch;
pub(crate) mod calendar;
pub(crate) mod changes;
pub(crate) mod copy;
pub(crate) mod corrections;
pub(crate) mod days;
pub(crate) mod entries;
pub(crate) mod favourites;
pub(crate) mod grid;
pub(crate) mod habits;
pub(crate) mod listed;
mod missing;
mod part;
pub(crate) mod periods;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod sheets;
pub(crate) mod since_approval;
pub(crate) mod steps;
pub(crate) mod timer;
pub(crate) mod utilisation;
pub(crate) mod worked;

use clap::ValueEnum;
use domain::time::EntryState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far approval has come, of an entry or of a whole week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StateName {
    /// Nobody asked for approval of this version.
    Open,
    /// Waits for an approver.
    Submitted,
    /// Approved in this version.
    Approved,
    /// Sent back.
    Rejected,
}

/// How far an entry has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EntryStateName {
    /// It's a timer that runs.
    Running,
    /// It's recorded, and this is how far its approval has come.
    #[serde(untagged)]
    Recorded(StateName),
}

impl From<EntryState> for StateName {
    fn from(state: EntryState) -> Self {
        match state {
            EntryState::Open => StateName::Open,
            EntryState::Submitted => StateName::Submitted,
            EntryState::Approved => StateName::Approved,
            EntryState::Rejected => StateName::Rejected,
        }
    }
}

impl From<StateName> for EntryState {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Open => EntryState::Open,
            StateName::Submitted => EntryState::Submitted,
            StateName::Approved => EntryState::Approved,
            StateName::Rejected => EntryState::Rejected,
        }
    }
}
