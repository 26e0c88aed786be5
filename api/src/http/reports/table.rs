//! A report as a table of typed columns: what it says, before anybody decides how it's written.

use std::sync::Arc;

use domain::money::minor_digits;
use jiff::civil::Date;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Words, ids, weeks and instants.
    Text,
    /// A day.
    Day,
    /// A month, as its first day.
    Month,
    /// Time worked.
    Seconds,
    /// An amount in minor units of this ISO 4217 currency.
    Money(String),
    /// A share in hundredths of a percent.
    BasisPoints,
    /// A number.
    Integer,
    /// Leave in ten-thousandths of a minute.
    LeaveMinutes,
    /// Leave in ten-thousandths of a day.
    LeaveDays,
    /// Yes or no.
    Boolean,
}

impl Kind {
    /// Its name in documents.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Day => "day",
            Kind::Month => "month",
            Kind::Seconds => "seconds",
            Kind::Money(_) => "money",
            Kind::BasisPoints => "basis_points",
            Kind::Integer => "integer",
            Kind::LeaveMinutes => "leave_minutes",
            Kind::LeaveDays => "leave_days",
            Kind::Boolean => "boolean",
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// For programs. That of time ends with `seconds`, that of a share with `basis_points`.
    pub(crate) name: String,
    /// For people.
    pub(crate) heading: String,
    /// What it holds.
    pub(crate) kind: Kind,
}

impl Column {
    /// A column of this kind.
    pub(crate) fn new(name: impl Into<String>, heading: impl Into<String>, kind: Kind) -> Self {
        Column { name: name.into(), heading: heading.into(), kind }
    }
}

/// What stands in a column of a row. Numbers mean what their column holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Words.
    Text(Arc<str>),
    /// A day, or the first of a month.
    Day(Date),
    /// Seconds, minor units, basis points, ten-thousandths of leave or a plain number.
    Number(i64),
    /// Yes or no.
    Boolean(bool),
}

impl Cell {
    /// Words.
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        Cell::Text(text.as_ref().into())
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// What it's called, for people.
    pub(crate) title: String,
    /// What a file of it is called, without its ending.
    pub(crate) file_stem: String,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// Its rows, each with a cell per column.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// What all of it comes to, with a cell per column.
    pub(crate) totals: Vec<Cell>,
}

/// A number with so many decimals: `-12.05` for −1205 with two.
pub(crate) fn decimal(number: i64, digits: u8) -> String {
    let digits = usize::from(digits);
    let one = 10_u64.pow(u32::try_from(digits).expect("a handful of digits"));
    let sign = if number < 0 { "-" } else { "" };
    let magnitude = number.unsigned_abs();
    if digits == 0 {
        return format!("{sign}{magnitude}");
    }
    format!("{sign}{}.{:0digits$}", magnitude / one, magnitude % one)
}

/// Hours with four decimals, half away from zero: fine enough that no two seconds read alike, and
/// the seconds can be told from it.
pub(crate) fn hours(seconds: i64) -> String {
    let parts = (i128::from(seconds.unsigned_abs()) * 20_000 + 3600) / 7200;
    let parts = i64::try_from(parts).expect("fewer hours than i64 holds");
    decimal(parts * seconds.signum(), 4)
}

/// The decimals of a currency's amounts.
pub(crate) fn digits_of(currency: &str) -> u8 {
    minor_digits(currency).unwrap_or(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_sign_and_leading_zeros() {
        let shown = [(-1205, 2), (5, 2), (0, 0), (-7, 0), (-5, 3)].map(|(n, d)| decimal(n, d));
        assert_eq!(shown, ["-12.05", "0.05", "0", "-7", "-0.005"]);
    }

    #[test]
    fn hours_tell_every_second() {
        assert_eq!((hours(3600).as_str(), hours(-1800).as_str()), ("1.0000", "-0.5000"));
        for seconds in -10_000_i64..=10_000 {
            let back = hours(seconds).parse::<f64>().unwrap() * 3600.0;
            assert_eq!(back.round() as i64, seconds);
        }
    }
}
