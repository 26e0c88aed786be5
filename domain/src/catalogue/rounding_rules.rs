//! Rounding rules by client, project or task, dated like rates. The tenant's own rule is in its
//! settings and holds where none of these does; a task's weighs more than its project's, and that
//! more than its client's. Which one holds follows the day of the work.

use serde::{Deserialize, Serialize};

use super::rates::RatedWork;
use super::rounding_rule::{DatedRounding, RoundingRule};
use crate::id::{ClientId, ProjectId, StreamId, TaskId};

/// Whose work a rounding rule is for. The most specific comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleScope {
    /// All work for this client.
    Client(ClientId),
    /// All work on this project.
    Project(ProjectId),
    /// All work of this task.
    Task(TaskId),
}

impl RuleScope {
    /// The stream of the rules of this scope.
    pub fn stream(&self) -> StreamId {
        let (kind, id) = match self {
            RuleScope::Client(id) => ("client", id.0),
            RuleScope::Project(id) => ("project", id.0),
            RuleScope::Task(id) => ("task", id.0),
        };
        StreamId::derived("rounding_rule", &[kind.as_bytes(), id.as_bytes()])
    }

    /// Every scope that covers the work, most specific first: where its rule may stand.
    pub fn candidates(work: &RatedWork) -> [RuleScope; 3] {
        [
            RuleScope::Task(work.task),
            RuleScope::Project(work.project),
            RuleScope::Client(work.client),
        ]
    }
}

/// The rule for the work: of the scopes that cover it, the most specific one's that has a rule on
/// its day. None where the tenant's own holds.
pub fn find_rounding<'a>(
    rules: impl Fn(&RuleScope) -> Option<&'a RoundingRule>,
    work: &RatedWork,
) -> Option<(RuleScope, &'a DatedRounding)> {
    let held = |scope: RuleScope| Some((scope, rules(&scope)?.rule_on(work.day)?));
    RuleScope::candidates(work).into_iter().find_map(held)
}

/// Which rule a rounding came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoundingSource {
    /// The tenant's settings.
    Tenant,
    /// A rule for the client.
    Client,
    /// A rule for the project.
    Project,
    /// A rule for the task.
    Task,
}

impl RoundingSource {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            RoundingSource::Tenant => "tenant",
            RoundingSource::Client => "client",
            RoundingSource::Project => "project",
            RoundingSource::Task => "task",
        }
    }
}

impl From<RuleScope> for RoundingSource {
    fn from(scope: RuleScope) -> Self {
        match scope {
            RuleScope::Client(_) => RoundingSource::Client,
            RuleScope::Project(_) => RoundingSource::Project,
            RuleScope::Task(_) => RoundingSource::Task,
        }
    }
}
