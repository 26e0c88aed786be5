//! Whose holidays the firm keeps, by the day from which it does.

use domain::leave::{Adoption, HolidayCalendar as Calendar, HolidayEvent};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use migrations::TenantTx;

use super::holiday::HolidayRow;
use super::holiday_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, Since, read_rows, row, select};

row! {
    /// One adoption.
    HolidayCalendarRow in "rm_holiday_calendar" key(from_day: Since) {
        /// The first day it holds.
        from_day: Since,
        /// ISO 3166-1 alpha-2; none = no country's.
        country: Option<String>,
        /// The region's code.
        region: Option<String>,
        /// The version of the country's pack; 0 = there was none.
        pack_version: u32,
        /// Since when it's known.
        known_at: Timestamp,
        /// The event that set it.
        position: i64,
    }
}

/// The fold of adoptions.
#[derive(Debug)]
pub struct HolidayCalendar;

impl ReadModel for HolidayCalendar {
    const NAME: &'static str = "holiday_calendar";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[HolidayEvent::TYPES];
    type Row = HolidayCalendarRow;

    fn touches(event: &Recorded) -> Vec<Since> {
        match holiday_event(event) {
            Some(HolidayEvent::HolidayCalendarAdopted(event)) => vec![Since(event.from)],
            Some(HolidayEvent::HolidayDeclared(_) | HolidayEvent::HolidayWithdrawn(_)) | None => {
                Vec::new()
            }
        }
    }

    fn apply(rows: &mut Rows<HolidayCalendarRow>, recorded: &Recorded) {
        match holiday_event(recorded) {
            Some(HolidayEvent::HolidayCalendarAdopted(event)) => rows.put(HolidayCalendarRow {
                from_day: Since(event.from),
                country: event.country.clone(),
                region: event.region.clone(),
                pack_version: event.pack_version,
                known_at: recorded.recorded_at,
                position: recorded.position,
            }),
            Some(HolidayEvent::HolidayDeclared(_) | HolidayEvent::HolidayWithdrawn(_)) | None => {}
        }
    }
}

/// Every adoption, by day.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<HolidayCalendarRow>, ReadError> {
    let sql = "where $1 order by r.from_day";
    read_rows(&select::<HolidayCalendarRow>(tx, sql).bind(true).fetch_all().await?)
}

/// The calendar that these rows make: ask it for the holidays of some days.
pub fn calendar_of(
    adoptions: impl IntoIterator<Item = HolidayCalendarRow>,
    declared: impl IntoIterator<Item = HolidayRow>,
) -> Calendar {
    let mut calendar = Calendar::default();
    for row in adoptions {
        let HolidayCalendarRow { from_day, country, region, pack_version, .. } = row;
        calendar.adopt(Adoption { from: from_day.0, country, region, pack_version });
    }
    calendar.declared = declared.into_iter().map(|row| (row.day, row.name)).collect();
    calendar
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::holiday::Holiday;
    use crate::tests::samples::leave;
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use jiff::civil::date;

    #[test]
    fn the_rows_make_the_calendar_that_the_stream_makes() {
        let history = leave();
        let rows = rows_of::<HolidayCalendar>(&history.0);
        let adopted: Vec<_> = rows.iter().map(|row| (row.from_day.0, &row.country)).collect();
        let germany = Some("DE".to_owned());
        let zuid = Some("ZA".to_owned());
        assert_eq!(adopted, [(None, &zuid), (Some(date(2027, 1, 1)), &germany)]);
        let mut told = Calendar::default();
        history.0.iter().filter_map(holiday_event).for_each(|event| told.evolve(event));
        assert_eq!(calendar_of(rows, rows_of::<Holiday>(&history.0)), told);
        assert_declares_what_it_touches::<HolidayCalendar>(&history.0);
    }
}
