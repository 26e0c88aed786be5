//! Each credit note: which invoice it takes back, under which number, and how much.

use domain::billing::{InvoiceEvent, Subject};
use domain::id::{ClientId, CreditNoteId, InvoiceId};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use super::invoice_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One credit note. Amounts are positive, in minor units of its currency.
    CreditNoteRow in "rm_credit_note" key(credit_note_id: CreditNoteId)
    index("invoice": "(invoice_id)", "client": "(client_id, issued_on)") {
        /// The credit note.
        credit_note_id: CreditNoteId,
        /// The invoice that it takes back.
        invoice_id: InvoiceId,
        /// Whose.
        client_id: ClientId,
        /// Its number.
        number: String,
        /// The number of the invoice.
        invoice_number: String,
        /// The day of issue.
        issued_on: Date,
        /// ISO 4217 code.
        currency: String,
        /// Before tax.
        net_minor: i64,
        /// Tax.
        tax_minor: i64,
        /// With tax.
        gross_minor: i64,
        /// What is not to be paid any more.
        payable_minor: i64,
        /// The seconds it took off the invoice.
        seconds: i64,
        /// Whether it went to the client.
        sent: bool,
        /// When it was issued.
        issued_at: Timestamp,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of credit notes.
#[derive(Debug)]
pub struct CreditNote;

impl ReadModel for CreditNote {
    const NAME: &'static str = "credit_note";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[InvoiceEvent::TYPES];
    type Row = CreditNoteRow;

    fn touches(event: &Recorded) -> Vec<CreditNoteId> {
        match invoice_event(event).map(InvoiceEvent::subject) {
            Some(Subject::CreditNote(credit_note)) => vec![credit_note],
            Some(Subject::Invoice | Subject::Payment(_) | Subject::Dispute(_)) | None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<CreditNoteRow>, recorded: &Recorded) {
        let event = invoice_event(recorded);
        if let Some(InvoiceEvent::CreditNoteIssued(event)) = event {
            let (sealed, totals) = (&event.sealed, &event.sealed.totals);
            let credits = sealed.references.credits.as_ref();
            rows.put(CreditNoteRow {
                credit_note_id: event.credit_note,
                invoice_id: event.invoice,
                client_id: event.client,
                number: sealed.number.clone(),
                invoice_number: credits.map(|it| it.number.clone()).unwrap_or_default(),
                issued_on: sealed.issued_on,
                currency: sealed.currency.clone(),
                net_minor: totals.net_minor,
                tax_minor: totals.tax_minor,
                gross_minor: totals.gross_minor,
                payable_minor: totals.payable_minor,
                seconds: event.moved.iter().map(|moved| moved.seconds).sum(),
                sent: false,
                issued_at: recorded.recorded_at,
                position: recorded.position,
            });
        } else if let Some(InvoiceEvent::InvoiceSent(event)) = event
            && let Some(credit_note) = event.credit_note
        {
            rows.change(&credit_note, |row| {
                row.sent = true;
                row.position = recorded.position;
            });
        }
    }
}

/// One credit note.
pub async fn find(
    tx: &mut TenantTx,
    credit_note: CreditNoteId,
) -> Result<Option<CreditNoteRow>, ReadError> {
    let query = select::<CreditNoteRow>(tx, "where r.credit_note_id = $1").bind(credit_note.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Which credit notes; what is left out matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this invoice.
    pub invoice: Option<InvoiceId>,
    /// Of this client.
    pub client: Option<ClientId>,
    /// Issued on this day or later.
    pub from: Option<Date>,
    /// Issued on this day or earlier.
    pub to: Option<Date>,
    /// With this number, however its letters are written.
    pub number: Option<String>,
}

impl Wanted {
    /// Whether this credit note is wanted.
    pub fn covers(&self, row: &CreditNoteRow) -> bool {
        self.invoice.is_none_or(|invoice| row.invoice_id == invoice)
            && self.client.is_none_or(|client| row.client_id == client)
            && self.from.is_none_or(|from| row.issued_on >= from)
            && self.to.is_none_or(|to| row.issued_on <= to)
            && (self.number.as_ref())
                .is_none_or(|number| row.number.to_lowercase() == number.to_lowercase())
    }
}

/// Credit notes by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    wanted: &Wanted,
    after: Option<CreditNoteId>,
    limit: i64,
) -> Result<Vec<CreditNoteRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.invoice_id = $1)
            and ($2::uuid is null or r.client_id = $2)
            and ($3::uuid is null or r.credit_note_id > $3)
            and ($5::date is null or r.issued_on >= $5)
            and ($6::date is null or r.issued_on <= $6)
            and ($7::text is null or pg_catalog.lower(r.number) = pg_catalog.lower($7))
        order by r.credit_note_id limit $4";
    let answers = select::<CreditNoteRow>(tx, sql)
        .bind(wanted.invoice.map(|invoice| invoice.0))
        .bind(wanted.client.map(|client| client.0))
        .bind(after.map(|note| note.0))
        .bind(limit)
        .bind(wanted.from.map(Date::to_sqlx))
        .bind(wanted.to.map(Date::to_sqlx))
        .bind(wanted.number.as_deref())
        .fetch_all()
        .await?;
    read_rows(&answers)
}
