//! Sending a week or part of it back: what was submitted and waits for the caller's step, and never
//! without a reason. What lies on closed days stays submitted.

use std::collections::BTreeMap;

use super::approve_timesheet::versions;
use super::deciding::Deciding;
use super::part::Part;
use super::periods::Closing;
use super::{Entry, EntryState, Refusal, TimeEvent, Timesheet, TimesheetRejected};
use crate::id::{EntryId, MemberId};
use crate::personal::Personal;

/// Sends back what waits for the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct RejectTimesheet {
    /// What of the week.
    pub part: Part,
    /// Why; not blank.
    pub reason: Personal<String>,
}

/// What rejecting is decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RejectFacts {
    /// The entries of the week on closed days, with what closes them.
    pub closed: Vec<(EntryId, Closing)>,
}

/// What rejecting leads to: an event, or one for each in whose right it's done.
pub fn decide(
    sheet: &Timesheet,
    facts: &RejectFacts,
    deciding: &Deciding,
    command: RejectTimesheet,
) -> Result<Vec<TimeEvent>, Refusal> {
    let waiting = command.part.on_open_days(sheet, &[EntryState::Submitted], &facts.closed)?;
    if waiting.is_empty() {
        return Err(Refusal::NothingSubmitted);
    }
    if command.reason.get().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Refusal::ReasonRequired);
    }
    let mut rejected: BTreeMap<Option<MemberId>, Vec<(EntryId, &Entry)>> = BTreeMap::new();
    for (id, entry) in &waiting {
        let next = entry.approval.next();
        if let Some(right) = next.and_then(|office| deciding.right(office, entry.project)) {
            rejected.entry(deciding.stands_in_for(right)).or_default().push((*id, *entry));
        }
    }
    if rejected.is_empty() {
        return Err(deciding.why_not(&waiting));
    }
    let (member, week) = sheet.whose();
    let event = |(in_right_of, entries): (Option<MemberId>, Vec<(EntryId, &Entry)>)| {
        let (by, reason) = (deciding.by, command.reason.clone());
        let entries = versions(&entries);
        TimesheetRejected { member, week, by, reason, entries, in_right_of }.into()
    };
    Ok(rejected.into_iter().map(event).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::Role;
    use crate::time::samples::{
        deciding, duration, entry_id, in_chain, in_state, member_note, project, sheet_of,
    };

    fn reject(reason: &str) -> RejectTimesheet {
        RejectTimesheet { part: Part::default(), reason: member_note(reason) }
    }

    fn manager() -> Deciding {
        deciding(2, &[Role::Manager])
    }

    #[test]
    fn what_was_submitted_is_sent_back_and_what_was_approved_stays() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 60))]);
        let sheet = in_state(sheet, &[1], EntryState::Submitted);
        let mut sheet = in_state(sheet, &[2], EntryState::Approved);
        let events = decide(&sheet, &RejectFacts::default(), &manager(), reject("Which client?"))
            .expect("rejected");
        events.iter().for_each(|event| sheet.evolve(event));
        assert_eq!(sheet.state(), EntryState::Rejected);
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Rejected);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Approved);
    }

    #[test]
    fn part_of_a_week_is_sent_back_and_the_rest_still_waits() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 60))]);
        let mut sheet = in_state(sheet, &[1, 2], EntryState::Submitted);
        sheet.entries.get_mut(&entry_id(2)).unwrap().project = project(2);
        let command = RejectTimesheet { part: Part::of_project(project(2)), ..reject("No.") };
        let events =
            decide(&sheet, &RejectFacts::default(), &manager(), command).expect("rejected");
        events.iter().for_each(|event| sheet.evolve(event));
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Submitted);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Rejected);
    }

    #[test]
    fn a_week_is_not_sent_back_without_a_reason() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let sheet = in_state(sheet, &[1], EntryState::Submitted);
        assert_eq!(
            decide(&sheet, &RejectFacts::default(), &manager(), reject(" \n")),
            Err(Refusal::ReasonRequired)
        );
    }

    #[test]
    fn a_week_with_nothing_submitted_is_not_sent_back() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let refused = decide(&sheet, &RejectFacts::default(), &manager(), reject("Too late"));
        assert_eq!(refused, Err(Refusal::NothingSubmitted));
    }

    #[test]
    fn whoever_is_not_asked_at_this_step_sends_nothing_back_and_nobody_their_own_time() {
        let sheet = in_state(sheet_of(&[(1, duration("2026-01-07", 60))]), &[1], EntryState::Open);
        let sheet = in_chain(sheet, &[1], "billing,manager");
        let mut later = manager();
        later.concerned.filled.billing = true;
        let refused = decide(&sheet, &RejectFacts::default(), &later, reject("No."))
            .expect_err("not their step");
        assert_eq!(refused.code(), "time.not_your_step");
        let own =
            decide(&sheet, &RejectFacts::default(), &deciding(1, &[Role::Owner]), reject("No."));
        assert_eq!(own, Err(Refusal::OwnApproval));
    }
}
