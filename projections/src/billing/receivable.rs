//! What changes what clients owe, movement by movement: an invoice, a credit note, a payment, a
//! payment that went back. The amounts of a client add up to what it owes; a statement, ageing and
//! what came in over time are sums of them. An invoice that is voided never left the house, so
//! nobody ever owed it.

use domain::billing::InvoiceEvent;
use domain::billing::sealed::SealedInvoice;
use domain::id::{ClientId, CreditNoteId, InvoiceId, PaymentId};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use super::invoice_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select, text_cells};

/// What changed what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    /// An invoice was issued.
    Invoice,
    /// It was taken back, in whole or in part.
    CreditNote,
    /// Money came in.
    Payment,
    /// Money went back, or had not come.
    Reversal,
}

impl Movement {
    /// Each of them.
    pub const ALL: [Movement; 4] =
        [Movement::Invoice, Movement::CreditNote, Movement::Payment, Movement::Reversal];

    /// The name in the API and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Movement::Invoice => "invoice",
            Movement::CreditNote => "credit_note",
            Movement::Payment => "payment",
            Movement::Reversal => "reversal",
        }
    }
}

text_cells! {
    Movement: |movement| movement.as_str(),
        |name| Movement::ALL.into_iter().find(|it| it.as_str() == name);
}

row! {
    /// One movement. Amounts are in minor units of its currency, and signed: above zero the client
    /// owes more.
    ReceivableRow in "rm_receivable" key(invoice_id: InvoiceId, n: i64)
    index("client": "(client_id, on_day)", "day": "(on_day)") {
        /// The invoice that it's about.
        invoice_id: InvoiceId,
        /// 0 for the invoice itself, else the position of the event.
        n: i64,
        /// Who owes.
        client_id: ClientId,
        /// What it is.
        movement: Movement,
        /// The day it counts for: of issue, of the payment, or of its going back.
        on_day: Date,
        /// ISO 4217 code.
        currency: String,
        /// The number of the invoice or of the credit note; of a payment that of its invoice.
        number: String,
        /// By how much what is owed changes.
        amount_minor: i64,
        /// Of a document, before tax.
        net_minor: i64,
        /// Of a document, the tax.
        tax_minor: i64,
        /// Of a payment, what came in; less than nothing of what went back.
        cash_minor: i64,
        /// Of a payment, what was taken off for paying soon; less than nothing where that is lost.
        discount_minor: i64,
        /// The last day to pay the invoice.
        due_on: Date,
        /// The credit note.
        credit_note_id: Option<CreditNoteId>,
        /// The payment that came or went back.
        payment_id: Option<PaymentId>,
        /// When the log took it.
        recorded_at: Timestamp,
        /// Where it stands in the log.
        position: i64,
    }
}

/// The fold of what clients owe.
#[derive(Debug)]
pub struct Receivable;

impl ReadModel for Receivable {
    const NAME: &'static str = "receivable";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[InvoiceEvent::TYPES];
    type Row = ReceivableRow;

    fn touches(event: &Recorded) -> Vec<(InvoiceId, i64)> {
        let both = |invoice| vec![(invoice, 0), (invoice, event.position)];
        match invoice_event(event) {
            Some(InvoiceEvent::InvoiceIssued(event)) => vec![(event.invoice, 0)],
            Some(InvoiceEvent::InvoiceVoided(event)) => vec![(event.invoice, 0)],
            Some(InvoiceEvent::InvoicePaid(event)) => both(event.invoice),
            Some(InvoiceEvent::PaymentReversed(event)) => both(event.invoice),
            Some(InvoiceEvent::CreditNoteIssued(event)) => both(event.invoice),
            Some(
                InvoiceEvent::InvoiceDrafted(_)
                | InvoiceEvent::InvoiceRedrafted(_)
                | InvoiceEvent::InvoiceTermsChanged(_)
                | InvoiceEvent::InvoiceSent(_)
                | InvoiceEvent::InvoiceSignedOff(_)
                | InvoiceEvent::LineDisputed(_)
                | InvoiceEvent::DisputeSettled(_),
            )
            | None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<ReceivableRow>, recorded: &Recorded) {
        match invoice_event(recorded) {
            Some(InvoiceEvent::InvoiceIssued(event)) => {
                rows.put(issued(event.invoice, event.client, &event.sealed, recorded));
            }
            Some(InvoiceEvent::InvoiceVoided(event)) => {
                rows.remove(&(event.invoice, 0));
            }
            Some(InvoiceEvent::InvoicePaid(event)) => {
                let discount_minor = event.discount_minor.unwrap_or(0);
                follow(rows, event.invoice, recorded, |row| ReceivableRow {
                    movement: Movement::Payment,
                    on_day: event.on,
                    amount_minor: -event.amount_minor - discount_minor,
                    cash_minor: event.amount_minor,
                    discount_minor,
                    payment_id: Some(event.payment),
                    ..row
                });
            }
            Some(InvoiceEvent::PaymentReversed(event)) => {
                let discount_minor = event.discount_minor.unwrap_or(0);
                follow(rows, event.invoice, recorded, |row| ReceivableRow {
                    movement: Movement::Reversal,
                    on_day: event.on,
                    amount_minor: event.amount_minor + discount_minor,
                    cash_minor: -event.amount_minor,
                    discount_minor: -discount_minor,
                    payment_id: Some(event.payment),
                    ..row
                });
            }
            Some(InvoiceEvent::CreditNoteIssued(event)) => {
                let (sealed, totals) = (&event.sealed, &event.sealed.totals);
                follow(rows, event.invoice, recorded, |row| ReceivableRow {
                    movement: Movement::CreditNote,
                    on_day: sealed.issued_on,
                    number: sealed.number.clone(),
                    amount_minor: -totals.payable_minor,
                    net_minor: -totals.net_minor,
                    tax_minor: -totals.tax_minor,
                    credit_note_id: Some(event.credit_note),
                    ..row
                });
            }
            Some(
                InvoiceEvent::InvoiceDrafted(_)
                | InvoiceEvent::InvoiceRedrafted(_)
                | InvoiceEvent::InvoiceTermsChanged(_)
                | InvoiceEvent::InvoiceSent(_)
                | InvoiceEvent::InvoiceSignedOff(_)
                | InvoiceEvent::LineDisputed(_)
                | InvoiceEvent::DisputeSettled(_),
            )
            | None => {}
        }
    }
}

fn issued(
    invoice: InvoiceId,
    client: ClientId,
    sealed: &SealedInvoice,
    recorded: &Recorded,
) -> ReceivableRow {
    let totals = &sealed.totals;
    ReceivableRow {
        invoice_id: invoice,
        n: 0,
        client_id: client,
        movement: Movement::Invoice,
        on_day: sealed.issued_on,
        currency: sealed.currency.clone(),
        number: sealed.number.clone(),
        amount_minor: totals.payable_minor,
        net_minor: totals.net_minor,
        tax_minor: totals.tax_minor,
        cash_minor: 0,
        discount_minor: 0,
        due_on: sealed.due_on,
        credit_note_id: None,
        payment_id: None,
        recorded_at: recorded.recorded_at,
        position: recorded.position,
    }
}

/// Adds what follows an invoice: it has its client, currency, number and last day to pay.
fn follow(
    rows: &mut Rows<ReceivableRow>,
    invoice: InvoiceId,
    recorded: &Recorded,
    made: impl FnOnce(ReceivableRow) -> ReceivableRow,
) {
    let Some(issued) = rows.get(&(invoice, 0)) else { return };
    let base = ReceivableRow {
        n: recorded.position,
        net_minor: 0,
        tax_minor: 0,
        recorded_at: recorded.recorded_at,
        position: recorded.position,
        ..issued.clone()
    };
    let row = made(base);
    rows.put(row);
}

/// Which movements; what is left out matches all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this client.
    pub client: Option<ClientId>,
    /// Of this invoice.
    pub invoice: Option<InvoiceId>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

impl Wanted {
    /// Whether this movement is wanted.
    pub fn covers(&self, row: &ReceivableRow) -> bool {
        self.client.is_none_or(|client| row.client_id == client)
            && self.invoice.is_none_or(|invoice| row.invoice_id == invoice)
            && self.from.is_none_or(|from| row.on_day >= from)
            && self.to.is_none_or(|to| row.on_day <= to)
    }
}

/// Movements by day, and of one day in the order of the log.
pub async fn movements(
    tx: &mut TenantTx,
    wanted: &Wanted,
) -> Result<Vec<ReceivableRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.client_id = $1)
            and ($2::uuid is null or r.invoice_id = $2)
            and ($3::date is null or r.on_day >= $3) and ($4::date is null or r.on_day <= $4)
        order by r.on_day, r.position";
    let answers = select::<ReceivableRow>(tx, sql)
        .bind(wanted.client.map(|client| client.0))
        .bind(wanted.invoice.map(|invoice| invoice.0))
        .bind(wanted.from.map(Date::to_sqlx))
        .bind(wanted.to.map(Date::to_sqlx))
        .fetch_all()
        .await?;
    read_rows(&answers)
}
