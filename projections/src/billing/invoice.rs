//! Each invoice as it stands: for whom, for which period, how much it reserves, and once it's
//! issued its number, its sums, and what of them is paid, credited and due. What a draft comes to
//! in money is computed at reading.

mod evolve;

use domain::billing::{GroupBy, InvoiceEvent, InvoiceState};
use domain::id::{ClientId, InvoiceId};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use super::invoice_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One invoice. Amounts are in minor units of its currency.
    InvoiceRow in "rm_invoice" key(invoice_id: InvoiceId)
    index(
        "client": "(client_id, drafted_at)",
        "number": "(number)",
        "issued": "(issued_on)",
        "due": "(due_on) where state = 'issued'"
    ) {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Who is to pay.
        client_id: ClientId,
        /// The first day of the period.
        from_day: Date,
        /// The last day of the period.
        to_day: Date,
        /// What makes a line.
        group_by: GroupBy,
        /// ISO 4217 code.
        currency: String,
        /// How far it has come.
        state: InvoiceState,
        /// How many lots it took.
        entries: i64,
        /// Their seconds.
        seconds: i64,
        /// Its number, once it's issued.
        number: Option<String>,
        /// The day of issue.
        issued_on: Option<Date>,
        /// The last day to pay.
        due_on: Option<Date>,
        /// Before tax.
        net_minor: Option<i64>,
        /// Tax.
        tax_minor: Option<i64>,
        /// With tax.
        gross_minor: Option<i64>,
        /// What is to be paid, in coins where it's rounded to them.
        payable_minor: Option<i64>,
        /// What payments settle.
        paid_minor: i64,
        /// What of that was taken off for paying soon and not credited since.
        discount_minor: i64,
        /// The same as it was granted; nothing once it's lost.
        granted_minor: i64,
        /// What was to be paid and not credited when it was granted.
        granted_of_minor: i64,
        /// What credit notes take off what is to be paid.
        credited_minor: i64,
        /// What is due; less than nothing is the client's.
        balance_minor: i64,
        /// How many credit notes it has.
        credit_notes: i64,
        /// What of the gross no credit note took back.
        left_gross_minor: i64,
        /// What of the lines' nets, each counted above zero, no credit note took back.
        left_net_minor: i64,
        /// How many lots no credit note took back as a whole.
        left_lots: i64,
        /// Whether it went to the client.
        sent: bool,
        /// How many lines the client disputes that were not settled.
        disputed: i64,
        /// Whether the client agreed with it as it is.
        signed_off: bool,
        /// When it was drafted.
        drafted_at: Timestamp,
        /// When it was issued.
        issued_at: Option<Timestamp>,
        /// When it became void: voided, or all of it credited.
        voided_at: Option<Timestamp>,
        /// The last event that changed it.
        position: i64,
    }
}

impl InvoiceRow {
    /// Whether something is due since before this day.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state == InvoiceState::Issued && self.due_on.is_some_and(|due| due < today)
    }
}

/// The fold of invoices.
#[derive(Debug)]
pub struct Invoice;

impl ReadModel for Invoice {
    const NAME: &'static str = "invoice";
    const VERSION: i32 = 3;
    const READS: &'static [EventTypes] = &[InvoiceEvent::TYPES];
    type Row = InvoiceRow;

    fn touches(event: &Recorded) -> Vec<InvoiceId> {
        invoice_event(event).map(InvoiceEvent::invoice).into_iter().collect()
    }

    fn apply(rows: &mut Rows<InvoiceRow>, recorded: &Recorded) {
        let Some(event) = invoice_event(recorded) else { return };
        if let InvoiceEvent::InvoiceDrafted(event) = event {
            rows.put(InvoiceRow::of(event, recorded));
        } else {
            rows.change(&event.invoice(), |row| {
                row.evolve(event, recorded.recorded_at);
                row.position = recorded.position;
            });
        }
    }
}

/// One invoice.
pub async fn find(tx: &mut TenantTx, invoice: InvoiceId) -> Result<Option<InvoiceRow>, ReadError> {
    let query = select::<InvoiceRow>(tx, "where r.invoice_id = $1").bind(invoice.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Which invoices; what is left out matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this client.
    pub client: Option<ClientId>,
    /// In this state.
    pub state: Option<InvoiceState>,
    /// Issued on this day or later.
    pub from: Option<Date>,
    /// Issued on this day or earlier.
    pub to: Option<Date>,
    /// With this number, however its letters are written.
    pub number: Option<String>,
    /// Overdue on this day, or not so.
    pub overdue: Option<(Date, bool)>,
}

impl Wanted {
    /// Whether this invoice is wanted.
    pub fn covers(&self, row: &InvoiceRow) -> bool {
        let issued = |past: &dyn Fn(Date) -> bool| row.issued_on.is_some_and(past);
        let same = |number: &String| {
            row.number.as_ref().is_some_and(|own| own.to_lowercase() == number.to_lowercase())
        };
        self.client.is_none_or(|client| row.client_id == client)
            && self.state.is_none_or(|state| row.state == state)
            && self.from.is_none_or(|from| issued(&|on| on >= from))
            && self.to.is_none_or(|to| issued(&|on| on <= to))
            && self.number.as_ref().is_none_or(same)
            && self.overdue.is_none_or(|(today, is)| row.is_overdue(today) == is)
    }
}

/// Invoices by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    wanted: &Wanted,
    after: Option<InvoiceId>,
    limit: i64,
) -> Result<Vec<InvoiceRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.client_id = $1) and ($2::text is null or r.state = $2)
            and ($3::uuid is null or r.invoice_id > $3)
            and ($5::date is null or r.issued_on >= $5)
            and ($6::date is null or r.issued_on <= $6)
            and ($7::text is null or pg_catalog.lower(r.number) = pg_catalog.lower($7))
            and ($8::boolean is null
                or coalesce(r.state = 'issued' and r.due_on < $9, false) = $8)
        order by r.invoice_id limit $4";
    let answers = select::<InvoiceRow>(tx, sql)
        .bind(wanted.client.map(|client| client.0))
        .bind(wanted.state.map(InvoiceState::as_str))
        .bind(after.map(|invoice| invoice.0))
        .bind(limit)
        .bind(wanted.from.map(Date::to_sqlx))
        .bind(wanted.to.map(Date::to_sqlx))
        .bind(wanted.number.as_deref())
        .bind(wanted.overdue.map(|(_, is)| is))
        .bind(wanted.overdue.map(|(today, _)| today.to_sqlx()))
        .fetch_all()
        .await?;
    read_rows(&answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{History, drafted, voided};
    use crate::tests::story_of_invoices::{credited, issued, paid, reversed, state_of};
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use domain::billing::Fate;
    use domain::billing::credit_invoice::CreditWhat;

    #[test]
    fn a_credit_note_takes_back_its_share_of_the_discount_for_paying_soon() {
        let mut history = History::default();
        history.invoice(500, drafted(500, &[(101, 3600)]));
        let issue = issued(500, "INV-1", &state_of(&history, 500));
        let payable = issue.sealed.totals.payable_minor;
        history.invoice(500, issue);
        history.invoice(500, paid(500, 950, payable - 100, Some(100)));
        let row = |history: &History| rows_of::<Invoice>(&history.0)[0].clone();
        let settled = row(&history);
        assert_eq!((settled.balance_minor, settled.paid_minor), (0, payable));
        let state = state_of(&history, 500);
        let note = credited(500, 960, &state, CreditWhat::Everything, Fate::Unbilled);
        history.invoice(500, note.expect("there is something to credit"));
        let void = row(&history);
        assert_eq!(void.state, InvoiceState::Void);
        assert_eq!((void.balance_minor, void.discount_minor), (100 - payable, 0));
        history.invoice(500, reversed(500, 950, payable - 100, Some(100)));
        assert_eq!(row(&history).balance_minor, 0);
    }

    #[test]
    fn a_draft_adds_up_its_entries_and_keeps_its_sum_once_it_is_void() {
        let mut history = History::default();
        history.invoice(500, drafted(500, &[(101, 3600), (102, 60)]));
        history.invoice(500, voided(500, &[101, 102]));
        let drafted = &rows_of::<Invoice>(&history.0[..1])[0];
        assert_eq!(
            (drafted.state, drafted.entries, drafted.seconds),
            (InvoiceState::Draft, 2, 3660)
        );
        let void = &rows_of::<Invoice>(&history.0)[0];
        assert_eq!((void.state, void.seconds, void.position), (InvoiceState::Void, 3660, 2));
        assert_eq!(void.voided_at, Some(History::instant(2)));
        assert_declares_what_it_touches::<Invoice>(&history.0);
    }
}
