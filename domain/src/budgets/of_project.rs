//! The budgets of a project as their stream tells them. It's a stream of its own, so that an alert
//! does not get in the way of who changes the project, and no recording of time ever writes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Budget, BudgetAlertRaised, BudgetAmount, BudgetEvent, BudgetPeriod, ChangeBudget, ClearBudget,
    ClearEstimate, RaiseAlerts, Refusal, SetBudget, SetEstimate, change_budget, clear_budget,
    clear_estimate, raise_alerts, set_budget, set_estimate,
};
use crate::aggregate::aggregate;
use crate::catalogue::Project;
use crate::id::{BudgetId, ProjectId, StreamId, TaskId};

/// A project has at most this many budgets at a time, so that its stream stays small.
pub const BUDGETS_MAX: usize = 50;

/// The stream of a project's budgets.
pub fn budget_stream(project: ProjectId) -> StreamId {
    StreamId::derived("budget", &[project.0.as_bytes()])
}

/// The budgets and estimates of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Budgets {
    /// The budgets there are.
    pub budgets: BTreeMap<BudgetId, Budget>,
    /// Those there were.
    pub cleared: BTreeSet<BudgetId>,
    /// How long the project takes.
    pub estimate: Option<i64>,
    /// How long each of its tasks takes.
    pub task_estimates: BTreeMap<TaskId, i64>,
    /// What was told, in order. It stays when a budget changes, so that nothing is told twice.
    pub raised: Vec<BudgetAlertRaised>,
}

/// What can be asked of a project's budgets, each with the facts it needs of other streams.
#[derive(Debug, Clone, PartialEq)]
pub enum BudgetsCommand {
    /// See [`set_budget`].
    Set(Box<Project>, SetBudget),
    /// See [`change_budget`].
    Change(ChangeBudget),
    /// See [`clear_budget`].
    Clear(ClearBudget),
    /// See [`set_estimate`].
    SetEstimate(Box<Project>, SetEstimate),
    /// See [`clear_estimate`].
    ClearEstimate(ClearEstimate),
    /// See [`raise_alerts`].
    RaiseAlerts(RaiseAlerts),
}

aggregate!(Budgets, "budget", BudgetsCommand, BudgetEvent, Refusal);

impl Budgets {
    /// What follows from a command.
    pub fn decide(&self, command: BudgetsCommand) -> Result<Vec<BudgetEvent>, Refusal> {
        match command {
            BudgetsCommand::Set(project, command) => set_budget::decide(self, &project, command),
            BudgetsCommand::Change(command) => change_budget::decide(self, command),
            BudgetsCommand::Clear(command) => clear_budget::decide(self, command),
            BudgetsCommand::SetEstimate(project, command) => {
                set_estimate::decide(self, &project, command)
            }
            BudgetsCommand::ClearEstimate(command) => clear_estimate::decide(self, command),
            BudgetsCommand::RaiseAlerts(command) => Ok(raise_alerts::decide(self, &command)),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &BudgetEvent) {
        match event {
            BudgetEvent::BudgetSet(event) => {
                self.budgets.insert(event.budget, event.terms.clone());
            }
            BudgetEvent::BudgetCleared(event) => {
                self.budgets.remove(&event.budget);
                self.cleared.insert(event.budget);
            }
            BudgetEvent::EstimateSet(event) => match event.task {
                None => self.estimate = Some(event.seconds),
                Some(task) => drop(self.task_estimates.insert(task, event.seconds)),
            },
            BudgetEvent::EstimateCleared(event) => match event.task {
                None => self.estimate = None,
                Some(task) => drop(self.task_estimates.remove(&task)),
            },
            BudgetEvent::BudgetAlertRaised(event) => self.raised.push(event.clone()),
        }
    }

    /// One of the budgets, or the refusal that there is no such.
    pub fn budget(&self, budget: BudgetId) -> Result<&Budget, Refusal> {
        self.budgets.get(&budget).ok_or(Refusal::UnknownBudget)
    }

    /// The estimate of the project or of one of its tasks.
    pub fn estimate_of(&self, task: Option<TaskId>) -> Option<i64> {
        task.map_or(self.estimate, |task| self.task_estimates.get(&task).copied())
    }

    /// The alert that was raised for a percentage of an amount in a period.
    pub fn alert(
        &self,
        budget: BudgetId,
        period: BudgetPeriod,
        amount: &BudgetAmount,
        threshold: u32,
    ) -> Option<&BudgetAlertRaised> {
        self.raised.iter().rev().find(|raised| {
            raised.budget == budget
                && raised.period == period
                && raised.threshold == threshold
                && raised.amount == *amount
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::samples::{BUDGET, budgets, hours};
    use crate::catalogue::samples as catalogue;
    use cqrs_es::test::TestFramework;

    #[test]
    fn the_state_reads_back_as_written() {
        let budgets = budgets(hours(3600));
        let stored = serde_json::to_string(&budgets).unwrap();
        assert_eq!(serde_json::from_str::<Budgets>(&stored).unwrap(), budgets);
    }

    #[test]
    fn the_aggregate_answers_as_the_plain_decisions_do() {
        let command = SetBudget { project: catalogue::PROJECT, budget: BUDGET, terms: hours(60) };
        let project = Box::new(catalogue::project());
        let events = set_budget::decide(&Budgets::default(), &project, command.clone()).unwrap();
        TestFramework::<Budgets>::with(())
            .given_no_previous_events()
            .when(BudgetsCommand::Set(project.clone(), command.clone()))
            .then_expect_events(events.clone());
        TestFramework::<Budgets>::with(())
            .given(events)
            .when(BudgetsCommand::Set(project, command))
            .then_expect_error(Refusal::AlreadySet);
    }
}
