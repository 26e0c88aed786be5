//! What the packs' law comes to as policies, and until when it holds.

use jiff::civil::date;
use sha2::{Digest, Sha256};

use super::*;
use crate::country::{CalendarSpan, packs};
use crate::leave::ledger::policy_on;
use crate::leave::policy::{
    AccrualRule, CarryRule, LateCancel, LeaveStep, OnLeaving, WorkCounted, WorkUnit,
};
use crate::leave::samples;

fn policies(country: &str, code: &str) -> Vec<DatedPolicy> {
    let pack = pack(country).expect("a pack");
    policies_of(pack.leave_type(code).expect("a kind"), pack.version)
}

/// The only policy of a kind, from always.
fn only(country: &str, code: &str) -> LeavePolicy {
    let mut policies = policies(country, code);
    assert_eq!(policies.len(), 1, "{country} {code}");
    let only = policies.remove(0);
    assert_eq!(only.from, None);
    only.policy
}

fn worked(amount: u32, per: u32, counts: WorkCounted) -> WorkedRule {
    WorkedRule { unit: WorkUnit::Days, amount, per, whole: true, counts }
}

const NOTHING: Option<Quantity> = Some(Quantity::Days(LeaveDays::of(0)));

#[test]
fn south_african_annual_leave_is_21_consecutive_days_a_month_at_a_time_and_does_not_lapse() {
    let policy = only("ZA", "annual");
    assert_eq!(policy.cycle, LeaveCycle { months: 12, begins: CycleStart::Employment });
    let rule = worked(1, 17, WorkCounted::Paid);
    let expected = GrantRule {
        right: Right::Statutory,
        entitlement: LeaveEntitlement::ConsecutiveDays(21),
        accrual: AccrualRule::MonthEnd,
        at_first: None,
        requires: Requirement::default(),
        carry: Some(CarryRule { cap: None, expires_after_months: None }),
        payable: true,
        on_leaving: OnLeaving::Worked { rule, employed_months_over: 4 },
    };
    assert_eq!(policy.grants, [expected]);
    assert_eq!((policy.overdraft, policy.interrupts), (NOTHING, false));
    assert_eq!((policy.step, policy.late_cancel), (LeaveStep::HalfDays, LateCancel::default()));
}

#[test]
fn south_african_sick_leave_is_six_weeks_in_36_months_with_a_certificate_rule() {
    let policy = only("ZA", "sick");
    assert_eq!(policy.cycle, LeaveCycle { months: 36, begins: CycleStart::Employment });
    let [grant] = &policy.grants[..] else { panic!("one grant: {policy:?}") };
    assert_eq!(grant.entitlement, LeaveEntitlement::WeeksOfWork(600));
    assert_eq!((grant.accrual, grant.carry), (AccrualRule::CycleStart, None));
    let at_first = AtFirstRule { months: 6, worked: worked(1, 26, WorkCounted::Worked) };
    assert_eq!(grant.at_first, Some(at_first));
    assert!(policy.interrupts && !grant.payable);
    let document = DocumentRule {
        consecutive_days_over: 2,
        occasions_over: Some(2),
        within_weeks: Some(8),
        before_approval: false,
    };
    assert_eq!(policy.document, Some(document));
}

#[test]
fn family_responsibility_leave_is_three_days_for_who_is_employed_long_and_often_enough() {
    // The Act was amended in 2020, but not in what it grants.
    let policy = only("ZA", "family_responsibility");
    let [grant] = &policy.grants[..] else { panic!("one grant: {policy:?}") };
    assert_eq!(grant.entitlement, LeaveEntitlement::Of(Quantity::Days(LeaveDays::of(3))));
    let requires = Requirement {
        employed_months_over: Some(4),
        employed_weeks_over: None,
        days_per_week_min: Some(4),
    };
    assert_eq!((grant.requires, grant.carry), (requires, None));
    let each_time = policy.document.map(|rule| rule.consecutive_days_over);
    assert_eq!(each_time, Some(0));
}

#[test]
fn l49_parental_leave_is_by_cases_that_changed_with_the_law() {
    let dated = policies("ZA", "parental");
    let for_whom = |it: &DatedPolicy| -> Vec<String> {
        it.policy.cases.iter().map(|case| case.applies_to.clone()).collect()
    };
    let from: Vec<_> = dated.iter().map(|it| (it.from, for_whom(it).len())).collect();
    let changes = [(None, 1), (Some(date(2020, 1, 1)), 3), (Some(date(2025, 10, 3)), 2)];
    assert_eq!(from, changes);
    assert_eq!(for_whom(&dated[0]), ["birth mother"]);
    let birth = date(2026, 2, 10);
    let policy = policy_on(&dated, birth).expect("a policy");
    assert!(policy.grants.is_empty() && policy.overdraft == NOTHING);
    assert_eq!(policy.cases[0].applies_to, "both parents employed");
    let pool = &policy.cases[0];
    assert_eq!(pool.span, CalendarSpan { months: 4, weeks: 0, days: 10 });
    assert!(pool.shared);
    assert_eq!(pool.no_work_weeks_after, Some(6));
    assert!(!policy.cases[1].shared && policy.cases[1].span.months == 4);
}

#[test]
fn other_countries_have_their_own_terms_by_data_alone() {
    let german = only("DE", "annual");
    assert_eq!(german.cycle.begins, CycleStart::Yearly { month: 1, day: 1 });
    let [grant] = &german.grants[..] else { panic!("one grant: {german:?}") };
    assert_eq!(grant.entitlement, LeaveEntitlement::DaysOfWeek { days: 24, week: 6 });
    assert_eq!(grant.carry, Some(CarryRule { cap: None, expires_after_months: Some(3) }));
    assert!(grant.requires.is_none(), "a twelfth grows with each month from the first one on");
    let ill = only("DE", "sick");
    assert!(ill.grants.is_empty() && ill.cases.is_empty() && ill.overdraft.is_none());
    assert_eq!(ill.document.map(|rule| rule.consecutive_days_over), Some(3));
    assert!(ill.interrupts);
    let [birth] = &only("DE", "maternity").cases[..] else { panic!("one case") };
    assert_eq!((&*birth.applies_to, birth.earliest_weeks_before), ("Mutterschutz", Some(6)));
    let british = only("GB", "annual");
    let entitlement = LeaveEntitlement::WeeksOfWork(560);
    assert_eq!(british.grants[0].entitlement, entitlement);
    assert_eq!(british.grants[0].accrual, AccrualRule::MonthStart);
    for (country, code) in [("ZA", "unpaid"), ("DE", "child_sick"), ("GB", "sick")] {
        assert_eq!(policies(country, code), [], "{country} {code}");
    }
}

#[test]
fn the_law_holds_until_the_first_day_of_the_firms_own_terms() {
    let annual = samples::annual();
    let law = annual.policies();
    assert_eq!(law, policies("ZA", "annual"));
    let mut own = LeavePolicy { notice_days: 14, ..law[0].policy.clone() };
    own.grants.clear();
    let dated = |from| DatedPolicy { from, policy: own.clone() };
    let with = |own_policies: Vec<DatedPolicy>| LeaveType { own_policies, ..samples::annual() };
    let later = dated(Some(date(2026, 3, 1)));
    let both = with(vec![later.clone()]).policies();
    assert_eq!(both, [law[0].clone(), later.clone()]);
    assert_eq!(with(vec![dated(None), later.clone()]).policies(), [dated(None), later.clone()]);
    let parental = LeaveType { code: "parental".into(), ..with(vec![later.clone()]) };
    let from: Vec<_> = parental.policies().iter().map(|it| it.from).collect();
    let (twenty, interim) = (Some(date(2020, 1, 1)), Some(date(2025, 10, 3)));
    assert_eq!(from, [None, twenty, interim, later.from]);
    let early = dated(twenty);
    let parental = LeaveType { own_policies: vec![early.clone()], ..parental };
    assert_eq!(parental.policies().last(), Some(&early), "the law of that day and later is not");
    let made_up = LeaveType { pack: None, ..samples::annual() };
    assert_eq!(made_up.policies(), []);
    let future = LeaveType { code: "sabbatical".into(), ..samples::annual() };
    assert_eq!(future.policies(), [], "the pack knows no such kind");
}

#[test]
fn what_a_later_version_says_is_not_law_for_an_earlier_one() {
    let annual = pack("ZA").and_then(|pack| pack.leave_type("annual")).expect("a kind");
    let mut kind = annual.clone();
    let mut more = kind.statute[0].clone();
    more.added_in = 2;
    more.entitlement = Entitlement::ConsecutiveDays(28);
    more.from = Some(date(2027, 1, 1));
    kind.statute[0].until = Some(date(2026, 12, 31));
    kind.statute.push(more);
    assert_eq!(policies_of(&kind, 1).len(), 2, "it ends, and nothing comes after it");
    assert!(policies_of(&kind, 1)[1].policy.grants.is_empty());
    let next = &policies_of(&kind, 2)[1].policy.grants[0];
    assert_eq!(next.entitlement, LeaveEntitlement::ConsecutiveDays(28));
    kind.statute[1].dropped_in = Some(3);
    assert_eq!(policies_of(&kind, 3), policies_of(&kind, 1));
}

/// Balances follow from these terms. Where this fails, a pack was edited: what a version granted is
/// a promise; say what changed by a new version, with `added_in` and `dropped_in`.
#[test]
fn the_terms_of_a_version_of_a_pack_never_change() {
    let granted = [
        ("ZA", 1, "6d323bd80901d4a5"),
        ("DE", 1, "8f6beb45436540e5"),
        ("GB", 1, "4e1689d1661d1848"),
    ];
    assert_eq!(granted.len(), packs().len());
    let found = granted.map(|(country, version, _)| {
        let mut hash = Sha256::new();
        for kind in &pack(country).expect("there is one").leave_types {
            let terms = serde_json::to_string(&policies_of(kind, version)).expect("JSON");
            hash.update(format!("{} {terms}\n", kind.code));
        }
        hash.finalize().iter().take(8).map(|it| format!("{it:02x}")).collect::<String>()
    });
    assert_eq!(found, granted.map(|(_, _, digest)| digest.to_owned()));
}
