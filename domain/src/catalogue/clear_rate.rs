//! The rate that was set to hold from a day on is taken back; what held before holds again.

use jiff::civil::Date;

use super::rate_card::RateCard;
use super::rates::{RateKind, RateScope};
use super::{RateCardEvent, RateCleared, Refusal};

/// Take back a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearRate {
    /// What it is for; its rate card is the stream of this scope.
    pub scope: RateScope,
    /// Charge or cost.
    pub kind: RateKind,
    /// The day of the rate to take back; none = the one from always.
    pub from: Option<Date>,
}

/// Never refuses; where no rate was set for that day, nothing happens.
pub fn decide(card: &RateCard, command: ClearRate) -> Result<Vec<RateCardEvent>, Refusal> {
    let ClearRate { scope, kind, from } = command;
    if card.given(kind, from).is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![RateCleared { scope, kind, from }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::RateSet;
    use crate::catalogue::rates::{Rate, RateUnit};
    use jiff::civil::date;

    #[test]
    fn a_rate_is_taken_back_by_its_kind_and_day() {
        let (scope, kind, from) = (RateScope::default(), RateKind::Bill, Some(date(2026, 1, 1)));
        let rate = Rate { unit: RateUnit::Day, amount_minor: 900_000, currency: "ZAR".into() };
        let mut card = RateCard::default();
        card.evolve(&RateSet { scope, kind, from, rate }.into());
        let events = decide(&card, ClearRate { scope, kind, from }).unwrap();
        assert_eq!(events, [RateCleared { scope, kind, from }.into()]);
        card.evolve(&events[0]);
        assert_eq!(card, RateCard::default());
    }

    #[test]
    fn where_no_rate_was_set_for_that_day_nothing_happens() {
        let (scope, kind) = (RateScope::default(), RateKind::Bill);
        let command = ClearRate { scope, kind, from: None };
        assert_eq!(decide(&RateCard::default(), command), Ok(vec![]));
    }
}
