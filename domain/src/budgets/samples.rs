//! Fixed values that the tests of this slice share.

use uuid::Uuid;

use super::{Budget, BudgetAmount, BudgetCounts, BudgetEvery, BudgetSet, Budgets};
use crate::id::BudgetId;

pub(crate) use crate::catalogue::samples::{PROJECT, TASK};

pub(crate) const BUDGET: BudgetId = BudgetId(Uuid::from_u128(70));

/// So many seconds in total, of all time, told of at 80 and 100 percent.
pub(crate) fn hours(seconds: i64) -> Budget {
    Budget {
        task: None,
        period: BudgetEvery::Total,
        from: None,
        to: None,
        amount: BudgetAmount::Hours { seconds },
        counts: BudgetCounts::All,
        alert_at: vec![80, 100],
    }
}

/// The project has this budget.
pub(crate) fn budgets(terms: Budget) -> Budgets {
    let mut budgets = Budgets::default();
    budgets.evolve(&BudgetSet { project: PROJECT, budget: BUDGET, terms }.into());
    budgets
}
