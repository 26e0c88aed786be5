//! Approving a week: what was submitted, in the versions it has, and nothing else. Nobody approves
//! their own time, unless a firm of one has set it so.

use super::content::content_hash;
use super::{EntryState, Refusal, Timesheet, TimesheetApproved};
use crate::id::MemberId;

/// Approves everything that waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveTimesheet {
    /// Who approves.
    pub by: MemberId,
    /// The hash of what the approver saw (`Timesheet::submitted_content`), where they say it.
    pub content: Option<String>,
}

/// What an approval is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalFacts {
    /// The tenant lets members approve their own time.
    pub self_approval: bool,
}

/// What approving leads to.
pub fn decide(
    sheet: &Timesheet,
    facts: &ApprovalFacts,
    command: ApproveTimesheet,
) -> Result<TimesheetApproved, Refusal> {
    let entries = sheet.versions_in(&[EntryState::Submitted]);
    let (Some(member), Some(week), false) = (sheet.member, sheet.week, entries.is_empty()) else {
        return Err(Refusal::NothingSubmitted);
    };
    if command.by == member && !facts.self_approval {
        return Err(Refusal::OwnApproval);
    }
    let content = content_hash(sheet.in_states(&[EntryState::Submitted]));
    if command.content.is_some_and(|seen| seen != content) {
        return Err(Refusal::ContentChanged);
    }
    Ok(TimesheetApproved { member, week, by: command.by, entries, content })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, entry_id, in_state, member, sheet_of};

    const NOT_OWN: ApprovalFacts = ApprovalFacts { self_approval: false };

    fn submitted() -> Timesheet {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 60))]);
        in_state(sheet, &[1], EntryState::Submitted)
    }

    fn by(n: u128) -> ApproveTimesheet {
        ApproveTimesheet { by: member(n), content: None }
    }

    #[test]
    fn what_was_submitted_is_approved_and_nothing_else() {
        let mut sheet = submitted();
        let seen = ApproveTimesheet { content: Some(sheet.submitted_content()), ..by(2) };
        let approved = decide(&sheet, &NOT_OWN, seen).expect("approved");
        assert_eq!(approved.content, sheet.submitted_content());
        sheet.evolve(&approved.into());
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Approved);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Open);
        assert_eq!(sheet.state(), EntryState::Open);
    }

    #[test]
    fn nobody_approves_their_own_time_unless_the_tenant_allows_it() {
        assert_eq!(decide(&submitted(), &NOT_OWN, by(1)), Err(Refusal::OwnApproval));
        let allowed = ApprovalFacts { self_approval: true };
        assert!(decide(&submitted(), &allowed, by(1)).is_ok());
    }

    #[test]
    fn an_approval_of_other_content_than_there_is_now_is_refused() {
        let seen = ApproveTimesheet { content: Some("00".repeat(32)), ..by(2) };
        assert_eq!(decide(&submitted(), &NOT_OWN, seen), Err(Refusal::ContentChanged));
    }

    #[test]
    fn a_week_with_nothing_submitted_is_not_approved() {
        let open = sheet_of(&[(1, duration("2026-01-07", 60))]);
        assert_eq!(decide(&open, &NOT_OWN, by(2)), Err(Refusal::NothingSubmitted));
        let none = Timesheet::default();
        assert_eq!(decide(&none, &NOT_OWN, by(2)), Err(Refusal::NothingSubmitted));
    }
}
