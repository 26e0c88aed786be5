//! A month of the calendar, which calendars, progress and utilisation go by.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// A month, written `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

/// The text is not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month: write it as 2026-03")]
pub struct MonthError;

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Month { year: day.year(), month: day.month() }
    }

    /// Its first day.
    pub fn first(self) -> Date {
        date(self.year, self.month, 1)
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.first().last_of_month()
    }

    /// The month after; the last of the calendar (9999-12) stays where it is.
    pub fn after(self) -> Self {
        self.last().tomorrow().map_or(self, Month::of)
    }

    /// The months from this one to another, both included; none where the other is earlier.
    pub fn up_to(self, last: Month) -> impl Iterator<Item = Month> {
        let next = |month: &Month| Some(month.after()).filter(|after| after > month);
        std::iter::successors(Some(self), next).take_while(move |month| *month <= last)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(MonthError);
        }
        let year = year.parse().map_err(|_| MonthError)?;
        let month = month.parse().map_err(|_| MonthError)?;
        // As with weeks: the edges of the calendar have neighbours outside of it.
        if !(1..=9998).contains(&year) || !(1..=12).contains(&month) {
            return Err(MonthError);
        }
        Ok(Month { year, month })
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_knows_its_days_and_its_neighbour() {
        let february: Month = "2028-02".parse().expect("a month");
        assert_eq!((february.first(), february.last()), (date(2028, 2, 1), date(2028, 2, 29)));
        assert_eq!(february.after().to_string(), "2028-03");
        let months: Vec<_> = "2026-11"
            .parse()
            .map(|it: Month| it.up_to(Month::of(date(2027, 2, 3))))
            .expect("a month")
            .map(|month| month.to_string())
            .collect();
        assert_eq!(months, ["2026-11", "2026-12", "2027-01", "2027-02"]);
        assert_eq!(february.up_to(Month::of(date(2028, 1, 1))).count(), 0);
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in ["2026-13", "2026-00", "2026-3", "26-03", "2026-03-01", "0000-01", "2026-+3"] {
            assert_eq!(text.parse::<Month>(), Err(MonthError), "{text}");
        }
    }
}
