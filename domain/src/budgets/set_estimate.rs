//! Somebody says how long a project or a task takes in all. Said again, it's a revision, and the
//! history shows how the estimate moved.

use super::budget::SECONDS_MAX;
use super::{BudgetEvent, Budgets, EstimateSet, Refusal};
use crate::catalogue::{self, Project};
use crate::id::{ProjectId, TaskId};

/// Say how long the work takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetEstimate {
    /// The project.
    pub project: ProjectId,
    /// The task; none = the whole project.
    pub task: Option<TaskId>,
    /// How long, in all.
    pub seconds: i64,
}

/// Refuses an unknown or archived project or task, and a time out of bounds. Nothing happens where
/// it's what was said already.
pub fn decide(
    budgets: &Budgets,
    project: &Project,
    command: SetEstimate,
) -> Result<Vec<BudgetEvent>, Refusal> {
    let id = project.active()?;
    if let Some(task) = command.task
        && project.task(task)?.archived
    {
        return Err(catalogue::Refusal::TaskArchived.into());
    }
    let SetEstimate { task, seconds, .. } = command;
    if !(1..=SECONDS_MAX).contains(&seconds) {
        return Err(Refusal::InvalidEstimate);
    }
    if budgets.estimate_of(task) == Some(seconds) {
        return Ok(Vec::new());
    }
    Ok(vec![EstimateSet { project: id, task, seconds }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    fn estimate(task: Option<TaskId>, seconds: i64) -> SetEstimate {
        SetEstimate { project: samples::PROJECT, task, seconds }
    }

    #[test]
    fn an_estimate_is_revised_and_each_task_has_its_own() {
        let (project, mut budgets) = (samples::project(), Budgets::default());
        for (task, seconds) in [(None, 3600), (Some(samples::TASK), 60), (None, 7200)] {
            let events = decide(&budgets, &project, estimate(task, seconds)).unwrap();
            assert_eq!(events.len(), 1);
            budgets.evolve(&events[0]);
            assert_eq!(decide(&budgets, &project, estimate(task, seconds)), Ok(vec![]));
        }
        assert_eq!(budgets.estimate_of(None), Some(7200));
        assert_eq!(budgets.estimate_of(Some(samples::TASK)), Some(60));
        assert_eq!(budgets.estimate_of(Some(samples::OTHER_TASK)), None);
    }

    #[test]
    fn no_time_at_all_an_unknown_task_and_an_archived_project_are_refused() {
        let (project, budgets) = (samples::project(), Budgets::default());
        for seconds in [0, -1, SECONDS_MAX + 1] {
            let refusal = decide(&budgets, &project, estimate(None, seconds)).unwrap_err();
            assert_eq!(refusal.code(), "budgets.invalid_estimate");
            assert_eq!(refusal.field(), Some("/seconds"));
        }
        let unknown = Some(TaskId(uuid::Uuid::from_u128(99)));
        let refusal = decide(&budgets, &project, estimate(unknown, 1)).unwrap_err();
        assert_eq!((refusal.code(), refusal.is_unknown()), ("catalogue.unknown_task", true));
        let archived = Project { archived: true, ..project };
        let refusal = decide(&budgets, &archived, estimate(None, 1)).unwrap_err();
        assert_eq!(refusal.code(), "catalogue.project_archived");
    }
}
