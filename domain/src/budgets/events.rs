//! What can happen to the budgets and estimates of a project.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Budget, BudgetAmount, BudgetPeriod};
use crate::id::{BudgetId, ProjectId, TaskId};

/// A budget has these terms from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetSet {
    /// The project.
    pub project: ProjectId,
    /// The budget.
    pub budget: BudgetId,
    /// Its terms.
    pub terms: Budget,
}

/// A budget is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetCleared {
    /// The project.
    pub project: ProjectId,
    /// The budget.
    pub budget: BudgetId,
}

/// The work is expected to take so long, in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimateSet {
    /// The project.
    pub project: ProjectId,
    /// The task; none = the whole project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// How long.
    pub seconds: i64,
}

/// Nobody says how long the work takes any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimateCleared {
    /// The project.
    pub project: ProjectId,
    /// The task; none = the whole project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}

/// A percentage of a budget was passed, and it was told to those who look after the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetAlertRaised {
    /// The project.
    pub project: ProjectId,
    /// The budget.
    pub budget: BudgetId,
    /// The percentage.
    pub threshold: u32,
    /// Of all of it, or of which month.
    pub period: BudgetPeriod,
    /// What it held then.
    pub amount: BudgetAmount,
    /// What was spent then: seconds, or minor units of its currency.
    pub spent: i64,
    /// When that was measured.
    pub at: Timestamp,
}

crate::event_family! {
    /// The events of the budgets of a project.
    BudgetEvent {
        /// Terms of a budget.
        BudgetSet = 1,
        /// No budget any more.
        BudgetCleared = 1,
        /// How long it takes.
        EstimateSet = 1,
        /// Nobody says how long.
        EstimateCleared = 1,
        /// A percentage was passed.
        BudgetAlertRaised = 1,
    }
}
