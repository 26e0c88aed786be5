//! What may be billed: approved, billable time that no invoice holds, with what it would come to.

use std::collections::BTreeMap;

use domain::id::ClientId;
use jiff::civil::Date;
use projections::billing::unbilled::{Place as After, UnbilledRow, Wanted};
use projections::billing::unbilled_sums::{Open, Pricing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::names::Names;
use super::open_time::{OpenEntry, OpenTime, PricedAlone, Sum};
use super::sight::client_asked;
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::problem::Problem;

/// The most entries that are looked at; totals are of these.
const MOST: usize = 10_000;

/// Which time.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// Of this client; everybody's where it's left out.
    client_id: Option<Uuid>,
    /// The first day.
    from: Option<Date>,
    /// The last day.
    to: Option<Date>,
}

/// An entry that may be billed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct UnbilledEntry {
    entry_id: Uuid,
    /// The credit note that set these seconds of the entry free; left out where all of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    freed_by: Option<Uuid>,
    member_id: Uuid,
    client_id: Uuid,
    project_id: Uuid,
    project: String,
    task_id: Uuid,
    task: String,
    date: Date,
    /// The day of the work, where it's booked on another one: rates and rounding go by it.
    work_date: Date,
    /// As recorded; less than nothing where it takes time back.
    seconds: i64,
    /// As it would be billed by itself.
    rounded_seconds: i64,
    /// What it would cost by itself, net; null where it has no price.
    amount: Option<Money>,
    /// Why it has no price: `billing.no_rate` or `billing.rate_in_other_currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

/// What drafts by task of all that is listed would come to in one currency.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct UnbilledTotal {
    currency: String,
    /// As recorded.
    seconds: i64,
    /// As billed, days and lines rounded where the rule says so.
    rounded_seconds: i64,
    /// Of the recorded seconds, those without a price.
    unpriced_seconds: i64,
    /// Net.
    amount: Money,
}

/// What may be billed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Unbilled")]
pub(crate) struct UnbilledList {
    /// Some of them, by day.
    items: Vec<UnbilledEntry>,
    /// Where the next ones begin, where there are any.
    next_cursor: Option<String>,
    /// How many there are, listed or not; the sums are of all of these.
    entries: usize,
    seconds: i64,
    /// The sum of what each is rounded to by itself.
    rounded_seconds: i64,
    /// What it would come to, per currency.
    totals: Vec<UnbilledTotal>,
    /// Whether there is more than the 10 000 that were looked at: ask for fewer days.
    more: bool,
}

/// What is asked for: the piece that is shown, and the sums of all.
struct Listed {
    /// The piece, and one entry more where there are more.
    piece: OpenTime,
    names: Names,
    entries: usize,
    seconds: i64,
    rounded_seconds: i64,
    drafted: BTreeMap<String, Sum>,
    more: bool,
}

/// Where a piece begins, and how many entries are looked for.
struct Place {
    after: Option<After>,
    limit: usize,
}

/// As it is now, with the sums that are kept; none where only a look at each entry can tell.
async fn present(about: &About, asked: Open, place: &Place) -> Result<Option<Listed>, Problem> {
    if about.as_of.or(about.known_at).is_some() {
        return Ok(None);
    }
    let mut tx = about.snapshot().await?;
    let pricing = Pricing::load(&mut tx).await?;
    if pricing.book.asks_for_ends() {
        return Ok(None);
    }
    let Some(sums) = pricing.sums(&mut tx, asked, MOST).await? else { return Ok(None) };
    let rows = pricing.entries(&mut tx, asked, &sums, place.after, place.limit).await?;
    let Some(rows) = rows else { return Ok(None) };
    let (projects, tasks) = (rows.iter().map(|it| it.project_id), rows.iter().map(|it| it.task_id));
    let names = Names::load(about, &mut tx, projects, tasks, []).await?;
    tx.commit().await?;
    let entry = |row: UnbilledRow| {
        let client = pricing.client(row.project_id)?;
        let currency = pricing.currency(client, asked.to.unwrap_or(row.day)).to_owned();
        Some(OpenEntry { row, client, currency })
    };
    let piece = rows.into_iter().filter_map(entry).collect();
    Ok(Some(Listed {
        piece: OpenTime::of(piece, pricing.book.clone(), sums.more),
        names,
        entries: sums.entries,
        seconds: sums.seconds,
        rounded_seconds: sums.rounded_seconds,
        drafted: sums.drafted.clone(),
        more: sums.more,
    }))
}

/// The same from every entry: of the past, and where rounding asks for the ends of entries.
async fn each_entry(about: &About, asked: Open, place: &Place) -> Result<Listed, Problem> {
    let Open { client, from, to } = asked;
    let wanted = Wanted { client, from, to, approved: true, ..Wanted::default() };
    let mut open = OpenTime::load(about, &wanted, MOST).await?;
    let entries = open.entries.len();
    let seconds = open.entries.iter().map(|it| it.row.seconds).sum();
    let rounded_seconds = open.entries.iter().map(|it| open.alone(it).rounded_seconds).sum();
    let drafted = open.drafted(&open.entries, &open.book);
    let behind = |it: &OpenEntry| place.after.is_none_or(|after| key(it) > after);
    open.entries.retain(behind);
    open.entries.truncate(place.limit);
    let rows = || open.entries.iter().map(|it| &it.row);
    let (projects, tasks) = (rows().map(|it| it.project_id), rows().map(|it| it.task_id));
    let mut tx = about.tx().await?;
    let names = Names::load(about, &mut tx, projects, tasks, []).await?;
    tx.commit().await?;
    let more = open.more;
    Ok(Listed { piece: open, names, entries, seconds, rounded_seconds, drafted, more })
}

fn key(entry: &OpenEntry) -> After {
    entry.row.place()
}

/// `GET /unbilled`.
pub(crate) async fn list(call: Call<(), Which>) -> Result<Answer<UnbilledList>, Problem> {
    let Which { client_id, from, to } = call.query;
    let client = client_asked(&call, client_id.map(ClientId))?;
    let asked = Open { client, from, to };
    let limit = usize::try_from(call.look_for()).unwrap_or_default();
    let place = Place { after: call.after()?, limit };
    let listed = match present(&call, asked, &place).await? {
        Some(listed) => listed,
        None => each_entry(&call, asked, &place).await?,
    };
    let Listed { piece, names, entries, seconds, rounded_seconds, drafted, more } = listed;
    let rows: Vec<&OpenEntry> = piece.entries.iter().collect();
    let item = |entry: &OpenEntry| shown(entry, piece.alone(entry), &names);
    let page = call.page(rows, |entry| key(entry), item);
    let totals = drafted.into_iter().map(|(currency, sum)| {
        let amount = Money::of(sum.net_minor, &currency);
        UnbilledTotal {
            currency,
            seconds: sum.seconds,
            rounded_seconds: sum.rounded_seconds,
            unpriced_seconds: sum.unpriced_seconds,
            amount,
        }
    });
    let totals = totals.collect();
    Ok(page.map(|Page { items, next_cursor }| UnbilledList {
        items,
        next_cursor,
        entries,
        seconds,
        rounded_seconds,
        totals,
        more,
    }))
}

fn shown(entry: &OpenEntry, alone: PricedAlone, names: &Names) -> UnbilledEntry {
    let row = &entry.row;
    UnbilledEntry {
        entry_id: row.entry_id.0,
        freed_by: row.freed_by.0.map(|note| note.0),
        member_id: row.member_id.0,
        client_id: entry.client.0,
        project_id: row.project_id.0,
        project: names.project(row.project_id),
        task_id: row.task_id.0,
        task: names.task(row.task_id),
        date: row.day,
        work_date: row.work_day,
        seconds: row.seconds,
        rounded_seconds: alone.rounded_seconds,
        amount: alone.amount_minor.map(|amount| Money::of(amount, &entry.currency)),
        warning: alone.warning.map(|warning| warning.code().to_owned()),
    }
}
