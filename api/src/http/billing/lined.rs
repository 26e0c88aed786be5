//! An invoice with its lines, now or at a moment. Lines at today's prices are kept; what each is
//! made of is looked at where it's asked for.

use std::sync::Arc;

use domain::billing::lines::Line;
use domain::id::InvoiceId;
use domain::money::Percent;
use projections::billing::draft_lines::DraftLines;
use projections::billing::invoice::{self, Invoice, InvoiceRow};
use projections::billing::invoice_entry::{self, InvoiceEntry, InvoiceEntryRow};
use projections::billing::price_book::PriceBook;

use super::book::{book_then, spans_then};
use super::names::Names;
use crate::http::call::Call;
use crate::http::problem::Problem;

/// An invoice with what it took and the book it's priced by, now or at a moment.
pub(super) struct Priced {
    pub(super) invoice: InvoiceRow,
    pub(super) entries: Vec<InvoiceEntryRow>,
    pub(super) lines: Vec<Line>,
    pub(super) book: PriceBook,
    pub(super) names: Names,
}

pub(super) async fn priced(
    call: &Call<impl Sized, impl Sized>,
    id: InvoiceId,
) -> Result<Priced, Problem> {
    let book = book_then(call).await?;
    // Before the transaction: a request that holds one and waits for another may wait for itself.
    let invoices = call.rows_then::<Invoice>().await?;
    let taken = call.rows_then::<InvoiceEntry>().await?;
    let mut tx = call.tx().await?;
    let (found, entries) = match (invoices, taken) {
        (Some(mut invoices), Some(taken)) => {
            let mut entries: Vec<InvoiceEntryRow> =
                taken.iter().filter(|row| row.invoice_id == id).cloned().collect();
            entries.sort_by_key(|row| (row.day, row.entry_id));
            (invoices.take(&id), entries)
        }
        (None, _) | (_, None) => {
            let found = invoice::find(&mut tx, id).await?;
            (found, invoice_entry::of_invoice(&mut tx, id).await?)
        }
    };
    let invoice = found.ok_or_else(Problem::not_found)?;
    let names = Names::load(
        call,
        &mut tx,
        entries.iter().map(|row| row.project_id),
        entries.iter().map(|row| row.task_id),
        entries.iter().map(|row| row.member_id),
    )
    .await?;
    tx.commit().await?;
    let spans = spans_then(call, &book, entries.iter().map(|row| row.entry_id)).await?;
    let lines = book.lines(&invoice, &entries, &spans);
    Ok(Priced { invoice, entries, lines, book, names })
}

/// The category and the rate of the tax on an invoice.
pub(super) fn vat_of(book: &PriceBook, invoice: &InvoiceRow) -> (&'static str, Option<Percent>) {
    let settings = book.settings();
    let rate = settings.vat_percent(invoice.to_day);
    if settings.vat_registered(invoice.to_day) { ("S", Some(rate)) } else { ("O", None) }
}

/// An invoice with its lines, which may lack what each is made of.
pub(super) struct Lined {
    pub(super) invoice: InvoiceRow,
    pub(super) lines: Arc<Vec<Line>>,
    pub(super) book: Arc<PriceBook>,
    pub(super) names: Names,
}

pub(super) async fn lined(
    call: &Call<impl Sized, impl Sized>,
    id: InvoiceId,
) -> Result<Lined, Problem> {
    if call.as_of.or(call.known_at).is_none() {
        let mut tx = call.tx().await?;
        let drafts = DraftLines::load(&mut tx).await?;
        let invoice = invoice::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
        if let Some(lines) = drafts.of(&mut tx, &invoice).await? {
            let names = Names::of_lines(call, &mut tx, &lines).await?;
            tx.commit().await?;
            return Ok(Lined { invoice, lines, book: drafts.book.clone(), names });
        }
    }
    let Priced { invoice, lines, book, names, .. } = priced(call, id).await?;
    Ok(Lined { invoice, lines: Arc::new(lines), book: Arc::new(book), names })
}
