//! Sending a week back: what was submitted, and never without a reason. What lies on closed days
//! stays submitted.

use super::periods::Closing;
use super::{EntryState, Refusal, Timesheet, TimesheetRejected};
use crate::id::{EntryId, MemberId};
use crate::personal::Personal;

/// Sends everything back that waits for approval.
#[derive(Debug, Clone, PartialEq)]
pub struct RejectTimesheet {
    /// Who sends it back.
    pub by: MemberId,
    /// Why; not blank.
    pub reason: Personal<String>,
}

/// What rejecting is decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RejectFacts {
    /// The entries of the week on closed days, with what closes them.
    pub closed: Vec<(EntryId, Closing)>,
}

/// What rejecting leads to.
pub fn decide(
    sheet: &Timesheet,
    facts: &RejectFacts,
    command: RejectTimesheet,
) -> Result<TimesheetRejected, Refusal> {
    let entries = sheet.open_days_in(&[EntryState::Submitted], &facts.closed)?;
    let (Some(member), Some(week), false) = (sheet.member, sheet.week, entries.is_empty()) else {
        return Err(Refusal::NothingSubmitted);
    };
    if command.reason.get().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Refusal::ReasonRequired);
    }
    Ok(TimesheetRejected { member, week, by: command.by, reason: command.reason, entries })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, entry_id, in_state, member, member_note, sheet_of};

    fn reject(reason: &str) -> RejectTimesheet {
        RejectTimesheet { by: member(2), reason: member_note(reason) }
    }

    #[test]
    fn what_was_submitted_is_sent_back_and_what_was_approved_stays() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 60))]);
        let sheet = in_state(sheet, &[1], EntryState::Submitted);
        let mut sheet = in_state(sheet, &[2], EntryState::Approved);
        sheet.evolve(
            &decide(&sheet, &RejectFacts::default(), reject("Which client?"))
                .expect("rejected")
                .into(),
        );
        assert_eq!(sheet.state(), EntryState::Rejected);
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Rejected);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Approved);
    }

    #[test]
    fn a_week_is_not_sent_back_without_a_reason() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let sheet = in_state(sheet, &[1], EntryState::Submitted);
        assert_eq!(
            decide(&sheet, &RejectFacts::default(), reject(" \n")),
            Err(Refusal::ReasonRequired)
        );
    }

    #[test]
    fn a_week_with_nothing_submitted_is_not_sent_back() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        assert_eq!(
            decide(&sheet, &RejectFacts::default(), reject("Too late")),
            Err(Refusal::NothingSubmitted)
        );
    }
}
