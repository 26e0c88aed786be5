//! Payments, whole or in part. Who pays all that is left by the day that is on the invoice has its
//! discount. What is more than is due is kept as the client's, unless that was not wanted.

use jiff::civil::Date;

use super::prompt_payment::tax_within;
use super::{Invoice, InvoiceEvent, InvoicePaid, Issued, Refusal};
use crate::id::{InvoiceId, PaymentId};
use crate::personal::Personal;

/// What becomes of money beyond what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It's the client's: the balance goes below zero by it.
    Keep,
    /// The payment is refused.
    Refuse,
}

/// Notes that money came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPayment {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The payment.
    pub payment: PaymentId,
    /// How much, in minor units of the invoice's currency.
    pub amount_minor: i64,
    /// The day it came in.
    pub on: Date,
    /// What becomes of money beyond what is due.
    pub over: Over,
    /// What the bank statement says.
    pub reference: Option<Personal<String>>,
}

/// What a payment leads to: nothing where the same payment was recorded already. An invoice that
/// was all credited takes none.
pub fn decide(invoice: &Invoice, command: RecordPayment) -> Result<Vec<InvoiceEvent>, Refusal> {
    let RecordPayment { invoice: id, payment, amount_minor, on, over, reference } = command;
    let (drafted, issued) = invoice.issued(id)?;
    if let Some(known) = issued.payments.iter().find(|it| it.payment == payment) {
        let same = known.amount_minor == amount_minor;
        return if same { Ok(Vec::new()) } else { Err(Refusal::PaymentExists { payment }) };
    }
    if amount_minor <= 0 {
        return Err(Refusal::AmountNotPositive);
    }
    if amount_minor > super::totals::AMOUNT_MINOR_MAX / 4 {
        return Err(Refusal::AmountTooLarge);
    }
    let balance_minor = issued.balance_minor();
    let discount = discount(issued, amount_minor, on);
    let over_minor = (amount_minor - balance_minor.max(0)).max(0);
    if over_minor > 0 && over == Over::Refuse {
        return Err(Refusal::Overpaid { balance_minor });
    }
    Ok(vec![
        InvoicePaid {
            invoice: id,
            client: drafted.client,
            payment,
            amount_minor,
            discount_minor: discount.map(|(amount, _)| amount),
            discount_tax_minor: discount.map(|(_, tax)| tax),
            over_minor: (over_minor > 0).then_some(over_minor),
            on,
            reference,
        }
        .into(),
    ])
}

/// The discount for paying soon and the tax in it: where the payment is in time and is, with what
/// was paid before, all that is due less the discount on that.
fn discount(issued: &Issued, amount_minor: i64, on: Date) -> Option<(i64, i64)> {
    let prompt = issued.sealed.prompt_payment.filter(|prompt| on <= prompt.until)?;
    // It's granted once: what stands of it is in the balance already.
    if issued.balance.discount_minor != 0 {
        return None;
    }
    let due = issued.sealed.totals.payable_minor - issued.credited_minor();
    let discount_minor = match issued.credits[..] {
        [] => prompt.discount_minor,
        [..] => prompt.percent.of(due),
    };
    let left = issued.balance_minor() - discount_minor;
    let taken = amount_minor == left && discount_minor > 0;
    taken.then(|| (discount_minor, tax_within(discount_minor, &issued.sealed.taxes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{credit_all, day, drafted, issued_with, payment};
    use crate::billing::{InvoiceState, Settlement};
    use crate::time::samples::invoice;

    fn pay(n: u128, amount_minor: i64) -> RecordPayment {
        RecordPayment {
            invoice: invoice(1),
            payment: payment(n),
            amount_minor,
            on: day("2026-02-20"),
            over: Over::Keep,
            reference: None,
        }
    }

    fn paid(state: &mut Invoice, command: RecordPayment) -> InvoicePaid {
        let events = decide(state, command).expect("paid");
        events.iter().for_each(|event| state.evolve(event));
        let [InvoiceEvent::InvoicePaid(event)] = &events[..] else { panic!("one event") };
        event.clone()
    }

    fn standing(state: &Invoice) -> (i64, Settlement, InvoiceState) {
        let drafted = state.drafted.as_ref().unwrap();
        let issued = drafted.issued.as_ref().unwrap();
        (issued.balance_minor(), issued.settlement(), drafted.state)
    }

    #[test]
    fn m29_part_payments_lower_the_balance_until_nothing_is_due() {
        // 1150.00 - 400.00 - 400.00 - 350.00 = 0.
        let mut state = issued_with(100_000, None);
        let steps = [
            (40_000, (75_000, Settlement::Part, InvoiceState::Issued)),
            (40_000, (35_000, Settlement::Part, InvoiceState::Issued)),
            (35_000, (0, Settlement::Paid, InvoiceState::Paid)),
        ];
        assert_eq!(standing(&state), (115_000, Settlement::Open, InvoiceState::Issued));
        for (n, (amount, expected)) in (1..).zip(steps) {
            paid(&mut state, pay(n, amount));
            assert_eq!(standing(&state), expected);
        }
    }

    #[test]
    fn more_than_is_due_is_the_clients_or_refused() {
        let mut state = issued_with(100_000, None);
        let refused = decide(&state, RecordPayment { over: Over::Refuse, ..pay(1, 115_001) });
        assert_eq!(refused, Err(Refusal::Overpaid { balance_minor: 115_000 }));
        assert_eq!(paid(&mut state, pay(1, 120_000)).over_minor, Some(5000));
        assert_eq!(standing(&state), (-5000, Settlement::Over, InvoiceState::Paid));
        assert_eq!(paid(&mut state, pay(2, 10)).over_minor, Some(10));
    }

    #[test]
    fn m13_who_pays_in_time_less_the_discount_has_paid_all() {
        let mut state = issued_with(100_000, Some(("2.5", 10)));
        let event = paid(&mut state, RecordPayment { on: day("2026-02-10"), ..pay(1, 112_125) });
        assert_eq!((event.discount_minor, event.discount_tax_minor), (Some(2875), Some(375)));
        assert_eq!(standing(&state), (0, Settlement::Paid, InvoiceState::Paid));
    }

    #[test]
    fn a_day_late_or_a_cent_off_there_is_no_discount() {
        for (on, amount) in [("2026-02-11", 112_125), ("2026-02-10", 112_124)] {
            let mut state = issued_with(100_000, Some(("2.5", 10)));
            let event = paid(&mut state, RecordPayment { on: day(on), ..pay(1, amount) });
            assert_eq!(event.discount_minor, None);
            assert_eq!(standing(&state).0, 115_000 - amount);
        }
    }

    #[test]
    fn in_parts_the_last_one_in_time_has_the_discount() {
        let mut state = issued_with(100_000, Some(("2.5", 10)));
        let in_time = |n, amount| RecordPayment { on: day("2026-02-09"), ..pay(n, amount) };
        assert_eq!(paid(&mut state, in_time(1, 12_125)).discount_minor, None);
        assert_eq!(paid(&mut state, in_time(2, 100_000)).discount_minor, Some(2875));
        assert_eq!(standing(&state).0, 0);
    }

    #[test]
    fn the_same_payment_twice_is_one_and_another_under_its_id_is_refused() {
        let mut state = issued_with(100_000, None);
        paid(&mut state, pay(1, 400));
        assert_eq!(decide(&state, pay(1, 400)), Ok(vec![]));
        let other = decide(&state, pay(1, 500));
        assert_eq!(other, Err(Refusal::PaymentExists { payment: payment(1) }));
    }

    #[test]
    fn nothing_negative_amounts_drafts_and_what_was_credited_take_no_money() {
        let state = issued_with(100_000, None);
        for amount in [0, -1] {
            assert_eq!(decide(&state, pay(1, amount)), Err(Refusal::AmountNotPositive));
        }
        let huge = decide(&state, pay(1, i64::MAX));
        assert_eq!(huge, Err(Refusal::AmountTooLarge));
        let code = |state: &Invoice| decide(state, pay(1, 100)).map_err(|it| it.code());
        assert_eq!(code(&drafted()), Err("billing.not_issued"));
        let mut credited = state;
        credited.evolve(&credit_all(&credited).into());
        assert_eq!(code(&credited), Err("billing.not_issued"));
    }
}
