//! The books agree: whatever happens to an invoice, its row, what is owed, what was billed of each
//! entry and what may be billed say the same as the invoice and the ledger of seconds.

mod as_of;

use std::collections::{BTreeMap, BTreeSet};

use domain::billing::account::MovementKind;
use domain::billing::credit_invoice::{CreditPart, CreditWhat};
use domain::billing::draft_invoice::{self, Candidate, DraftFacts, DraftInvoice};
use domain::billing::record_payment::{self, Over, RecordPayment};
use domain::billing::redraft_invoice::{self, RedraftInvoice};
use domain::billing::reverse_payment::{self, ReversePayment};
use domain::billing::seconds::SecondsLedger;
use domain::billing::void_invoice::{self, VoidInvoice};
use domain::billing::{
    Fate, FreedSeconds, GroupBy, Invoice, InvoiceEvent, InvoiceState, InvoiceVoided, Lot,
    invoice_stream,
};
use domain::id::{EntryId, InvoiceId, MemberId, PaymentId, ProjectId, StreamId, TaskId};
use domain::time::TimesheetApproved;
use jiff::civil::date;

use super::billed_entry::BilledEntry;
use super::credit_note::CreditNote;
use super::freed_by::key_of;
use super::invoice::Invoice as InvoiceModel;
use super::invoice_entry::InvoiceEntry;
use super::receivable::Receivable;
use super::unbilled::Unbilled;
use crate::tests::samples::{History, MONDAY, approved, id, recorded};
use crate::tests::story_of_invoices::{a_tenth_off, client, credited, issued, sent, state_of};
use crate::tests::{assert_declares_what_it_touches, rows_of};

const ENTRIES: u128 = 9;

fn seconds_of(entry: u128) -> u32 {
    61 + u32::try_from(entry * entry * 977 % 7000).expect("few")
}

/// Marsaglia's xorshift64: the same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn candidate(lot: Lot, seconds: i64, claimed: Option<StreamId>) -> Candidate {
    Candidate {
        entry: lot.entry,
        version: 1,
        member: MemberId(id(1)),
        project: ProjectId(id(20)),
        task: TaskId(id(30)),
        day: MONDAY,
        work_day: MONDAY,
        seconds,
        approved: true,
        billable: true,
        client: client(),
        claimed,
        freed_by: lot.freed_by,
        billed_seconds: None,
    }
}

/// Two invoices at a time over the same work, each step as the domain decides it.
struct Books {
    dice: Dice,
    history: History,
    ledger: SecondsLedger,
    invoices: u128,
    made: u128,
}

impl Books {
    /// Each entry, and nothing billed yet.
    fn ledger() -> SecondsLedger {
        let mut ledger = SecondsLedger::default();
        for n in 0..ENTRIES {
            let seconds = Some(seconds_of(n).into());
            ledger.billable(EntryId(id(100 + n)), seconds).expect("a new entry");
        }
        ledger
    }

    fn new(seed: u64) -> Self {
        let mut history = History::default();
        let mut versions = Vec::new();
        for n in 0..ENTRIES {
            history.time(1, MONDAY, recorded(100 + n, MONDAY, seconds_of(n)));
            versions.push((100 + n, 1));
        }
        let approved: TimesheetApproved = approved(&versions);
        history.time(1, MONDAY, approved);
        let dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        Books { dice, history, ledger: Books::ledger(), invoices: 0, made: 0 }
    }

    fn add(&mut self, invoice: u128, event: impl Into<InvoiceEvent>) {
        let event = event.into();
        self.ledger.apply(&event).expect("no second is in two places");
        self.history.invoice(invoice, event);
    }

    fn next(&mut self) -> u128 {
        self.made += 1;
        2000 + self.made
    }

    /// What credit notes set free, with what it was credited as.
    fn freed(&self) -> BTreeMap<Lot, FreedSeconds> {
        let state = |n| state_of(&self.history, 1000 + n).drafted.and_then(|it| it.issued);
        (1..=self.invoices).filter_map(state).flat_map(|issued| issued.freed()).collect()
    }

    /// Some of what is free.
    fn candidates(&mut self) -> Vec<Candidate> {
        let freed = self.freed();
        let mut candidates = Vec::new();
        for n in (0..ENTRIES).filter(|_| self.dice.roll(3) > 0).collect::<Vec<_>>() {
            let free = self.ledger.free(EntryId(id(100 + n))).into_iter();
            candidates.extend(free.map(|(lot, seconds)| {
                let billed_seconds = freed.get(&lot).and_then(|it| it.billed_seconds);
                Candidate { billed_seconds, ..candidate(lot, seconds, None) }
            }));
        }
        candidates
    }

    /// The draft covers some of what is free besides, and some of what it held no longer.
    fn redraft(&mut self, invoice: u128, state: &Invoice) {
        let drafted = state.drafted.as_ref().expect("a draft");
        let own = Some(invoice_stream(drafted.invoice));
        let mut candidates = self.candidates();
        let held = drafted.entries.iter();
        candidates.extend(held.map(|held| {
            let billed_seconds = held.billed_seconds;
            Candidate { billed_seconds, ..candidate(held.lot(), held.seconds, own) }
        }));
        let mut without = BTreeSet::new();
        for held in &drafted.entries {
            without.extend((self.dice.roll(3) == 0).then_some(held.entry));
        }
        let command = RedraftInvoice {
            invoice: drafted.invoice,
            from: drafted.from,
            to: drafted.to,
            group_by: drafted.group_by,
            without,
        };
        let facts = DraftFacts { currency: "ZAR".to_owned(), candidates };
        let events = redraft_invoice::decide(state, &facts, &command).unwrap_or_default();
        events.into_iter().for_each(|event| self.add(invoice, event));
    }

    /// A draft of some of what is free.
    fn draft(&mut self) {
        let candidates = self.candidates();
        let number = self.invoices + 1;
        let group_by = [GroupBy::Task, GroupBy::Entry][usize::try_from(self.dice.roll(2)).unwrap()];
        let command = DraftInvoice {
            invoice: InvoiceId(id(1000 + number)),
            client: client(),
            from: date(2026, 2, 1),
            to: date(2026, 2, 28),
            group_by,
        };
        let facts = DraftFacts { currency: "ZAR".to_owned(), candidates };
        if let Ok(event) = draft_invoice::decide(&Invoice::default(), &facts, &command) {
            self.invoices = number;
            self.add(1000 + number, event);
        }
    }

    fn step(&mut self) {
        if self.invoices == 0 || self.dice.roll(4) == 0 {
            return self.draft();
        }
        let invoice = 1001 + u128::from(self.dice.roll(u64::try_from(self.invoices).unwrap()));
        let state = state_of(&self.history, invoice);
        let drafted = state.drafted.clone().expect("it was drafted");
        match (drafted.state, self.dice.roll(8)) {
            (InvoiceState::Draft, 0) => self.add(invoice, a_tenth_off(invoice)),
            (InvoiceState::Draft, 1) | (InvoiceState::Issued | InvoiceState::Paid, 0) => {
                self.void(invoice, &state);
            }
            (InvoiceState::Draft, 2 | 3) => self.redraft(invoice, &state),
            (InvoiceState::Draft, _) => {
                let event = issued(invoice, &format!("INV-{invoice}"), &state);
                self.add(invoice, event);
            }
            (InvoiceState::Void, _) => {}
            (InvoiceState::Issued | InvoiceState::Paid, 1) => {
                self.add(invoice, sent(invoice, None))
            }
            (InvoiceState::Issued | InvoiceState::Paid, 2 | 3) => self.pay(invoice, &state),
            (InvoiceState::Issued | InvoiceState::Paid, 4) => self.reverse(invoice, &state),
            (InvoiceState::Issued | InvoiceState::Paid, _) => self.credit(invoice, &state),
        }
    }

    /// Voids it, where it may be: on a day as it's recorded now, or without one as at first.
    fn void(&mut self, invoice: u128, state: &Invoice) {
        let on = [date(2026, 2, 1), date(2026, 3, 1)][usize::try_from(self.dice.roll(2)).unwrap()];
        let command = VoidInvoice { invoice: InvoiceId(id(invoice)), reason: None, on };
        if let Ok(event) = void_invoice::decide(state, command) {
            let on = event.on.filter(|_| self.dice.roll(3) > 0);
            self.add(invoice, InvoiceVoided { on, ..event });
        }
    }

    fn pay(&mut self, invoice: u128, state: &Invoice) {
        let command = RecordPayment {
            invoice: InvoiceId(id(invoice)),
            payment: PaymentId(id(self.next())),
            amount_minor: 1 + i64::try_from(self.dice.roll(200_000)).expect("small"),
            on: date(2026, 3, 3),
            over: Over::Keep,
            reference: None,
        };
        let events = record_payment::decide(state, command).expect("a payment");
        events.into_iter().for_each(|event| self.add(invoice, event));
    }

    fn reverse(&mut self, invoice: u128, state: &Invoice) {
        let payments = state.drafted.as_ref().and_then(|it| it.issued.as_ref());
        let Some(payment) = payments.and_then(|issued| issued.payments.last().copied()) else {
            return;
        };
        let amount = 1 + i64::try_from(self.dice.roll(100_000)).expect("small");
        let command = ReversePayment {
            invoice: InvoiceId(id(invoice)),
            payment: payment.payment,
            amount_minor: (amount < payment.amount_minor).then_some(amount),
            on: date(2026, 3, 4),
            reason: None,
        };
        if let Ok(event) = reverse_payment::decide(state, command) {
            self.add(invoice, event);
        }
    }

    fn credit(&mut self, invoice: u128, state: &Invoice) {
        let issued = state.drafted.as_ref().and_then(|it| it.issued.as_ref()).expect("issued");
        let lines = &issued.sealed.lines;
        let at = usize::try_from(self.dice.roll(lines.len() as u64)).expect("few");
        let n = lines[at].n;
        let some = 1 + i64::try_from(self.dice.roll(3000)).expect("small");
        let what = match self.dice.roll(5) {
            0 => CreditWhat::Everything,
            1 => CreditWhat::Lines(vec![(n, CreditPart::Whole)]),
            2 => CreditWhat::Lines(vec![(n, CreditPart::NetMinor(some))]),
            _ => CreditWhat::Lines(vec![(n, CreditPart::Seconds(some))]),
        };
        let fate = if self.dice.roll(4) == 0 { Fate::WrittenOff } else { Fate::Unbilled };
        let note = self.next();
        if let Some(event) = credited(invoice, note, state, what, fate) {
            self.add(invoice, event);
        }
    }

    fn assert_agree(&self, seed: u64) {
        let history = &self.history.0;
        let rows = rows_of::<InvoiceModel>(history);
        let movements = rows_of::<Receivable>(history);
        let billed = rows_of::<BilledEntry>(history);
        let notes = rows_of::<CreditNote>(history);
        assert_eq!(rows.len() as u128, self.invoices);
        for row in &rows {
            let state = state_of(&self.history, row.invoice_id.0.as_u128());
            let drafted = state.drafted.expect("it was drafted");
            let why = format!("seed {seed}, {row:?}");
            assert_eq!(row.state, drafted.state, "{why}");
            let owed: i64 = movements
                .iter()
                .filter(|it| it.invoice_id == row.invoice_id)
                .map(|it| it.amount_minor)
                .sum();
            let earned: i64 = billed
                .iter()
                .filter(|it| it.invoice_id == row.invoice_id)
                .map(|it| it.net_minor)
                .sum();
            let Some(issued) = drafted.issued else {
                assert_eq!((owed, earned, row.number.as_deref()), (0, 0, None), "{why}");
                continue;
            };
            assert_eq!(row.number.as_ref(), Some(&issued.sealed.number));
            assert_eq!(row.paid_minor, issued.paid_minor(), "{why}");
            assert_eq!(row.credited_minor, issued.credited_minor(), "{why}");
            assert_eq!(row.balance_minor, issued.balance_minor(), "{why}");
            assert_eq!((row.sent, row.credit_notes), (issued.sent, issued.credits.len() as i64));
            let of_it = notes.iter().filter(|note| note.invoice_id == row.invoice_id);
            let taken: i64 = of_it.map(|note| note.net_minor).sum();
            let nobody_owes = drafted.state == InvoiceState::Void && issued.credits.is_empty();
            let expected = if nobody_owes {
                (0, 0)
            } else {
                (issued.balance_minor(), issued.sealed.totals.net_minor - taken)
            };
            assert_eq!((owed, earned), expected, "{why}");
        }
        self.assert_parts_add_up();
        self.assert_free(seed);
    }

    /// The parts of each document are its price.
    fn assert_parts_add_up(&self) {
        let mut sums: BTreeMap<_, i64> = BTreeMap::new();
        for row in rows_of::<BilledEntry>(&self.history.0).iter().filter(|row| row.n == 0) {
            *sums.entry(row.document_id).or_default() += row.net_minor;
        }
        for recorded in &self.history.0 {
            let event = recorded.event.family::<InvoiceEvent>();
            let (document, expected) = if let Some(InvoiceEvent::InvoiceIssued(event)) = event {
                (event.invoice.0, event.sealed.totals.net_minor)
            } else if let Some(InvoiceEvent::CreditNoteIssued(event)) = event {
                (event.credit_note.0, -event.sealed.totals.net_minor)
            } else {
                continue;
            };
            assert_eq!(sums.get(&document), Some(&expected));
        }
    }

    /// What may be billed is what is free.
    fn assert_free(&self, seed: u64) {
        let rows = rows_of::<Unbilled>(&self.history.0);
        let open = rows.iter().filter(|row| row.invoice_id.is_none());
        let open: BTreeMap<_, i64> =
            open.map(|row| ((row.entry_id, row.freed_by), row.seconds)).collect();
        let entries = (0..ENTRIES).map(|n| EntryId(id(100 + n)));
        let free = entries.clone().flat_map(|entry| self.ledger.free(entry));
        let free: BTreeMap<_, i64> = free.map(|(lot, s): (Lot, i64)| (key_of(lot), s)).collect();
        assert_eq!(open, free, "seed {seed}");
        let freed = self.freed();
        for row in rows.iter().filter(|row| row.invoice_id.is_none() && row.freed_by.0.is_some()) {
            let lot = Lot { entry: row.entry_id, freed_by: row.freed_by.0 };
            assert_eq!(Some(row.billed_seconds), freed.get(&lot).map(|it| it.billed_seconds));
        }
        for entry in entries {
            let held = rows.iter().filter(|it| it.entry_id == entry && it.invoice_id.is_some());
            let places = self.ledger.entry(entry);
            let seconds: i64 = held.map(|row| row.seconds).sum();
            assert_eq!(seconds, places.reserved + places.billed, "seed {seed}");
        }
    }
}

#[test]
fn the_books_say_what_invoices_and_the_ledger_of_seconds_say_whatever_happens() {
    let (mut movements, mut lots) = (0, 0);
    for seed in 1..=60 {
        let mut books = Books::new(seed);
        for _ in 0..40 {
            books.step();
            books.assert_agree(seed);
        }
        let history = &books.history.0;
        let reversals = rows_of::<Receivable>(history);
        movements += reversals.iter().filter(|it| it.kind == MovementKind::Reversal).count();
        let freed = |it: &&super::invoice_entry::InvoiceEntryRow| it.freed_by.0.is_some();
        lots += rows_of::<InvoiceEntry>(history).iter().filter(freed).count();
        assert_declares_what_it_touches::<InvoiceModel>(history);
        assert_declares_what_it_touches::<InvoiceEntry>(history);
        assert_declares_what_it_touches::<BilledEntry>(history);
        assert_declares_what_it_touches::<CreditNote>(history);
        assert_declares_what_it_touches::<Receivable>(history);
        assert_declares_what_it_touches::<Unbilled>(history);
    }
    assert!(movements > 20 && lots > 20, "{movements} reversals and {lots} freed lots");
}
