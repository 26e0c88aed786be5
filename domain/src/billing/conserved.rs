//! What holds whatever happens: no second is lost or billed twice, credits never exceed their
//! invoice, lines add up, numbers have neither gap nor double, and nothing sealed ever changes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::account::{Movement, Owing, price_parts};
use super::credit_invoice::{self, CreditPart, CreditWhat};
use super::draft_invoice::{self, Candidate, DraftFacts, DraftInvoice};
use super::issue_invoice;
use super::record_payment::{self, Over, RecordPayment};
use super::redraft_invoice::{self, RedraftInvoice};
use super::samples::{
    candidate, client, credit, day, hourly, issue_at, payment, percent, with_terms,
};
use super::sealed::SealedInvoice;
use super::seconds::SecondsLedger;
use super::totals::{Prices, Reduction};
use super::void_invoice::{self, VoidInvoice};
use super::{
    Fate, GroupBy, Invoice, InvoiceEvent, InvoiceState, Issued, Lot, Refusal, invoice_stream,
};
use crate::billing::draft_terms::{DraftDiscount, DraftTerms};
use crate::id::{EntryId, InvoiceId, StreamId};
use crate::log::{ClaimChange, ClaimKey, claims_of};
use crate::time::samples::{entry_id, invoice, task};

#[derive(Debug, Clone)]
enum Step {
    Draft { last: i8, by: GroupBy },
    Redraft { of: usize, last: i8, without: u128 },
    Rate { minor: i64 },
    Issue { of: usize, inclusive: bool, discount: u32 },
    Credit { of: usize, part: Part, line: u32, off: bool },
    Void { of: usize },
    Pay { of: usize, minor: i64 },
}

#[derive(Debug, Clone)]
enum Part {
    Everything,
    Line,
    Seconds(i64),
    Net(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let by = prop_oneof![Just(GroupBy::Task), Just(GroupBy::Entry), Just(GroupBy::Day)];
    let part = prop_oneof![
        1 => Just(Part::Everything),
        2 => Just(Part::Line),
        4 => (-4000..12_000_i64).prop_map(Part::Seconds),
        2 => (-500..5000_i64).prop_map(Part::Net),
    ];
    let of = 0..4_usize;
    prop_oneof![
        4 => (3..=28_i8, by).prop_map(|(last, by)| Step::Draft { last, by }),
        2 => (of.clone(), 1..=28_i8, 1..12_u128)
            .prop_map(|(of, last, without)| Step::Redraft { of, last, without }),
        1 => (0..200_000_i64).prop_map(|minor| Step::Rate { minor }),
        5 => (of.clone(), any::<bool>(), 0..30_u32)
            .prop_map(|(of, inclusive, discount)| Step::Issue { of, inclusive, discount }),
        9 => (of.clone(), part, 1..4_u32, any::<bool>())
            .prop_map(|(of, part, line, off)| Step::Credit { of, part, line, off }),
        1 => of.clone().prop_map(|of| Step::Void { of }),
        1 => (of, 1..500_000_i64).prop_map(|(of, minor)| Step::Pay { of, minor }),
    ]
}

/// A firm with its time, its invoices, the claims of its log and the ledger of its seconds.
struct Firm {
    entries: Vec<Candidate>,
    invoices: Vec<Invoice>,
    /// By invoice, all that moved its balance.
    movements: BTreeMap<usize, Vec<Movement>>,
    claims: BTreeMap<ClaimKey, StreamId>,
    ledger: SecondsLedger,
    /// As it was when it was issued.
    sealed: BTreeMap<usize, SealedInvoice>,
    rate_minor: i64,
    invoice_numbers: u32,
    credit_numbers: u32,
    payments: u128,
}

impl Firm {
    fn new(seconds: &[i64]) -> Self {
        let mut ledger = SecondsLedger::default();
        let entry = |(n, seconds): (u128, &i64)| {
            let on = format!("2026-01-{:02}", 1 + n * 2);
            Candidate { task: task(n % 3), ..candidate(n, &on, *seconds) }
        };
        let entries: Vec<_> = (1..).zip(seconds).map(entry).collect();
        for entry in &entries {
            ledger.billable(entry.entry, Some(entry.seconds)).expect("new");
        }
        Firm {
            entries,
            invoices: Vec::new(),
            movements: BTreeMap::new(),
            claims: BTreeMap::new(),
            ledger,
            sealed: BTreeMap::new(),
            rate_minor: 99_999,
            invoice_numbers: 0,
            credit_numbers: 0,
            payments: 0,
        }
    }

    /// What a draft is decided on: entries, and what credit notes set free of them, with who holds
    /// each by the claims.
    fn facts(&self) -> DraftFacts {
        let held = |lot: Lot| self.claims.get(&ClaimKey::lot(lot)).copied();
        let whole = |it: &Candidate| Candidate { claimed: held(Lot::whole(it.entry)), ..*it };
        let mut candidates: Vec<_> = self.entries.iter().map(whole).collect();
        for freed in self.invoices.iter().filter_map(issued_of).flat_map(Issued::freed) {
            let (lot, freed) = freed;
            let of = |it: &&Candidate| it.entry == lot.entry;
            let entry = self.entries.iter().find(of).expect("it was billed");
            let by = lot.freed_by.expect("a lot that a credit note set free");
            candidates.push(entry.freed(by, freed, held(lot)));
        }
        DraftFacts { currency: "ZAR".into(), candidates }
    }

    fn id(of: usize) -> InvoiceId {
        invoice(of as u128 + 1)
    }

    fn move_balance(&mut self, of: usize, event: &InvoiceEvent) {
        let owing = issued_of(&self.invoices[of]).map(|issued| Owing {
            number: &issued.sealed.number,
            issued_on: issued.sealed.issued_on,
            balance: issued.balance,
        });
        let moved = Movement::of(owing, event, jiff::Timestamp::UNIX_EPOCH);
        self.movements.entry(of).or_default().extend(moved.map(|(movement, _)| movement));
    }

    fn land(&mut self, of: usize, events: Vec<InvoiceEvent>) {
        for event in events {
            let stream = invoice_stream(Self::id(of));
            self.ledger.apply(&event).expect("a sound history");
            for change in claims_of(stream, &event.clone().into()) {
                match change {
                    ClaimChange::Take { key, holder, .. } => {
                        assert_eq!(self.claims.insert(key, holder), None, "taken twice");
                    }
                    ClaimChange::Release { key } => {
                        assert_eq!(self.claims.remove(&key), Some(stream), "not its own");
                    }
                    ClaimChange::ReleaseAll { holder, .. } => {
                        self.claims.retain(|_, held| *held != holder);
                    }
                }
            }
            self.move_balance(of, &event);
            self.invoices[of].evolve(&event);
        }
    }

    /// One of the invoices in this state, the `at`-th of them going round; any one where none is.
    fn pick(&self, at: usize, state: &[InvoiceState]) -> usize {
        let fits = |of: &usize| {
            let drafted = self.invoices[*of].drafted.as_ref();
            drafted.is_some_and(|it| state.contains(&it.state))
        };
        let fitting: Vec<_> = (0..self.invoices.len()).filter(fits).collect();
        if fitting.is_empty() { at } else { fitting[at % fitting.len()] }
    }

    fn run(&mut self, step: &Step) -> Result<(), Refusal> {
        const ISSUED: &[InvoiceState] = &[InvoiceState::Issued, InvoiceState::Paid];
        match *step {
            Step::Draft { last, by } => {
                let of = self.invoices.len();
                let command = DraftInvoice {
                    invoice: Self::id(of),
                    client: client(1),
                    from: day("2026-01-01"),
                    to: jiff::civil::date(2026, 1, last),
                    group_by: by,
                };
                let facts = self.facts();
                let event = draft_invoice::decide(&Invoice::default(), &facts, &command)?;
                self.invoices.push(Invoice::default());
                self.land(of, vec![event.into()]);
            }
            Step::Redraft { of, last, without } => {
                let of = self.pick(of, &[InvoiceState::Draft]);
                let command = RedraftInvoice {
                    invoice: Self::id(of),
                    from: day("2026-01-01"),
                    to: jiff::civil::date(2026, 1, last),
                    group_by: GroupBy::Task,
                    without: BTreeSet::from([entry_id(without)]),
                };
                let state = self.invoices.get(of).cloned().unwrap_or_default();
                let events = redraft_invoice::decide(&state, &self.facts(), &command)?;
                self.land(of, events);
            }
            Step::Rate { minor } => self.rate_minor = minor,
            Step::Issue { of, inclusive, discount } => {
                self.issue(self.pick(of, &[InvoiceState::Draft]), inclusive, discount)?;
            }
            Step::Credit { of, ref part, line, off } => {
                self.credit(self.pick(of, ISSUED), part, line, off)?;
            }
            Step::Void { of } => {
                let state = self.invoices.get(of).cloned().unwrap_or_default();
                let command =
                    VoidInvoice { invoice: Self::id(of), reason: None, on: day("2026-02-03") };
                let event = void_invoice::decide(&state, command)?;
                self.land(of, vec![event.into()]);
            }
            Step::Pay { of, minor } => {
                let of = self.pick(of, ISSUED);
                self.payments += 1;
                let command = RecordPayment {
                    invoice: Self::id(of),
                    payment: payment(self.payments),
                    amount_minor: minor,
                    on: day("2026-02-20"),
                    over: Over::Keep,
                    reference: None,
                };
                let state = self.invoices.get(of).cloned().unwrap_or_default();
                let events = record_payment::decide(&state, command)?;
                self.land(of, events);
            }
        }
        Ok(())
    }

    fn issue(&mut self, of: usize, inclusive: bool, discount: u32) -> Result<(), Refusal> {
        let state = self.invoices.get(of).cloned().unwrap_or_default();
        state.draft(Self::id(of))?;
        let reduction = Reduction::Percent(percent(&discount.to_string()));
        let discounts = vec![DraftDiscount { reduction, reason: None }];
        let state = with_terms(state, DraftTerms { discounts, ..DraftTerms::default() });
        let rate = hourly(self.rate_minor);
        let mut command = issue_at(of as u128 + 1, self.invoice_numbers + 1, &state, &rate);
        command.facts.prices = if inclusive { Prices::Inclusive } else { Prices::Exclusive };
        let event = issue_invoice::decide(&state, command)?;
        self.invoice_numbers += 1;
        self.sealed.insert(of, SealedInvoice::clone(&event.sealed));
        self.land(of, vec![event.into()]);
        Ok(())
    }

    fn credit(&mut self, of: usize, part: &Part, line: u32, off: bool) -> Result<(), Refusal> {
        let state = self.invoices.get(of).cloned().unwrap_or_default();
        let what = match part {
            Part::Everything => CreditWhat::Everything,
            Part::Line => CreditWhat::Lines(vec![(line, CreditPart::Whole)]),
            Part::Seconds(seconds) => {
                CreditWhat::Lines(vec![(line, CreditPart::Seconds(*seconds))])
            }
            Part::Net(net) => CreditWhat::Lines(vec![(line, CreditPart::NetMinor(*net))]),
        };
        let fate = if off { Fate::WrittenOff } else { Fate::Unbilled };
        let command = credit(of as u128 + 1, self.credit_numbers + 1, what, fate);
        let event = credit_invoice::decide(&state, command)?;
        self.credit_numbers += 1;
        adds_up(&event.sealed);
        self.land(of, vec![event.into()]);
        Ok(())
    }

    fn check(&self) {
        for entry in &self.entries {
            let seconds = self.ledger.entry(entry.entry);
            assert_eq!(seconds.all(), entry.seconds, "{seconds:?}");
            self.check_free(entry.entry);
        }
        for (of, movements) in &self.movements {
            let moved: i64 = movements.iter().map(|it| it.amount_minor).sum();
            let balance = issued_of(&self.invoices[*of]).map_or(0, Issued::balance_minor);
            assert_eq!(moved, balance, "movements add up to the balance");
        }
        for (of, state) in self.invoices.iter().enumerate() {
            if let Some(issued) = issued_of(state) {
                let drafted = state.drafted.as_ref().expect("drafted");
                assert_eq!(Some(&issued.sealed), self.sealed.get(&of), "what was sealed stays");
                adds_up(&issued.sealed);
                check_credits(issued, drafted.state);
            }
        }
        let numbers: BTreeSet<_> = self.sealed.values().map(|it| &it.number).collect();
        assert_eq!(numbers.len(), self.invoice_numbers as usize, "neither gap nor double");
    }

    /// What the ledger says is free is what no claim is on, and a draft would take just that.
    fn check_free(&self, entry: EntryId) {
        let of_entry = |it: &&Candidate| it.entry == entry && it.claimed.is_none();
        let facts = self.facts();
        let mut offered: Vec<_> = facts
            .candidates
            .iter()
            .filter(of_entry)
            .map(|it| (Lot { entry, freed_by: it.freed_by }, it.seconds))
            .collect();
        offered.sort_unstable();
        assert_eq!(offered, self.ledger.free(entry));
    }
}

fn issued_of(state: &Invoice) -> Option<&Issued> {
    state.drafted.as_ref()?.issued.as_deref()
}

fn adds_up(sealed: &SealedInvoice) {
    let lines: i64 = sealed.lines.iter().map(|line| line.net_minor).sum();
    let shares = sealed.allowances.iter().flat_map(|it| &it.shares);
    let off: i64 = shares.map(|share| share.amount_minor).sum();
    let totals = sealed.totals;
    assert_eq!((lines, off), (totals.lines_minor, totals.allowance_minor));
    assert_eq!(lines - off + totals.tax_minor, totals.gross_minor);
    let tax: i64 = sealed.taxes.iter().map(|tax| tax.tax_minor).sum();
    assert_eq!(tax, totals.tax_minor);
    let parts: i64 = price_parts(sealed).iter().map(|part| part.net_minor).sum();
    let taxable: i64 = sealed.taxes.iter().map(|tax| tax.taxable_minor).sum();
    assert_eq!((parts, parts), (taxable, totals.net_minor), "parts add up to the price");
}

fn check_credits(issued: &Issued, state: InvoiceState) {
    let gross: i64 = issued.credits.iter().map(|credit| credit.gross_minor).sum();
    assert!((0..=issued.sealed.totals.gross_minor).contains(&gross));
    let voided = state == InvoiceState::Void && !issued.is_all_credited();
    assert_eq!(
        issued.balance_minor() + issued.credited_minor() + issued.paid_minor(),
        if voided { 0 } else { issued.sealed.totals.payable_minor }
    );
    if issued.is_all_credited() {
        assert_eq!(state, InvoiceState::Void);
        let credited = issued.credits.iter().flat_map(|credit| &credit.taxes);
        let tax: i64 = credited.map(|tax| tax.tax_minor).sum();
        assert_eq!(tax, issued.sealed.totals.tax_minor, "all credits together are the invoice");
        assert_eq!(issued.credited_minor(), issued.sealed.totals.payable_minor);
    }
}

proptest! {
    #[test]
    fn m15_m23_seconds_money_and_numbers_are_conserved_whatever_happens(
        seconds in prop::collection::vec(
            prop_oneof![6 => 1..10_000_i64, 1 => -3000..0_i64], 1..12,
        ),
        by in prop_oneof![Just(GroupBy::Task), Just(GroupBy::Entry)],
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut firm = Firm::new(&seconds);
        firm.run(&Step::Draft { last: 9, by }).expect("there is time to bill");
        firm.check();
        for step in &steps {
            // What is refused changes nothing; the rest must leave all in order.
            let _refused = firm.run(step).err();
            firm.check();
        }
        // All that is still billed can be taken back, and then nothing is billed.
        for of in 0..firm.invoices.len() {
            let open = issued_of(&firm.invoices[of]).is_some_and(|it| !it.is_all_credited());
            let voided = firm.invoices[of].drafted.as_ref().map(|it| it.state);
            if open && voided != Some(InvoiceState::Void) {
                firm.credit(of, &Part::Everything, 1, false).expect("the rest can be credited");
                firm.check();
            }
        }
        for entry in &firm.entries {
            prop_assert_eq!(firm.ledger.entry(entry.entry).billed, 0);
        }
    }
}
