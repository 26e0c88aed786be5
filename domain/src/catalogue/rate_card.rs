//! A rate card: all rates of one scope. To know what was known at an earlier moment, fold the
//! events up to there; to price work, ask the cards of all scopes that cover it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::clear_rate::{self, ClearRate};
use super::rates::{Rate, RateKind, RateScope, RatedWork};
use super::set_rate::{self, SetRate};
use super::{RateCardEvent, Refusal};
use crate::aggregate::aggregate;

/// A rate with the first day it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedRate {
    /// Charge or cost.
    pub kind: RateKind,
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// The rate.
    pub rate: Rate,
}

/// The rates of one scope; its stream is [`RateScope::stream`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RateCard {
    /// At most one per kind and day, ordered by both.
    rates: Vec<DatedRate>,
}

/// What can be asked of a rate card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateCardCommand {
    /// See [`set_rate`].
    Set(SetRate),
    /// See [`clear_rate`].
    Clear(ClearRate),
}

aggregate!(RateCard, "rate_card", RateCardCommand, RateCardEvent, Refusal);

impl RateCard {
    /// What follows from a command.
    pub fn decide(&self, command: RateCardCommand) -> Result<Vec<RateCardEvent>, Refusal> {
        match command {
            RateCardCommand::Set(command) => set_rate::decide(self, command),
            RateCardCommand::Clear(command) => clear_rate::decide(self, command),
        }
    }

    /// Takes in what happened; of several rates for one day the one recorded last counts.
    pub fn evolve(&mut self, event: &RateCardEvent) {
        match event {
            RateCardEvent::RateSet(event) => match self.place(event.kind, event.from) {
                Ok(place) => self.rates[place].rate.clone_from(&event.rate),
                Err(place) => {
                    let rate = event.rate.clone();
                    let dated = DatedRate { kind: event.kind, from: event.from, rate };
                    self.rates.insert(place, dated);
                }
            },
            RateCardEvent::RateCleared(event) => {
                if let Ok(place) = self.place(event.kind, event.from) {
                    self.rates.remove(place);
                }
            }
        }
    }

    fn place(&self, kind: RateKind, from: Option<Date>) -> Result<usize, usize> {
        self.rates.binary_search_by_key(&(kind, from), |dated| (dated.kind, dated.from))
    }

    /// All its rates, by kind and then by the day they hold from.
    pub fn rates(&self) -> &[DatedRate] {
        &self.rates
    }

    /// The rate set for exactly this day (or for always), if one was.
    pub fn given(&self, kind: RateKind, from: Option<Date>) -> Option<&Rate> {
        self.place(kind, from).ok().map(|place| &self.rates[place].rate)
    }

    /// The rate that holds on a day: the one with the latest day up to it.
    pub fn rate_on(&self, kind: RateKind, day: Date) -> Option<&Rate> {
        self.dated_on(kind, day).map(|dated| &dated.rate)
    }

    /// The same with the day since which it holds.
    pub fn dated_on(&self, kind: RateKind, day: Date) -> Option<&DatedRate> {
        let past =
            |dated: &&DatedRate| dated.kind == kind && dated.from.is_none_or(|from| from <= day);
        self.rates.iter().rev().find(past)
    }
}

/// The rate for the work: of the cards that cover it and have a rate on its day, the most specific
/// one's. Cards of other scopes may be among `cards`; they are passed over.
pub fn find_rate<'a>(
    cards: impl IntoIterator<Item = (&'a RateScope, &'a RateCard)>,
    work: &RatedWork,
    kind: RateKind,
) -> Option<&'a Rate> {
    cards
        .into_iter()
        .filter(|(scope, _)| scope.covers(work))
        .filter_map(|(scope, card)| Some((scope.specificity(), card.rate_on(kind, work.day)?)))
        .max_by_key(|(specificity, _)| *specificity)
        .map(|(_, rate)| rate)
}

#[cfg(test)]
mod tests;
