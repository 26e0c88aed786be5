//! Recording and revising as the edge says it: what a local time means follows from the member's
//! zone, which is looked up in the same decision that rests on it.

use commands::time::{ChangeTimer, RecordTime, ReviseTime, zone_of_running};
use commands::{Command, CommandError, Reply, Unit};
use domain::id::{EntryId, MemberId, ProjectId, TaskId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Member, member_stream};
use domain::settings::{Settings, settings_stream};
use domain::time::timer::TimerRefusal;
use domain::time::{Refusal, Timesheet, Worked};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::worked::{Form, Said};

/// The zone that is meant where none is said: the member's, else the tenant's.
pub(super) async fn zone_at(
    unit: &mut Unit<'_>,
    member: MemberId,
    about: Timestamp,
) -> Result<String, CommandError> {
    let member = unit.read::<Member>(member_stream(member)).await?;
    if let Some(zone) = &member.state.time_zone {
        return Ok(zone.clone());
    }
    let settings = unit.read::<Settings>(settings_stream()).await?;
    let day = about.to_zoned(TimeZone::UTC).date();
    Ok(settings.state.time_zone(day).to_owned())
}

async fn worked(
    unit: &mut Unit<'_>,
    member: MemberId,
    said: &Said,
    form: &Form,
) -> Result<Worked, CommandError> {
    let zone = match (&said.time_zone, form) {
        (Some(zone), _) => zone.clone(),
        // A day with seconds has no zone.
        (None, Form::Duration(..)) => String::new(),
        (None, Form::Span(..)) => zone_at(unit, member, form.roughly()).await?,
    };
    Ok(form.worked(&zone, said.fold)?)
}

/// An entry to record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) entry: EntryId,
    pub(crate) member: MemberId,
    pub(crate) project: ProjectId,
    pub(crate) task: TaskId,
    pub(crate) said: Said,
    pub(crate) form: Form,
    pub(crate) billable: Option<bool>,
    pub(crate) note: Option<String>,
    pub(crate) tags: Vec<String>,
}

impl Record {
    /// The command, once it's clear when.
    pub(crate) async fn resolved(&self, unit: &mut Unit<'_>) -> Result<RecordTime, CommandError> {
        Ok(RecordTime {
            entry: self.entry,
            member: self.member,
            project: self.project,
            task: self.task,
            worked: worked(unit, self.member, &self.said, &self.form).await?,
            billable: self.billable,
            note: self.note.clone(),
            tags: self.tags.clone(),
        })
    }
}

impl Command for Record {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        self.resolved(unit).await?.run(unit).await
    }
}

/// A change of an entry; what is left out of the time is as it was.
#[derive(Debug, Clone)]
pub(crate) struct Revise {
    pub(crate) command: ReviseTime,
    pub(crate) said: Said,
}

impl Revise {
    /// When the work is meant to be from now on; none where that stays, or where the entry is not
    /// found, which is for the command to say.
    async fn worked(&self, unit: &mut Unit<'_>) -> Result<Option<Worked>, CommandError> {
        if self.said.is_silent() {
            return Ok(None);
        }
        let key = ClaimKey::id(ClaimKind::Entry, self.command.entry);
        let Some(held) = unit.held(&key).await? else { return Ok(None) };
        let sheet = unit.write::<Timesheet>(held.holder).await?;
        let (Some(member), Ok(entry)) = (sheet.state.member, sheet.state.entry(self.command.entry))
        else {
            return Ok(None);
        };
        let said = self.said.clone().completed_by(&entry.worked);
        let form = said.form().map_err(|fault| {
            let (code, field) = ("time.not_clear".to_owned(), Some(fault.pointer));
            commands::Refused { code, field, detail: fault.detail }
        });
        let form = form.map_err(CommandError::Refused)?;
        worked(unit, member, &said, &form).await.map(Some)
    }
}

impl Revise {
    /// A timer that runs has a start, and no more than that of a time.
    async fn change_running(&self, unit: &mut Unit<'_>, zone: &str) -> Result<Reply, CommandError> {
        let said = &self.said;
        let command = self.command.clone();
        if said.end.is_some() || said.date.is_some() || said.seconds.is_some() {
            let refusal = TimerRefusal::StillRunning { entry: command.entry };
            return Err(Refusal::from(refusal).into());
        }
        let zone = said.time_zone.as_deref().unwrap_or(zone);
        let start = said.start.map(|start| start.instant(zone, said.fold)).transpose()?;
        let change = ChangeTimer {
            entry: command.entry,
            project: command.project,
            task: command.task,
            start,
            zone: said.time_zone.clone(),
            billable: command.billable,
            note: command.note,
            tags: command.tags,
            expected_version: command.expected_version,
        };
        change.run(unit).await
    }
}

impl Command for Revise {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        if !self.said.is_silent()
            && let Some(zone) = zone_of_running(unit, self.command.entry).await?
        {
            return self.change_running(unit, &zone).await;
        }
        let worked = self.worked(unit).await?;
        ReviseTime { worked, ..self.command.clone() }.run(unit).await
    }
}
