//! What a set of entries comes to. A set is rounded by its member-days on one project and task,
//! each by the rule of the day of its work: entries or the day's sum, as the rule says. What rounds
//! lines of an invoice rounds nothing here, where there are none. A member-day is priced at its one
//! rate, rounded once to the minor unit as a line of an invoice is, and then added up.

use std::collections::{BTreeMap, HashMap};

use domain::catalogue::rates::{Rate, RateKind, RatedWork};
use domain::id::{ClientId, ProjectId, TaskId};
use domain::money::price;
use domain::time::rounding::{Rounding, day_seconds};
use jiff::civil::Date;

use super::firm::Firm;
use super::work::Work;
use crate::billing::price_book::PriceBook;

/// Charged and paid, in minor units of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    /// What billable time is worth at the rates of its days.
    pub bill_minor: i64,
    /// What all of it costs the firm, by its recorded seconds.
    pub cost_minor: i64,
    /// Whether anything is charged in this currency, be it nothing in the end.
    pub charged: bool,
}

/// What a set of entries comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many there are.
    pub entries: i64,
    /// As recorded; less where time was taken back.
    pub seconds: i64,
    /// By the rules of their days.
    pub rounded_seconds: i64,
    /// As recorded, of those that may be billed.
    pub billable_seconds: i64,
    /// By the rules of their days, of those that may be billed.
    pub billable_rounded_seconds: i64,
    /// Of those that may be billed, what has no rate.
    pub unpriced_seconds: i64,
    /// Of all, what has no cost rate.
    pub uncosted_seconds: i64,
    /// By ISO 4217 code.
    pub money: BTreeMap<String, Amounts>,
}

impl Sums {
    /// Adds another set's.
    pub fn add(&mut self, other: &Sums) {
        self.entries += other.entries;
        self.seconds += other.seconds;
        self.rounded_seconds += other.rounded_seconds;
        self.billable_seconds += other.billable_seconds;
        self.billable_rounded_seconds += other.billable_rounded_seconds;
        self.unpriced_seconds += other.unpriced_seconds;
        self.uncosted_seconds += other.uncosted_seconds;
        for (currency, amounts) in &other.money {
            let sum = self.money.entry(currency.clone()).or_default();
            sum.bill_minor += amounts.bill_minor;
            sum.cost_minor += amounts.cost_minor;
            sum.charged |= amounts.charged;
        }
    }

    /// Of entries of one member's day on one project and task.
    pub fn of_unit<'w>(entries: impl IntoIterator<Item = &'w Work>, terms: &Terms) -> Self {
        let entries: Vec<&Work> = entries.into_iter().collect();
        let mut sums = Sums::default();
        for work in &entries {
            sums.entries += 1;
            sums.seconds += work.seconds;
            sums.billable_seconds += if work.billable { work.seconds } else { 0 };
        }
        let measured = |work: &&'w Work| work.measured();
        sums.rounded_seconds = day_seconds(entries.iter().map(measured), terms.rounding);
        let billable = entries.iter().filter(|work| work.billable);
        sums.billable_rounded_seconds = day_seconds(billable.map(measured), terms.rounding);
        sums.price(terms);
        sums
    }

    fn price(&mut self, terms: &Terms) {
        let Some(rates) = &terms.rates else { return };
        match &rates.bill {
            Some(rate) => {
                let minor = price(self.billable_rounded_seconds, rate, rates.day_seconds);
                if self.billable_seconds != 0 || minor != 0 {
                    let amounts = self.money.entry(rate.currency.clone()).or_default();
                    amounts.bill_minor += minor;
                    amounts.charged = true;
                }
            }
            None => self.unpriced_seconds = self.billable_seconds,
        }
        match &rates.cost {
            Some(rate) => {
                let minor = price(self.seconds, rate, rates.day_seconds);
                self.money.entry(rate.currency.clone()).or_default().cost_minor += minor;
            }
            None => self.uncosted_seconds = self.seconds,
        }
    }
}

/// What applies to a member's day on one project and task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// How its time is rounded.
    pub rounding: Rounding,
    /// What it's priced at; none where nobody asks for prices.
    pub rates: Option<Rates>,
}

/// Rates of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    /// What is charged.
    pub bill: Option<Rate>,
    /// What it costs.
    pub cost: Option<Rate>,
    /// The seconds that a day's rate pays for.
    pub day_seconds: u32,
}

/// Looks up what applies, through the one door for prices and rounding.
#[derive(Debug)]
pub struct Terming<'a> {
    book: &'a PriceBook,
    firm: &'a Firm,
    priced: bool,
    rules: HashMap<(Date, ProjectId, TaskId), Rounding>,
}

impl<'a> Terming<'a> {
    /// By this book, for the projects of this firm; with rates where it's priced.
    pub fn new(book: &'a PriceBook, firm: &'a Firm, priced: bool) -> Self {
        Terming { book, firm, priced, rules: HashMap::new() }
    }

    /// What applies to the day of this entry.
    pub fn of(&mut self, work: &Work) -> Terms {
        // A project that nobody knows is nobody's: only rates that name no client apply.
        let client = self.firm.client_of(work.project).unwrap_or(ClientId(uuid::Uuid::nil()));
        let rated = RatedWork {
            member: work.member,
            project: work.project,
            task: work.task,
            client,
            day: work.work_day,
        };
        let book = self.book;
        let place = (work.work_day, work.project, work.task);
        let rounding = *self.rules.entry(place).or_insert_with(|| book.rounding(&rated));
        let rates = self.priced.then(|| Rates {
            bill: book.rate(&rated, RateKind::Bill).cloned(),
            cost: book.rate(&rated, RateKind::Cost).cloned(),
            day_seconds: book.settings().working_day_seconds(work.work_day),
        });
        Terms { rounding, rates }
    }
}
