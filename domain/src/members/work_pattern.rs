//! By which pattern somebody works: minutes by weekday, over one week or a cycle of several. The
//! first week of a cycle is the ISO week of the day from which the pattern holds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::time::Week;

/// The longest cycle, in weeks.
const WEEKS_MAX: usize = 8;
const DAYS: usize = 7;
const MINUTES_OF_A_DAY: u32 = 24 * 60;

/// The rule in words, for refusals.
pub const PATTERN_RULE: &str =
    "give minutes for each weekday from Monday on, 0 to 1440, for 1 to 8 whole weeks";

/// A pattern of work with the first day it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkPattern {
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// Minutes of work by weekday, Monday first, seven for each week of the cycle.
    pub minutes: Vec<u32>,
}

impl WorkPattern {
    /// Whether the minutes are whole weeks of days that a day can hold.
    pub fn is_sound(&self) -> bool {
        let weeks = self.minutes.len() / DAYS;
        self.minutes.len().is_multiple_of(DAYS)
            && (1..=WEEKS_MAX).contains(&weeks)
            && self.minutes.iter().all(|minutes| *minutes <= MINUTES_OF_A_DAY)
    }

    /// Whether it's a cycle of more than one week.
    pub fn is_cycle(&self) -> bool {
        self.minutes.len() > DAYS
    }

    /// The minutes of work on a day.
    pub fn minutes_on(&self, day: Date) -> u32 {
        let weeks = i64::try_from(self.minutes.len() / DAYS).unwrap_or(1).max(1);
        let monday = Week::of(day).monday();
        let first = self.from.map_or(monday, |from| Week::of(from).monday());
        let since = monday.duration_since(first).as_hours() / 24 / 7;
        let week = usize::try_from(since.rem_euclid(weeks)).unwrap_or_default();
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.minutes.get(week * DAYS + weekday).copied().unwrap_or_default()
    }

    /// Puts it among patterns that are ordered by the day they hold from, in the place of one that
    /// holds from the same day.
    pub(super) fn put_into(self, patterns: &mut Vec<WorkPattern>) {
        match patterns.binary_search_by_key(&self.from, |pattern| pattern.from) {
            Ok(place) => patterns[place] = self,
            Err(place) => patterns.insert(place, self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    const WEEK: [u32; 7] = [480, 480, 480, 480, 300, 0, 0];

    fn pattern(from: Option<Date>, minutes: &[u32]) -> WorkPattern {
        WorkPattern { from, minutes: minutes.to_vec() }
    }

    #[test]
    fn a_week_is_the_same_each_week_from_always_on() {
        let pattern = pattern(None, &WEEK);
        for monday in [date(1999, 12, 27), date(2026, 2, 2)] {
            for (n, minutes) in WEEK.into_iter().enumerate() {
                assert_eq!(pattern.minutes_on(monday + (n as i64).days()), minutes);
            }
        }
    }

    #[test]
    fn a_cycle_begins_with_the_week_of_its_first_day() {
        // A Wednesday: its week is the long one, the next one the short one.
        let cycle = pattern(Some(date(2026, 2, 4)), &[WEEK, [0, 60, 0, 0, 0, 0, 0]].concat());
        assert_eq!(cycle.minutes_on(date(2026, 2, 5)), 480);
        assert_eq!(cycle.minutes_on(date(2026, 2, 10)), 60);
        assert_eq!(cycle.minutes_on(date(2026, 2, 17)), 480);
        assert_eq!(cycle.minutes_on(date(2026, 1, 27)), 60, "the week before");
    }

    #[test]
    fn what_is_no_whole_weeks_or_longer_than_a_day_is_not_sound() {
        assert!(pattern(None, &WEEK).is_sound() && pattern(None, &WEEK.repeat(8)).is_sound());
        for minutes in [&WEEK[..6], &[], &WEEK.repeat(9), &[0, 0, 0, 0, 0, 0, 1441]] {
            assert!(!pattern(None, minutes).is_sound(), "{minutes:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cycle_repeats_itself_and_each_turn_holds_all_of_its_minutes(
            from in 0_i64..4000,
            day in 0_i64..4000,
            weeks in prop::collection::vec(prop::array::uniform7(0_u32..=1440), 1..=8),
        ) {
            let start = date(2020, 1, 1);
            let pattern = pattern(Some(start + from.days()), &weeks.concat());
            let length = 7 * weeks.len() as i64;
            let day = start + day.days();
            prop_assert_eq!(pattern.minutes_on(day), pattern.minutes_on(day + length.days()));
            let turn: u32 = (0..length).map(|n| pattern.minutes_on(day + n.days())).sum();
            prop_assert_eq!(turn, pattern.minutes.iter().sum::<u32>());
        }
    }
}
