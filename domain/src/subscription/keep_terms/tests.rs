//! The terms over days, as a tenant lives through them.

use jiff::civil::{Date, date};

use super::*;
use crate::subscription::samples::{self, TENANT};
use crate::subscription::{FreezeReason, PlanChosen, Step, SubscriptionState};

/// A run on a day in which every month that is due has these counts.
fn run(subscription: &mut Subscription, today: Date, acted: u32, set_active: u32) -> Vec<String> {
    let count = MemberCount { acted, set_active };
    let price = samples::money(9500, "ZAR");
    let billed = subscription
        .months_to_bill(today)
        .into_iter()
        .map(|month| Billed { month, plan: "standard".into(), price: price.clone(), count })
        .collect();
    let events = decide(subscription, &KeepTerms { today, billed }).expect("a subscription");
    events.iter().for_each(|event| subscription.evolve(event));
    events.iter().map(|event| named(event, today)).collect()
}

fn named(event: &SubscriptionEvent, today: Date) -> String {
    let what = match event {
        SubscriptionEvent::PlatformInvoiceIssued(it) => {
            format!("{} for {} until {}", it.total, it.month, it.due_on)
        }
        SubscriptionEvent::SubscriptionReminded(it) => format!("{:?} {}", it.step, it.of),
        SubscriptionEvent::SubscriptionFrozen(it) => format!("frozen {:?}", it.reason),
        SubscriptionEvent::SubscriptionThawed(_) => "thawed".to_owned(),
        SubscriptionEvent::SubscriptionBegun(_)
        | SubscriptionEvent::TrialExtended(_)
        | SubscriptionEvent::PlanChosen(_)
        | SubscriptionEvent::PlatformPaymentRecorded(_) => panic!("the terms bring no {event:?}"),
    };
    format!("{today}: {what}")
}

/// Runs on every day from the first to the last.
fn live(subscription: &mut Subscription, from: Date, to: Date) -> Vec<String> {
    let days = from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to);
    days.flat_map(|day| run(subscription, day, 2, 3)).collect()
}

#[test]
fn a_tenant_that_never_pays_is_told_at_each_step_and_then_frozen() {
    let mut subscription = samples::subscription("standard", Some("ZAR"));
    let lived = live(&mut subscription, date(2026, 3, 2), date(2026, 6, 30));
    assert_eq!(
        lived,
        [
            "2026-03-24: TrialEnding 2026-03-31",
            "2026-03-31: TrialLastDay 2026-03-31",
            "2026-05-01: 285.00 ZAR for 2026-04 until 2026-05-15",
            "2026-05-16: PaymentOverdue 2026-05-15",
            "2026-05-23: FreezeSoon 2026-05-15",
            "2026-05-26: frozen Unpaid",
            "2026-06-01: 285.00 ZAR for 2026-05 until 2026-06-15",
        ]
    );
    assert_eq!(subscription.months_to_bill(date(2026, 8, 1)), [], "June and July were frozen");
}

#[test]
fn a_trial_without_a_plan_has_its_days_of_grace_and_is_then_frozen() {
    let mut subscription = samples::subscription("trial", None);
    let lived = live(&mut subscription, date(2026, 3, 2), date(2026, 6, 30));
    assert_eq!(
        lived,
        [
            "2026-03-24: TrialEnding 2026-03-31",
            "2026-03-31: TrialLastDay 2026-03-31",
            "2026-04-01: TrialEnded 2026-03-31",
            "2026-04-08: PlanMissing 2026-03-31",
            "2026-04-11: frozen NoPlan",
        ]
    );
    assert_eq!(subscription.frozen, Some((date(2026, 4, 11), FreezeReason::NoPlan)));
}

#[test]
fn a_second_run_of_a_day_does_nothing() {
    let mut subscription = samples::subscription("standard", Some("ZAR"));
    for day in [date(2026, 3, 24), date(2026, 5, 1), date(2026, 5, 16), date(2026, 5, 26)] {
        assert_ne!(run(&mut subscription, day, 1, 1), Vec::<String>::new(), "{day}");
        assert_eq!(run(&mut subscription, day, 1, 1), Vec::<String>::new(), "{day}");
    }
}

#[test]
fn a_run_after_months_of_none_bills_all_of_them_and_gives_their_days_to_pay() {
    let mut subscription = samples::subscription("standard", Some("ZAR"));
    assert_eq!(
        run(&mut subscription, date(2026, 7, 10), 4, 1),
        [
            "2026-07-10: 380.00 ZAR for 2026-04 until 2026-07-24",
            "2026-07-10: 380.00 ZAR for 2026-05 until 2026-07-24",
            "2026-07-10: 380.00 ZAR for 2026-06 until 2026-07-24",
        ]
    );
    assert_eq!(subscription.state_on(date(2026, 7, 24)), SubscriptionState::Active);
    assert_eq!(subscription.state_on(date(2026, 7, 25)), SubscriptionState::Grace);
}

#[test]
fn the_rest_of_the_month_in_which_a_trial_ends_costs_nothing() {
    let mut subscription = samples::subscription("standard", Some("ZAR"));
    subscription.trial_until = Some(date(2026, 4, 2));
    assert_eq!(subscription.months_to_bill(date(2026, 6, 1)), ["2026-05".parse().unwrap()]);
}

#[test]
fn a_month_without_members_is_billed_with_nothing_and_needs_no_payment() {
    let mut subscription = samples::subscription("standard", Some("ZAR"));
    let billed = run(&mut subscription, date(2026, 5, 1), 0, 0);
    assert_eq!(billed, ["2026-05-01: 0.00 ZAR for 2026-04 until 2026-05-15"]);
    assert_eq!(run(&mut subscription, date(2026, 5, 31), 0, 0), Vec::<String>::new());
    assert_eq!(subscription.deadline(), None);
}

#[test]
fn the_last_minor_unit_of_the_largest_bill_is_exact() {
    let count = MemberCount { acted: u32::MAX, set_active: 0 };
    let price = samples::money(1_000_000_000, "ZAR");
    let month = "2026-04".parse().unwrap();
    let billed = Billed { month, plan: "standard".into(), price, count };
    let bill = invoice(TENANT, &billed, date(2026, 5, 1));
    assert_eq!(bill.total.amount_minor, 4_294_967_295_000_000_000);
    assert_eq!(bill.lines[0].amount_minor, bill.total.amount_minor);
    assert_eq!(bill.invoice, invoice(TENANT, &billed, date(2026, 6, 1)).invoice);
}

#[test]
fn what_was_not_counted_is_billed_by_a_later_run() {
    let subscription = samples::subscription("standard", Some("ZAR"));
    let nothing = KeepTerms { today: date(2026, 5, 1), billed: Vec::new() };
    assert_eq!(decide(&subscription, &nothing), Ok(vec![]));
}

#[test]
fn a_thaw_that_was_missed_is_made_up_for() {
    let mut subscription = samples::subscription("trial", None);
    live(&mut subscription, date(2026, 3, 2), date(2026, 4, 11));
    let (plan, currency) = ("standard".to_owned(), "ZAR".to_owned());
    let from = date(2026, 4, 12);
    subscription.evolve(&PlanChosen { tenant: TENANT, plan, currency, from }.into());
    assert_eq!(run(&mut subscription, date(2026, 4, 13), 1, 1), ["2026-04-13: thawed"]);
    assert!(subscription.reminded.contains(&(Step::TrialEnded, date(2026, 3, 31))));
}

#[test]
fn who_has_no_subscription_has_no_terms() {
    let command = KeepTerms { today: date(2026, 5, 1), billed: Vec::new() };
    assert_eq!(decide(&Subscription::default(), &command), Err(Refusal::NoSubscription));
}
