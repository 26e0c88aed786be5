//! What leave takes of an account, and from which bucket.

use jiff::civil::{Date, date};

use super::super::*;
use crate::leave::ledger::Origin;
use crate::leave::policy::{GrantRule, LateCancel, LeavePolicy};
use crate::leave::samples::account::{Account, YEARLY, by_employment, carry, policy, upfront};
use crate::leave::samples::week;
use crate::leave::{DayPart, LeaveDays};

fn annual(hired_on: Date) -> Account {
    Account::of(policy(YEARLY, vec![upfront("15")]), hired_on)
}

fn taken(account: Account, from: Date, to: Date) -> String {
    let account = account.takes(from, to);
    let sum = account.through(to).postings.into_iter().filter(|it| it.kind == PostingKind::Take);
    let sum: LeaveMinutes = sum.map(|it| -it.minutes).sum();
    sum.in_days(account.day_on(from)).to_string()
}

#[test]
fn l13_l15_l17_l19_l21_holidays_and_days_off_take_nothing() {
    let of = |number| annual(date(2023, 1, 1)).works(None, &week(number, 480));
    assert_eq!(taken(of(5), date(2026, 8, 7), date(2026, 8, 11)), "2", "L13");
    assert_eq!(taken(of(6), date(2026, 12, 24), date(2026, 12, 29)), "3", "L15");
    assert_eq!(taken(of(5), date(2026, 12, 24), date(2026, 12, 29)), "3", "L14: a Saturday");
    assert_eq!(taken(of(7), date(2026, 8, 6), date(2026, 8, 11)), "4", "L17");
    assert_eq!(taken(of(5), date(2023, 12, 11), date(2023, 12, 22)), "9", "L19");
    assert_eq!(taken(of(5), date(2024, 5, 27), date(2024, 5, 31)), "4", "L21");
}

#[test]
fn l23_half_a_day_takes_half_and_of_a_holiday_nothing() {
    let heritage = date(2026, 9, 24);
    let half = |day, part| {
        let account = annual(date(2026, 1, 1)).takes_part(day, day, part);
        account.sum(PostingKind::Take, day)
    };
    assert_eq!(half(heritage, DayPart::Am), "0");
    assert_eq!(half(date(2026, 9, 23), DayPart::Am), "-0.5");
    assert_eq!(half(date(2026, 9, 23), DayPart::Pm), "-0.5");
    assert_eq!(half(date(2026, 9, 23), DayPart::Minutes(120)), "-0.25");
    let long = |part| {
        let (from, to) = (date(2026, 9, 23), date(2026, 9, 25));
        annual(date(2026, 1, 1)).takes_part(from, to, part).sum(PostingKind::Take, to)
    };
    assert_eq!(long(DayPart::BothHalves), "-1");
    assert_eq!(long(DayPart::EndsAtNoon), "-1.5");
}

#[test]
fn l25_leave_across_the_end_of_a_cycle_takes_from_both() {
    let account = annual(date(2026, 1, 1)).takes(date(2026, 12, 21), date(2027, 1, 8));
    let ledger = account.through(date(2027, 1, 8));
    let of = |cycle: Date| {
        let takes = ledger.postings.iter().filter(|it| it.kind == PostingKind::Take);
        let sum: LeaveMinutes =
            takes.filter(|it| it.bucket.cycle == cycle).map(|it| -it.minutes).sum();
        sum.in_days(LeaveMinutes::of(480))
    };
    assert_eq!(of(date(2026, 1, 1)), LeaveDays::of(8));
    assert_eq!(of(date(2027, 1, 1)), LeaveDays::of(5));
    assert_eq!(account.sum(PostingKind::Take, date(2027, 1, 8)), "-13");
    // The same across cycles of employment.
    let own = Account::of(policy(by_employment(12), vec![upfront("15")]), date(2025, 3, 4));
    let own = own.takes(date(2026, 3, 2), date(2026, 3, 6));
    assert_eq!(own.balance(date(2026, 3, 3)), "13");
    assert_eq!(own.balance(date(2026, 3, 6)), "12");
}

#[test]
fn what_is_taken_beyond_all_there_is_goes_below_nothing_in_the_running_cycle() {
    let account = annual(date(2026, 1, 1)).takes(date(2026, 2, 2), date(2026, 2, 24));
    assert_eq!(account.balance(date(2026, 2, 24)), "-2");
    let ledger = account.through(date(2026, 2, 24));
    let last = ledger.postings.last().expect("a take");
    assert_eq!((last.bucket.origin, last.bucket.cycle), (Origin::Granted, date(2026, 1, 1)));
    assert_eq!(last.arithmetic, "480 minutes on 2026-02-24, more than there was");
    // What is owed is off the next grant.
    assert_eq!(account.balance(date(2027, 1, 1)), "13");
    assert_eq!(
        lowest(&ledger, date(2026, 1, 1)),
        Some((date(2026, 2, 24), LeaveMinutes::of(-960)))
    );
    assert_eq!(lowest(&ledger, date(2026, 2, 25)), None);
}

#[test]
fn a_kind_of_leave_without_grants_counts_what_is_taken() {
    let mut account = Account::of(policy(YEARLY, Vec::new()), date(2026, 1, 1));
    account = account.takes(date(2026, 12, 30), date(2027, 1, 5));
    assert_eq!(account.balance(date(2027, 1, 5)), "-4");
    account.policies.clear();
    assert_eq!(account.balance(date(2027, 1, 5)), "-4");
    account.hired_on = None;
    assert_eq!(account.balance(date(2027, 1, 5)), "-4");
}

#[test]
fn a_pattern_that_changes_within_leave_takes_each_day_as_it_is() {
    let change = date(2026, 3, 5);
    let account = annual(date(2026, 1, 1)).works(Some(change), &[300, 300, 300, 300, 0, 0, 0]);
    let account = account.takes(date(2026, 3, 2), date(2026, 3, 10));
    // Three days of eight hours, and then a Thursday, a Monday and a Tuesday of five.
    let takes = account.posted(PostingKind::Take, date(2026, 3, 10));
    let minutes: Vec<_> = takes.iter().map(|(_, _, words)| &words[..11]).collect();
    assert_eq!(minutes[..3], ["480 minutes"; 3]);
    assert_eq!(minutes[3..], ["300 minutes"; 3]);
}

/// Four days that came over and lapse in June, and 15 of the year.
fn with_carried(late_cancel: LateCancel) -> Account {
    let rule = GrantRule { carry: carry(Some("4"), Some(6)), ..upfront("15") };
    let policy = LeavePolicy { late_cancel, ..policy(YEARLY, vec![rule]) };
    Account::of(policy, date(2025, 1, 1))
}

#[test]
fn l37_what_is_cancelled_after_its_days_have_lapsed_goes_by_the_policy() {
    let (from, to, on) = (date(2026, 5, 11), date(2026, 5, 14), date(2026, 7, 15));
    // As if it had never been taken: the four days come back, and lapse on 30 June.
    let restored = with_carried(LateCancel::RestoreThenExpire);
    assert_eq!(restored.clone().takes(from, to).balance(date(2026, 7, 14)), "15");
    assert_eq!(restored.balance(on), "15");
    let lapsed = restored.posted(PostingKind::Expire, on);
    assert_eq!((lapsed[1].0, &*lapsed[1].1), (date(2026, 7, 1), "-4"));
    assert_eq!(lapsed[1].2, "1920 minutes were left on 2026-06-30");
    // The other way, they are there from the cancellation on, for a time of their own.
    let extended = with_carried(LateCancel::RestoreAndExtend { months: 6 });
    let extended = extended.cancels(from, to, on);
    assert_eq!(extended.balance(date(2026, 7, 14)), "15");
    assert_eq!(extended.balance(on), "19");
    let ledger = extended.through(on);
    let back = ledger.postings.last().expect("it came back");
    assert_eq!(back.bucket.origin, Origin::Restored);
    assert_eq!(back.bucket.expires, Some(date(2027, 1, 14)));
    assert_eq!(extended.balance(date(2027, 1, 14)), "23", "15 new, 4 carried, 4 restored");
    assert_eq!(extended.balance(date(2027, 1, 15)), "19");
}

#[test]
fn what_is_cancelled_in_time_goes_back_to_where_it_came_from() {
    let account = with_carried(LateCancel::RestoreAndExtend { months: 6 });
    let on = date(2026, 5, 13);
    let cancelled = account.clone().cancels(date(2026, 5, 11), date(2026, 5, 20), on);
    assert_eq!(cancelled.balance(date(2026, 5, 12)), "17", "later days are not taken at all");
    assert_eq!(cancelled.balance(on), "19");
    assert_eq!(cancelled.balance(date(2026, 7, 1)), account.balance(date(2026, 7, 1)));
}

#[test]
fn what_is_entered_by_hand_counts_from_its_day_and_lapses_as_it_says() {
    let account = annual(date(2026, 1, 1));
    let account = account
        .enters(date(2026, 3, 2), "2.5", Some(date(2026, 3, 31)))
        .enters(date(2026, 5, 4), "-1", None)
        .takes(date(2026, 3, 30), date(2026, 3, 30));
    assert_eq!(account.balance(date(2026, 3, 2)), "17.5");
    assert_eq!(account.balance(date(2026, 3, 31)), "16.5");
    assert_eq!(account.balance(date(2026, 4, 1)), "15", "the take was of what lapses first");
    assert_eq!(account.balance(date(2026, 5, 4)), "14");
    let open = annual(date(2026, 1, 1)).enters(date(2025, 12, 1), "4", None);
    assert_eq!(open.balance(date(2026, 12, 31)), "19");
    assert_eq!(open.balance(date(2027, 1, 1)), "15", "nothing goes over by this policy");
}
