//! What invoices and credit notes do with each lot of time: how much of it they hold, and what it
//! comes to in money, as the domain splits prices. What ends is not removed but says at which event
//! it ended, so what held after any event is a condition on places in the log.

mod asked;

use domain::billing::account::{PricePart, price_parts};
use domain::billing::{
    CreditNoteIssued, Fate, InvoiceEvent, InvoiceIssued, InvoiceVoided, Lot, ReservedEntry,
};
use domain::id::{ClientId, EntryId, InvoiceId, MemberId, ProjectId, TaskId};
use domain::log::{EventFamily, Recorded};
use jiff::civil::Date;
use uuid::Uuid;

use super::{FreedBy, invoice_event};
use crate::model::{EventTypes, ReadModel};
use crate::row::{Rows, row};

pub use asked::{Billed, Taken, Wanted, billed, taken};

row! {
    /// A lot of time on a document, or a line that is about no time. What takes back (a credit
    /// note, or that the invoice became void) has figures below zero. Amounts are before tax, in
    /// minor units of its currency.
    BilledEntryRow in "rm_billed_entry"
    key(document_id: Uuid, part_id: Uuid, freed_by: FreedBy, n: i64)
    index("day": "(on_day) where on_day is not null") {
        /// The invoice or the credit note.
        document_id: Uuid,
        /// The entry; of a line about no time the line's number as an id.
        part_id: Uuid,
        /// The credit note that had set these seconds free.
        freed_by: FreedBy,
        /// 0 for what the document holds; the position of the event that gave it back for what a
        /// draft held no longer, and for what a void invoice takes back.
        n: i64,
        /// The invoice, of a credit note the one that it takes back.
        invoice_id: InvoiceId,
        /// Whose.
        client_id: ClientId,
        /// ISO 4217 code.
        currency: String,
        /// The line; none while it's a draft.
        line: Option<u32>,
        /// The entry, where it's about one.
        entry_id: Option<EntryId>,
        /// Who worked.
        member_id: Option<MemberId>,
        /// On what.
        project_id: Option<ProjectId>,
        /// Doing what.
        task_id: Option<TaskId>,
        /// The local day of the work.
        day: Option<Date>,
        /// Its seconds, unrounded.
        seconds: i64,
        /// Of a credit note, how many of its seconds are never billed again; above zero where the
        /// lot's are.
        written_off_seconds: i64,
        /// What is earned by it after all discounts.
        net_minor: i64,
        /// The day that counts: of the document, or on which it became void; none while it's a
        /// draft.
        on_day: Option<Date>,
        /// Where the log began to hold it.
        position: i64,
        /// Where it was billed or taken back; none while it's a draft.
        billed_position: Option<i64>,
        /// Where a draft gave it back.
        until_position: Option<i64>,
    }
}

type Key = (Uuid, Uuid, FreedBy, i64);

fn key(document: Uuid, lot: Lot) -> Key {
    (document, lot.entry.0, FreedBy(lot.freed_by), 0)
}

/// The part of a line about no time. No entry has such an id: theirs are of a time and at random.
fn part_of_line(n: u32) -> Uuid {
    Uuid::from_u128(n.into())
}

/// Each of these, and what it becomes with the event at a position that ends it.
fn ended(keys: Vec<Key>, position: i64) -> Vec<Key> {
    keys.into_iter()
        .flat_map(|(of, part, by, n)| [(of, part, by, n), (of, part, by, position)])
        .collect()
}

/// What a void invoice held: its lots are named, and those that were set free once more.
fn given_back(event: &InvoiceVoided) -> Vec<Key> {
    let whole = event.entries.iter().map(|entry| Lot::whole(*entry));
    whole.chain(event.freed.iter().copied()).map(|lot| key(event.invoice.0, lot)).collect()
}

/// The fold of what was billed of each entry.
#[derive(Debug)]
pub struct BilledEntry;

impl ReadModel for BilledEntry {
    const NAME: &'static str = "billed_entry";
    const VERSION: i32 = 2;
    const READS: &'static [EventTypes] = &[InvoiceEvent::TYPES];
    type Row = BilledEntryRow;

    fn touches(recorded: &Recorded) -> Vec<Key> {
        let of = |invoice: InvoiceId, held: &[ReservedEntry]| -> Vec<Key> {
            held.iter().map(|held| key(invoice.0, held.lot())).collect()
        };
        match invoice_event(recorded) {
            Some(InvoiceEvent::InvoiceDrafted(event)) => of(event.invoice, &event.entries),
            Some(InvoiceEvent::InvoiceRedrafted(event)) => {
                let mut keys = ended(of(event.invoice, &event.released), recorded.position);
                keys.extend(of(event.invoice, &event.taken));
                keys
            }
            Some(InvoiceEvent::InvoiceVoided(event)) => ended(given_back(event), recorded.position),
            Some(InvoiceEvent::InvoiceIssued(event)) => {
                let lots = event.sealed.lines.iter().flat_map(|line| &line.entries);
                lots.map(|entry| key(event.invoice.0, entry.lot())).collect()
            }
            Some(InvoiceEvent::CreditNoteIssued(event)) => {
                let both = [event.invoice.0, event.credit_note.0];
                let keys = |part: PricePart| match part.lot {
                    Some(lot) => both.map(|document| key(document, lot)).to_vec(),
                    None => {
                        vec![(event.credit_note.0, part_of_line(part.line), FreedBy::NOBODY, 0)]
                    }
                };
                price_parts(&event.sealed).into_iter().flat_map(keys).collect()
            }
            Some(
                InvoiceEvent::InvoiceTermsChanged(_)
                | InvoiceEvent::InvoiceSent(_)
                | InvoiceEvent::InvoicePaid(_)
                | InvoiceEvent::PaymentReversed(_)
                | InvoiceEvent::InvoiceSignedOff(_)
                | InvoiceEvent::LineDisputed(_)
                | InvoiceEvent::DisputeSettled(_),
            )
            | None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<BilledEntryRow>, recorded: &Recorded) {
        let position = recorded.position;
        match invoice_event(recorded) {
            Some(InvoiceEvent::InvoiceDrafted(event)) => {
                let of = (event.invoice, event.client, &*event.currency);
                event.entries.iter().for_each(|held| rows.put(waiting(of, held, position)));
            }
            Some(InvoiceEvent::InvoiceRedrafted(event)) => {
                let of = (event.invoice, event.client, &*event.currency);
                for released in &event.released {
                    let_go(rows, &key(event.invoice.0, released.lot()), position);
                }
                event.taken.iter().for_each(|held| rows.put(waiting(of, held, position)));
            }
            Some(InvoiceEvent::InvoiceVoided(event)) => void(rows, event, recorded),
            Some(InvoiceEvent::InvoiceIssued(event)) => issue(rows, event, position),
            Some(InvoiceEvent::CreditNoteIssued(event)) => credit(rows, event, position),
            Some(
                InvoiceEvent::InvoiceTermsChanged(_)
                | InvoiceEvent::InvoiceSent(_)
                | InvoiceEvent::InvoicePaid(_)
                | InvoiceEvent::PaymentReversed(_)
                | InvoiceEvent::InvoiceSignedOff(_)
                | InvoiceEvent::LineDisputed(_)
                | InvoiceEvent::DisputeSettled(_),
            )
            | None => {}
        }
    }
}

fn waiting(
    (invoice, client, currency): (InvoiceId, ClientId, &str),
    held: &ReservedEntry,
    position: i64,
) -> BilledEntryRow {
    BilledEntryRow {
        document_id: invoice.0,
        part_id: held.entry.0,
        freed_by: FreedBy(held.freed_by),
        n: 0,
        invoice_id: invoice,
        client_id: client,
        currency: currency.to_owned(),
        line: None,
        entry_id: Some(held.entry),
        member_id: Some(held.member),
        project_id: Some(held.project),
        task_id: Some(held.task),
        day: Some(held.day),
        seconds: held.seconds,
        written_off_seconds: 0,
        net_minor: 0,
        on_day: None,
        position,
        billed_position: None,
        until_position: None,
    }
}

/// A draft holds something no longer: that it did stays.
fn let_go(rows: &mut Rows<BilledEntryRow>, key: &Key, position: i64) {
    if let Some(row) = rows.get(key).cloned() {
        rows.remove(key);
        rows.put(BilledEntryRow { n: position, until_position: Some(position), ..row });
    }
}

fn void(rows: &mut Rows<BilledEntryRow>, event: &InvoiceVoided, recorded: &Recorded) {
    let position = recorded.position;
    for key in given_back(event) {
        let Some(row) = rows.get(&key).cloned() else { continue };
        let Some(issued_on) = row.on_day else {
            let_go(rows, &key, position);
            continue;
        };
        rows.put(BilledEntryRow {
            n: position,
            seconds: -row.seconds,
            net_minor: -row.net_minor,
            on_day: Some(event.day(recorded.recorded_at, issued_on)),
            position,
            billed_position: Some(position),
            ..row
        });
    }
}

fn issue(rows: &mut Rows<BilledEntryRow>, event: &InvoiceIssued, position: i64) {
    let sealed = &event.sealed;
    for part in price_parts(sealed) {
        // Every line of an invoice is about time.
        let Some(lot) = part.lot else { continue };
        rows.change(&key(event.invoice.0, lot), |row| {
            row.currency.clone_from(&sealed.currency);
            row.line = Some(part.line);
            row.net_minor = part.net_minor;
            row.on_day = Some(sealed.issued_on);
            row.billed_position = Some(position);
        });
    }
}

fn credit(rows: &mut Rows<BilledEntryRow>, event: &CreditNoteIssued, position: i64) {
    let sealed = &event.sealed;
    for part in price_parts(sealed) {
        // Who worked, on what and when is known from the invoice.
        let billed = part.lot.and_then(|lot| rows.get(&key(event.invoice.0, lot)).cloned());
        let lost = event.moved.iter().filter(|moved| {
            let same = moved.line == part.line && Some(moved.lot) == part.lot;
            same && moved.fate == Fate::WrittenOff
        });
        rows.put(BilledEntryRow {
            document_id: event.credit_note.0,
            part_id: part.lot.map_or(part_of_line(part.line), |lot| lot.entry.0),
            freed_by: FreedBy(part.lot.and_then(|lot| lot.freed_by)),
            n: 0,
            invoice_id: event.invoice,
            client_id: event.client,
            currency: sealed.currency.clone(),
            line: Some(part.line),
            entry_id: part.lot.map(|lot| lot.entry),
            member_id: billed.as_ref().and_then(|row| row.member_id),
            project_id: billed.as_ref().and_then(|row| row.project_id),
            task_id: billed.as_ref().and_then(|row| row.task_id),
            day: billed.as_ref().and_then(|row| row.day),
            seconds: -part.seconds,
            written_off_seconds: lost.map(|moved| moved.seconds).sum(),
            net_minor: -part.net_minor,
            on_day: Some(sealed.issued_on),
            position,
            billed_position: Some(position),
            until_position: None,
        });
    }
}
