//! Reversing a payment, or a part of it: it bounced, was meant for something else, or was paid
//! back. The payment stays on record beside what went back.

use jiff::civil::Date;

use super::{Invoice, PaymentReversed, Refusal};
use crate::id::{InvoiceId, PaymentId};
use crate::personal::Personal;

/// Notes that money went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversePayment {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The payment.
    pub payment: PaymentId,
    /// How much, in minor units; none = all that is left of it.
    pub amount_minor: Option<i64>,
    /// The day it went.
    pub on: Date,
    /// Why.
    pub reason: Option<Personal<String>>,
}

/// What reversing leads to. It's also done on an invoice that is void: what was paid for it goes
/// back.
pub fn decide(invoice: &Invoice, command: ReversePayment) -> Result<PaymentReversed, Refusal> {
    let ReversePayment { invoice: id, payment, amount_minor, on, reason } = command;
    let drafted = invoice.known(id)?;
    let issued = drafted.issued.as_ref().ok_or(Refusal::PaymentUnknown { payment })?;
    let known = issued.payments.iter().find(|it| it.payment == payment);
    let known = known.ok_or(Refusal::PaymentUnknown { payment })?;
    let left_minor = known.kept_minor();
    let amount_minor = amount_minor.unwrap_or(left_minor);
    if left_minor == 0 || amount_minor > left_minor {
        return Err(Refusal::ReversedTooMuch { left_minor });
    }
    if amount_minor <= 0 {
        return Err(Refusal::AmountNotPositive);
    }
    if on < known.on {
        return Err(Refusal::ReversedBeforePaid { paid_on: known.on });
    }
    // Giving back what is the client's does not cost it the discount; what leaves something due
    // does, and so does a payment of which nothing is left.
    let clients_minor = -issued.balance_minor().min(0);
    let lost = amount_minor > clients_minor || amount_minor == left_minor;
    let discount_minor = Some(known.discount_minor).filter(|it| lost && *it != 0);
    let client = drafted.client;
    Ok(PaymentReversed { invoice: id, client, payment, amount_minor, discount_minor, on, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::InvoiceState;
    use crate::billing::samples::{credit_all, day, drafted, issued_with, pay_in_time, payment};
    use crate::time::samples::invoice;

    fn reverse(amount_minor: Option<i64>) -> ReversePayment {
        let (invoice, payment) = (invoice(1), payment(1));
        ReversePayment { invoice, payment, amount_minor, on: day("2026-03-01"), reason: None }
    }

    fn balance(state: &Invoice) -> i64 {
        state.drafted.as_ref().unwrap().issued.as_ref().unwrap().balance_minor()
    }

    #[test]
    fn what_went_back_is_due_again_and_no_more_goes_back_than_came() {
        let mut state = issued_with(100_000, None);
        state.evolve(&pay_in_time(&state, 115_000));
        for (amount, left) in [(Some(15_000), 15_000), (None, 115_000)] {
            state.evolve(&decide(&state, reverse(amount)).expect("reversed").into());
            assert_eq!(balance(&state), left);
        }
        assert_eq!(state.drafted.as_ref().unwrap().state, InvoiceState::Issued);
        for amount in [None, Some(1)] {
            let refused = decide(&state, reverse(amount));
            assert_eq!(refused, Err(Refusal::ReversedTooMuch { left_minor: 0 }));
        }
    }

    #[test]
    fn with_any_part_the_discount_for_paying_soon_is_lost() {
        let mut state = issued_with(100_000, Some(("2.5", 10)));
        state.evolve(&pay_in_time(&state, 112_125));
        assert_eq!(balance(&state), 0);
        state.evolve(&decide(&state, reverse(Some(125))).expect("reversed").into());
        assert_eq!(balance(&state), 115_000 - 112_000);
    }

    #[test]
    fn what_was_paid_for_a_void_invoice_goes_back() {
        let mut state = issued_with(100_000, None);
        state.evolve(&pay_in_time(&state, 40_000));
        state.evolve(&credit_all(&state).into());
        assert_eq!(balance(&state), -40_000);
        state.evolve(&decide(&state, reverse(None)).expect("reversed").into());
        assert_eq!(balance(&state), 0);
        assert_eq!(state.drafted.as_ref().unwrap().state, InvoiceState::Void);
    }

    #[test]
    fn money_does_not_go_back_before_it_came() {
        let mut state = issued_with(100_000, None);
        state.evolve(&pay_in_time(&state, 40_000));
        let on = |text| ReversePayment { on: day(text), ..reverse(None) };
        let refusal = Refusal::ReversedBeforePaid { paid_on: day("2026-02-05") };
        assert_eq!(refusal.field(), Some("/on"));
        assert_eq!(decide(&state, on("2026-02-04")), Err(refusal));
        assert_eq!(decide(&state, on("2026-02-05")).map(|it| it.amount_minor), Ok(40_000));
    }

    #[test]
    fn nothing_less_than_nothing_and_unknown_payments_are_refused() {
        let mut state = issued_with(100_000, None);
        let unknown = Err(Refusal::PaymentUnknown { payment: payment(1) });
        assert_eq!(decide(&state, reverse(None)), unknown);
        assert_eq!(decide(&drafted(), reverse(None)), unknown);
        state.evolve(&pay_in_time(&state, 40_000));
        for amount in [0, -1] {
            let refused = decide(&state, reverse(Some(amount)));
            assert_eq!(refused, Err(Refusal::AmountNotPositive));
        }
    }
}
