//! Credit notes by example: what they take, what they say, and what is refused.

use super::*;
use crate::billing::draft_terms::{DraftDiscount, DraftTerms};
use crate::billing::exchange::{ExchangeRate, StatedRate};
use crate::billing::samples::{
    credit, credit_all, credit_number, day, draft_of, hourly, issue_at, issued, issued_from,
    issued_with, percent, with_terms,
};
use crate::billing::{FreedSeconds, InvoiceEvent};
use crate::billing::{InvoiceState, Settlement, invoice_stream};
use crate::catalogue::rates::Rate;
use crate::log::{ClaimChange, ClaimKey, claims_of};
use crate::time::samples::{entry_id, invoice};

fn lines(parts: &[(u32, CreditPart)]) -> CreditWhat {
    CreditWhat::Lines(parts.to_vec())
}

fn credited(state: &mut Invoice, n: u32, what: CreditWhat) -> CreditNoteIssued {
    let event = decide(state, credit(1, n, what, Fate::Unbilled)).expect("credited");
    state.evolve(&event.clone().into());
    event
}

fn refused(state: &Invoice, what: CreditWhat) -> Refusal {
    decide(state, credit(1, 1, what, Fate::Unbilled)).expect_err("refused")
}

fn issued_of(state: &Invoice) -> &Issued {
    state.drafted.as_ref().expect("drafted").issued.as_ref().expect("issued")
}

/// Three hours at 1.10: 3.30 and 0.50 of tax, in three entries of one line.
fn three_hours() -> Invoice {
    let hours = [(1, "2026-01-07", 3600), (2, "2026-01-08", 3600), (3, "2026-01-09", 3600)];
    let state = draft_of(&hours);
    let command = issue_at(1, 1, &state, &hourly(110));
    issued_from(state, command)
}

#[test]
fn m15_three_partial_credits_add_up_to_the_invoice() {
    let mut state = three_hours();
    let totals = issued_of(&state).sealed.totals;
    assert_eq!((totals.net_minor, totals.tax_minor), (330, 50));
    // 1.10 x 0.15 = 0.165 -> 0.17, twice; 0.50 - 0.17 - 0.17 = 0.16.
    let taxes = [1, 2, 3].map(|n| {
        let event = credited(&mut state, n, lines(&[(1, CreditPart::Seconds(3600))]));
        event.sealed.totals.tax_minor
    });
    assert_eq!(taxes, [17, 17, 16]);
    let issued = issued_of(&state);
    assert_eq!((issued.balance_minor(), issued.settlement()), (0, Settlement::Credited));
    assert_eq!(state.drafted.as_ref().unwrap().state, InvoiceState::Void);
    assert_eq!(issued.sealed.totals, totals, "what was sealed stays");
}

#[test]
fn a_part_costs_its_share_of_what_is_left_and_no_more_is_freed_than_the_line_nets() {
    let mut state = three_hours();
    credited(&mut state, 1, lines(&[(1, CreditPart::NetMinor(200))]));
    // 1.30 is left of three hours: 1.30 / 3 = 0.43.
    let event = credited(&mut state, 2, lines(&[(1, CreditPart::Seconds(3600))]));
    assert_eq!(event.sealed.totals.net_minor, 43);
    // An hour of which half was taken back again nets half an hour, and that is what can go.
    let state = draft_of(&[(1, "2026-01-07", 3600), (2, "2026-01-07", -1800)]);
    let command = issue_at(1, 1, &state, &hourly(1000));
    let state = issued_from(state, command);
    let hour = CreditPart::Entries(vec![(Lot { entry: entry_id(1), freed_by: None }, 3600)]);
    assert_eq!(refused(&state, lines(&[(1, hour)])), Refusal::OverCredited { line: 1 });
    let least = CreditPart::Seconds(i64::MIN);
    assert_eq!(refused(&state, lines(&[(1, least)])), Refusal::OverCredited { line: 1 });
}

#[test]
fn a_credit_of_all_says_what_the_invoice_says_under_a_number_of_its_own() {
    let terms = DraftTerms {
        discounts: vec![DraftDiscount {
            reduction: Reduction::Percent(percent("7")),
            reason: None,
        }],
        ..DraftTerms::default()
    };
    let state = with_terms(draft_of(&[(1, "2026-01-07", 26_400)]), terms);
    let command = issue_at(1, 1, &state, &hourly(125_000));
    let state = issued_from(state, command);
    let note = credit_all(&state).sealed;
    let invoice = &issued_of(&state).sealed;
    assert_eq!((note.document, &*note.number), (DocumentKind::CreditNote, "CN-2026-00001"));
    assert_eq!((&note.lines, &note.allowances), (&invoice.lines, &invoice.allowances));
    assert_eq!((&note.taxes, note.totals), (&invoice.taxes, invoice.totals));
    let credits = note.references.credits.expect("it names its invoice");
    assert_eq!((&*credits.number, credits.issued_on), ("INV-2026-00001", invoice.issued_on));
    assert_eq!(credits.reason.get().map(String::as_str), Some("Agreed"));
}

#[test]
fn parts_take_their_share_of_a_discount_and_the_last_takes_the_rest() {
    let terms = DraftTerms {
        discounts: vec![DraftDiscount { reduction: Reduction::AmountMinor(100), reason: None }],
        ..DraftTerms::default()
    };
    let state = with_terms(draft_of(&[(1, "2026-01-07", 3600), (2, "2026-01-08", 7200)]), terms);
    let command = issue_at(1, 1, &state, &hourly(1000));
    let mut state = issued_from(state, command);
    // 30.00 less 1.00 are 29.00 and 4.35 of tax. A third: 10.00 less 0.33, and 1.4505 of tax.
    let first = credited(&mut state, 1, lines(&[(1, CreditPart::Seconds(3600))])).sealed.totals;
    assert_eq!((first.lines_minor, first.allowance_minor, first.tax_minor), (1000, 33, 145));
    let last = credited(&mut state, 2, CreditWhat::Everything).sealed.totals;
    assert_eq!((last.lines_minor, last.allowance_minor, last.tax_minor), (2000, 67, 290));
    assert_eq!(issued_of(&state).balance_minor(), 0);
}

#[test]
fn parts_in_a_foreign_currency_add_up_in_the_firms_own_too() {
    let rate = ExchangeRate::parse("18.4512").expect("a rate");
    let stated = StatedRate { rate, on: day("2026-01-30"), source: "SARB".into() };
    let hours = [(1, "2026-01-07", 3600), (2, "2026-01-08", 3600), (3, "2026-01-09", 3600)];
    let terms = DraftTerms { exchange: Some(stated), ..DraftTerms::default() };
    let mut state = with_terms(draft_of(&hours), terms);
    state.drafted.as_mut().unwrap().currency = "EUR".into();
    let euro = Rate { currency: "EUR".into(), ..hourly(110) };
    let command = issue_at(1, 1, &state, &euro);
    let mut state = issued_from(state, command);
    // 3.30 and 0.50 of tax are 70.11 rand, 9.23 of it tax.
    let own = issued_of(&state).sealed.exchange.clone().expect("stated");
    assert_eq!((own.tax_minor, own.gross_minor), (923, 7011));
    let parts = [1, 2, 3].map(|n| {
        let event = credited(&mut state, n, lines(&[(1, CreditPart::Seconds(3600))]));
        let own = event.sealed.exchange.expect("it's shown again");
        (own.tax_minor, own.gross_minor)
    });
    assert_eq!(parts.map(|(tax, _)| tax).iter().sum::<i64>(), 923);
    assert_eq!(parts.map(|(_, gross)| gross).iter().sum::<i64>(), 7011);
}

#[test]
fn a_lower_price_takes_money_and_no_seconds() {
    let mut state = issued_with(100_000, None);
    let event = credited(&mut state, 1, lines(&[(1, CreditPart::NetMinor(20_000))]));
    assert_eq!((event.moved.len(), event.sealed.totals.gross_minor), (0, 23_000));
    let line = &event.sealed.lines[0];
    assert_eq!((&*line.quantity, line.unit_price_minor, line.seconds), ("1.0000", 20_000, 0));
    let rest = credited(&mut state, 2, CreditWhat::Everything);
    assert_eq!((rest.moved.len(), rest.sealed.totals.gross_minor), (1, 92_000));
    assert!(rest.moved[0].whole);
}

#[test]
fn seconds_come_from_the_first_entries_or_from_those_that_are_named() {
    let mut state = three_hours();
    let first = credited(&mut state, 1, lines(&[(1, CreditPart::Seconds(4000))]));
    let taken: Vec<_> =
        first.moved.iter().map(|it| (it.lot.entry, it.seconds, it.left, it.whole)).collect();
    assert_eq!(taken, [(entry_id(1), 3600, 0, true), (entry_id(2), 400, 3200, false)]);
    let named = CreditPart::Entries(vec![(Lot::whole(entry_id(3)), 600)]);
    let second = credited(&mut state, 2, lines(&[(1, named)]));
    assert_eq!((second.moved[0].lot.entry, second.moved[0].left), (entry_id(3), 3000));
    assert_eq!(second.sealed.lines[0].quantity, "0.1667");
    let freed: Vec<_> = issued_of(&state).freed().into_iter().collect();
    let lot = |n, by: &CreditNoteIssued| Lot { entry: entry_id(n), freed_by: Some(by.credit_note) };
    let part = |seconds| FreedSeconds { seconds, billed_seconds: Some(seconds) };
    assert_eq!(freed, [(lot(2, &first), part(400)), (lot(3, &second), part(600))]);
}

#[test]
fn the_claim_on_a_whole_entry_goes_and_that_on_a_part_is_kept_as_split() {
    let mut state = three_hours();
    let stream = invoice_stream(invoice(1));
    let event = credited(&mut state, 1, lines(&[(1, CreditPart::Seconds(4000))]));
    let [one, two] = [1, 2].map(|n| ClaimKey::lot(Lot::whole(entry_id(n))));
    let expected = [
        ClaimChange::Release { key: one },
        ClaimChange::Release { key: two.clone() },
        ClaimChange::Take { key: two, holder: stream, value: "split:3200".into() },
    ];
    assert_eq!(claims_of(stream, &InvoiceEvent::from(event).into()), expected);
    let rest = decide(&state, credit(1, 2, CreditWhat::Everything, Fate::WrittenOff)).unwrap();
    assert_eq!(claims_of(stream, &InvoiceEvent::from(rest).into()), []);
}

#[test]
fn more_than_is_left_the_other_sign_and_what_is_not_there_is_refused() {
    let mut state = three_hours();
    credited(&mut state, 9, lines(&[(1, CreditPart::Seconds(3600))]));
    let over = Refusal::OverCredited { line: 1 };
    let entry = |n, seconds| CreditPart::Entries(vec![(Lot::whole(entry_id(n)), seconds)]);
    for part in [
        CreditPart::Seconds(7201),
        CreditPart::Seconds(-60),
        CreditPart::Seconds(0),
        CreditPart::NetMinor(221),
        CreditPart::NetMinor(-1),
        entry(1, 60),
        entry(2, 3601),
        entry(2, -60),
        CreditPart::Entries(vec![(Lot::whole(entry_id(2)), 60); 2]),
    ] {
        assert_eq!(refused(&state, lines(&[(1, part.clone())])), over, "{part:?}");
    }
    let unknown = refused(&state, lines(&[(2, CreditPart::Whole)]));
    assert_eq!(unknown, Refusal::LineUnknown { line: 2 });
    let twice = refused(&state, lines(&[(1, CreditPart::Whole), (1, CreditPart::Whole)]));
    assert_eq!(twice, Refusal::LineTwice { line: 1 });
    assert_eq!(refused(&state, lines(&[])), Refusal::NothingToCredit);
}

#[test]
fn what_was_all_credited_is_credited_no_more() {
    let mut state = issued();
    let event = credit_all(&state);
    state.evolve(&event.clone().into());
    let refusal = refused(&state, CreditWhat::Everything);
    assert_eq!(refusal, Refusal::NotIssued { invoice: invoice(1), state: InvoiceState::Void });
}

#[test]
fn an_id_or_a_number_of_another_document_and_a_day_before_the_invoice_are_refused() {
    let mut state = three_hours();
    let part = || lines(&[(1, CreditPart::Seconds(60))]);
    let sound = credit(1, 1, part(), Fate::Unbilled);
    let other = credit_number(1, sound.credit_note, 2);
    let command = CreditInvoice { number: other, ..sound.clone() };
    assert_eq!(decide(&state, command), Err(Refusal::WrongSeries));
    let mut early = sound.clone();
    early.facts.issued_on = day("2026-01-30");
    assert_eq!(decide(&state, early).expect_err("early").code(), "billing.before_issue");
    credited(&mut state, 1, part());
    let again = decide(&state, sound.clone());
    assert_eq!(again, Err(Refusal::CreditNoteExists { credit_note: sound.credit_note }));
}

#[test]
fn lines_below_zero_are_credited_with_the_others() {
    // By entry: an hour, and half an hour that takes time back.
    let entries = [(1, "2026-01-07", 3600), (2, "2026-01-08", -1800)];
    let mut state = draft_of(&entries);
    state.drafted.as_mut().unwrap().group_by = crate::billing::GroupBy::Entry;
    let command = issue_at(1, 1, &state, &hourly(100_000));
    let state = issued_from(state, command);
    let [whole, part] = [1, 2].map(|n| lines(&[(n, CreditPart::Whole)]));
    assert_eq!(refused(&state, whole), Refusal::CreditTooLarge);
    assert_eq!(refused(&state, part), Refusal::CreditBelowZero);
    assert_eq!(credit_all(&state).sealed.totals.gross_minor, 57_500);
    let some = lines(&[(1, CreditPart::Seconds(1800)), (2, CreditPart::Seconds(-900))]);
    let event = decide(&state, credit(1, 1, some, Fate::Unbilled)).expect("credited");
    assert_eq!(event.sealed.totals.gross_minor, 28_750);
}
