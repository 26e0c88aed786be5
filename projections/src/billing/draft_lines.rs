//! The lines of invoices at today's prices. What an invoice took never changes, so its lines stand
//! until a rate, a rule or a setting does; they're kept for that long.

use std::sync::Arc;

use domain::billing::lines::Line;
use domain::id::InvoiceId;
use migrations::TenantTx;

use super::book_mark::prices_mark;
use super::invoice::InvoiceRow;
use super::invoice_entry;
use super::price_book::{PriceBook, Spans};
use crate::kept::Answers;
use crate::row::ReadError;

/// How many invoices' lines are kept of a tenant.
const MOST_KEPT: usize = 200;
/// An invoice with more lines than this is made anew each time.
const MOST_LINES: usize = 100;

/// Prices with the lines that were made by them lately.
#[derive(Debug)]
pub struct DraftLines {
    /// Rates, rounding rules and settings.
    pub book: Arc<PriceBook>,
    lines: Answers<InvoiceId, Vec<Line>>,
}

impl DraftLines {
    /// As it is now.
    pub async fn load(tx: &mut TenantTx) -> Result<Arc<Self>, ReadError> {
        const KEPT: &str = "draft_lines";
        let mark = prices_mark(tx).await?;
        if let Some(kept) = tx.kept::<DraftLines>(KEPT, &mark) {
            return Ok(kept);
        }
        let book = PriceBook::shared(tx).await?;
        let lines = Arc::new(DraftLines { book, lines: Answers::default() });
        // What changed between the two looks may be in it or not.
        if prices_mark(tx).await? == mark {
            tx.keep(KEPT, mark, lines.clone());
        }
        Ok(lines)
    }

    /// The lines of an invoice without what they're made of; none where a rule asks for the ends of
    /// entries, which may still move.
    pub async fn of(
        &self,
        tx: &mut TenantTx,
        invoice: &InvoiceRow,
    ) -> Result<Option<Arc<Vec<Line>>>, ReadError> {
        if self.book.asks_for_ends() {
            return Ok(None);
        }
        if let Some(kept) = self.lines.get(&invoice.invoice_id) {
            return Ok(Some(kept));
        }
        let entries = invoice_entry::of_invoice(tx, invoice.invoice_id).await?;
        let mut lines = self.book.lines(invoice, &entries, &Spans::new());
        for line in &mut lines {
            line.entries = Vec::new();
        }
        let lines = Arc::new(lines);
        // While one of the two tables is being built, it may lack what the other has.
        let whole = u32::try_from(entries.len()) == Ok(invoice.entries);
        if whole && lines.len() <= MOST_LINES {
            self.lines.keep(invoice.invoice_id, lines.clone(), MOST_KEPT);
        }
        Ok(Some(lines))
    }
}
