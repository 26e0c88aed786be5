//! Correcting an entry that can't be changed any more, because its day is closed or an invoice holds
//! it: its exact negative is booked on an open day, and what should have been recorded beside it,
//! in one commit. What could be changed as it is, is not corrected.

use jiff::civil::Date;

use super::periods::Closing;
use super::record_time::{WorkFacts, check_day, check_room, check_words};
use super::{Entry, Refusal, TimeRecorded, TimeReversed, Timesheet, Worked};
use crate::id::{EntryId, InvoiceId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// Takes an entry back on an open day.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrectTime {
    /// The entry.
    pub entry: EntryId,
    /// The new id of its negative.
    pub reversal: EntryId,
    /// The day to book it on.
    pub day: Date,
    /// Why; not blank.
    pub reason: Personal<String>,
    /// What stands in for it.
    pub replacement: Option<Replacement>,
}

/// What should have been recorded; each field left out is as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// Its new id.
    pub entry: EntryId,
    /// On what.
    pub project: Option<ProjectId>,
    /// Doing what.
    pub task: Option<TaskId>,
    /// How long.
    pub seconds: Option<i64>,
    /// Whether it may be billed.
    pub billable: Option<bool>,
    /// What was done, or nothing.
    pub note: Option<Option<Personal<String>>>,
    /// All labels.
    pub tags: Option<Vec<String>>,
}

impl Replacement {
    /// The project and the task that it is on: what facts are needed of.
    pub fn target(&self, entry: &Entry) -> (ProjectId, TaskId) {
        (self.project.unwrap_or(entry.project), self.task.unwrap_or(entry.task))
    }
}

/// What correcting is decided on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorrectFacts {
    /// What closes the day of the entry.
    pub closed: Option<Closing>,
    /// The invoice that holds its seconds.
    pub billing: Option<InvoiceId>,
    /// What took it back before.
    pub reversed_by: Option<EntryId>,
    /// What closes the day of the booking, for the entry or for what stands in for it.
    pub booking_closed: Option<Closing>,
    /// The project and the task of what stands in for it, where there is such.
    pub work: Option<WorkFacts>,
}

/// What correcting leads to in the sheet of the booking's day, `to`, which may be the entry's own.
pub fn decide(
    from: &Timesheet,
    to: &Timesheet,
    facts: &CorrectFacts,
    command: CorrectTime,
) -> Result<(TimeReversed, Option<TimeRecorded>), Refusal> {
    let CorrectTime { entry: id, reversal, day, reason, replacement } = command;
    let entry = from.entry(id)?;
    let member = from.member.expect("a sheet with entries has a member");
    if entry.reverses.is_some() {
        return Err(Refusal::IsReversal { entry: id });
    }
    if let Some(by) = facts.reversed_by {
        return Err(Refusal::EntryReversed { entry: id, by });
    }
    if facts.closed.is_none() && facts.billing.is_none() {
        return Err(Refusal::ChangeDirectly { entry: id });
    }
    if reason.get().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Refusal::ReasonRequired);
    }
    if let Some(closing) = facts.booking_closed {
        return Err(Refusal::period_closed(day, closing));
    }
    check_room(to)?;
    check_words(Some(&reason), &[])?;
    let booked = Worked { day, seconds: entry.worked.seconds, span: None };
    check_day(to, &booked)?;
    let work_day = entry.day_of_work();
    let recorded = replacement
        .map(|command| stand_in(facts, (id, entry), member, day, command))
        .transpose()?;
    let reversed = TimeReversed {
        entry: reversal,
        reverses: id,
        reversed_version: entry.version,
        member,
        project: entry.project,
        task: entry.task,
        day,
        work_day,
        seconds: entry.worked.seconds,
        billable: entry.billable,
        reason,
    };
    Ok((reversed, recorded))
}

/// Work that stays on its project and task needs no leave of them, as with a revision.
fn stand_in(
    facts: &CorrectFacts,
    (id, entry): (EntryId, &Entry),
    member: MemberId,
    day: Date,
    command: Replacement,
) -> Result<TimeRecorded, Refusal> {
    let (project, task) = command.target(entry);
    if (project, task) != (entry.project, entry.task) {
        facts.work.ok_or(Refusal::TaskUnknown)?.check()?;
    }
    let seconds = command.seconds.unwrap_or_else(|| i64::from(entry.worked.seconds));
    let note = command.note.unwrap_or_else(|| entry.note.clone());
    let tags = command.tags.unwrap_or_else(|| entry.tags.clone());
    check_words(note.as_ref(), &tags)?;
    Ok(TimeRecorded {
        entry: command.entry,
        version: 1,
        member,
        project,
        task,
        worked: Worked::duration(day, seconds)?,
        billable: command.billable.unwrap_or(entry.billable),
        note,
        tags,
        import: None,
        source: None,
        replaces: Some(id),
        work_day: Some(entry.day_of_work()),
    })
}
