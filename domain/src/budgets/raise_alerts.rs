//! Alerts of a budget: once per percentage, period and amount, whoever finds it passed, however
//! often and however late. A finding is a notice and no invariant: it was measured outside, so
//! what is checked here is that it was measured by the terms that hold, and not told before.

use jiff::Timestamp;

use super::{Budget, BudgetAlertRaised, BudgetEvent, BudgetPeriod, Budgets, passed};
use crate::id::{BudgetId, ProjectId};

/// The most that an event says is spent: the greatest integer that the log may hold.
const SPENT_MAX: i64 = (1 << 53) - 1;

/// What was found to be spent of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The budget.
    pub budget: BudgetId,
    /// The terms it was measured by.
    pub terms: Budget,
    /// Of all of it, or of which month.
    pub period: BudgetPeriod,
    /// Seconds, or minor units of its currency.
    pub spent: i64,
}

/// Raise the alerts that follow from what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseAlerts {
    /// The project.
    pub project: ProjectId,
    /// What was found.
    pub findings: Vec<Finding>,
    /// When.
    pub at: Timestamp,
}

/// An alert for each percentage that is passed and was not told of this amount in this period. What
/// was found by other terms than those that hold says nothing: the change of terms has asked for a
/// finding of its own.
pub fn decide(budgets: &Budgets, command: &RaiseAlerts) -> Vec<BudgetEvent> {
    let mut raised: Vec<BudgetAlertRaised> = Vec::new();
    for Finding { budget, terms, period, spent } in &command.findings {
        if budgets.budgets.get(budget) != Some(terms) {
            continue;
        }
        for threshold in passed(*spent, terms) {
            let again = |it: &BudgetAlertRaised| {
                (it.budget, it.period, it.threshold) == (*budget, *period, threshold)
            };
            let told = budgets.alert(*budget, *period, &terms.amount, threshold).is_some();
            if told || raised.iter().any(again) {
                continue;
            }
            raised.push(BudgetAlertRaised {
                project: command.project,
                budget: *budget,
                threshold,
                period: *period,
                amount: terms.amount.clone(),
                spent: (*spent).clamp(-SPENT_MAX, SPENT_MAX),
                at: command.at,
            });
        }
    }
    raised.into_iter().map(BudgetEvent::from).collect()
}

#[cfg(test)]
mod tests;
