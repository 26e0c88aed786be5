//! What invoices do to time that may be billed: a draft takes it, a void or a credit note of the
//! whole gives it back.

use domain::billing::{CreditNoteIssued, Fate, InvoiceEvent, MovedSeconds};
use domain::id::{EntryId, InvoiceId};

use super::UnbilledRow;
use crate::row::Rows;

/// The entries whose rows an event changes.
pub(super) fn touched(event: &InvoiceEvent) -> Vec<EntryId> {
    match event {
        InvoiceEvent::InvoiceDrafted(event) => {
            event.entries.iter().map(|reserved| reserved.entry).collect()
        }
        InvoiceEvent::InvoiceVoided(event) => event.entries.clone(),
        InvoiceEvent::InvoiceRedrafted(event) => {
            let all = event.released.iter().chain(&event.taken);
            all.map(|reserved| reserved.entry).collect()
        }
        InvoiceEvent::CreditNoteIssued(event) => freed(event).collect(),
        InvoiceEvent::InvoiceTermsChanged(_)
        | InvoiceEvent::InvoiceIssued(_)
        | InvoiceEvent::InvoiceSent(_)
        | InvoiceEvent::InvoicePaid(_)
        | InvoiceEvent::PaymentReversed(_)
        | InvoiceEvent::InvoiceSignedOff(_)
        | InvoiceEvent::LineDisputed(_)
        | InvoiceEvent::DisputeSettled(_) => Vec::new(),
    }
}

/// Takes in what happened to an invoice.
pub(super) fn apply(rows: &mut Rows<UnbilledRow>, event: &InvoiceEvent, position: i64) {
    match event {
        InvoiceEvent::InvoiceDrafted(event) => {
            let taken = event.entries.iter().map(|reserved| reserved.entry);
            take(rows, event.invoice, taken, position);
        }
        InvoiceEvent::InvoiceVoided(event) => {
            give_back(rows, event.invoice, event.entries.iter().copied(), position);
        }
        InvoiceEvent::InvoiceRedrafted(event) => {
            let released = event.released.iter().map(|reserved| reserved.entry);
            give_back(rows, event.invoice, released, position);
            let taken = event.taken.iter().map(|reserved| reserved.entry);
            take(rows, event.invoice, taken, position);
        }
        InvoiceEvent::CreditNoteIssued(event) => {
            give_back(rows, event.invoice, freed(event), position);
        }
        InvoiceEvent::InvoiceTermsChanged(_)
        | InvoiceEvent::InvoiceIssued(_)
        | InvoiceEvent::InvoiceSent(_)
        | InvoiceEvent::InvoicePaid(_)
        | InvoiceEvent::PaymentReversed(_)
        | InvoiceEvent::InvoiceSignedOff(_)
        | InvoiceEvent::LineDisputed(_)
        | InvoiceEvent::DisputeSettled(_) => {}
    }
}

fn take(
    rows: &mut Rows<UnbilledRow>,
    invoice: InvoiceId,
    entries: impl Iterator<Item = EntryId>,
    position: i64,
) {
    for entry in entries {
        rows.change(&entry, |row| {
            row.invoice_id = Some(invoice);
            row.position = position;
        });
    }
}

fn give_back(
    rows: &mut Rows<UnbilledRow>,
    invoice: InvoiceId,
    entries: impl Iterator<Item = EntryId>,
    position: i64,
) {
    for entry in entries {
        if rows.get(&entry).is_some_and(|row| row.invoice_id == Some(invoice)) {
            rows.change(&entry, |row| {
                row.invoice_id = None;
                row.position = position;
            });
        }
    }
}

/// The entries that a credit note sets free as a whole.
fn freed(event: &CreditNoteIssued) -> impl Iterator<Item = EntryId> + '_ {
    let free = |it: &&MovedSeconds| it.whole && it.fate == Fate::Unbilled;
    event.moved.iter().filter(free).map(|it| it.lot.entry)
}
