//! What invoices and credit notes say of each lot of time in money: the net of each line, less its
//! part of the discounts of the whole, is shared over the entries in it so that the parts add up to
//! the line exactly. Of a draft the rows wait, without amounts, for its issue; a void invoice has
//! none.

mod shares;

use domain::billing::sealed::{SealedInvoice, SealedLine};
use domain::billing::{CreditNoteIssued, InvoiceEvent, InvoiceIssued, Lot, ReservedEntry};
use domain::id::{ClientId, CreditNoteId, EntryId, InvoiceId, MemberId, ProjectId, TaskId};
use domain::log::{EventFamily, Recorded};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;
use uuid::Uuid;

use super::{FreedBy, invoice_event};
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// A part of a document: a lot of time, or a line that is about no time. Amounts are before
    /// tax, in minor units of its currency; a credit note's are below zero.
    BilledEntryRow in "rm_billed_entry"
    key(document_id: Uuid, part_id: Uuid, freed_by: FreedBy)
    index("issued": "(issued_on) where issued_on is not null", "invoice": "(invoice_id)") {
        /// The invoice or the credit note.
        document_id: Uuid,
        /// The entry; of a line about no time the line's number as an id.
        part_id: Uuid,
        /// The credit note that had set these seconds free.
        freed_by: FreedBy,
        /// The invoice, of a credit note the one that it takes back.
        invoice_id: InvoiceId,
        /// The credit note, where it's one.
        credit_note_id: Option<CreditNoteId>,
        /// Whose.
        client_id: ClientId,
        /// ISO 4217 code.
        currency: String,
        /// The day of issue; none while it's a draft.
        issued_on: Option<Date>,
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
        /// Its part of the line's net.
        line_minor: i64,
        /// Its part of what discounts of the whole take off.
        discount_minor: i64,
        /// What is earned by it: the one less the other.
        net_minor: i64,
        /// The last event that changed it.
        position: i64,
    }
}

type Key = (Uuid, Uuid, FreedBy);

fn key(document: Uuid, lot: Lot) -> Key {
    (document, lot.entry.0, FreedBy(lot.freed_by))
}

/// The key of a line about no time. No entry has such an id: theirs are of a time and at random.
fn key_of_line(document: Uuid, n: u32) -> Key {
    (document, Uuid::from_u128(n.into()), FreedBy::NOBODY)
}

/// The fold of what was billed of each entry.
#[derive(Debug)]
pub struct BilledEntry;

impl ReadModel for BilledEntry {
    const NAME: &'static str = "billed_entry";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[InvoiceEvent::TYPES];
    type Row = BilledEntryRow;

    fn touches(event: &Recorded) -> Vec<Key> {
        let of = |invoice: InvoiceId, held: &[ReservedEntry]| -> Vec<Key> {
            held.iter().map(|held| key(invoice.0, held.lot())).collect()
        };
        match invoice_event(event) {
            Some(InvoiceEvent::InvoiceDrafted(event)) => of(event.invoice, &event.entries),
            Some(InvoiceEvent::InvoiceRedrafted(event)) => {
                let mut keys = of(event.invoice, &event.released);
                keys.extend(of(event.invoice, &event.taken));
                keys
            }
            Some(InvoiceEvent::InvoiceVoided(event)) => {
                let whole = event.entries.iter().map(|entry| Lot::whole(*entry));
                whole
                    .chain(event.freed.iter().copied())
                    .map(|it| key(event.invoice.0, it))
                    .collect()
            }
            Some(InvoiceEvent::InvoiceIssued(event)) => {
                let lots = event.sealed.lines.iter().flat_map(|line| &line.entries);
                lots.map(|entry| key(event.invoice.0, entry.lot())).collect()
            }
            Some(InvoiceEvent::CreditNoteIssued(event)) => {
                event.sealed.lines.iter().flat_map(|line| touched_by_credit(event, line)).collect()
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
        match invoice_event(recorded) {
            Some(InvoiceEvent::InvoiceDrafted(event)) => {
                let of = (event.invoice, event.client, &*event.currency);
                event.entries.iter().for_each(|held| rows.put(waiting(of, held, recorded)));
            }
            Some(InvoiceEvent::InvoiceRedrafted(event)) => {
                let of = (event.invoice, event.client, &*event.currency);
                let released = event.released.iter();
                released.for_each(|held| rows.remove(&key(event.invoice.0, held.lot())));
                event.taken.iter().for_each(|held| rows.put(waiting(of, held, recorded)));
            }
            Some(InvoiceEvent::InvoiceVoided(_)) => {
                BilledEntry::touches(recorded).iter().for_each(|key| rows.remove(key));
            }
            Some(InvoiceEvent::InvoiceIssued(event)) => issue(rows, event, recorded),
            Some(InvoiceEvent::CreditNoteIssued(event)) => credit(rows, event, recorded),
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

/// The parts of a credit note's line, and those of the invoice that they are about.
fn touched_by_credit(event: &CreditNoteIssued, line: &SealedLine) -> Vec<Key> {
    if line.entries.is_empty() {
        return vec![key_of_line(event.credit_note.0, line.n)];
    }
    let both = [event.invoice.0, event.credit_note.0];
    let lots = line.entries.iter();
    lots.flat_map(|entry| both.map(|document| key(document, entry.lot()))).collect()
}

fn waiting(
    (invoice, client, currency): (InvoiceId, ClientId, &str),
    held: &ReservedEntry,
    recorded: &Recorded,
) -> BilledEntryRow {
    BilledEntryRow {
        document_id: invoice.0,
        part_id: held.entry.0,
        freed_by: FreedBy(held.freed_by),
        invoice_id: invoice,
        credit_note_id: None,
        client_id: client,
        currency: currency.to_owned(),
        issued_on: None,
        line: None,
        entry_id: Some(held.entry),
        member_id: Some(held.member),
        project_id: Some(held.project),
        task_id: Some(held.task),
        day: Some(held.day),
        seconds: held.seconds,
        line_minor: 0,
        discount_minor: 0,
        net_minor: 0,
        position: recorded.position,
    }
}

fn issue(rows: &mut Rows<BilledEntryRow>, event: &InvoiceIssued, recorded: &Recorded) {
    let sealed = &event.sealed;
    for (line, shares) in sealed.lines.iter().zip(shares::of(sealed)) {
        for (entry, share) in line.entries.iter().zip(shares) {
            rows.change(&key(event.invoice.0, entry.lot()), |row| {
                row.currency.clone_from(&sealed.currency);
                row.issued_on = Some(sealed.issued_on);
                row.line = Some(line.n);
                row.line_minor = share.line_minor;
                row.discount_minor = share.discount_minor;
                row.net_minor = share.line_minor - share.discount_minor;
                row.position = recorded.position;
            });
        }
    }
}

fn credit(rows: &mut Rows<BilledEntryRow>, event: &CreditNoteIssued, recorded: &Recorded) {
    let sealed = &event.sealed;
    let base = of_credit(event, sealed, recorded.position);
    for (line, shares) in sealed.lines.iter().zip(shares::of(sealed)) {
        let base = BilledEntryRow { line: Some(line.n), ..base.clone() };
        for (at, share) in shares.into_iter().enumerate() {
            let amounts = BilledEntryRow {
                line_minor: -share.line_minor,
                discount_minor: -share.discount_minor,
                net_minor: share.discount_minor - share.line_minor,
                ..base.clone()
            };
            let Some(entry) = line.entries.get(at) else {
                let part_id = key_of_line(event.credit_note.0, line.n).1;
                rows.put(shares::about(&line.key, BilledEntryRow { part_id, ..amounts }));
                continue;
            };
            // Who worked, on what and when is known from the invoice.
            let Some(billed) = rows.get(&key(event.invoice.0, entry.lot())) else { continue };
            let row = BilledEntryRow {
                part_id: entry.entry.0,
                freed_by: FreedBy(entry.freed_by),
                entry_id: Some(entry.entry),
                member_id: billed.member_id,
                project_id: billed.project_id,
                task_id: billed.task_id,
                day: billed.day,
                seconds: -entry.seconds,
                ..amounts
            };
            rows.put(row);
        }
    }
}

fn of_credit(event: &CreditNoteIssued, sealed: &SealedInvoice, position: i64) -> BilledEntryRow {
    BilledEntryRow {
        document_id: event.credit_note.0,
        part_id: Uuid::nil(),
        freed_by: FreedBy::NOBODY,
        invoice_id: event.invoice,
        credit_note_id: Some(event.credit_note),
        client_id: event.client,
        currency: sealed.currency.clone(),
        issued_on: Some(sealed.issued_on),
        line: None,
        entry_id: None,
        member_id: None,
        project_id: None,
        task_id: None,
        day: None,
        seconds: 0,
        line_minor: 0,
        discount_minor: 0,
        net_minor: 0,
        position,
    }
}

/// Which parts of documents; what is left out matches all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this client.
    pub client: Option<ClientId>,
    /// Of documents issued on this day or later.
    pub from: Option<Date>,
    /// Of documents issued on this day or earlier.
    pub to: Option<Date>,
}

impl Wanted {
    /// Whether this part is wanted: it's of a document that was issued.
    pub fn covers(&self, row: &BilledEntryRow) -> bool {
        let client = self.client.is_none_or(|client| row.client_id == client);
        client
            && row.issued_on.is_some_and(|on| {
                self.from.is_none_or(|from| on >= from) && self.to.is_none_or(|to| on <= to)
            })
    }
}

/// What was billed and taken back, by day of issue.
pub async fn billed(tx: &mut TenantTx, wanted: &Wanted) -> Result<Vec<BilledEntryRow>, ReadError> {
    let sql = "where r.issued_on is not null and ($1::uuid is null or r.client_id = $1)
            and ($2::date is null or r.issued_on >= $2)
            and ($3::date is null or r.issued_on <= $3)
        order by r.issued_on, r.document_id, r.line, r.part_id, r.freed_by";
    let answers = select::<BilledEntryRow>(tx, sql)
        .bind(wanted.client.map(|client| client.0))
        .bind(wanted.from.map(Date::to_sqlx))
        .bind(wanted.to.map(Date::to_sqlx))
        .fetch_all()
        .await?;
    read_rows(&answers)
}
