//! Recording, revising and removing time: what each rests on is loaded here, what follows is
//! decided in the domain. Members look after their own time, managers after everybody's.

mod approval;
mod deciders;
mod letters;
mod many;
mod remind;

use domain::billing::invoice_of;
use domain::catalogue::{Project, project_stream};
use domain::id::{EntryId, InvoiceId, MemberId, ProjectId, StreamId, SubjectId, TaskId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Action, Authority, Member, Object, member_stream};
use domain::personal::{Personal, PurposeClass};
use domain::time::record_time::{self, RecordFacts, TaskFacts, WorkFacts};
use domain::time::remove_time::{self, RemoveFacts};
use domain::time::revise_time::{self, ReviseFacts};
use domain::time::{
    Entry, OverlapRule, Refusal, TimeEvent, Timesheet, Week, Worked, neighbour_weeks,
    timesheet_stream,
};

pub use approval::{ApproveTimesheet, RejectTimesheet, ReopenTimesheet, SubmitTimesheet};
pub use deciders::WeekPart;
pub use many::{MOST_ITEMS, RecordMany, record_each};
pub use remind::TimesheetReminders;

use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Pause, Unit};

/// In whose right time of `member` is changed: their own, or a manager's.
async fn authority_over(unit: &mut Unit<'_>, member: MemberId) -> Result<Authority, CommandError> {
    allowed(unit, Action::RecordTime, &Object::Member(member)).await
}

/// A note of a member, to be sealed under the member's key.
pub(crate) fn note_of(member: MemberId, text: Option<&str>) -> Option<Personal<String>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    Some(Personal::new(SubjectId(member.0), PurposeClass::Note, text.to_owned()))
}

fn reason_about(member: MemberId, text: &str) -> Personal<String> {
    Personal::new(SubjectId(member.0), PurposeClass::Reason, text.to_owned())
}

/// What is known of the project and the task that time is to be recorded on.
async fn work_facts(
    unit: &mut Unit<'_>,
    member: MemberId,
    project: ProjectId,
    task: TaskId,
) -> Result<WorkFacts, CommandError> {
    let project = unit.read::<Project>(project_stream(project)).await?;
    if !project.exists() {
        return Err(CommandError::NotFound);
    }
    Ok(facts_of(&project.state, member, task))
}

/// What a project's state says of a member's time on one of its tasks.
pub(crate) fn facts_of(project: &Project, member: MemberId, task: TaskId) -> WorkFacts {
    WorkFacts {
        project_archived: project.archived,
        member_linked_or_open: project.is_open_to(member),
        task: project
            .tasks
            .get(&task)
            .map(|task| TaskFacts { archived: task.archived, billable_default: task.billable }),
    }
}

/// The sheets of the neighbour weeks whose entries could overlap.
async fn neighbours(
    unit: &mut Unit<'_>,
    member: MemberId,
    worked: &Worked,
) -> Result<Vec<Loaded<Timesheet>>, CommandError> {
    let mut sheets = Vec::new();
    for week in neighbour_weeks(worked, Week::of(worked.day)) {
        sheets.push(unit.read::<Timesheet>(timesheet_stream(member, week)).await?);
    }
    Ok(sheets)
}

fn states(sheets: &[Loaded<Timesheet>]) -> Vec<&Timesheet> {
    sheets.iter().map(|sheet| &*sheet.state).collect()
}

/// An entry to change with its week and its member, where the caller may and saw this version.
async fn find(
    unit: &mut Unit<'_>,
    id: EntryId,
    expected: Option<u32>,
) -> Result<(Loaded<Timesheet>, Entry, MemberId), CommandError> {
    let held = unit.held(&ClaimKey::id(ClaimKind::Entry, id)).await?;
    let stream = held.map(|held| held.holder).ok_or(CommandError::NotFound)?;
    let sheet = unit.write::<Timesheet>(stream).await?;
    let (Some(member), Ok(entry)) = (sheet.state.member, sheet.state.entry(id)) else {
        // It came here by another process since this week was last looked at, or has just left.
        unit.pause = Some(Pause::Moved);
        return Err(CommandError::Conflict);
    };
    let entry = entry.clone();
    authority_over(unit, member).await?;
    match expected {
        Some(expected) if expected != entry.version => Err(CommandError::Stale),
        Some(_) | None => Ok((sheet, entry, member)),
    }
}

/// The invoice that holds an entry's seconds. Where none does, the append makes sure of it.
async fn billing_of(
    unit: &mut Unit<'_>,
    entry: EntryId,
) -> Result<Option<InvoiceId>, CommandError> {
    let key = ClaimKey::id(ClaimKind::EntryBilling, entry);
    let held = unit.held(&key).await?;
    if held.is_none() {
        unit.must_be_free(key);
    }
    Ok(held.map(|held| invoice_of(held.holder)))
}

/// Add an entry to the week of its local start day.
#[derive(Debug, Clone)]
pub struct RecordTime {
    /// A new id.
    pub entry: EntryId,
    /// Who worked.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// When, or how long.
    pub worked: Worked,
    /// Whether it may be billed; none = the task's default.
    pub billable: Option<bool>,
    /// What was done.
    pub note: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
}

impl RecordTime {
    fn stream(&self) -> StreamId {
        timesheet_stream(self.member, Week::of(self.worked.day))
    }
}

impl Command for RecordTime {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = unit.write::<Timesheet>(self.stream()).await?;
        authority_over(unit, self.member).await?;
        let neighbours = neighbours(unit, self.member, &self.worked).await?;
        let event = decide_record(unit, &sheet.state, &states(&neighbours), self).await?;
        unit.emit(&sheet, [event]);
        Ok(Reply::created(self.entry))
    }
}

async fn decide_record(
    unit: &mut Unit<'_>,
    sheet: &Timesheet,
    neighbours: &[&Timesheet],
    command: &RecordTime,
) -> Result<TimeEvent, CommandError> {
    // The append holds the id unique by its claim; only once that was lost is it worth a look.
    let claim = ClaimKey::id(ClaimKind::Entry, command.entry);
    if unit.fresh && unit.held(&claim).await?.is_some() {
        return Err(Refusal::EntryExists { entry: command.entry }.into());
    }
    let member = unit.read::<Member>(member_stream(command.member)).await?;
    if !member.exists() {
        return Err(CommandError::NotFound);
    }
    let facts = RecordFacts {
        member_active: member.state.active,
        work: work_facts(unit, command.member, command.project, command.task).await?,
        overlap: OverlapRule::Refuse,
    };
    let decided = record_time::RecordTime {
        entry: command.entry,
        member: command.member,
        project: command.project,
        task: command.task,
        worked: command.worked.clone(),
        billable: command.billable,
        note: note_of(command.member, command.note.as_deref()),
        tags: command.tags.clone(),
        import: None,
        source: None,
    };
    Ok(record_time::decide(sheet, &facts, neighbours, decided)?.into())
}

/// Change an entry; what is left out stays as it is.
#[derive(Debug, Clone)]
pub struct ReviseTime {
    /// The entry.
    pub entry: EntryId,
    /// Another project.
    pub project: Option<ProjectId>,
    /// Another task.
    pub task: Option<TaskId>,
    /// Another time; in another week, the entry moves there.
    pub worked: Option<Worked>,
    /// Whether it may be billed.
    pub billable: Option<bool>,
    /// Another note, or none from now on.
    pub note: Option<Option<String>>,
    /// All tags from now on.
    pub tags: Option<Vec<String>>,
    /// The version of the entry that the caller saw, where it matters.
    pub expected_version: Option<u32>,
}

impl Command for ReviseTime {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (from, entry, member) = find(unit, self.entry, self.expected_version).await?;
        let command = revise_time::ReviseTime {
            entry: self.entry,
            project: self.project,
            task: self.task,
            worked: self.worked.clone(),
            billable: self.billable,
            note: self.note.as_ref().map(|note| note_of(member, note.as_deref())),
            tags: self.tags.clone(),
        };
        let (project, task) = command.target(&entry);
        let facts = ReviseFacts {
            work: work_facts(unit, member, project, task).await?,
            billing: billing_of(unit, self.entry).await?,
            overlap: OverlapRule::Refuse,
        };
        let worked = self.worked.as_ref().unwrap_or(&entry.worked);
        let neighbours = neighbours(unit, member, worked).await?;
        let week = command.target_week(&entry);
        if from.state.week == Some(week) {
            let revised = revise_time::decide(&from.state, &facts, &states(&neighbours), command)?;
            unit.emit(&from, revised.map(TimeEvent::from));
            return Ok(Reply::changed(self.entry));
        }
        unit.will_write([from.stream, timesheet_stream(member, week)])?;
        let to = unit.write::<Timesheet>(timesheet_stream(member, week)).await?;
        let (removed, recorded) = revise_time::decide_move(
            &from.state,
            &to.state,
            &facts,
            &states(&neighbours),
            command,
        )?;
        unit.emit(&from, [TimeEvent::from(removed)]);
        unit.emit(&to, [TimeEvent::from(recorded)]);
        Ok(Reply::changed(self.entry))
    }
}

/// Take an entry back.
#[derive(Debug, Clone)]
pub struct RemoveTime {
    /// The entry.
    pub entry: EntryId,
    /// Why.
    pub reason: Option<String>,
    /// The version of the entry that the caller saw, where it matters.
    pub expected_version: Option<u32>,
}

impl Command for RemoveTime {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (sheet, _, member) = find(unit, self.entry, self.expected_version).await?;
        let facts = RemoveFacts { billing: billing_of(unit, self.entry).await? };
        let command = remove_time::RemoveTime {
            entry: self.entry,
            reason: self.reason.as_deref().map(|reason| reason_about(member, reason)),
        };
        let removed = remove_time::decide(&sheet.state, &facts, command)?;
        unit.emit(&sheet, [TimeEvent::from(removed)]);
        Ok(Reply::changed(self.entry))
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_approval;
