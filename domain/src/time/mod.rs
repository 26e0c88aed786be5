//! Time: one member's ISO week is one timesheet and one stream. This file holds its state, how
//! events change it, and the adapter to cqrs-es; what may happen is decided in one file per use
//! case. Raw time is never rewritten: rounding and splitting at midnight are computed on reading.

#[cfg(test)]
mod approval_orders;
pub mod approve_timesheet;
mod attribution;
pub mod calendar;
#[cfg(test)]
mod cases;
pub mod cells;
pub mod chain;
pub mod clock;
mod content;
pub mod copy_week;
pub mod correct_time;
#[cfg(test)]
mod corrected;
pub mod deciding;
mod events;
pub mod favourites;
mod midnight;
mod month;
#[cfg(test)]
mod orders;
mod overlap;
mod part;
pub mod periods;
pub mod progress;
pub mod record_time;
mod refusal;
pub mod reject_timesheet;
pub mod remove_time;
pub mod reopen_timesheet;
pub mod revise_time;
pub mod rounding;
pub mod submit_timesheet;
pub mod timer;
pub mod week;
pub mod worked;
pub mod zone;

#[cfg(test)]
pub(crate) mod samples;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::aggregate::aggregate;
use crate::id::{EntryId, ImportId, MemberId, ProjectId, StreamId, TaskId};
use crate::personal::Personal;
use approve_timesheet::ApproveTimesheet;
use record_time::{RecordFacts, RecordTime};
use reject_timesheet::{RejectFacts, RejectTimesheet};
use remove_time::{RemoveFacts, RemoveTime};
use reopen_timesheet::{ReopenFacts, ReopenTimesheet};
use revise_time::{ReviseFacts, ReviseTime};
use submit_timesheet::SubmitTimesheet;

pub use attribution::{DayAttribution, attributed, laid, on_other_days};
pub use chain::{Approval, Chain, Office, PassedStep};
pub use deciding::{Concerned, Deciding, Filled, Right};
pub use events::{
    EntryVersion, TimeEvent, TimeRecorded, TimeRemoved, TimeReversed, TimeRevised,
    TimesheetApproved, TimesheetRejected, TimesheetReopened, TimesheetStepApproved,
    TimesheetSubmitted,
};
pub use midnight::split_at_midnight;
pub use month::{Month, MonthError};
pub use overlap::{OverlapRule, find_overlap, needs_neighbours, neighbour_weeks, overlap_with};
pub use part::Part;
pub use refusal::Refusal;
pub use rounding::{Rounding, RoundingMode, RoundingScope, RoundingTie};
pub use week::Week;
pub use worked::{Span, Worked};
pub use zone::resolve_local;

/// The stored type of a timesheet's stream.
pub const TIMESHEET: &str = "timesheet";

/// The stream of a member's week.
pub fn timesheet_stream(member: MemberId, week: Week) -> StreamId {
    StreamId::derived(TIMESHEET, &[member.0.as_bytes(), week.to_string().as_bytes()])
}

/// How far the approval of an entry, or of a whole sheet, has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// Nobody asked for approval of this version.
    Open,
    /// Waits for an approver.
    Submitted,
    /// Approved in this version.
    Approved,
    /// Sent back.
    Rejected,
}

impl EntryState {
    /// The name in the API and in read models.
    pub fn as_str(self) -> &'static str {
        match self {
            EntryState::Open => "open",
            EntryState::Submitted => "submitted",
            EntryState::Approved => "approved",
            EntryState::Rejected => "rejected",
        }
    }
}

/// An entry as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// 1, 2, 3, …; goes on when the entry moves to another week.
    pub version: u32,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// When, or how long.
    pub worked: Worked,
    /// Whether it may be billed.
    pub billable: bool,
    /// How far its approval has come.
    pub state: EntryState,
    /// Which steps it has passed since it was last submitted.
    #[serde(default, skip_serializing_if = "Approval::is_default")]
    pub approval: Approval,
    /// What was done; it may stay sealed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The import it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// The entry that it takes back, where it's a reversal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<EntryId>,
    /// The reversed entry that it stands in for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<EntryId>,
    /// Of a reversal: how many of its seconds no bill takes back, for they had been written off.
    #[serde(default)]
    pub written_off_seconds: u32,
    /// The day of the work where it is booked on another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_day: Option<Date>,
}

impl Entry {
    /// What it adds to any sum: its seconds, and less than nothing where it's a reversal.
    pub fn signed_seconds(&self) -> i64 {
        let seconds = i64::from(self.worked.seconds);
        if self.reverses.is_some() { -seconds } else { seconds }
    }

    /// The day of the work, by which rates and rounding go; `worked.day` is the one it's booked on.
    pub fn day_of_work(&self) -> Date {
        self.work_day.unwrap_or(self.worked.day)
    }
}

/// One member's ISO week. Empty, and without member and week, until the first entry is recorded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timesheet {
    /// Whose.
    pub member: Option<MemberId>,
    /// Which week.
    pub week: Option<Week>,
    /// What it holds now; removed entries are in the log only.
    pub entries: BTreeMap<EntryId, Entry>,
}

impl Timesheet {
    /// The state of the whole, which follows from its entries: open while any is open (or there is
    /// none), rejected while any is rejected, approved when all are, else submitted.
    pub fn state(&self) -> EntryState {
        let any = |state| self.entries.values().any(|entry| entry.state == state);
        if self.entries.is_empty() || any(EntryState::Open) {
            EntryState::Open
        } else if any(EntryState::Rejected) {
            EntryState::Rejected
        } else if any(EntryState::Submitted) {
            EntryState::Submitted
        } else {
            EntryState::Approved
        }
    }

    /// Whether nothing of the week waits for approval, was approved or was sent back.
    pub fn submitted_nothing(&self) -> bool {
        self.entries.values().all(|entry| entry.state == EntryState::Open)
    }

    /// The entry, or the refusal that it's not in this week.
    pub fn entry(&self, entry: EntryId) -> Result<&Entry, Refusal> {
        self.entries.get(&entry).ok_or(Refusal::EntryUnknown { entry })
    }

    /// Hexadecimal SHA-256 of the content of the entries of a part that wait for approval: what an
    /// approver may name to be sure that nothing else is approved.
    pub fn submitted_content(&self, part: &Part) -> String {
        let waits = |(id, entry): &(&EntryId, &Entry)| {
            entry.state == EntryState::Submitted && part.holds(**id, entry.project)
        };
        content::content_hash(self.entries.iter().filter(waits).map(|(id, entry)| (*id, entry)))
    }

    /// Whose week it is, and which one.
    fn whose(&self) -> (MemberId, Week) {
        let whose = self.member.zip(self.week);
        whose.expect("a sheet with entries has a member and a week")
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &TimeEvent) {
        match event {
            TimeEvent::TimeRecorded(event) => self.add(event),
            TimeEvent::TimeRevised(event) => self.revise(event),
            TimeEvent::TimeRemoved(event) => {
                self.entries.remove(&event.entry);
            }
            TimeEvent::TimesheetSubmitted(event) => {
                self.mark(&event.entries, EntryState::Submitted, &event.chain);
            }
            TimeEvent::TimesheetStepApproved(event) => self.pass(event),
            TimeEvent::TimesheetApproved(event) => {
                self.settle(&event.entries, EntryState::Approved);
            }
            TimeEvent::TimesheetRejected(event) => {
                self.mark(&event.entries, EntryState::Rejected, &Chain::default());
            }
            TimeEvent::TimesheetReopened(event) => {
                self.mark(&event.entries, EntryState::Open, &Chain::default());
            }
            TimeEvent::TimeReversed(event) => self.reverse(event),
        }
    }

    fn add(&mut self, event: &TimeRecorded) {
        self.member = Some(event.member);
        self.week = Some(Week::of(event.worked.day));
        self.entries.insert(
            event.entry,
            Entry {
                version: event.version,
                project: event.project,
                task: event.task,
                worked: event.worked.clone(),
                billable: event.billable,
                state: EntryState::Open,
                approval: Approval::default(),
                note: event.note.clone(),
                tags: event.tags.clone(),
                import: event.import,
                reverses: None,
                replaces: event.replaces,
                written_off_seconds: 0,
                work_day: event.work_day,
            },
        );
    }

    fn reverse(&mut self, event: &TimeReversed) {
        self.member = Some(event.member);
        self.week = Some(Week::of(event.day));
        self.entries.insert(
            event.entry,
            Entry {
                version: 1,
                project: event.project,
                task: event.task,
                worked: Worked { day: event.day, seconds: event.seconds, span: None },
                billable: event.billable,
                state: EntryState::Open,
                approval: Approval::default(),
                note: None,
                tags: Vec::new(),
                import: None,
                reverses: Some(event.reverses),
                replaces: None,
                written_off_seconds: event.written_off_seconds.unwrap_or(0),
                work_day: Some(event.work_day),
            },
        );
    }

    /// Another content voids this entry's submission or approval, and no other's.
    fn revise(&mut self, event: &TimeRevised) {
        if let Some(entry) = self.entries.get_mut(&event.entry) {
            *entry = Entry {
                version: event.version,
                project: event.project,
                task: event.task,
                worked: event.worked.clone(),
                billable: event.billable,
                state: EntryState::Open,
                approval: Approval::default(),
                note: event.note.clone(),
                tags: event.tags.clone(),
                import: entry.import,
                reverses: entry.reverses,
                replaces: entry.replaces,
                written_off_seconds: entry.written_off_seconds,
                work_day: entry.work_day,
            };
        }
    }

    /// Another state of these versions, with no step of this chain behind them.
    fn mark(&mut self, versions: &[EntryVersion], state: EntryState, chain: &Chain) {
        for entry in self.settle(versions, state) {
            self.entries.entry(entry).and_modify(|entry| entry.approval = Approval::of(chain));
        }
    }

    /// Another state of these versions; answers which entries still have the version named.
    fn settle(&mut self, versions: &[EntryVersion], state: EntryState) -> Vec<EntryId> {
        let mut settled = Vec::new();
        for EntryVersion { entry: id, version } in versions {
            if let Some(entry) = self.entries.get_mut(id).filter(|it| it.version == *version) {
                entry.state = state;
                settled.push(*id);
            }
        }
        settled
    }
}

/// What can be asked of a timesheet, each with the facts it's decided on.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeCommand {
    /// Add an entry; with the neighbour weeks that may overlap it.
    RecordTime(Box<RecordTime>, RecordFacts, Vec<Timesheet>),
    /// Change an entry within its week; with the neighbour weeks that may overlap it.
    ReviseTime(Box<ReviseTime>, ReviseFacts, Vec<Timesheet>),
    /// Take an entry back.
    RemoveTime(RemoveTime, RemoveFacts),
    /// Ask for approval, by these steps.
    SubmitTimesheet(SubmitTimesheet, Chain),
    /// Approve what was submitted.
    ApproveTimesheet(ApproveTimesheet, Box<Deciding>),
    /// Send back what was submitted.
    RejectTimesheet(RejectTimesheet, RejectFacts, Box<Deciding>),
    /// Open again what was submitted or approved.
    ReopenTimesheet(ReopenTimesheet, ReopenFacts, Box<Deciding>),
}

impl TimeCommand {
    /// The events that follow from the command in this state.
    pub fn decide(self, sheet: &Timesheet) -> Result<Vec<TimeEvent>, Refusal> {
        Ok(match self {
            TimeCommand::RecordTime(command, facts, neighbours) => {
                let neighbours: Vec<_> = neighbours.iter().collect();
                vec![record_time::decide(sheet, &facts, &neighbours, *command)?.into()]
            }
            TimeCommand::ReviseTime(command, facts, neighbours) => {
                let neighbours: Vec<_> = neighbours.iter().collect();
                let revised = revise_time::decide(sheet, &facts, &neighbours, *command)?;
                revised.map(TimeEvent::from).into_iter().collect()
            }
            TimeCommand::RemoveTime(command, facts) => {
                vec![remove_time::decide(sheet, &facts, command)?.into()]
            }
            TimeCommand::SubmitTimesheet(command, chain) => {
                vec![submit_timesheet::decide(sheet, &chain, &command)?.into()]
            }
            TimeCommand::ApproveTimesheet(command, deciding) => {
                approve_timesheet::decide(sheet, &deciding, command)?
            }
            TimeCommand::RejectTimesheet(command, facts, deciding) => {
                reject_timesheet::decide(sheet, &facts, &deciding, command)?
            }
            TimeCommand::ReopenTimesheet(command, facts, deciding) => {
                reopen_timesheet::decide(sheet, &facts, &deciding, command)?
            }
        })
    }
}

impl Timesheet {
    /// What a command leads to in this state; nothing is changed by asking.
    pub fn decide(&self, command: TimeCommand) -> Result<Vec<TimeEvent>, Refusal> {
        command.decide(self)
    }
}

aggregate!(Timesheet, "timesheet", TimeCommand, TimeEvent, Refusal);
