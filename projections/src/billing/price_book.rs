//! Prices at the moment they're read: rates, rounding and settings as one look-up, and the lines of
//! a draft made by it. Nothing priced is stored before an invoice is issued, so a changed rate
//! shows at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::billing::lines::{Line, Terms};
use domain::billing::terms_book::TermsBook;
pub use domain::billing::terms_book::work_of;
use domain::billing::{GroupBy, ReservedEntry};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RatedWork};
use domain::catalogue::rounding_rules::RuleScope;
use domain::catalogue::{RateCard, RateCardEvent, RateCleared, RateSet};
use domain::id::{ClientId, EntryId};
use domain::settings::Settings;
use domain::time::{Rounding, Span};
use jiff::civil::Date;
use migrations::TenantTx;

use super::book_mark::prices_mark;
use super::rounding_book::{AppliedRounding, RoundingBook};
use crate::catalogue::rate::{self, RateRow};
use crate::row::ReadError;

/// From when to when entries were worked, where a rounding rule asks for that.
pub type Spans = BTreeMap<EntryId, Span>;

/// Rates, rounding rules and settings, ready to be asked for any work on any day.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    cards: BTreeMap<RateScope, RateCard>,
    rounding: RoundingBook,
}

impl PriceBook {
    /// A book of these rates and rules, live ones or those of a moment.
    pub fn of(rates: impl IntoIterator<Item = RateRow>, rounding: RoundingBook) -> Self {
        let mut book = PriceBook { rounding, ..PriceBook::default() };
        for row in rates {
            book = book.with_rate(row.scope(), row.kind, row.from_day.0, Some(row.rate()));
        }
        book
    }

    /// The book as it is now, to be changed.
    pub async fn load(tx: &mut TenantTx) -> Result<Self, ReadError> {
        Ok(PriceBook::clone(&*PriceBook::shared(tx).await?))
    }

    /// The book as it is now. It's made of few rows that many answers ask for, so it's kept for as
    /// long as they stay as they are.
    pub async fn shared(tx: &mut TenantTx) -> Result<Arc<Self>, ReadError> {
        let mark = prices_mark(tx).await?;
        PriceBook::under(tx, mark).await
    }

    async fn under(tx: &mut TenantTx, mark: String) -> Result<Arc<Self>, ReadError> {
        const KEPT: &str = "price_book";
        if let Some(book) = tx.kept::<PriceBook>(KEPT, &mark) {
            return Ok(book);
        }
        let rates = rate::all(tx).await?;
        let rounding = RoundingBook::load(tx).await?;
        let book = Arc::new(PriceBook::of(rates, rounding));
        // What changed between the two looks may be in it or not.
        if prices_mark(tx).await? == mark {
            tx.keep(KEPT, mark, book.clone());
        }
        Ok(book)
    }

    /// The same book with another rate from a day on, or without the one that was set for it.
    #[must_use]
    pub fn with_rate(
        mut self,
        scope: RateScope,
        kind: RateKind,
        from: Option<Date>,
        rate: Option<Rate>,
    ) -> Self {
        let event: RateCardEvent = match rate {
            Some(rate) => RateSet { scope, kind, from, rate }.into(),
            None => RateCleared { scope, kind, from }.into(),
        };
        self.cards.entry(scope).or_default().evolve(&event);
        self
    }

    /// The same book with another rounding rule from a day on, or without the one set for it.
    #[must_use]
    pub fn with_rounding(
        mut self,
        scope: RuleScope,
        from: Option<Date>,
        rule: Option<Rounding>,
    ) -> Self {
        self.rounding = self.rounding.with(scope, from, rule);
        self
    }

    /// The settings in it.
    pub fn settings(&self) -> &Settings {
        self.rounding.settings()
    }

    /// How the time of this work is rounded.
    pub fn rounding(&self, work: &RatedWork) -> Rounding {
        self.rounding.rounding(work)
    }

    /// The same with where the rule comes from.
    pub fn applied(&self, work: &RatedWork) -> AppliedRounding {
        self.rounding.applied(work)
    }

    /// Whether any rule rounds both ends, for which lines need the spans of their entries.
    pub fn asks_for_ends(&self) -> bool {
        self.rounding.asks_for_ends()
    }

    /// Every day on which a rate, a rule or a setting begins to hold, in order: from one to the
    /// next the same work has the same terms.
    pub fn days_of_change(&self) -> Vec<Date> {
        let rates = self.cards.values().flat_map(RateCard::rates).filter_map(|dated| dated.from);
        let mut days: Vec<Date> = rates.chain(self.rounding.days_of_change()).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// What is charged for this work, or what it costs; none where nobody has set a rate.
    pub fn rate(&self, work: &RatedWork, kind: RateKind) -> Option<&Rate> {
        self.book().rate(work, kind).map(|(_, dated)| &dated.rate)
    }

    /// Rates, rules and settings as invoices are sealed by.
    pub fn book(&self) -> TermsBook<'_> {
        self.rounding.terms_with(&self.cards)
    }

    /// What applies to an entry of a client's work: its rate, and the rules of its day. `spans`
    /// are those of [`PriceBook::asks_for_ends`].
    pub fn terms(&self, client: ClientId, entry: &ReservedEntry, spans: &Spans) -> Terms {
        self.book().terms(client, entry, spans.get(&entry.entry).cloned())
    }

    /// The lines that these entries of a client would make.
    pub fn lines_of(
        &self,
        client: ClientId,
        entries: &[ReservedEntry],
        group_by: GroupBy,
        currency: &str,
        spans: &Spans,
    ) -> Vec<Line> {
        self.book().lines_of(client, entries, group_by, currency, spans)
    }
}
