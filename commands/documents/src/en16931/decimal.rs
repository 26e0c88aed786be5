//! Decimals as texts and the price of a line: EN 16931 tells a quantity and a net price, and their
//! product, rounded once, has to be what was sealed.

use domain::billing::sealed::SealedLine;
use domain::billing::totals::Prices;
use domain::catalogue::rates::RateUnit;
use domain::money::Percent;

/// How many places more than its currency's a price may need.
const PRICE_PLACES_MORE: u32 = 8;
/// How many places a quantity may need.
const QUANTITY_PLACES_MAX: u32 = 12;
/// The places of a quantity that people read.
const QUANTITY_PLACES_READ: u32 = 4;

/// A number of units of 10^-`places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) scaled: i128,
    pub(super) places: u32,
}

impl Decimal {
    /// A fraction to so many places, half away from zero; `by` is above zero.
    fn of(dividend: i128, by: i128, places: u32) -> Option<Self> {
        let scaled = divided(dividend.checked_mul(10_i128.pow(places))?, by)?;
        Some(Decimal { scaled, places })
    }

    /// The product in units of 10^-`digits`, half away from zero.
    fn times(self, other: Decimal, digits: u32) -> Option<i128> {
        let product = self.scaled.checked_mul(other.scaled)?;
        let places = self.places + other.places;
        match places.checked_sub(digits) {
            Some(beyond) => divided(product, 10_i128.checked_pow(beyond)?),
            None => product.checked_mul(10_i128.pow(digits - places)),
        }
    }

    /// As a text with at least `least` places and no zeros at the end beyond them.
    pub(super) fn text(self, least: u32) -> String {
        let (mut size, mut places) = (self.scaled.unsigned_abs(), self.places);
        while places > least && size.is_multiple_of(10) {
            (size, places) = (size / 10, places - 1);
        }
        let one = 10_u128.pow(places);
        let sign = if self.scaled < 0 { "-" } else { "" };
        match places {
            0 => format!("{sign}{size}"),
            _ => format!("{sign}{}.{:0width$}", size / one, size % one, width = places as usize),
        }
    }
}

/// The quotient, half away from zero; `divisor` is above zero.
fn divided(dividend: i128, divisor: i128) -> Option<i128> {
    let doubled = dividend.checked_abs()?.checked_mul(2)?.checked_add(divisor)?;
    Some(doubled / divisor.checked_mul(2)? * dividend.signum())
}

/// An amount in minor units as a text with all its digits.
pub(crate) fn amount(minor: i64, digits: u8) -> String {
    let places = u32::from(digits);
    Decimal { scaled: i128::from(minor), places }.text(places)
}

/// How much of what at which price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Priced {
    /// The quantity; less than nothing on a line that takes back.
    pub(crate) quantity: String,
    /// UN/ECE Recommendation 20.
    pub(crate) unit: &'static str,
    /// The net price of a unit; never less than nothing (BR-27).
    pub(crate) price: String,
}

/// What a line says so that quantity times price is `full_minor`, its net before its discount.
///
/// Prices with tax inside have no exact net price; it gets the places that it takes, and where no
/// number of places will do, the price that the net gives.
pub(crate) fn priced(line: &SealedLine, prices: Prices, full_minor: i64, digits: u8) -> Priced {
    let digits = u32::from(digits);
    let unit = match (line.unit_seconds, line.unit) {
        (0, _) => "C62",
        (_, RateUnit::Hour) => "HUR",
        (_, RateUnit::Day) => "DAY",
    };
    let sign = if line.unit_price_minor < 0 { -1 } else { 1 };
    let found = quantities(line, sign)
        .find_map(|quantity| {
            let fits = |price: &Decimal| hits(quantity, *price, full_minor, digits);
            net_prices(line, prices, digits).find(fits).map(|price| (quantity, price))
        })
        .or_else(|| {
            let quantity = quantities(line, sign).next()?;
            given(quantity, full_minor, digits).map(|price| (quantity, price))
        });
    match found {
        Some((quantity, price)) => {
            Priced { quantity: quantity.text(0), unit, price: price.text(digits) }
        }
        None => {
            let price = Decimal { scaled: i128::from(full_minor).abs(), places: digits };
            let quantity = if full_minor < 0 { "-1" } else { "1" }.to_owned();
            Priced { quantity, unit: "C62", price: price.text(digits) }
        }
    }
}

fn hits(quantity: Decimal, price: Decimal, full_minor: i64, digits: u32) -> bool {
    quantity.times(price, digits) == Some(i128::from(full_minor))
}

/// The quantity with ever more places: exact where that takes few of them.
fn quantities(line: &SealedLine, sign: i128) -> impl Iterator<Item = Decimal> {
    let (times, by) = match line.unit_seconds {
        0 => (sign, 1),
        by => (sign * i128::from(line.rounded_seconds), i128::from(by)),
    };
    let is_exact = (times * 10_i128.pow(QUANTITY_PLACES_READ)) % by == 0;
    let last = if is_exact { QUANTITY_PLACES_READ } else { QUANTITY_PLACES_MAX };
    (QUANTITY_PLACES_READ..=last).filter_map(move |places| Decimal::of(times, by, places))
}

/// The price of a unit before tax, as it is or with ever more places.
fn net_prices(line: &SealedLine, prices: Prices, digits: u32) -> impl Iterator<Item = Decimal> {
    let (most, percent) = match prices {
        Prices::Exclusive => (0, Percent::ZERO),
        Prices::Inclusive => (PRICE_PLACES_MORE, line.tax.percent),
    };
    (0..=most).filter_map(move |more| {
        let unit = line.unit_price_minor.abs().checked_mul(10_i64.pow(more))?;
        let scaled = i128::from(unit - percent.within(unit));
        Some(Decimal { scaled, places: digits + more })
    })
}

/// The price that a net gives for a quantity.
fn given(quantity: Decimal, full_minor: i64, digits: u32) -> Option<Decimal> {
    let sign = quantity.scaled.signum();
    if sign == 0 || i128::from(full_minor).signum() * sign < 0 {
        return None;
    }
    let full = (i128::from(full_minor) * sign).checked_mul(10_i128.pow(quantity.places))?;
    (0..=PRICE_PLACES_MORE).find_map(|more| {
        let scaled = divided(full.checked_mul(10_i128.pow(more))?, quantity.scaled.abs())?;
        let price = Decimal { scaled, places: digits + more };
        hits(quantity, price, full_minor, digits).then_some(price)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(dividend: i128, by: i128, places: u32) -> Option<String> {
        Decimal::of(dividend, by, places).map(|it| it.text(2))
    }

    #[test]
    fn a_decimal_is_rounded_once_and_keeps_the_places_it_was_asked_for() {
        assert_eq!(shown(26_400, 3600, 6).as_deref(), Some("7.333333"));
        assert_eq!(shown(27_000, 3600, 6).as_deref(), Some("7.50"));
        assert_eq!(shown(-1, 8, 2).as_deref(), Some("-0.13"));
        assert_eq!(shown(1, 8, 2).as_deref(), Some("0.13"));
        assert_eq!(shown(i128::MAX, 1, 2), None);
        assert_eq!(amount(-5, 2), "-0.05");
        assert_eq!((amount(1235, 0), amount(1235, 3)), ("1235".to_owned(), "1.235".to_owned()));
    }

    #[test]
    fn a_product_is_rounded_half_away_from_zero() {
        let decimal = |scaled, places| Decimal { scaled, places };
        assert_eq!(decimal(15, 1).times(decimal(3, 2), 2), Some(5));
        assert_eq!(decimal(-15, 1).times(decimal(3, 2), 2), Some(-5));
        assert_eq!(decimal(2, 0).times(decimal(3, 0), 2), Some(600));
    }
}
