//! How much work is due over some days, how much of it should be billable, and where the present
//! pace leads. Whole minutes and seconds only; shares are basis points, rounded half up.

use jiff::civil::Date;

use super::calendar::{LeaveOn, USUAL_WEEK, WorkTerms};
use crate::members::WorkPattern;

/// What counts as a full day where the pattern has no longer one: on a day of half of it, half of
/// the billable hours of a day are wanted.
const FULL_DAY_MINUTES_MIN: u32 = 7 * 60;

/// What is due over some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// Days on which there is work to do.
    pub working_days: u32,
    /// Minutes of work by pattern, less holidays and leave, while employed.
    pub minutes: u64,
    /// How many seconds of it should be billable.
    pub target_seconds: u64,
}

/// What is due from one day to another, both included; nothing where the last is the earlier one.
/// `billable_day_seconds` is how much of a full day should be billable, by the day.
///
/// A full day is the longest of the member's pattern, and seven hours at least: shorter days, and
/// days that leave takes a part of, count pro rata in whole seconds, and never with more than is
/// due on them.
pub fn due(
    terms: &WorkTerms<'_>,
    first: Date,
    last: Date,
    billable_day_seconds: impl Fn(Date) -> u32,
) -> Due {
    let mut due = Due::default();
    for planned in terms.planned_days(first, last) {
        if planned.due_minutes == 0 {
            continue;
        }
        let minutes = u64::from(planned.due_minutes);
        let full = u64::from(full_day_minutes(terms.pattern_on(planned.day)));
        let wanted = u64::from(billable_day_seconds(planned.day)) * minutes / full;
        due.working_days += 1;
        due.minutes += minutes;
        due.target_seconds += wanted.min(minutes * 60);
    }
    due
}

fn full_day_minutes(pattern: Option<&WorkPattern>) -> u32 {
    let minutes = pattern.map_or(&USUAL_WEEK[..], |pattern| &pattern.minutes);
    minutes.iter().copied().max().unwrap_or_default().max(FULL_DAY_MINUTES_MIN)
}

/// The minutes that a member can work from one day to another, both included: by pattern, less
/// holidays and leave, while employed.
pub fn capacity_minutes(terms: &WorkTerms<'_>, first: Date, last: Date) -> u64 {
    let days = terms.planned_days(first, last);
    days.iter().map(|planned| u64::from(planned.due_minutes)).sum()
}

/// The minutes that these days of leave take from a member's work.
pub fn leave_minutes(terms: &WorkTerms<'_>, first: Date, last: Date) -> u64 {
    if terms.leave.is_empty() {
        return 0;
    }
    let none: &[LeaveOn] = &[];
    let all = capacity_minutes(&WorkTerms { leave: none, ..*terms }, first, last);
    all - capacity_minutes(terms, first, last)
}

/// Where a sum arrives at the end if it goes on growing with the minutes that are due; none where
/// none were due so far.
pub fn forecast(seconds: i64, minutes_so_far: u64, minutes_in_all: u64) -> Option<i64> {
    let so_far = i128::from(minutes_so_far);
    let all = i128::from(seconds) * i128::from(minutes_in_all);
    if so_far == 0 {
        return None;
    }
    i64::try_from((2 * all + so_far).div_euclid(2 * so_far)).ok()
}

/// The share of `capacity_minutes` that was worked, in basis points (10 000 is all of it), rounded
/// half up; none where there is no capacity.
pub fn share_basis_points(seconds: i64, capacity_minutes: u64) -> Option<i64> {
    let capacity = i128::from(capacity_minutes) * 60;
    if capacity == 0 {
        return None;
    }
    let share = i128::from(seconds) * 10_000;
    i64::try_from((2 * share + capacity).div_euclid(2 * capacity)).ok()
}

#[cfg(test)]
mod tests;
