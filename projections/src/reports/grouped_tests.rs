//! Sums of any entries, however they're grouped, against sums made the plain way.

use std::collections::BTreeMap;

use super::*;
use crate::billing::price_book::PriceBook;
use crate::billing::rounding_book::RoundingBook;
use crate::catalogue::project::ProjectRow;
use crate::catalogue::rate::RateRow;
use crate::row::Since;
use crate::settings::setting::SettingRow;
use domain::catalogue::rates::{RateKind, RateScope, RateUnit};
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

const ALL: [Dimension; 12] = [
    Dimension::Member,
    Dimension::Client,
    Dimension::Project,
    Dimension::Task,
    Dimension::Tag,
    Dimension::Day,
    Dimension::Week,
    Dimension::Month,
    Dimension::Year,
    Dimension::Billable,
    Dimension::State,
    Dimension::Entry,
];

fn firm() -> Firm {
    let project = |n: u128| ProjectRow {
        project_id: ProjectId(Uuid::from_u128(n)),
        client_id: ClientId(Uuid::from_u128(n % 2)),
        name: format!("Project {n}"),
        archived: false,
        position: 1,
    };
    Firm::of([], (0..4).map(project), [], [])
}

fn setting(name: &str, value: &str, from: Option<Date>) -> SettingRow {
    let (name, value) = (name.to_owned(), value.to_owned());
    let known_at = Timestamp::UNIX_EPOCH;
    SettingRow { name, from_day: Since(from), value, known_at, position: 1 }
}

fn rate(kind: RateKind, amount_minor: i64, currency: &str, member: Option<u128>) -> RateRow {
    let scope =
        RateScope { member: member.map(|n| MemberId(Uuid::from_u128(n))), ..RateScope::default() };
    RateRow {
        card_id: scope.stream(),
        kind,
        from_day: Since(None),
        member_id: scope.member,
        project_id: None,
        task_id: None,
        client_id: None,
        unit: RateUnit::Hour,
        amount_minor,
        currency: currency.to_owned(),
        known_at: Timestamp::UNIX_EPOCH,
        position: 1,
    }
}

/// Up to a quarter by the entry until the 10th of February, then by the day.
fn book() -> PriceBook {
    let tenth = Some(date(2026, 2, 10));
    PriceBook::of(
        [
            rate(RateKind::Bill, 100_000, "ZAR", None),
            rate(RateKind::Bill, 7_333, "USD", Some(1)),
            rate(RateKind::Cost, 40_001, "ZAR", None),
        ],
        RoundingBook::of(
            [],
            [
                setting("ROUNDING_MODE", "up", None),
                setting("ROUNDING_SCOPE", "entry", None),
                setting("ROUNDING_SCOPE", "day", tenth),
                setting("TIMECAPTURE_INTERVAL_MINUTES", "15", None),
            ],
        ),
    )
}

fn work(n: u128, who: u128, day: i8, seconds: i64) -> Work {
    Work {
        entry: EntryId(Uuid::from_u128(n)),
        member: MemberId(Uuid::from_u128(who)),
        project: ProjectId(Uuid::from_u128(1)),
        task: TaskId(Uuid::from_u128(1)),
        day: date(2026, 2, day),
        work_day: date(2026, 2, day),
        seconds,
        billable: true,
        state: EntryState::Open,
        tags: Vec::new(),
        span: None,
        note: None,
    }
}

fn grouped(dimensions: &[Dimension], subtotals: bool, mut entries: Vec<Work>) -> Grouped {
    let (firm, book) = (firm(), book());
    let mut grouped = Grouped::new(dimensions.to_vec(), subtotals);
    grouped.take(&mut entries, &mut Terming::new(&book, &firm, true), &firm);
    grouped
}

fn any_work() -> impl Strategy<Value = Vec<Work>> {
    let one = (
        (0_u128..3, 0_u128..4, 0_u128..2, 1_i8..=28),
        (-20_000_i64..20_000, any::<bool>(), 0_usize..4, prop::collection::vec(0_u8..3, 0..3)),
    );
    prop::collection::vec(one, 0..60).prop_map(|all| {
        let states =
            [EntryState::Open, EntryState::Submitted, EntryState::Approved, EntryState::Rejected];
        (0..)
            .zip(all)
            .map(|(n, ((who, project, task, day), (seconds, billable, state, tags)))| Work {
                project: ProjectId(Uuid::from_u128(project)),
                task: TaskId(Uuid::from_u128(task)),
                billable,
                state: states[state],
                tags: tags.iter().map(|tag| format!("tag {tag}")).collect(),
                ..work(n, who, day, seconds)
            })
            .collect()
    })
}

/// Rows without those that a label doubles.
fn summed(grouped: &Grouped) -> Sums {
    let mut sums = Sums::default();
    grouped.rows().values().for_each(|group| sums.add(&group.sums));
    sums
}

proptest! {
    #[test]
    fn the_total_is_that_of_the_entries_however_they_are_grouped(
        entries in any_work(),
        dimensions in prop::sample::subsequence(ALL.to_vec(), 0..=4).prop_shuffle(),
        subtotals in any::<bool>(),
    ) {
        let plain = grouped(&[], false, entries.clone());
        let grouped = grouped(&dimensions, subtotals, entries.clone());
        prop_assert_eq!(plain.total(), grouped.total());
        let sums = summed(&grouped);
        let of_all: i64 = entries.iter().map(|work| work.seconds).sum();
        prop_assert_eq!(plain.total().seconds, of_all);
        prop_assert_eq!(plain.total().entries, entries.len() as i64);
        if !dimensions.contains(&Dimension::Tag) {
            prop_assert_eq!(sums.seconds, of_all);
            prop_assert_eq!(sums.billable_seconds, plain.total().billable_seconds);
            prop_assert_eq!(sums.entries, entries.len() as i64);
        }
        if !dimensions.iter().any(|dimension| dimension.cuts()) {
            prop_assert_eq!(&sums, plain.total());
        }
    }

    #[test]
    fn subtotals_are_the_rows_of_the_shorter_grouping(
        entries in any_work(),
        dimensions in prop::sample::subsequence(ALL.to_vec(), 2..=4).prop_shuffle(),
    ) {
        let long = grouped(&dimensions, true, entries.clone());
        for level in 1..dimensions.len() {
            let short = grouped(&dimensions[..level], false, entries.clone());
            for (parts, group) in short.rows() {
                prop_assert_eq!(long.subtotal(parts), Some(&group.sums));
            }
        }
    }

    #[test]
    fn what_is_taken_back_whole_leaves_nothing(entries in any_work()) {
        let back = entries.iter().map(|work| Work {
            entry: EntryId(Uuid::from_u128(work.entry.0.as_u128() + 1000)),
            seconds: -work.seconds,
            ..work.clone()
        });
        let all: Vec<Work> = entries.iter().cloned().chain(back).collect();
        let total = grouped(&[Dimension::Member], false, all).total().clone();
        prop_assert_eq!((total.seconds, total.rounded_seconds, total.billable_seconds), (0, 0, 0));
        prop_assert!(total.money.values().all(|it| it.bill_minor == 0 && it.cost_minor == 0));
    }
}

#[test]
fn a_rule_that_changes_within_the_month_rounds_each_day_by_its_own() {
    // Twice five minutes, before and after: two quarters, then one.
    let entries = vec![work(1, 0, 9, 300), work(2, 0, 9, 300), work(3, 0, 10, 300)];
    let entries = [entries, vec![work(4, 0, 10, 300)]].concat();
    let total = grouped(&[Dimension::Month], false, entries).total().clone();
    assert_eq!((total.seconds, total.rounded_seconds), (1200, 1800 + 900));
    assert_eq!(total.money["ZAR"].bill_minor, 75_000);
    // 1200 seconds at 400.01 an hour, priced by the day: twice 66.668.
    assert_eq!(total.money["ZAR"].cost_minor, 2 * 6667);
}

#[test]
fn each_currency_is_summed_by_itself_and_time_without_a_rate_is_named() {
    let entries = vec![work(1, 0, 9, 3600), work(2, 1, 9, 3600)];
    let total = grouped(&[], false, entries.clone()).total().clone();
    let bills: BTreeMap<_, _> =
        total.money.iter().map(|(code, it)| (code.as_str(), it.bill_minor)).collect();
    assert_eq!(bills, BTreeMap::from([("USD", 7333), ("ZAR", 100_000)]));
    let (firm, book) = (firm(), PriceBook::default());
    let mut none = Grouped::new(Vec::new(), false);
    none.take(&mut entries.clone(), &mut Terming::new(&book, &firm, true), &firm);
    assert_eq!((none.total().unpriced_seconds, none.total().uncosted_seconds), (7200, 7200));
    assert!(none.total().money.is_empty());
}

#[test]
fn an_entry_stands_under_each_of_its_labels_and_counts_once_in_the_total() {
    let both = Work { tags: vec!["b".into(), "a".into(), "a".into()], ..work(1, 0, 9, 900) };
    let entries = vec![both, work(2, 0, 9, 1800)];
    let grouped = grouped(&[Dimension::Tag], false, entries);
    let of =
        |tag: Option<&str>| grouped.rows()[&vec![Part::Tag(tag.map(str::to_owned))]].sums.seconds;
    assert_eq!((of(Some("a")), of(Some("b")), of(None)), (900, 900, 1800));
    assert_eq!((grouped.rows().len(), grouped.total().seconds), (3, 2700));
}

#[test]
fn what_corrects_a_closed_day_counts_where_it_is_booked_by_the_rule_of_the_work() {
    // Worked on the 9th, when each entry was rounded; booked on the 20th.
    let correcting = |n, seconds| Work {
        day: date(2026, 2, 20),
        work_day: date(2026, 2, 9),
        ..work(n, 0, 9, seconds)
    };
    let entries = vec![correcting(1, 300), correcting(2, 300), work(3, 0, 20, 300)];
    let grouped = grouped(&[Dimension::Day], false, entries);
    let sums = &grouped.rows()[&vec![Part::Day(date(2026, 2, 20))]].sums;
    assert_eq!((sums.seconds, sums.rounded_seconds), (900, 900 + 900 + 900));
}
