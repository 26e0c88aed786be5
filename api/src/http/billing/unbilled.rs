//! What may be billed: approved, billable time that no invoice holds, with what it would come to.

use domain::id::ClientId;
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
use crate::http::problem::Problem;

/// The most entries that one answer lists; the totals are of these.
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
    items: Vec<UnbilledEntry>,
    /// The sum over the items.
    seconds: i64,
    /// The sum over the items.
    rounded_seconds: i64,
    /// What it would come to, per currency.
    totals: Vec<UnbilledTotal>,
    /// Whether there is more than what is listed.
    more: bool,
}

/// `GET /unbilled`.
pub(crate) async fn list(call: Call<(), Which>) -> Result<Answer<UnbilledList>, Problem> {
    let Which { client_id, from, to } = call.query;
    let client = client_id.map(ClientId);
    let wanted = Wanted { client, from, to, approved: true, ..Wanted::default() };
    let open = OpenTime::load(&call, &wanted, MOST).await?;
    let mut tx = call.tx().await?;
    let projects = open.entries.iter().map(|it| it.row.project_id);
    let tasks = open.entries.iter().map(|it| it.row.task_id);
    let names = Names::load(&call, &mut tx, projects, tasks, []).await?;
    tx.commit().await?;
    let items: Vec<_> =
        open.entries.iter().map(|entry| shown(entry, open.alone(entry), &names)).collect();
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
    let list = UnbilledList {
        seconds: items.iter().map(|item| item.seconds).sum(),
        rounded_seconds: items.iter().map(|item| item.rounded_seconds).sum(),
        totals: totals.collect(),
        items,
        more: open.more,
    };
    Ok(call.read(list))
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
