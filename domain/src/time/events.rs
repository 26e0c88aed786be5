//! What can happen to a timesheet: one member's ISO week.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::chain::Chain;
use super::week::Week;
use super::worked::Worked;
use crate::id::{EntryId, ImportId, MemberId, ProjectId, TaskId};
use crate::import::ImportSource;
use crate::personal::Personal;

/// One entry in one version: what a submission or an approval is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryVersion {
    /// The entry.
    pub entry: EntryId,
    /// Its version: 1, 2, 3, …
    pub version: u32,
}

/// Time was recorded. A move from another week is a removal there and a record here in one commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeRecorded {
    /// The entry.
    pub entry: EntryId,
    /// Its version: 1, unless it was moved here or ran as a timer before.
    pub version: u32,
    /// Who worked.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// When, or how long.
    pub worked: Worked,
    /// Whether it may be billed.
    pub billable: bool,
    /// What was done, in the member's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The import it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// The row it came from and the facts of the other system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Personal<ImportSource>>,
    /// The reversed entry that it stands in for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<EntryId>,
    /// The day of the work where it is booked on another one: rates and rounding go by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_day: Option<Date>,
}

/// An entry is taken back by its exact negative, booked on a day that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeReversed {
    /// The negative, which is an entry of its own. Its version is 1 and stays so.
    pub entry: EntryId,
    /// The entry that is taken back.
    pub reverses: EntryId,
    /// The version of that entry.
    pub reversed_version: u32,
    /// Who worked.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// The day it is booked on: week and period go by it.
    pub day: Date,
    /// The day of the work: rates and rounding go by it.
    pub work_day: Date,
    /// How many seconds are taken back, as a positive number.
    pub seconds: u32,
    /// Whether they might have been billed.
    pub billable: bool,
    /// Why.
    pub reason: Personal<String>,
    /// How many of the seconds credit notes had written off: they are not billed any more, so no
    /// bill takes them back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_off_seconds: Option<u32>,
}

impl TimeReversed {
    /// What it adds to any sum: less than nothing.
    pub fn signed_seconds(&self) -> i64 {
        -i64::from(self.seconds)
    }

    /// What it adds to what may be billed: it takes back what is billed or may be.
    pub fn billable_seconds(&self) -> i64 {
        self.signed_seconds() + i64::from(self.written_off_seconds.unwrap_or(0))
    }
}

/// An entry has another content: the whole of it from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeRevised {
    /// The entry.
    pub entry: EntryId,
    /// Its new version.
    pub version: u32,
    /// Who worked.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// When, or how long.
    pub worked: Worked,
    /// Whether it may be billed.
    pub billable: bool,
    /// What was done, in the member's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// An entry is gone from this week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeRemoved {
    /// The entry.
    pub entry: EntryId,
    /// Whose it was.
    pub member: MemberId,
    /// The week it was moved to, where it was not taken back altogether.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<Week>,
    /// The entry that it reversed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<EntryId>,
    /// The reversed entry that it stood in for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<EntryId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// A member asks for approval of these entries in these versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimesheetSubmitted {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// What is submitted.
    pub entries: Vec<EntryVersion>,
    /// Hexadecimal SHA-256 of the content of these entries.
    pub content: String,
    /// Its steps; a manager's alone where none are named.
    #[serde(default, skip_serializing_if = "Chain::is_default")]
    pub chain: Chain,
}

/// These entries in these versions have passed a step of their approval that is not the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimesheetStepApproved {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// Which step: 1, 2, 3, …
    pub step: u32,
    /// All steps, this one among them.
    pub chain: Chain,
    /// Who let them pass.
    pub by: MemberId,
    /// In whose right, where they stood in for somebody.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_right_of: Option<MemberId>,
    /// What has passed.
    pub entries: Vec<EntryVersion>,
    /// Hexadecimal SHA-256 of the content of these entries.
    pub content: String,
}

/// These entries in these versions were approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimesheetApproved {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// Who approved.
    pub by: MemberId,
    /// What was approved.
    pub entries: Vec<EntryVersion>,
    /// Hexadecimal SHA-256 of the content of these entries.
    pub content: String,
    /// In whose right, where they stood in for somebody.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_right_of: Option<MemberId>,
    /// Its steps; a manager's alone where none are named.
    #[serde(default, skip_serializing_if = "Chain::is_default")]
    pub chain: Chain,
}

/// These entries were sent back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimesheetRejected {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// Who sent it back.
    pub by: MemberId,
    /// Why.
    pub reason: Personal<String>,
    /// What was sent back.
    pub entries: Vec<EntryVersion>,
    /// In whose right, where they stood in for somebody.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_right_of: Option<MemberId>,
}

/// These entries, submitted or approved before, are open again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimesheetReopened {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// Who reopened it.
    pub by: MemberId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// What is open again.
    pub entries: Vec<EntryVersion>,
    /// In whose right, where they stood in for somebody.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_right_of: Option<MemberId>,
}

crate::event_family! {
    /// The events of a timesheet.
    TimeEvent {
        /// An entry was added.
        TimeRecorded = 1 [note, source],
        /// An entry has another content.
        TimeRevised = 1 [note],
        /// An entry is gone.
        TimeRemoved = 1 [reason],
        /// Approval is asked for.
        TimesheetSubmitted = 1,
        /// A step of approval is behind them.
        TimesheetStepApproved = 1,
        /// Approved.
        TimesheetApproved = 1,
        /// Sent back.
        TimesheetRejected = 1 [reason],
        /// Open again.
        TimesheetReopened = 1 [reason],
        /// Taken back by its negative.
        TimeReversed = 1 [reason],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::EventFamily;
    use crate::time::record_time::decide;
    use crate::time::samples::{duration, entry_id, record, record_facts};

    #[test]
    fn what_stands_in_for_another_entry_says_so_and_all_other_time_is_stored_as_before() {
        let command = record(1, duration("2026-02-02", 60));
        let plain = decide(&crate::time::Timesheet::default(), &record_facts(), &[], command)
            .expect("recorded");
        let payload = |event: &TimeRecorded| TimeEvent::from(event.clone()).payload();
        let stored = payload(&plain).expect("nothing personal in it");
        assert!(!stored.contains("replaces") && !stored.contains("work_day"), "{stored}");
        let work_day = "2026-01-30".parse().ok();
        let replacement = TimeRecorded { replaces: Some(entry_id(9)), work_day, ..plain };
        let stored = payload(&replacement).expect("nothing personal in it");
        assert!(stored.contains(r#""replaces":"00000000-0000-0000-0000-000000000009""#));
        assert!(stored.contains(r#""work_day":"2026-01-30""#), "{stored}");
        let read = TimeEvent::decode("TimeRecorded", &stored).expect("of this family");
        assert_eq!(read.expect("it reads"), replacement.into());
    }
}
