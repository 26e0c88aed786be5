//! Budgets and estimates of projects and tasks, and the alerts that a budget raises. What was spent
//! is no part of this: it's measured by whoever asks, and only comes in as a number.

mod budget;
pub mod change_budget;
pub mod clear_budget;
pub mod clear_estimate;
mod events;
mod month;
mod of_project;
mod pace;
pub mod raise_alerts;
mod refusal;
#[cfg(test)]
pub(crate) mod samples;
pub mod set_budget;
pub mod set_estimate;
mod standing;

pub use budget::{
    ALERTS_MAX, AMOUNT_MINOR_MAX, Budget, BudgetAmount, BudgetCounts, BudgetEvery, PERCENT_MAX,
    SECONDS_MAX,
};
pub use change_budget::ChangeBudget;
pub use clear_budget::ClearBudget;
pub use clear_estimate::ClearEstimate;
pub use events::{
    BudgetAlertRaised, BudgetCleared, BudgetEvent, BudgetSet, EstimateCleared, EstimateSet,
};
pub use month::{BudgetPeriod, Month};
pub use of_project::{BUDGETS_MAX, Budgets, BudgetsCommand, budget_stream};
pub use pace::{PACE_DAYS, forecast_end};
pub use raise_alerts::{Finding, RaiseAlerts};
pub use refusal::Refusal;
pub use set_budget::SetBudget;
pub use set_estimate::SetEstimate;
pub use standing::{Standing, Warning, basis_points, passed, standing, warnings_for};
