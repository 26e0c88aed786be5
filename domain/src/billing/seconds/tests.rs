//! The ledger by example: where seconds go, and which histories it refuses.

use super::*;
use crate::billing::credit_invoice::{self, CreditPart, CreditWhat};
use crate::billing::samples::{credit, credit_note, draft_of, issue, void};
use crate::billing::void_invoice;
use crate::billing::{Invoice, InvoiceDrafted, InvoiceVoided, issue_invoice};
use crate::time::samples::{entry_id, invoice};

const ENTRIES: [(u128, &str, i64); 2] = [(1, "2026-01-07", 3600), (2, "2026-01-08", 1800)];

/// Two entries of an hour and a half, drafted.
fn drafted() -> (SecondsLedger, Invoice) {
    let mut ledger = SecondsLedger::default();
    for (n, _, seconds) in ENTRIES {
        ledger.billable(entry_id(n), Some(seconds)).expect("free");
    }
    let state = draft_of(&ENTRIES);
    ledger.apply(&event_of(&state).into()).expect("drafted");
    (ledger, state)
}

fn event_of(state: &Invoice) -> InvoiceDrafted {
    let drafted = state.drafted.as_ref().expect("drafted");
    InvoiceDrafted {
        invoice: drafted.invoice,
        client: drafted.client,
        from: drafted.from,
        to: drafted.to,
        group_by: drafted.group_by,
        currency: drafted.currency.clone(),
        entries: drafted.entries.clone(),
    }
}

fn issued() -> (SecondsLedger, Invoice) {
    let (mut ledger, mut state) = drafted();
    let event = issue_invoice::decide(&state, issue(1, 1, &state)).expect("issued").into();
    ledger.apply(&event).expect("issued");
    state.evolve(&event);
    (ledger, state)
}

fn credited(what: CreditWhat, fate: Fate) -> SecondsLedger {
    let (mut ledger, state) = issued();
    let event = credit_invoice::decide(&state, credit(1, 1, what, fate)).expect("credited");
    ledger.apply(&event.into()).expect("credited");
    ledger
}

#[test]
fn a_draft_reserves_an_issue_bills_and_a_void_gives_back() {
    let (mut ledger, state) = drafted();
    let reserved = EntrySeconds { reserved: 3600, ..EntrySeconds::default() };
    assert_eq!(ledger.entry(entry_id(1)), reserved);
    let voided = void_invoice::decide(&state, void());
    ledger.apply(&voided.expect("voided").into()).expect("given back");
    assert_eq!(ledger.entry(entry_id(1)).unbilled, 3600);
    let (mut ledger, state) = issued();
    assert_eq!(ledger.entry(entry_id(2)).billed, 1800);
    let voided = void_invoice::decide(&state, void());
    ledger.apply(&voided.expect("voided").into()).expect("given back");
    assert_eq!(ledger.entry(entry_id(2)).unbilled, 1800);
}

#[test]
fn m15_part_of_an_entry_that_is_credited_is_free_as_a_lot_of_its_own() {
    let what = CreditWhat::Lines(vec![(1, CreditPart::Seconds(1200))]);
    let mut ledger = credited(what, Fate::Unbilled);
    let expected = EntrySeconds { billed: 2400, credited: 1200, ..EntrySeconds::default() };
    assert_eq!(ledger.entry(entry_id(1)), expected);
    let freed = Lot { entry: entry_id(1), freed_by: Some(credit_note(1)) };
    assert_eq!(ledger.free(entry_id(1)), [(freed, 1200)]);
    assert_eq!(ledger.free(entry_id(2)), []);
    let changed = ledger.billable(entry_id(1), Some(60));
    assert_eq!(changed, Err(LedgerBroken::Changed(entry_id(1))));
}

#[test]
fn an_entry_that_is_credited_as_a_whole_is_free_as_it_was() {
    let mut ledger = credited(CreditWhat::Everything, Fate::Unbilled);
    assert_eq!(ledger.entry(entry_id(1)).credited, 3600);
    assert_eq!(ledger.free(entry_id(1)), [(Lot::whole(entry_id(1)), 3600)]);
    assert_eq!(ledger.billable(entry_id(1), Some(60)), Ok(()));
}

#[test]
fn what_is_written_off_is_never_free_again() {
    let ledger = credited(CreditWhat::Everything, Fate::WrittenOff);
    let gone = EntrySeconds { written_off: 3600, ..EntrySeconds::default() };
    assert_eq!(ledger.entry(entry_id(1)), gone);
    assert_eq!(ledger.free(entry_id(1)), []);
}

#[test]
fn a_history_in_which_a_second_is_in_two_places_or_none_is_refused() {
    let (mut ledger, state) = drafted();
    let again = InvoiceDrafted { invoice: invoice(2), ..event_of(&state) };
    let lot = Lot::whole(entry_id(1));
    assert_eq!(ledger.apply(&again.into()), Err(LedgerBroken::NotFree(lot)));
    let command = credit(1, 1, CreditWhat::Everything, Fate::Unbilled);
    let event = credit_invoice::decide(&issued().1, command).expect("credited");
    assert_eq!(ledger.apply(&event.into()), Err(LedgerBroken::NotHeld(lot)));
    let mut fewer = event_of(&state);
    fewer.entries[0].seconds = 60;
    let mut free = SecondsLedger::default();
    free.billable(entry_id(1), Some(3600)).expect("free");
    assert_eq!(free.apply(&fewer.into()), Err(LedgerBroken::OtherSeconds(lot)));
    let other = InvoiceVoided {
        invoice: invoice(2),
        client: state.drafted.expect("drafted").client,
        entries: Vec::new(),
        freed: Vec::new(),
        reason: None,
        on: None,
    };
    assert_eq!(ledger.apply(&other.into()), Ok(()));
    assert_eq!(ledger.entry(entry_id(1)).reserved, 3600);
}
