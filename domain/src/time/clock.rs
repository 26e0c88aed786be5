//! Rounding instants as the wall clock shows them: a start of 09:07 becomes 09:00 in every zone.
//! Rounding the seconds since the epoch instead would give 08:45 where clocks are 45 minutes off.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Span;
use super::rounding::{Rounding, round_seconds};
use super::worked::{WorkedError, find_zone};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Start and end of a span, each rounded on its local clock by mode, tie and interval of the rule.
/// They may fall together; the difference of the two is the rounded duration.
pub fn round_ends(span: &Span, rule: Rounding) -> Result<(Timestamp, Timestamp), WorkedError> {
    let zone = find_zone(&span.zone)?;
    let start = round_clock(span.start, &zone, rule);
    Ok((start, round_clock(span.end, &zone, rule).max(start)))
}

/// The instant when the local clock shows the rounded time of day. The grid of intervals begins at
/// local midnight. Where a change of clocks lies between, the result is on the grid as the clock
/// shows it then, or at the first time that exists.
pub fn round_clock(instant: Timestamp, zone: &TimeZone, rule: Rounding) -> Timestamp {
    let local = zone.to_datetime(instant);
    let of_day = seconds_of_day(local);
    let rounded = round_seconds(of_day, rule).min(DAY_SECONDS);
    let by = jiff::SignedDuration::from_secs(rounded - of_day);
    let (Ok(moved), Ok(meant)) = (instant.checked_add(by), local.checked_add(by)) else {
        return instant;
    };
    let shown = seconds_of_day(zone.to_datetime(moved));
    if round_seconds(shown, rule) == shown {
        return moved;
    }
    zone.to_ambiguous_timestamp(meant).compatible().unwrap_or(moved)
}

fn seconds_of_day(local: DateTime) -> i64 {
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::at;
    use crate::time::{RoundingMode, RoundingScope, RoundingTie};

    fn rounded(instant: &str, zone: &str, mode: RoundingMode, interval_minutes: u32) -> String {
        let rule = Rounding {
            mode,
            tie: RoundingTie::HalfUp,
            scope: RoundingScope::Entry,
            interval_minutes,
        };
        let zone = find_zone(zone).expect("a zone");
        round_clock(at(instant), &zone, rule).to_string()
    }

    #[test]
    fn in_the_second_of_two_equal_hours_the_second_stays_meant() {
        let (zone, half_past) = ("Europe/Berlin", "2026-10-25T02:30:00+01:00");
        assert_eq!(rounded(half_past, zone, RoundingMode::Down, 60), "2026-10-25T01:00:00Z");
        let ten_to = "2026-10-25T02:50:00+02:00";
        // The clock shows 02:00 again ten minutes later, which is on the grid.
        assert_eq!(rounded(ten_to, zone, RoundingMode::Up, 60), "2026-10-25T01:00:00Z");
    }

    #[test]
    fn a_grid_line_that_the_clock_skipped_becomes_the_first_time_after_the_gap() {
        let (zone, ten_past) = ("Europe/Berlin", "2026-03-29T03:10:00+02:00");
        assert_eq!(rounded(ten_past, zone, RoundingMode::Down, 120), "2026-03-29T01:00:00Z");
    }

    #[test]
    fn rounding_up_goes_no_further_than_midnight() {
        let late = "2026-01-07T23:55:00Z";
        assert_eq!(rounded(late, "UTC", RoundingMode::Up, 50), "2026-01-08T00:00:00Z");
        assert_eq!(rounded(late, "UTC", RoundingMode::None, 50), late);
    }
}
