//! Dates and times of day as exports write them. Whether `03/04/2024` is in March or in April is a
//! matter of the whole file: one value above 12 decides it, and a guess is always said aloud.

use jiff::civil::{Date, DateTime, Time};

use super::number::digits;
use super::refusal::{FaultReason, WarningReason, quoted};

/// The order of day and month in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOrder {
    /// `31/12/2024`.
    DayFirst,
    /// `12/31/2024`.
    MonthFirst,
    /// Both occur; the first rows that prove it.
    Both {
        /// First row with the day in front.
        day_first_row: u32,
        /// First row with the month in front.
        month_first_row: u32,
    },
}

/// What the dates and times of a file tell about their order, gathered before any is read.
#[derive(Debug, Default)]
pub(super) struct OrderEvidence {
    day_first: Option<u32>,
    month_first: Option<u32>,
    spans_day_first: bool,
    spans_month_first: bool,
    open: bool,
    twelve_hours: bool,
}

impl OrderEvidence {
    /// Takes a date in.
    pub(super) fn date(&mut self, row: u32, cell: &str) {
        if let Some(Numbers::Open { first, second, .. }) = numbers(cell) {
            match (first > 12, second > 12) {
                (true, false) => _ = self.day_first.get_or_insert(row),
                (false, true) => _ = self.month_first.get_or_insert(row),
                (true, true) => {}
                (false, false) => self.open |= first != second,
            }
        }
    }

    /// Takes the two dates of one span in: work ends on the day it began or on the next one.
    pub(super) fn span(&mut self, start: &str, end: &str) {
        if start == end {
            return;
        }
        let near = |order| match (read_date(start, order), read_date(end, order)) {
            (Ok(start), Ok(end)) => end == start || start.tomorrow().is_ok_and(|next| next == end),
            _ => false,
        };
        match (near(DateOrder::DayFirst), near(DateOrder::MonthFirst)) {
            (true, false) => self.spans_day_first = true,
            (false, true) => self.spans_month_first = true,
            (true, true) | (false, false) => {}
        }
    }

    /// Takes a time of day in.
    pub(super) fn time(&mut self, cell: &str) {
        self.twelve_hours |= cell.ends_with(['M', 'm', '.']) && meridiem(cell).1.is_some();
    }

    /// What follows, and the warning if it is a guess.
    pub(super) fn order(&self) -> (DateOrder, Option<WarningReason>) {
        let proven = match (self.day_first, self.month_first) {
            (Some(day_first_row), Some(month_first_row)) => {
                Some(DateOrder::Both { day_first_row, month_first_row })
            }
            (Some(_), None) => Some(DateOrder::DayFirst),
            (None, Some(_)) => Some(DateOrder::MonthFirst),
            (None, None) => match (self.spans_day_first, self.spans_month_first) {
                (true, false) => Some(DateOrder::DayFirst),
                (false, true) => Some(DateOrder::MonthFirst),
                (true, true) | (false, false) => None,
            },
        };
        if let Some(order) = proven {
            return (order, None);
        }
        let day_first = !self.twelve_hours;
        let guess = WarningReason::DateOrderGuessed { day_first, by_clock: self.twelve_hours };
        let order = if day_first { DateOrder::DayFirst } else { DateOrder::MonthFirst };
        (order, self.open.then_some(guess))
    }
}

enum Numbers {
    /// The order of the parts is plain: `2024-12-31`, `2024/12/31`, `31.12.2024`.
    Plain { year: u32, month: u32, day: u32 },
    /// `a/b/year` or `a-b-year`.
    Open { first: u32, second: u32, year: u32 },
}

fn numbers(cell: &str) -> Option<Numbers> {
    let mark = *cell.as_bytes().iter().find(|byte| !byte.is_ascii_digit())?;
    if !matches!(mark, b'/' | b'-' | b'.') {
        return None;
    }
    let mut parts = cell.split(char::from(mark));
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let second = digits(second, 1, 2)?;
    if let Some(year) = digits(first, 4, 4) {
        return Some(Numbers::Plain { year, month: second, day: digits(third, 1, 2)? });
    }
    let (first, year) = (digits(first, 1, 2)?, digits(third, 4, 4)?);
    Some(if mark == b'.' {
        Numbers::Plain { year, month: second, day: first }
    } else {
        Numbers::Open { first, second, year }
    })
}

/// The day that a cell names, between 1970 and 2199, so that a slip isn't recorded in the year 24.
pub(super) fn read_date(cell: &str, order: DateOrder) -> Result<Date, FaultReason> {
    let fault = || FaultReason::NotADate(quoted(cell));
    let (year, month, day) = match (numbers(cell).ok_or_else(fault)?, order) {
        (Numbers::Plain { year, month, day }, _) => (year, month, day),
        (Numbers::Open { first, second, year }, DateOrder::DayFirst) => (year, second, first),
        (Numbers::Open { first, second, year }, DateOrder::MonthFirst) => (year, first, second),
        (
            Numbers::Open { first, second, year },
            DateOrder::Both { day_first_row, month_first_row },
        ) => match (first > 12, second > 12) {
            (true, _) => (year, second, first),
            (false, true) => (year, first, second),
            (false, false) if first == second => (year, first, second),
            (false, false) => {
                let found = quoted(cell);
                return Err(FaultReason::AmbiguousDate { found, day_first_row, month_first_row });
            }
        },
    };
    if !(1970..2200).contains(&year) {
        return Err(fault());
    }
    // Every part has at most four digits, so the casts keep their values.
    Date::new(year as i16, month as i8, day as i8).map_err(|_| fault())
}

/// The time of day that a cell names: `9:05`, `09:05:59`, `10:23 AM`, `12:00:00 am`.
pub(super) fn read_time(cell: &str) -> Result<Time, FaultReason> {
    let fault = || FaultReason::NotATime(quoted(cell));
    let (clock, afternoon) = meridiem(cell);
    let mut parts = clock.split(':');
    let hour = parts.next().and_then(|part| digits(part, 1, 2)).ok_or_else(fault)?;
    let minute = parts.next().and_then(|part| digits(part, 2, 2)).ok_or_else(fault)?;
    let second = match parts.next() {
        Some(part) => digits(part, 2, 2).ok_or_else(fault)?,
        None => 0,
    };
    let hour = match afternoon {
        None => hour,
        Some(afternoon) if (1..=12).contains(&hour) => hour % 12 + if afternoon { 12 } else { 0 },
        Some(_) => return Err(fault()),
    };
    // A leap second isn't a time of day here; two digits fit the type.
    if parts.next().is_some() || second > 59 {
        return Err(fault());
    }
    Time::new(hour as i8, minute as i8, second as i8, 0).map_err(|_| fault())
}

/// A local date and time in one cell: `2024-03-04T10:23:52`, or with a space.
pub(super) fn read_datetime(cell: &str) -> Option<DateTime> {
    let (date, time) = cell.split_once(['T', ' '])?;
    let Numbers::Plain { .. } = numbers(date)? else {
        return None;
    };
    let date = read_date(date, DateOrder::DayFirst).ok()?;
    Some(date.to_datetime(read_time(time).ok()?))
}

/// A time without its AM or PM, and whether it was PM. The space before may be a narrow one.
fn meridiem(cell: &str) -> (&str, Option<bool>) {
    for (suffix, afternoon) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)] {
        let Some(at) = cell.len().checked_sub(suffix.len()) else {
            continue;
        };
        if cell.is_char_boundary(at) && cell[at..].eq_ignore_ascii_case(suffix) {
            return (cell[..at].trim_end(), Some(afternoon));
        }
    }
    (cell, None)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn order_of(dates: &[&str]) -> (DateOrder, Option<WarningReason>) {
        let mut evidence = OrderEvidence::default();
        for (at, cell) in dates.iter().enumerate() {
            evidence.date(at as u32 + 2, cell);
        }
        evidence.order()
    }

    #[test]
    fn one_value_above_twelve_decides_the_order_of_a_file() {
        assert_eq!(order_of(&["03/04/2024", "13/04/2024"]), (DateOrder::DayFirst, None));
        assert_eq!(order_of(&["03/04/2024", "04-13-2024"]), (DateOrder::MonthFirst, None));
    }

    #[test]
    fn dates_that_need_no_order_are_no_guess() {
        let dates = ["2024-03-04", "03.04.2024", "05/05/2024", "nonsense", "13/15/2024"];
        assert_eq!(order_of(&dates).1, None);
    }

    #[test]
    fn an_undecided_file_is_a_guess_that_says_so() {
        let (order, warning) = order_of(&["03/04/2024"]);
        assert_eq!(order, DateOrder::DayFirst);
        let by_clock = false;
        let guess = WarningReason::DateOrderGuessed { day_first: true, by_clock };
        assert_eq!(warning, Some(guess));

        let mut american = OrderEvidence::default();
        american.date(2, "03/04/2024");
        american.time("10:23 AM");
        let guess = WarningReason::DateOrderGuessed { day_first: false, by_clock: true };
        assert_eq!(american.order(), (DateOrder::MonthFirst, Some(guess)));
    }

    #[test]
    fn work_past_midnight_decides_the_order_too() {
        let mut evidence = OrderEvidence::default();
        evidence.date(2, "03/04/2024");
        evidence.time("10:23 PM");
        evidence.span("03/04/2024", "04/04/2024");
        assert_eq!(evidence.order(), (DateOrder::DayFirst, None));
    }

    #[test]
    fn in_a_file_that_has_both_orders_only_what_is_certain_is_read() {
        let (order, _) = order_of(&["03/04/2024", "13/04/2024", "04/13/2024"]);
        assert_eq!(order, DateOrder::Both { day_first_row: 3, month_first_row: 4 });
        assert_eq!(read_date("13/04/2024", order), Ok(date(2024, 4, 13)));
        assert_eq!(read_date("04/13/2024", order), Ok(date(2024, 4, 13)));
        assert_eq!(read_date("05/05/2024", order), Ok(date(2024, 5, 5)));
        let fault = read_date("03/04/2024", order).unwrap_err();
        assert!(matches!(fault, FaultReason::AmbiguousDate { .. }), "{fault}");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        let bad =
            ["", "2024-02-30", "13/15/2024", "3/4/24", "2024-3", "0024-03-04", "1-2-3-4", "é"];
        for cell in bad {
            let fault = read_date(cell, DateOrder::DayFirst).unwrap_err();
            assert_eq!(fault, FaultReason::NotADate(cell.into()), "{cell:?}");
        }
    }

    #[test]
    fn times_are_read_on_both_clocks_with_and_without_seconds() {
        for (cell, expected) in [
            ("10:23 AM", time(10, 23, 0, 0)),
            ("10:23:52 AM", time(10, 23, 52, 0)),
            ("12:00 am", time(0, 0, 0, 0)),
            ("12:00:01\u{202f}PM", time(12, 0, 1, 0)),
            ("1:05 p.m.", time(13, 5, 0, 0)),
            ("9:05", time(9, 5, 0, 0)),
            ("23:59:59", time(23, 59, 59, 0)),
        ] {
            assert_eq!(read_time(cell), Ok(expected), "{cell:?}");
        }
        for bad in ["", "24:00", "13:00 PM", "0:30 AM", "10", "10:5", "1:2:3:4", "10:00:60", "ä"] {
            assert!(read_time(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_datetime_needs_a_plain_date() {
        let expected = date(2024, 3, 4).at(10, 23, 52, 0);
        assert_eq!(read_datetime("2024-03-04T10:23:52"), Some(expected));
        assert_eq!(read_datetime("2024-03-04 10:23:52"), Some(expected));
        assert_eq!(read_datetime("03/04/2024 10:23"), None);
    }
}
