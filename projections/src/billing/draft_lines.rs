//! The lines of drafts at today's prices. They stand until the draft, a rate, a rule or a setting
//! changes; they're kept for that long.

use std::sync::Arc;

use domain::billing::lines::Line;
use domain::billing::{Drafted, ReservedEntry};
use domain::id::InvoiceId;
use migrations::TenantTx;

use super::book_mark::prices_mark;
use super::price_book::{PriceBook, Spans};
use crate::kept::Answers;
use crate::row::ReadError;

/// How many invoices' lines are kept of a tenant.
const MOST_KEPT: usize = 200;
/// An invoice with more lines than this is made anew each time.
const MOST_LINES: usize = 100;
/// And one of more entries than this.
const MOST_ENTRIES: usize = 1000;

/// Prices with the lines that were made by them lately.
#[derive(Debug)]
pub struct DraftLines {
    /// Rates, rounding rules and settings.
    pub book: Arc<PriceBook>,
    lines: Answers<(InvoiceId, i64), Vec<Line>>,
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

    /// The lines of an invoice over what it reserves, as of the event at a position; none where a
    /// rule asks for the ends of entries, which may still move.
    pub fn of(
        &self,
        drafted: &Drafted,
        entries: &[ReservedEntry],
        position: i64,
    ) -> Option<Arc<Vec<Line>>> {
        if self.book.asks_for_ends() {
            return None;
        }
        let asked = (drafted.invoice, position);
        if let Some(kept) = self.lines.get(&asked) {
            return Some(kept);
        }
        let Drafted { client, group_by, currency, .. } = drafted;
        let lines = self.book.lines_of(*client, entries, *group_by, currency, &Spans::new());
        let lines = Arc::new(lines);
        if lines.len() <= MOST_LINES && entries.len() <= MOST_ENTRIES {
            self.lines.keep(asked, lines.clone(), MOST_KEPT);
        }
        Some(lines)
    }
}
