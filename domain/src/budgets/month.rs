//! Over what a budget is measured at a time: the whole of it, or one calendar month.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: Date,
}

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Month { first: day.first_of_month() }
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.first.last_of_month()
    }

    /// The month before; itself where the calendar begins.
    pub fn previous(self) -> Self {
        self.first.yesterday().map_or(self, Month::of)
    }
}

/// `2026-03`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

/// The text is none of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is `total` or a month such as 2026-03")]
pub struct NoPeriod;

impl FromStr for Month {
    type Err = NoPeriod;

    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let first: Date = format!("{text}-01").parse().map_err(|_| NoPeriod)?;
        let month = Month { first };
        if month.to_string() == text { Ok(month) } else { Err(NoPeriod) }
    }
}

/// What is measured against a budget's amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum BudgetPeriod {
    /// All of it.
    Total,
    /// One month of it.
    Month(Month),
}

impl fmt::Display for BudgetPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BudgetPeriod::Total => f.write_str("total"),
            BudgetPeriod::Month(month) => month.fmt(f),
        }
    }
}

impl FromStr for BudgetPeriod {
    type Err = NoPeriod;

    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        if text == "total" {
            Ok(BudgetPeriod::Total)
        } else {
            text.parse().map(BudgetPeriod::Month)
        }
    }
}

impl From<BudgetPeriod> for String {
    fn from(period: BudgetPeriod) -> Self {
        period.to_string()
    }
}

impl TryFrom<String> for BudgetPeriod {
    type Error = NoPeriod;

    fn try_from(text: String) -> Result<Self, NoPeriod> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_month_has_its_days_and_the_one_before_it() {
        let march = Month::of(date(2028, 3, 31));
        assert_eq!(march.to_string(), "2028-03");
        assert_eq!((march.first(), march.last()), (date(2028, 3, 1), date(2028, 3, 31)));
        let february = march.previous();
        assert_eq!(
            (february.to_string().as_str(), february.last()),
            ("2028-02", date(2028, 2, 29))
        );
        assert_eq!(Month::of(date(2028, 1, 1)).previous().to_string(), "2027-12");
    }

    #[test]
    fn a_period_is_read_from_its_text_and_nothing_else_is() {
        for text in ["total", "2026-03", "2026-12"] {
            assert_eq!(text.parse::<BudgetPeriod>().unwrap().to_string(), text);
        }
        for text in ["", "Total", "2026", "2026-3", "2026-13", "2026-03-01"] {
            assert_eq!(text.parse::<BudgetPeriod>(), Err(NoPeriod), "{text:?}");
        }
    }
}
