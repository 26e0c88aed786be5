//! There is a case that leave is granted for, such as a birth. The policy of its day says for whom
//! there is how much, and from when on; of a shared amount a case holds this member's part.

use jiff::ToSpan;
use jiff::civil::Date;

use super::ledger::{case_span, policy_on};
use super::policy::CaseRule;
use super::{GrantRefusal, LeaveCase, LeaveCaseDeclared, LeaveType, MemberLeave, Refusal};
use crate::id::{LeaveCaseId, LeaveTypeId, MemberId};

/// The most cases of a member that count.
pub const CASES_MAX: usize = 200;
/// Leave for a case begins at most so many years after its day.
const BEGINS_WITHIN_YEARS: i64 = 10;

/// Declare a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclareLeaveCase {
    /// A new id.
    pub case: LeaveCaseId,
    /// Whose.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// Which rule of the policy: for whom it is.
    pub applies_to: String,
    /// The day of the event.
    pub on: Date,
    /// The first day of the leave that is granted.
    pub begins: Date,
    /// Of a shared amount, this member's part in calendar days; none = half.
    pub share_days: Option<u32>,
    /// Whether this member gave birth.
    pub gave_birth: bool,
}

/// Refuses an unknown kind, an id that was used, the same case twice, what the policy of the day
/// knows no such case of, a beginning that is too early, and a share of what is not shared or that
/// is none.
pub fn decide(
    leave: &MemberLeave,
    kind: &LeaveType,
    command: DeclareLeaveCase,
) -> Result<LeaveCaseDeclared, Refusal> {
    kind.known()?;
    if leave.cases.contains_key(&command.case) {
        return Err(Refusal::AlreadyDefined);
    }
    let same = leave.cases.values().any(|it| {
        it.leave_type == command.leave_type
            && it.applies_to == command.applies_to
            && it.on == command.on
    });
    if same {
        return Err(GrantRefusal::CaseDeclared.into());
    }
    if leave.cases.len() >= CASES_MAX {
        return Err(GrantRefusal::TooManyCases.into());
    }
    let policies = kind.policies();
    let rules = policy_on(&policies, command.on).map_or(&[][..], |policy| &policy.cases);
    let rule = rules.iter().find(|rule| rule.applies_to == command.applies_to);
    let rule = rule.ok_or_else(|| not_for_this(rules, &command))?;
    check_beginning(rule, &command)?;
    check_share(rule, &command)?;
    let DeclareLeaveCase {
        case,
        member,
        leave_type,
        applies_to,
        on,
        begins,
        share_days,
        gave_birth,
    } = command;
    Ok(LeaveCaseDeclared {
        case,
        member,
        leave_type,
        applies_to,
        on,
        begins,
        share_days,
        gave_birth,
    })
}

fn not_for_this(rules: &[CaseRule], command: &DeclareLeaveCase) -> GrantRefusal {
    let names: Vec<String> = rules.iter().map(|rule| format!("{:?}", rule.applies_to)).collect();
    let known = match names.is_empty() {
        true => "it is for no case at all".to_owned(),
        false => format!("give one of {}", names.join(", ")),
    };
    GrantRefusal::NotForThis { on: command.on, applies_to: command.applies_to.clone(), known }
}

/// Where a rule says nothing of it, who gave birth may be away before, and nobody else.
fn check_beginning(rule: &CaseRule, command: &DeclareLeaveCase) -> Result<(), GrantRefusal> {
    let weeks = match rule.earliest_weeks_before {
        Some(weeks) => i64::from(weeks),
        None if command.gave_birth => BEGINS_WITHIN_YEARS * 52,
        None => 0,
    };
    let first = command.on.checked_sub(weeks.weeks()).unwrap_or(Date::MIN);
    let last = command.on.checked_add(BEGINS_WITHIN_YEARS.years()).unwrap_or(Date::MAX);
    let fits = (first..=last).contains(&command.begins);
    if fits { Ok(()) } else { Err(GrantRefusal::InvalidBeginning { first }) }
}

fn case_of(command: &DeclareLeaveCase) -> LeaveCase {
    let DeclareLeaveCase {
        case, leave_type, applies_to, on, begins, share_days, gave_birth, ..
    } = command.clone();
    LeaveCase { case, leave_type, applies_to, on, begins, share_days, gave_birth }
}

/// The weeks after a birth in which no work may be done are part of what is shared.
fn check_share(rule: &CaseRule, command: &DeclareLeaveCase) -> Result<(), GrantRefusal> {
    let Some(share) = command.share_days else { return Ok(()) };
    if !rule.shared {
        return Err(GrantRefusal::NotShared);
    }
    let most = case_span(rule, &case_of(command)).calendar_days;
    let weeks = rule.no_work_weeks_after.filter(|_| command.gave_birth);
    let least = weeks.map_or(1, |weeks| (weeks * 7).min(most));
    let fits = (least..=most).contains(&share);
    if fits { Ok(()) } else { Err(GrantRefusal::InvalidShare { least, most }) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::leave::samples;

    fn parental() -> LeaveType {
        LeaveType { code: "parental".into(), ..samples::annual() }
    }

    /// Both parents are employed, and this one gave birth.
    fn declare() -> DeclareLeaveCase {
        DeclareLeaveCase {
            case: samples::CASE,
            member: samples::MEMBER,
            leave_type: samples::ANNUAL,
            applies_to: "both parents employed".into(),
            on: date(2026, 2, 10),
            begins: date(2026, 2, 10),
            share_days: None,
            gave_birth: true,
        }
    }

    #[test]
    fn l49_a_shared_case_is_four_months_and_ten_days_as_equal_parts_where_none_are_agreed_on() {
        let kind = parental();
        let declared = decide(&MemberLeave::default(), &kind, declare()).expect("it's by law");
        assert_eq!(declared.begins, date(2026, 2, 10));
        let policies = kind.policies();
        let rule = &policy_on(&policies, declared.on).expect("a policy").cases[0];
        // 4 months are 10 Feb to 9 Jun: 19 + 31 + 30 + 31 + 9 = 120 days; 10 more are 130.
        let of = |command: &DeclareLeaveCase| case_span(rule, &case_of(command));
        let span = of(&declare());
        assert_eq!((span.calendar_days, span.last), (130, date(2026, 6, 19)));
        assert_eq!(span.own_days, 65);
        assert_eq!(span.no_work_until, Some(date(2026, 3, 24)), "42 days after the birth");
        let other = DeclareLeaveCase { gave_birth: false, begins: date(2026, 2, 11), ..declare() };
        assert_eq!((of(&other).own_days, of(&other).no_work_until), (65, None));
        let agreed = DeclareLeaveCase { share_days: Some(80), ..declare() };
        assert_eq!(of(&agreed).own_days, 80);
        // From 10 December 2026 on 4 months are 31 + 31 + 28 + 31 = 121 days, and 10 more.
        let birth = date(2026, 12, 10);
        let mother = DeclareLeaveCase { on: birth, begins: birth, ..declare() };
        let other = DeclareLeaveCase { gave_birth: false, ..mother.clone() };
        let shares = [&mother, &other].map(|case| of(case).own_days);
        assert_eq!((of(&mother).calendar_days, shares), (131, [66, 65]));
    }

    #[test]
    fn a_case_that_the_law_of_its_day_does_not_know_is_refused_with_those_it_knows() {
        let refused = |change: &dyn Fn(&mut DeclareLeaveCase)| {
            let mut command = declare();
            change(&mut command);
            decide(&MemberLeave::default(), &parental(), command).expect_err("it's refused")
        };
        let early = refused(&|it| it.on = date(2025, 10, 2));
        assert_eq!((early.code(), early.field()), ("leave.not_for_this", Some("/applies_to")));
        assert!(early.to_string().contains("\"birth mother\", \"other parent\""), "{early}");
        let first = refused(&|it| {
            it.gave_birth = false;
            it.begins = date(2026, 2, 9);
        });
        assert_eq!(first, GrantRefusal::InvalidBeginning { first: date(2026, 2, 10) }.into());
        let late = refused(&|it| it.begins = date(2036, 2, 11));
        assert_eq!(late.field(), Some("/begins"));
        for share in [0, 41, 131] {
            let share = refused(&|it| it.share_days = Some(share));
            assert_eq!(share, GrantRefusal::InvalidShare { least: 42, most: 130 }.into());
        }
        let alone = refused(&|it| {
            it.applies_to = "single parent or only one employed".into();
            it.share_days = Some(60);
        });
        assert_eq!(alone, GrantRefusal::NotShared.into());
        let none = decide(&MemberLeave::default(), &samples::annual(), declare());
        let none = none.expect_err("annual leave").to_string();
        assert!(none.ends_with("it is for no case at all"), "{none}");
        let unknown = decide(&MemberLeave::default(), &LeaveType::default(), declare());
        assert_eq!(unknown, Err(Refusal::UnknownLeaveType));
    }

    #[test]
    fn before_2025_leave_might_begin_four_weeks_before_the_birth_and_no_sooner() {
        let of = |begins| DeclareLeaveCase {
            applies_to: "birth mother".into(),
            on: date(2024, 6, 3),
            begins,
            ..declare()
        };
        let decide = |begins| decide(&MemberLeave::default(), &parental(), of(begins));
        assert!(decide(date(2024, 5, 6)).is_ok());
        let refusal = GrantRefusal::InvalidBeginning { first: date(2024, 5, 6) };
        assert_eq!(decide(date(2024, 5, 5)), Err(refusal.into()));
    }

    #[test]
    fn a_case_is_declared_once() {
        let mut leave = MemberLeave::default();
        leave.evolve(&decide(&leave, &parental(), declare()).expect("it's by law").into());
        let again = decide(&leave, &parental(), declare());
        assert_eq!(again, Err(Refusal::AlreadyDefined));
        let case = LeaveCaseId(uuid::Uuid::from_u128(77));
        let same = DeclareLeaveCase { case, ..declare() };
        let same = decide(&leave, &parental(), same);
        assert_eq!(same, Err(GrantRefusal::CaseDeclared.into()));
        let next = DeclareLeaveCase {
            case,
            on: date(2028, 2, 10),
            begins: date(2028, 2, 10),
            ..declare()
        };
        assert!(decide(&leave, &parental(), next).is_ok());
    }
}
