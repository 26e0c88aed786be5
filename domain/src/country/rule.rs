//! One rule of a holiday: on which days it gives one in a year. Values only; what a weekend does to
//! those days is the pack's own rule.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::easter::easter_sunday;

/// A holiday, for some years and some regions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayRule {
    /// What it's called there.
    pub name: String,
    /// On which days.
    pub when: When,
    /// Where; empty = everywhere.
    pub regions: Vec<String>,
    /// The first year; none = as long as anything is known.
    pub from: Option<i16>,
    /// The last year; none = until further notice.
    pub until: Option<i16>,
    /// Years in which there is none.
    pub except: Vec<i16>,
    /// The first version of the pack that says so.
    pub added_in: u32,
    /// The first version of the pack that no longer says so.
    pub dropped_in: Option<u32>,
    /// The law.
    pub source: String,
}

/// On which days a holiday falls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// On the same day every year; on none in a year without that day.
    On {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// So many days after Easter Sunday, or before it.
    Easter(i32),
    /// On such a weekday of a month.
    Nth {
        /// 1 = the first, −1 = the last.
        nth: i8,
        /// Which.
        weekday: Weekday,
        /// 1 to 12.
        month: i8,
    },
    /// On the last such weekday before a day.
    Before {
        /// Which.
        weekday: Weekday,
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// On these days.
    Days(Vec<Date>),
}

impl When {
    /// The days of a year, in order.
    fn days(&self, year: i16) -> Vec<Date> {
        let day = match self {
            When::Days(days) => {
                return days.iter().filter(|day| day.year() == year).copied().collect();
            }
            When::On { month, day } => Date::new(year, *month, *day).ok(),
            When::Easter(after) => easter_sunday(year).checked_add(Span::new().days(*after)).ok(),
            When::Nth { nth, weekday, month } => Date::new(year, *month, 1)
                .and_then(|first| first.nth_weekday_of_month(*nth, *weekday))
                .ok(),
            When::Before { weekday, month, day } => {
                Date::new(year, *month, *day).and_then(|day| day.nth_weekday(-1, *weekday)).ok()
            }
        };
        day.into_iter().collect()
    }
}

impl HolidayRule {
    /// The days it gives in a year and region by a version of the pack.
    pub(super) fn days(&self, version: u32, year: i16, region: Option<&str>) -> Vec<Date> {
        let said =
            self.added_in <= version && self.dropped_in.is_none_or(|dropped| version < dropped);
        let here = self.regions.is_empty()
            || region.is_some_and(|region| self.regions.iter().any(|it| it == region));
        let then = self.from.is_none_or(|from| from <= year)
            && self.until.is_none_or(|until| year <= until)
            && !self.except.contains(&year);
        if said && here && then { self.when.days(year) } else { Vec::new() }
    }
}

/// What a holiday on a weekend gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The rule.
    pub rule: ShiftRule,
    /// What the day it gives is called, behind the holiday's name.
    pub label: String,
    /// The law.
    pub source: String,
}

/// The rule of what a holiday on a weekend gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShiftRule {
    /// Nothing.
    Nothing,
    /// On a Sunday: the following Monday is a holiday too. Where it's one already, nothing.
    SundayGivesMondayToo,
    /// On a Saturday or Sunday: the next weekday that is no holiday is one instead.
    WeekendGivesWeekdayInstead,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_rule_finds_its_days() {
        let days = |when: When| when.days(2026);
        assert_eq!(days(When::On { month: 4, day: 27 }), [date(2026, 4, 27)]);
        assert_eq!(days(When::On { month: 2, day: 29 }), []);
        assert_eq!(days(When::Easter(-2)), [date(2026, 4, 3)]);
        assert_eq!(days(When::Easter(60)), [date(2026, 6, 4)]);
        let monday = Weekday::Monday;
        assert_eq!(days(When::Nth { nth: 1, weekday: monday, month: 5 }), [date(2026, 5, 4)]);
        assert_eq!(days(When::Nth { nth: -1, weekday: monday, month: 8 }), [date(2026, 8, 31)]);
        assert_eq!(days(When::Nth { nth: 5, weekday: monday, month: 2 }), []);
        let before = |day| When::Before { weekday: Weekday::Wednesday, month: 11, day };
        assert_eq!(days(before(23)), [date(2026, 11, 18)]);
        assert_eq!(days(before(18)), [date(2026, 11, 11)], "before, not on");
        let some = vec![date(2025, 5, 8), date(2026, 5, 8)];
        assert_eq!(days(When::Days(some)), [date(2026, 5, 8)]);
    }

    #[test]
    fn a_rule_holds_in_its_versions_years_and_regions() {
        let rule = HolidayRule {
            name: "Day".into(),
            when: When::On { month: 3, day: 8 },
            regions: vec!["BE".into()],
            from: Some(2019),
            until: Some(2030),
            except: vec![2025],
            added_in: 2,
            dropped_in: Some(4),
            source: "a law".into(),
        };
        let is = |version, year, region| !rule.days(version, year, region).is_empty();
        assert!(is(2, 2019, Some("BE")) && is(3, 2030, Some("BE")));
        assert!(!is(1, 2019, Some("BE")) && !is(4, 2019, Some("BE")));
        assert!(!is(2, 2018, Some("BE")) && !is(2, 2031, Some("BE")) && !is(2, 2025, Some("BE")));
        assert!(!is(2, 2019, Some("BY")) && !is(2, 2019, None));
    }
}
