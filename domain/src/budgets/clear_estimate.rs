//! Nobody says how long the work takes any more. What was said stays in the history.

use super::{BudgetEvent, Budgets, EstimateCleared, Refusal};
use crate::id::{ProjectId, TaskId};

/// Have no estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearEstimate {
    /// The project.
    pub project: ProjectId,
    /// The task; none = the whole project.
    pub task: Option<TaskId>,
}

/// Nothing happens where there is none.
pub fn decide(budgets: &Budgets, command: ClearEstimate) -> Result<Vec<BudgetEvent>, Refusal> {
    let ClearEstimate { project, task } = command;
    if budgets.estimate_of(task).is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![EstimateCleared { project, task }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::samples::{PROJECT, TASK};

    #[test]
    fn an_estimate_is_cleared_once_and_that_of_a_task_is_another() {
        let mut budgets = Budgets { estimate: Some(60), ..Budgets::default() };
        let of_task = ClearEstimate { project: PROJECT, task: Some(TASK) };
        assert_eq!(decide(&budgets, of_task), Ok(vec![]));
        let command = ClearEstimate { project: PROJECT, task: None };
        let events = decide(&budgets, command).unwrap();
        assert_eq!(events, [EstimateCleared { project: PROJECT, task: None }.into()]);
        events.iter().for_each(|event| budgets.evolve(event));
        assert_eq!(decide(&budgets, command), Ok(vec![]));
    }
}
