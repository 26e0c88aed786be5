//! Changes of rate cards. A rate is set only for what is there: each id of its scope is looked up
//! in its own stream, and those of one scope must belong together, or no work could ever match it.

use domain::catalogue::rates::{Rate, RateKind, RateScope};
use domain::catalogue::{
    self, Client, Project, RateCard, Refusal, clear_rate, client_stream, project_stream, set_rate,
};
use domain::id::{ProjectId, TaskId};
use domain::members::{Action, Member, Object, member_stream};
use jiff::civil::Date;
use migrations::DoorError;
use sqlx::Row;

use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Set a rate.
#[derive(Debug, Clone)]
pub struct SetRate {
    /// What it is for.
    pub scope: RateScope,
    /// Charge or cost.
    pub kind: RateKind,
    /// The first day it holds; none = from always.
    pub from: Option<Date>,
    /// The rate.
    pub rate: Rate,
}

impl Command for SetRate {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let card = unit.write::<RateCard>(self.scope.stream()).await?;
        allowed(unit, Action::ChangeRates, &Object::Firm).await?;
        check_scope(unit, &self.scope).await?;
        let SetRate { scope, kind, from, rate } = self.clone();
        let events = set_rate::decide(&card.state, catalogue::SetRate { scope, kind, from, rate })?;
        unit.emit(&card, events);
        Ok(Reply::changed(card.stream))
    }
}

/// Take back a rate.
#[derive(Debug, Clone)]
pub struct ClearRate {
    /// What it is for.
    pub scope: RateScope,
    /// Charge or cost.
    pub kind: RateKind,
    /// The day of the rate to take back; none = the one from always.
    pub from: Option<Date>,
}

impl Command for ClearRate {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let card = unit.write::<RateCard>(self.scope.stream()).await?;
        allowed(unit, Action::ChangeRates, &Object::Firm).await?;
        let ClearRate { scope, kind, from } = self.clone();
        let events = clear_rate::decide(&card.state, catalogue::ClearRate { scope, kind, from })?;
        unit.emit(&card, events);
        Ok(Reply::changed(card.stream))
    }
}

async fn check_scope(unit: &mut Unit<'_>, scope: &RateScope) -> Result<(), CommandError> {
    if let Some(member) = scope.member {
        let member = unit.read::<Member>(member_stream(member)).await?;
        member.state.id.ok_or(Refusal::UnknownMember)?;
    }
    if let Some(client) = scope.client {
        unit.read::<Client>(client_stream(client)).await?.state.known()?;
    }
    let project = match (scope.project, scope.task) {
        (Some(project), _) => project,
        (None, Some(task)) => project_of(unit, task).await?,
        (None, None) => return Ok(()),
    };
    let project = unit.read::<Project>(project_stream(project)).await?;
    project.state.known()?;
    if let Some(task) = scope.task {
        project.state.task(task)?;
    }
    if scope.client.is_some() && scope.client != project.state.client {
        return Err(Refusal::UnknownProject.into());
    }
    Ok(())
}

/// The project that a task was added to; it never moves to another.
pub(super) async fn project_of(
    unit: &mut Unit<'_>,
    task: TaskId,
) -> Result<ProjectId, CommandError> {
    let found = unit
        .tx()
        .await?
        .query(
            "select stream_id from {t}.events
             where stream_type = 'project' and event_type = 'TaskAdded'
                and payload ->> 'task' = $1 limit 1",
        )
        .bind(task.to_string())
        .fetch_optional()
        .await?;
    let row = found.ok_or(Refusal::UnknownTask)?;
    Ok(ProjectId(row.try_get(0).map_err(DoorError::from)?))
}
