//! When work ends that goes on as it did of late. It's a figure to look at and nothing rests on it.

use jiff::SignedDuration;
use jiff::civil::Date;

/// How many days make the pace: four weeks, so that each day of the week counts alike.
pub const PACE_DAYS: i64 = 28;

/// How many days ahead there is something to say: about a century.
const AHEAD_DAYS: i128 = 36_525;

/// The day on which `left` seconds are used up, if each day from tomorrow on takes what a day of
/// the last four weeks took on average: `recent` seconds in all of them, today included. Today
/// where nothing is left, and none where nothing was done of late or the end is out of sight.
pub fn forecast_end(today: Date, left: i64, recent: i64) -> Option<Date> {
    if left <= 0 {
        return Some(today);
    }
    if recent <= 0 {
        return None;
    }
    let (left, recent) = (i128::from(left), i128::from(recent));
    let days = (left * i128::from(PACE_DAYS) + recent - 1) / recent;
    let days = i64::try_from(days).ok().filter(|days| i128::from(*days) <= AHEAD_DAYS)?;
    today.checked_add(SignedDuration::from_hours(days * 24)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_end_is_when_the_rest_is_used_up_at_the_pace_of_four_weeks() {
        let today = date(2026, 3, 2);
        assert_eq!(forecast_end(today, 10, 28), Some(date(2026, 3, 12)));
        assert_eq!(forecast_end(today, 11, 56), Some(date(2026, 3, 8)), "a part of a day is a day");
        assert_eq!(forecast_end(today, 0, 28), Some(today));
        assert_eq!(forecast_end(today, -5, 28), Some(today));
        assert_eq!(forecast_end(today, 10, 0), None);
        assert_eq!(forecast_end(today, i64::MAX, 1), None);
    }
}
