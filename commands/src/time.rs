//! Recording, revising and removing time: what each rests on is loaded here, what follows is
//! decided in the domain. Members look after their own time, managers after everybody's.

mod approval;
mod change_many;
mod copy_week;
mod correct;
mod deciders;
mod favourites;
mod letters;
mod many;
mod periods;
mod remind;
mod timer;
mod warnings;

use domain::catalogue::{Project, project_stream};
use domain::id::{EntryId, MemberId, ProjectId, StreamId, SubjectId, TaskId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Action, Authority, Member, Object, member_stream};
use domain::personal::{Personal, PurposeClass};
use domain::time::record_time::{self, RecordFacts, TaskFacts, WorkFacts};
use domain::time::remove_time::{self, RemoveFacts};
use domain::time::revise_time::{self, ReviseFacts};
use domain::time::{
    Entry, OverlapRule, Refusal, TimeEvent, TimeRecorded, Timesheet, Week, Worked, neighbour_weeks,
    timesheet_stream,
};

pub use approval::{ApproveTimesheet, RejectTimesheet, ReopenTimesheet, SubmitTimesheet};
pub use change_many::{ChangeMany, Changes, Chosen, Culprit, RemoveMany};
pub use copy_week::{CopyReport, CopyWeek, OnConflict};
pub use correct::{CorrectTime, Replacement};
pub use deciders::WeekPart;
pub use favourites::{AddFavourite, ChangeFavourite, RemoveFavourite};
pub use many::{MOST_ITEMS, RecordMany, record_each};
pub(crate) use periods::closing_of;
pub use periods::{ClosePeriod, ReopenPeriod};
pub use remind::TimesheetReminders;
pub use timer::{
    ChangeTimer, DiscardTimer, StartTimer, StopTimer, What, is_running, zone_of_running,
};

pub(crate) use deciders::everybody;
pub(crate) use letters::told;

pub(crate) use correct::{Ties, keeps_entry, ties_by, tying};

use crate::event_log::read::Held;
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

/// Who holds an entry's id: a timesheet, or the timer that it still is.
async fn place_of(unit: &mut Unit<'_>, id: EntryId) -> Result<Held, CommandError> {
    let held = unit.held(&ClaimKey::id(ClaimKind::Entry, id)).await?;
    held.ok_or(CommandError::NotFound)
}

/// An entry to change with its week and its member, where the caller may and saw this version.
async fn find_at(
    unit: &mut Unit<'_>,
    id: EntryId,
    held: Held,
    expected: Option<u32>,
) -> Result<(Loaded<Timesheet>, Entry, MemberId), CommandError> {
    let sheet = unit.write::<Timesheet>(held.holder).await?;
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

/// What ties an entry. Where nothing does, the append makes sure of it.
async fn ties_of(unit: &mut Unit<'_>, id: EntryId, entry: &Entry) -> Result<Ties, CommandError> {
    let keys = tying(id, entry.reverses);
    let held = unit.held_many(&keys).await?;
    keys.into_iter()
        .filter(|key| held.iter().all(|(claim, _)| claim != key))
        .for_each(|key| unit.must_be_free(key));
    Ok(ties_by(id, entry.reverses, &held))
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
        let member = unit.read::<Member>(member_stream(self.member)).await?;
        let work = (self.entry, &self.worked);
        warnings::warn(unit, None, &member.state, &sheet.state, work).await?;
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
    Ok(decide_recorded(unit, sheet, neighbours, command, member.state.active).await?.into())
}

/// What recording leads to for a member who is active or, for work that was begun before, was.
async fn decide_recorded(
    unit: &mut Unit<'_>,
    sheet: &Timesheet,
    neighbours: &[&Timesheet],
    command: &RecordTime,
    member_active: bool,
) -> Result<TimeRecorded, CommandError> {
    let facts = RecordFacts {
        member_active,
        work: work_facts(unit, command.member, command.project, command.task).await?,
        overlap: OverlapRule::Refuse,
        closed: closing_of(unit, command.member, command.project, command.worked.day).await?,
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
    Ok(record_time::decide(sheet, &facts, neighbours, decided)?)
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
        let held = place_of(unit, self.entry).await?;
        if is_running(&held) {
            return timer::revise(unit, self).await;
        }
        let (from, entry, member) = find_at(unit, self.entry, held, self.expected_version).await?;
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
        let worked = self.worked.as_ref().unwrap_or(&entry.worked);
        let ties = ties_of(unit, self.entry, &entry).await?;
        let facts = ReviseFacts {
            work: work_facts(unit, member, project, task).await?,
            billing: ties.billing,
            overlap: OverlapRule::Refuse,
            closed: closing_of(unit, member, entry.project, entry.worked.day).await?,
            target_closed: closing_of(unit, member, project, worked.day).await?,
            reversed_by: ties.reversed_by,
        };
        let neighbours = neighbours(unit, member, worked).await?;
        let week = command.target_week(&entry);
        self.warn(unit, member, week).await?;
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

impl ReviseTime {
    /// Warns of another time; where it stays, all was said when it was recorded.
    async fn warn(
        &self,
        unit: &mut Unit<'_>,
        member: MemberId,
        week: Week,
    ) -> Result<(), CommandError> {
        let Some(worked) = &self.worked else { return Ok(()) };
        let sheet = unit.peek::<Timesheet>(timesheet_stream(member, week)).await?;
        let member = unit.read::<Member>(member_stream(member)).await?;
        warnings::warn(unit, None, &member.state, &sheet.state, (self.entry, worked)).await
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
        let held = place_of(unit, self.entry).await?;
        if is_running(&held) {
            let RemoveTime { entry, reason, expected_version } = self.clone();
            return DiscardTimer { entry, reason, expected_version }.run(unit).await;
        }
        let (sheet, entry, member) = find_at(unit, self.entry, held, self.expected_version).await?;
        let Ties { billing, reversed_by, replacement } = ties_of(unit, self.entry, &entry).await?;
        let closed = closing_of(unit, member, entry.project, entry.worked.day).await?;
        let facts = RemoveFacts { billing, closed, reversed_by, replacement };
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
#[cfg(test)]
mod tests_memory;
#[cfg(test)]
mod tests_periods;
#[cfg(test)]
mod tests_timer;
