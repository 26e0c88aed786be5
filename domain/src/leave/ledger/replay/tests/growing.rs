//! Leave that grows with work.

use jiff::civil::{Date, date};

use super::super::*;
use crate::leave::policy::{
    AccrualRule, LeaveEntitlement, Quantity, WorkCounted, WorkUnit, WorkedRule,
};
use crate::leave::samples::account::{Account, by_employment, grant, one_per, policy};
use crate::leave::samples::week;

const NOTHING: LeaveEntitlement = LeaveEntitlement::Of(Quantity::Minutes(LeaveMinutes::ZERO));

fn account(hired_on: Date, rule: WorkedRule) -> Account {
    let rule = grant(NOTHING, AccrualRule::Worked(rule));
    Account::of(policy(by_employment(12), vec![rule]), hired_on)
}

fn last_words(account: &Account, day: Date) -> String {
    account.through(day).postings.last().map(|it| it.arithmetic.clone()).unwrap_or_default()
}

#[test]
fn l05_a_day_for_17_days_of_a_whole_quarter() {
    let (hired, day) = (date(2026, 1, 5), date(2026, 3, 31));
    let whole = account(hired, one_per(17, true, WorkCounted::Paid));
    assert_eq!(whole.balance(day), "3");
    assert!(last_words(&whole, day).starts_with("51 days / 17 x 1 day = 3 whole days"));
    let decimal = account(hired, one_per(17, false, WorkCounted::Paid));
    assert_eq!(decimal.balance(day), "3.6471");
    assert_eq!(
        last_words(&decimal, day),
        "62 days / 17 x 1 day = 3.6471 days x 480 minutes, \
         less 61 days / 17 x 1 day = 3.5882 days x 480 minutes before"
    );
    assert_eq!(decimal.through(day).balance_on(day).to_string(), "1750.5882");
}

#[test]
fn l07_unpaid_leave_does_not_count_and_paid_holidays_do() {
    let (hired, day) = (date(2026, 4, 1), date(2026, 9, 30));
    let of = |whole| {
        let mut account = account(hired, one_per(17, whole, WorkCounted::Paid));
        account.unpaid = vec![(date(2026, 6, 1), date(2026, 6, 30))];
        account
    };
    assert_eq!(of(true).balance(day), "6");
    assert_eq!(of(false).balance(day), "6.4118");
    assert!(last_words(&of(false), day).starts_with("109 days / 17 x 1 day = 6.4118 days"));
}

#[test]
fn an_hour_grows_for_17_hours() {
    let (hired, day) = (date(2026, 1, 5), date(2026, 3, 31));
    let of = |whole| WorkedRule { unit: WorkUnit::Hours, ..one_per(17, whole, WorkCounted::Paid) };
    // 62 days of 7.5 hours are 465 hours; 465 / 17 = 27.3529.
    let decimal = account(hired, of(false)).works(None, &week(5, 450));
    let hours = |account: &Account| {
        account.through(day).balance_on(day).in_days(LeaveMinutes::of(60)).to_string()
    };
    assert_eq!(hours(&decimal), "27.3529");
    assert!(last_words(&decimal, day).starts_with("465 hours / 17 x 1 hour = 27.3529 hours"));
    assert_eq!(hours(&account(hired, of(true)).works(None, &week(5, 450))), "27");
}

#[test]
fn only_days_that_were_worked_count_where_the_rule_says_so() {
    let (hired, day) = (date(2026, 1, 5), date(2026, 4, 30));
    let mut account = account(hired, one_per(27, true, WorkCounted::Worked));
    assert_eq!(account.balance(day), "3", "81 days");
    account.away =
        vec![(date(2026, 4, 28), date(2026, 4, 28)), (date(2026, 2, 7), date(2026, 2, 8))];
    assert_eq!(account.balance(day), "2", "80 days: the other ones off are a weekend");
}

#[test]
fn each_cycle_counts_its_own_work() {
    let account = account(date(2026, 1, 5), one_per(17, true, WorkCounted::Paid));
    let end = date(2027, 1, 4);
    // 261 Mondays to Fridays give 15 whole days, and 6 days of work are left over.
    assert_eq!(account.sum(PostingKind::Accrue, end), "15");
    let next = account.posted(PostingKind::Accrue, date(2027, 2, 28));
    assert_eq!(next[15].0, date(2027, 1, 27), "the 17th working day from 5 January on");
}
