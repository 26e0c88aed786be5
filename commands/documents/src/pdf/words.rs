//! Amounts, days and quantities as they stand on a page. What a reader could take for something
//! else is written out: a month by its name, a currency by its code.

use domain::catalogue::rates::RateUnit;
use domain::money::minor_digits;
use jiff::civil::Date;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `12,345.67`, of minor units of a currency: its digits, a comma between thousands, a real minus.
pub(super) fn amount(minor: i64, currency: &str) -> String {
    let digits = usize::from(minor_digits(currency).unwrap_or(0));
    let plain = format!("{:0>width$}", minor.unsigned_abs(), width = digits + 1);
    let (whole, part) = plain.split_at(plain.len() - digits);
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    let point = if digits > 0 { "." } else { "" };
    format!("{sign}{}{point}{part}", in_thousands(whole))
}

/// `ZAR 12,345.67`.
pub(super) fn money(minor: i64, currency: &str) -> String {
    format!("{currency} {}", amount(minor, currency))
}

fn in_thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `31 January 2026`.
pub(super) fn day(date: Date) -> String {
    let month = MONTHS[usize::try_from(date.month() - 1).expect("a month is 1 to 12")];
    format!("{} {month} {}", date.day(), date.year())
}

/// `1 – 31 January 2026`: month and year once where both days share them.
pub(super) fn period(from: Date, to: Date) -> String {
    let until = day(to);
    if from == to {
        return until;
    }
    let month = MONTHS[usize::try_from(from.month() - 1).expect("a month is 1 to 12")];
    let from = match from {
        _ if from.year() != to.year() => day(from),
        _ if from.month() != to.month() => format!("{} {month}", from.day()),
        _ => from.day().to_string(),
    };
    format!("{from} \u{2013} {until}")
}

/// The fewest decimals, two to four, that all of these quantities can be written with.
pub(super) fn decimals<'a>(quantities: impl Iterator<Item = &'a str>) -> usize {
    let used = |quantity: &str| {
        let (_, part) = quantity.split_once('.').unwrap_or((quantity, ""));
        part.trim_end_matches('0').len()
    };
    quantities.map(used).max().unwrap_or(0).clamp(2, 4)
}

/// A quantity, which is a decimal with four places, with so many places and thousands.
pub(super) fn quantity(text: &str, decimals: usize) -> String {
    let (sign, size) = text.strip_prefix('-').map_or(("", text), |size| ("\u{2212}", size));
    let (whole, part) = size.split_once('.').unwrap_or((size, ""));
    let part = part.get(..decimals).unwrap_or(part);
    format!("{sign}{}.{part:0<decimals$}", in_thousands(whole))
}

/// What a quantity counts.
pub(super) fn unit(unit: RateUnit) -> &'static str {
    match unit {
        RateUnit::Hour => "hours",
        RateUnit::Day => "days",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn amounts_have_the_digits_of_their_currency_and_a_comma_between_thousands() {
        for (minor, currency, text) in [
            (0, "ZAR", "0.00"),
            (5, "ZAR", "0.05"),
            (-5, "ZAR", "\u{2212}0.05"),
            (99_999, "ZAR", "999.99"),
            (100_000, "ZAR", "1,000.00"),
            (123_456_789, "ZAR", "1,234,567.89"),
            (-1_234_567, "JPY", "\u{2212}1,234,567"),
            (1_234_567, "KWD", "1,234.567"),
            (i64::MIN, "ZAR", "\u{2212}92,233,720,368,547,758.08"),
        ] {
            assert_eq!(amount(minor, currency), text);
        }
        assert_eq!(money(100_000, "EUR"), "EUR 1,000.00");
    }

    #[test]
    fn a_month_is_written_out() {
        assert_eq!(day(date(2026, 1, 31)), "31 January 2026");
        assert_eq!(day(date(2026, 12, 1)), "1 December 2026");
    }

    #[test]
    fn a_period_says_month_and_year_once_where_both_days_share_them() {
        let from = date(2026, 1, 1);
        for (to, text) in [
            (date(2026, 1, 1), "1 January 2026"),
            (date(2026, 1, 31), "1 \u{2013} 31 January 2026"),
            (date(2026, 2, 28), "1 January \u{2013} 28 February 2026"),
            (date(2027, 1, 31), "1 January 2026 \u{2013} 31 January 2027"),
        ] {
            assert_eq!(period(from, to), text);
        }
    }

    #[test]
    fn all_quantities_of_a_document_have_as_many_decimals() {
        let texts = ["7.3333", "8.0000", "-1200.5000"];
        assert_eq!(decimals(texts.into_iter()), 4);
        assert_eq!(decimals(["8.0000"].into_iter()), 2);
        assert_eq!(decimals(["8.1250"].into_iter()), 3);
        let shown = texts.map(|text| quantity(text, 4));
        assert_eq!(shown, ["7.3333", "8.0000", "\u{2212}1,200.5000"]);
        assert_eq!(quantity("8.0000", 2), "8.00");
        assert_eq!(quantity("8", 2), "8.00");
    }
}
