//! What a policy of leave must be to be set. The first rule that it breaks is named with the place
//! it is broken at, so that whoever wrote it finds it.

use std::collections::BTreeSet;

use super::policy::{
    AccrualRule, ApprovalRule, CarryRule, CaseRule, CycleStart, DocumentRule, GrantRule,
    LateCancel, LeaveCycle, LeaveEntitlement, LeavePolicy, LeaveStep, OnLeaving, Quantity,
    Requirement, WorkedRule,
};
use super::{GrantRefusal, LeaveMinutes, Refusal};
use crate::country::CalendarSpan;
use crate::leave::LeaveDays;
use crate::name::checked_name;
use crate::time::Office;

/// The longest a cycle and whatever is told in months may be.
pub const MONTHS_MAX: u32 = 120;
/// The same in weeks.
pub const WEEKS_MAX: u32 = 520;
/// The same in days.
pub const DAYS_MAX: u32 = 3660;
/// The most minutes that an amount may be of: ten years.
pub const MINUTES_MAX: u32 = DAYS_MAX * 24 * 60;
/// Of so many pieces of work leave may grow at most.
const WORK_MAX: u32 = 10_000;
/// The most characters of terms.
pub const TERMS_CHARACTERS_MAX: usize = 4000;
/// The most rules of approval, and of cases.
const RULES_MAX: usize = 20;
const MINUTES_OF_A_DAY: u32 = 24 * 60;

/// The pointers of a grant's parts, by its place.
macro_rules! of_grant {
    ($place:expr, $part:literal) => {
        if $place == 0 {
            concat!("/policy/grants/0", $part)
        } else {
            concat!("/policy/grants/1", $part)
        }
    };
}

fn check(holds: bool, field: &'static str, rule: &'static str) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(GrantRefusal::InvalidPolicy { field, rule }.into()) }
}

/// Refuses what can't be a policy.
pub fn check_policy(policy: &LeavePolicy) -> Result<(), Refusal> {
    check_cycle(&policy.cycle)?;
    let rights: BTreeSet<_> = policy.grants.iter().map(|grant| grant.right).collect();
    let once = "give at most one rule for what is statutory and one for what is contractual";
    check(rights.len() == policy.grants.len(), "/policy/grants", once)?;
    for (place, grant) in policy.grants.iter().enumerate() {
        check_grant(place, grant)?;
    }
    let overdraft = policy.overdraft.is_none_or(|it| within(it, 0));
    check(overdraft, "/policy/overdraft", "give 0 or more, up to ten years")?;
    if let LeaveStep::Minutes(minutes) = policy.step {
        let divides = minutes > 0 && MINUTES_OF_A_DAY.is_multiple_of(minutes);
        let rule = "give minutes that divide a day, such as 15, 30 or 60";
        check(divides && minutes < MINUTES_OF_A_DAY, "/policy/step/minutes", rule)?;
    }
    check(policy.notice_days <= 366, "/policy/notice_days", "give at most 366 days")?;
    if let Some(document) = &policy.document {
        check_document(document)?;
    }
    if let Some(terms) = &policy.terms {
        let length = terms.text.trim().chars().count();
        let plain = |letter: char| !letter.is_control() || letter == '\n';
        let fits = (1..=TERMS_CHARACTERS_MAX).contains(&length) && terms.text.chars().all(plain);
        let rule = "give a text of 1 to 4000 characters, lines apart by line feeds";
        check(fits, "/policy/terms/text", rule)?;
    }
    check_approval(&policy.approval)?;
    if let LateCancel::RestoreAndExtend { months } = policy.late_cancel {
        let rule = "give 1 to 120 months";
        check((1..=MONTHS_MAX).contains(&months), "/policy/late_cancel", rule)?;
    }
    check_cases(&policy.cases)
}

fn check_cycle(cycle: &LeaveCycle) -> Result<(), Refusal> {
    let months = (1..=MONTHS_MAX).contains(&cycle.months);
    check(months, "/policy/cycle/months", "give 1 to 120 months")?;
    if let CycleStart::Yearly { month, day } = cycle.begins {
        let known = (1..=12).contains(&month) && (1..=28).contains(&day);
        let rule = "give a month of 1 to 12 and a day of 1 to 28";
        check(known, "/policy/cycle/begins/yearly", rule)?;
    }
    Ok(())
}

fn check_grant(place: usize, grant: &GrantRule) -> Result<(), Refusal> {
    let field = of_grant!(place, "/entitlement");
    let rule = "give more than nothing, up to ten years";
    check(is_entitlement(grant.entitlement), field, rule)?;
    if let AccrualRule::Worked(rule) = &grant.accrual {
        check_worked(rule, of_grant!(place, "/accrual/worked"))?;
    }
    if let Some(at_first) = &grant.at_first {
        let months = (1..=MONTHS_MAX).contains(&at_first.months);
        check(months, of_grant!(place, "/at_first/months"), "give 1 to 120 months")?;
        check_worked(&at_first.worked, of_grant!(place, "/at_first/worked"))?;
    }
    let Requirement { employed_months_over, employed_weeks_over, days_per_week_min } =
        grant.requires;
    let known = employed_months_over.is_none_or(|months| months <= MONTHS_MAX)
        && employed_weeks_over.is_none_or(|weeks| weeks <= WEEKS_MAX)
        && days_per_week_min.is_none_or(|days| (1..=7).contains(&days));
    let rule = "give at most 120 months, at most 520 weeks, and 1 to 7 days per week";
    check(known, of_grant!(place, "/requires"), rule)?;
    if let Some(CarryRule { cap, expires_after_months }) = grant.carry {
        let rule = "give more than nothing; where nothing is to go over, leave carry out";
        check(cap.is_none_or(|cap| within(cap, 1)), of_grant!(place, "/carry/cap"), rule)?;
        let months = expires_after_months.is_none_or(|it| (1..=MONTHS_MAX).contains(&it));
        let rule = "give 1 to 120 months; where it never lapses, leave it out";
        check(months, of_grant!(place, "/carry/expires_after_months"), rule)?;
    }
    if let OnLeaving::Worked { rule, employed_months_over } = &grant.on_leaving {
        check_worked(rule, of_grant!(place, "/on_leaving/worked/rule"))?;
        let field = of_grant!(place, "/on_leaving/worked/employed_months_over");
        check(*employed_months_over <= MONTHS_MAX, field, "give at most 120 months")?;
    }
    Ok(())
}

/// Whether an amount is at least so many ten-thousandths, and no more than ten years.
pub(super) fn within(amount: Quantity, least: i64) -> bool {
    let (units, most) = match amount {
        Quantity::Days(days) => {
            (days.ten_thousandths(), LeaveDays::of(i64::from(DAYS_MAX)).ten_thousandths())
        }
        Quantity::Minutes(minutes) => {
            (minutes.ten_thousandths(), LeaveMinutes::of(i64::from(MINUTES_MAX)).ten_thousandths())
        }
    };
    (least..=most).contains(&units)
}

fn is_entitlement(entitlement: LeaveEntitlement) -> bool {
    match entitlement {
        LeaveEntitlement::Of(amount) => within(amount, 1),
        LeaveEntitlement::ConsecutiveDays(days) => (1..=DAYS_MAX).contains(&days),
        LeaveEntitlement::WeeksOfWork(hundredths) => (1..=WEEKS_MAX * 100).contains(&hundredths),
        LeaveEntitlement::DaysOfWeek { days, week } => {
            (1..=DAYS_MAX).contains(&days) && (1..=7).contains(&week)
        }
        LeaveEntitlement::Calendar(span) => is_span(span),
    }
}

fn is_span(span: CalendarSpan) -> bool {
    let CalendarSpan { months, weeks, days } = span;
    let bounded = months <= MONTHS_MAX && weeks <= WEEKS_MAX && days <= DAYS_MAX;
    bounded && span != CalendarSpan::default()
}

fn check_worked(rule: &WorkedRule, field: &'static str) -> Result<(), Refusal> {
    let sound = (1..=WORK_MAX).contains(&rule.amount) && (1..=WORK_MAX).contains(&rule.per);
    check(sound, field, "give an amount of 1 or more for every 1 or more, each at most 10000")
}

fn check_document(rule: &DocumentRule) -> Result<(), Refusal> {
    let days = rule.consecutive_days_over <= 366;
    let field = "/policy/document/consecutive_days_over";
    check(days, field, "give at most 366 days")?;
    let together = rule.occasions_over.is_some() == rule.within_weeks.is_some();
    let why = "give occasions_over and within_weeks together, or neither";
    check(together, "/policy/document/within_weeks", why)?;
    let bounded = rule.occasions_over.is_none_or(|it| it <= 366)
        && rule.within_weeks.is_none_or(|it| (1..=WEEKS_MAX).contains(&it));
    let why = "give at most 366 occasions within 1 to 520 weeks";
    check(bounded, "/policy/document/within_weeks", why)
}

fn check_approval(rules: &[ApprovalRule]) -> Result<(), Refusal> {
    const FIELD: &str = "/policy/approval";
    check(rules.len() <= RULES_MAX, FIELD, "give at most 20 rules")?;
    let ascending = rules.windows(2).all(|pair| pair[0].days_over < pair[1].days_over);
    check(ascending, FIELD, "order the rules by days_over, each of them once")?;
    check(rules.iter().all(|rule| rule.days_over <= DAYS_MAX), FIELD, "give at most 3660 days")?;
    let mut offices = rules.iter().flat_map(|rule| rule.chain.offices());
    let of_work = offices.any(|it| matches!(it, Office::ProjectManager | Office::AccountManager));
    let why = "leave is of no project and of no client; name offices that know the member";
    check(!of_work, FIELD, why)
}

fn check_cases(cases: &[CaseRule]) -> Result<(), Refusal> {
    const FIELD: &str = "/policy/cases";
    check(cases.len() <= RULES_MAX, FIELD, "give at most 20 cases")?;
    let named = |case: &CaseRule| checked_name(&case.applies_to).as_ref() == Some(&case.applies_to);
    let rule = "name each case in 1 to 200 characters, without white space around them";
    check(cases.iter().all(named), FIELD, rule)?;
    let names: BTreeSet<_> = cases.iter().map(|case| &case.applies_to).collect();
    check(names.len() == cases.len(), FIELD, "give each case another name")?;
    let long = cases.iter().all(|case| is_span(case.span));
    check(long, FIELD, "give each case a span of more than nothing, up to ten years")?;
    let weeks = cases.iter().flat_map(|it| [it.earliest_weeks_before, it.no_work_weeks_after]);
    let few = weeks.flatten().all(|weeks| weeks <= 104);
    check(few, FIELD, "give at most 104 weeks before and after")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::policy::{AtFirstRule, Right, Terms, WorkCounted, WorkUnit};
    use crate::leave::samples;
    use crate::time::Chain;

    fn days(units: i64) -> Quantity {
        Quantity::Days(LeaveDays::of_ten_thousandths(units))
    }

    /// Where and how a change of a rich policy is refused.
    fn refused(change: impl FnOnce(&mut LeavePolicy)) -> Option<&'static str> {
        let mut policy = samples::rich_policy();
        change(&mut policy);
        check_policy(&policy).err().and_then(|refusal| refusal.field())
    }

    #[test]
    fn what_the_packs_say_and_a_rich_policy_can_be_set() {
        assert_eq!(refused(|_| {}), None);
        for kind in crate::country::packs().iter().flat_map(|pack| &pack.leave_types) {
            for dated in crate::leave::statutory::policies_of(kind, 1) {
                assert_eq!(check_policy(&dated.policy), Ok(()), "{}", kind.code);
            }
        }
    }

    #[test]
    fn cycles_and_amounts_out_of_bounds_are_refused_where_they_stand() {
        for months in [0, 121] {
            let field = refused(|policy| policy.cycle.months = months);
            assert_eq!(field, Some("/policy/cycle/months"));
        }
        for (month, day) in [(0, 1), (13, 1), (1, 0), (2, 29)] {
            let begins = CycleStart::Yearly { month, day };
            let field = refused(|policy| policy.cycle.begins = begins);
            assert_eq!(field, Some("/policy/cycle/begins/yearly"));
        }
        for entitlement in [
            LeaveEntitlement::Of(days(0)),
            LeaveEntitlement::Of(days(i64::MAX)),
            LeaveEntitlement::ConsecutiveDays(0),
            LeaveEntitlement::WeeksOfWork(52_001),
            LeaveEntitlement::DaysOfWeek { days: 24, week: 8 },
            LeaveEntitlement::Calendar(CalendarSpan::default()),
        ] {
            let field = refused(|policy| policy.grants[1].entitlement = entitlement);
            assert_eq!(field, Some("/policy/grants/1/entitlement"), "{entitlement:?}");
        }
        let below = refused(|policy| policy.overdraft = Some(days(-1)));
        assert_eq!(below, Some("/policy/overdraft"));
        assert_eq!(refused(|policy| policy.notice_days = 367), Some("/policy/notice_days"));
    }

    #[test]
    fn a_right_has_one_rule_and_each_of_its_parts_is_bounded() {
        let twice = refused(|policy| policy.grants[1].right = Right::Statutory);
        assert_eq!(twice, Some("/policy/grants"));
        let (unit, counts) = (WorkUnit::Days, WorkCounted::Paid);
        let worked = WorkedRule { unit, amount: 1, per: 0, whole: true, counts };
        let field = refused(|policy| policy.grants[0].accrual = AccrualRule::Worked(worked));
        assert_eq!(field, Some("/policy/grants/0/accrual/worked"));
        let at_first = AtFirstRule { months: 6, worked };
        let field = refused(|policy| policy.grants[0].at_first = Some(at_first));
        assert_eq!(field, Some("/policy/grants/0/at_first/worked"));
        let at_first = AtFirstRule { months: 0, worked };
        let field = refused(|policy| policy.grants[0].at_first = Some(at_first));
        assert_eq!(field, Some("/policy/grants/0/at_first/months"));
        let field = refused(|policy| policy.grants[0].requires.days_per_week_min = Some(8));
        assert_eq!(field, Some("/policy/grants/0/requires"));
        let cap = CarryRule { cap: Some(days(0)), expires_after_months: None };
        let field = refused(|policy| policy.grants[1].carry = Some(cap));
        assert_eq!(field, Some("/policy/grants/1/carry/cap"));
        let months = CarryRule { cap: None, expires_after_months: Some(0) };
        let field = refused(|policy| policy.grants[0].carry = Some(months));
        assert_eq!(field, Some("/policy/grants/0/carry/expires_after_months"));
        let leaving = |rule, employed_months_over| OnLeaving::Worked { rule, employed_months_over };
        let field = refused(|policy| policy.grants[0].on_leaving = leaving(worked, 4));
        assert_eq!(field, Some("/policy/grants/0/on_leaving/worked/rule"));
        let sound = WorkedRule { per: 17, ..worked };
        let field = refused(|policy| policy.grants[0].on_leaving = leaving(sound, 121));
        assert_eq!(field, Some("/policy/grants/0/on_leaving/worked/employed_months_over"));
    }

    #[test]
    fn steps_documents_terms_and_rules_of_approval_are_checked() {
        for minutes in [0, 7, 1440] {
            let field = refused(|policy| policy.step = LeaveStep::Minutes(minutes));
            assert_eq!(field, Some("/policy/step/minutes"), "{minutes}");
        }
        assert_eq!(refused(|policy| policy.step = LeaveStep::Minutes(90)), None);
        let document = |occasions_over, within_weeks| DocumentRule {
            consecutive_days_over: 2,
            occasions_over,
            within_weeks,
            before_approval: true,
        };
        for rule in [document(Some(2), None), document(None, Some(8)), document(Some(2), Some(0))] {
            let field = refused(|policy| policy.document = Some(rule));
            assert_eq!(field, Some("/policy/document/within_weeks"), "{rule:?}");
        }
        let long = DocumentRule { consecutive_days_over: 367, ..document(None, None) };
        let field = refused(|policy| policy.document = Some(long));
        assert_eq!(field, Some("/policy/document/consecutive_days_over"));
        for text in ["", " ", "bell\u{7}", &"x".repeat(4001)] {
            let terms = Terms { version: 1, text: text.to_owned() };
            let field = refused(|policy| policy.terms = Some(terms));
            assert_eq!(field, Some("/policy/terms/text"), "{text:?}");
        }
        let rule = |days_over| ApprovalRule { days_over, chain: Chain::default() };
        for rules in [vec![rule(5), rule(5)], vec![rule(5), rule(0)], vec![rule(4000)]] {
            assert_eq!(refused(|policy| policy.approval = rules), Some("/policy/approval"));
        }
        for office in ["project_manager", "manager,account_manager"] {
            let chain = Chain::parse(office).expect("offices");
            let rules = vec![ApprovalRule { days_over: 0, chain }];
            assert_eq!(refused(|policy| policy.approval = rules), Some("/policy/approval"));
        }
        let months = LateCancel::RestoreAndExtend { months: 0 };
        assert_eq!(refused(|policy| policy.late_cancel = months), Some("/policy/late_cancel"));
    }

    #[test]
    fn cases_have_names_of_their_own_and_a_length() {
        for change in [
            |case: &mut CaseRule| case.applies_to = " x".into(),
            |case: &mut CaseRule| case.span = CalendarSpan::default(),
            |case: &mut CaseRule| case.no_work_weeks_after = Some(105),
        ] {
            assert_eq!(refused(|policy| change(&mut policy.cases[0])), Some("/policy/cases"));
        }
        let twice = refused(|policy| policy.cases.push(policy.cases[0].clone()));
        assert_eq!(twice, Some("/policy/cases"));
    }
}
