//! Budgets as they're read: their terms, what they told, how estimates moved, and what was spent.
//! What is spent is kept nowhere: it's summed up when it's asked for, so it's never behind a rate.

pub mod budget;
pub mod budget_alert;
pub mod estimate;
pub mod measure;
pub mod work;

use domain::budgets::{BudgetCounts, BudgetEvent, BudgetEvery, BudgetPeriod};
use domain::log::Recorded;

use crate::row::text_cells;

text_cells! {
    BudgetCounts: |counts| counts.as_str(), BudgetCounts::parse;
    BudgetEvery: |every| every.as_str(), BudgetEvery::parse;
    BudgetPeriod: |period| period.to_string(), |text| text.parse().ok();
}

/// The event of a project's budgets, where it's one.
fn budget_event(recorded: &Recorded) -> Option<&BudgetEvent> {
    recorded.event.family()
}
