//! A tenant's subscription begins with its trial. A second time is harmless, because whoever makes
//! tenants may be cut off and run again.

use jiff::civil::Date;

use super::{Subscription, SubscriptionBegun, SubscriptionEvent, TRIAL_DAYS, days_after};
use crate::id::TenantId;

/// Begin a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginSubscription {
    /// The tenant.
    pub tenant: TenantId,
    /// The plan for the time after the trial.
    pub plan: String,
    /// What the plan is billed in; none where it has no prices.
    pub currency: Option<String>,
    /// Today, the first day.
    pub today: Date,
}

/// Nothing where it has begun.
pub fn decide(subscription: &Subscription, command: BeginSubscription) -> Vec<SubscriptionEvent> {
    if subscription.tenant.is_some() {
        return Vec::new();
    }
    let BeginSubscription { tenant, plan, currency, today } = command;
    let trial_until = days_after(today, TRIAL_DAYS);
    vec![SubscriptionBegun { tenant, plan, currency, on: today, trial_until }.into()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::{SubscriptionState, samples};
    use jiff::civil::date;

    #[test]
    fn a_trial_lasts_thirty_days_with_the_first() {
        let subscription = samples::subscription("standard", Some("ZAR"));
        assert_eq!(subscription.trial_until, Some(date(2026, 4, 1)));
        assert_eq!(subscription.state_on(date(2026, 3, 31)), SubscriptionState::Trial);
        assert_eq!(subscription.state_on(date(2026, 4, 1)), SubscriptionState::Active);
    }

    #[test]
    fn what_has_begun_does_not_begin_again() {
        let command = BeginSubscription {
            tenant: samples::TENANT,
            plan: "trial".into(),
            currency: None,
            today: date(2026, 5, 1),
        };
        assert_eq!(decide(&samples::subscription("standard", Some("ZAR")), command), []);
    }
}
