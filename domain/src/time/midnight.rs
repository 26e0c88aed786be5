//! Splitting work at local midnight: how many seconds fall on which local day. It's computed from
//! the zone stored with the work, so no later change of a setting moves a second.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Worked;
use super::worked::find_zone;

/// The local days of the work with the seconds on each, in order; their sum is all its seconds.
///
/// Work without a span lies on its day as a whole, as does a span in a zone that the database no
/// longer has.
pub fn split_at_midnight(worked: &Worked) -> Vec<(Date, u32)> {
    let whole = || vec![(worked.day, worked.seconds)];
    let Some(span) = &worked.span else {
        return whole();
    };
    let Ok(zone) = find_zone(&span.zone) else {
        return whole();
    };
    let mut days: BTreeMap<Date, u32> = BTreeMap::new();
    let mut at = span.start;
    while at < span.end {
        // Up to the next change of clocks the offset is fixed, and midnight is plain arithmetic.
        let offset = zone.to_offset(at);
        let day = offset.to_datetime(at).date();
        let midnight =
            day.tomorrow().ok().and_then(|next| offset.to_timestamp(next.at(0, 0, 0, 0)).ok());
        let change = zone.following(at).next().map(|change| change.timestamp());
        let next = [midnight, change].into_iter().flatten().fold(span.end, Timestamp::min);
        let seconds = u32::try_from(next.as_second() - at.as_second())
            .expect("work lasts 24 hours at most and goes forward");
        *days.entry(day).or_default() += seconds;
        at = next;
    }
    days.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{duration, span_in};

    fn split(worked: &Worked) -> Vec<(String, u32)> {
        split_at_midnight(worked).into_iter().map(|(day, s)| (day.to_string(), s)).collect()
    }

    #[test]
    fn work_over_a_change_of_clocks_is_split_by_what_passed() {
        let night =
            span_in("2026-10-31T22:00:00-04:00", "2026-11-01T06:00:00-05:00", "America/New_York");
        let days = [("2026-10-31".to_owned(), 7200), ("2026-11-01".to_owned(), 25_200)];
        assert_eq!(split(&night), days);
    }

    #[test]
    fn a_day_that_a_clock_enters_twice_gets_both_its_parts() {
        // Until 2011 St John's set its clock back from 00:01 to 23:01: a minute of Sunday came
        // first.
        let work = span_in("2010-11-07T02:00:00Z", "2010-11-07T04:00:00Z", "America/St_Johns");
        let days =
            [("2010-11-06".to_owned(), 30 * 60 + 59 * 60), ("2010-11-07".to_owned(), 31 * 60)];
        assert_eq!(split(&work), days);
    }

    #[test]
    fn durations_stay_on_their_day_and_an_end_at_midnight_adds_no_day() {
        assert_eq!(split(&duration("2026-01-07", 86_400)), [("2026-01-07".to_owned(), 86_400)]);
        let work = span_in("2026-06-10T20:00:00Z", "2026-06-10T22:00:00Z", "Africa/Johannesburg");
        assert_eq!(split(&work), [("2026-06-10".to_owned(), 7200)]);
    }
}
