//! What lines by task come to, without the lines: of thousands of entries only sums are kept. Terms
//! are told once for all work that has them in common, and not looked up for each entry.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::{SharedTerms, Terms};
use crate::catalogue::rates::Rate;
use crate::id::{MemberId, ProjectId, TaskId};
use crate::time::rounding::{Measured, Rounding, RoundingScope, entry_seconds, round_seconds};

/// What lines in one currency come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// As recorded.
    pub seconds: i64,
    /// As billed.
    pub rounded_seconds: i64,
    /// Of the recorded seconds, those without a price.
    pub unpriced_seconds: i64,
    /// Minor units of the currency, net.
    pub net_minor: i64,
}

/// Terms that were told, without the entry's own ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TermsOf(usize);

/// A currency that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BilledIn(usize);

/// An entry as it's summed up.
#[derive(Debug, Clone, Copy)]
pub struct SummedEntry<'a> {
    /// Who worked.
    pub member: MemberId,
    /// On what; it tells the client too.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// The local day of the work.
    pub day: Date,
    /// How long, and from when to when where its rounding asks for that.
    pub measured: Measured<'a>,
    /// What it's billed as whatever the rule, of what a credit note set free.
    pub fixed_seconds: Option<i64>,
}

/// What makes entries share a line of a draft by task.
type LineOf = (BilledIn, ProjectId, TaskId, TermsOf);

#[derive(Debug, Default)]
struct OfLine {
    seconds: i64,
    /// Rounded as far as entries are.
    rounded: i64,
    /// The same by day and member, where days are rounded.
    days: HashMap<(Date, MemberId), i64>,
}

/// The sums of lines by task, so far.
#[derive(Debug, Default)]
pub struct TaskSums {
    terms: Vec<SharedTerms>,
    terms_told: BTreeMap<SharedTerms, TermsOf>,
    currencies: Vec<String>,
    lines: HashMap<LineOf, OfLine>,
}

impl TaskSums {
    /// Terms to add entries under, or those of them that are billed as `fixed` seconds; equal ones
    /// make one line.
    pub fn terms(&mut self, terms: Terms, fixed: bool) -> TermsOf {
        let (shared, _) = SharedTerms::of(terms, fixed);
        let told = self.terms_told.entry(shared).or_insert_with_key(|shared| {
            self.terms.push(shared.clone());
            TermsOf(self.terms.len() - 1)
        });
        *told
    }

    /// A currency to bill entries in, ISO 4217.
    pub fn currency(&mut self, code: &str) -> BilledIn {
        let told = self.currencies.iter().position(|told| told == code);
        BilledIn(told.unwrap_or_else(|| {
            self.currencies.push(code.to_owned());
            self.currencies.len() - 1
        }))
    }

    /// Adds an entry; answers what it's rounded to by itself, by what has an effect in the rule.
    pub fn add(&mut self, currency: BilledIn, terms: TermsOf, entry: SummedEntry<'_>) -> i64 {
        let SummedEntry { member, project, task, day, measured, fixed_seconds } = entry;
        let line = self.lines.entry((currency, project, task, terms)).or_default();
        let rounding = self.terms[terms.0].rounding;
        let alone = fixed_seconds.unwrap_or_else(|| entry_seconds(measured, rounding));
        line.seconds += measured.seconds;
        line.rounded += alone;
        if rounding.scope == RoundingScope::Day {
            *line.days.entry((day, member)).or_default() += alone;
        }
        alone
    }

    /// What the lines come to by currency. `price` gives the minor units for seconds at a rate and
    /// the seconds of a working day.
    pub fn sums(&self, price: impl Fn(i64, &Rate, u32) -> i64) -> BTreeMap<String, Sum> {
        let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
        for ((currency, _, _, terms), line) in &self.lines {
            let (currency, terms) = (&self.currencies[currency.0], &self.terms[terms.0]);
            let rounded_seconds = line.rounded(terms.rounding);
            let sum = sums.entry(currency.clone()).or_default();
            sum.seconds += line.seconds;
            sum.rounded_seconds += rounded_seconds;
            match terms.rate().filter(|rate| rate.currency == *currency) {
                Some(rate) => sum.net_minor += price(rounded_seconds, &rate, terms.unit_seconds),
                None => sum.unpriced_seconds += line.seconds,
            }
        }
        sums
    }
}

impl OfLine {
    fn rounded(&self, rule: Rounding) -> i64 {
        match rule.scope {
            RoundingScope::Entry | RoundingScope::Ends => self.rounded,
            RoundingScope::Day => self.days.values().map(|day| round_seconds(*day, rule)).sum(),
            RoundingScope::InvoiceLine => round_seconds(self.rounded, rule),
        }
    }
}
