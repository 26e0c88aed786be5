//! A budget has other terms from now on. A new amount has alerts of its own: percentages of it that
//! are passed are told, whatever was told of the amount before.

use super::{Budget, BudgetEvent, BudgetSet, Budgets, Refusal};
use crate::id::{BudgetId, ProjectId};

/// Give a budget other terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeBudget {
    /// The project.
    pub project: ProjectId,
    /// The budget.
    pub budget: BudgetId,
    /// All its terms from now on; it stays with its task, whatever they say.
    pub terms: Budget,
}

/// Refuses an unknown budget and bad terms. Nothing happens where the terms are those it has.
pub fn decide(budgets: &Budgets, command: ChangeBudget) -> Result<Vec<BudgetEvent>, Refusal> {
    let now = budgets.budget(command.budget)?;
    let terms = Budget { task: now.task, ..command.terms }.checked()?;
    if terms == *now {
        return Ok(Vec::new());
    }
    let ChangeBudget { project, budget, .. } = command;
    Ok(vec![BudgetSet { project, budget, terms }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::samples::{BUDGET, PROJECT, TASK, budgets, hours};

    fn change(terms: Budget) -> ChangeBudget {
        ChangeBudget { project: PROJECT, budget: BUDGET, terms }
    }

    #[test]
    fn a_budget_keeps_its_task_and_takes_all_other_terms() {
        let there = budgets(Budget { task: Some(TASK), ..hours(60) });
        let terms = Budget { task: Some(TASK), ..hours(120) };
        let expected = BudgetSet { project: PROJECT, budget: BUDGET, terms };
        assert_eq!(decide(&there, change(hours(120))), Ok(vec![expected.into()]));
        assert_eq!(decide(&there, change(hours(60))), Ok(vec![]));
    }

    #[test]
    fn an_unknown_budget_and_bad_terms_are_refused() {
        let refused = decide(&Budgets::default(), change(hours(60)));
        assert_eq!(refused, Err(Refusal::UnknownBudget));
        assert_eq!(decide(&budgets(hours(60)), change(hours(0))), Err(Refusal::InvalidAmount));
    }
}
