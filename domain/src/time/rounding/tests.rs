//! Rounding by example, and what holds for any time and any rule.

use proptest::prelude::*;

use super::*;
use crate::time::samples::span_in;

fn rule(mode: RoundingMode, scope: RoundingScope) -> Rounding {
    Rounding { mode, tie: RoundingTie::HalfUp, scope, interval_minutes: 15 }
}

#[test]
fn whole_intervals_stay_as_they_are_in_every_mode() {
    for mode in RoundingMode::NAMES.iter().filter_map(|name| RoundingMode::parse(name)) {
        assert_eq!(round_seconds(900, rule(mode, RoundingScope::Entry)), 900, "{mode:?}");
    }
}

#[test]
fn the_scope_decides_what_is_rounded() {
    let entries = [(1, 5 * 60_i64), (1, 5 * 60), (2, 5 * 60)];
    let billed = |scope| line_seconds(entries, rule(RoundingMode::Up, scope)) / 60;
    assert_eq!(billed(RoundingScope::Entry), 45);
    assert_eq!(billed(RoundingScope::Ends), 45, "without ends it is as for entries");
    assert_eq!(billed(RoundingScope::Day), 30);
    assert_eq!(billed(RoundingScope::InvoiceLine), 15);
}

#[test]
fn both_ends_are_rounded_where_they_are_known_and_else_the_duration() {
    let by_ends = rule(RoundingMode::Nearest, RoundingScope::Ends);
    let worked = span_in("2026-01-07T09:07:00Z", "2026-01-07T10:09:00Z", "UTC");
    assert_eq!(entry_seconds(&worked, by_ends), 75 * 60, "09:00 to 10:15");
    assert_eq!(entry_seconds(worked.seconds, by_ends), 60 * 60, "62 minutes without ends");
    let back = Measured { seconds: -i64::from(worked.seconds), span: worked.span.as_ref() };
    assert_eq!(entry_seconds(back, by_ends), -75 * 60);
    let per_entry = rule(RoundingMode::Nearest, RoundingScope::Entry);
    assert_eq!(entry_seconds(&worked, per_entry), 60 * 60);
}

#[test]
fn rules_that_round_alike_are_equal_in_effect() {
    let none = Rounding { interval_minutes: 0, ..rule(RoundingMode::Up, RoundingScope::Day) };
    assert_eq!(none.effective(), Rounding::NONE);
    let up = rule(RoundingMode::Up, RoundingScope::Day);
    assert_eq!(Rounding { tie: RoundingTie::HalfEven, ..up }.effective(), up);
    let nearest = rule(RoundingMode::Nearest, RoundingScope::Day);
    let nearest = Rounding { tie: RoundingTie::HalfEven, ..nearest };
    assert_eq!(nearest.effective(), nearest);
}

#[test]
fn every_choice_is_found_by_its_stored_name() {
    for name in RoundingTie::NAMES {
        let tie = RoundingTie::parse(name).expect("a listed name");
        assert_eq!(serde_json::to_value(tie).expect("plain"), *name);
    }
    for name in RoundingScope::NAMES {
        let scope = RoundingScope::parse(name).expect("a listed name");
        assert_eq!(serde_json::to_value(scope).expect("plain"), *name);
    }
    assert_eq!(RoundingMode::parse("sideways"), None);
}

/// Any rule that rounds, of any scope.
fn rules() -> impl Strategy<Value = Rounding> {
    (1_u32..=240, 1_usize..4, 0_usize..3, 0_usize..4).prop_map(|(minutes, mode, tie, scope)| {
        Rounding {
            mode: RoundingMode::parse(RoundingMode::NAMES[mode]).expect("listed"),
            tie: RoundingTie::parse(RoundingTie::NAMES[tie]).expect("listed"),
            scope: RoundingScope::parse(RoundingScope::NAMES[scope]).expect("listed"),
            interval_minutes: minutes,
        }
    })
}

/// A day's work, from a second of that day to another.
fn work() -> impl Strategy<Value = Worked> {
    (0_i64..80_000, 1_i64..40_000).prop_map(|(from, seconds)| {
        let day = jiff::Timestamp::from_second(1_767_225_600).expect("a day of 2026");
        let start = day + jiff::SignedDuration::from_secs(from);
        let end = start + jiff::SignedDuration::from_secs(seconds);
        Worked::span(start, end, "Asia/Kathmandu").expect("less than a day")
    })
}

proptest! {
    #[test]
    fn rounding_moves_time_by_less_than_an_interval_and_never_twice(
        seconds in -200_000_i64..200_000, rule in rules(),
    ) {
        let rounded = round_seconds(seconds, rule);
        prop_assert_eq!(rounded % rule.step(), 0);
        prop_assert!((rounded - seconds).abs() < rule.step());
        prop_assert_eq!(round_seconds(rounded, rule), rounded);
        prop_assert_eq!(round_seconds(seconds, rule.effective()), rounded);
    }

    #[test]
    fn time_taken_back_is_rounded_like_the_time_it_takes_back(
        entries in prop::collection::vec((0_u8..3, work()), 0..12), rule in rules(),
    ) {
        let there = entries.iter().map(|(day, worked)| (*day, Measured::from(worked)));
        let back = there.clone().map(|(day, it)| (day, Measured { seconds: -it.seconds, ..it }));
        prop_assert_eq!(line_seconds(there.clone(), rule), -line_seconds(back.clone(), rule));
        // On one line the two are nothing.
        prop_assert_eq!(line_seconds(there.chain(back), rule), 0);
    }

    #[test]
    fn what_a_line_bills_is_the_sum_over_whatever_its_rule_rounds(
        entries in prop::collection::vec((0_u8..4, work()), 0..20), rule in rules(),
    ) {
        let parts = || entries.iter().map(|(day, worked)| (*day, worked));
        let billed = line_seconds(parts(), rule);
        let days = 0_u8..4;
        let of_day = |day| parts().filter(move |it| it.0 == day).map(|it| it.1);
        let expected: i64 = match rule.scope {
            RoundingScope::Entry | RoundingScope::Ends => {
                parts().map(|(_, worked)| entry_seconds(worked, rule)).sum()
            }
            RoundingScope::Day => days.map(|day| day_seconds(of_day(day), rule)).sum(),
            RoundingScope::InvoiceLine => {
                round_seconds(parts().map(|(_, worked)| i64::from(worked.seconds)).sum(), rule)
            }
        };
        prop_assert_eq!(billed, expected);
    }

    #[test]
    fn a_line_cut_between_days_bills_the_same_unless_its_rule_rounds_lines(
        entries in prop::collection::vec((0_u8..4, work()), 0..20), rule in rules(), cut in 0_u8..4,
    ) {
        let parts = || entries.iter().map(|(day, worked)| (*day, worked));
        let (early, late) = (
            line_seconds(parts().filter(|it| it.0 < cut), rule),
            line_seconds(parts().filter(|it| it.0 >= cut), rule),
        );
        let whole = line_seconds(parts(), rule);
        match rule.scope {
            RoundingScope::Entry | RoundingScope::Ends | RoundingScope::Day => {
                prop_assert_eq!(early + late, whole);
            }
            RoundingScope::InvoiceLine => {
                prop_assert!((early + late - whole).abs() < 2 * rule.step());
            }
        }
    }

    #[test]
    fn rounding_both_ends_keeps_neighbours_apart_and_rounds_once(
        first in work(), pause in 0_i64..7200, seconds in 1_i64..20_000, rule in rules(),
    ) {
        let span = first.span.clone().expect("made of one");
        let start = span.end + jiff::SignedDuration::from_secs(pause);
        let end = start + jiff::SignedDuration::from_secs(seconds);
        let next = Span { start, end, zone: span.zone.clone() };
        let (from, to) = round_ends(&span, rule).expect("a zone");
        let (next_from, next_to) = round_ends(&next, rule).expect("a zone");
        prop_assert!(from <= to && to <= next_from && next_from <= next_to);
        let rounded = Span { start: from, end: to, zone: span.zone };
        prop_assert_eq!(round_ends(&rounded, rule).expect("a zone"), (from, to));
    }
}
