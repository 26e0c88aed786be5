//! An operator records that a tenant paid. Payments cover the oldest invoice first, and what is too
//! much covers the next; who was frozen for it is thawed at once.

use jiff::civil::Date;

use super::{PlatformPaymentRecorded, Refusal, Subscription, SubscriptionEvent};
use crate::id::PlatformPaymentId;
use crate::money::{Money, RATE_MINOR_MAX};

/// Record a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPayment {
    /// A new id.
    pub payment: PlatformPaymentId,
    /// How much.
    pub amount: Money,
    /// When it came in.
    pub on: Date,
    /// Today.
    pub today: Date,
}

/// Refuses what is nothing, in another currency, or not yet paid.
pub fn decide(
    subscription: &Subscription,
    command: RecordPayment,
) -> Result<Vec<SubscriptionEvent>, Refusal> {
    let (tenant, _) = subscription.known()?;
    let RecordPayment { payment, amount, on, today } = command;
    if subscription.payments.contains_key(&payment) {
        return Ok(Vec::new());
    }
    if !(1..=RATE_MINOR_MAX).contains(&amount.amount_minor) {
        return Err(Refusal::PaymentAmount);
    }
    if subscription.currency() != Some(amount.currency.as_str()) {
        return Err(Refusal::PaymentCurrency);
    }
    if on > today {
        return Err(Refusal::PaymentInFuture);
    }
    let event = PlatformPaymentRecorded { tenant, payment, amount, on }.into();
    Ok(subscription.with_thaw(vec![event], today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::{FreezeReason, SubscriptionFrozen, SubscriptionThawed, samples};
    use jiff::civil::date;
    use uuid::Uuid;

    fn pay(minor: i64, today: Date) -> RecordPayment {
        RecordPayment {
            payment: PlatformPaymentId(Uuid::from_u128(u128::from(minor.unsigned_abs()))),
            amount: samples::money(minor, "ZAR"),
            on: today,
            today,
        }
    }

    #[test]
    fn a_payment_covers_the_oldest_first_and_once() {
        let mut subscription = samples::billed(&["2026-04", "2026-05"]);
        let command = pay(30_000, date(2026, 6, 2));
        let events = decide(&subscription, command.clone()).unwrap();
        events.iter().for_each(|event| subscription.evolve(event));
        let open: Vec<i64> = subscription.open_minor().into_iter().map(|(_, open)| open).collect();
        assert_eq!((open, subscription.owed_minor()), (vec![0, 27_000], 27_000));
        assert_eq!(decide(&subscription, command), Ok(vec![]));
    }

    #[test]
    fn who_was_frozen_is_thawed_when_all_that_is_long_overdue_is_paid() {
        let mut subscription = samples::billed(&["2026-04"]);
        let (tenant, on) = (samples::TENANT, date(2026, 5, 26));
        let reason = FreezeReason::Unpaid;
        subscription.evolve(&SubscriptionFrozen { tenant, reason, on }.into());
        let today = date(2026, 5, 30);
        let part = decide(&subscription, pay(28_499, today)).unwrap();
        assert_eq!(part.len(), 1, "a cent is missing");
        part.iter().for_each(|event| subscription.evolve(event));
        let rest = decide(&subscription, pay(1, today)).unwrap();
        assert_eq!(rest[1], SubscriptionThawed { tenant, on: today }.into());
    }

    #[test]
    fn what_is_no_payment_is_refused() {
        let subscription = samples::billed(&["2026-04"]);
        let today = date(2026, 5, 2);
        assert_eq!(decide(&subscription, pay(0, today)), Err(Refusal::PaymentAmount));
        let foreign = RecordPayment { amount: samples::money(1, "EUR"), ..pay(1, today) };
        assert_eq!(decide(&subscription, foreign), Err(Refusal::PaymentCurrency));
        let later = RecordPayment { on: date(2026, 5, 3), ..pay(1, today) };
        assert_eq!(decide(&subscription, later), Err(Refusal::PaymentInFuture));
        let unknown = decide(&Subscription::default(), pay(1, today));
        assert_eq!(unknown, Err(Refusal::NoSubscription));
    }
}
