//! A tenant chooses a plan. Before anything was billed it holds at once; a change of plan holds
//! from the next month on, so that no month is on two.

use jiff::civil::Date;

use super::{Month, PlanChosen, Refusal, Subscription, SubscriptionEvent};

/// Choose a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoosePlan {
    /// The plan's code.
    pub plan: String,
    /// What the tenant would pay in by the plan; none where the plan has no prices.
    pub currency: Option<String>,
    /// Whether the plan has a price in the currency that the subscription is billed in.
    pub has_currency: bool,
    /// Whether it's offered.
    pub offered: bool,
    /// Today.
    pub today: Date,
}

/// Refuses a plan that is not offered, has no prices, or none in the tenant's currency.
pub fn decide(
    subscription: &Subscription,
    command: ChoosePlan,
) -> Result<Vec<SubscriptionEvent>, Refusal> {
    let (tenant, trial_until) = subscription.known()?;
    let ChoosePlan { plan, currency, has_currency, offered, today } = command;
    if !offered {
        return Err(Refusal::PlanNotOffered);
    }
    let currency = match subscription.currency() {
        Some(billed_in) if has_currency => billed_in.to_owned(),
        Some(_) => return Err(Refusal::PlanWithoutCurrency),
        None => currency.ok_or(Refusal::PlanWithoutPrices)?,
    };
    let held = subscription.plan_on(today);
    let at_once = today < trial_until || held.is_none_or(|chosen| chosen.currency.is_none());
    let from = if at_once { today } else { Month::of(today).next().first_day() };
    let chosen = subscription.plan_chosen();
    if chosen.is_some_and(|chosen| chosen.plan == plan) {
        return Ok(Vec::new());
    }
    let event = PlanChosen { tenant, plan, currency, from }.into();
    Ok(subscription.with_thaw(vec![event], today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::{FreezeReason, SubscriptionFrozen, SubscriptionState, samples};
    use jiff::civil::date;

    fn choose(plan: &str, today: Date) -> ChoosePlan {
        ChoosePlan {
            plan: plan.into(),
            currency: Some("ZAR".into()),
            has_currency: true,
            offered: true,
            today,
        }
    }

    fn chosen(plan: &str, from: Date) -> SubscriptionEvent {
        let (tenant, currency) = (samples::TENANT, "ZAR".to_owned());
        PlanChosen { tenant, plan: plan.into(), currency, from }.into()
    }

    #[test]
    fn a_plan_chosen_in_the_trial_holds_at_once_and_a_change_from_the_next_month_on() {
        let subscription = samples::subscription("trial", None);
        let in_trial = decide(&subscription, choose("standard", date(2026, 3, 10)));
        assert_eq!(in_trial, Ok(vec![chosen("standard", date(2026, 3, 10))]));
        let subscription = samples::subscription("standard", Some("ZAR"));
        assert_eq!(decide(&subscription, choose("standard", date(2026, 5, 10))), Ok(vec![]));
        let later = decide(&subscription, choose("large", date(2026, 5, 10)));
        assert_eq!(later, Ok(vec![chosen("large", date(2026, 6, 1))]));
    }

    #[test]
    fn a_plan_thaws_who_was_frozen_for_want_of_one() {
        let mut subscription = samples::subscription("trial", None);
        let (tenant, on) = (samples::TENANT, date(2026, 4, 11));
        let reason = FreezeReason::NoPlan;
        subscription.evolve(&SubscriptionFrozen { tenant, reason, on }.into());
        let events = decide(&subscription, choose("standard", date(2026, 4, 20))).unwrap();
        events.iter().for_each(|event| subscription.evolve(event));
        assert_eq!(subscription.state_on(date(2026, 4, 20)), SubscriptionState::Active);
        assert_eq!(subscription.months_to_bill(date(2026, 6, 1)), ["2026-05".parse().unwrap()]);
    }

    #[test]
    fn what_can_not_be_paid_for_is_not_chosen() {
        let (trial, paying) =
            (samples::subscription("trial", None), samples::subscription("standard", Some("ZAR")));
        let day = date(2026, 3, 10);
        let not_offered = ChoosePlan { offered: false, ..choose("old", day) };
        assert_eq!(decide(&trial, not_offered), Err(Refusal::PlanNotOffered));
        let no_prices = ChoosePlan { currency: None, ..choose("trial", day) };
        assert_eq!(decide(&trial, no_prices), Err(Refusal::PlanWithoutPrices));
        let foreign = ChoosePlan { has_currency: false, ..choose("large", day) };
        assert_eq!(decide(&paying, foreign), Err(Refusal::PlanWithoutCurrency));
        let unknown = decide(&Subscription::default(), choose("standard", day));
        assert_eq!(unknown, Err(Refusal::NoSubscription));
    }
}
