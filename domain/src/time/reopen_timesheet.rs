//! Reopening a week: what was submitted or approved is open again. A week with seconds on an
//! invoice stays as it is; a single entry of it can still be revised on its own. What lies on closed
//! days stays as it is too, and does not keep the rest of the week from being opened.

use super::periods::Closing;
use super::{EntryState, Refusal, Timesheet, TimesheetReopened};
use crate::id::{EntryId, InvoiceId, MemberId};
use crate::personal::Personal;

/// Takes back submissions and approvals of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct ReopenTimesheet {
    /// Who reopens it.
    pub by: MemberId,
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

/// What reopening leads to.
pub fn decide(
    sheet: &Timesheet,
    facts: &ReopenFacts,
    command: ReopenTimesheet,
) -> Result<TimesheetReopened, Refusal> {
    let states = &[EntryState::Submitted, EntryState::Approved];
    let entries = sheet.open_days_in(states, &facts.closed)?;
    let (Some(member), Some(week), false) = (sheet.member, sheet.week, entries.is_empty()) else {
        return Err(Refusal::NothingToReopen);
    };
    let is_reopened = |id: &EntryId| entries.iter().any(|version| version.entry == *id);
    if let Some((entry, invoice)) = facts.billed.iter().find(|(entry, _)| is_reopened(entry)) {
        return Err(Refusal::EntryBilled { entry: *entry, invoice: *invoice });
    }
    Ok(TimesheetReopened { member, week, by: command.by, reason: command.reason, entries })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, entry_id, in_state, invoice, member, sheet_of};

    fn reopen() -> ReopenTimesheet {
        ReopenTimesheet { by: member(2), reason: None }
    }

    fn week() -> Timesheet {
        let entries: Vec<_> = (1..=3).map(|n| (n, duration("2026-01-07", 60))).collect();
        let sheet = in_state(sheet_of(&entries), &[1], EntryState::Submitted);
        in_state(in_state(sheet, &[2], EntryState::Approved), &[3], EntryState::Rejected)
    }

    #[test]
    fn what_was_submitted_or_approved_is_open_again() {
        let mut sheet = week();
        let reopened = decide(&sheet, &ReopenFacts::default(), reopen()).expect("reopened");
        assert_eq!(reopened.entries.len(), 2);
        sheet.evolve(&reopened.into());
        let states: Vec<_> = sheet.entries.values().map(|entry| entry.state).collect();
        assert_eq!(states, [EntryState::Open, EntryState::Open, EntryState::Rejected]);
    }

    #[test]
    fn a_week_with_billed_seconds_is_not_reopened() {
        let billed = ReopenFacts { billed: vec![(entry_id(2), invoice(7))], ..Default::default() };
        let refusal = Refusal::EntryBilled { entry: entry_id(2), invoice: invoice(7) };
        assert_eq!(decide(&week(), &billed, reopen()), Err(refusal));
    }

    #[test]
    fn a_week_that_is_open_is_not_reopened() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let refused = decide(&sheet, &ReopenFacts::default(), reopen());
        assert_eq!(refused, Err(Refusal::NothingToReopen));
    }
}
