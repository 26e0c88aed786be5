//! A budget is taken away. What it told stays on record; its id is never used again.

use super::{BudgetCleared, BudgetEvent, Budgets, Refusal};
use crate::id::{BudgetId, ProjectId};

/// Take a budget away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearBudget {
    /// The project.
    pub project: ProjectId,
    /// The budget.
    pub budget: BudgetId,
}

/// Refuses an unknown budget.
pub fn decide(budgets: &Budgets, command: ClearBudget) -> Result<Vec<BudgetEvent>, Refusal> {
    let ClearBudget { project, budget } = command;
    budgets.budget(budget)?;
    Ok(vec![BudgetCleared { project, budget }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::samples::{BUDGET, PROJECT, budgets, hours};

    #[test]
    fn a_budget_is_cleared_once() {
        let mut there = budgets(hours(60));
        let command = ClearBudget { project: PROJECT, budget: BUDGET };
        let events = decide(&there, command).unwrap();
        assert_eq!(events, [BudgetCleared { project: PROJECT, budget: BUDGET }.into()]);
        events.iter().for_each(|event| there.evolve(event));
        assert_eq!(decide(&there, command), Err(Refusal::UnknownBudget));
    }
}
