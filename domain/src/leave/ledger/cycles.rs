//! The periods that leave is granted for. Months are those of the calendar and years as long as
//! they are: a share of a cycle is so many of its own days, or so many of its own months.

use jiff::Span;
use jiff::civil::Date;

use crate::leave::amount::LeaveMinutes;
use crate::leave::policy::{CycleStart, LeaveCycle};

/// A cycle: cut short at its beginning where the employment, the policy or another rule of cycles
/// begins within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cycle {
    /// The first day.
    pub(super) first: Date,
    /// The last day.
    pub(super) last: Date,
    /// The first day that it would have, not cut short.
    pub(super) begins: Date,
    /// Its length, not cut short.
    pub(super) months: u32,
    /// Whole months are counted from here, lest a month of 28 days move the next ones …
    anchor: Date,
    /// … and it begins so many of them later.
    offset: u32,
}

/// In what a share of a cycle is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// In its days.
    Days,
    /// In its months; a part of one in that month's days.
    Months,
}

/// So many months later, at most the last day that there is.
pub(super) fn months_after(day: Date, months: u32) -> Date {
    day.saturating_add(Span::new().months(i64::from(months)))
}

/// How many times the month has changed from one day to another.
fn months_between(from: Date, to: Date) -> u32 {
    let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    u32::try_from(months(to) - months(from)).unwrap_or_default()
}

/// The days from one to another, the first one included.
pub(super) fn days_until(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// The day before, at least the first one that there is.
pub(super) fn day_before(day: Date) -> Date {
    day.yesterday().unwrap_or(Date::MIN)
}

/// The day after, at most the last one that there is.
pub(super) fn day_after(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}

impl Cycle {
    /// The cycle that a day falls in by a rule, from that day on.
    pub(super) fn from(first: Date, rule: LeaveCycle, hired_on: Date) -> Cycle {
        let months = rule.months.max(1);
        let anchor = match rule.begins {
            CycleStart::Employment => hired_on,
            CycleStart::Yearly { month, day } => {
                let of = |year: i16| Date::new(year, month, day).unwrap_or(hired_on);
                let this = of(hired_on.year());
                if this <= hired_on { this } else { of(hired_on.year().saturating_sub(1)) }
            }
        };
        let past = months_between(anchor, first);
        let mut offset = past / months * months;
        if offset > 0 && months_after(anchor, offset) > first {
            offset -= months;
        }
        Cycle {
            first,
            last: day_before(months_after(anchor, offset + months)),
            begins: months_after(anchor, offset),
            months,
            anchor,
            offset,
        }
    }

    /// The first day of the next one.
    pub(super) fn next(&self) -> Date {
        day_after(self.last)
    }

    /// Its days, not cut short.
    pub(super) fn days(&self) -> i64 {
        days_until(self.begins, self.next())
    }

    /// The first day of its month `index`, counted from 0.
    fn month(&self, index: u32) -> Date {
        months_after(self.anchor, self.offset + index)
    }

    /// Which month of it, counted from 0, a day falls in.
    fn month_index(&self, day: Date) -> u32 {
        let index = months_between(self.begins, day).min(self.months - 1);
        if self.month(index) > day { index.saturating_sub(1) } else { index }
    }

    /// The last day of the month of it that a day falls in.
    pub(super) fn end_of_month(&self, day: Date) -> Date {
        day_before(self.month(self.month_index(day) + 1))
    }

    /// What of an amount for all of it falls on its days up to one; nothing before its first day,
    /// all of it on the last, exactly.
    pub(super) fn through(
        &self,
        amount: LeaveMinutes,
        measure: Measure,
        day: Date,
    ) -> LeaveMinutes {
        if day < self.begins {
            return LeaveMinutes::ZERO;
        }
        let end = day_after(day);
        match measure {
            Measure::Days => amount.share(days_until(self.begins, end), self.days()),
            Measure::Months => {
                let (index, months) = (self.month_index(day), i64::from(self.months));
                let done = |index: u32| amount.share(i64::from(index), months);
                let (from, next) = (self.month(index), self.month(index + 1));
                let part = (done(index + 1) - done(index))
                    .share(days_until(from, end), days_until(from, next));
                done(index) + part
            }
        }
    }

    /// The same in figures: `60/366`, `6/12`, `(5 + 16/31)/12`.
    pub(super) fn through_in_words(&self, measure: Measure, day: Date) -> String {
        let end = day_after(day);
        match measure {
            Measure::Days => format!("{}/{}", days_until(self.begins, end), self.days()),
            Measure::Months => {
                let index = self.month_index(day);
                let (from, next) = (self.month(index), self.month(index + 1));
                if end == next {
                    return format!("{}/{}", index + 1, self.months);
                }
                let (days, of) = (days_until(from, end), days_until(from, next));
                format!("({index} + {days}/{of})/{}", self.months)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const HIRED: Date = date(2026, 1, 31);

    fn by_employment(months: u32) -> LeaveCycle {
        LeaveCycle { months, begins: CycleStart::Employment }
    }

    fn yearly(months: u32, month: i8, day: i8) -> LeaveCycle {
        LeaveCycle { months, begins: CycleStart::Yearly { month, day } }
    }

    #[test]
    fn cycles_by_employment_keep_the_day_of_the_month_over_february() {
        let mut first = HIRED;
        let mut firsts = Vec::new();
        for _ in 0..4 {
            let cycle = Cycle::from(first, by_employment(1), HIRED);
            assert_eq!(cycle.begins, cycle.first);
            firsts.push(first);
            first = cycle.next();
        }
        assert_eq!(firsts, [HIRED, date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]);
        let sick = Cycle::from(date(2026, 1, 5), by_employment(36), date(2026, 1, 5));
        assert_eq!((sick.last, sick.days()), (date(2029, 1, 4), 1096));
    }

    #[test]
    fn a_yearly_cycle_is_cut_short_by_the_employment() {
        let cycle = Cycle::from(date(2026, 6, 15), yearly(12, 3, 1), date(2026, 6, 15));
        assert_eq!((cycle.begins, cycle.last), (date(2026, 3, 1), date(2027, 2, 28)));
        let early = Cycle::from(date(2026, 2, 15), yearly(12, 3, 1), date(2026, 2, 15));
        assert_eq!((early.begins, early.last), (date(2025, 3, 1), date(2026, 2, 28)));
        let half = Cycle::from(date(2026, 8, 2), yearly(6, 1, 1), date(2026, 8, 2));
        assert_eq!((half.begins, half.last), (date(2026, 7, 1), date(2026, 12, 31)));
        let two_years = Cycle::from(date(2026, 1, 1), yearly(24, 1, 1), date(2024, 5, 1));
        assert_eq!((two_years.begins, two_years.last), (date(2026, 1, 1), date(2027, 12, 31)));
    }

    #[test]
    fn a_share_is_told_in_the_days_or_months_it_is_of() {
        let leap = Cycle::from(date(2028, 1, 1), yearly(12, 1, 1), date(2028, 1, 1));
        assert_eq!(leap.through_in_words(Measure::Days, date(2028, 2, 29)), "60/366");
        assert_eq!(leap.through_in_words(Measure::Months, date(2028, 6, 30)), "6/12");
        assert_eq!(leap.through_in_words(Measure::Months, date(2028, 3, 16)), "(2 + 16/31)/12");
        let year = LeaveMinutes::of(7200);
        assert_eq!(leap.through(year, Measure::Months, date(2028, 6, 30)), LeaveMinutes::of(3600));
        assert_eq!(leap.end_of_month(date(2028, 2, 3)), date(2028, 2, 29));
    }

    proptest! {
        #[test]
        fn every_day_is_in_the_cycle_that_is_found_for_it(
            hired in 0_i64..4000,
            later in 0_i64..4000,
            months in 1_u32..=40,
            start in prop::option::of((1_i8..=12, 1_i8..=28)),
        ) {
            let hired = date(2015, 1, 1).saturating_add(Span::new().days(hired));
            let day = hired.saturating_add(Span::new().days(later));
            let by_year = |(month, day)| yearly(months, month, day);
            let rule = start.map_or(by_employment(months), by_year);
            let cycle = Cycle::from(day, rule, hired);
            prop_assert!(cycle.begins <= day && day <= cycle.last, "{cycle:?}");
            prop_assert_eq!(Cycle::from(cycle.next(), rule, hired).begins, cycle.next());
        }

        #[test]
        fn the_last_day_ends_exactly_on_the_whole(
            amount in 0_i64..100_000_000,
            months in 1_u32..=40,
        ) {
            let amount = LeaveMinutes::of_ten_thousandths(amount);
            let cycle = Cycle::from(HIRED, by_employment(months), HIRED);
            for measure in [Measure::Days, Measure::Months] {
                prop_assert_eq!(cycle.through(amount, measure, cycle.last), amount);
                let mut day = cycle.first;
                let mut before = LeaveMinutes::ZERO;
                while day <= cycle.last {
                    let now = cycle.through(amount, measure, day);
                    prop_assert!(now >= before);
                    (before, day) = (now, day_after(day));
                }
            }
        }
    }
}
