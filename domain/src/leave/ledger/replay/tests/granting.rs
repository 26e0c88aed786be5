//! What a cycle's entitlement comes to, when it's there, and for whom.

use jiff::civil::{Date, date};

use super::super::*;
use crate::country::{CalendarSpan, Counts};
use crate::leave::policy::{
    AccrualRule, AtFirstRule, GrantRule, LeaveCycle, LeaveEntitlement, LeavePolicy, Quantity,
    Requirement, Right, WorkCounted,
};
use crate::leave::samples::account::{
    Account, YEARLY, by_employment, days, grant, one_per, policy, upfront,
};
use crate::leave::samples::week;
use crate::leave::{AgreedLeave, LeaveDays};

const NEW_YEAR: Date = date(2026, 1, 1);
const YEARS_END: Date = date(2026, 12, 31);

fn statutory(accrual: AccrualRule) -> LeavePolicy {
    policy(by_employment(12), vec![grant(LeaveEntitlement::ConsecutiveDays(21), accrual)])
}

fn first_words(account: &Account) -> String {
    account.through(YEARS_END).postings[0].arithmetic.clone()
}

#[test]
fn l01_l03_consecutive_days_are_the_working_days_that_fall_in_them_by_the_average_week() {
    let account = Account::of(statutory(AccrualRule::CycleStart), NEW_YEAR);
    assert_eq!(account.balance(NEW_YEAR), "15");
    assert_eq!(
        first_words(&account),
        "21 consecutive days / 7 x 5 working days a week = 15 days x 480 minutes"
    );
    let three = account.clone().works(None, &[480, 0, 480, 0, 480, 0, 0]);
    assert_eq!(three.balance(NEW_YEAR), "9");
    let six = account.clone().works(None, &week(6, 480));
    assert_eq!(six.balance(NEW_YEAR), "18", "L02");
    let alternating = account.works(None, &[week(5, 480), week(6, 480)].concat());
    assert_eq!(alternating.balance(NEW_YEAR), "16.5", "L04");
    assert!(first_words(&alternating).contains("x 5.5 working days a week = 16.5 days"));
}

#[test]
fn other_ways_to_say_how_much_come_to_days_of_the_pattern() {
    let of = |entitlement| {
        let rule = grant(entitlement, AccrualRule::CycleStart);
        Account::of(policy(YEARLY, vec![rule]), NEW_YEAR)
    };
    let four_weeks = of(LeaveEntitlement::DaysOfWeek { days: 24, week: 6 });
    assert_eq!(four_weeks.balance(NEW_YEAR), "20");
    let part_time = four_weeks.works(None, &week(3, 400));
    assert_eq!(part_time.balance(NEW_YEAR), "12");
    assert_eq!(of(LeaveEntitlement::WeeksOfWork(560)).balance(NEW_YEAR), "28");
    let hours = of(LeaveEntitlement::Of(Quantity::Minutes(LeaveMinutes::of(6000))));
    assert_eq!((hours.balance(NEW_YEAR), &*first_words(&hours)), ("12.5".into(), "6000 minutes"));
    let mut pool = of(LeaveEntitlement::Calendar(CalendarSpan { months: 1, weeks: 1, days: 1 }));
    pool.counts = Counts::CalendarDays;
    assert_eq!(pool.balance(NEW_YEAR), "39");
    assert_eq!(first_words(&pool), "39 calendar days x 1440 minutes");
}

#[test]
fn l09_a_twelfth_is_credited_at_the_end_of_each_month() {
    let rule = grant(LeaveEntitlement::Of(days("15")), AccrualRule::MonthEnd);
    let account = Account::of(policy(YEARLY, vec![rule]), NEW_YEAR);
    assert_eq!(account.balance(date(2026, 6, 29)), "6.25");
    assert_eq!(account.balance(date(2026, 6, 30)), "7.5");
    assert_eq!(account.balance(YEARS_END), "15");
    let accrued = account.posted(PostingKind::Accrue, YEARS_END);
    assert_eq!(accrued.len(), 12);
    assert_eq!(
        accrued[0],
        (date(2026, 1, 31), "1.25".into(), "15 days x 480 minutes x 1/12".into())
    );
    assert_eq!(accrued[5].2, "15 days x 480 minutes x (6/12 - 5/12)");
}

#[test]
fn l11_daily_accrual_ends_on_the_entitlement_in_a_leap_year_too() {
    let rule = grant(LeaveEntitlement::Of(days("15")), AccrualRule::Daily);
    let account = Account::of(policy(YEARLY, vec![rule]), date(2028, 1, 1));
    assert_eq!(account.balance(date(2028, 2, 29)), "2.459");
    assert_eq!(account.balance(date(2028, 12, 31)), "15");
    let accrued = account.posted(PostingKind::Accrue, date(2028, 2, 29));
    assert_eq!(accrued.len(), 60);
    assert_eq!(accrued[59].2, "15 days x 480 minutes x (60/366 - 59/366)");
}

#[test]
fn who_comes_in_mid_cycle_gets_the_part_that_is_left() {
    let hired = date(2026, 3, 16);
    let of = |accrual| {
        let rule = grant(LeaveEntitlement::Of(days("15")), accrual);
        Account::of(policy(YEARLY, vec![rule]), hired)
    };
    // 16 of the 31 days of March, and nine whole months.
    let monthly = of(AccrualRule::MonthEnd);
    assert_eq!(monthly.balance(date(2026, 3, 31)), "0.6452");
    let first = &monthly.posted(PostingKind::Accrue, YEARS_END)[0];
    assert_eq!(first.2, "15 days x 480 minutes x (3/12 - (2 + 15/31)/12)");
    assert_eq!(monthly.balance(YEARS_END), "11.8952");
    assert_eq!(of(AccrualRule::MonthStart).balance(hired), "0.6452");
    // 291 of 365 days.
    for accrual in [AccrualRule::CycleStart, AccrualRule::CycleEnd, AccrualRule::Daily] {
        assert_eq!(of(accrual).balance(YEARS_END), "11.9589", "{accrual:?}");
    }
    assert_eq!(of(AccrualRule::CycleEnd).balance(date(2026, 12, 30)), "0");
    // By employment nobody comes in mid-cycle.
    let own = Account::of(statutory(AccrualRule::MonthEnd), hired);
    assert_eq!(
        (own.balance(date(2026, 4, 14)), own.balance(date(2026, 4, 15))),
        ("0".into(), "1.25".into())
    );
}

#[test]
fn l47_family_leave_is_for_who_worked_there_over_four_months_on_four_days_a_week() {
    let requires = Requirement {
        employed_months_over: Some(4),
        days_per_week_min: Some(4),
        ..Requirement::default()
    };
    let rule = GrantRule { requires, ..upfront("3") };
    let of = |number| {
        let account = Account::of(policy(by_employment(12), vec![rule.clone()]), date(2026, 1, 5));
        account.works(None, &week(number, 480))
    };
    assert_eq!(of(5).balance(date(2026, 3, 2)), "0");
    assert_eq!(of(5).balance(date(2026, 6, 1)), "3");
    assert_eq!(of(3).balance(date(2026, 6, 1)), "0");
    assert_eq!(
        (of(4).balance(date(2026, 5, 4)), of(4).balance(date(2026, 5, 5))),
        ("0".into(), "3".into())
    );
    // A fresh three days in the next cycle, whatever is left.
    assert_eq!(of(5).balance(date(2027, 1, 5)), "3");
    let weeks = Requirement { employed_weeks_over: Some(26), ..Requirement::default() };
    let rule = GrantRule { requires: weeks, ..upfront("3") };
    let account = Account::of(policy(by_employment(12), vec![rule]), date(2026, 1, 5));
    assert_eq!(account.posted(PostingKind::Grant, YEARS_END)[0].0, date(2026, 7, 6));
}

#[test]
fn what_comes_bit_by_bit_does_not_come_for_weeks_that_are_too_short() {
    let requires = Requirement { days_per_week_min: Some(4), ..Requirement::default() };
    let of = |accrual| {
        let rule = GrantRule { requires, ..grant(LeaveEntitlement::Of(days("12")), accrual) };
        let account = Account::of(policy(YEARLY, vec![rule]), NEW_YEAR);
        let account =
            account.works(None, &week(3, 480)).works(Some(date(2026, 7, 1)), &week(5, 480));
        account.balance(YEARS_END)
    };
    assert_eq!(of(AccrualRule::MonthEnd), "6");
    assert_eq!(of(AccrualRule::Daily), "6.0493", "12 x 184/365");
    assert_eq!(of(AccrualRule::CycleStart), "12");
    // Who has only to wait gets all of it then.
    let requires = Requirement { employed_months_over: Some(3), ..Requirement::default() };
    let rule = grant(LeaveEntitlement::Of(days("12")), AccrualRule::MonthEnd);
    let waits = Account::of(policy(YEARLY, vec![GrantRule { requires, ..rule }]), NEW_YEAR);
    assert_eq!(
        (waits.balance(date(2026, 4, 29)), waits.balance(date(2026, 4, 30))),
        ("0".into(), "4".into())
    );
}

/// Sick leave by the law of South Africa.
pub(super) fn sick() -> LeavePolicy {
    let worked = one_per(26, true, WorkCounted::Worked);
    let at_first = Some(AtFirstRule { months: 6, worked });
    let six_weeks = grant(LeaveEntitlement::WeeksOfWork(600), AccrualRule::CycleStart);
    policy(by_employment(36), vec![GrantRule { at_first, ..six_weeks }])
}

#[test]
fn l41_in_the_first_six_months_sick_leave_grows_by_a_day_for_26_days_worked() {
    let account = Account::of(sick(), date(2026, 1, 5));
    let day = date(2026, 4, 30);
    assert_eq!(account.balance(day), "3");
    let accrued = account.posted(PostingKind::Accrue, day);
    assert_eq!(accrued.len(), 3, "81 days worked, of which 78 gave something");
    assert_eq!(
        accrued[2].2,
        "78 days / 26 x 1 day = 3 whole days x 480 minutes, \
         less 77 days / 26 x 1 day = 2 whole days x 480 minutes before"
    );
}

#[test]
fn after_six_months_there_is_all_of_it_less_what_was_used() {
    let absent = (date(2026, 5, 11), date(2026, 5, 12));
    let mut account = Account::of(sick(), date(2026, 1, 5)).takes(absent.0, absent.1);
    account.away = vec![absent];
    assert_eq!(account.balance(date(2026, 5, 12)), "1");
    assert_eq!(account.balance(date(2026, 7, 4)), "2");
    assert_eq!(account.balance(date(2026, 7, 5)), "28");
    assert_eq!(account.balance(date(2029, 1, 4)), "28");
    let grants = account.posted(PostingKind::Grant, date(2026, 7, 6));
    assert_eq!(
        (grants[0].0, &*grants[0].2),
        (
            date(2026, 7, 5),
            "6 weeks x 5 working days a week = 30 days x 480 minutes, \
             less 1920 minutes that were given at first"
        )
    );
}

#[test]
fn an_upfront_grant_follows_the_pattern_and_the_contract_for_the_rest_of_the_cycle() {
    let account = Account::of(policy(YEARLY, vec![upfront("15")]), NEW_YEAR);
    let july = date(2026, 7, 1);
    let consecutive = grant(LeaveEntitlement::ConsecutiveDays(21), AccrualRule::CycleStart);
    let law = Account::of(policy(YEARLY, vec![consecutive]), NEW_YEAR);
    let law = law.works(Some(july), &week(3, 480));
    // 15 days less 6 of them for 184 of 365 days.
    assert_eq!(
        (law.balance(date(2026, 6, 30)), law.balance(july)),
        ("15".into(), "11.9753".into())
    );
    let change = &law.posted(PostingKind::Grant, july)[1];
    assert_eq!(
        (change.0, &*change.1, change.2.matches(" x (365/365 - 181/365)").count()),
        (july, "-3.0247", 2)
    );
    let shorter = account.clone().works(Some(july), &week(5, 360));
    let ledger = shorter.through(july);
    assert_eq!(ledger.balance_on(july).to_string(), "6292.6027", "7200 - 1800 x 184/365");
    let mut agreed = account;
    agreed.agreed =
        vec![AgreedLeave { from: Some(july), amount: Some(Quantity::Days(LeaveDays::of(5))) }];
    assert_eq!(agreed.balance(july), "17.5205", "15 + 5 x 184/365");
    agreed.agreed.push(AgreedLeave { from: Some(date(2026, 10, 1)), amount: None });
    assert_eq!(agreed.balance(date(2026, 10, 1)), "16.2603", "15 + 5 x 92/365");
    assert_eq!(agreed.balance(date(2027, 1, 1)), "15");
}

#[test]
fn a_contract_takes_the_place_of_the_contractual_entitlement() {
    let extra = GrantRule { right: Right::Contractual, ..upfront("3") };
    let mut account = Account::of(policy(YEARLY, vec![upfront("15"), extra]), NEW_YEAR);
    assert_eq!(account.balance(NEW_YEAR), "18");
    account.agreed = vec![AgreedLeave { from: None, amount: Some(days("7.5")) }];
    assert_eq!(account.balance(NEW_YEAR), "22.5");
    let grants = account.posted(PostingKind::Grant, NEW_YEAR);
    assert_eq!(grants[1].2, "7.5 days x 480 minutes");
}

#[test]
fn accruals_go_by_the_pattern_of_their_day() {
    let rule = grant(LeaveEntitlement::ConsecutiveDays(21), AccrualRule::MonthEnd);
    let account = Account::of(policy(YEARLY, vec![rule]), NEW_YEAR);
    let account = account.works(Some(date(2026, 7, 1)), &week(4, 480));
    // Six months at 15 and six at 12 days a year.
    assert_eq!(account.balance(YEARS_END), "13.5");
}

#[test]
fn grants_go_by_the_policy_of_their_day_and_cycles_by_that_of_the_end_of_the_last_one() {
    let july = date(2026, 7, 1);
    let account = Account::of(policy(YEARLY, vec![upfront("15")]), NEW_YEAR);
    let more = account.clone().policy_from(july, policy(YEARLY, vec![upfront("20")]));
    assert_eq!(more.balance(YEARS_END), "15");
    assert_eq!(more.balance(date(2027, 1, 1)), "20");
    // Cycles from March on: the running one ends in December, the next one is two months long.
    let march = crate::leave::policy::CycleStart::Yearly { month: 3, day: 1 };
    let cycle = LeaveCycle { months: 12, begins: march };
    let moved = account.clone().policy_from(july, policy(cycle, vec![upfront("12")]));
    assert_eq!(moved.balance(YEARS_END), "15");
    assert_eq!(moved.balance(date(2027, 1, 1)), "1.9397", "12 x 59/365");
    assert_eq!(moved.balance(date(2027, 3, 1)), "12");
    // From upfront to monthly: no day is granted twice; the other way round, none is left out.
    let monthly = grant(LeaveEntitlement::Of(days("24")), AccrualRule::MonthEnd);
    let monthly = policy(YEARLY, vec![monthly]);
    let later = account.policy_from(july, monthly.clone());
    assert_eq!(later.balance(YEARS_END), "15");
    let back = Account::of(monthly, NEW_YEAR);
    let back = back.policy_from(july, policy(YEARLY, vec![upfront("12")]));
    assert_eq!(back.balance(YEARS_END), "18.0493", "24 x 6/12 + 12 x 184/365");
}

#[test]
fn without_a_hire_date_nothing_accrues_and_before_the_first_policy_neither() {
    let mut unknown = Account::of(policy(YEARLY, vec![upfront("15")]), NEW_YEAR);
    unknown.hired_on = None;
    assert_eq!(unknown.through(YEARS_END).postings, []);
    let mut later = Account::of(policy(YEARLY, vec![upfront("15")]), NEW_YEAR);
    later.policies[0].from = Some(date(2026, 7, 1));
    assert_eq!(later.balance(date(2026, 6, 30)), "0");
    assert_eq!(later.balance(date(2026, 7, 1)), "7.5616", "15 x 184/365");
}
