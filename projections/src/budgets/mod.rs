//! Budgets as they're read: their terms, what they told, how estimates moved, and what was spent.
//! What is spent is kept nowhere: it's summed up when it's asked for, so it's never behind a rate.

pub mod budget;
pub mod budget_alert;
pub mod estimate;
pub mod measure;
pub mod work;

use domain::budgets::{BudgetCounts, BudgetEvent, BudgetEvery, BudgetPeriod};
use domain::log::Recorded;
use domain::settings::Settings;
use domain::time::worked::find_zone;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use migrations::TenantTx;
use sqlx::postgres::PgRow;

use crate::row::{Cell, ReadError, cells_of, text_cells};

text_cells! {
    BudgetCounts: |counts| counts.as_str(), BudgetCounts::parse;
    BudgetEvery: |every| every.as_str(), BudgetEvery::parse;
    BudgetPeriod: |period| period.to_string(), |text| text.parse().ok();
}

/// The event of a project's budgets, where it's one.
fn budget_event(recorded: &Recorded) -> Option<&BudgetEvent> {
    recorded.event.family()
}

/// The day of the firm's calendar at an instant.
pub fn local_day(settings: &Settings, now: Timestamp) -> Date {
    let utc = now.to_zoned(TimeZone::UTC).date();
    let zone = find_zone(settings.time_zone(utc)).unwrap_or(TimeZone::UTC);
    now.to_zoned(zone).date()
}

/// When the event at a position was recorded.
pub async fn recorded_at(tx: &mut TenantTx, position: i64) -> Result<Option<Timestamp>, ReadError> {
    let sql = "select recorded_at from {t}.events where position = $1";
    let row = tx.query(sql).bind(position).fetch_optional().await?;
    let at = |row: PgRow| Ok(Cell::read(cells_of(&row)?[0])?);
    row.map(at).transpose()
}
