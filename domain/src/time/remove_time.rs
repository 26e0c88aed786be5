//! Removing an entry from its week. What stands on an invoice stays until the invoice is void.

use super::{Entry, Refusal, TimeRemoved, Timesheet};
use crate::id::{EntryId, InvoiceId};
use crate::personal::Personal;

/// Takes an entry back; whatever others of the week were approved stays so.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveTime {
    /// The entry.
    pub entry: EntryId,
    /// Why.
    pub reason: Option<Personal<String>>,
}

/// What removing is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoveFacts {
    /// The invoice that holds the entry's seconds.
    pub billing: Option<InvoiceId>,
}

/// What removing leads to.
pub fn decide(
    sheet: &Timesheet,
    facts: &RemoveFacts,
    command: RemoveTime,
) -> Result<TimeRemoved, Refusal> {
    let entry = command.entry;
    let Entry { reverses, replaces, .. } = *sheet.entry(entry)?;
    if let Some(invoice) = facts.billing {
        return Err(Refusal::EntryBilled { entry, invoice });
    }
    let member = sheet.member.expect("a sheet with entries has a member");
    let reason = command.reason;
    Ok(TimeRemoved { entry, member, moved_to: None, reverses, replaces, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::EntryState;
    use crate::time::samples::{duration, entry_id, in_state, invoice, sheet_of};

    const UNBILLED: RemoveFacts = RemoveFacts { billing: None };

    fn approved() -> Timesheet {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 60))]);
        in_state(sheet, &[1, 2], EntryState::Approved)
    }

    fn remove(n: u128) -> RemoveTime {
        RemoveTime { entry: entry_id(n), reason: None }
    }

    #[test]
    fn an_entry_is_removed_and_the_others_stay_approved() {
        let mut sheet = approved();
        sheet.evolve(&decide(&sheet, &UNBILLED, remove(1)).expect("removed").into());
        assert!(sheet.entry(entry_id(1)).is_err());
        assert_eq!(sheet.state(), EntryState::Approved);
    }

    #[test]
    fn an_entry_on_an_invoice_is_not_removed() {
        let billed = RemoveFacts { billing: Some(invoice(7)) };
        let refusal = Refusal::EntryBilled { entry: entry_id(1), invoice: invoice(7) };
        assert_eq!(decide(&approved(), &billed, remove(1)), Err(refusal));
    }

    #[test]
    fn an_entry_that_is_not_there_is_not_removed() {
        let refusal = Refusal::EntryUnknown { entry: entry_id(3) };
        assert!(refusal.is_missing());
        assert_eq!(decide(&approved(), &UNBILLED, remove(3)), Err(refusal));
    }
}
