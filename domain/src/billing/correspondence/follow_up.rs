//! When the firm is told that an invoice fell overdue, and when its client is reminded. It follows
//! from the day and from what was said before, so it may be asked late, twice, or after days on
//! which nobody asked: what was said once is not said again, and of reminders that were missed only
//! the last one goes out.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Correspondence, CorrespondenceEvent, InvoiceFellOverdue, InvoiceReminded};
use crate::billing::Invoice;
use crate::id::{InvoiceId, MemberId};
use crate::personal::Personal;

/// Looks whether it's time to say something about an invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Today, in the firm's zone.
    pub on: Date,
    /// How many days after the due day the client is reminded, in any order.
    pub days: Vec<u16>,
    /// Where the client is mailed; without an address nobody is reminded.
    pub to: Option<Personal<String>>,
    /// Who looks after the client.
    pub told: Vec<MemberId>,
}

/// What there is to say: nothing of what is no invoice, is paid, or is in dispute.
pub fn decide(
    said: &Correspondence,
    invoice: &Invoice,
    command: FollowUp,
) -> Vec<CorrespondenceEvent> {
    let FollowUp { invoice: id, on, days, to, told } = command;
    let Ok((drafted, issued)) = invoice.issued(id) else { return Vec::new() };
    let (due_on, balance_minor) = (issued.sealed.due_on, issued.balance_minor());
    if balance_minor <= 0 || on <= due_on || drafted.is_disputed() {
        return Vec::new();
    }
    let (client, currency) = (drafted.client, issued.sealed.currency.clone());
    let mut events = Vec::new();
    if said.overdue_since != Some(due_on) {
        let currency = currency.clone();
        let event =
            InvoiceFellOverdue { invoice: id, client, due_on, balance_minor, currency, told };
        events.push(event.into());
    }
    let has_come = |days: &u16| {
        let day = due_on.checked_add(i32::from(*days).days());
        day.is_ok_and(|day| day <= on)
    };
    // Only what went out reminds anybody.
    let last = days.into_iter().filter(has_come).max().filter(|_| issued.sent);
    if let (Some(days), Some(to)) = (last.filter(|it| Some(*it) > said.reminded), to) {
        let event =
            InvoiceReminded { invoice: id, client, days, on, due_on, balance_minor, currency, to };
        events.push(event.into());
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{day, dispute, issued, pay_in_time, personal};
    use crate::billing::{InvoiceSent, SentBy};
    use crate::time::samples::{invoice, member};
    use proptest::prelude::*;

    fn sent() -> Invoice {
        let mut state = issued();
        let client = state.drafted.as_ref().unwrap().client;
        let (credit_note, by) = (None, SentBy::Mail);
        let on = day("2026-02-01");
        let sent = InvoiceSent { invoice: invoice(1), client, credit_note, by, to: Vec::new(), on };
        state.evolve(&sent.into());
        state
    }

    fn due_on(state: &Invoice) -> Date {
        state.issued(invoice(1)).expect("issued").1.sealed.due_on
    }

    /// So many days after the due day.
    fn after(state: &Invoice, days: i64) -> FollowUp {
        FollowUp {
            invoice: invoice(1),
            on: due_on(state).checked_add(days.days()).expect("a day"),
            days: vec![14, 7, 30],
            to: Some(personal("nova@example.com")),
            told: vec![member(2)],
        }
    }

    /// What is said when it's asked on these days after the due day.
    fn said(state: &Invoice, days: &[i64]) -> Vec<(i64, Option<u16>)> {
        let (mut known, mut all) = (Correspondence::default(), Vec::new());
        for asked in days {
            for event in decide(&known, state, after(state, *asked)) {
                let CorrespondenceEvent::InvoiceReminded(reminded) = &event else {
                    all.push((*asked, None));
                    known.evolve(&event);
                    continue;
                };
                all.push((*asked, Some(reminded.days)));
                known.evolve(&event);
            }
        }
        all
    }

    #[test]
    fn the_firm_is_told_the_day_after_and_the_client_is_reminded_on_each_day_once() {
        let days: Vec<i64> = (-5..=60).collect();
        let expected = [(1, None), (7, Some(7)), (14, Some(14)), (30, Some(30))];
        assert_eq!(said(&sent(), &days), expected);
    }

    #[test]
    fn what_was_missed_is_said_once_when_it_is_asked_again() {
        assert_eq!(said(&sent(), &[20, 20, 21, 45]), [(20, None), (20, Some(14)), (45, Some(30))]);
    }

    #[test]
    fn nobody_is_reminded_of_what_is_paid_disputed_was_not_sent_or_has_no_address() {
        assert_eq!(said(&issued(), &[40]), [(40, None)], "it was not sent");
        let mut disputed = sent();
        disputed.evolve(&dispute(1).into());
        assert_eq!(said(&disputed, &[40]), []);
        let mut paid = sent();
        let due = paid.issued(invoice(1)).expect("issued").1.balance_minor();
        paid.evolve(&pay_in_time(&paid, due));
        assert_eq!(said(&paid, &[40]), []);
        let state = sent();
        let nowhere = FollowUp { to: None, ..after(&state, 40) };
        let events = decide(&Correspondence::default(), &state, nowhere);
        assert!(matches!(&events[..], [CorrespondenceEvent::InvoiceFellOverdue(_)]));
        assert_eq!(decide(&Correspondence::default(), &Invoice::default(), after(&state, 9)), []);
    }

    proptest! {
        #[test]
        fn however_often_and_late_it_is_asked_nothing_is_said_twice(
            mut days in prop::collection::vec(-5_i64..80, 0..30),
        ) {
            days.sort_unstable();
            let mut all: Vec<_> =
                said(&sent(), &days).into_iter().map(|(_, what)| what).collect();
            let last = days.last().copied().unwrap_or(-5);
            let due = [7_u16, 14, 30].into_iter().filter(|it| i64::from(*it) <= last).max();
            prop_assert_eq!(all.iter().flatten().max().copied(), due);
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(all.len(), count);
        }
    }
}
