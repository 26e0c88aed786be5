//! Money: integer minor units with an ISO 4217 code, and the arithmetic on them. Everything is
//! exact in integers and rounded once, half away from zero, as tax law asks (South Africa: VAT Act
//! s66), so that a credit mirrors its invoice.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalogue::rates::{Rate, RateUnit};
use crate::decimal::{scaled, shortest};

/// The largest rate per hour or day, in minor units: a million millions. Prices of any time a
/// member can work then fit the integers that the log may hold.
pub const RATE_MINOR_MAX: i64 = 1_000_000_000_000;

/// ISO 4217 list one of 2026-01-01 by digits of the minor unit. Metals, test codes and units of
/// account have none and are no money here.
const CURRENCIES: [(u8, &str); 4] = [
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP \
         BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB \
         EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES \
         KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
         MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD \
         RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP \
         TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    ),
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// The codes of all current currencies with the digits of their minor unit.
pub fn currencies() -> impl Iterator<Item = (&'static str, u8)> {
    let codes = |(digits, codes): (u8, &'static str)| codes.split(' ').map(move |c| (c, digits));
    CURRENCIES.into_iter().flat_map(codes)
}

/// The digits of the minor unit of a currency, or `None` where the code is no current one.
pub fn minor_digits(code: &str) -> Option<u8> {
    currencies().find_map(|(known, digits)| (known == code).then_some(digits))
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units, such as cents.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// For people: `-1234.50 ZAR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::from(minor_digits(&self.currency).unwrap_or(0));
        let one = 10_u64.pow(u32::try_from(digits).expect("a minor unit has at most 4 digits"));
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let amount = self.amount_minor.unsigned_abs();
        write!(f, "{sign}{}", amount / one)?;
        if digits > 0 {
            write!(f, ".{:0digits$}", amount % one)?;
        }
        write!(f, " {}", self.currency)
    }
}

/// A rate in percent, exact to four decimals: 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u32);

impl Percent {
    const DECIMALS: u32 = 4;
    const HUNDRED: u32 = 100 * 10_u32.pow(Self::DECIMALS);

    /// Nothing.
    pub const ZERO: Percent = Percent(0);

    /// Reads `15` or `2.5`; at most four decimals, not above 100.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = u32::try_from(scaled(text, Self::DECIMALS)?).ok()?;
        (parts <= Self::HUNDRED).then_some(Percent(parts))
    }

    /// This much of an amount: tax on a net price, or a discount.
    pub fn of(self, amount_minor: i64) -> i64 {
        divided(i128::from(amount_minor) * i128::from(self.0), i128::from(Self::HUNDRED))
    }

    /// What is left of `price` times `times`, divided by `per`, once this much was taken off: all
    /// of it exact and rounded once. `per` is above zero.
    pub fn off(self, price_minor: i64, times: i64, per: u32) -> i64 {
        let left = i128::from(Self::HUNDRED - self.0);
        let whole = i128::from(Self::HUNDRED) * i128::from(per);
        divided(i128::from(price_minor) * i128::from(times) * left, whole)
    }

    /// The tax inside a gross price, by the exact tax fraction: at 15 percent 3/23 of it.
    pub fn within(self, gross_minor: i64) -> i64 {
        let whole = i128::from(Self::HUNDRED) + i128::from(self.0);
        divided(i128::from(gross_minor) * i128::from(self.0), whole)
    }
}

impl Serialize for Percent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Percent::parse(&text).ok_or_else(|| serde::de::Error::custom("no percentage"))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shortest(self.0.into(), Self::DECIMALS))
    }
}

/// What `seconds` of work cost at a rate, in minor units of its currency; rounded once, alike for
/// time and for what takes time back.
///
/// A rate per hour is for 3600 seconds, one per day for `working_day_seconds` (36 to 86 400).
///
/// # Panics
/// Beyond `i64`, which takes more than 90 000 hours in one price at the largest rate and the
/// shortest day there are, or a day of no seconds, which no setting can hold.
pub fn price(seconds: i64, rate: &Rate, working_day_seconds: u32) -> i64 {
    let unit_seconds = match rate.unit {
        RateUnit::Hour => 3600,
        RateUnit::Day => working_day_seconds,
    };
    divided(i128::from(seconds) * i128::from(rate.amount_minor), i128::from(unit_seconds))
}

/// `amount` times `part` by `whole`, half away from zero; `whole` is not zero.
pub fn proportion(amount_minor: i64, part: i64, whole: i64) -> i64 {
    let sign = i128::from(whole.signum());
    divided(i128::from(amount_minor) * i128::from(part) * sign, i128::from(whole).abs())
}

/// The minor units of a decimal text such as `-1234.50` in a currency with so many digits, half
/// away from zero where the text has more of them.
///
/// None unless it's a number of at most 15 digits before and 9 after the point, or where it goes
/// beyond `i64`.
pub fn minor_of(text: &str, digits: u8) -> Option<i64> {
    const PLACES: u32 = 9;
    let (sign, size) = text.strip_prefix('-').map_or((1, text), |size| (-1, size));
    let (whole, fraction) = size.split_once('.').unwrap_or((size, "0"));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=15).contains(&whole.len()) && (1..=9).contains(&fraction.len());
    if !fits || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let parts: i128 = format!("{whole}{fraction:0<9}").parse().ok()?;
    let unit = 10_i128.pow(PLACES - u32::from(digits).min(PLACES));
    i64::try_from(sign * ((2 * parts + unit) / (2 * unit))).ok()
}

/// The quotient, half away from zero.
fn divided(dividend: i128, divisor: i128) -> i64 {
    let magnitude = (2 * dividend.abs() + divisor) / (2 * divisor);
    i64::try_from(magnitude * dividend.signum()).expect("bounded rates and times give an i64")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(unit: RateUnit, amount_minor: i64) -> Rate {
        Rate { unit, amount_minor, currency: "ZAR".into() }
    }

    fn vat(net_minor: i64) -> i64 {
        Percent::parse("15").unwrap().of(net_minor)
    }

    #[test]
    fn every_code_is_listed_once_and_old_ones_are_not() {
        let mut codes: Vec<_> = currencies().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), 165);
        assert!(codes.iter().all(|code| code.len() == 3));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 165);
        let digits = ["ZAR", "JPY", "KWD", "CLF"].map(minor_digits);
        assert_eq!(digits, [Some(2), Some(0), Some(3), Some(4)]);
        for gone in ["HRK", "LTL", "BGN", "SLL", "ZWL", "ANG", "XAU", "XXX", "zar", ""] {
            assert_eq!(minor_digits(gone), None, "{gone}");
        }
    }

    #[test]
    fn m01_m05_m07_m27_tax_goes_half_a_cent_up_without_loss_of_precision() {
        assert_eq!(vat(100_000), 15_000);
        assert_eq!(vat(30), 5);
        assert_eq!(vat(870), 131);
        assert_eq!(vat(9_999_999_999_999), 1_500_000_000_000);
    }

    #[test]
    fn m03_tax_inside_a_price_that_does_not_divide_leaves_the_rest_as_net() {
        let inside = Percent::parse("15").unwrap().within(9999);
        assert_eq!((inside, 9999 - inside), (1304, 8695));
    }

    #[test]
    fn m09_a_time_line_at_an_hour_rate_is_rounded_once_from_exact_time() {
        let net = price(440 * 60, &rate(RateUnit::Hour, 125_000), 28_800);
        assert_eq!((net, vat(net), net + vat(net)), (916_667, 137_500, 1_054_167));
    }

    #[test]
    fn m13_a_discount_is_a_percentage_of_the_gross_with_its_tax_inside() {
        let discount = Percent::parse("2.5").unwrap().of(115_000);
        assert_eq!((discount, Percent::parse("15").unwrap().within(discount)), (2875, 375));
    }

    #[test]
    fn m19_halves_go_up_in_currencies_with_no_and_with_three_digits() {
        // Half an hour at 2469 yen, or at 2.469 dinar, is 1234.5 of the minor unit.
        assert_eq!(price(1800, &rate(RateUnit::Hour, 2469), 28_800), 1235);
        let shown = |amount_minor, currency: &str| {
            Money { amount_minor, currency: currency.into() }.to_string()
        };
        assert_eq!(shown(1235, "JPY"), "1235 JPY");
        assert_eq!(shown(1235, "KWD"), "1.235 KWD");
        assert_eq!(shown(-5, "ZAR"), "-0.05 ZAR");
    }

    #[test]
    fn m19_an_amount_with_too_many_digits_goes_half_up_in_its_currency() {
        let minor = |text, code| minor_of(text, minor_digits(code).unwrap());
        assert_eq!(minor("1234.5", "JPY"), Some(1235));
        assert_eq!(minor("1.2345", "KWD"), Some(1235));
        assert_eq!(minor("-0.005", "ZAR"), Some(-1));
        assert_eq!(minor("99999999999.99", "ZAR"), Some(9_999_999_999_999));
        assert_eq!(minor("7", "CLF"), Some(70_000));
        for text in ["", "-", ".5", "7.", "1e3", "+1", "1,5", "--1", "1234567890123456"] {
            assert_eq!(minor(text, "ZAR"), None, "{text:?}");
        }
    }

    #[test]
    fn m21_a_zero_rate_gives_no_tax() {
        let zero = Percent::parse("0").unwrap();
        assert_eq!((zero.of(100_000), zero.within(100_000)), (0, 0));
    }

    #[test]
    fn m25_a_negative_tie_mirrors_the_positive_one() {
        assert_eq!(vat(-30), -5);
    }

    #[test]
    fn t13_a_day_rate_pays_for_the_working_day() {
        assert_eq!(price(390 * 60, &rate(RateUnit::Day, 960_000), 8 * 3600), 780_000);
    }

    #[test]
    fn t15_a_shorter_working_day_pays_the_same_time_better() {
        let day = rate(RateUnit::Day, 900_000);
        assert_eq!(price(480 * 60, &day, 28_800), 900_000);
        assert_eq!(price(480 * 60, &day, 27_000), 960_000);
    }

    #[test]
    fn a_percentage_beyond_its_bounds_is_none() {
        for text in ["100.0001", "15,5", "-1", "15%", "0.00001", ""] {
            assert_eq!(Percent::parse(text), None, "{text:?}");
        }
        assert_eq!(Percent::parse("9.9750").unwrap().to_string(), "9.975");
    }

    proptest! {
        #[test]
        fn a_price_is_never_further_than_half_a_minor_unit_from_exact(
            seconds in -86_400..=86_400_i64,
            amount in 0..=RATE_MINOR_MAX,
            day in 36..=86_400_u32,
        ) {
            let priced = i128::from(price(seconds, &rate(RateUnit::Day, amount), day));
            let off = priced * i128::from(day) - i128::from(seconds) * i128::from(amount);
            prop_assert!(2 * off.abs() <= i128::from(day));
            let taken_back = price(-seconds, &rate(RateUnit::Day, amount), day);
            prop_assert_eq!(i128::from(taken_back), -priced);
        }

        #[test]
        fn tax_on_the_net_of_a_gross_price_gives_the_gross_price_again_within_a_minor_unit(
            gross in -1_000_000_000_i64..1_000_000_000,
            parts in 0..=Percent::HUNDRED,
        ) {
            let percent = Percent(parts);
            let net = gross - percent.within(gross);
            prop_assert!((net + percent.of(net) - gross).abs() <= 1);
        }
    }
}
