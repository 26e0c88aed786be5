//! Each invoice as it stands: for whom, for which period, and how much it reserves. What it comes
//! to in money is computed at reading, until it's issued.

use domain::billing::{GroupBy, InvoiceEvent, InvoiceState, ReservedEntry};
use domain::id::{ClientId, InvoiceId};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::TenantTx;

use super::invoice_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One invoice.
    InvoiceRow in "rm_invoice" key(invoice_id: InvoiceId)
    index("client": "(client_id, drafted_at)") {
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
        /// Whether it still reserves its entries.
        state: InvoiceState,
        /// How many entries it took.
        entries: u32,
        /// Their seconds.
        seconds: i64,
        /// When it was drafted.
        drafted_at: Timestamp,
        /// When it became void.
        voided_at: Option<Timestamp>,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of invoices.
#[derive(Debug)]
pub struct Invoice;

impl ReadModel for Invoice {
    const NAME: &'static str = "invoice";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[InvoiceEvent::TYPES];
    type Row = InvoiceRow;

    fn touches(event: &Recorded) -> Vec<InvoiceId> {
        match invoice_event(event) {
            Some(InvoiceEvent::InvoiceDrafted(event)) => vec![event.invoice],
            Some(InvoiceEvent::InvoiceVoided(event)) => vec![event.invoice],
            Some(InvoiceEvent::InvoiceRedrafted(event)) => vec![event.invoice],
            Some(InvoiceEvent::InvoiceIssued(event)) => vec![event.invoice],
            Some(
                InvoiceEvent::InvoiceTermsChanged(_)
                | InvoiceEvent::InvoiceSent(_)
                | InvoiceEvent::InvoicePaid(_)
                | InvoiceEvent::PaymentReversed(_)
                | InvoiceEvent::CreditNoteIssued(_)
                | InvoiceEvent::InvoiceSignedOff(_)
                | InvoiceEvent::LineDisputed(_)
                | InvoiceEvent::DisputeSettled(_),
            )
            | None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<InvoiceRow>, recorded: &Recorded) {
        match invoice_event(recorded) {
            Some(InvoiceEvent::InvoiceDrafted(event)) => rows.put(InvoiceRow {
                invoice_id: event.invoice,
                client_id: event.client,
                from_day: event.from,
                to_day: event.to,
                group_by: event.group_by,
                currency: event.currency.clone(),
                state: InvoiceState::Draft,
                entries: u32::try_from(event.entries.len()).expect("one event holds far fewer"),
                seconds: event.entries.iter().map(|entry| entry.seconds).sum(),
                drafted_at: recorded.recorded_at,
                voided_at: None,
                position: recorded.position,
            }),
            Some(InvoiceEvent::InvoiceVoided(event)) => rows.change(&event.invoice, |row| {
                row.state = InvoiceState::Void;
                row.voided_at = Some(recorded.recorded_at);
                row.position = recorded.position;
            }),
            Some(InvoiceEvent::InvoiceRedrafted(event)) => rows.change(&event.invoice, |row| {
                let sum = |entries: &[ReservedEntry]| {
                    let count = u32::try_from(entries.len()).expect("one event holds far fewer");
                    (count, entries.iter().map(|entry| entry.seconds).sum::<i64>())
                };
                let ((taken, more), (released, less)) = (sum(&event.taken), sum(&event.released));
                row.from_day = event.from;
                row.to_day = event.to;
                row.group_by = event.group_by;
                row.currency.clone_from(&event.currency);
                row.entries = row.entries + taken - released;
                row.seconds += more - less;
                row.position = recorded.position;
            }),
            Some(InvoiceEvent::InvoiceIssued(event)) => rows.change(&event.invoice, |row| {
                row.state = InvoiceState::Issued;
                row.position = recorded.position;
            }),
            Some(
                InvoiceEvent::InvoiceTermsChanged(_)
                | InvoiceEvent::InvoiceSent(_)
                | InvoiceEvent::InvoicePaid(_)
                | InvoiceEvent::PaymentReversed(_)
                | InvoiceEvent::CreditNoteIssued(_)
                | InvoiceEvent::InvoiceSignedOff(_)
                | InvoiceEvent::LineDisputed(_)
                | InvoiceEvent::DisputeSettled(_),
            )
            | None => {}
        }
    }
}

/// One invoice.
pub async fn find(tx: &mut TenantTx, invoice: InvoiceId) -> Result<Option<InvoiceRow>, ReadError> {
    let query = select::<InvoiceRow>(tx, "where r.invoice_id = $1").bind(invoice.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Invoices by id, hence by age, after the one named; of one client or in one state where one is
/// named.
pub async fn list(
    tx: &mut TenantTx,
    client: Option<ClientId>,
    state: Option<InvoiceState>,
    after: Option<InvoiceId>,
    limit: i64,
) -> Result<Vec<InvoiceRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.client_id = $1) and ($2::text is null or r.state = $2)
            and ($3::uuid is null or r.invoice_id > $3)
        order by r.invoice_id limit $4";
    let answers = select::<InvoiceRow>(tx, sql)
        .bind(client.map(|client| client.0))
        .bind(state.map(InvoiceState::as_str))
        .bind(after.map(|invoice| invoice.0))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{History, drafted, voided};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

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
