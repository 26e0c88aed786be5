//! Closing periods and opening them again, and what every change of time asks them. The stream of
//! the periods is one that the decision rests on, so a closing that lands first is never missed.

use domain::catalogue::{Client, Project, client_stream, project_stream};
use domain::id::{EntryId, MemberId, ProjectId, SubjectId};
use domain::log::Actor;
use domain::members::{Action, Member, Object, member_stream};
use domain::personal::{Personal, PurposeClass};
use domain::settings::{Settings, settings_stream};
use domain::time::periods::{
    Closing, PeriodEvent, PeriodScope, Periods, PlaceOfTime, close_period, periods_stream,
    reopen_period,
};
use domain::time::{EntryState, Timesheet};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// What closes a member's time on a project on a day.
pub(crate) async fn closing_of(
    unit: &mut Unit<'_>,
    member: MemberId,
    project: ProjectId,
    day: Date,
) -> Result<Option<Closing>, CommandError> {
    let periods = unit.read::<Periods>(periods_stream()).await?;
    let client = unit.read::<Project>(project_stream(project)).await?.state.client;
    Ok(periods.state.closed(&PlaceOfTime { member, client, project, day }))
}

/// The entries of a week in these states that lie on closed days.
pub(super) async fn closed_in(
    unit: &mut Unit<'_>,
    sheet: &Timesheet,
    states: &[EntryState],
) -> Result<Vec<(EntryId, Closing)>, CommandError> {
    let Some(member) = sheet.member else {
        return Ok(Vec::new());
    };
    let mut closed = Vec::new();
    for (id, entry) in sheet.entries.iter().filter(|(_, entry)| states.contains(&entry.state)) {
        let closing = closing_of(unit, member, entry.project, entry.worked.day).await?;
        closed.extend(closing.map(|closing| (*id, closing)));
    }
    Ok(closed)
}

/// Today in the tenant's zone.
pub(super) async fn today(unit: &mut Unit<'_>) -> Result<Date, CommandError> {
    let settings = unit.read::<Settings>(settings_stream()).await?;
    let utc = unit.now().to_zoned(TimeZone::UTC).date();
    let zone = domain::time::worked::find_zone(settings.state.time_zone(utc));
    Ok(zone.map_or(utc, |zone| unit.now().to_zoned(zone).date()))
}

/// A scope that is not there is like any unknown id.
async fn check_scope(unit: &mut Unit<'_>, scope: PeriodScope) -> Result<(), CommandError> {
    let exists = match scope {
        PeriodScope::Tenant => true,
        PeriodScope::Client(id) => unit.read::<Client>(client_stream(id)).await?.exists(),
        PeriodScope::Project(id) => unit.read::<Project>(project_stream(id)).await?.exists(),
        PeriodScope::Member(id) => unit.read::<Member>(member_stream(id)).await?.exists(),
    };
    if exists { Ok(()) } else { Err(CommandError::NotFound) }
}

/// Words about a member or a client are sealed under theirs, all others under their writer's key.
fn reason_of(unit: &Unit<'_>, scope: PeriodScope, text: &str) -> Personal<String> {
    let subject = match (scope, unit.metadata().actor) {
        (PeriodScope::Client(client), _) => client.0,
        (PeriodScope::Member(member), _) => member.0,
        (PeriodScope::Tenant | PeriodScope::Project(_), Actor::Member(member)) => member.0,
        (
            PeriodScope::Tenant | PeriodScope::Project(_),
            Actor::Operator | Actor::System | Actor::Visitor,
        ) => periods_stream().0,
    };
    Personal::new(SubjectId(subject), PurposeClass::Reason, text.trim().to_owned())
}

/// Close time of a scope through a day.
#[derive(Debug, Clone)]
pub struct ClosePeriod {
    /// Whose.
    pub scope: PeriodScope,
    /// The last day to close.
    pub through: Date,
    /// Why.
    pub reason: Option<String>,
}

impl Command for ClosePeriod {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let periods = unit.write::<Periods>(periods_stream()).await?;
        allowed(unit, Action::ClosePeriods, &Object::Firm).await?;
        check_scope(unit, self.scope).await?;
        let reason = self.reason.as_deref().filter(|reason| !reason.trim().is_empty());
        let command = close_period::ClosePeriod {
            scope: self.scope,
            through: self.through,
            reason: reason.map(|reason| reason_of(unit, self.scope, reason)),
        };
        let today = today(unit).await?;
        let closed = close_period::decide(&periods.state, today, command)?;
        unit.emit(&periods, closed.map(PeriodEvent::from));
        Ok(Reply { id: None, created: false })
    }
}

/// Open time of a scope from a day on.
#[derive(Debug, Clone)]
pub struct ReopenPeriod {
    /// Whose.
    pub scope: PeriodScope,
    /// The first day to open.
    pub from: Date,
    /// Why.
    pub reason: String,
}

impl Command for ReopenPeriod {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let periods = unit.write::<Periods>(periods_stream()).await?;
        allowed(unit, Action::ClosePeriods, &Object::Firm).await?;
        check_scope(unit, self.scope).await?;
        let reason = reason_of(unit, self.scope, &self.reason);
        let command = reopen_period::ReopenPeriod { scope: self.scope, from: self.from, reason };
        let reopened = reopen_period::decide(&periods.state, command)?;
        unit.emit(&periods, [PeriodEvent::from(reopened)]);
        Ok(Reply { id: None, created: false })
    }
}
