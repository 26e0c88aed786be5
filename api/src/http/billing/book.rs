//! Prices and rounding as a read is asked for them: as known now, or at the moment that it names.
//! Each look takes a connection of its own and gives it back: who calls them must hold none, or
//! more reads at once than a firm has connections would wait for each other.

use std::collections::BTreeMap;

use domain::catalogue::rates::RatedWork;
use domain::id::{ClientId, EntryId, ProjectId};
use domain::time::rounding::{Measured, entry_seconds};
use projections::billing::price_book::{PriceBook, Spans};
use projections::billing::rounding_book::RoundingBook;
use projections::catalogue::client::{Client, ClientRow};
use projections::catalogue::project;
use projections::catalogue::rate::Rate;
use projections::catalogue::rounding_rule::RoundingRule;
use projections::settings::setting::Setting;
use projections::time::time_entry::{self, TimeEntry, TimeEntryRow};
use uuid::Uuid;

use crate::http::call::About;
use crate::http::problem::Problem;

/// Rounding rules and settings as known at the moment that the request is about. It loads no rates,
/// so lists of time may ask for it each time.
pub(crate) async fn rounding_then(about: &About) -> Result<RoundingBook, Problem> {
    if let Some(rules) = about.facts_then::<RoundingRule>().await? {
        let settings = about.facts_then::<Setting>().await?;
        let settings = settings.iter().flat_map(|rows| rows.iter().cloned());
        return Ok(RoundingBook::of(rules.iter().cloned(), settings));
    }
    let mut tx = about.tx().await?;
    let book = RoundingBook::load(&mut tx).await?;
    tx.commit().await?;
    Ok(book)
}

/// Rates of every kind, rounding rules and settings as known at the moment that the request is
/// about.
pub(crate) async fn book_then(about: &About) -> Result<PriceBook, Problem> {
    if let Some(rates) = about.facts_then::<Rate>().await? {
        return Ok(PriceBook::of(rates.iter().cloned(), rounding_then(about).await?));
    }
    let mut tx = about.tx().await?;
    let book = PriceBook::load(&mut tx).await?;
    tx.commit().await?;
    Ok(book)
}

/// The currencies of the clients that were billed in another than the tenant's, at the moment that
/// the request is about; none where the present is asked for.
pub(crate) async fn currencies_then(
    about: &About,
) -> Result<Option<BTreeMap<ClientId, String>>, Problem> {
    let clients = about.rows_then::<Client>().await?;
    let billed_in = |row: &ClientRow| Some((row.client_id, row.currency.clone()?));
    Ok(clients.map(|clients| clients.iter().filter_map(billed_in).collect()))
}

/// From when to when these entries were worked, where a rule of the book asks for both ends; else
/// nothing.
pub(crate) async fn spans_then(
    about: &About,
    book: &PriceBook,
    entries: impl Iterator<Item = EntryId>,
) -> Result<Spans, Problem> {
    if book.asks_for_ends() { spans_of(about, entries).await } else { Ok(Spans::new()) }
}

/// From when to when these entries are rounded by where a rule asks for both ends; of one that
/// takes another back, the other's.
pub(crate) async fn spans_of(
    about: &About,
    entries: impl Iterator<Item = EntryId>,
) -> Result<Spans, Problem> {
    let Some(rows) = about.rows_then::<TimeEntry>().await? else {
        let mut tx = about.tx().await?;
        let spans = time_entry::spans(&mut tx, entries).await?;
        tx.commit().await?;
        return Ok(spans);
    };
    let rows: BTreeMap<EntryId, &TimeEntryRow> = rows.iter().map(|it| (it.entry_id, it)).collect();
    let find = |entry: &EntryId| rows.get(entry).copied();
    let span = |entry: EntryId| Some((entry, find(&entry)?.span_among(find)?));
    Ok(entries.filter_map(span).collect())
}

/// Rounds entries by themselves, as they're shown.
pub(crate) struct Rounder {
    book: RoundingBook,
    clients: BTreeMap<ProjectId, ClientId>,
    spans: Spans,
}

impl Rounder {
    /// One for these entries, at the moment that the request is about.
    pub(crate) async fn then(about: &About, rows: &[TimeEntryRow]) -> Result<Self, Problem> {
        let book = rounding_then(about).await?;
        let (mut clients, mut spans) = (BTreeMap::new(), Spans::new());
        if book.asks_for_clients() {
            let mut tx = about.tx().await?;
            clients = project::clients_of(&mut tx, rows.iter().map(|row| row.project_id)).await?;
            tx.commit().await?;
        }
        if book.asks_for_ends() {
            spans = spans_of(about, rows.iter().map(|row| row.entry_id)).await?;
        }
        Ok(Rounder { book, clients, spans })
    }

    /// What an entry is shown and billed with by itself, in seconds.
    pub(crate) fn seconds(&self, row: &TimeEntryRow) -> i64 {
        // Where no rule is for a client, any will do.
        let client = self.clients.get(&row.project_id).copied();
        let client = client.unwrap_or(ClientId(Uuid::nil()));
        let (member, project, task) = (row.member_id, row.project_id, row.task_id);
        let work = RatedWork { member, project, task, client, day: row.work_day };
        let measured = Measured { seconds: row.seconds, span: self.spans.get(&row.entry_id) };
        entry_seconds(measured, self.book.rounding(&work))
    }
}
