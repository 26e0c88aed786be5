//! What becomes of an account when the employment ends.

use jiff::civil::{Date, date};

use super::super::*;
use crate::leave::ledger::payout;
use crate::leave::policy::{
    AccrualRule, GrantRule, LeaveEntitlement, LeavePolicy, OnLeaving, Right, WorkCounted,
};
use crate::leave::samples::account::{
    Account, YEARLY, by_employment, carry, days, grant, one_per, policy, upfront,
};

fn statutory(accrual: AccrualRule, whole: bool) -> LeavePolicy {
    let rule = one_per(17, whole, WorkCounted::Paid);
    let on_leaving = OnLeaving::Worked { rule, employed_months_over: 4 };
    let fifteen = grant(LeaveEntitlement::ConsecutiveDays(21), accrual);
    let rule = GrantRule { on_leaving, carry: carry(None, Some(12)), ..fifteen };
    policy(by_employment(12), vec![rule])
}

fn paid(account: &Account) -> String {
    let last = account.left_on.expect("they leave");
    let paid = payout(&account.through(date(2027, 12, 31)));
    paid.map_or(LeaveMinutes::ZERO, |paid| paid.minutes).in_days(account.day_on(last)).to_string()
}

#[test]
fn l39_completed_and_running_cycle_are_paid_out() {
    // Twelve days in the first cycle, four in the second one.
    let of = |accrual, whole| {
        Account::of(statutory(accrual, whole), date(2025, 2, 3))
            .takes(date(2025, 7, 1), date(2025, 7, 16))
            .takes(date(2026, 5, 4), date(2026, 5, 7))
            .leaves(date(2026, 8, 14))
    };
    for accrual in [AccrualRule::CycleStart, AccrualRule::MonthEnd, AccrualRule::CycleEnd] {
        let account = of(accrual, true);
        assert_eq!(paid(&account), "7", "{accrual:?}");
        let ledger = account.through(date(2026, 8, 15));
        let due = ledger.postings.iter().find(|it| matches!(it.cause, Cause::Leaving { .. }));
        let words = &due.expect("it's brought to what is due").arithmetic;
        assert!(words.contains("139 days / 17 x 1 day = 8 whole days x 480 minutes"), "{words}");
        assert_eq!(account.balance(date(2026, 8, 15)), "0");
        assert_eq!(paid(&of(accrual, false)), "7.1765");
    }
}

#[test]
fn within_four_months_nothing_is_due_of_the_running_cycle() {
    let of =
        |last| Account::of(statutory(AccrualRule::MonthEnd, true), date(2026, 1, 5)).leaves(last);
    assert_eq!(paid(&of(date(2026, 5, 4))), "0");
    assert_eq!(paid(&of(date(2026, 5, 5))), "5", "87 days / 17");
    let account = of(date(2026, 3, 31)).takes(date(2026, 3, 2), date(2026, 3, 3));
    assert_eq!(account.balance(date(2026, 4, 1)), "-2", "what was taken is owed");
}

#[test]
fn a_prorated_year_is_cut_by_days_and_an_accrued_one_stays() {
    let last = date(2026, 6, 30);
    let of = |on_leaving| {
        let rule = GrantRule { on_leaving, ..upfront("15") };
        Account::of(policy(YEARLY, vec![rule]), date(2026, 1, 1)).leaves(last)
    };
    let prorated = of(OnLeaving::Prorated);
    assert_eq!(paid(&prorated), "7.4384", "15 x 181/365");
    let cut = &prorated.posted(PostingKind::Accrue, date(2026, 7, 1))[0];
    assert_eq!(cut.2, "15 days x 480 minutes x (365/365 - 181/365) for days after 2026-06-30");
    assert_eq!(paid(&of(OnLeaving::Accrued)), "15");
    let year = of(OnLeaving::Prorated).leaves(date(2026, 12, 31));
    assert_eq!(paid(&year), "15", "the last day of a cycle is one of it: nothing lapses");
}

#[test]
fn a_prorated_cycle_is_measured_as_it_accrues_and_by_what_it_was_granted() {
    let of = |accrual, last| {
        let rule = grant(LeaveEntitlement::Of(days("15")), accrual);
        Account::of(policy(YEARLY, vec![rule]), date(2026, 1, 1)).leaves(last)
    };
    let june = date(2026, 6, 30);
    for accrual in [AccrualRule::MonthStart, AccrualRule::MonthEnd] {
        assert_eq!(paid(&of(accrual, june)), "7.5", "six months");
        assert_eq!(paid(&of(accrual, date(2026, 6, 12))), "6.75", "five months and 12/30");
    }
    for accrual in [AccrualRule::CycleEnd, AccrualRule::Daily] {
        assert_eq!(paid(&of(accrual, june)), "7.4384", "181 of 365 days");
    }
    // Another policy since April grants more from the next cycle on.
    let account = of(AccrualRule::CycleStart, june);
    let account = account.policy_from(date(2026, 4, 1), policy(YEARLY, vec![upfront("30")]));
    assert_eq!(paid(&account), "7.4384");
    // Three days a week since April: 15 days for 90 days and 9 for 91.
    let rule = grant(LeaveEntitlement::ConsecutiveDays(21), AccrualRule::CycleStart);
    let account = Account::of(policy(YEARLY, vec![rule]), date(2026, 1, 1)).leaves(june);
    let account = account.works(Some(date(2026, 4, 1)), &[480, 480, 480, 0, 0, 0, 0]);
    assert_eq!(paid(&account), "5.9425");
}

#[test]
fn what_is_not_payable_lapses_and_nothing_comes_after() {
    let extra = GrantRule { right: Right::Contractual, payable: false, ..upfront("5") };
    let law = GrantRule { on_leaving: OnLeaving::Accrued, ..upfront("15") };
    let account = Account::of(policy(YEARLY, vec![law, extra]), date(2026, 1, 1));
    let account = account.leaves(date(2026, 6, 30));
    assert_eq!(paid(&account), "15");
    assert_eq!(account.sum(PostingKind::Expire, date(2026, 7, 1)), "-2.4795", "5 x 181/365");
    assert_eq!(account.balance(date(2026, 7, 1)), "0");
    let later = account.through(date(2028, 1, 1));
    assert!(later.postings.iter().all(|it| it.effective <= date(2026, 7, 1)));
}

#[test]
fn what_is_owed_in_one_right_is_off_what_the_other_pays() {
    let on_leaving =
        OnLeaving::Worked { rule: one_per(17, true, WorkCounted::Paid), employed_months_over: 4 };
    let law = GrantRule { on_leaving, carry: carry(None, None), ..upfront("15") };
    let extra = GrantRule {
        right: Right::Contractual,
        carry: carry(None, None),
        on_leaving: OnLeaving::Accrued,
        ..grant(LeaveEntitlement::Of(days("5")), AccrualRule::CycleStart)
    };
    let account = Account::of(policy(YEARLY, vec![law, extra]), date(2026, 1, 1))
        .takes(date(2026, 1, 12), date(2026, 1, 13))
        .leaves(date(2026, 2, 27));
    assert_eq!(paid(&account), "3", "two days of law were taken, none of them is due");
}

#[test]
fn what_is_cancelled_after_the_employment_was_never_taken() {
    let rule = GrantRule { on_leaving: OnLeaving::Accrued, ..upfront("15") };
    let late_cancel = crate::leave::policy::LateCancel::RestoreAndExtend { months: 6 };
    let policy = LeavePolicy { late_cancel, ..policy(YEARLY, vec![rule]) };
    let account = Account::of(policy, date(2026, 1, 1)).leaves(date(2026, 6, 30));
    let taken = account.clone().takes(date(2026, 6, 1), date(2026, 6, 5));
    assert_eq!(paid(&taken), "10");
    let cancelled = account.cancels(date(2026, 6, 1), date(2026, 6, 5), date(2026, 7, 10));
    assert_eq!(paid(&cancelled), "15");
}

#[test]
fn one_day_of_employment_is_enough_to_be_replayed() {
    let day = date(2026, 1, 1);
    let account = Account::of(policy(YEARLY, vec![upfront("365")]), day).leaves(day);
    assert_eq!(paid(&account), "1");
    let before = |hired: Date, left: Date| {
        Account::of(policy(YEARLY, vec![upfront("365")]), hired).leaves(left)
    };
    assert_eq!(before(date(2026, 1, 2), day).through(date(2026, 12, 31)).postings, []);
}
