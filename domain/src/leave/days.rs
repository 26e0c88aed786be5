//! What an absence takes: of each of its days what the member would have worked by their pattern,
//! nothing of a holiday; of leave that counts calendar days, each day whole.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::amount::LeaveMinutes;
use super::member_leave::{DayPart, LeaveDay, LeaveSpan};
use crate::country::Counts;
use crate::members::WorkPattern;
use crate::time::calendar::USUAL_WEEK;

/// What a day is worth in leave that counts calendar days.
pub const CALENDAR_DAY: LeaveMinutes = LeaveMinutes::of(24 * 60);

/// By what the days of an absence are counted.
#[derive(Debug, Clone, Copy)]
pub struct DayTerms<'a> {
    /// Which days count.
    pub counts: Counts,
    /// By which patterns the member works, ordered by the day each holds from.
    pub patterns: &'a [WorkPattern],
    /// The firm's holidays by day.
    pub holidays: &'a BTreeMap<Date, String>,
    /// The first day of employment, where it's known.
    pub hired_on: Option<Date>,
    /// The last day of employment, where there is one.
    pub left_on: Option<Date>,
}

/// The minutes of work on a day by pattern, holiday or not; the usual week where there is no
/// pattern.
pub fn pattern_minutes(patterns: &[WorkPattern], day: Date) -> i64 {
    let past = |pattern: &&WorkPattern| pattern.from.is_none_or(|from| from <= day);
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
    i64::from(match patterns.iter().rev().find(past) {
        None => USUAL_WEEK[weekday],
        // Which week of a cycle it is takes longer to find than all else of a day.
        Some(pattern) if pattern.is_cycle() => pattern.minutes_on(day),
        Some(pattern) => pattern.minutes.get(weekday).copied().unwrap_or_default(),
    })
}

impl DayTerms<'_> {
    /// Whether a day lies in the employment, as far as that is known.
    pub fn employed(&self, day: Date) -> bool {
        self.hired_on.is_none_or(|first| first <= day)
            && self.left_on.is_none_or(|last| day <= last)
    }

    /// What a whole day of leave takes.
    pub fn whole(&self, day: Date) -> LeaveMinutes {
        match self.counts {
            _ if !self.employed(day) => LeaveMinutes::ZERO,
            Counts::CalendarDays => CALENDAR_DAY,
            Counts::WorkingDays if self.holidays.contains_key(&day) => LeaveMinutes::ZERO,
            Counts::WorkingDays => LeaveMinutes::of(pattern_minutes(self.patterns, day)),
        }
    }

    /// What an absence takes, by day; days of which it takes nothing are left out.
    pub fn of(&self, span: &LeaveSpan) -> Vec<LeaveDay> {
        let days = span.from.series(1.day()).take_while(|day| *day <= span.to);
        let taken = days.map(|day| LeaveDay { day, minutes: self.of_day(span, day) });
        taken.filter(|taken| taken.minutes != LeaveMinutes::ZERO).collect()
    }

    /// What an absence takes of one of its days.
    pub fn of_day(&self, span: &LeaveSpan, day: Date) -> LeaveMinutes {
        let whole = self.whole(day);
        let halved = match span.part {
            None => false,
            Some(DayPart::Am) => true,
            Some(DayPart::Pm) => day == span.from,
            Some(DayPart::EndsAtNoon) => day == span.to,
            Some(DayPart::BothHalves) => day == span.from || day == span.to,
            Some(DayPart::Minutes(minutes)) => {
                return LeaveMinutes::of(i64::from(minutes)).min(whole);
            }
        };
        if halved { whole.share(1, 2) } else { whole }
    }
}
