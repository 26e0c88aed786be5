//! Balances by example and over any order of payments, reversals and credit notes.

use proptest::prelude::*;

use super::super::credit_invoice::{self, CreditPart, CreditWhat};
use super::super::record_payment::{self, Over, RecordPayment};
use super::super::reverse_payment::{self, ReversePayment};
use super::super::void_invoice::{self, VoidInvoice};
use super::super::{Fate, Invoice, InvoiceState, Issued};
use super::*;
use crate::billing::samples::{
    credit, credit_all, day, issued_with, issued_without_tax, pay_in_time, payment,
};
use crate::time::samples::invoice;

/// 100.00 without tax, less 2 % by the 10th of February, paid in time: 98.00.
fn paid_98() -> Invoice {
    let mut state = issued_without_tax(10_000, Some(("2", 10)));
    let event = pay_in_time(&state, 9800);
    state.evolve(&event);
    assert_eq!(balance(&state), 0);
    state
}

fn issued_of(state: &Invoice) -> &Issued {
    state.drafted.as_ref().expect("drafted").issued.as_ref().expect("issued")
}

fn balance(state: &Invoice) -> i64 {
    issued_of(state).balance_minor()
}

fn take(state: &mut Invoice, n: u32, net_minor: i64) {
    let what = CreditWhat::Lines(vec![(1, CreditPart::NetMinor(net_minor))]);
    let command = credit(1, n, what, Fate::Unbilled);
    state.evolve(&credit_invoice::decide(state, command).expect("credited").into());
}

fn reverse(state: &mut Invoice, n: u128, amount_minor: Option<i64>) -> Option<i64> {
    let (invoice, payment) = (invoice(1), payment(n));
    let on = day("2026-03-01");
    let command = ReversePayment { invoice, payment, amount_minor, on, reason: None };
    let event = reverse_payment::decide(state, command).expect("reversed");
    state.evolve(&event.clone().into());
    event.discount_minor
}

fn pay(state: &mut Invoice, n: u128, amount_minor: i64) -> Option<i64> {
    let on = day("2026-02-05");
    let (invoice, payment, over) = (invoice(1), payment(n), Over::Keep);
    let command = RecordPayment { invoice, payment, amount_minor, on, over, reference: None };
    let events = record_payment::decide(state, command).expect("paid");
    events.iter().for_each(|event| state.evolve(event));
    events.iter().find_map(|event| match event {
        InvoiceEvent::InvoicePaid(event) => event.discount_minor,
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_credit_of_all_gives_back_what_came_in_and_not_the_discount() {
    let mut state = paid_98();
    state.evolve(&credit_all(&state).into());
    assert_eq!((balance(&state), issued_of(&state).paid_minor()), (-9800, 9800));
    reverse(&mut state, 1, None);
    assert_eq!(balance(&state), 0);
}

#[test]
fn a_credit_of_half_gives_back_half_of_what_came_in() {
    let mut state = paid_98();
    take(&mut state, 1, 5000);
    assert_eq!(balance(&state), -4900);
    // Its own half going back to the client does not cost it the other half's discount.
    assert_eq!(reverse(&mut state, 1, Some(4900)), None);
    assert_eq!(balance(&state), 0);
    // What is more does.
    assert_eq!(reverse(&mut state, 1, Some(1)), Some(200));
    assert_eq!(balance(&state), 101);
}

#[test]
fn small_credits_one_after_the_other_leave_no_cent_of_the_discount() {
    let mut state = paid_98();
    for (n, left) in (1..=3).zip([-3266, -6533, -9800]) {
        take(&mut state, n, if n == 3 { 3334 } else { 3333 });
        assert_eq!(balance(&state), left, "after {n}");
    }
    assert_eq!(issued_of(&state).balance.discount_left_minor(), 0);
}

#[test]
fn a_discount_after_a_credit_is_on_what_is_left_and_is_granted_once() {
    let mut state = issued_without_tax(10_000, Some(("2", 10)));
    take(&mut state, 1, 5000);
    assert_eq!(pay(&mut state, 1, 4900), Some(100));
    assert_eq!(balance(&state), 0);
    take(&mut state, 2, 2500);
    assert_eq!(balance(&state), -2450);
    // In two parts: the first bounces, and its money alone is due again.
    let mut state = issued_without_tax(10_000, Some(("2", 10)));
    assert_eq!((pay(&mut state, 1, 1800), pay(&mut state, 2, 8000)), (None, Some(200)));
    reverse(&mut state, 1, None);
    assert_eq!(balance(&state), 1800);
    assert_eq!(pay(&mut state, 3, 1600), None);
    assert_eq!(balance(&state), 200);
}

#[test]
fn a_payment_that_goes_back_takes_its_discount_before_and_after_a_credit() {
    let mut state = paid_98();
    assert_eq!(reverse(&mut state, 1, None), Some(200));
    assert_eq!(balance(&state), 10_000);
    take(&mut state, 1, 5000);
    assert_eq!(balance(&state), 5000);
    let mut state = paid_98();
    take(&mut state, 1, 5000);
    assert_eq!(reverse(&mut state, 1, None), Some(200));
    assert_eq!((balance(&state), issued_of(&state).paid_minor()), (5000, 0));
}

#[test]
fn nobody_owes_a_void_invoice() {
    let mut state = issued_with(100_000, Some(("2.5", 10)));
    let command = VoidInvoice { invoice: invoice(1), reason: None, on: day("2026-02-03") };
    let event = void_invoice::decide(&state, command).expect("voided");
    assert_eq!(balance(&state), 115_000);
    let mut sums = issued_of(&state).balance;
    let effect = sums.take(&event.clone().into());
    assert_eq!(effect, BalanceEffect { due_minor: -115_000, ..BalanceEffect::default() });
    state.evolve(&event.into());
    assert_eq!((balance(&state), sums), (0, InvoiceBalance::default()));
    assert_eq!(issued_of(&state).balance, sums);
}

#[test]
fn an_event_says_what_of_its_effect_is_money_and_what_discount() {
    let state = paid_98();
    let mut sums = issued_of(&state).balance;
    let effect = sums.take(&credit_all(&state).into());
    let expected = BalanceEffect { due_minor: -9800, cash_minor: 0, discount_minor: -200 };
    assert_eq!(effect, expected);
}

proptest! {
    #[test]
    fn nothing_is_the_clients_that_did_not_come_in(
        steps in prop::collection::vec((0_u8..3, 1_i64..6000), 1..12),
        percent in 1_u8..40,
    ) {
        let percent = percent.to_string();
        let mut state = issued_without_tax(10_000, Some((&percent, 10)));
        for (n, (what, minor)) in (1..).zip(steps) {
            let issued = issued_of(&state).clone();
            if state.drafted.as_ref().expect("drafted").state == InvoiceState::Void {
                break;
            }
            match what {
                0 => {
                    let prompt = issued.sealed.prompt_payment.expect("it's offered");
                    let due = issued.balance_minor().max(0);
                    // Half of the payments are all that is to pay in time.
                    let exact = due - prompt.percent.of(10_000 - issued.credited_minor());
                    let amount = if minor % 2 == 0 && exact > 0 { exact } else { minor };
                    pay(&mut state, n, amount);
                }
                1 => {
                    let left = issued.left_net(&issued.sealed.lines[0]);
                    if left > 0 {
                        take(&mut state, u32::try_from(n).expect("few"), minor.min(left));
                    }
                }
                _ => {
                    let last = issued.payments.iter().rev().find(|it| it.kept_minor() > 0);
                    if let Some(payment) = last {
                        let amount = minor.min(payment.kept_minor());
                        reverse(&mut state, payment.payment.0.as_u128(), Some(amount));
                    }
                }
            }
            let issued = issued_of(&state);
            let sums = issued.balance;
            prop_assert!(issued.balance_minor() >= -sums.paid_minor, "{sums:?}");
            let kept: i64 = issued.payments.iter().map(|it| it.kept_minor()).sum();
            prop_assert_eq!(sums.paid_minor, kept);
            prop_assert!((0..=sums.discount_minor).contains(&sums.discount_left_minor()));
            if issued.credited_minor() == 10_000 {
                prop_assert_eq!(issued.balance_minor(), -sums.paid_minor);
            }
        }
    }
}
