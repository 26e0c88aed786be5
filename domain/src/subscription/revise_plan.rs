//! A plan is revised. Prices change on the first of a month that has not begun, so that nobody's
//! running or past month gets another price; a currency that subscribers may pay in stays.

use jiff::civil::Date;

use super::plan::{check_prices, check_words};
use super::{Month, Plan, PlanEvent, PlanRevised, Refusal};
use crate::money::Money;

/// Revise a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisePlan {
    /// What it's called; none = as before.
    pub name: Option<String>,
    /// What one gets; none = as before.
    pub description: Option<String>,
    /// Whether firms may choose it; none = as before.
    pub offered: Option<bool>,
    /// Per active member and month, with the first day it holds; none = as before.
    pub prices: Option<(Date, Vec<Money>)>,
    /// Today.
    pub today: Date,
}

/// Refuses bad words and prices, a day that has begun or is no first of a month, and prices that
/// leave out a currency.
pub fn decide(plan: &Plan, command: RevisePlan) -> Result<Vec<PlanEvent>, Refusal> {
    let code = plan.known()?.to_owned();
    let name = command.name.as_deref().unwrap_or(&plan.name);
    let description = command.description.as_deref().unwrap_or(&plan.description);
    let (name, description) = check_words(name, description)?;
    let offered = command.offered.unwrap_or(plan.offered);
    let held = plan.prices.last();
    let (from, prices) = match command.prices {
        Some((from, prices)) => {
            check_prices(&prices)?;
            if from <= command.today || from != from.first_of_month() {
                return Err(Refusal::PricesFromPast);
            }
            let kept = |code: &String| prices.iter().any(|price| price.currency == *code);
            if !held.is_none_or(|held| held.prices.keys().all(kept)) {
                return Err(Refusal::CurrencyStays);
            }
            (from, prices)
        }
        None => {
            let money = |(currency, amount_minor): (&String, &i64)| Money {
                amount_minor: *amount_minor,
                currency: currency.clone(),
            };
            let prices = held.map(|held| held.prices.iter().map(money).collect());
            let next = Month::of(command.today).next().first_day();
            let from = held.and_then(|held| held.from).unwrap_or(next).max(next);
            (from, prices.unwrap_or_default())
        }
    };
    let mut revised = plan.clone();
    let event = PlanRevised { plan: code, name, description, offered, prices, from }.into();
    revised.evolve(&event);
    Ok(if revised == *plan { Vec::new() } else { vec![event] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::samples;
    use jiff::civil::date;

    fn revise(from: Date, prices: &[(&str, i64)]) -> RevisePlan {
        let prices = prices.iter().map(|(code, minor)| samples::money(*minor, code)).collect();
        RevisePlan {
            name: None,
            description: None,
            offered: None,
            prices: Some((from, prices)),
            today: date(2026, 3, 10),
        }
    }

    #[test]
    fn another_price_holds_from_the_first_of_a_month_to_come() {
        let mut plan = samples::plan();
        let events = decide(&plan, revise(date(2026, 5, 1), &[("ZAR", 9900)])).unwrap();
        events.iter().for_each(|event| plan.evolve(event));
        let price = |month: &str| plan.price_of(month.parse().unwrap(), "ZAR");
        assert_eq!((price("2026-04"), price("2026-05")), (Some(9500), Some(9900)));
        assert_eq!(
            price("2026-05").and_then(|_| plan.price_of("2026-05".parse().ok()?, "EUR")),
            None
        );
        let again = decide(&plan, revise(date(2026, 5, 1), &[("ZAR", 9900)]));
        assert_eq!(again, Ok(vec![]));
    }

    #[test]
    fn another_name_changes_no_price() {
        let mut plan = samples::plan();
        let command = RevisePlan {
            name: Some("Firm".into()),
            offered: Some(false),
            prices: None,
            ..revise(date(2026, 5, 1), &[])
        };
        let events = decide(&plan, command).unwrap();
        events.iter().for_each(|event| plan.evolve(event));
        assert_eq!((plan.name.as_str(), plan.offered, plan.prices.len()), ("Firm", false, 1));
    }

    #[test]
    fn a_day_that_has_begun_a_day_within_a_month_and_a_lost_currency_are_refused() {
        let plan = samples::plan();
        let refused = |command| decide(&plan, command).unwrap_err();
        let price = [("ZAR", 1)];
        assert_eq!(refused(revise(date(2026, 3, 1), &price)), Refusal::PricesFromPast);
        assert_eq!(refused(revise(date(2026, 5, 2), &price)), Refusal::PricesFromPast);
        assert_eq!(refused(revise(date(2026, 5, 1), &[("EUR", 1)])), Refusal::CurrencyStays);
        let unknown = decide(&Plan::default(), revise(date(2026, 5, 1), &price));
        assert_eq!(unknown, Err(Refusal::UnknownPlan));
    }
}
