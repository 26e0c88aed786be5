//! Billable time that no invoice holds, with all that prices it: what the list of unbilled time,
//! the list of missing rates and previews of a change are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::billing::lines::LineWarning;
pub(crate) use domain::billing::lines::Sum;
use domain::billing::{GroupBy, ReservedEntry};
use domain::catalogue::rates::RateKind;
use domain::id::{ClientId, ProjectId};
use domain::money::price;
use domain::time::Rounding;
use domain::time::rounding::{Measured, entry_seconds};
use projections::billing::price_book::{PriceBook, Spans, work_of};
use projections::billing::unbilled::{self, Unbilled, UnbilledRow, Wanted};
use projections::catalogue::{client, project};

use super::book::{book_then, currencies_then, spans_then};
use crate::http::call::{About, piece};
use crate::http::problem::Problem;

/// An entry with its client, and the currency that it would be billed in.
#[derive(Debug, Clone)]
pub(crate) struct OpenEntry {
    pub(crate) row: UnbilledRow,
    pub(crate) client: ClientId,
    pub(crate) currency: String,
}

impl OpenEntry {
    /// The entry as a draft would reserve it.
    pub(crate) fn reserved(&self) -> ReservedEntry {
        let row = &self.row;
        ReservedEntry {
            entry: row.entry_id,
            version: row.version,
            member: row.member_id,
            project: row.project_id,
            task: row.task_id,
            day: row.work_day,
            seconds: row.seconds,
            freed_by: row.freed_by.0,
            billed_seconds: row.billed_seconds,
        }
    }
}

/// An entry priced by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PricedAlone {
    /// As billed by itself.
    pub(crate) rounded_seconds: i64,
    /// Minor units of the client's currency.
    pub(crate) amount_minor: Option<i64>,
    /// Why it has no price.
    pub(crate) warning: Option<LineWarning>,
}

/// Unbilled time at the moment that a request is about.
pub(crate) struct OpenTime {
    pub(crate) entries: Vec<OpenEntry>,
    pub(crate) book: Arc<PriceBook>,
    spans: Spans,
    /// Whether there is more than this.
    pub(crate) more: bool,
}

impl OpenTime {
    /// At most so many entries, by day and id. The currency of a draft is the client's, else the
    /// tenant's on the last day asked for, or on the entry's own. One connection is taken after the
    /// other, so that many such reads at once don't wait for each other.
    pub(crate) async fn load(about: &About, wanted: &Wanted, most: usize) -> Result<Self, Problem> {
        let limit = most as i64 + 1;
        let book = Arc::new(book_then(about).await?);
        let past = about.rows_then::<Unbilled>().await?;
        let billed_in = currencies_then(about).await?;
        let mut tx = about.tx().await?;
        let projects = |rows: &[UnbilledRow]| -> BTreeSet<ProjectId> {
            rows.iter().map(|row| row.project_id).collect()
        };
        let (mut rows, clients) = match past {
            None => {
                let rows = unbilled::open(&mut tx, wanted, limit).await?;
                let clients = project::clients_of(&mut tx, projects(&rows)).await?;
                (rows, clients)
            }
            Some(past) => {
                let of_all = past.iter().map(|row| row.project_id);
                let clients = project::clients_of(&mut tx, of_all).await?;
                let covers = |row: &UnbilledRow| {
                    let client = clients.get(&row.project_id);
                    client.is_some_and(|client| wanted.covers(row, *client))
                };
                (piece(&past, covers, UnbilledRow::place, None, limit), clients)
            }
        };
        let currencies = match billed_in {
            None => client::currencies(&mut tx).await?,
            Some(currencies) => currencies,
        };
        tx.commit().await?;
        let more = rows.len() > most;
        rows.truncate(most);
        let spans = spans_then(about, &book, rows.iter().map(|row| row.entry_id)).await?;
        let entry = |row: UnbilledRow| {
            let client = *clients.get(&row.project_id)?;
            let own = || book.settings().currency(wanted.to.unwrap_or(row.day)).to_owned();
            let currency = currencies.get(&client).cloned().unwrap_or_else(own);
            Some(OpenEntry { row, client, currency })
        };
        let entries = rows.into_iter().filter_map(entry).collect();
        Ok(OpenTime { entries, book, spans, more })
    }

    /// These entries alone, by a book that asks for no ends.
    pub(crate) fn of(entries: Vec<OpenEntry>, book: Arc<PriceBook>, more: bool) -> Self {
        OpenTime { entries, book, spans: Spans::new(), more }
    }

    /// Whether a draft would bill this entry otherwise by the other book.
    pub(crate) fn differs(&self, entry: &OpenEntry, other: &PriceBook) -> bool {
        let reserved = entry.reserved();
        let terms = |book: &PriceBook| {
            let mut terms = book.terms(entry.client, &reserved, &self.spans);
            let fixed = reserved.fixed_seconds().is_some();
            terms.rounding = if fixed { Rounding::NONE } else { terms.rounding.effective() };
            terms
        };
        terms(&self.book) != terms(other)
    }

    /// An entry priced by itself.
    pub(crate) fn alone(&self, entry: &OpenEntry) -> PricedAlone {
        let reserved = entry.reserved();
        let work = work_of(entry.client, &reserved);
        let span = self.spans.get(&reserved.entry);
        let measured = Measured { seconds: reserved.seconds, span };
        let by_rule = || entry_seconds(measured, self.book.rounding(&work));
        let rounded_seconds = reserved.fixed_seconds().unwrap_or_else(by_rule);
        let rate = self.book.rate(&work, RateKind::Bill);
        let warning = match rate {
            None => Some(LineWarning::NoRate),
            Some(rate) if rate.currency != entry.currency => {
                Some(LineWarning::OtherCurrency { currency: rate.currency.clone() })
            }
            Some(_) => None,
        };
        let working_day = self.book.settings().working_day_seconds(work.day);
        let priced = rate.filter(|_| warning.is_none());
        let amount_minor = priced.map(|rate| price(rounded_seconds, rate, working_day));
        PricedAlone { rounded_seconds, amount_minor, warning }
    }

    /// What drafts by task of these entries would come to by a book, per currency.
    pub(crate) fn drafted<'a>(
        &self,
        entries: impl IntoIterator<Item = &'a OpenEntry>,
        book: &PriceBook,
    ) -> BTreeMap<String, Sum> {
        let mut drafts: BTreeMap<(ClientId, &str), Vec<ReservedEntry>> = BTreeMap::new();
        for entry in entries {
            let draft = drafts.entry((entry.client, &entry.currency)).or_default();
            draft.push(entry.reserved());
        }
        let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
        for ((client, currency), entries) in drafts {
            let sum = sums.entry(currency.to_owned()).or_default();
            for line in book.lines_of(client, &entries, GroupBy::Task, currency, &self.spans) {
                sum.seconds += line.seconds;
                sum.rounded_seconds += line.rounded_seconds;
                sum.net_minor += line.net_minor.unwrap_or_default();
                if line.net_minor.is_none() {
                    sum.unpriced_seconds += line.seconds;
                }
            }
        }
        sums
    }
}
