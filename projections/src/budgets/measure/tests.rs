//! What work comes to, with rates, rounding and time that is taken back.

use super::*;
use crate::billing::rounding_book::RoundingBook;
use crate::catalogue::rate::RateRow;
use crate::row::Since;
use crate::settings::setting::SettingRow;
use crate::tests::samples::{History, id};
use domain::budgets::{BudgetCounts, BudgetEvery, Month};
use domain::id::{MemberId, ProjectId, StreamId, TaskId};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const DAY: Date = date(2026, 3, 2);

fn group(task: u128, day: Date, billable: bool, entries: &[i64]) -> Group {
    Group {
        project: ProjectId(id(20)),
        member: MemberId(id(1)),
        task: TaskId(id(task)),
        day,
        work_day: day,
        billable,
        entries: entries.to_vec(),
        approved_seconds: 0,
    }
}

fn rate(task: Option<u128>, unit: RateUnit, amount_minor: i64, currency: &str) -> RateRow {
    RateRow {
        card_id: StreamId(id(task.unwrap_or(0))),
        kind: RateKind::Bill,
        from_day: Since(None),
        member_id: None,
        project_id: None,
        task_id: task.map(|task| TaskId(id(task))),
        client_id: None,
        unit,
        amount_minor,
        currency: currency.into(),
        known_at: History::instant(1),
        position: 1,
    }
}

fn setting(name: &str, value: &str) -> SettingRow {
    SettingRow {
        name: name.into(),
        from_day: Since(None),
        value: value.into(),
        known_at: History::instant(1),
        position: 1,
    }
}

/// An hour costs 12.00 rand, but task 31 takes 80.00 dollars a day and task 33 yen.
fn book(scope: &str) -> PriceBook {
    let rates = [
        rate(None, RateUnit::Hour, 1200, "ZAR"),
        rate(Some(31), RateUnit::Day, 8000, "USD"),
        rate(Some(33), RateUnit::Hour, 5, "JPY"),
    ];
    let settings = [setting("ROUNDING_MODE", "up"), setting("ROUNDING_SCOPE", scope)];
    PriceBook::of(rates, RoundingBook::of([], settings))
}

fn measure(book: &PriceBook) -> Measure<'_> {
    Measure { book, client: ClientId(id(10)) }
}

fn terms(amount: BudgetAmount, counts: BudgetCounts) -> Budget {
    let (period, alert_at) = (BudgetEvery::Total, vec![80]);
    Budget { task: None, period, from: None, to: None, amount, counts, alert_at }
}

#[test]
fn time_is_shown_as_recorded_and_as_rounded_and_charged_as_rounded() {
    let groups = [group(30, DAY, true, &[600, 600]), group(31, DAY, true, &[14_400])];
    let not_billable = group(30, DAY, false, &[60]);
    let per_entry = book("entry");
    let tally = measure(&per_entry).tally(groups.iter().chain([&not_billable]));
    assert_eq!((tally.seconds, tally.rounded_seconds), (15_660, 1800 + 14_400 + 900));
    assert_eq!(tally.billable_seconds, 15_600);
    let amounts: Vec<_> = tally.fees.amounts().into_iter().collect();
    assert_eq!(amounts, [("USD", 4000), ("ZAR", 600)]);
    let per_day = book("day");
    assert_eq!(measure(&per_day).tally(&groups).rounded_seconds, 1800 + 14_400);
    let per_line = book("invoice_line");
    assert_eq!(measure(&per_line).tally(&groups).rounded_seconds, 15_600);
}

#[test]
fn a_budget_of_fees_counts_its_own_currency_and_one_of_hours_what_was_recorded() {
    let groups = [
        group(30, DAY, true, &[600, 600]),
        group(31, DAY, true, &[14_400]),
        group(30, DAY, false, &[3600]),
    ];
    let all: Vec<&Group> = groups.iter().collect();
    let book = book("entry");
    let spent = |terms: Budget| measure(&book).spent(&terms, BudgetPeriod::Total, &all);
    let fees = |currency: &str| BudgetAmount::Fees { amount_minor: 1, currency: currency.into() };
    let hours = BudgetAmount::Hours { seconds: 1 };
    assert_eq!(spent(terms(fees("ZAR"), BudgetCounts::Billable)), 600);
    assert_eq!(spent(terms(fees("ZAR"), BudgetCounts::All)), 600 + 1200);
    assert_eq!(spent(terms(fees("USD"), BudgetCounts::All)), 4000);
    assert_eq!(spent(terms(fees("EUR"), BudgetCounts::All)), 0);
    assert_eq!(spent(terms(hours.clone(), BudgetCounts::Billable)), 15_600);
    assert_eq!(spent(terms(hours.clone(), BudgetCounts::All)), 19_200);
    let of_task = Budget { task: Some(TaskId(id(31))), ..terms(hours, BudgetCounts::All) };
    assert_eq!(spent(of_task), 14_400);
}

#[test]
fn a_month_counts_the_days_that_are_in_it() {
    let days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)];
    let groups = days.map(|day| group(30, day, true, &[60]));
    let all: Vec<&Group> = groups.iter().collect();
    let hours = terms(BudgetAmount::Hours { seconds: 1 }, BudgetCounts::All);
    let terms = Budget { period: BudgetEvery::Month, ..hours };
    let book = book("entry");
    let march = BudgetPeriod::Month(Month::of(DAY));
    assert_eq!(measure(&book).spent(&terms, march, &all), 120);
    let late = Budget { from: Some(date(2026, 3, 2)), ..terms };
    assert_eq!(measure(&book).spent(&late, march, &all), 60);
}

#[test]
fn work_without_a_rate_is_named() {
    let book = PriceBook::default();
    let tally = measure(&book).tally(&[group(30, DAY, true, &[600])]);
    assert_eq!((tally.fees.unpriced_seconds, tally.fees.amounts().len()), (600, 0));
}

proptest! {
    #[test]
    fn what_is_taken_back_exactly_leaves_nothing(
        entries in proptest::collection::vec(1_i64..100_000, 1..20), scope in 0_usize..3,
        task in 30_u128..34,
    ) {
        let book = book(["entry", "day", "invoice_line"][scope]);
        let back: Vec<i64> = entries.iter().map(|seconds| -seconds).collect();
        let groups = [group(task, DAY, true, &entries), group(task, DAY, true, &back)];
        let tally = measure(&book).tally(&groups);
        prop_assert_eq!((tally.seconds, tally.rounded_seconds), (0, 0));
        prop_assert!(tally.fees.amounts().values().all(|amount| *amount == 0));
        let both = [entries, back].concat();
        let tally = measure(&book).tally(&[group(task, DAY, true, &both)]);
        prop_assert_eq!((tally.seconds, tally.rounded_seconds), (0, 0));
    }
}
