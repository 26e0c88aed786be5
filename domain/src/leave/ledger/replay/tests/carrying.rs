//! What goes from one cycle to the next, and what lapses.

use jiff::civil::{Date, date};

use super::super::*;
use crate::leave::LeaveDays;
use crate::leave::ledger::Origin;
use crate::leave::policy::{
    AccrualRule, CarryRule, GrantRule, LeaveEntitlement, LeavePolicy, Quantity, Right,
};
use crate::leave::samples::account::{
    Account, YEARLY, by_employment, carry, days, grant, policy, upfront,
};
use crate::leave::samples::week;

fn carrying(number: &str, carry: Option<CarryRule>) -> LeavePolicy {
    policy(YEARLY, vec![GrantRule { carry, ..upfront(number) }])
}

fn from_2025(carry: Option<CarryRule>) -> Account {
    Account::of(carrying("15", carry), date(2025, 1, 1))
}

/// What was taken from buckets of an origin, in days.
fn drawn(account: &Account, origin: Origin, year: i16, day: Date) -> LeaveDays {
    let ledger = account.through(day);
    let takes = ledger.postings.iter().filter(|it| it.kind == PostingKind::Take);
    let of = takes.filter(|it| it.bucket.origin == origin && it.effective.year() == year);
    of.map(|it| -it.minutes).sum::<LeaveMinutes>().in_days(LeaveMinutes::of(480))
}

#[test]
fn l27_carried_days_are_used_first_and_the_rest_lapses() {
    // Nine days in 2025, four in February 2026.
    let account = from_2025(carry(None, Some(6)))
        .takes(date(2025, 7, 7), date(2025, 7, 17))
        .takes(date(2026, 2, 9), date(2026, 2, 12));
    assert_eq!(account.balance(date(2025, 12, 31)), "6");
    let carried = account.posted(PostingKind::Carry, date(2026, 1, 1));
    assert_eq!((&*carried[0].1, &*carried[1].1), ("-6", "6"));
    assert_eq!(carried[1].2, "2880 minutes were left on 2025-12-31");
    assert_eq!(drawn(&account, Origin::Carried, 2026, date(2026, 6, 30)), LeaveDays::of(4));
    assert_eq!(account.balance(date(2026, 6, 30)), "17", "2 carried and 15 new");
    let lapsed = account.posted(PostingKind::Expire, date(2026, 7, 1));
    assert_eq!(
        lapsed,
        [(date(2026, 7, 1), "-2".into(), "960 minutes were left on 2026-06-30".into())]
    );
    assert_eq!(account.balance(date(2026, 7, 1)), "15");
}

#[test]
fn used_carried_days_do_not_lapse_again() {
    let account = from_2025(carry(Some("5"), Some(3))).takes(date(2026, 1, 5), date(2026, 1, 9));
    assert_eq!(account.balance(date(2026, 3, 31)), "15");
    assert_eq!(account.balance(date(2026, 4, 1)), "15");
}

#[test]
fn l29_leave_across_the_expiry_takes_each_day_from_what_is_valid_on_it() {
    let account = from_2025(carry(Some("4"), Some(6))).takes(date(2026, 6, 26), date(2026, 7, 3));
    let day = date(2026, 7, 3);
    assert_eq!(drawn(&account, Origin::Carried, 2026, day), LeaveDays::of(3));
    assert_eq!(drawn(&account, Origin::Granted, 2026, day), LeaveDays::of(3));
    assert_eq!(account.posted(PostingKind::Expire, day)[1].1, "-1");
    assert_eq!(account.balance(day), "12");
}

#[test]
fn l31_backdated_leave_leaves_less_to_go_over() {
    // 24 days in the first year, at most five go over, three in the second one so far.
    let monthly = grant(LeaveEntitlement::Of(days("12")), AccrualRule::MonthStart);
    let monthly = policy(YEARLY, vec![GrantRule { carry: carry(Some("5"), None), ..monthly }]);
    let account = Account::of(carrying("24", carry(Some("5"), None)), date(2025, 1, 1))
        .policy_from(date(2026, 1, 1), monthly);
    let day = date(2026, 3, 1);
    assert_eq!(account.balance(day), "8");
    // 21 working days in July and August 2025.
    let backdated = account.takes(date(2025, 7, 1), date(2025, 7, 29));
    assert_eq!(backdated.sum(PostingKind::Take, day), "-21");
    assert_eq!(backdated.balance(day), "6", "24 - 21 + 3");
}

#[test]
fn l33_what_was_earned_up_to_the_end_goes_over_and_is_told_by_its_expiry() {
    let two = grant(LeaveEntitlement::Of(days("24")), AccrualRule::MonthStart);
    let rule = GrantRule { carry: carry(None, Some(3)), ..two };
    let account = Account::of(policy(by_employment(12), vec![rule]), date(2024, 7, 1));
    let day = date(2025, 9, 23);
    assert_eq!(account.balance(day), "30");
    assert_eq!(account.balance(date(2025, 7, 1)), "26");
    let ledger = account.through(date(2025, 10, 1));
    let lapse = ledger.postings.iter().find(|it| it.kind == PostingKind::Expire).expect("it does");
    assert_eq!(lapse.effective, date(2025, 10, 1));
    assert_eq!(lapse.minutes, LeaveMinutes::of(-24 * 480));
    assert_eq!(account.balance(date(2025, 10, 1)), "8");
}

#[test]
fn l35_a_negative_balance_goes_over_whole() {
    let one = policy(YEARLY, vec![upfront("1")]);
    let account = Account::of(one, date(2022, 1, 1))
        .policy_from(date(2023, 1, 1), policy(YEARLY, vec![upfront("5")]))
        .takes(date(2022, 10, 24), date(2022, 10, 28));
    assert_eq!(account.balance(date(2022, 10, 28)), "-4");
    assert_eq!(account.balance(date(2023, 1, 1)), "1");
    let five = account.takes(date(2023, 10, 9), date(2023, 10, 13));
    assert_eq!(five.balance(date(2023, 10, 13)), "-4");
    let ten = five.clone().takes(date(2023, 10, 16), date(2023, 10, 20));
    let lowest_of =
        |account: &Account| lowest(&account.through(date(2023, 10, 31)), date(2023, 1, 1));
    let at = |day, number: i64| Some((day, LeaveMinutes::of(480 * number)));
    assert_eq!(lowest_of(&ten), at(date(2023, 10, 20), -9), "below -5: to be refused");
    let six = five.takes(date(2023, 10, 23), date(2023, 10, 23));
    assert_eq!(lowest_of(&six), at(date(2023, 10, 23), -5), "-5 is allowed");
}

#[test]
fn l43_of_sick_leave_nothing_goes_over() {
    let account = Account::of(super::granting::sick(), date(2026, 1, 5))
        .takes(date(2028, 2, 7), date(2028, 2, 18));
    assert_eq!(account.balance(date(2029, 1, 4)), "20");
    assert_eq!(account.balance(date(2029, 1, 5)), "30");
    let lapsed = account.posted(PostingKind::Expire, date(2029, 1, 5));
    assert_eq!(lapsed[0].2, "9600 minutes were left on 2029-01-04, of which nothing goes over");
}

#[test]
fn at_most_the_cap_goes_over_and_never_more_than_what_is_left() {
    let left = |taken_to: Option<Date>| {
        let account = from_2025(carry(Some("5"), None));
        let account = match taken_to {
            Some(to) => account.takes(date(2025, 7, 1), to),
            None => account,
        };
        account.balance(date(2026, 1, 1))
    };
    assert_eq!(left(None), "20");
    assert_eq!(left(Some(date(2025, 7, 17))), "17", "13 taken: two days are left, not five");
    assert_eq!(left(Some(date(2025, 7, 21))), "15", "nothing is left");
    let account = from_2025(carry(Some("5"), None));
    assert_eq!(account.balance(date(2027, 1, 1)), "20", "the cap is for all that goes over");
    let lapsed = account.posted(PostingKind::Expire, date(2027, 1, 1));
    assert_eq!((&*lapsed[0].1, &*lapsed[1].1), ("-10", "-15"));
}

#[test]
fn caps_in_hours_and_days_are_told_apart() {
    let forty_hours = CarryRule {
        cap: Some(Quantity::Minutes(LeaveMinutes::of(2400))),
        expires_after_months: None,
    };
    let short = from_2025(Some(forty_hours)).works(None, &week(4, 360));
    assert_eq!(short.balance(date(2026, 1, 1)), "21.6667", "15 of 6 hours and 40 hours");
    let in_days = from_2025(carry(Some("5"), None)).works(None, &week(4, 360));
    assert_eq!(in_days.balance(date(2026, 1, 1)), "20");
    let mut hours = from_2025(carry(Some("5"), None)).works(None, &week(4, 360));
    hours.policies[0].policy.grants[0].entitlement =
        LeaveEntitlement::Of(Quantity::Minutes(LeaveMinutes::of(7200)));
    assert_eq!(hours.balance(date(2026, 1, 1)), "25", "120 hours are 20 days, and 5 go over");
}

#[test]
fn last_years_leave_is_not_off_the_new_grant() {
    let account = from_2025(None).takes(date(2025, 12, 1), date(2025, 12, 5));
    assert_eq!(account.balance(date(2025, 12, 31)), "10");
    assert_eq!(account.balance(date(2026, 1, 1)), "15");
}

#[test]
fn law_and_contract_go_over_each_by_its_own_rule_and_what_lapses_first_is_taken_first() {
    let law = GrantRule { carry: carry(None, None), ..upfront("15") };
    let extra = GrantRule { right: Right::Contractual, ..upfront("5") };
    let account = Account::of(policy(YEARLY, vec![law, extra]), date(2025, 1, 1))
        .takes(date(2025, 7, 7), date(2025, 7, 8));
    // The contract's days lapse with the year, so they are taken first, and three of them lapse.
    assert_eq!(account.posted(PostingKind::Expire, date(2026, 1, 1))[0].1, "-3");
    assert_eq!(account.balance(date(2026, 1, 1)), "35");
}

#[test]
fn what_is_owed_is_off_what_would_lapse() {
    // Taken in January, entered in February: two days are owed to the year, and five would lapse.
    let account = Account::of(policy(YEARLY, vec![upfront("1")]), date(2026, 1, 1))
        .takes(date(2026, 1, 12), date(2026, 1, 14))
        .enters(date(2026, 2, 2), "5", Some(date(2026, 3, 31)));
    assert_eq!(account.balance(date(2026, 2, 2)), "3");
    assert_eq!(account.sum(PostingKind::Expire, date(2026, 4, 1)), "-3");
    assert_eq!(account.balance(date(2026, 4, 1)), "0");
}
