//! A project, or one of its tasks, is given a budget. It may have several: of hours and of fees, in
//! total and for each month.

use super::of_project::BUDGETS_MAX;
use super::{Budget, BudgetEvent, BudgetSet, Budgets, Refusal};
use crate::catalogue::{self, Project};
use crate::id::{BudgetId, ProjectId};

/// Give a project a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetBudget {
    /// The project.
    pub project: ProjectId,
    /// A new id.
    pub budget: BudgetId,
    /// Its terms.
    pub terms: Budget,
}

/// Refuses an unknown or archived project or task, an id that was used, bad terms, and one budget
/// too many.
pub fn decide(
    budgets: &Budgets,
    project: &Project,
    command: SetBudget,
) -> Result<Vec<BudgetEvent>, Refusal> {
    let id = project.active()?;
    if let Some(task) = command.terms.task
        && project.task(task)?.archived
    {
        return Err(catalogue::Refusal::TaskArchived.into());
    }
    let SetBudget { budget, terms, .. } = command;
    if budgets.budgets.contains_key(&budget) || budgets.cleared.contains(&budget) {
        return Err(Refusal::AlreadySet);
    }
    if budgets.budgets.len() >= BUDGETS_MAX {
        return Err(Refusal::TooManyBudgets);
    }
    Ok(vec![BudgetSet { project: id, budget, terms: terms.checked()? }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::samples::{BUDGET, budgets, hours};
    use crate::catalogue::{TaskArchived, samples};
    use crate::id::TaskId;
    use uuid::Uuid;

    fn set(terms: Budget) -> SetBudget {
        SetBudget { project: samples::PROJECT, budget: BUDGET, terms }
    }

    #[test]
    fn a_budget_of_a_task_is_set_with_its_percentages_in_order() {
        let terms = Budget { task: Some(samples::TASK), alert_at: vec![100, 50], ..hours(3600) };
        let set = decide(&Budgets::default(), &samples::project(), set(terms.clone())).unwrap();
        let terms = Budget { alert_at: vec![50, 100], ..terms };
        let expected = BudgetSet { project: samples::PROJECT, budget: BUDGET, terms };
        assert_eq!(set, [expected.into()]);
    }

    #[test]
    fn an_unknown_or_archived_project_or_task_is_refused() {
        let refused = |project: &Project, terms| {
            decide(&Budgets::default(), project, set(terms)).unwrap_err().code()
        };
        let plain = samples::project();
        assert_eq!(refused(&Project::default(), hours(1)), "catalogue.unknown_project");
        let archived = Project { archived: true, ..plain.clone() };
        assert_eq!(refused(&archived, hours(1)), "catalogue.project_archived");
        let other = Budget { task: Some(TaskId(Uuid::from_u128(99))), ..hours(1) };
        assert_eq!(refused(&plain, other), "catalogue.unknown_task");
        let mut done = plain;
        done.evolve(&TaskArchived { project: samples::PROJECT, task: samples::TASK }.into());
        let of_task = Budget { task: Some(samples::TASK), ..hours(1) };
        assert_eq!(refused(&done, of_task), "catalogue.task_archived");
    }

    #[test]
    fn an_id_that_is_or_was_a_budgets_is_refused() {
        let project = samples::project();
        let mut there = budgets(hours(60));
        assert_eq!(decide(&there, &project, set(hours(1))), Err(Refusal::AlreadySet));
        there.budgets.clear();
        there.cleared.insert(BUDGET);
        assert_eq!(decide(&there, &project, set(hours(1))), Err(Refusal::AlreadySet));
    }

    #[test]
    fn one_budget_too_many_is_refused() {
        let mut there = Budgets::default();
        for number in 100..100 + BUDGETS_MAX as u128 {
            there.budgets.insert(BudgetId(Uuid::from_u128(number)), hours(60));
        }
        let refused = decide(&there, &samples::project(), set(hours(1)));
        assert_eq!(refused, Err(Refusal::TooManyBudgets));
    }
}
