//! Submitting a week or part of it: every entry that is open or was sent back asks for approval, in
//! the version it has now and by the steps that are set for the week.

use super::approve_timesheet::versions;
use super::chain::Chain;
use super::content::content_hash;
use super::part::Part;
use super::{EntryState, Refusal, Timesheet, TimesheetSubmitted};

/// Asks for approval of whatever does not wait for it or have it yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubmitTimesheet {
    /// What of the week.
    pub part: Part,
}

/// What submitting leads to; `chain` is what holds for the week's Monday.
pub fn decide(
    sheet: &Timesheet,
    chain: &Chain,
    command: &SubmitTimesheet,
) -> Result<TimesheetSubmitted, Refusal> {
    let entries = command.part.of(sheet, &[EntryState::Open, EntryState::Rejected])?;
    if entries.is_empty() {
        return Err(Refusal::NothingToSubmit);
    }
    let (member, week) = sheet.whose();
    let content = content_hash(entries.iter().copied());
    let entries = versions(&entries);
    Ok(TimesheetSubmitted { member, week, entries, content, chain: chain.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, entry_id, in_state, project, sheet_of};

    fn whole() -> SubmitTimesheet {
        SubmitTimesheet::default()
    }

    #[test]
    fn what_is_open_or_was_sent_back_is_submitted_by_the_steps_of_its_week() {
        let entries: Vec<_> = (1..=4).map(|n| (n, duration("2026-01-07", 60))).collect();
        let sheet = sheet_of(&entries);
        let sheet = in_state(sheet, &[2], EntryState::Approved);
        let sheet = in_state(sheet, &[3], EntryState::Rejected);
        let mut sheet = in_state(sheet, &[4], EntryState::Submitted);
        let chain = Chain::parse("line_manager,billing").unwrap();
        let submitted = decide(&sheet, &chain, &whole()).expect("submitted");
        let ids: Vec<_> = submitted.entries.iter().map(|version| version.entry).collect();
        assert_eq!(ids, [entry_id(1), entry_id(3)]);
        sheet.evolve(&submitted.into());
        assert_eq!(sheet.state(), EntryState::Submitted);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Approved);
        assert_eq!(sheet.entries[&entry_id(1)].approval.chain, chain);
        assert!(sheet.entries[&entry_id(4)].approval.chain.is_default(), "submitted before");
    }

    #[test]
    fn part_of_a_week_is_submitted_and_the_rest_stays_open() {
        let mut sheet =
            sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 60))]);
        sheet.entries.get_mut(&entry_id(2)).unwrap().project = project(2);
        let part = SubmitTimesheet { part: Part::of_project(project(2)) };
        let submitted = decide(&sheet, &Chain::default(), &part).expect("submitted");
        sheet.evolve(&submitted.into());
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Open);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Submitted);
    }

    #[test]
    fn a_week_without_anything_to_submit_is_refused() {
        let none = decide(&Timesheet::default(), &Chain::default(), &whole());
        assert_eq!(none, Err(Refusal::NothingToSubmit));
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let waits = in_state(sheet, &[1], EntryState::Submitted);
        let refused = decide(&waits, &Chain::default(), &whole());
        assert_eq!(refused, Err(Refusal::NothingToSubmit));
    }
}
