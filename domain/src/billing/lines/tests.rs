//! Lines by example, and what holds for all of them: no second is lost or made, and the way lines
//! are made does not change what is billed.

use proptest::prelude::*;

use super::*;
use crate::billing::samples::{credit_note, day};
use crate::time::rounding::entry_seconds;
use crate::time::samples::{entry_id, member, project, span_in, task};
use crate::time::{RoundingMode, RoundingScope, RoundingTie};

/// Half up from the exact seconds; the working day counts for rates per day only.
fn price(seconds: i64, rate: &Rate, working_day_seconds: u32) -> i64 {
    let unit = match rate.unit {
        RateUnit::Hour => 3600,
        RateUnit::Day => i128::from(working_day_seconds),
    };
    let exact = i128::from(seconds) * i128::from(rate.amount_minor);
    i64::try_from((2 * exact + unit) / (2 * unit)).expect("a sound amount")
}

fn reserved(entry: u128, on: &str, seconds: i64) -> ReservedEntry {
    ReservedEntry {
        entry: entry_id(entry),
        version: 1,
        member: member(1),
        project: project(1),
        task: task(1),
        day: day(on),
        seconds,
        freed_by: None,
        billed_seconds: None,
    }
}

fn at_rate(unit: RateUnit, amount_minor: i64) -> Rate {
    Rate { unit, amount_minor, currency: "ZAR".into() }
}

fn terms(rate: Rate) -> Terms {
    let working_day_seconds = 8 * 3600;
    Terms { rounding: Rounding::NONE, rate: Some(rate), working_day_seconds, span: None }
}

fn by_quarter(mode: RoundingMode, scope: RoundingScope) -> Rounding {
    Rounding { mode, tie: RoundingTie::HalfUp, scope, interval_minutes: 15 }
}

#[test]
fn a_line_is_priced_from_its_exact_seconds_and_shows_four_places() {
    let entries = [reserved(1, "2026-01-07", 440 * 60)];
    let at = |_: &ReservedEntry| terms(at_rate(RateUnit::Hour, 125_000));
    let lines = invoice_lines(&entries, GroupBy::Task, "ZAR", at, price);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].key, LineKey::Task { project: project(1), task: task(1) });
    assert_eq!(lines[0].quantity, "7.3333");
    assert_eq!((lines[0].seconds, lines[0].rounded_seconds), (26_400, 26_400));
    assert_eq!(lines[0].unit_price_minor, Some(125_000));
    assert_eq!(lines[0].net_minor, Some(916_667));
    assert_eq!(lines[0].warning, None);
}

#[test]
fn a_day_rate_counts_working_days_and_a_day_of_another_length_is_another_line() {
    let entries = [reserved(1, "2026-06-30", 380 * 60), reserved(2, "2026-07-01", 480 * 60)];
    let at = |entry: &ReservedEntry| Terms {
        rounding: by_quarter(RoundingMode::Up, RoundingScope::Entry),
        working_day_seconds: if entry.day < day("2026-07-01") { 28_800 } else { 27_000 },
        ..terms(at_rate(RateUnit::Day, 960_000))
    };
    let lines = invoice_lines(&entries, GroupBy::Task, "ZAR", at, price);
    let shown: Vec<_> = lines.iter().map(|it| (it.n, it.quantity.as_str(), it.net_minor)).collect();
    assert_eq!(shown, [(1, "1.0667", Some(1_024_000)), (2, "0.8125", Some(780_000))]);
}

#[test]
fn entries_of_one_group_with_other_rates_make_lines_of_their_own() {
    let entries = [
        reserved(1, "2026-01-07", 3600),
        reserved(2, "2026-01-08", 3600),
        reserved(3, "2026-01-09", 1800),
    ];
    let raised = day("2026-01-08");
    let at = |entry: &ReservedEntry| {
        terms(at_rate(RateUnit::Hour, if entry.day < raised { 100_000 } else { 120_000 }))
    };
    let lines = invoice_lines(&entries, GroupBy::Member, "ZAR", at, price);
    let shown: Vec<_> = lines.iter().map(|it| (it.entries.clone(), it.net_minor)).collect();
    assert_eq!(
        shown,
        [(vec![entry_id(1)], Some(100_000)), (vec![entry_id(2), entry_id(3)], Some(180_000)),]
    );
    assert!(lines.iter().all(|line| line.key == LineKey::Member { member: member(1) }));
}

#[test]
fn time_without_a_rate_or_with_one_in_another_currency_is_a_line_without_a_price() {
    let entries = [reserved(1, "2026-01-07", 3600), reserved(2, "2026-01-08", 1800)];
    let none = |_: &ReservedEntry| Terms { rate: None, ..terms(at_rate(RateUnit::Hour, 1)) };
    let lines = invoice_lines(&entries, GroupBy::Task, "ZAR", none, price);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].warning.as_ref().map(LineWarning::code), Some("billing.no_rate"));
    assert_eq!((lines[0].unit_price_minor, lines[0].net_minor), (None, None));
    assert_eq!(lines[0].quantity, "1.5000");
    let at = |_: &ReservedEntry| terms(at_rate(RateUnit::Hour, 100_000));
    let lines = invoice_lines(&entries, GroupBy::Task, "EUR", at, price);
    let warning = LineWarning::OtherCurrency { currency: "ZAR".into() };
    assert_eq!(lines[0].warning, Some(warning));
    assert_eq!(lines[0].net_minor, None);
    assert!(lines[0].rate.is_some());
}

#[test]
fn a_rate_of_nothing_is_a_price_of_nothing_and_not_a_missing_rate() {
    let entries = [reserved(1, "2026-01-07", 3600), reserved(2, "2026-01-07", 3600)];
    let at = |entry: &ReservedEntry| Terms {
        rate: (entry.entry == entry_id(1)).then(|| at_rate(RateUnit::Hour, 0)),
        ..terms(at_rate(RateUnit::Hour, 0))
    };
    let lines = invoice_lines(&entries, GroupBy::Task, "ZAR", at, price);
    let nets: Vec<_> = lines.iter().map(|line| line.net_minor).collect();
    assert_eq!(nets, [Some(0), None]);
}

#[test]
fn lines_stand_in_the_order_of_their_days_and_each_rounds_as_its_scope_says() {
    let entries = [
        reserved(3, "2026-01-08", 300),
        reserved(1, "2026-01-07", 300),
        reserved(2, "2026-01-07", 300),
    ];
    let billed = |scope, group_by| {
        let at = |_: &ReservedEntry| Terms {
            rounding: by_quarter(RoundingMode::Up, scope),
            ..terms(at_rate(RateUnit::Hour, 100_000))
        };
        let lines = invoice_lines(&entries, group_by, "ZAR", at, price);
        lines.iter().map(|line| line.rounded_seconds / 60).collect::<Vec<_>>()
    };
    assert_eq!(billed(RoundingScope::Entry, GroupBy::Day), [30, 15]);
    assert_eq!(billed(RoundingScope::Day, GroupBy::Day), [15, 15]);
    assert_eq!(billed(RoundingScope::Day, GroupBy::Task), [30]);
    assert_eq!(billed(RoundingScope::InvoiceLine, GroupBy::Task), [15]);
    assert_eq!(billed(RoundingScope::InvoiceLine, GroupBy::Entry), [15, 15, 15]);
}

#[test]
fn quantities_are_rounded_half_up_at_the_fourth_place() {
    assert_eq!(quantity(0, 3600), "0.0000");
    assert_eq!(quantity(1, 3600), "0.0003");
    // 0.00625 and 0.00005 of a unit of 20 000 seconds.
    assert_eq!(quantity(125, 20_000), "0.0063");
    assert_eq!(quantity(1, 20_000), "0.0001");
    assert_eq!(quantity(86_400 * 5000, 3600), "120000.0000");
    assert_eq!(
        (quantity(-125, 20_000), quantity(-1, 400_000)),
        ("-0.0063".into(), "0.0000".into())
    );
}

#[test]
fn a_rule_for_ends_bills_the_difference_of_the_rounded_ends() {
    let entries = [reserved(1, "2026-01-07", 4517), reserved(2, "2026-01-07", 4517)];
    let span = span_in("2026-01-07T12:17:35Z", "2026-01-07T13:32:52Z", "UTC");
    let at = |entry: &ReservedEntry| Terms {
        rounding: by_quarter(RoundingMode::Up, RoundingScope::Ends),
        span: span.span.clone().filter(|_| entry.entry == entry_id(1)),
        ..terms(at_rate(RateUnit::Hour, 100_000))
    };
    let lines = invoice_lines(&entries, GroupBy::Task, "ZAR", at, price);
    // 12:30 to 13:45, and 75 minutes and 17 seconds up to a quarter.
    assert_eq!(lines[0].rounded_seconds / 60, 75 + 90);
    assert_eq!(lines[0].rounding.scope, RoundingScope::Ends);
}

fn any_entries() -> impl Strategy<Value = Vec<ReservedEntry>> {
    let entry = (1_i64..=86_400, 0_i32..5, 1_u128..4, 1_u128..3, 1_u128..3, 0_u8..6);
    prop::collection::vec(entry, 1..40).prop_map(|entries| {
        let first = day("2026-01-05");
        (1..)
            .zip(entries)
            .map(|(n, (seconds, after, by, on, doing, freed))| ReservedEntry {
                entry: entry_id(n),
                version: 1,
                member: member(by),
                project: project(on),
                task: task(doing),
                day: first + jiff::Span::new().days(after),
                seconds,
                freed_by: (freed < 2).then(|| credit_note(1)),
                billed_seconds: (freed < 1).then_some(seconds + 77),
            })
            .collect()
    })
}

/// Rates and rounding that differ by member and by day, with some work that has no rate.
fn mixed_terms(entry: &ReservedEntry, mode: RoundingMode, scope: RoundingScope) -> Terms {
    let who = i64::try_from(entry.member.0.as_u128()).expect("small");
    let later = entry.day > day("2026-01-07");
    let unit = if who == 2 { RateUnit::Day } else { RateUnit::Hour };
    let mut rounding = by_quarter(mode, scope);
    rounding.interval_minutes = if later { 6 } else { 15 };
    Terms {
        rounding,
        rate: (who != 3 || later).then(|| at_rate(unit, 50_000 * who + i64::from(later))),
        working_day_seconds: if later { 27_000 } else { 28_800 },
        span: None,
    }
}

proptest! {
    #[test]
    fn every_second_is_in_exactly_one_line_however_lines_are_made(
        entries in any_entries(), mode in 0_usize..4, scope in 0_usize..4,
    ) {
        let mode = RoundingMode::parse(RoundingMode::NAMES[mode]).expect("listed");
        let scope = RoundingScope::parse(RoundingScope::NAMES[scope]).expect("listed");
        let seconds: i64 = entries.iter().map(|entry| entry.seconds).sum();
        let mut billed = Vec::new();
        for group_by in [GroupBy::Task, GroupBy::Member, GroupBy::Day, GroupBy::Entry] {
            let at = |entry: &ReservedEntry| mixed_terms(entry, mode, scope);
            let lines = invoice_lines(&entries, group_by, "ZAR", at, price);
            prop_assert_eq!(lines.iter().map(|line| line.seconds).sum::<i64>(), seconds);
            let mut held: Vec<_> = lines.iter().flat_map(|line| line.entries.clone()).collect();
            held.sort_unstable();
            let all: Vec<_> = entries.iter().map(|entry| entry.entry).collect();
            prop_assert_eq!(held, all);
            let numbers: Vec<_> = lines.iter().map(|line| line.n as usize).collect();
            prop_assert_eq!(numbers, (1..=lines.len()).collect::<Vec<_>>());
            for line in &lines {
                let priced = line.warning.is_none();
                prop_assert_eq!(line.net_minor.is_some(), priced);
                prop_assert_eq!(line.unit_price_minor.is_some(), priced);
                if mode == RoundingMode::None {
                    let of = |id: &EntryId| entries.iter().find(|it| it.entry == *id);
                    let held = line.entries.iter().filter_map(of);
                    let as_before = held.map(|it| it.fixed_seconds().unwrap_or(it.seconds));
                    prop_assert_eq!(line.rounded_seconds, as_before.sum::<i64>());
                }
            }
            billed.push(lines.iter().map(|line| line.rounded_seconds).sum::<i64>());
        }
        match scope {
            RoundingScope::Entry | RoundingScope::Ends => {
                prop_assert!(billed.iter().all(|sum| *sum == billed[0]));
            }
            // One line per entry is too fine for a day's sum; all coarser ways agree.
            RoundingScope::Day => prop_assert!(billed[..3].iter().all(|sum| *sum == billed[0])),
            RoundingScope::InvoiceLine => {}
        }
    }

    #[test]
    fn the_order_of_entries_does_not_change_the_lines(entries in any_entries()) {
        let at = |entry: &ReservedEntry| {
            mixed_terms(entry, RoundingMode::Nearest, RoundingScope::Day)
        };
        let backwards: Vec<_> = entries.iter().rev().copied().collect();
        for group_by in [GroupBy::Task, GroupBy::Member, GroupBy::Day, GroupBy::Entry] {
            prop_assert_eq!(
                invoice_lines(&entries, group_by, "ZAR", at, price),
                invoice_lines(&backwards, group_by, "ZAR", at, price)
            );
        }
    }
}

proptest! {
    #[test]
    fn sums_by_task_are_those_of_the_lines(
        entries in any_entries(), modes in 0_usize..16, taken_back in 1_usize..6,
    ) {
        let mode = RoundingMode::parse(RoundingMode::NAMES[modes / 4]).expect("listed");
        let scope = RoundingScope::parse(RoundingScope::NAMES[modes % 4]).expect("listed");
        let mut entries = entries;
        for entry in entries.iter_mut().step_by(taken_back) {
            entry.seconds = -entry.seconds;
        }
        let until = ["07:32:52", "08:05:00", "08:40:01"];
        let span = |end| span_in("2026-01-07T07:17:35Z", &format!("2026-01-07T{end}Z"), "UTC").span;
        let spans = until.map(span);
        let at = |entry: &ReservedEntry| {
            let mut terms = mixed_terms(entry, mode, scope);
            terms.span = spans.get(entry.seconds.unsigned_abs() as usize % 5).cloned().flatten();
            if entry.task == task(2) && let Some(rate) = &mut terms.rate {
                rate.currency = "EUR".into();
            }
            terms
        };
        let mut sums = TaskSums::default();
        let currency = sums.currency("ZAR");
        for entry in &entries {
            let terms = at(entry);
            let (rule, span) = (terms.rounding, terms.span.clone());
            let fixed_seconds = entry.fixed_seconds();
            let of = sums.terms(terms, fixed_seconds.is_some());
            let measured = Measured { seconds: entry.seconds, span: span.as_ref() };
            let ReservedEntry { member, project, task, day, .. } = *entry;
            let added = SummedEntry { member, project, task, day, measured, fixed_seconds };
            let alone = sums.add(currency, of, added);
            let by_rule = entry_seconds(measured, rule.effective());
            prop_assert_eq!(alone, fixed_seconds.unwrap_or(by_rule));
        }
        let mut expected = Sum::default();
        for line in invoice_lines(&entries, GroupBy::Task, "ZAR", at, price) {
            expected.seconds += line.seconds;
            expected.rounded_seconds += line.rounded_seconds;
            expected.net_minor += line.net_minor.unwrap_or_default();
            expected.unpriced_seconds += if line.net_minor.is_none() { line.seconds } else { 0 };
        }
        let expected = std::collections::BTreeMap::from([("ZAR".to_owned(), expected)]);
        prop_assert_eq!(sums.sums(price), expected);
    }
}
