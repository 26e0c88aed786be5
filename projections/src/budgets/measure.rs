//! What work comes to: seconds as recorded and as rounded, and money at bill rates. Hours of a
//! budget are as recorded; fees are of rounded time, as it would be billed. Each sum of money is
//! priced once per rate from all its seconds, so no rounding piles up.

use std::collections::BTreeMap;

use domain::budgets::{Budget, BudgetAmount, BudgetPeriod};
use domain::catalogue::rates::{Rate, RateKind, RateUnit, RatedWork};
use domain::id::ClientId;
use domain::money::price;
use domain::time::rounding::day_seconds;

use super::work::Group;
use crate::billing::price_book::PriceBook;

/// Rounded seconds by what is charged for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fees {
    /// By rate, and by the seconds of a working day where it's a rate per day.
    by_rate: BTreeMap<(String, i64, Option<u32>), i64>,
    /// Those that nobody has set a rate for.
    pub unpriced_seconds: i64,
}

impl Fees {
    fn add(&mut self, seconds: i64, rate: Option<&Rate>, working_day_seconds: u32) {
        let Some(rate) = rate else {
            self.unpriced_seconds += seconds;
            return;
        };
        let day = match rate.unit {
            RateUnit::Hour => None,
            RateUnit::Day => Some(working_day_seconds),
        };
        let key = (rate.currency.clone(), rate.amount_minor, day);
        *self.by_rate.entry(key).or_default() += seconds;
    }

    /// What is charged in all, by currency, in minor units.
    pub fn amounts(&self) -> BTreeMap<&str, i64> {
        let mut amounts = BTreeMap::new();
        for ((currency, amount_minor, day), seconds) in &self.by_rate {
            let unit = if day.is_some() { RateUnit::Day } else { RateUnit::Hour };
            let (amount_minor, currency) = (*amount_minor, currency.as_str());
            let rate = Rate { unit, amount_minor, currency: currency.to_owned() };
            let priced = price(*seconds, &rate, day.unwrap_or(1));
            *amounts.entry(currency).or_default() += priced;
        }
        amounts
    }

    /// What is charged in one currency, in minor units.
    pub fn amount_minor(&self, currency: &str) -> i64 {
        self.amounts().get(currency).copied().unwrap_or(0)
    }
}

/// What some work comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// As recorded.
    pub seconds: i64,
    /// As rounded.
    pub rounded_seconds: i64,
    /// What of it may be billed, as recorded.
    pub billable_seconds: i64,
    /// What of it is approved, as recorded.
    pub approved_seconds: i64,
    /// What is charged for what may be billed.
    pub fees: Fees,
}

/// Prices and rounding for the work of one client.
#[derive(Debug, Clone, Copy)]
pub struct Measure<'a> {
    /// Rates and rules.
    pub book: &'a PriceBook,
    /// For whom the work is.
    pub client: ClientId,
}

impl Measure<'_> {
    fn work(&self, group: &Group) -> RatedWork {
        RatedWork {
            member: group.member,
            project: group.project,
            task: group.task,
            client: self.client,
            day: group.work_day,
        }
    }

    /// The seconds of a group as its rule rounds them. What a rule rounds on the lines of an
    /// invoice is rounded there alone.
    pub fn rounded(&self, group: &Group) -> i64 {
        let rule = self.book.rounding(&self.work(group));
        day_seconds(group.entries.iter().copied(), rule)
    }

    fn charge(&self, fees: &mut Fees, group: &Group, rounded_seconds: i64) {
        let work = self.work(group);
        let working_day_seconds = self.book.settings().working_day_seconds(group.work_day);
        fees.add(rounded_seconds, self.book.rate(&work, RateKind::Bill), working_day_seconds);
    }

    /// What groups come to.
    pub fn tally<'g>(&self, groups: impl IntoIterator<Item = &'g Group>) -> Tally {
        let mut tally = Tally::default();
        for group in groups {
            let (seconds, rounded) = (group.seconds(), self.rounded(group));
            tally.seconds += seconds;
            tally.rounded_seconds += rounded;
            tally.approved_seconds += group.approved_seconds;
            if group.billable {
                tally.billable_seconds += seconds;
                self.charge(&mut tally.fees, group, rounded);
            }
        }
        tally
    }

    /// What is spent of a budget in a period: seconds, or minor units of its currency. Work at a
    /// rate of another currency, or at none, takes nothing of a budget of fees.
    pub fn spent(&self, terms: &Budget, period: BudgetPeriod, groups: &[&Group]) -> i64 {
        let counted = groups
            .iter()
            .filter(|group| terms.counts(period, group.task, group.day, group.billable));
        match &terms.amount {
            BudgetAmount::Hours { .. } => counted.map(|group| group.seconds()).sum(),
            BudgetAmount::Fees { currency, .. } => {
                let mut fees = Fees::default();
                counted.for_each(|group| self.charge(&mut fees, group, self.rounded(group)));
                fees.amount_minor(currency)
            }
        }
    }
}

#[cfg(test)]
mod tests;
