//! Each day that the firm declared a holiday itself.

use domain::leave::HolidayEvent;
use domain::log::{EventFamily, Recorded};
use jiff::civil::Date;
use migrations::TenantTx;

use super::holiday_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One day.
    HolidayRow in "rm_holiday" key(day: Date) {
        /// The day.
        day: Date,
        /// What it's called.
        name: String,
        /// The event that declared it.
        position: i64,
    }
}

/// The fold of declared holidays.
#[derive(Debug)]
pub struct Holiday;

impl ReadModel for Holiday {
    const NAME: &'static str = "holiday";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[HolidayEvent::TYPES];
    type Row = HolidayRow;

    fn touches(event: &Recorded) -> Vec<Date> {
        match holiday_event(event) {
            Some(HolidayEvent::HolidayDeclared(event)) => vec![event.day],
            Some(HolidayEvent::HolidayWithdrawn(event)) => vec![event.day],
            Some(HolidayEvent::HolidayCalendarAdopted(_)) | None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<HolidayRow>, recorded: &Recorded) {
        match holiday_event(recorded) {
            Some(HolidayEvent::HolidayDeclared(event)) => rows.put(HolidayRow {
                day: event.day,
                name: event.name.clone(),
                position: recorded.position,
            }),
            Some(HolidayEvent::HolidayWithdrawn(event)) => {
                rows.remove(&event.day);
            }
            Some(HolidayEvent::HolidayCalendarAdopted(_)) | None => {}
        }
    }
}

/// The declared holidays from one day to another, both included, by day.
pub async fn between(
    tx: &mut TenantTx,
    first: Date,
    last: Date,
) -> Result<Vec<HolidayRow>, ReadError> {
    let sql = "where r.day between $1 and $2 order by r.day";
    let day = |day: Date| jiff_sqlx::ToSqlx::to_sqlx(day);
    let query = select::<HolidayRow>(tx, sql).bind(day(first)).bind(day(last));
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::leave;
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use jiff::civil::date;

    #[test]
    fn a_declared_day_is_there_until_it_is_withdrawn() {
        let history = leave();
        let rows = rows_of::<Holiday>(&history.0);
        let days: Vec<_> = rows.iter().map(|row| (row.day, &*row.name)).collect();
        assert_eq!(days, [(date(2026, 12, 24), "Works party")]);
        assert_declares_what_it_touches::<Holiday>(&history.0);
    }
}
