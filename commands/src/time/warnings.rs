//! What is worth another look about time that is recorded: a holiday, a day off, leave, a day to
//! come. Nothing is refused for it. It's part of the answer, so it rests on what it was found by.

use domain::id::EntryId;
use domain::leave::{HolidayCalendar, MemberLeave, calendar_stream, member_leave_stream};
use domain::members::Member;
use domain::settings::{Settings, settings_stream};
use domain::time::calendar::{WorkTerms, holidays_by_day};
use domain::time::worked::find_zone;
use domain::time::{Timesheet, Worked};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::refused::{CommandError, Warned};
use crate::unit::Unit;

/// The zone furthest behind: where it's not yet a day, it's that day nowhere on earth.
const FURTHEST_BEHIND: SignedDuration = SignedDuration::from_hours(12);

/// Adds to the answer what is worth another look about work of a member, an item of several where
/// they are; `sheet` is their week without it. It goes by the day of the start.
pub(super) async fn warn(
    unit: &mut Unit<'_>,
    item: Option<usize>,
    member: &Member,
    sheet: &Timesheet,
    (entry, worked): (EntryId, &Worked),
) -> Result<(), CommandError> {
    let day = worked.day;
    let calendar = unit.read::<HolidayCalendar>(calendar_stream()).await?;
    let today = today_or_later(unit, member, worked).await?;
    let leave = match member.id {
        Some(id) => {
            unit.read::<MemberLeave>(member_leave_stream(id)).await?.state.taken_between(day, day)
        }
        None => Vec::new(),
    };
    let holidays = holidays_by_day(calendar.state.holidays(day, day));
    let terms = WorkTerms {
        patterns: &member.patterns,
        hired_on: member.hired_on,
        left_on: member.left_on,
        holidays: &holidays,
        leave: &leave,
    };
    let others =
        sheet.entries.iter().filter(|(id, other)| **id != entry && other.worked.day == day);
    let all: i64 = others.map(|(_, other)| other.signed_seconds()).sum();
    for warning in terms.planned(day).warnings(all + i64::from(worked.seconds), today) {
        let (code, detail) = (warning.code().to_owned(), warning.detail(day));
        unit.warn(Warned { item, code, detail });
    }
    Ok(())
}

/// Today where the work was done, else where the member is, else in the tenant's zone; the day of
/// the work itself where it can't be one to come, for which no zone has to be looked up.
async fn today_or_later(
    unit: &mut Unit<'_>,
    member: &Member,
    worked: &Worked,
) -> Result<Date, CommandError> {
    let now = unit.now();
    let utc = date_in_utc(now);
    if date_in_utc(now - FURTHEST_BEHIND) >= worked.day {
        return Ok(worked.day);
    }
    let zone = match (&worked.span, &member.time_zone) {
        (Some(span), _) => span.zone.clone(),
        (None, Some(zone)) => zone.clone(),
        (None, None) => {
            let settings = unit.read::<Settings>(settings_stream()).await?;
            settings.state.time_zone(utc).to_owned()
        }
    };
    Ok(find_zone(&zone).map_or(utc, |zone| now.to_zoned(zone).date()))
}

fn date_in_utc(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::UTC).date()
}
