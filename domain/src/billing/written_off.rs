//! What is written off stays written off: whatever was credited of an entry before it's corrected,
//! the correction takes back what is billed of it or may be billed again, and not a second more.

use proptest::prelude::*;

use super::credit_invoice::{self, CreditPart, CreditWhat};
use super::draft_invoice::candidates_of;
use super::samples::{client, credit, day, draft_facts, hourly, issue_at};
use super::seconds::SecondsLedger;
use super::{Fate, Invoice, InvoiceEvent, draft_invoice, issue_invoice};
use crate::time::Timesheet;
use crate::time::correct_time::{self, CorrectFacts, CorrectTime};
use crate::time::samples::{duration, entry_id, invoice, member_note, sheet_of};

proptest! {
    #[test]
    fn a_correction_leaves_nothing_of_an_entry_billed_and_takes_no_second_back_twice(
        seconds in 1..7200_i64,
        credits in prop::collection::vec((1..3000_i64, any::<bool>()), 0..5),
    ) {
        let entry = entry_id(1);
        let mut ledger = SecondsLedger::default();
        ledger.billable(entry, Some(seconds)).expect("new");
        let mut state = Invoice::default();
        let mut land = |state: &mut Invoice, event: InvoiceEvent| {
            ledger.apply(&event).expect("a sound history");
            state.evolve(&event);
        };
        let facts = draft_facts(&[(1, "2026-01-07", seconds)]);
        let command = super::samples::draft();
        let drafted = draft_invoice::decide(&state, &facts, &command).expect("drafted");
        land(&mut state, drafted.into());
        let command = issue_at(1, 1, &state, &hourly(3_600_000));
        let issued = issue_invoice::decide(&state, command).expect("issued");
        land(&mut state, issued.into());
        for (n, (part, off)) in (1..).zip(credits) {
            let fate = if off { Fate::WrittenOff } else { Fate::Unbilled };
            let what = CreditWhat::Lines(vec![(1, CreditPart::Seconds(part))]);
            // More than is left is refused, and changes nothing.
            if let Ok(event) = credit_invoice::decide(&state, credit(1, n, what, fate)) {
                land(&mut state, event.into());
            }
        }
        let drafted = state.drafted.as_ref().expect("drafted");
        let issued = drafted.issued.as_ref().expect("issued");
        let written_off_seconds = issued.written_off(entry);
        let places = ledger.entry(entry);
        prop_assert_eq!(written_off_seconds, places.written_off);

        let billing = Some(invoice(1));
        let facts = CorrectFacts { billing, written_off_seconds, ..CorrectFacts::default() };
        let command = CorrectTime {
            entry,
            reversal: entry_id(2),
            day: day("2026-02-03"),
            reason: member_note("was another's"),
            replacement: None,
        };
        let from = sheet_of(&[(1, duration("2026-01-07", seconds))]);
        let mut to = Timesheet::default();
        let (reversed, _) =
            correct_time::decide(&from, &to, &facts, command).expect("corrected");
        prop_assert_eq!(reversed.signed_seconds(), -seconds, "as worked, it's all taken back");
        let left = places.billed + places.credited + places.unbilled;
        prop_assert_eq!(left + reversed.billable_seconds(), 0);
        to.evolve(&reversed.into());
        let offered = candidates_of(&to, |_| Some(client(1)), |_| None);
        let offered: i64 = offered.iter().filter(|it| it.billable).map(|it| it.seconds).sum();
        prop_assert_eq!(offered, -left, "a bill gets just that");
    }
}
