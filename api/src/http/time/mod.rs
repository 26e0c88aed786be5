//! Time over HTTP: entries, and the weeks they are approved in. Members see their own time;
//! managers, billing and auditors see everybody's.

mod approvers;
pub(crate) mod batch;
pub(crate) mod changes;
pub(crate) mod entries;
mod missing;
mod part;
pub(crate) mod record;
pub(crate) mod sheets;
pub(crate) mod steps;
pub(crate) mod worked;

use domain::time::EntryState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far approval has come, of an entry or of a whole week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
