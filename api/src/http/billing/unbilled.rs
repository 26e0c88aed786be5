//! What may be billed: approved, billable time that no invoice holds.

use domain::id::ClientId;
use domain::time::rounding::entry_seconds;
use jiff::civil::Date;
use projections::billing::price_book::PriceBook;
use projections::billing::unbilled::{UnbilledRow, to_bill};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::names::Names;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;

/// The most entries that one answer lists; the totals are of these.
const MOST: i64 = 10_000;

/// Which time.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
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
}

/// What may be billed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Unbilled {
    items: Vec<UnbilledEntry>,
    /// The sum over the items.
    seconds: i64,
    /// The sum over the items.
    rounded_seconds: i64,
    /// Whether there is more than what is listed.
    more: bool,
}

/// `GET /unbilled`.
pub(crate) async fn list(call: Call<(), Wanted>) -> Result<Answer<Unbilled>, Problem> {
    let Wanted { client_id, from, to } = call.query;
    let mut tx = call.tx().await?;
    let mut rows = to_bill(&mut tx, client_id.map(ClientId), from, to, MOST + 1).await?;
    let more = rows.len() as i64 > MOST;
    rows.truncate(MOST as usize);
    let book = PriceBook::load(&mut tx).await?;
    let (projects, tasks) =
        (rows.iter().map(|row| row.project_id), rows.iter().map(|row| row.task_id));
    let names = Names::load(&call, &mut tx, projects, tasks, []).await?;
    tx.commit().await?;
    let items: Vec<UnbilledEntry> = rows.into_iter().map(|row| shown(row, &book, &names)).collect();
    let seconds = items.iter().map(|item| item.seconds).sum();
    let rounded_seconds = items.iter().map(|item| item.rounded_seconds).sum();
    Ok(call.read(Unbilled { items, seconds, rounded_seconds, more }))
}

fn shown(row: UnbilledRow, book: &PriceBook, names: &Names) -> UnbilledEntry {
    UnbilledEntry {
        entry_id: row.entry_id.0,
        member_id: row.member_id.0,
        project_id: row.project_id.0,
        project: names.project(row.project_id),
        task_id: row.task_id.0,
        task: names.task(row.task_id),
        date: row.day,
        work_date: row.work_day,
        seconds: row.seconds,
        rounded_seconds: entry_seconds(row.seconds, book.settings().rounding(row.work_day)),
    }
}
