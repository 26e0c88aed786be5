//! What may be billed: approved, billable time that no invoice holds, with what it would come to.

use domain::id::{ClientId, EntryId};
use jiff::civil::Date;
use projections::billing::unbilled::Wanted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::names::Names;
use super::open_time::{OpenEntry, OpenTime, PricedAlone};
use crate::http::answer::Answer;
use crate::http::call::Call;
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

/// `GET /unbilled`.
pub(crate) async fn list(call: Call<(), Which>) -> Result<Answer<UnbilledList>, Problem> {
    let Which { client_id, from, to } = call.query;
    let client = client_id.map(ClientId);
    let wanted = Wanted { client, from, to, approved: true, ..Wanted::default() };
    let open = OpenTime::load(&call, &wanted, MOST).await?;
    let key = |entry: &&OpenEntry| (entry.row.day, entry.row.entry_id);
    let after: Option<(Date, EntryId)> = call.after()?;
    let limit = usize::try_from(call.look_for()).unwrap_or_default();
    let behind = |entry: &&OpenEntry| after.is_none_or(|after| key(entry) > after);
    let rows: Vec<&OpenEntry> = open.entries.iter().filter(behind).take(limit).collect();
    let (projects, tasks) =
        (rows.iter().map(|it| it.row.project_id), rows.iter().map(|it| it.row.task_id));
    let mut tx = call.tx().await?;
    let names = Names::load(&call, &mut tx, projects, tasks, []).await?;
    tx.commit().await?;
    let page = call.page(rows, key, |entry| shown(entry, open.alone(entry), &names));
    let totals = open.drafted(&open.entries, &open.book).into_iter().map(|(currency, sum)| {
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
    let rounded_seconds = open.entries.iter().map(|it| open.alone(it).rounded_seconds).sum();
    Ok(page.map(|Page { items, next_cursor }| UnbilledList {
        items,
        next_cursor,
        entries: open.entries.len(),
        seconds: open.entries.iter().map(|it| it.row.seconds).sum(),
        rounded_seconds,
        totals,
        more: open.more,
    }))
}

fn shown(entry: &OpenEntry, alone: PricedAlone, names: &Names) -> UnbilledEntry {
    let row = &entry.row;
    UnbilledEntry {
        entry_id: row.entry_id.0,
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
