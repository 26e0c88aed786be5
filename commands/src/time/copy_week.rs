//! Copying a member's week to another one in one commit. What can't be copied is skipped, and the
//! answer says why; or, if that is meant, nothing is copied at all.

use std::collections::BTreeSet;

use domain::id::{EntryId, MemberId};
use domain::leave::{HolidayCalendar, calendar_stream};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Member, member_stream};
use domain::time::copy_week::{CopyRefusal, day_in, moved};
use domain::time::{Entry, Refusal, TimeEvent, Timesheet, Week, timesheet_stream};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{RecordTime, authority_over, decide_record, neighbours, states};
use crate::handle::Command;
use crate::refused::{CommandError, Refused, Reply};
use crate::unit::Unit;

/// What to do about an entry that can't be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// Copy the others.
    Skip,
    /// Copy nothing.
    Refuse,
}

/// Copy a member's week.
#[derive(Debug, Clone, Copy)]
pub struct CopyWeek {
    /// Whose.
    pub member: MemberId,
    /// Which week.
    pub from: Week,
    /// Into which.
    pub to: Week,
    /// What to do about an entry that can't be copied.
    pub on_conflict: OnConflict,
    /// Whether to copy to holidays and to days that the member does not work on.
    pub include_days_off: bool,
}

/// An entry with its copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The entry that was copied.
    pub from: Uuid,
    /// The new entry.
    pub id: Uuid,
}

/// An entry that was not copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The entry.
    pub from: Uuid,
    /// Why, such as `time.overlap`.
    pub code: String,
    /// Why, in words.
    pub detail: String,
}

/// What a copy came to; it's told with the command's answer, and again when that is asked again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyReport {
    /// What was copied.
    pub copied: Vec<Copied>,
    /// What was not.
    pub skipped: Vec<Skipped>,
}

impl Command for CopyWeek {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let to = unit.write::<Timesheet>(timesheet_stream(self.member, self.to)).await?;
        authority_over(unit, self.member).await?;
        if !unit.read::<Member>(member_stream(self.member)).await?.exists() {
            return Err(CommandError::NotFound);
        }
        if self.from == self.to {
            return Err(Refusal::from(CopyRefusal::SameWeek).into());
        }
        let from = unit.read::<Timesheet>(timesheet_stream(self.member, self.from)).await?;
        let entries = &from.state.entries;
        let corrected = corrected(unit, entries.keys().copied()).await?;
        let days_off = self.days_off(unit).await?;
        let (mut state, mut events) = ((*to.state).clone(), Vec::new());
        let mut report = CopyReport::default();
        for (id, entry) in entries {
            let special = corrected.contains(id) || entry.reverses.is_some();
            let copy = if special || entry.replaces.is_some() {
                Err(Refusal::from(CopyRefusal::Correction).into())
            } else {
                self.copy(unit, &state, entry, &days_off).await
            };
            match copy {
                Ok((entry, event)) => {
                    state.evolve(&event);
                    events.push(event);
                    report.copied.push(Copied { from: id.0, id: entry.0 });
                }
                Err(CommandError::Refused(refused)) if self.on_conflict == OnConflict::Skip => {
                    let Refused { code, detail, .. } = refused;
                    report.skipped.push(Skipped { from: id.0, code, detail });
                }
                Err(CommandError::Refused(refused)) => {
                    let detail = format!("the entry {id} can't be copied: {}", refused.detail);
                    return Err(CommandError::Refused(Refused { detail, ..refused }));
                }
                Err(error) => return Err(error),
            }
        }
        if events.is_empty() {
            return Err(Refusal::from(CopyRefusal::NothingToCopy { from: self.from }).into());
        }
        unit.emit(&to, events);
        unit.tell(&report);
        // A week is known by its member and its name and has no id.
        Ok(Reply { id: None, created: false })
    }
}

impl CopyWeek {
    /// The days of the week that are holidays or that the member does not work on by a pattern.
    async fn days_off(&self, unit: &mut Unit<'_>) -> Result<BTreeSet<Date>, CommandError> {
        if self.include_days_off {
            return Ok(BTreeSet::new());
        }
        let member = unit.read::<Member>(member_stream(self.member)).await?;
        let calendar = unit.read::<HolidayCalendar>(calendar_stream()).await?;
        let holidays = calendar.state.holidays(self.to.monday(), self.to.sunday());
        let mut off: BTreeSet<Date> = holidays.into_iter().map(|holiday| holiday.day).collect();
        let mut day = self.to.monday();
        for _ in 0..7 {
            if member.state.pattern_on(day).is_some_and(|pattern| pattern.minutes_on(day) == 0) {
                off.insert(day);
            }
            day = day.tomorrow().unwrap_or(day);
        }
        Ok(off)
    }

    async fn copy(
        &self,
        unit: &mut Unit<'_>,
        sheet: &Timesheet,
        entry: &Entry,
        days_off: &BTreeSet<Date>,
    ) -> Result<(EntryId, TimeEvent), CommandError> {
        let day = day_in(self.to, entry.worked.day);
        if days_off.contains(&day) {
            return Err(Refusal::from(CopyRefusal::DayOff { day }).into());
        }
        let command = RecordTime {
            entry: EntryId(unit.new_id()),
            member: self.member,
            project: entry.project,
            task: entry.task,
            worked: moved(&entry.worked, self.to)?,
            billable: Some(entry.billable),
            note: entry.note.as_ref().and_then(|note| note.get().cloned()),
            tags: entry.tags.clone(),
        };
        let around = neighbours(unit, self.member, &command.worked).await?;
        let event = decide_record(unit, sheet, &states(&around), &command).await;
        event.map(|event| (command.entry, event)).map_err(|error| match error {
            // The project or task has been taken away since: one more reason to skip the entry.
            CommandError::NotFound => CommandError::Refused(Refused {
                code: "time.task_unknown".to_owned(),
                field: None,
                detail: "its project or task is no more".to_owned(),
            }),
            error => error,
        })
    }
}

/// Those of these entries that were taken back by a correction.
async fn corrected(
    unit: &mut Unit<'_>,
    entries: impl Iterator<Item = EntryId>,
) -> Result<BTreeSet<EntryId>, CommandError> {
    let entries: Vec<EntryId> = entries.collect();
    let key = |entry: &EntryId| ClaimKey::id(ClaimKind::Reversal, *entry);
    let keys: Vec<ClaimKey> = entries.iter().map(key).collect();
    let held = unit.held_many(&keys).await?;
    let is_held = |key: &ClaimKey| held.iter().any(|(held, _)| held == key);
    Ok(entries.iter().zip(&keys).filter(|(_, key)| is_held(key)).map(|(id, _)| *id).collect())
}
