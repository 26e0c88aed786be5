//! A calendar month, in UTC: what the platform bills by. UTC, because the platform's terms are the
//! same for every tenant, wherever it works.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar month; written `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

/// The text is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written YYYY-MM")]
pub struct MonthError;

impl Month {
    /// The month that a day is in.
    pub fn of(day: Date) -> Self {
        Month(day.first_of_month())
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.0.last_of_month()
    }

    /// The one after it; the last month there is has itself.
    pub fn next(self) -> Self {
        self.0.last_of_month().tomorrow().map_or(self, Month)
    }

    /// The one before it; the first month there is has itself.
    pub fn previous(self) -> Self {
        self.0.yesterday().map_or(self, Month::of)
    }

    /// Its first instant.
    pub fn begins(self) -> Timestamp {
        let midnight = self.0.to_zoned(TimeZone::UTC);
        midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(MonthError);
        }
        let year = year.parse().map_err(|_| MonthError)?;
        let month = month.parse().map_err(|_| MonthError)?;
        Date::new(year, month, 1).map(Month).map_err(|_| MonthError)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_month_is_written_and_read_and_knows_its_neighbours() {
        let month = Month::of(date(2024, 2, 29));
        assert_eq!(month.to_string(), "2024-02");
        assert_eq!("2024-02".parse(), Ok(month));
        assert_eq!((month.first_day(), month.last_day()), (date(2024, 2, 1), date(2024, 2, 29)));
        assert_eq!(Month::of(date(2025, 12, 31)).next().to_string(), "2026-01");
        assert_eq!(Month::of(date(2026, 1, 1)).previous().to_string(), "2025-12");
        assert_eq!(month.begins(), "2024-02-01T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn what_is_no_month_is_not_read() {
        for text in ["", "2026", "2026-13", "2026-3", "26-03", "2026-00", "2026-03-01", "+026-03"] {
            assert_eq!(text.parse::<Month>(), Err(MonthError), "{text:?}");
        }
    }
}
