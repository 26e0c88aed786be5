//! Submitting a week: every entry that is open or was sent back asks for approval, in the version
//! it has now.

use super::content::content_hash;
use super::{EntryState, Refusal, Timesheet, TimesheetSubmitted};

const TO_SUBMIT: &[EntryState] = &[EntryState::Open, EntryState::Rejected];

/// Asks for approval of whatever does not wait for it or have it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmitTimesheet;

/// What submitting leads to.
pub fn decide(
    sheet: &Timesheet,
    SubmitTimesheet: SubmitTimesheet,
) -> Result<TimesheetSubmitted, Refusal> {
    let entries = sheet.versions_in(TO_SUBMIT);
    let (Some(member), Some(week), false) = (sheet.member, sheet.week, entries.is_empty()) else {
        return Err(Refusal::NothingToSubmit);
    };
    let content = content_hash(sheet.in_states(TO_SUBMIT));
    Ok(TimesheetSubmitted { member, week, entries, content })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, entry_id, in_state, sheet_of};

    #[test]
    fn what_is_open_or_was_sent_back_is_submitted() {
        let entries: Vec<_> = (1..=4).map(|n| (n, duration("2026-01-07", 60))).collect();
        let sheet = sheet_of(&entries);
        let sheet = in_state(sheet, &[2], EntryState::Approved);
        let sheet = in_state(sheet, &[3], EntryState::Rejected);
        let mut sheet = in_state(sheet, &[4], EntryState::Submitted);
        let submitted = decide(&sheet, SubmitTimesheet).expect("submitted");
        let ids: Vec<_> = submitted.entries.iter().map(|version| version.entry).collect();
        assert_eq!(ids, [entry_id(1), entry_id(3)]);
        sheet.evolve(&submitted.into());
        assert_eq!(sheet.state(), EntryState::Submitted);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Approved);
    }

    #[test]
    fn a_week_without_anything_to_submit_is_refused() {
        let none = decide(&Timesheet::default(), SubmitTimesheet);
        assert_eq!(none, Err(Refusal::NothingToSubmit));
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let waits = in_state(sheet, &[1], EntryState::Submitted);
        assert_eq!(decide(&waits, SubmitTimesheet), Err(Refusal::NothingToSubmit));
    }
}
