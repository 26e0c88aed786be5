//! Requests for leave: each refusal with its code, what may lie beside other leave, and what the
//! balance allows.

use jiff::civil::date;

use super::request_samples::{SICK, TODAY, World, id, march, part};
use super::*;
use crate::leave::policy::{
    AccrualRule, DocumentRule, GrantRule, LeaveEntitlement, LeaveStep, OnLeaving, Quantity,
    Requirement, Right, Terms,
};
use crate::leave::samples::{ANNUAL, MEMBER, reason, rich_policy};
use crate::leave::{LeaveDays, Refusal};

#[test]
fn a_week_with_a_holiday_takes_four_days_and_says_why_the_others_take_nothing() {
    let mut world = World::new(10);
    world.drafted(1, ANNUAL, march(21, 27));
    let assessed = assess(&world.facts(), id(1)).unwrap();
    assert_eq!(assessed.refusals, []);
    assert_eq!(assessed.minutes, LeaveMinutes::of(4 * 480));
    let nothing: Vec<_> = assessed.days.iter().map(|day| day.nothing.clone()).collect();
    let holiday = TakesNothing::Holiday("Human Rights Day".into());
    let free = [Some(TakesNothing::NoWork), Some(TakesNothing::NoWork), Some(holiday)];
    assert_eq!(nothing[..3], free);
    assert_eq!(nothing[3..], [None, None, None, None]);
    let balance = assessed.balance.unwrap();
    let of = |days: i64| LeaveMinutes::of(days * 480);
    assert_eq!((balance.before, balance.after), (of(10), of(6)));
    assert_eq!((balance.floor, balance.day), (Some(of(0)), of(1)));
    assert_eq!(balance.lowest, Some((date(2026, 3, 27), of(6))));
    let submitted = world.submit(1).unwrap();
    assert_eq!(submitted.days, assessed.taken());
    assert_eq!(submitted.chain, assessed.chain);
    assert_eq!(submitted.chain.to_string(), "line_manager");
}

#[test]
fn days_that_make_no_sense_are_refused() {
    let leave = MemberLeave::default();
    let refused = |span: LeaveSpan, words: &str| {
        let reason = Some(reason(words));
        let (request, case) = (id(1), None);
        let command = draft_leave::DraftLeave {
            request,
            member: MEMBER,
            leave_type: ANNUAL,
            span,
            case,
            reason,
        };
        draft_leave::decide(&leave, command).map_or_else(|refusal| refusal.code(), |_| "none")
    };
    let year = LeaveSpan { from: date(2026, 1, 1), to: date(2027, 2, 4), part: None };
    assert_eq!(refused(year, ""), "none");
    let longer = LeaveSpan { to: date(2027, 2, 5), ..year };
    for span in [
        march(3, 2),
        longer,
        LeaveSpan { part: Some(DayPart::Am), ..march(2, 3) },
        LeaveSpan { part: Some(DayPart::Minutes(60)), ..march(2, 3) },
        part(2, DayPart::EndsAtNoon),
        part(2, DayPart::BothHalves),
        part(2, DayPart::Minutes(0)),
        part(2, DayPart::Minutes(1441)),
    ] {
        assert_eq!(refused(span, ""), "leave.span_invalid", "{span:?}");
    }
    assert_eq!(refused(year, &"x".repeat(LEAVE_REASON_MAX + 1)), "leave.note_too_long");
    let mut world = World::new(10);
    world.policy().step = LeaveStep::Minutes(30);
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Minutes(510))), "leave.span_invalid");
}

#[test]
fn what_no_leave_is_needed_for_or_granted_to_is_refused() {
    let mut world = World::new(10);
    assert_eq!(world.refused(ANNUAL, march(21, 23)), "leave.nothing_to_take");
    assert_eq!(world.refused(ANNUAL, part(23, DayPart::Am)), "leave.nothing_to_take");
    world.member.left_on = Some(date(2026, 3, 12));
    assert_eq!(world.refused(ANNUAL, march(12, 13)), "leave.not_employed");
    assert_eq!(world.refused(ANNUAL, march(12, 12)), "none");
    let before = LeaveSpan { from: date(2025, 12, 31), to: date(2026, 1, 2), part: None };
    assert_eq!(world.refused(ANNUAL, before), "leave.not_employed");
    world.types.get_mut(&ANNUAL).unwrap().1.retired = true;
    assert_eq!(world.refused(ANNUAL, march(12, 12)), "leave.retired_type");
    let unknown = LeaveTypeId(uuid::Uuid::from_u128(77));
    assert_eq!(world.refused(unknown, march(12, 12)), "leave.unknown_leave_type");
}

#[test]
fn the_policy_says_how_early_in_which_parts_and_on_which_terms() {
    let mut world = World::new(10);
    world.policy().step = LeaveStep::Days;
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Pm)), "leave.half_days_not_taken");
    world.policy().step = LeaveStep::HalfDays;
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Minutes(240))), "leave.step");
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Pm)), "none");
    world.policy().step = LeaveStep::Minutes(30);
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Minutes(45))), "leave.step");
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Minutes(90))), "none");
    let past = LeaveSpan { from: date(2026, 2, 26), to: date(2026, 2, 26), part: None };
    assert_eq!(world.refused(ANNUAL, past), "none", "as sick leave is asked for");
    world.policy().notice_days = 2;
    assert_eq!(world.refused(ANNUAL, past), "leave.notice_too_short");
    assert_eq!(world.refused(ANNUAL, march(2, 2)), "leave.notice_too_short");
    assert_eq!(world.refused(ANNUAL, march(3, 3)), "none");
    world.own = false;
    assert_eq!(world.refused(ANNUAL, march(2, 2)), "none", "a manager asks without notice");
    world.policy().terms = Some(Terms { version: 3, text: "I hand over my work.".into() });
    assert_eq!(world.refused(ANNUAL, march(2, 2)), "leave.terms_not_accepted");
    world.accepted = AcceptedTerms::Version(2);
    assert_eq!(world.refused(ANNUAL, march(2, 2)), "leave.terms_not_accepted");
    world.accepted = AcceptedTerms::Version(3);
    assert_eq!(world.refused(ANNUAL, march(2, 2)), "none");
    world.accepted = AcceptedTerms::Current;
    world.drafted(1, ANNUAL, march(2, 2));
    assert_eq!(world.submit(1).unwrap().terms, Some(3));
}

#[test]
fn leave_per_case_needs_a_case_of_the_member() {
    let mut world = World::new(10);
    world.policy().cases = rich_policy().cases;
    assert_eq!(world.refused(ANNUAL, march(2, 2)), "leave.unknown_case");
    world.drafted(1, SICK, march(2, 2));
    let case = Some(LeaveCaseId(uuid::Uuid::from_u128(5)));
    world.leave.requests.get_mut(&id(1)).unwrap().case = case;
    let refusal = world.submit(1).unwrap_err();
    assert_eq!((refusal.code(), refusal.field()), ("leave.unknown_case", Some("/case_id")));
}

#[test]
fn halves_and_hours_of_a_day_may_meet_and_no_more_than_the_day_has_is_taken() {
    let mut world = World::new(10);
    world.policy().step = LeaveStep::Minutes(30);
    world.asked(1, ANNUAL, part(2, DayPart::Am));
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Am)), "leave.overlap");
    assert_eq!(world.refused(ANNUAL, march(1, 3)), "leave.overlap");
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Minutes(270))), "leave.overlap");
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Minutes(240))), "none");
    let from_noon = LeaveSpan { part: Some(DayPart::Pm), ..march(2, 3) };
    world.asked(2, ANNUAL, from_noon);
    assert_eq!(world.refused(ANNUAL, part(2, DayPart::Minutes(30))), "leave.overlap");
    assert_eq!(world.refused(ANNUAL, march(3, 4)), "leave.overlap");
    world.drafted(3, ANNUAL, march(3, 4));
    let refusal = world.submit(3).unwrap_err();
    let overlap = RequestRefusal::Overlap { with: id(2), day: date(2026, 3, 3) };
    assert_eq!(refusal, Refusal::from(overlap));
    // Two that only rest on the same Sunday don't meet.
    world.asked(4, ANNUAL, march(6, 8));
    assert_eq!(world.refused(ANNUAL, march(8, 9)), "none");
}

#[test]
fn sick_leave_may_lie_over_other_leave_but_not_the_other_way_round() {
    let mut world = World::new(5);
    world.granted(1, ANNUAL, march(2, 6));
    assert_eq!(world.refused(ANNUAL, march(9, 9)), "leave.insufficient_balance");
    world.asked(2, SICK, march(4, 5));
    // What waits gives nothing back yet.
    assert_eq!(world.refused(ANNUAL, march(9, 9)), "leave.insufficient_balance");
    assert_eq!(world.refused(SICK, march(5, 5)), "leave.overlap");
    let admin = super::request_samples::decider(5, &[crate::members::Role::Admin]);
    world.approve(2, &admin).unwrap();
    world.asked(3, ANNUAL, march(9, 10));
    assert_eq!(world.refused(ANNUAL, march(11, 11)), "leave.insufficient_balance");
    // Without the sick leave the week takes five days again, and there are only three left for it.
    let cancel = cancel_leave::CancelLeave {
        request: id(2),
        member: MEMBER,
        reason: None,
        only_before: false,
    };
    let refusal = cancel_leave::decide(&world.sources(), TODAY, cancel.clone()).unwrap_err();
    assert_eq!(refusal.code(), "leave.insufficient_balance");
    let withdraw = withdraw_leave::WithdrawLeave { request: id(3), member: MEMBER };
    let withdrawn = withdraw_leave::decide(&world.leave, withdraw).unwrap();
    world.leave.evolve(&withdrawn.into());
    assert!(cancel_leave::decide(&world.sources(), TODAY, cancel).is_ok());
    let mut world = World::new(5);
    world.asked(1, SICK, march(4, 5));
    assert_eq!(world.refused(ANNUAL, march(2, 6)), "leave.overlap");
}

#[test]
fn no_balance_goes_lower_than_it_may_on_any_day_that_is_taken() {
    let mut world = World::new(2);
    world.asked(1, ANNUAL, march(9, 10));
    // It's the later request that would find nothing left.
    world.drafted(2, ANNUAL, march(2, 2));
    let refusal = world.submit(2).unwrap_err();
    let day = LeaveMinutes::of(480);
    let short = RequestRefusal::InsufficientBalance {
        day: date(2026, 3, 10),
        balance: -day,
        shortfall: day,
    };
    assert_eq!(refusal, Refusal::from(short));
    assert_eq!(refusal.field(), Some("/to"));
    let words = "the balance on 2026-03-10 would be -480 minutes, 480 minutes less than is allowed";
    assert!(refusal.to_string().starts_with(words), "{refusal}");
    world.policy().overdraft = Some(Quantity::Days(LeaveDays::of(1)));
    assert_eq!(world.refused(ANNUAL, march(2, 3)), "leave.insufficient_balance");
    assert!(world.submit(2).is_ok(), "down to the floor, that included");
    world.policy().overdraft = None;
    assert_eq!(world.refused(ANNUAL, march(11, 31)), "none", "without a limit it's only counted");
}

#[test]
fn who_has_no_first_day_is_told_so_where_leave_is_granted_by_it() {
    let mut world = World::new(1);
    world.member.hired_on = None;
    assert_eq!(world.refused(ANNUAL, march(2, 3)), "leave.insufficient_balance");
    world.policy().grants = vec![GrantRule {
        right: Right::Statutory,
        entitlement: LeaveEntitlement::Of(Quantity::Days(LeaveDays::of(15))),
        accrual: AccrualRule::CycleStart,
        at_first: None,
        requires: Requirement::default(),
        carry: None,
        payable: false,
        on_leaving: OnLeaving::Prorated,
    }];
    assert_eq!(world.refused(ANNUAL, march(2, 3)), "leave.no_hire_date");
    assert_eq!(world.refused(ANNUAL, march(2, 2)), "none", "what was entered is there");
    world.member.hired_on = Some(date(2026, 1, 1));
    assert_eq!(world.refused(ANNUAL, march(2, 3)), "none");
}

#[test]
fn a_document_is_asked_for_by_the_rule() {
    let mut world = World::new(10);
    let rule = DocumentRule {
        consecutive_days_over: 2,
        occasions_over: None,
        within_weeks: None,
        before_approval: true,
    };
    world.policy().document = Some(rule);
    world.drafted(1, ANNUAL, march(2, 3));
    assert!(!world.submit(1).unwrap().document_needed);
    world.drafted(2, ANNUAL, march(9, 11));
    assert!(world.submit(2).unwrap().document_needed);
}

#[test]
fn a_draft_is_changed_as_long_as_it_is_one() {
    let mut world = World::new(10);
    world.drafted(1, ANNUAL, march(2, 2));
    let change = redraft_leave::RedraftLeave {
        request: id(1),
        member: MEMBER,
        leave_type: None,
        span: Some(march(3, 3)),
        case: None,
        reason: None,
    };
    let changed = redraft_leave::decide(&world.leave, change.clone()).unwrap().unwrap();
    assert_eq!((changed.span, changed.leave_type), (march(3, 3), ANNUAL));
    world.leave.evolve(&changed.into());
    assert_eq!(redraft_leave::decide(&world.leave, change.clone()), Ok(None));
    let turned = redraft_leave::RedraftLeave { span: Some(march(3, 2)), ..change.clone() };
    let refusal = redraft_leave::decide(&world.leave, turned).unwrap_err();
    assert_eq!(refusal.code(), "leave.span_invalid");
    world.submit(1).unwrap();
    let refusal = redraft_leave::decide(&world.leave, change.clone()).unwrap_err();
    assert_eq!(refusal, RequestRefusal::NotDraft);
    assert_eq!(world.submit(1).unwrap_err(), Refusal::from(RequestRefusal::NotDraft));
    let unknown = redraft_leave::RedraftLeave { request: id(2), ..change };
    let refusal = redraft_leave::decide(&world.leave, unknown).unwrap_err();
    assert!(refusal.is_unknown());
    let again = draft_leave::DraftLeave {
        request: id(1),
        member: MEMBER,
        leave_type: ANNUAL,
        span: march(4, 4),
        case: None,
        reason: None,
    };
    let refusal = draft_leave::decide(&world.leave, again).unwrap_err();
    assert_eq!(refusal.code(), "leave.request_exists");
}
