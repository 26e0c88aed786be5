//! How amounts, durations, days and rules are written on pages: for people who compare columns of
//! them all day, so always in the same form.

use domain::billing::InvoiceState;
use domain::billing::totals::Reduction;
use domain::money::minor_digits;
use domain::time::Rounding;
use domain::time::rounding::{RoundingMode, RoundingScope};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What stands between groups of three digits.
const GROUP: char = '\u{a0}';

/// `1 234 567.80`, without the currency.
pub(super) fn amount(minor: i64, currency: &str) -> String {
    let digits = usize::from(minor_digits(currency).unwrap_or(0));
    let text = format!("{:0width$}", minor.unsigned_abs(), width = digits + 1);
    let (whole, rest) = text.split_at(text.len() - digits);
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            grouped.push(GROUP);
        }
        grouped.push(digit);
    }
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    let point = if digits > 0 { "." } else { "" };
    format!("{sign}{grouped}{point}{rest}")
}

/// `ZAR 1 234 567.80`.
pub(super) fn money(minor: i64, currency: &str) -> String {
    format!("{currency}{GROUP}{}", amount(minor, currency))
}

/// `7:30` hours, with seconds where there are any.
pub(super) fn hours(seconds: i64) -> String {
    let (sign, all) = (if seconds < 0 { "\u{2212}" } else { "" }, seconds.unsigned_abs());
    let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60);
    if rest == 0 {
        return format!("{sign}{hours}:{minutes:02}");
    }
    format!("{sign}{hours}:{minutes:02}:{rest:02}")
}

/// `12 March 2026`.
pub(super) fn day(day: Date) -> String {
    day.strftime("%-d\u{a0}%B\u{a0}%Y").to_string()
}

/// `12 Mar 2026`.
pub(super) fn short_day(day: Date) -> String {
    day.strftime("%-d\u{a0}%b\u{a0}%Y").to_string()
}

/// `1 – 31 March 2026`, or both days in full.
pub(super) fn period(from: Date, to: Date) -> String {
    if from == to {
        return day(from);
    }
    if (from.year(), from.month()) == (to.year(), to.month()) {
        return format!("{}\u{a0}\u{2013}\u{a0}{}", from.day(), day(to));
    }
    format!("{} \u{2013} {}", day(from), day(to))
}

/// `12 Mar 2026, 14:05` in a zone.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%-d\u{a0}%b\u{a0}%Y, %H:%M").to_string()
}

/// How a rule rounds.
pub(super) fn rounding(rule: Rounding) -> String {
    let rule = rule.effective();
    let way = match rule.mode {
        RoundingMode::None => return "as recorded".to_owned(),
        RoundingMode::Up => "up to",
        RoundingMode::Nearest => "to the nearest",
        RoundingMode::Down => "down to",
    };
    let what = match rule.scope {
        RoundingScope::Entry => "each entry",
        RoundingScope::Ends => "start and end of each entry",
        RoundingScope::Day => "each day's sum",
        RoundingScope::InvoiceLine => "the line",
    };
    format!("{what} {way} {}\u{a0}min", rule.interval_minutes)
}

/// What is taken off.
pub(super) fn reduction(reduction: Reduction, currency: &str) -> String {
    match reduction {
        Reduction::Percent(percent) => format!("{percent}\u{a0}%"),
        Reduction::AmountMinor(minor) => money(minor, currency),
    }
}

/// A state for people.
pub(super) fn state(state: InvoiceState) -> &'static str {
    match state {
        InvoiceState::Draft => "Draft",
        InvoiceState::Issued => "Issued",
        InvoiceState::Paid => "Paid",
        InvoiceState::Void => "Void",
    }
}

/// `1 entry`, `2 entries`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number}\u{a0}{}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_digits_of_their_currency_and_groups_of_three() {
        let shown = |minor, currency| amount(minor, currency).replace(GROUP, "_");
        assert_eq!(shown(123_456_780, "ZAR"), "1_234_567.80");
        assert_eq!(shown(5, "ZAR"), "0.05");
        assert_eq!(shown(-100_000, "ZAR"), "\u{2212}1_000.00");
        assert_eq!(shown(1500, "JPY"), "1_500");
        assert_eq!(shown(1500, "TND"), "1.500");
        assert_eq!(shown(0, "JPY"), "0");
        assert_eq!(money(100, "EUR"), "EUR\u{a0}1.00");
    }

    #[test]
    fn hours_show_seconds_only_where_there_are_any() {
        assert_eq!([27_000, 3661, 0, -60].map(hours), ["7:30", "1:01:01", "0:00", "\u{2212}0:01"]);
    }

    #[test]
    fn a_period_names_its_month_once() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let shown = |from, to| period(day(from), day(to)).replace(GROUP, " ");
        assert_eq!(shown("2026-03-01", "2026-03-31"), "1 – 31 March 2026");
        assert_eq!(shown("2026-03-01", "2026-04-30"), "1 March 2026 – 30 April 2026");
        assert_eq!(shown("2026-03-01", "2026-03-01"), "1 March 2026");
    }
}
