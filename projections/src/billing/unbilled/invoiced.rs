//! What invoices do to time that may be billed: a draft takes it, a void or a credit note gives it
//! back. What a credit note sets free of a part of a lot is a row of its own from then on; while
//! the invoice holds the rest, the entry can't change under it.

use domain::billing::{
    CreditNoteIssued, Fate, FreedSeconds, InvoiceEvent, InvoiceVoided, Lot, MovedSeconds,
    ReservedEntry,
};
use domain::id::{EntryId, InvoiceId};

use super::UnbilledRow;
use crate::billing::FreedBy;
use crate::billing::freed_by::key_of;
use crate::row::Rows;

/// The rows that an event changes or looks at.
pub(super) fn touched(event: &InvoiceEvent) -> Vec<(EntryId, FreedBy)> {
    let lots = match event {
        InvoiceEvent::InvoiceDrafted(event) => {
            event.entries.iter().map(ReservedEntry::lot).collect()
        }
        InvoiceEvent::InvoiceVoided(event) => given_back(event),
        InvoiceEvent::InvoiceRedrafted(event) => {
            let all = event.released.iter().chain(&event.taken);
            all.map(ReservedEntry::lot).collect()
        }
        InvoiceEvent::CreditNoteIssued(event) => {
            let each = |moved: &MovedSeconds| [moved.lot, freed_lot(event, moved)];
            event.moved.iter().flat_map(each).collect()
        }
        InvoiceEvent::InvoiceTermsChanged(_)
        | InvoiceEvent::InvoiceIssued(_)
        | InvoiceEvent::InvoiceSent(_)
        | InvoiceEvent::InvoicePaid(_)
        | InvoiceEvent::PaymentReversed(_)
        | InvoiceEvent::InvoiceSignedOff(_)
        | InvoiceEvent::LineDisputed(_)
        | InvoiceEvent::DisputeSettled(_) => Vec::new(),
    };
    lots.into_iter().map(key_of).collect()
}

/// Takes in what happened to an invoice.
pub(super) fn apply(rows: &mut Rows<UnbilledRow>, event: &InvoiceEvent, position: i64) {
    match event {
        InvoiceEvent::InvoiceDrafted(event) => {
            take(rows, event.invoice, &event.entries, position);
        }
        InvoiceEvent::InvoiceVoided(event) => {
            for lot in given_back(event) {
                give_back(rows, event.invoice, lot, position);
            }
        }
        InvoiceEvent::InvoiceRedrafted(event) => {
            for released in &event.released {
                give_back(rows, event.invoice, released.lot(), position);
            }
            take(rows, event.invoice, &event.taken, position);
        }
        InvoiceEvent::CreditNoteIssued(event) => {
            for moved in &event.moved {
                credit(rows, event, moved, position);
            }
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

fn take(rows: &mut Rows<UnbilledRow>, invoice: InvoiceId, held: &[ReservedEntry], position: i64) {
    for reserved in held {
        rows.change(&key_of(reserved.lot()), |row| {
            row.invoice_id = Some(invoice);
            row.position = position;
        });
    }
}

fn give_back(rows: &mut Rows<UnbilledRow>, invoice: InvoiceId, lot: Lot, position: i64) {
    let key = key_of(lot);
    if rows.get(&key).is_some_and(|row| row.invoice_id == Some(invoice)) {
        rows.change(&key, |row| {
            row.invoice_id = None;
            row.position = position;
        });
    }
}

/// What a void invoice gives back, where it holds it.
fn given_back(event: &InvoiceVoided) -> Vec<Lot> {
    let whole = event.entries.iter().map(|entry| Lot::whole(*entry));
    whole.chain(event.freed.iter().copied()).collect()
}

/// The lot that a part of a lot becomes once a credit note sets it free.
fn freed_lot(event: &CreditNoteIssued, moved: &MovedSeconds) -> Lot {
    Lot { entry: moved.lot.entry, freed_by: Some(event.credit_note) }
}

/// What is credited as a whole is free again; a part of it becomes a lot of its own. What is
/// written off is free never again.
fn credit(
    rows: &mut Rows<UnbilledRow>,
    event: &CreditNoteIssued,
    moved: &MovedSeconds,
    position: i64,
) {
    if moved.whole && moved.fate == Fate::Unbilled {
        return give_back(rows, event.invoice, moved.lot, position);
    }
    let held = key_of(moved.lot);
    let Some(row) = rows.get(&held).filter(|row| row.invoice_id == Some(event.invoice)) else {
        return;
    };
    let billed = row.billed_seconds.zip(moved.billed_seconds);
    let billed_seconds = billed.map(|(all, credited)| all - credited);
    let left = UnbilledRow { seconds: moved.left, billed_seconds, position, ..row.clone() };
    rows.put(left.clone());
    if moved.fate == Fate::WrittenOff {
        return;
    }
    let lot = freed_lot(event, moved);
    let before = rows
        .get(&key_of(lot))
        .map(|row| FreedSeconds { seconds: row.seconds, billed_seconds: row.billed_seconds });
    let mut freed = before.unwrap_or(FreedSeconds::NONE);
    freed.add(moved);
    let FreedSeconds { seconds, billed_seconds } = freed;
    let freed_by = FreedBy(lot.freed_by);
    rows.put(UnbilledRow { freed_by, seconds, billed_seconds, invoice_id: None, ..left });
}
