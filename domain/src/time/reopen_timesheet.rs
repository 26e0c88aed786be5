//! Reopening a week or part of it: what was submitted or approved is open again. Whoever has a step
//! of its approval may, and a member takes back what they submitted themselves. What has seconds on
//! an invoice or lies on closed days stays as it is.

use std::collections::BTreeMap;

use super::approve_timesheet::versions;
use super::deciding::Deciding;
use super::part::Part;
use super::periods::Closing;
use super::{Entry, EntryState, Refusal, TimeEvent, Timesheet, TimesheetReopened};
use crate::id::{EntryId, InvoiceId, MemberId};
use crate::personal::Personal;

/// Takes back submissions and approvals.
#[derive(Debug, Clone, PartialEq)]
pub struct ReopenTimesheet {
    /// What of the week.
    pub part: Part,
    /// Why.
    pub reason: Option<Personal<String>>,
}

/// What reopening is decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReopenFacts {
    /// The entries of the week whose seconds an invoice holds, with that invoice.
    pub billed: Vec<(EntryId, InvoiceId)>,
    /// The entries of the week on closed days, with what closes them.
    pub closed: Vec<(EntryId, Closing)>,
}

/// What reopening leads to: an event, or one for each in whose right it's done.
pub fn decide(
    sheet: &Timesheet,
    facts: &ReopenFacts,
    deciding: &Deciding,
    command: ReopenTimesheet,
) -> Result<Vec<TimeEvent>, Refusal> {
    let states = [EntryState::Submitted, EntryState::Approved];
    let decided = command.part.on_open_days(sheet, &states, &facts.closed)?;
    if decided.is_empty() {
        return Err(Refusal::NothingToReopen);
    }
    let mut reopened: BTreeMap<Option<MemberId>, Vec<(EntryId, &Entry)>> = BTreeMap::new();
    for (id, entry) in &decided {
        let own = deciding.by == deciding.concerned.member && entry.state == EntryState::Submitted;
        let in_right_of = match deciding.any_right(entry) {
            Some(right) => deciding.stands_in_for(right),
            None if own => None,
            None => continue,
        };
        reopened.entry(in_right_of).or_default().push((*id, *entry));
    }
    if reopened.is_empty() {
        return Err(deciding.why_not(&decided));
    }
    let is_reopened = |id: &EntryId| reopened.values().flatten().any(|(entry, _)| entry == id);
    if let Some((entry, invoice)) = facts.billed.iter().find(|(entry, _)| is_reopened(entry)) {
        return Err(Refusal::EntryBilled { entry: *entry, invoice: *invoice });
    }
    let (member, week) = sheet.whose();
    let event = |(in_right_of, entries): (Option<MemberId>, Vec<(EntryId, &Entry)>)| {
        let (by, reason) = (deciding.by, command.reason.clone());
        let entries = versions(&entries);
        TimesheetReopened { member, week, by, reason, entries, in_right_of }.into()
    };
    Ok(reopened.into_iter().map(event).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::members::Role;
    use crate::time::samples::{deciding, duration, entry_id, in_state, invoice, sheet_of};

    fn reopen() -> ReopenTimesheet {
        ReopenTimesheet { part: Part::default(), reason: None }
    }

    fn week() -> Timesheet {
        let entries: Vec<_> = (1..=3).map(|n| (n, duration("2026-01-07", 60))).collect();
        let sheet = in_state(sheet_of(&entries), &[1], EntryState::Submitted);
        in_state(in_state(sheet, &[2], EntryState::Approved), &[3], EntryState::Rejected)
    }

    fn states_after(by: &Deciding, command: ReopenTimesheet) -> Result<Vec<EntryState>, Refusal> {
        let mut sheet = week();
        let events = decide(&sheet, &ReopenFacts::default(), by, command)?;
        events.iter().for_each(|event| sheet.evolve(event));
        Ok(sheet.entries.values().map(|entry| entry.state).collect())
    }

    #[test]
    fn what_was_submitted_or_approved_is_open_again() {
        let states = states_after(&deciding(2, &[Role::Manager]), reopen());
        assert_eq!(states, Ok(vec![EntryState::Open, EntryState::Open, EntryState::Rejected]));
    }

    #[test]
    fn single_entries_are_opened_again_and_the_others_stay() {
        let entries = Some(BTreeSet::from([entry_id(2)]));
        let command = ReopenTimesheet { part: Part { entries, ..Part::default() }, ..reopen() };
        let states = states_after(&deciding(2, &[Role::Manager]), command);
        assert_eq!(states, Ok(vec![EntryState::Submitted, EntryState::Open, EntryState::Rejected]));
    }

    #[test]
    fn a_member_takes_back_what_they_submitted_but_not_what_was_approved() {
        let states = states_after(&deciding(1, &[Role::Member]), reopen());
        let kept = [EntryState::Open, EntryState::Approved, EntryState::Rejected];
        assert_eq!(states, Ok(kept.to_vec()));
        let entries = Some(BTreeSet::from([entry_id(2)]));
        let command = ReopenTimesheet { part: Part { entries, ..Part::default() }, ..reopen() };
        let refused = states_after(&deciding(1, &[Role::Member]), command);
        assert_eq!(refused, Err(Refusal::OwnApproval));
    }

    #[test]
    fn a_week_with_billed_seconds_is_not_reopened_but_the_rest_of_it_is() {
        let billed = ReopenFacts { billed: vec![(entry_id(2), invoice(7))], ..Default::default() };
        let refusal = Refusal::EntryBilled { entry: entry_id(2), invoice: invoice(7) };
        let manager = deciding(2, &[Role::Manager]);
        assert_eq!(decide(&week(), &billed, &manager, reopen()), Err(refusal));
        let entries = Some(BTreeSet::from([entry_id(1)]));
        let rest = ReopenTimesheet { part: Part { entries, ..Part::default() }, ..reopen() };
        assert!(decide(&week(), &billed, &manager, rest).is_ok());
    }

    #[test]
    fn a_week_that_is_open_is_not_reopened() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let manager = deciding(2, &[Role::Manager]);
        let refused = decide(&sheet, &ReopenFacts::default(), &manager, reopen());
        assert_eq!(refused, Err(Refusal::NothingToReopen));
    }
}
