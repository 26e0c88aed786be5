//! Documents by chance, the same for the same seed: every way of taxing, rounding, discounting and
//! crediting in one draw.

use domain::billing::GroupBy;
use domain::billing::credit_invoice::{CreditPart, CreditWhat};
use domain::billing::draft_terms::{DraftDiscount, DraftLineDiscount, DraftLineTax};
use domain::billing::exchange::{ExchangeRate, StatedRate};
use domain::billing::prompt_payment::PromptTerms;
use domain::billing::tax::TaxCategory;
use domain::billing::totals::{Prices, Reduction};
use domain::catalogue::rates::RateUnit;
use domain::time::{Rounding, RoundingMode, RoundingScope, RoundingTie};
use jiff::civil::date;

use crate::bill::{Bill, credited, of_task, part, percent, personal, sealed_of};
use crate::cases::Case;

/// Numbers by chance (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[usize::try_from(self.below(values.len() as u64)).expect("small")]
    }

    fn reduction(&mut self) -> Reduction {
        if self.one_in(2) {
            Reduction::Percent(percent(self.of(&["1", "2.5", "10", "33.3333", "100"])))
        } else {
            Reduction::AmountMinor(self.below(5000) as i64)
        }
    }
}

/// So many invoices that can be issued, each with the credit notes it gets.
pub(crate) fn documents(seed: u64, invoices: usize) -> Vec<Case> {
    let mut chance = Chance(seed);
    let mut documents = Vec::new();
    let mut issued = 0;
    while issued < invoices {
        let bill = bill(&mut chance);
        // Discounts of more than there is, and sums below nothing, are refused by the rules.
        let Ok(mut invoice) = bill.issued() else { continue };
        issued += 1;
        let name = format!("seed {seed} invoice {issued}");
        documents.push((name.clone(), sealed_of(&invoice)));
        for n in 1..=u32::try_from(chance.below(4)).expect("small") {
            let lines = sealed_of(&invoice).lines.len() as u64;
            let line = u32::try_from(1 + chance.below(lines)).expect("small");
            let what = match chance.below(4) {
                0 => CreditWhat::Everything,
                1 => part(line, CreditPart::Whole),
                2 => part(line, CreditPart::Seconds(1 + chance.below(5000) as i64)),
                _ => part(line, CreditPart::NetMinor(1 + chance.below(9000) as i64)),
            };
            let credit = credited(&mut invoice, n, what);
            documents.extend(credit.ok().map(|credit| (format!("{name} credit {n}"), credit)));
        }
    }
    documents
}

fn bill(chance: &mut Chance) -> Bill {
    let in_union = chance.one_in(2);
    let mut bill = if in_union { Bill::in_the_union() } else { Bill::default() };
    bill.group_by = chance.of(&[GroupBy::Task, GroupBy::Task, GroupBy::Day, GroupBy::Entry]);
    bill.prices = chance.of(&[Prices::Exclusive, Prices::Inclusive]);
    bill.standard = percent(chance.of(&["15", "19", "5.5", "7.7", "20"]));
    bill.working_day_seconds = chance.of(&[28_800, 27_000, 25_200]);
    let tasks = 1 + chance.below(4);
    bill.rates = (1..=tasks).map(|n| (u128::from(n), rate(chance))).collect();
    for _ in 0..=chance.below(9) {
        let seconds = 1 + chance.below(30_000) as i64;
        let seconds = if chance.one_in(8) { -seconds } else { seconds };
        let task = u128::from(1 + chance.below(tasks));
        bill.work.push((task, 1 + chance.below(28) as i8, seconds));
    }
    if chance.one_in(3) {
        bill.rounding = Rounding {
            mode: chance.of(&[RoundingMode::Up, RoundingMode::Nearest, RoundingMode::Down]),
            tie: RoundingTie::HalfUp,
            scope: chance.of(&[RoundingScope::Entry, RoundingScope::InvoiceLine]),
            interval_minutes: chance.of(&[5, 6, 15, 30]),
        };
    }
    terms(chance, &mut bill, tasks);
    if chance.one_in(6) {
        bill.registered = false;
        bill.prices = Prices::Exclusive;
    }
    if chance.one_in(5) && !in_union {
        bill.currency = chance.of(&["EUR", "USD", "JPY", "GBP"]).to_owned();
        let rate = ExchangeRate::parse(chance.of(&["18.4512", "0.1234", "21"])).expect("a rate");
        let on = date(2026, 1, 30);
        bill.terms.exchange = Some(StatedRate { rate, on, source: "SARB".to_owned() });
    }
    bill
}

fn rate(chance: &mut Chance) -> (RateUnit, i64) {
    let unit = chance.of(&[RateUnit::Hour, RateUnit::Hour, RateUnit::Day]);
    (unit, chance.below(300_000) as i64)
}

fn terms(chance: &mut Chance, bill: &mut Bill, tasks: u64) {
    let categories: Vec<TaxCategory> = TaxCategory::ALL
        .into_iter()
        .filter(|category| *category != TaxCategory::OutsideScope)
        .collect();
    if chance.one_in(4) {
        bill.category = Some(chance.of(&TaxCategory::ALL));
    }
    if bill.category.is_none_or(|category| category != TaxCategory::OutsideScope) {
        for n in 1..=tasks {
            let key = of_task(n.into());
            if chance.one_in(3) {
                let category = chance.of(&categories);
                bill.terms.line_taxes.push(DraftLineTax { key, category });
            }
            if chance.one_in(3) {
                let reduction = chance.reduction();
                bill.terms.line_discounts.push(DraftLineDiscount { key, reduction });
            }
        }
    }
    for _ in 0..chance.below(3) {
        let reason = chance.one_in(2).then(|| personal("As agreed"));
        bill.terms.discounts.push(DraftDiscount { reduction: chance.reduction(), reason });
    }
    if chance.one_in(4) {
        bill.prompt = Some(PromptTerms { percent: percent("2"), days: 7 });
    }
    if chance.one_in(5) {
        bill.coin_minor = Some(chance.of(&[5, 10, 100]));
    }
}
