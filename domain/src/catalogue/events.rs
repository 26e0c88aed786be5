//! What can happen to clients, to projects with their tasks, to rate cards and rounding rules.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rates::{Rate, RateKind, RateScope};
use super::rounding_rules::RuleScope;
use crate::id::{ClientId, MemberId, ProjectId, TaskId};
use crate::personal::{Personal, Unique};
use crate::time::Rounding;

/// A client was taken on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientAdded {
    /// The client.
    pub client: ClientId,
    /// Its name; a client may be a natural person. One client per name.
    pub name: Personal<Unique>,
    /// The ISO 4217 code it's billed in, where it's not the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A client is called otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientRenamed {
    /// The client.
    pub client: ClientId,
    /// The new name.
    pub name: Personal<Unique>,
}

/// A client is billed in another currency from the next draft on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCurrencyChanged {
    /// The client.
    pub client: ClientId,
    /// The ISO 4217 code; none = the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// No new projects for this client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientArchived {
    /// The client.
    pub client: ClientId,
}

/// A client is served again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRestored {
    /// The client.
    pub client: ClientId,
}

/// A project began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectAdded {
    /// The project.
    pub project: ProjectId,
    /// For whom.
    pub client: ClientId,
    /// Its name; one project per name and client.
    pub name: String,
}

/// A project is called otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRenamed {
    /// The project.
    pub project: ProjectId,
    /// Its client, which the name is unique within.
    pub client: ClientId,
    /// The new name.
    pub name: String,
}

/// No new time on this project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectArchived {
    /// The project.
    pub project: ProjectId,
}

/// A project takes time again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRestored {
    /// The project.
    pub project: ProjectId,
}

/// A member may record time on the project. A project without linked members is open to all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectMemberLinked {
    /// The project.
    pub project: ProjectId,
    /// The member.
    pub member: MemberId,
}

/// A member may no longer record time on the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectMemberUnlinked {
    /// The project.
    pub project: ProjectId,
    /// The member.
    pub member: MemberId,
}

/// A kind of work was added to a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskAdded {
    /// The project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// Its name; one task per name and project.
    pub name: String,
    /// Whether time on it is billable unless its entry says otherwise.
    pub billable: bool,
}

/// A task has another name or default; recorded time keeps what it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRevised {
    /// The project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// Its name from now on.
    pub name: String,
    /// Its default from now on.
    pub billable: bool,
}

/// No new time on this task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskArchived {
    /// The project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
}

/// A rate holds from a day on (or always). When it became known is where it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateSet {
    /// What it's for: the more it names, the more specific it is.
    pub scope: RateScope,
    /// What is charged, or what the work costs the firm.
    pub kind: RateKind,
    /// The first day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The rate.
    pub rate: Rate,
}

/// The rate that was set to hold from that day is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateCleared {
    /// What it was for.
    pub scope: RateScope,
    /// Charge or cost.
    pub kind: RateKind,
    /// The day of the rate taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

/// A rounding rule holds for some work from a day on (or always). When it became known is where it
/// stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundingRuleSet {
    /// Whose work it's for.
    pub scope: RuleScope,
    /// The first day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The rule.
    pub rule: Rounding,
}

/// The rounding rule that was set to hold from that day is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundingRuleCleared {
    /// Whose work it was for.
    pub scope: RuleScope,
    /// The day of the rule taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

crate::event_family! {
    /// The events of a client's stream.
    ClientEvent {
        /// Taken on.
        ClientAdded = 1 [name],
        /// Another name.
        ClientRenamed = 1 [name],
        /// Another currency.
        ClientCurrencyChanged = 1,
        /// No new projects.
        ClientArchived = 1,
        /// Served again.
        ClientRestored = 1,
    }
}

crate::event_family! {
    /// The events of a project's stream, its tasks and members with it.
    ProjectEvent {
        /// Began.
        ProjectAdded = 1,
        /// Another name.
        ProjectRenamed = 1,
        /// No new time.
        ProjectArchived = 1,
        /// Takes time again.
        ProjectRestored = 1,
        /// A member may record time.
        ProjectMemberLinked = 1,
        /// A member may no longer.
        ProjectMemberUnlinked = 1,
        /// A kind of work.
        TaskAdded = 1,
        /// Another name or default.
        TaskRevised = 1,
        /// No new time on it.
        TaskArchived = 1,
    }
}

crate::event_family! {
    /// The events of a rate card: all rates of one scope.
    RateCardEvent {
        /// A rate from a day on.
        RateSet = 1,
        /// A rate taken back.
        RateCleared = 1,
    }
}

crate::event_family! {
    /// The events of the rounding rules of one scope.
    RoundingRuleEvent {
        /// A rule from a day on.
        RoundingRuleSet = 1,
        /// A rule taken back.
        RoundingRuleCleared = 1,
    }
}
