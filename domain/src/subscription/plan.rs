//! A plan as its stream tells it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DefinePlan, Month, PlanEvent, Refusal, RevisePlan, define_plan, revise_plan};
use crate::aggregate::aggregate;
use crate::id::StreamId;
use crate::money::{Money, minor_digits};
use crate::name::checked_name;

/// The largest price, in minor units: the bill of all members there can be then fits an `i64`.
pub(super) const PRICE_MINOR_MAX: i64 = 1_000_000_000;
/// The longest description, in characters.
pub(super) const DESCRIPTION_CHARACTERS_MAX: usize = 500;

/// The stream of the plan with this code.
pub fn plan_stream(code: &str) -> StreamId {
    StreamId::derived("plan", &[code.as_bytes()])
}

/// Prices with the first day they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedPrices {
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// Per active member and month, in minor units by currency.
    pub prices: BTreeMap<String, i64>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Its code; none where its stream is empty: there is no such plan.
    pub code: Option<String>,
    /// What it's called.
    pub name: String,
    /// What one gets, for people.
    pub description: String,
    /// Whether firms may choose it.
    pub offered: bool,
    /// What it costs, by the day from which.
    pub prices: Vec<DatedPrices>,
}

/// What can be asked of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanCommand {
    /// See [`define_plan`].
    Define(DefinePlan),
    /// See [`revise_plan`].
    Revise(RevisePlan),
}

aggregate!(Plan, "plan", PlanCommand, PlanEvent, Refusal);

impl Plan {
    /// What follows from a command.
    pub fn decide(&self, command: PlanCommand) -> Result<Vec<PlanEvent>, Refusal> {
        match command {
            PlanCommand::Define(command) => define_plan::decide(self, command),
            PlanCommand::Revise(command) => revise_plan::decide(self, command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &PlanEvent) {
        let (name, description, offered) = match event {
            PlanEvent::PlanDefined(event) => {
                self.code = Some(event.plan.clone());
                self.price(None, &event.prices);
                (&event.name, &event.description, event.offered)
            }
            PlanEvent::PlanRevised(event) => {
                self.price(Some(event.from), &event.prices);
                (&event.name, &event.description, event.offered)
            }
        };
        self.name.clone_from(name);
        self.description.clone_from(description);
        self.offered = offered;
    }

    fn price(&mut self, from: Option<Date>, prices: &[Money]) {
        let prices = prices.iter().map(|it| (it.currency.clone(), it.amount_minor)).collect();
        if self.prices_on(from.unwrap_or(Date::MIN)) == Some(&prices) {
            return;
        }
        self.prices.retain(|dated| dated.from < from);
        self.prices.push(DatedPrices { from, prices });
    }

    /// Its code, or the refusal that there is no such plan.
    pub fn known(&self) -> Result<&str, Refusal> {
        self.code.as_deref().ok_or(Refusal::UnknownPlan)
    }

    fn prices_on(&self, day: Date) -> Option<&BTreeMap<String, i64>> {
        let past = |dated: &&DatedPrices| dated.from.is_none_or(|from| from <= day);
        self.prices.iter().rev().find(past).map(|dated| &dated.prices)
    }

    /// The price per active member of a month, in minor units: what holds on its first day.
    pub fn price_of(&self, month: Month, currency: &str) -> Option<i64> {
        self.prices_on(month.first_day())?.get(currency).copied()
    }

    /// Whether it costs anything at all, hence goes on after a trial.
    pub fn is_priced(&self) -> bool {
        self.prices.iter().any(|dated| !dated.prices.is_empty())
    }

    /// What a tenant with this currency pays in: the same where the plan has it, else US dollars,
    /// else the first one it has; none where it has no prices.
    pub fn currency_for(&self, wished: &str) -> Option<&str> {
        let prices = &self.prices.last()?.prices;
        let known = |code: &str| prices.get_key_value(code).map(|(code, _)| code.as_str());
        known(wished).or_else(|| known("USD")).or_else(|| prices.keys().next().map(String::as_str))
    }
}

/// Refuses prices that are no money, too high, or given twice for a currency.
pub(super) fn check_prices(prices: &[Money]) -> Result<(), Refusal> {
    for (n, price) in prices.iter().enumerate() {
        let twice = prices[..n].iter().any(|before| before.currency == price.currency);
        let money = minor_digits(&price.currency).is_some();
        if twice || !money || !(0..=PRICE_MINOR_MAX).contains(&price.amount_minor) {
            return Err(Refusal::InvalidPrices);
        }
    }
    Ok(())
}

/// The name and description without white space around them.
pub(super) fn check_words(name: &str, description: &str) -> Result<(String, String), Refusal> {
    let name = checked_name(name).ok_or(Refusal::InvalidName)?;
    let description = description.trim().to_owned();
    let fits = (1..=DESCRIPTION_CHARACTERS_MAX).contains(&description.chars().count());
    if fits { Ok((name, description)) } else { Err(Refusal::InvalidDescription) }
}
