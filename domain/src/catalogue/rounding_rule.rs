//! The rounding rules of one scope. To know what was known at an earlier moment, fold the events up
//! to there; to round work, ask the rules of all scopes that cover it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::clear_rounding_rule::{self, ClearRoundingRule};
use super::set_rounding_rule::{self, SetRoundingRule};
use super::{Refusal, RoundingRuleEvent};
use crate::aggregate::aggregate;
use crate::time::Rounding;

/// A rule with the first day it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedRounding {
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// The rule.
    pub rule: Rounding,
}

/// The rules of one scope; its stream is [`super::rounding_rules::RuleScope::stream`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoundingRule {
    /// At most one per day, ordered by it.
    rules: Vec<DatedRounding>,
}

/// What can be asked of the rules of a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundingRuleCommand {
    /// See [`set_rounding_rule`].
    Set(SetRoundingRule),
    /// See [`clear_rounding_rule`].
    Clear(ClearRoundingRule),
}

aggregate!(RoundingRule, "rounding_rule", RoundingRuleCommand, RoundingRuleEvent, Refusal);

impl RoundingRule {
    /// What follows from a command.
    pub fn decide(&self, command: RoundingRuleCommand) -> Result<Vec<RoundingRuleEvent>, Refusal> {
        match command {
            RoundingRuleCommand::Set(command) => set_rounding_rule::decide(self, command),
            RoundingRuleCommand::Clear(command) => clear_rounding_rule::decide(self, command),
        }
    }

    /// Takes in what happened; of several rules for one day the one recorded last counts.
    pub fn evolve(&mut self, event: &RoundingRuleEvent) {
        match event {
            RoundingRuleEvent::RoundingRuleSet(event) => match self.place(event.from) {
                Ok(place) => self.rules[place].rule = event.rule,
                Err(place) => {
                    let dated = DatedRounding { from: event.from, rule: event.rule };
                    self.rules.insert(place, dated);
                }
            },
            RoundingRuleEvent::RoundingRuleCleared(event) => {
                if let Ok(place) = self.place(event.from) {
                    self.rules.remove(place);
                }
            }
        }
    }

    fn place(&self, from: Option<Date>) -> Result<usize, usize> {
        self.rules.binary_search_by_key(&from, |dated| dated.from)
    }

    /// All its rules, by the day they hold from.
    pub fn rules(&self) -> &[DatedRounding] {
        &self.rules
    }

    /// The rule set for exactly this day (or for always), if one was.
    pub fn given(&self, from: Option<Date>) -> Option<Rounding> {
        self.place(from).ok().map(|place| self.rules[place].rule)
    }

    /// The rule that holds on a day: the one with the latest day up to it.
    pub fn rule_on(&self, day: Date) -> Option<&DatedRounding> {
        self.rules.iter().rev().find(|dated| dated.from.is_none_or(|from| from <= day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::rates::RatedWork;
    use crate::catalogue::rounding_rules::{RuleScope, find_rounding};
    use crate::catalogue::{RoundingRuleCleared, RoundingRuleSet, samples};
    use crate::time::{RoundingMode, RoundingScope, RoundingTie};
    use cqrs_es::test::TestFramework;
    use jiff::civil::date;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn work(day: Date) -> RatedWork {
        let (member, project, task) = (samples::MEMBER, samples::PROJECT, samples::TASK);
        RatedWork { member, project, task, client: samples::CLIENT, day }
    }

    fn up_to(interval_minutes: u32) -> Rounding {
        let (mode, tie) = (RoundingMode::Up, RoundingTie::HalfUp);
        Rounding { mode, tie, scope: RoundingScope::Entry, interval_minutes }
    }

    fn set(scope: RuleScope, from: Option<Date>, minutes: u32) -> RoundingRuleEvent {
        RoundingRuleSet { scope, from, rule: up_to(minutes) }.into()
    }

    fn found(events: &[RoundingRuleEvent], day: Date) -> Option<(RuleScope, Option<Date>, u32)> {
        let mut rules: BTreeMap<RuleScope, RoundingRule> = BTreeMap::new();
        for event in events {
            let scope = match event {
                RoundingRuleEvent::RoundingRuleSet(event) => event.scope,
                RoundingRuleEvent::RoundingRuleCleared(event) => event.scope,
            };
            rules.entry(scope).or_default().evolve(event);
        }
        let (scope, dated) = find_rounding(|scope| rules.get(scope), &work(day))?;
        Some((scope, dated.from, dated.rule.interval_minutes))
    }

    #[test]
    fn a_task_weighs_more_than_its_project_and_that_more_than_its_client() {
        let [task, project, client] = RuleScope::candidates(&work(date(2026, 1, 1)));
        let july = Some(date(2026, 7, 1));
        let events = [
            set(client, None, 5),
            set(project, None, 10),
            set(task, july, 15),
            set(RuleScope::Task(samples::OTHER_TASK), None, 60),
        ];
        let june = date(2026, 6, 30);
        assert_eq!(found(&[], june), None);
        assert_eq!(found(&events[..1], june), Some((client, None, 5)));
        assert_eq!(found(&events, june), Some((project, None, 10)));
        assert_eq!(found(&events, date(2026, 7, 1)), Some((task, july, 15)));
        let cleared = RoundingRuleCleared { scope: task, from: july }.into();
        let events = [&events[..], &[cleared]].concat();
        assert_eq!(found(&events, date(2026, 7, 1)), Some((project, None, 10)));
    }

    #[test]
    fn rules_of_different_scopes_have_streams_of_their_own() {
        let mut streams = RuleScope::candidates(&work(date(2026, 1, 1))).map(|it| it.stream());
        streams.sort_unstable();
        assert!(streams.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn rules_read_back_as_written_and_answer_as_an_aggregate() {
        let scope = RuleScope::Client(samples::CLIENT);
        let (from, rule) = (None, up_to(15));
        let mut state = RoundingRule::default();
        state.evolve(&set(scope, from, 15));
        let stored = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<RoundingRule>(&stored).unwrap(), state);
        TestFramework::<RoundingRule>::with(())
            .given_no_previous_events()
            .when(RoundingRuleCommand::Set(SetRoundingRule { scope, from, rule }))
            .then_expect_events(vec![set(scope, from, 15)]);
        TestFramework::<RoundingRule>::with(())
            .given(vec![set(scope, from, 15)])
            .when(RoundingRuleCommand::Clear(ClearRoundingRule { scope, from }))
            .then_expect_events(vec![RoundingRuleCleared { scope, from }.into()]);
    }

    proptest! {
        #[test]
        fn the_found_rule_is_the_one_a_search_through_all_events_finds(
            steps in prop::collection::vec(
                (0..3_usize, prop::option::of(1..6_i8), 1..100_u32, any::<bool>()), 0..40,
            ),
            asked in 1..8_i8,
        ) {
            let day = |number: i8| date(2026, 1, number);
            let scopes = RuleScope::candidates(&work(day(1)));
            let events: Vec<_> = steps.iter().map(|(scope, from, minutes, clear)| {
                let (scope, from) = (scopes[*scope], from.map(day));
                if *clear {
                    RoundingRuleCleared { scope, from }.into()
                } else {
                    set(scope, from, *minutes)
                }
            }).collect();
            let last_word = |scope: usize, from: Option<i8>| {
                let last = steps.iter().rev().find(|step| (step.0, step.1) == (scope, from));
                last.filter(|step| !step.3).map(|step| (scopes[scope], from.map(day), step.2))
            };
            let days = || (1..=asked).rev().map(Some).chain([None]);
            let expected =
                (0..3).find_map(|scope| days().find_map(|from| last_word(scope, from)));
            prop_assert_eq!(found(&events, day(asked)), expected);
        }
    }
}
