//! Which rate holds for which work on which day.

use std::collections::BTreeMap;

use super::*;
use crate::catalogue::rates::RateUnit;
use crate::catalogue::{RateCleared, RateSet, samples};
use cqrs_es::test::TestFramework;
use jiff::civil::date;
use proptest::prelude::*;

fn rate(amount_minor: i64) -> Rate {
    Rate { unit: RateUnit::Hour, amount_minor, currency: "ZAR".into() }
}

fn set(scope: RateScope, from: Option<Date>, amount_minor: i64) -> RateSet {
    RateSet { scope, kind: RateKind::Bill, from, rate: rate(amount_minor) }
}

fn work(day: Date) -> RatedWork {
    RatedWork {
        member: samples::MEMBER,
        project: samples::PROJECT,
        task: samples::TASK,
        client: samples::CLIENT,
        day,
    }
}

fn cards(events: &[RateCardEvent]) -> BTreeMap<RateScope, RateCard> {
    let mut cards: BTreeMap<RateScope, RateCard> = BTreeMap::new();
    for event in events {
        let scope = match event {
            RateCardEvent::RateSet(event) => event.scope,
            RateCardEvent::RateCleared(event) => event.scope,
        };
        cards.entry(scope).or_default().evolve(event);
    }
    cards
}

fn found(events: &[RateCardEvent], day: Date) -> Option<i64> {
    let cards = cards(events);
    find_rate(&cards, &work(day), RateKind::Bill).map(|rate| rate.amount_minor)
}

const TENANT: RateScope = RateScope { member: None, project: None, task: None, client: None };

#[test]
fn the_most_specific_scope_with_a_rate_on_the_day_wins() {
    let member = RateScope { member: Some(samples::MEMBER), ..TENANT };
    let task = RateScope { task: Some(samples::TASK), ..TENANT };
    let project_of_client =
        RateScope { project: Some(samples::PROJECT), client: Some(samples::CLIENT), ..TENANT };
    let stranger = RateScope { task: Some(samples::OTHER_TASK), ..member };
    let events = [
        set(TENANT, None, 100).into(),
        set(project_of_client, None, 200).into(),
        set(task, None, 300).into(),
        set(member, Some(date(2026, 7, 1)), 400).into(),
        set(stranger, None, 500).into(),
    ];
    assert_eq!(found(&events[..1], date(2026, 6, 30)), Some(100));
    assert_eq!(found(&events[..2], date(2026, 6, 30)), Some(200));
    assert_eq!(found(&events, date(2026, 6, 30)), Some(300));
    assert_eq!(found(&events, date(2026, 7, 1)), Some(400));
}

#[test]
fn work_that_no_rate_covers_on_its_day_has_none() {
    let events = [set(TENANT, Some(date(2026, 7, 1)), 100).into()];
    assert_eq!(found(&events, date(2026, 6, 30)), None);
    assert_eq!(found(&[], date(2026, 6, 30)), None);
}

#[test]
fn a_rate_for_a_past_day_counts_only_where_the_log_knows_it() {
    let events = [
        set(TENANT, Some(date(2026, 1, 1)), 100).into(),
        set(TENANT, Some(date(2026, 3, 1)), 130).into(),
        set(TENANT, Some(date(2026, 3, 1)), 120).into(),
    ];
    let known_at = |count: usize| found(&events[..count], date(2026, 4, 1));
    assert_eq!([1, 2, 3].map(known_at), [Some(100), Some(130), Some(120)]);
}

#[test]
fn a_cost_rate_is_no_bill_rate() {
    let cost = RateSet { kind: RateKind::Cost, ..set(TENANT, None, 70) };
    let events = [cost.into()];
    assert_eq!(found(&events, date(2026, 1, 1)), None);
    let cards = cards(&events);
    let work = work(date(2026, 1, 1));
    assert_eq!(find_rate(&cards, &work, RateKind::Cost), Some(&rate(70)));
}

#[test]
fn a_card_reads_back_as_written_and_answers_as_an_aggregate() {
    let event = set(TENANT, None, 100);
    let RateSet { scope, kind, from, rate } = event.clone();
    let card = &cards(&[event.clone().into()])[&scope];
    let stored = serde_json::to_string(card).unwrap();
    assert_eq!(&serde_json::from_str::<RateCard>(&stored).unwrap(), card);
    TestFramework::<RateCard>::with(())
        .given_no_previous_events()
        .when(RateCardCommand::Set(SetRate { scope, kind, from, rate }))
        .then_expect_events(vec![event.clone().into()]);
    TestFramework::<RateCard>::with(())
        .given(vec![event.into()])
        .when(RateCardCommand::Clear(ClearRate { scope, kind, from }))
        .then_expect_events(vec![RateCleared { scope, kind, from }.into()]);
}

proptest! {
    /// The scopes are those of `candidates`, most specific first.
    #[test]
    fn the_found_rate_is_the_one_a_search_through_all_events_finds(
        steps in prop::collection::vec(
            (0..16_usize, prop::option::of(1..6_i8), 0..100_i64, any::<bool>()),
            0..40,
        ),
        asked in 1..8_i8,
    ) {
        let day = |number: i8| date(2026, 1, number);
        let scopes = RateScope::candidates(&work(day(1)));
        let events: Vec<RateCardEvent> = steps.iter().map(|(scope, from, amount, clear)| {
            let set = set(scopes[*scope], from.map(day), *amount);
            let RateSet { scope, kind, from, .. } = set;
            if *clear { RateCleared { scope, kind, from }.into() } else { set.into() }
        }).collect();
        let last_word = |scope: usize, from: Option<i8>| {
            let last = steps.iter().rev().find(|step| (step.0, step.1) == (scope, from));
            last.filter(|step| !step.3).map(|step| step.2)
        };
        let days = || (1..=asked).rev().map(Some).chain([None]);
        let expected =
            (0..16).find_map(|scope| days().find_map(|from| last_word(scope, from)));
        prop_assert_eq!(found(&events, day(asked)), expected);
    }
}
