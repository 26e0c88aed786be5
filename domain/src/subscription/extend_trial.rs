//! An operator lets a trial last longer, also one that is over, as long as nothing was billed.

use jiff::civil::Date;

use super::{Refusal, Subscription, SubscriptionEvent, TRIAL_DAYS_MAX, TrialExtended, days_after};

/// Let a trial last longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtendTrial {
    /// The first day after the trial.
    pub until: Date,
    /// Today.
    pub today: Date,
}

/// Refuses a day before the present end, in the past or beyond a year, and a tenant that was
/// billed.
pub fn decide(
    subscription: &Subscription,
    command: &ExtendTrial,
) -> Result<Vec<SubscriptionEvent>, Refusal> {
    let (tenant, trial_until) = subscription.known()?;
    let ExtendTrial { until, today } = *command;
    if until == trial_until {
        return Ok(Vec::new());
    }
    if !subscription.invoices.is_empty() {
        return Err(Refusal::TrialBilled);
    }
    let most = subscription.begun_on.map(|begun| days_after(begun, TRIAL_DAYS_MAX));
    if until < trial_until || until <= today || most.is_some_and(|most| until > most) {
        return Err(Refusal::TrialDay);
    }
    let event = TrialExtended { tenant, trial_until: until }.into();
    Ok(subscription.with_thaw(vec![event], today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::{FreezeReason, SubscriptionFrozen, samples};
    use jiff::civil::date;

    #[test]
    fn a_longer_trial_thaws_and_moves_what_is_billed() {
        let mut subscription = samples::subscription("trial", None);
        let (tenant, on) = (samples::TENANT, date(2026, 4, 11));
        let reason = FreezeReason::NoPlan;
        subscription.evolve(&SubscriptionFrozen { tenant, reason, on }.into());
        let extend = ExtendTrial { until: date(2026, 5, 2), today: date(2026, 4, 12) };
        let events = decide(&subscription, &extend).unwrap();
        events.iter().for_each(|event| subscription.evolve(event));
        assert_eq!((events.len(), subscription.frozen), (2, None));
        assert_eq!(decide(&subscription, &extend), Ok(vec![]));
    }

    #[test]
    fn a_day_that_is_no_extension_and_a_tenant_that_was_billed_are_refused() {
        let subscription = samples::subscription("standard", Some("ZAR"));
        let extend = |subscription: &Subscription, until| {
            decide(subscription, &ExtendTrial { until, today: date(2026, 3, 10) })
        };
        for until in [date(2026, 3, 20), date(2027, 3, 3)] {
            assert_eq!(extend(&subscription, until), Err(Refusal::TrialDay), "{until}");
        }
        let billed = samples::billed(&["2026-04"]);
        assert_eq!(extend(&billed, date(2026, 6, 1)), Err(Refusal::TrialBilled));
        let unknown = extend(&Subscription::default(), date(2026, 6, 1));
        assert_eq!(unknown, Err(Refusal::NoSubscription));
    }
}
