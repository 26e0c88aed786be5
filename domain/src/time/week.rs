//! The ISO 8601 week, which timesheets and approval go by. A week belongs to the year of its
//! Thursday.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, ISOWeekDate, Weekday};
use serde::{Deserialize, Serialize};

/// An ISO week, written `2026-W07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Week {
    year: i16,
    week: i8,
}

/// The text is not a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO week: write it as 2026-W07")]
pub struct WeekError;

impl Week {
    /// The week of a day.
    pub fn of(day: Date) -> Self {
        let iso = day.iso_week_date();
        Week { year: iso.year(), week: iso.week() }
    }

    /// Its Monday.
    pub fn monday(self) -> Date {
        ISOWeekDate::new(self.year, self.week, Weekday::Monday)
            .expect("a week is checked when it is made")
            .date()
    }

    /// Its Sunday.
    pub fn sunday(self) -> Date {
        ISOWeekDate::new(self.year, self.week, Weekday::Sunday)
            .expect("a week is checked when it is made")
            .date()
    }

    /// The week before; weeks at the edge of the calendar (year −9999) stay where they are.
    pub fn before(self) -> Self {
        self.monday().yesterday().map_or(self, Week::of)
    }

    /// The week after; weeks at the edge of the calendar (year 9999) stay where they are.
    pub fn after(self) -> Self {
        self.sunday().tomorrow().map_or(self, Week::of)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.week)
    }
}

impl FromStr for Week {
    type Err = WeekError;

    fn from_str(text: &str) -> Result<Self, WeekError> {
        let (year, week) = text.split_once("-W").ok_or(WeekError)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || week.len() != 2 || !digits(year) || !digits(week) {
            return Err(WeekError);
        }
        let year = year.parse().map_err(|_| WeekError)?;
        let week = week.parse().map_err(|_| WeekError)?;
        // The first and the last year of the calendar have weeks whose days lie outside of it.
        if !(1..=9998).contains(&year) {
            return Err(WeekError);
        }
        ISOWeekDate::new(year, week, Weekday::Monday).map_err(|_| WeekError)?;
        Ok(Week { year, week })
    }
}

impl TryFrom<String> for Week {
    type Error = WeekError;

    fn try_from(text: String) -> Result<Self, WeekError> {
        text.parse()
    }
}

impl From<Week> for String {
    fn from(week: Week) -> Self {
        week.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn case_t33_a_week_belongs_to_the_year_of_its_thursday() {
        let weeks = [date(2024, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 4)]
            .map(|day| Week::of(day).to_string());
        assert_eq!(weeks, ["2025-W01", "2026-W53", "2026-W53", "2027-W01"]);
    }

    #[test]
    fn weeks_that_do_not_exist_are_refused() {
        for text in ["2025-W53", "2026-W00", "2026-7", "2026-W7", "x", "0000-W01", "2026-W+7"] {
            assert_eq!(text.parse::<Week>(), Err(WeekError), "{text}");
        }
    }

    #[test]
    fn the_week_after_the_week_before_is_the_week_itself() {
        let week: Week = "2026-W53".parse().expect("2026 has 53 weeks");
        assert_eq!(week.after().to_string(), "2027-W01");
        assert_eq!(week.after().before(), week);
        assert_eq!(week.monday(), date(2026, 12, 28));
        assert_eq!(week.sunday(), date(2027, 1, 3));
    }
}
