//! Changes of a project's budgets and estimates, for those who may change the project. Whoever sets
//! or changes a budget asks in the same commit for a look at what is spent of it.

mod alerts;
mod checks;
#[cfg(test)]
mod tests;

use domain::budgets::{
    self, Budget, BudgetEvent, Budgets, Refusal, budget_stream, change_budget, clear_budget,
    clear_estimate, set_budget, set_estimate,
};
use domain::catalogue::{Project, project_stream};
use domain::id::{BudgetId, ProjectId, TaskId};
use domain::members::{Action, Object};

pub use alerts::RaiseAlerts;
pub(crate) use checks::checking;
pub use checks::{BUDGET_CHECK, checked_at};

use crate::event_log::NewJob;
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// Give a project, or one of its tasks, a budget.
#[derive(Debug, Clone)]
pub struct SetBudget {
    /// The project.
    pub project: ProjectId,
    /// A new id.
    pub budget: BudgetId,
    /// Its terms.
    pub terms: Budget,
}

impl Command for SetBudget {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (budgets, project) = load(unit, self.project, None).await?;
        let SetBudget { project: id, budget, terms } = self.clone();
        let command = budgets::SetBudget { project: id, budget, terms };
        change(unit, id, &budgets, set_budget::decide(&budgets.state, &project.state, command))?;
        Ok(Reply::created(self.budget))
    }
}

/// What to change of a budget's terms; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtherTerms {
    /// Once, or each month anew.
    pub period: Option<budgets::BudgetEvery>,
    /// Another first day, or none from now on.
    pub from: Option<Option<jiff::civil::Date>>,
    /// Another last day, or none from now on.
    pub to: Option<Option<jiff::civil::Date>>,
    /// How much it holds.
    pub amount: Option<budgets::BudgetAmount>,
    /// Which time counts.
    pub counts: Option<budgets::BudgetCounts>,
    /// All percentages from now on.
    pub alert_at: Option<Vec<u32>>,
}

impl OtherTerms {
    /// These terms after the change.
    fn of(self, now: &Budget) -> Budget {
        Budget {
            task: now.task,
            period: self.period.unwrap_or(now.period),
            from: self.from.unwrap_or(now.from),
            to: self.to.unwrap_or(now.to),
            amount: self.amount.unwrap_or_else(|| now.amount.clone()),
            counts: self.counts.unwrap_or(now.counts),
            alert_at: self.alert_at.unwrap_or_else(|| now.alert_at.clone()),
        }
    }
}

/// Give a budget other terms.
#[derive(Debug, Clone)]
pub struct ChangeBudget {
    /// The project.
    pub project: ProjectId,
    /// The budget.
    pub budget: BudgetId,
    /// What to change.
    pub other: OtherTerms,
    /// The version of the stream that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeBudget {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (budgets, _) = load(unit, self.project, self.expected_version).await?;
        let ChangeBudget { project, budget, other, .. } = self.clone();
        let terms = other.of(budgets.state.budget(budget)?);
        let command = budgets::ChangeBudget { project, budget, terms };
        change(unit, project, &budgets, change_budget::decide(&budgets.state, command))?;
        Ok(Reply::changed(self.budget))
    }
}

/// Take a budget away.
#[derive(Debug, Clone, Copy)]
pub struct ClearBudget {
    /// The project.
    pub project: ProjectId,
    /// The budget.
    pub budget: BudgetId,
    /// The version of the stream that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ClearBudget {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (budgets, _) = load(unit, self.project, self.expected_version).await?;
        let command = budgets::ClearBudget { project: self.project, budget: self.budget };
        unit.emit(&budgets, clear_budget::decide(&budgets.state, command)?);
        Ok(Reply::changed(self.budget))
    }
}

/// Say how long a project or one of its tasks takes in all, or, with none, that nobody knows.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    /// The project.
    pub project: ProjectId,
    /// The task; none = the whole project.
    pub task: Option<TaskId>,
    /// How long.
    pub seconds: Option<i64>,
    /// The version of the stream that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for Estimate {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (budgets, loaded) = load(unit, self.project, self.expected_version).await?;
        let Estimate { project, task, seconds, .. } = *self;
        if let Some(task) = task {
            loaded.state.task(task)?;
        }
        let events = match seconds {
            Some(seconds) => {
                let command = budgets::SetEstimate { project, task, seconds };
                set_estimate::decide(&budgets.state, &loaded.state, command)?
            }
            None => {
                let command = budgets::ClearEstimate { project, task };
                clear_estimate::decide(&budgets.state, command)?
            }
        };
        unit.emit(&budgets, events);
        // An estimate is known by what it is of and has no id.
        Ok(Reply { id: None, created: false })
    }
}

/// The budgets to change and their project, where the caller may change that.
async fn load(
    unit: &mut Unit<'_>,
    project: ProjectId,
    seen: Option<i32>,
) -> Result<(Loaded<Budgets>, Loaded<Project>), CommandError> {
    let budgets = unit.write::<Budgets>(budget_stream(project)).await?;
    let loaded = unit.read::<Project>(project_stream(project)).await?;
    let object = Object::Project { project, client: loaded.state.client };
    allowed(unit, Action::ChangeProject, &object).await?;
    loaded.state.known()?;
    budgets.check_seen(seen)?;
    Ok((budgets, loaded))
}

/// Writes other terms and asks for a look at what is spent of them.
fn change(
    unit: &mut Unit<'_>,
    project: ProjectId,
    budgets: &Loaded<Budgets>,
    decided: Result<Vec<BudgetEvent>, Refusal>,
) -> Result<(), CommandError> {
    let events = decided?;
    if !events.is_empty() {
        let (id, due_at) = (unit.new_id(), unit.now());
        unit.job(NewJob { id, kind: BUDGET_CHECK, reference: project.to_string(), due_at });
    }
    unit.emit(budgets, events);
    Ok(())
}
