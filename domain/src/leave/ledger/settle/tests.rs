//! What is recorded, and what becomes of it when facts change.

use jiff::civil::{Date, date};

use super::*;
use crate::leave::ledger::posting::balance_on;
use crate::leave::policy::AccrualRule;
use crate::leave::policy::LeaveEntitlement;
use crate::leave::samples::account::{Account, YEARLY, days, grant, policy, upfront};

const TODAY: Date = date(2026, 6, 15);

fn annual() -> Account {
    Account::of(policy(YEARLY, vec![upfront("15")]), date(2026, 1, 1))
}

fn settled(recorded: &mut Vec<Posting>, account: &Account, today: Date) -> usize {
    let more = settle_account(recorded, &account.facts(), today);
    let count = more.len();
    recorded.extend(more);
    count
}

#[test]
fn the_same_facts_twice_post_nothing() {
    let account = annual().takes(date(2026, 8, 3), date(2026, 8, 5));
    let mut recorded = Vec::new();
    assert_eq!(settled(&mut recorded, &account, TODAY), 4, "the grant, and leave to come");
    assert_eq!(settled(&mut recorded, &account, TODAY), 0);
    assert_eq!(settled(&mut recorded, &account, date(2026, 9, 1)), 0);
    assert_eq!(recorded.iter().map(|it| it.n).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn what_is_still_to_come_is_not_recorded_and_what_was_is_not_taken_back_by_an_earlier_clock() {
    let rule = grant(LeaveEntitlement::Of(days("12")), AccrualRule::MonthStart);
    let account = Account::of(policy(YEARLY, vec![rule]), date(2026, 1, 1));
    let mut recorded = Vec::new();
    assert_eq!(settled(&mut recorded, &account, date(2026, 3, 1)), 3);
    assert_eq!(settled(&mut recorded, &account, date(2026, 2, 28)), 0, "it is not yet March there");
    let short = replay(&account.facts(), date(2026, 2, 28));
    assert_eq!(settle(&recorded, &short, date(2026, 2, 28)), []);
}

#[test]
fn a_holiday_declared_after_approval_takes_the_day_back() {
    let (from, to) = (date(2026, 11, 2), date(2026, 11, 6));
    let mut account = annual().takes(from, to);
    let mut recorded = Vec::new();
    settled(&mut recorded, &account, TODAY);
    assert_eq!(balance_on(&recorded, to), LeaveMinutes::of(10 * 480));
    account.holidays.insert(date(2026, 11, 4), "Municipal elections".into());
    assert_eq!(settled(&mut recorded, &account, TODAY), 1);
    let last = recorded.last().expect("a correction");
    assert_eq!(
        (last.kind, last.reverses, last.effective),
        (PostingKind::Correct, Some(4), date(2026, 11, 4),)
    );
    assert_eq!(last.arithmetic, "posting 4 taken back: -(-480)");
    assert_eq!(balance_on(&recorded, to), LeaveMinutes::of(11 * 480));
}

#[test]
fn another_hire_date_is_replayed_from_the_beginning_and_back() {
    let mut account = annual().takes(date(2026, 3, 2), date(2026, 3, 4));
    let mut recorded = Vec::new();
    settled(&mut recorded, &account, TODAY);
    let first = recorded.clone();
    account.hired_on = Some(date(2026, 2, 1));
    assert_eq!(settled(&mut recorded, &account, TODAY), 8, "four taken back and four anew");
    assert_eq!(recorded[..4], first[..], "nothing that stands there has changed");
    assert_eq!(balance_on(&recorded, TODAY), account.through(TODAY).balance_on(TODAY));
    account.hired_on = Some(date(2026, 1, 1));
    settled(&mut recorded, &account, TODAY);
    assert_eq!(balance_on(&recorded, TODAY), LeaveMinutes::of(12 * 480));
    assert_eq!(standing_of(&recorded).count(), 4);
}

#[test]
fn cancelled_leave_to_come_is_taken_back_though_nothing_is_taken_that_late_any_more() {
    let account = annual().takes(date(2026, 8, 3), date(2026, 8, 4));
    let mut recorded = Vec::new();
    settled(&mut recorded, &account, TODAY);
    let without = annual();
    let more = settle(&recorded, &replay(&without.facts(), TODAY), TODAY);
    assert_eq!(more.len(), 2);
    assert_eq!(settled(&mut recorded, &without, TODAY), 2);
    assert_eq!(balance_on(&recorded, date(2026, 12, 31)), LeaveMinutes::of(15 * 480));
}

#[test]
fn two_postings_that_say_the_same_are_two() {
    let entered = annual().enters(TODAY, "1", None);
    let ledger = entered.through(TODAY);
    let twice = Ledger {
        postings: ledger.postings.iter().flat_map(|it| [it.clone(), it.clone()]).collect(),
        ..ledger.clone()
    };
    let recorded = settle(&[], &twice, TODAY);
    assert_eq!(recorded.len(), 4);
    let back = settle(&recorded, &ledger, TODAY);
    assert_eq!(back.len(), 2);
    let all = [recorded, back].concat();
    assert_eq!(balance_on(&all, TODAY), LeaveMinutes::of(16 * 480));
    assert_eq!(settle(&all, &ledger, TODAY), []);
}
