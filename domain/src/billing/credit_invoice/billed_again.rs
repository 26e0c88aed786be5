//! What credit notes set free is billed again as it was credited: rounding is done once, when time
//! is first billed. By example, and over any sequence of credits and invoices.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::billing::draft_invoice::{self, Candidate, DraftFacts};
use crate::billing::issue_invoice;
use crate::billing::lines::{Line, Terms, invoice_lines};
use crate::billing::samples::{candidate, credit, draft, hourly, issue_at};
use crate::billing::seal::PricedLine;
use crate::billing::{GroupBy, InvoiceState, ReservedEntry};
use crate::money::price;
use crate::time::rounding::line_seconds;
use crate::time::samples::{entry_id, invoice};
use crate::time::{Rounding, RoundingMode, RoundingScope, RoundingTie};

const HOURLY_MINOR: i64 = 100_000;

fn quarter(mode: RoundingMode, scope: RoundingScope) -> Rounding {
    Rounding { mode, tie: RoundingTie::HalfUp, scope, interval_minutes: 15 }
}

fn up() -> Rounding {
    quarter(RoundingMode::Up, RoundingScope::Entry)
}

fn lines_of(held: &[ReservedEntry], rounding: Rounding) -> Vec<Line> {
    let terms = |_: &ReservedEntry| Terms {
        rounding,
        rate: Some(hourly(HOURLY_MINOR)),
        working_day_seconds: 8 * 3600,
        span: None,
    };
    invoice_lines(held, GroupBy::Task, "ZAR", terms, price)
}

/// A firm with one rounding rule, its entries and its invoices.
struct Bills {
    rounding: Rounding,
    entries: Vec<Candidate>,
    invoices: Vec<Invoice>,
    credits: u32,
}

impl Bills {
    fn new(seconds: &[i64], rounding: Rounding) -> Self {
        let entries = (1..).zip(seconds).map(|(n, it)| candidate(n, "2026-01-07", *it)).collect();
        Bills { rounding, entries, invoices: Vec::new(), credits: 0 }
    }

    /// What no invoice holds: entries that none has or all gave back, and what was set free.
    fn free(&self) -> Vec<Candidate> {
        let mut free = self.entries.clone();
        for issued in self.invoices.iter().map(issued_of) {
            for (lot, freed) in issued.freed() {
                let entry = self.entries.iter().find(|it| it.entry == lot.entry).expect("billed");
                free.push(entry.freed(lot.freed_by.expect("a note"), freed, None));
            }
        }
        let mut taken = BTreeSet::new();
        for issued in self.invoices.iter().map(issued_of) {
            let lots = issued.sealed.lines.iter().flat_map(|line| &line.entries);
            taken.extend(lots.map(SealedEntry::lot));
            for moved in issued.credits.iter().flat_map(|credit| &credit.moved) {
                if moved.whole {
                    taken.remove(&moved.lot);
                }
            }
        }
        free.retain(|it| !taken.contains(&Lot { entry: it.entry, freed_by: it.freed_by }));
        free
    }

    /// Bills all that is free; none where nothing is.
    fn bill(&mut self) -> Option<usize> {
        let n = self.invoices.len() as u128 + 1;
        let command = draft_invoice::DraftInvoice { invoice: invoice(n), ..draft() };
        let facts = DraftFacts { currency: "ZAR".into(), candidates: self.free() };
        let event = draft_invoice::decide(&Invoice::default(), &facts, &command).ok()?;
        let mut state = Invoice::default();
        state.evolve(&event.clone().into());
        let mut command = issue_at(n, u32::try_from(n).unwrap(), &state, &hourly(HOURLY_MINOR));
        let lines = lines_of(&event.entries, self.rounding).into_iter();
        let priced = |line| PricedLine { line, description: "Work".into(), who: None, note: None };
        command.facts.lines = lines.map(priced).collect();
        let event = issue_invoice::decide(&state, command).expect("issued");
        state.evolve(&event.into());
        self.invoices.push(state);
        Some(self.invoices.len() - 1)
    }

    fn credit(&mut self, of: usize, what: CreditWhat) -> Result<CreditNoteIssued, Refusal> {
        let command = credit(of as u128 + 1, self.credits + 1, what, Fate::Unbilled);
        let event = decide(&self.invoices[of], command)?;
        self.credits += 1;
        self.invoices[of].evolve(&event.clone().into());
        Ok(event)
    }

    /// Seconds that are billed and not credited, as rounded, and their price before tax.
    fn standing(&self) -> (i64, i64) {
        let (mut seconds, mut net) = (0, 0);
        for issued in self.invoices.iter().map(issued_of) {
            seconds += issued.sealed.lines.iter().map(|it| it.rounded_seconds).sum::<i64>();
            net += issued.sealed.lines.iter().map(|it| it.net_minor).sum::<i64>();
            for credit in &issued.credits {
                seconds -= credit.moved.iter().filter_map(|it| it.billed_seconds).sum::<i64>();
                net -= credit.lines.iter().map(|(_, net)| net).sum::<i64>();
            }
        }
        (seconds, net)
    }
}

fn issued_of(state: &Invoice) -> &Issued {
    state.drafted.as_ref().expect("drafted").issued.as_ref().expect("issued")
}

fn seconds(seconds: i64) -> CreditWhat {
    CreditWhat::Lines(vec![(1, CreditPart::Seconds(seconds))])
}

fn shares(event: &CreditNoteIssued) -> Vec<Option<i64>> {
    event.moved.iter().map(|it| it.billed_seconds).collect()
}

#[test]
fn small_credits_are_billed_again_at_just_what_was_credited() {
    // 50 minutes, up to a quarter: an hour. Each ten of them were billed as twelve.
    let mut bills = Bills::new(&[3000], up());
    let first = bills.bill().expect("time");
    for _ in 0..3 {
        let note = bills.credit(first, seconds(600)).expect("credited");
        assert_eq!(shares(&note), [Some(720)]);
        let line = &note.sealed.lines[0];
        assert_eq!((line.seconds, line.rounded_seconds, line.net_minor), (600, 720, 20_000));
        assert_eq!(line.entries[0].billed_seconds, Some(720));
    }
    assert_eq!(bills.standing(), (1440, 40_000));
    let again = bills.bill().expect("what was set free");
    let [line] = &issued_of(&bills.invoices[again]).sealed.lines[..] else { panic!("one line") };
    assert_eq!((line.seconds, line.rounded_seconds, line.net_minor), (1800, 2160, 60_000));
    assert_eq!(line.rounding, Rounding::NONE);
    assert!(line.entries.iter().all(|it| it.billed_seconds == Some(720)));
    assert_eq!(bills.standing(), (3600, 100_000));
}

#[test]
fn what_is_credited_once_more_passes_its_share_on_and_shares_add_up_to_the_line() {
    let mut bills = Bills::new(&[3000], up());
    let first = bills.bill().expect("time");
    bills.credit(first, seconds(700)).expect("credited");
    let again = bills.bill().expect("what was set free");
    let lines = &issued_of(&bills.invoices[again]).sealed.lines;
    assert_eq!(lines[0].rounded_seconds, 840);
    let parts = [seconds(100), seconds(500), CreditWhat::Everything].map(|what| {
        let note = bills.credit(again, what).expect("credited");
        shares(&note)[0].expect("it says its share")
    });
    assert_eq!(parts, [120, 600, 120]);
    assert_eq!(
        bills.credit(first, CreditWhat::Everything).map(|it| shares(&it)).unwrap(),
        [Some(2760)]
    );
    assert_eq!(bills.standing(), (0, 0));
    let last = bills.bill().expect("all of it");
    let lines = &issued_of(&bills.invoices[last]).sealed.lines;
    assert_eq!(lines.iter().map(|it| it.rounded_seconds).sum::<i64>(), 3600);
}

#[test]
fn an_entry_that_comes_back_whole_is_rounded_by_its_rule() {
    let mut bills = Bills::new(&[60, 3540], up());
    let first = bills.bill().expect("time");
    // A minute was billed as a quarter of an hour, of five quarters.
    let whole = CreditPart::Entries(vec![(Lot::whole(entry_id(1)), 60)]);
    let note = bills.credit(first, CreditWhat::Lines(vec![(1, whole)])).expect("credited");
    assert_eq!((shares(&note), note.sealed.totals.net_minor), (vec![Some(900)], 25_000));
    let again = bills.bill().expect("the entry");
    let line = &issued_of(&bills.invoices[again]).sealed.lines[0];
    assert_eq!((line.rounded_seconds, line.rounding), (900, up()));
    assert_eq!(line.entries[0].billed_seconds, None);
    assert_eq!(bills.standing(), (4500, 125_000));
}

#[test]
fn what_an_older_credit_note_set_free_is_billed_as_the_seconds_it_is() {
    let mut bills = Bills::new(&[3000], up());
    let first = bills.bill().expect("time");
    let command = credit(1, 1, seconds(600), Fate::Unbilled);
    let mut event = decide(&bills.invoices[first], command).expect("credited");
    event.moved.iter_mut().for_each(|it| it.billed_seconds = None);
    bills.credits = 1;
    bills.invoices[first].evolve(&event.into());
    let again = bills.bill().expect("what was set free");
    let line = &issued_of(&bills.invoices[again]).sealed.lines[0];
    assert_eq!((line.rounded_seconds, line.entries[0].billed_seconds), (600, Some(600)));
    // It had taken twelve minutes of the hour all the same.
    let rest = bills.credit(first, CreditWhat::Everything).expect("the rest");
    assert_eq!(shares(&rest), [Some(2880)]);
}

#[test]
fn a_line_of_both_shows_one_true_rule_and_can_be_redone_from_its_entries() {
    let mut bills = Bills::new(&[3000], up());
    let first = bills.bill().expect("time");
    bills.credit(first, seconds(600)).expect("credited");
    bills.entries.push(candidate(2, "2026-01-08", 100));
    let again = bills.bill().expect("both");
    let lines = &issued_of(&bills.invoices[again]).sealed.lines;
    let mut shown: Vec<_> =
        lines.iter().map(|it| (it.seconds, it.rounded_seconds, it.rounding)).collect();
    shown.sort_unstable();
    assert_eq!(shown, [(100, 900, up()), (600, 720, Rounding::NONE)]);
    for line in lines {
        redone(line);
    }
}

/// An auditor has the rule and the entries of a line, and comes to what was billed.
fn redone(line: &SealedLine) {
    let part = |it: &SealedEntry| ((), it.billed_seconds.unwrap_or(it.seconds));
    assert_eq!(line_seconds(line.entries.iter().map(part), line.rounding), line.rounded_seconds);
    let billed: i64 = line.billed().iter().map(|(_, billed)| billed).sum();
    assert_eq!(billed, line.rounded_seconds);
}

#[derive(Debug, Clone)]
enum Step {
    Bill,
    Credit { of: usize, line: u32, seconds: i64 },
    Whole { of: usize, line: u32 },
    All { of: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let of = 0..6_usize;
    prop_oneof![
        3 => Just(Step::Bill),
        4 => (of.clone(), 1..3_u32, 1..2000_i64)
            .prop_map(|(of, line, seconds)| Step::Credit { of, line, seconds }),
        1 => (of.clone(), 1..3_u32).prop_map(|(of, line)| Step::Whole { of, line }),
        1 => of.prop_map(|of| Step::All { of }),
    ]
}

proptest! {
    #[test]
    fn no_more_stands_billed_of_time_than_it_was_first_billed_as(
        seconds in prop::collection::vec(1..5000_i64, 1..5),
        mode in prop::sample::select(vec![RoundingMode::Up, RoundingMode::Nearest]),
        scope in prop::sample::select(vec![
            RoundingScope::Entry, RoundingScope::Day, RoundingScope::InvoiceLine,
        ]),
        steps in prop::collection::vec(step(), 1..30),
    ) {
        // Days and lines are rounded as a whole, so that is of one entry; it may come back whole.
        let most = if scope == RoundingScope::Entry { seconds.len() } else { 1 };
        let mut bills = Bills::new(&seconds[..most], quarter(mode, scope));
        bills.bill().expect("time");
        let (first, price_minor) = bills.standing();
        for (done, step) in (1..).zip(steps) {
            let of = |of: usize, bills: &Bills| of % bills.invoices.len();
            // What is refused changes nothing.
            let _credited = match step {
                Step::Bill => {
                    bills.bill();
                    None
                }
                Step::Credit { of: at, line, seconds } => {
                    let part = CreditPart::Seconds(seconds);
                    let at = of(at, &bills);
                    bills.credit(at, CreditWhat::Lines(vec![(line, part)])).ok()
                }
                Step::Whole { of: at, line } => {
                    let at = of(at, &bills);
                    bills.credit(at, CreditWhat::Lines(vec![(line, CreditPart::Whole)])).ok()
                }
                Step::All { of: at } => {
                    let at = of(at, &bills);
                    bills.credit(at, CreditWhat::Everything).ok()
                }
            };
            let (standing, net) = bills.standing();
            prop_assert!((0..=first).contains(&standing), "{standing} of {first}");
            // Each document rounds its own cents.
            prop_assert!(net <= price_minor + 2 * done, "{net} of {price_minor}");
            let free: Vec<_> = bills.free();
            let reserved: Vec<ReservedEntry> = free.iter().map(draft_invoice::reserved).collect();
            let open = lines_of(&reserved, bills.rounding);
            let open: i64 = open.iter().map(|line| line.rounded_seconds).sum();
            prop_assert_eq!(standing + open, first, "what is free makes up the rest");
            for state in &bills.invoices {
                let void = state.drafted.as_ref().map(|it| it.state) == Some(InvoiceState::Void);
                let issued = issued_of(state);
                issued.sealed.lines.iter().for_each(redone);
                let taken = issued.credits.iter().flat_map(|it| &it.moved);
                let taken: i64 = taken.filter_map(|it| it.billed_seconds).sum();
                let all: i64 = issued.sealed.lines.iter().map(|it| it.rounded_seconds).sum();
                prop_assert!(!void || taken == all, "all credits together are the line");
            }
        }
    }
}
