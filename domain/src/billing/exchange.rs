//! Tax in the firm's own currency on an invoice in another one. The rate is stated, never looked
//! up: whoever issues says which, of which day, and from whom it is.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::decimal::{scaled, shortest};
use crate::money::{Money, minor_digits};

const DECIMALS: u32 = 8;

/// How much of the firm's own currency one unit of the invoice's is, exact to eight decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExchangeRate(u64);

impl ExchangeRate {
    /// Reads `18.4512`; at most eight decimals, above zero.
    pub fn parse(text: &str) -> Option<Self> {
        scaled(text, DECIMALS).filter(|parts| *parts > 0).map(ExchangeRate)
    }
}

impl std::fmt::Display for ExchangeRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&shortest(self.0, DECIMALS))
    }
}

impl Serialize for ExchangeRate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ExchangeRate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        ExchangeRate::parse(&text).ok_or_else(|| serde::de::Error::custom("no exchange rate"))
    }
}

/// A rate as it was stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedRate {
    /// How much of the firm's own currency one unit of the invoice's is.
    pub rate: ExchangeRate,
    /// The day it's of.
    pub on: Date,
    /// From whom it is, such as `SARB`.
    pub source: String,
}

/// What an invoice in a foreign currency says in the firm's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The firm's own currency, ISO 4217.
    pub currency: String,
    /// The rate.
    pub stated: StatedRate,
    /// The tax in minor units of that currency.
    pub tax_minor: i64,
    /// The whole with tax, in minor units of that currency.
    pub gross_minor: i64,
}

impl Exchange {
    /// What tax and gross of an invoice in another currency are in `currency`.
    pub fn of(
        stated: StatedRate,
        currency: &str,
        tax: &Money,
        gross: &Money,
    ) -> Result<Self, Refusal> {
        let tax_minor = converted(tax, stated.rate, currency)?;
        let gross_minor = converted(gross, stated.rate, currency)?;
        Ok(Exchange { currency: currency.to_owned(), stated, tax_minor, gross_minor })
    }
}

/// An amount in another currency, in minor units, rounded once.
fn converted(amount: &Money, rate: ExchangeRate, currency: &str) -> Result<i64, Refusal> {
    let digits = |code: &str| {
        let unknown = || Refusal::UnknownCurrency { currency: code.to_owned() };
        minor_digits(code).map(u32::from).ok_or_else(unknown)
    };
    let scale = |digits| 10_i128.pow(digits);
    let own = scale(digits(currency)?);
    let divisor = scale(DECIMALS) * scale(digits(&amount.currency)?);
    let size = u128::from(amount.amount_minor.unsigned_abs()).checked_mul(u128::from(rate.0));
    let dividend = size
        .and_then(|size| i128::try_from(size).ok())
        .and_then(|size| size.checked_mul(2 * own))
        .ok_or(Refusal::AmountTooLarge)?;
    let minor = (dividend + divisor) / (2 * divisor);
    i64::try_from(minor)
        .ok()
        .filter(|minor| *minor <= super::totals::AMOUNT_MINOR_MAX)
        .map(|minor| minor * amount.amount_minor.signum())
        .ok_or(Refusal::AmountTooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::day;

    fn money(amount_minor: i64, currency: &str) -> Money {
        Money { amount_minor, currency: currency.into() }
    }

    fn rate(text: &str) -> ExchangeRate {
        ExchangeRate::parse(text).expect("a rate")
    }

    #[test]
    fn tax_of_an_invoice_in_euro_is_shown_in_rand_at_the_stated_rate() {
        let stated =
            StatedRate { rate: rate("18.4512"), on: day("2026-01-30"), source: "SARB".into() };
        let exchange =
            Exchange::of(stated, "ZAR", &money(15_000, "EUR"), &money(115_000, "EUR")).unwrap();
        // 150.00 x 18.4512 = 2767.68; 1150.00 x 18.4512 = 21218.88.
        assert_eq!((exchange.tax_minor, exchange.gross_minor), (276_768, 2_121_888));
        let stored = serde_json::to_string(&exchange).unwrap();
        assert!(stored.contains(r#""rate":"18.4512""#), "{stored}");
        assert_eq!(serde_json::from_str::<Exchange>(&stored).unwrap(), exchange);
    }

    #[test]
    fn digits_of_both_currencies_count_and_halves_go_away_from_zero() {
        // 1000 yen at 0.0087 dinar are 8.700; 0.005 rand of a cent is a cent.
        assert_eq!(converted(&money(1000, "JPY"), rate("0.0087"), "KWD"), Ok(8700));
        assert_eq!(converted(&money(1, "EUR"), rate("0.5"), "ZAR"), Ok(1));
        assert_eq!(converted(&money(-1, "EUR"), rate("0.5"), "ZAR"), Ok(-1));
        let beyond = converted(&money(i64::MAX, "EUR"), rate("999999999"), "ZAR");
        assert_eq!(beyond, Err(Refusal::AmountTooLarge));
        let unknown = converted(&money(1, "EUR"), rate("1"), "HRK");
        assert_eq!(unknown, Err(Refusal::UnknownCurrency { currency: "HRK".into() }));
    }

    #[test]
    fn a_rate_is_above_zero_with_at_most_eight_decimals() {
        for text in ["0", "-1", "1.123456789", "1,5", ""] {
            assert_eq!(ExchangeRate::parse(text), None, "{text:?}");
        }
    }
}
