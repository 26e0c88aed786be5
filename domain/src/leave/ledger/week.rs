//! What a working day and a week are worth to a member: averages over the weeks of a pattern of
//! work, by which days of leave become minutes and the other way round.

use jiff::civil::Date;

use crate::country::Counts;
use crate::leave::amount::{LeaveDays, LeaveMinutes};
use crate::leave::days::CALENDAR_DAY;
use crate::members::WorkPattern;
use crate::time::calendar::USUAL_WEEK;

/// The days of a week.
const DAYS: i64 = 7;
/// A working day where the pattern has none, in minutes.
const USUAL_DAY: i64 = 480;

/// The weeks of a pattern, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AverageWeek {
    /// Minutes of work in all of its weeks.
    minutes: i64,
    /// Days with work in all of its weeks.
    days: i64,
    /// How many weeks.
    weeks: i64,
}

impl AverageWeek {
    /// By the pattern that holds on a day; of leave that counts calendar days, seven whole days.
    pub(super) fn on(patterns: &[WorkPattern], counts: Counts, day: Date) -> Self {
        let past = |pattern: &&WorkPattern| pattern.from.is_none_or(|from| from <= day);
        let minutes = match (counts, patterns.iter().rev().find(past)) {
            (Counts::CalendarDays, _) => {
                let minutes =
                    CALENDAR_DAY.ten_thousandths() / LeaveMinutes::of(1).ten_thousandths();
                return AverageWeek { minutes: DAYS * minutes, days: DAYS, weeks: 1 };
            }
            (Counts::WorkingDays, Some(pattern)) => &pattern.minutes[..],
            (Counts::WorkingDays, None) => &USUAL_WEEK[..],
        };
        let count = |number: usize| i64::try_from(number).expect("a pattern has 56 days at most");
        AverageWeek {
            minutes: minutes.iter().map(|minutes| i64::from(*minutes)).sum(),
            days: count(minutes.iter().filter(|minutes| **minutes > 0).count()),
            weeks: (count(minutes.len()) / DAYS).max(1),
        }
    }

    /// The average of its working days; eight hours where there are none.
    pub(super) fn day(self) -> LeaveMinutes {
        match self.days {
            0 => LeaveMinutes::of(USUAL_DAY),
            days => LeaveMinutes::of(self.minutes).share(1, days),
        }
    }

    /// Working days per week.
    pub(super) fn days(self) -> LeaveDays {
        let days = LeaveMinutes::of(self.days).share(1, self.weeks);
        LeaveDays::of_ten_thousandths(days.ten_thousandths())
    }

    /// Whether it has at least so many working days per week.
    pub(super) fn has_days(self, least: u32) -> bool {
        self.days >= i64::from(least) * self.weeks
    }

    /// The work of `part / whole` weeks.
    pub(super) fn times(self, part: i64, whole: i64) -> LeaveMinutes {
        LeaveMinutes::of(self.minutes).share(part, whole * self.weeks)
    }
}

/// The average working day of a member on a day, by which days of leave are minutes: the mean of
/// the pattern's days with work, eight hours without a pattern; 24 hours where calendar days count.
pub fn average_day(patterns: &[WorkPattern], counts: Counts, day: Date) -> LeaveMinutes {
    AverageWeek::on(patterns, counts, day).day()
}

/// On how many days of a week a member works, by the pattern that holds on a day, as an average
/// over its weeks: `5.5`.
pub fn working_days_per_week(patterns: &[WorkPattern], day: Date) -> LeaveDays {
    AverageWeek::on(patterns, Counts::WorkingDays, day).days()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::samples::{pattern, week};
    use jiff::civil::date;

    const DAY: Date = date(2026, 3, 2);

    #[test]
    fn the_average_of_a_pattern_leaves_out_its_days_off() {
        let day = |minutes: &[u32]| {
            average_day(&[pattern(None, minutes)], Counts::WorkingDays, DAY).to_string()
        };
        assert_eq!(day(&week(5, 480)), "480");
        assert_eq!(day(&[480, 480, 480, 480, 240, 0, 0]), "432");
        assert_eq!(day(&[480, 0, 0, 0, 0, 0, 0].repeat(2)), "480");
        assert_eq!(day(&[500, 500, 0, 0, 0, 0, 430]), "476.6667");
        assert_eq!(day(&[0; 7]), "480", "there must be some day to tell days by");
        assert_eq!(average_day(&[], Counts::WorkingDays, DAY), LeaveMinutes::of(480));
        assert_eq!(average_day(&[], Counts::CalendarDays, DAY), LeaveMinutes::of(1440));
    }

    #[test]
    fn days_per_week_are_an_average_over_the_weeks_of_the_pattern_that_holds() {
        let alternating = [week(5, 480), week(6, 480)].concat();
        let patterns = [pattern(None, &week(3, 480)), pattern(Some(DAY), &alternating)];
        assert_eq!(working_days_per_week(&patterns, date(2026, 3, 1)), LeaveDays::of(3));
        assert_eq!(working_days_per_week(&patterns, DAY).to_string(), "5.5");
        assert_eq!(working_days_per_week(&[], DAY), LeaveDays::of(5));
        let average = AverageWeek::on(&patterns, Counts::WorkingDays, DAY);
        assert!(average.has_days(5) && !average.has_days(6));
        assert_eq!(average.times(3, 1).in_days(average.day()).to_string(), "16.5");
    }
}
