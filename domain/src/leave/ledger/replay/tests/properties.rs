//! What holds of every account, whatever its facts and in whichever order they become known.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::super::*;
use uuid::Uuid;

use crate::country::CalendarSpan;
use crate::id::LeaveCaseId;
use crate::leave::ledger::{Origin, balance_on, settle_account, standing_of};
use crate::leave::policy::{
    AccrualRule, AtFirstRule, CaseRule, GrantRule, LateCancel, LeaveEntitlement, LeavePolicy,
    OnLeaving, Right, WorkCounted,
};
use crate::leave::samples::ANNUAL;
use crate::leave::samples::account::{
    Account, YEARLY, by_employment, carry, days, grant, one_per, policy,
};
use crate::leave::samples::week;
use crate::leave::{AgreedLeave, LeaveCase, LeaveDays, LeaveSpan};

const BIRTH: &str = "both parents employed";
const START: Date = date(2024, 1, 1);
const END: Date = date(2027, 6, 30);

fn later(from: Date, days: i64) -> Date {
    from.saturating_add(Span::new().days(days))
}

fn accrual() -> impl Strategy<Value = AccrualRule> {
    prop_oneof![
        Just(AccrualRule::CycleStart),
        Just(AccrualRule::CycleEnd),
        Just(AccrualRule::MonthStart),
        Just(AccrualRule::MonthEnd),
        Just(AccrualRule::Daily),
    ]
}

fn any_accrual() -> impl Strategy<Value = AccrualRule> {
    let worked =
        any::<bool>().prop_map(|whole| AccrualRule::Worked(one_per(17, whole, WorkCounted::Paid)));
    prop_oneof![5 => accrual(), 1 => worked]
}

prop_compose! {
    fn rule(right: Right)(
        consecutive in 7_u32..30,
        accrual in any_accrual(),
        at_first in prop::option::weighted(0.2, 1_u32..7),
        cap in prop::option::of(0_i64..8),
        carries in prop::option::of(prop::option::of(1_u32..15)),
        payable in any::<bool>(),
        leaving in 0_u8..3,
    ) -> GrantRule {
        let worked = one_per(17, true, WorkCounted::Paid);
        GrantRule {
            right,
            at_first: at_first.map(|months| AtFirstRule { months, worked }),
            carry: carries.and_then(|months| {
                carry(cap.map(|cap| cap.to_string()).as_deref(), months)
            }),
            payable,
            on_leaving: match leaving {
                0 => OnLeaving::Accrued,
                1 => OnLeaving::Prorated,
                _ => OnLeaving::Worked { rule: worked, employed_months_over: 4 },
            },
            ..grant(LeaveEntitlement::ConsecutiveDays(consecutive), accrual)
        }
    }
}

prop_compose! {
    fn terms()(
        law in rule(Right::Statutory),
        extra in prop::option::of(rule(Right::Contractual)),
        yearly in any::<bool>(),
        months in 6_u32..25,
        extends in any::<bool>(),
    ) -> LeavePolicy {
        let cycle = if yearly { YEARLY } else { by_employment(months) };
        let late_cancel = if extends {
            LateCancel::RestoreAndExtend { months: 3 }
        } else {
            LateCancel::RestoreThenExpire
        };
        let grants = std::iter::once(law).chain(extra).collect();
        let case = CaseRule {
            applies_to: BIRTH.into(),
            span: CalendarSpan { months: 1, weeks: 2, days: 3 },
            shared: true,
            earliest_weeks_before: None,
            no_work_weeks_after: None,
        };
        LeavePolicy { late_cancel, cases: vec![case], ..policy(cycle, grants) }
    }
}

/// One thing that becomes known.
#[derive(Debug, Clone)]
enum Fact {
    Taken(Date, Date),
    Cancelled(Date, Date, Date),
    Entered(Date, i64, Option<Date>),
    Pattern(Date, usize, u32),
    Policy(Date, LeavePolicy),
    Agreed(Date, i64),
    Hired(Date),
    Left(Date),
    Holiday(Date),
    Unpaid(Date, Date),
    Case(Date, u32),
}

fn fact() -> impl Strategy<Value = Fact> {
    let day = || (0_i64..1200).prop_map(|days| later(START, days));
    prop_oneof![
        6 => (day(), 0_i64..20).prop_map(|(day, more)| Fact::Taken(day, later(day, more))),
        2 => (day(), 0_i64..9, 1_i64..300)
            .prop_map(|(day, more, on)| Fact::Cancelled(day, later(day, more), later(day, on))),
        2 => (day(), -5_i64..9, prop::option::of(0_i64..200))
            .prop_map(|(day, number, lasts)| {
                Fact::Entered(day, number, lasts.map(|lasts| later(day, lasts)))
            }),
        1 => (day(), 1_usize..8, 200_u32..500).prop_map(|(day, number, minutes)| {
            Fact::Pattern(day, number, minutes)
        }),
        1 => (day(), terms()).prop_map(|(day, policy)| Fact::Policy(day, policy)),
        1 => (day(), 0_i64..10).prop_map(|(day, number)| Fact::Agreed(day, number)),
        1 => (0_i64..300).prop_map(|days| Fact::Hired(later(START, days))),
        1 => (800_i64..1200).prop_map(|days| Fact::Left(later(START, days))),
        1 => day().prop_map(Fact::Holiday),
        1 => (day(), 0_i64..40).prop_map(|(day, more)| Fact::Unpaid(day, later(day, more))),
        1 => (day(), 0_u32..60).prop_map(|(day, share)| Fact::Case(day, share)),
    ]
}

/// The ids of what is taken and entered are those of their place among all facts, so that they are
/// the same whenever it becomes known.
fn learn(account: &mut Account, fact: &Fact) {
    match fact {
        Fact::Taken(from, to) => {
            account.absences.push((LeaveSpan { from: *from, to: *to, part: None }, None));
        }
        Fact::Cancelled(from, to, on) => {
            account.absences.push((LeaveSpan { from: *from, to: *to, part: None }, Some(*on)));
        }
        Fact::Entered(day, number, lasts) => {
            let entered = account.clone().enters(*day, &number.to_string(), *lasts);
            *account = entered;
        }
        Fact::Pattern(day, number, minutes) => {
            *account = account.clone().works(Some(*day), &week(*number, *minutes));
        }
        Fact::Policy(day, policy) => {
            let known = account.policies.iter().any(|it| it.from == Some(*day));
            if !known {
                *account = account.clone().policy_from(*day, policy.clone());
                account.policies.sort_by_key(|it| it.from);
            }
        }
        Fact::Agreed(day, number) => {
            account.agreed.retain(|it| it.from != Some(*day));
            let amount = Some(crate::leave::policy::Quantity::Days(LeaveDays::of(*number)));
            account.agreed.push(AgreedLeave { from: Some(*day), amount });
            account.agreed.sort_by_key(|it| it.from);
        }
        Fact::Hired(day) => account.hired_on = Some(*day),
        Fact::Left(day) => account.left_on = Some(*day),
        Fact::Holiday(day) => {
            account.holidays.insert(*day, "By decree".into());
        }
        Fact::Unpaid(from, to) => account.unpaid.push((*from, *to)),
        Fact::Case(day, share) => account.cases.push(LeaveCase {
            case: LeaveCaseId(Uuid::from_u128(account.cases.len() as u128)),
            leave_type: ANNUAL,
            applies_to: BIRTH.into(),
            on: *day,
            begins: *day,
            share_days: Some(*share),
            gave_birth: false,
        }),
    }
}

fn account_of(policy: LeavePolicy, facts: &[Fact]) -> Account {
    let mut account = Account::of(policy, START);
    facts.iter().for_each(|fact| learn(&mut account, fact));
    account
}

/// What stands, without numbers and without what it was computed from.
fn standing(recorded: &[Posting]) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for it in standing_of(recorded) {
        let said = (it.effective, it.kind, it.minutes, it.bucket, it.cause);
        *all.entry(format!("{said:?}")).or_default() += 1;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_in_which_facts_become_known_changes_nothing(
        policy in terms(),
        facts in prop::collection::vec(fact(), 0..10),
        days in prop::collection::vec(0_i64..1270, 11),
    ) {
        let whole = account_of(policy.clone(), &facts);
        let once = settle_account(&[], &whole.facts(), END);
        let mut known = Account::of(policy, START);
        let mut recorded: Vec<Posting> = Vec::new();
        for (fact, day) in facts.iter().zip(&days) {
            // On whichever day it becomes known, a job has run by then, or not, or twice.
            learn(&mut known, fact);
            let today = later(START, *day);
            let before = recorded.clone();
            let more = settle_account(&recorded, &known.facts(), today);
            recorded.extend(more);
            prop_assert_eq!(&recorded[..before.len()], &before[..]);
            prop_assert_eq!(settle_account(&recorded, &known.facts(), today), []);
            let numbers: Vec<u32> = recorded.iter().map(|it| it.n).collect();
            prop_assert!(numbers.iter().copied().eq(1..=numbers.len() as u32));
        }
        recorded.extend(settle_account(&recorded, &known.facts(), END));
        prop_assert_eq!(standing(&recorded), standing(&once));
        let replayed = whole.through(END);
        for months in 0..42 {
            let day = START.saturating_add(Span::new().months(months));
            prop_assert_eq!(balance_on(&recorded, day), balance_on(&once, day));
            prop_assert_eq!(balance_on(&recorded, day), replayed.balance_on(day));
        }
    }

    #[test]
    fn a_replay_up_to_a_day_is_the_beginning_of_a_longer_one(
        policy in terms(),
        facts in prop::collection::vec(fact(), 0..10),
        day in 0_i64..1270,
    ) {
        let account = account_of(policy, &facts);
        let (long, short) = (account.through(END), account.through(later(START, day)));
        prop_assert_eq!(&long.postings[..short.postings.len()], &short.postings[..]);
        prop_assert!(long.postings.is_sorted_by_key(|it| it.effective));
        prop_assert!(long.postings.iter().all(|it| it.minutes != LeaveMinutes::ZERO));
    }

    #[test]
    fn no_bucket_but_that_of_the_running_cycle_goes_below_nothing_or_is_drawn_from_out_of_time(
        policy in terms(),
        facts in prop::collection::vec(fact(), 0..12),
    ) {
        let account = account_of(policy, &facts);
        let ledger = account.through(END);
        let mut held: BTreeMap<Bucket, LeaveMinutes> = BTreeMap::new();
        for posting in &ledger.postings {
            let bucket = posting.bucket;
            if posting.kind == PostingKind::Take && posting.minutes.is_negative() {
                let until = bucket.expires.unwrap_or(Date::MAX);
                prop_assert!(posting.effective <= until, "{posting:?}");
                let goes_below = held.get(&bucket).copied().unwrap_or_default() < -posting.minutes;
                // Beyond what there is only where nothing is left anywhere that can be taken.
                let left = held.iter().any(|(other, minutes)| {
                    *other != bucket
                        && *minutes > LeaveMinutes::ZERO
                        && other.expires.is_none_or(|last| posting.effective <= last)
                });
                prop_assert!(!(goes_below && left), "{posting:?} {held:?}");
            }
            let minutes = held.entry(bucket).or_default();
            *minutes += posting.minutes;
            let may = match bucket.origin {
                Origin::Granted => true,
                // Where nothing is granted: before the employment and after it.
                Origin::Given => bucket.expires.is_none(),
                Origin::Carried | Origin::Restored | Origin::Case => false,
            };
            prop_assert!(may || !minutes.is_negative(), "{posting:?}");
        }
        for (bucket, minutes) in held {
            let over = bucket.expires.is_some_and(|last| last < END);
            prop_assert!(!over || minutes == LeaveMinutes::ZERO, "{bucket:?} {minutes}");
        }
    }

    #[test]
    fn a_whole_cycle_is_granted_exactly_however_it_accrues(
        accrual in accrual(),
        entitled in 1_i64..400_000,
        hired in 0_i64..700,
        months in 1_u32..37,
    ) {
        let entitled = LeaveDays::of_ten_thousandths(entitled);
        let entitlement = LeaveEntitlement::Of(days(&entitled.to_string()));
        let hired = later(START, hired);
        let policy = policy(by_employment(months), vec![grant(entitlement, accrual)]);
        let account = Account::of(policy, hired);
        let last = hired.saturating_add(Span::new().months(i64::from(months))).yesterday().unwrap();
        let granted = account.through(last).balance_on(last);
        let all = entitled.in_minutes(LeaveMinutes::of(480));
        prop_assert_eq!(granted, all);
    }

    #[test]
    fn what_is_cancelled_is_restored_exactly(
        policy in terms(),
        facts in prop::collection::vec(fact(), 0..8),
        from in 0_i64..1100,
        more in 0_i64..15,
    ) {
        let without = account_of(policy, &facts);
        let mut with = without.clone();
        let taken = (later(START, from), later(START, from + more));
        with = with.takes(taken.0, taken.1);
        let mut recorded = settle_account(&[], &with.facts(), END);
        recorded.extend(settle_account(&recorded, &without.facts(), END));
        prop_assert_eq!(standing(&recorded), standing(&settle_account(&[], &without.facts(), END)));
        for day in [taken.0, taken.1, END] {
            prop_assert_eq!(balance_on(&recorded, day), without.through(END).balance_on(day));
        }
    }
}
