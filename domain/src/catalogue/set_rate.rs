//! A rate holds from a day on, or always. Past days may be set too: invoiced time is never touched,
//! and the log knows since when the rate is known.

use jiff::civil::Date;

use super::rate_card::RateCard;
use super::rates::{Rate, RateKind, RateScope};
use super::{RateCardEvent, RateSet, Refusal};
use crate::money::{RATE_MINOR_MAX, minor_digits};

/// Set a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRate {
    /// What it is for; its rate card is the stream of this scope.
    pub scope: RateScope,
    /// Charge or cost.
    pub kind: RateKind,
    /// The first day it holds; none = from always.
    pub from: Option<Date>,
    /// The rate.
    pub rate: Rate,
}

/// Refuses an amount out of bounds and an unknown currency; the rate that is set for that day
/// already changes nothing.
pub fn decide(card: &RateCard, command: SetRate) -> Result<Vec<RateCardEvent>, Refusal> {
    let SetRate { scope, kind, from, rate } = command;
    if !(0..=RATE_MINOR_MAX).contains(&rate.amount_minor) {
        return Err(Refusal::InvalidAmount);
    }
    if minor_digits(&rate.currency).is_none() {
        let (currency, field) = (rate.currency, "/rate/currency");
        return Err(Refusal::UnknownCurrency { currency, field });
    }
    if card.given(kind, from) == Some(&rate) {
        return Ok(Vec::new());
    }
    Ok(vec![RateSet { scope, kind, from, rate }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::rates::RateUnit;
    use jiff::civil::date;

    fn set(amount_minor: i64, currency: &str) -> SetRate {
        let rate = Rate { unit: RateUnit::Hour, amount_minor, currency: currency.into() };
        let from = Some(date(2026, 1, 1));
        SetRate { scope: RateScope::default(), kind: RateKind::Bill, from, rate }
    }

    #[test]
    fn a_rate_is_set_once_for_its_day() {
        let mut card = RateCard::default();
        let events = decide(&card, set(0, "ZAR")).unwrap();
        let SetRate { scope, kind, from, rate } = set(0, "ZAR");
        assert_eq!(events, [RateSet { scope, kind, from, rate }.into()]);
        card.evolve(&events[0]);
        assert_eq!(decide(&card, set(0, "ZAR")), Ok(vec![]));
        assert_eq!(decide(&card, SetRate { from: None, ..set(0, "ZAR") }).unwrap().len(), 1);
        assert_eq!(
            decide(&card, SetRate { kind: RateKind::Cost, ..set(0, "ZAR") }).unwrap().len(),
            1
        );
    }

    #[test]
    fn an_amount_below_zero_or_beyond_measure_is_refused() {
        for amount in [-1, RATE_MINOR_MAX + 1] {
            let refused = decide(&RateCard::default(), set(amount, "ZAR"));
            assert_eq!(refused, Err(Refusal::InvalidAmount));
        }
        assert!(decide(&RateCard::default(), set(RATE_MINOR_MAX, "ZAR")).is_ok());
    }

    #[test]
    fn an_unknown_currency_is_refused() {
        let refusal = decide(&RateCard::default(), set(1, "BTC")).unwrap_err();
        let (currency, field) = ("BTC".to_owned(), "/rate/currency");
        assert_eq!(refusal, Refusal::UnknownCurrency { currency, field });
    }
}
