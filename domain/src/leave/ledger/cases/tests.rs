//! Leave for a case on the calendar, and as a grant.

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;
use crate::id::LeaveCaseId;
use crate::leave::LeaveMinutes;
use crate::leave::policy::LeavePolicy;
use crate::leave::samples::ANNUAL;
use crate::leave::samples::account::{Account, by_employment, policy};

const BIRTH: Date = date(2026, 2, 10);

fn rule(span: CalendarSpan, shared: bool) -> CaseRule {
    CaseRule {
        applies_to: "both parents employed".into(),
        span,
        shared,
        earliest_weeks_before: Some(4),
        no_work_weeks_after: Some(6),
    }
}

const FOUR_MONTHS_AND_TEN_DAYS: CalendarSpan = CalendarSpan { months: 4, weeks: 0, days: 10 };

fn case(share_days: Option<u32>, gave_birth: bool) -> LeaveCase {
    LeaveCase {
        case: LeaveCaseId(Uuid::from_u128(1)),
        leave_type: ANNUAL,
        applies_to: "both parents employed".into(),
        on: BIRTH,
        begins: BIRTH,
        share_days,
        gave_birth,
    }
}

#[test]
fn l49_both_parents_share_four_months_and_ten_days() {
    let shared = rule(FOUR_MONTHS_AND_TEN_DAYS, true);
    let span = case_span(&shared, &case(None, true));
    assert_eq!(
        span,
        CaseSpan {
            first: BIRTH,
            last: date(2026, 6, 19),
            calendar_days: 130,
            own_days: 65,
            no_work_until: Some(date(2026, 3, 24)),
        }
    );
    let other = case_span(&shared, &case(None, false));
    assert_eq!((other.own_days, other.no_work_until), (65, None));
    assert_eq!(case_span(&shared, &case(Some(100), true)).own_days, 100);
    assert_eq!(case_span(&shared, &case(Some(200), true)).own_days, 130, "there is no more");
}

#[test]
fn an_odd_day_of_a_shared_amount_is_with_who_gave_birth() {
    let odd = rule(CalendarSpan { months: 0, weeks: 0, days: 9 }, true);
    let own = |gave_birth| case_span(&odd, &case(None, gave_birth)).own_days;
    assert_eq!((own(true), own(false)), (5, 4));
}

#[test]
fn spans_are_months_then_weeks_then_days() {
    let last = |first, months, weeks, days| last_day(first, CalendarSpan { months, weeks, days });
    assert_eq!(last(BIRTH, 4, 0, 0), date(2026, 6, 9), "a single parent's four months");
    assert_eq!(last(BIRTH, 0, 10, 0), date(2026, 4, 20));
    assert_eq!(last(date(2025, 10, 31), 4, 0, 0), date(2026, 2, 27));
    assert_eq!(last(date(2028, 1, 31), 1, 1, 1), date(2028, 3, 7));
    assert_eq!(last(BIRTH, 0, 0, 1), BIRTH);
    let nothing = rule(CalendarSpan::default(), false);
    assert_eq!(case_span(&nothing, &case(None, true)).calendar_days, 0);
    assert_eq!(first_day_of_work_after(BIRTH, 6), date(2026, 3, 24));
}

fn parental(counts: Counts, share_days: Option<u32>) -> Account {
    let policy = LeavePolicy {
        cases: vec![rule(FOUR_MONTHS_AND_TEN_DAYS, true)],
        ..policy(by_employment(12), Vec::new())
    };
    let mut account = Account::of(policy, date(2024, 1, 1));
    account.counts = counts;
    account.cases = vec![case(share_days, true)];
    account
}

#[test]
fn a_case_is_granted_when_it_begins_and_lapses_with_its_span() {
    let account = parental(Counts::CalendarDays, None).takes(BIRTH, date(2026, 4, 10));
    assert_eq!(account.balance(date(2026, 2, 9)), "0");
    assert_eq!(account.balance(BIRTH), "64");
    assert_eq!(account.balance(date(2026, 4, 10)), "5");
    assert_eq!(account.balance(date(2026, 6, 19)), "5");
    assert_eq!(account.balance(date(2026, 6, 20)), "0");
    let granted = &account.posted(PostingKind::Grant, BIRTH)[0];
    assert_eq!(granted.2, "65 calendar days = 130 / 2 x 1440 minutes");
    let ledger = account.through(date(2026, 6, 20));
    let lapsed = ledger.postings.last().expect("it lapses");
    assert_eq!((lapsed.kind, lapsed.bucket.origin), (PostingKind::Expire, Origin::Case));
    assert_eq!(lapsed.bucket.cycle, BIRTH);
}

#[test]
fn a_declared_share_is_what_is_granted_and_working_days_are_those_in_it() {
    let account = parental(Counts::CalendarDays, Some(100));
    assert_eq!(account.balance(BIRTH), "100");
    let words = &account.posted(PostingKind::Grant, BIRTH)[0].2;
    assert_eq!(words, "100 calendar days of 130 as declared x 1440 minutes");
    let working = parental(Counts::WorkingDays, Some(70));
    assert_eq!(working.balance(BIRTH), "50");
    assert_eq!(working.through(BIRTH).balance_on(BIRTH), LeaveMinutes::of(24_000));
}

#[test]
fn a_case_goes_by_the_policy_of_its_day_and_by_a_rule_of_its_name() {
    let mut account = parental(Counts::CalendarDays, None);
    account.cases[0].applies_to = "another".into();
    assert_eq!(account.balance(BIRTH), "0");
    let mut later = parental(Counts::CalendarDays, None);
    later.cases[0].begins = date(2026, 3, 1);
    let none = policy(by_employment(12), Vec::new());
    let later = later.policy_from(date(2026, 2, 20), none);
    assert_eq!(later.balance(date(2026, 3, 1)), "65", "130 days / 2, by the policy of 10 February");
}
