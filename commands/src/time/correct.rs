//! Correcting time that can't be changed any more: what it rests on is loaded here. Members correct
//! their own time on closed days, managers everybody's; what an invoice holds is for those who look
//! after hours and bills.

use domain::billing::invoice_of;
use domain::id::{EntryId, ProjectId, TaskId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Action, Object};
use domain::time::correct_time::{self, CorrectFacts};
use domain::time::{Refusal, TimeEvent, Timesheet, Week, timesheet_stream};
use jiff::civil::Date;

use super::periods::{closing_of, today};
use super::{note_of, reason_about, ties_of, work_facts};
use crate::billing::written_off;
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::{Pause, Unit};

/// Take an entry back on an open day, and record beside it what should have been.
#[derive(Debug, Clone)]
pub struct CorrectTime {
    /// The entry.
    pub entry: EntryId,
    /// The new id of its negative.
    pub reversal: EntryId,
    /// The day to book it on; none = today.
    pub day: Option<Date>,
    /// Why.
    pub reason: String,
    /// What stands in for it.
    pub replacement: Option<Replacement>,
    /// The version of the entry that the caller saw, where it matters.
    pub expected_version: Option<u32>,
}

/// What should have been recorded; what is left out is as it was.
#[derive(Debug, Clone)]
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
    pub note: Option<Option<String>>,
    /// All labels.
    pub tags: Option<Vec<String>>,
}

impl Command for CorrectTime {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let held = unit.held(&ClaimKey::id(ClaimKind::Entry, self.entry)).await?;
        let stream = held.map(|held| held.holder).ok_or(CommandError::NotFound)?;
        // Nothing may happen to the entry while its negative is made, so its week is locked too.
        let from = unit.write::<Timesheet>(stream).await?;
        let (Some(member), Ok(entry)) = (from.state.member, from.state.entry(self.entry)) else {
            unit.pause = Some(Pause::Moved);
            return Err(CommandError::Conflict);
        };
        let entry = entry.clone();
        let ties = ties_of(unit, self.entry, &entry).await?;
        let action =
            if ties.billing.is_some() { Action::CorrectBilledTime } else { Action::RecordTime };
        allowed(unit, action, &Object::Member(member)).await?;
        if self.expected_version.is_some_and(|expected| expected != entry.version) {
            return Err(CommandError::Stale);
        }
        let day = match self.day {
            Some(day) => day,
            None => today(unit).await?,
        };
        let replacement = self.replacement.as_ref().map(|said| correct_time::Replacement {
            entry: said.entry,
            project: said.project,
            task: said.task,
            seconds: said.seconds,
            billable: said.billable,
            note: said.note.as_ref().map(|note| note_of(member, note.as_deref())),
            tags: said.tags.clone(),
        });
        let target = replacement.as_ref().map(|said| said.target(&entry));
        let mut booking_closed = closing_of(unit, member, entry.project, day).await?;
        let mut work = None;
        if let Some((project, task)) = target {
            work = Some(work_facts(unit, member, project, task).await?);
            booking_closed = booking_closed.or(closing_of(unit, member, project, day).await?);
        }
        let written_off_seconds = match ties.billing {
            Some(_) => written_off(unit, self.entry).await?,
            None => 0,
        };
        let facts = CorrectFacts {
            closed: closing_of(unit, member, entry.project, entry.worked.day).await?,
            billing: ties.billing,
            written_off_seconds,
            reversed_by: ties.reversed_by,
            booking_closed,
            work,
        };
        let booked = timesheet_stream(member, Week::of(day));
        unit.will_write([stream, booked])?;
        let to = if booked == stream { from.clone() } else { unit.write(booked).await? };
        let command = correct_time::CorrectTime {
            entry: self.entry,
            reversal: self.reversal,
            day,
            reason: reason_about(member, self.reason.trim()),
            replacement,
        };
        let (reversed, recorded) = correct_time::decide(&from.state, &to.state, &facts, command)?;
        if booked != stream {
            unit.rest_on(&from);
        }
        let events = std::iter::once(TimeEvent::from(reversed));
        unit.emit(&to, events.chain(recorded.map(TimeEvent::from)));
        Ok(Reply::created(self.reversal))
    }
}

/// What an entry is tied to, which keeps it from being changed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ties {
    /// The invoice that holds its seconds.
    pub billing: Option<domain::id::InvoiceId>,
    /// What took it back.
    pub reversed_by: Option<EntryId>,
    /// Of a reversal: what stands in for the entry that it took back.
    pub replacement: Option<EntryId>,
}

/// The ties that these claims make.
pub(crate) fn ties_by(
    entry: EntryId,
    reverses: Option<EntryId>,
    held: &[(ClaimKey, crate::event_log::read::Held)],
) -> Ties {
    let find = |key: Option<ClaimKey>| held.iter().find(|(claim, _)| Some(claim) == key.as_ref());
    let noted = |key| find(key).and_then(|(_, held)| held.value.parse().ok());
    Ties {
        billing: find(Some(ClaimKey::id(ClaimKind::EntryBilling, entry)))
            .map(|(_, held)| invoice_of(held.holder)),
        reversed_by: noted(Some(ClaimKey::id(ClaimKind::Reversal, entry))),
        replacement: noted(reverses.map(|of| ClaimKey::id(ClaimKind::Replacement, of))),
    }
}

/// The claims that tie an entry.
pub(crate) fn tying(entry: EntryId, reverses: Option<EntryId>) -> Vec<ClaimKey> {
    let own = [ClaimKind::EntryBilling, ClaimKind::Reversal].map(|kind| ClaimKey::id(kind, entry));
    let replaced = reverses.map(|of| ClaimKey::id(ClaimKind::Replacement, of));
    own.into_iter().chain(replaced).collect()
}

/// Whether a refusal keeps an entry where it is, so that a command goes on with the other ones.
pub(crate) fn keeps_entry(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::EntryReversed { .. }
            | Refusal::PeriodClosed { .. }
            | Refusal::ReplacementStands { .. }
    )
}
