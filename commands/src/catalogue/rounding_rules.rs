//! Changes of rounding rules. A rule is set only for what is there, by who may change rates: both
//! decide what work is billed at.

use domain::catalogue::rounding_rules::RuleScope;
use domain::catalogue::{
    self, Client, Project, RoundingRule, clear_rounding_rule, client_stream, project_stream,
    set_rounding_rule,
};
use domain::members::{Action, Object};
use domain::time::Rounding;
use jiff::civil::Date;

use super::rates::project_of;
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Set a rounding rule.
#[derive(Debug, Clone, Copy)]
pub struct SetRoundingRule {
    /// Whose work it is for.
    pub scope: RuleScope,
    /// The first day it holds; none = from always.
    pub from: Option<Date>,
    /// The rule.
    pub rule: Rounding,
}

impl Command for SetRoundingRule {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let rules = unit.write::<RoundingRule>(self.scope.stream()).await?;
        allowed(unit, Action::ChangeRates, &Object::Firm).await?;
        check_scope(unit, &self.scope).await?;
        let SetRoundingRule { scope, from, rule } = *self;
        let command = catalogue::SetRoundingRule { scope, from, rule };
        let events = set_rounding_rule::decide(&rules.state, command)?;
        unit.emit(&rules, events);
        Ok(Reply::changed(rules.stream))
    }
}

/// Take back a rounding rule.
#[derive(Debug, Clone, Copy)]
pub struct ClearRoundingRule {
    /// Whose work it is for.
    pub scope: RuleScope,
    /// The day of the rule to take back; none = the one from always.
    pub from: Option<Date>,
}

impl Command for ClearRoundingRule {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let rules = unit.write::<RoundingRule>(self.scope.stream()).await?;
        allowed(unit, Action::ChangeRates, &Object::Firm).await?;
        let ClearRoundingRule { scope, from } = *self;
        let command = catalogue::ClearRoundingRule { scope, from };
        let events = clear_rounding_rule::decide(&rules.state, command)?;
        unit.emit(&rules, events);
        Ok(Reply::changed(rules.stream))
    }
}

async fn check_scope(unit: &mut Unit<'_>, scope: &RuleScope) -> Result<(), CommandError> {
    let (project, task) = match scope {
        RuleScope::Client(client) => {
            unit.read::<Client>(client_stream(*client)).await?.state.known()?;
            return Ok(());
        }
        RuleScope::Project(project) => (*project, None),
        RuleScope::Task(task) => (project_of(unit, *task).await?, Some(*task)),
    };
    let project = unit.read::<Project>(project_stream(project)).await?;
    project.state.known()?;
    if let Some(task) = task {
        project.state.task(task)?;
    }
    Ok(())
}
