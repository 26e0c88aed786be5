//! Deciding on leave: step by step, by whose office it is, never on one's own; and what becomes of
//! what was decided.

use super::request_samples::{World, decider, id, march, member, right};
use super::*;
use crate::leave::policy::{ApprovalRule, DocumentRule};
use crate::leave::samples::{ANNUAL, MEMBER, reason};
use crate::members::Role;
use crate::time::Chain;

fn chain(days_over: u32, names: &str) -> ApprovalRule {
    ApprovalRule { days_over, chain: Chain::parse(names).unwrap() }
}

fn kinds(events: &[MemberLeaveEvent]) -> Vec<(bool, Option<MemberId>)> {
    let kind = |event: &MemberLeaveEvent| match event {
        MemberLeaveEvent::LeaveApproved(event) => (true, event.in_right_of),
        MemberLeaveEvent::LeaveStepApproved(event) => (false, event.in_right_of),
        other => panic!("not a step: {other:?}"),
    };
    events.iter().map(kind).collect()
}

#[test]
fn who_decides_goes_by_the_length() {
    let mut world = World::new(20);
    world.policy().approval = vec![chain(0, "manager"), chain(3, "line_manager,admin")];
    world.drafted(1, ANNUAL, march(2, 4));
    assert_eq!(world.submit(1).unwrap().chain.to_string(), "manager");
    // Two days of a weekend and a holiday are none of leave.
    world.drafted(2, ANNUAL, march(20, 25));
    assert_eq!(world.submit(2).unwrap().chain.to_string(), "manager");
    world.drafted(3, ANNUAL, LeaveSpan { part: Some(DayPart::EndsAtNoon), ..march(9, 12) });
    assert_eq!(world.submit(3).unwrap().chain.to_string(), "line_manager,admin");
}

#[test]
fn each_step_is_its_offices_and_the_last_one_grants() {
    let mut world = World::new(20);
    world.policy().approval = vec![chain(0, "line_manager,billing")];
    world.asked(1, ANNUAL, march(2, 3));
    let billing = decider(7, &[Role::Billing]);
    let waits = |office| RequestRefusal::NotYourStep { waits_for: office };
    use crate::time::Office;
    assert_eq!(world.approve(1, &billing), Err(waits(Office::LineManager)));
    let stranger = decider(8, &[Role::Manager]);
    assert_eq!(world.approve(1, &stranger), Err(waits(Office::LineManager)));
    let own = decider(2, &[Role::Admin]);
    assert_eq!(own.by, MEMBER);
    assert_eq!(world.approve(1, &own), Err(RequestRefusal::OwnApproval));
    // A substitute of the member's manager, with no right of their own.
    let mut substitute = decider(9, &[Role::Member]);
    substitute.rights.push(right(6, &[Role::Member]));
    let events = world.approve(1, &substitute).unwrap();
    assert_eq!(kinds(&events), [(false, Some(member(6)))]);
    assert_eq!(world.leave.requests[&id(1)].state, LeaveState::Submitted);
    assert_eq!(world.approve(1, &decider(6, &[Role::Member])), Err(waits(Office::Billing)));
    // What has passed a step still takes its days.
    assert_eq!(world.refused(ANNUAL, march(3, 3)), "leave.overlap");
    let events = world.approve(1, &billing).unwrap();
    assert_eq!(kinds(&events), [(true, None)]);
    assert_eq!(world.approve(1, &billing), Err(RequestRefusal::AlreadyDecided));
}

#[test]
fn an_admin_decides_at_every_step_and_nobody_in_their_own_right_unless_it_is_set_so() {
    let mut world = World::new(20);
    world.policy().approval = vec![chain(0, "line_manager,project_manager,admin")];
    world.asked(1, ANNUAL, march(2, 3));
    let events = world.approve(1, &decider(5, &[Role::Owner])).unwrap();
    assert_eq!(kinds(&events), [(false, None), (false, None), (true, None)]);
    world.asked(2, ANNUAL, march(4, 4));
    let mut own = decider(2, &[Role::Owner]);
    // Nor in the right of somebody whom they stand in for.
    own.rights.push(right(6, &[Role::Member]));
    assert_eq!(world.approve(2, &own), Err(RequestRefusal::OwnApproval));
    own.self_approval = true;
    assert_eq!(kinds(&world.approve(2, &own).unwrap()).last(), Some(&(true, None)));
}

#[test]
fn without_a_project_its_office_is_a_role_managers() {
    let mut world = World::new(20);
    world.policy().approval = vec![chain(0, "project_manager,account_manager")];
    world.asked(1, ANNUAL, march(2, 3));
    assert!(world.approve(1, &decider(6, &[Role::Member])).is_err());
    assert_eq!(kinds(&world.approve(1, &decider(8, &[Role::Manager])).unwrap()).len(), 2);
}

#[test]
fn what_can_not_do_without_a_document_is_not_granted_without() {
    let mut world = World::new(20);
    let (occasions_over, within_weeks, before_approval) = (None, None, true);
    let rule =
        DocumentRule { consecutive_days_over: 1, occasions_over, within_weeks, before_approval };
    world.policy().document = Some(rule);
    world.asked(1, ANNUAL, march(2, 3));
    let manager = decider(6, &[Role::Member]);
    assert_eq!(world.approve(1, &manager), Err(RequestRefusal::DocumentMissing));
    let file = FileId(uuid::Uuid::from_u128(4));
    let attach = attach_document::AttachDocument { request: id(1), member: MEMBER, file };
    let attached = attach_document::decide(&world.leave, attach).unwrap().unwrap();
    world.leave.evolve(&attached.into());
    assert_eq!(attach_document::decide(&world.leave, attach), Ok(None));
    assert!(world.approve(1, &manager).is_ok());
    let cancelled = cancel(&world, 1, march(1, 1).from, false).unwrap();
    world.leave.evolve(&cancelled.into());
    let refusal = attach_document::decide(&world.leave, attach).unwrap_err();
    assert_eq!(refusal.code(), "leave.request_closed");
}

#[test]
fn a_balance_that_has_shrunk_since_grants_nothing() {
    let mut world = World::new(2);
    world.asked(1, ANNUAL, march(2, 3));
    world.leave.entries.clear();
    let refusal = world.approve(1, &decider(6, &[Role::Member])).unwrap_err();
    assert_eq!(refusal.code(), "leave.insufficient_balance");
}

fn reject(
    world: &World,
    n: u128,
    by: &crate::time::Deciding,
    words: &str,
) -> Result<LeaveRejected, RequestRefusal> {
    let command =
        reject_leave::RejectLeave { request: id(n), member: MEMBER, reason: reason(words) };
    reject_leave::decide(&world.leave, by, command)
}

#[test]
fn leave_is_refused_with_a_reason_by_whoever_decides_next() {
    let mut world = World::new(2);
    world.drafted(1, ANNUAL, march(2, 3));
    let manager = decider(6, &[Role::Member]);
    assert_eq!(reject(&world, 1, &manager, "No"), Err(RequestRefusal::NotSubmitted));
    assert_eq!(world.approve(1, &manager), Err(RequestRefusal::NotSubmitted));
    world.submit(1).unwrap();
    assert_eq!(reject(&world, 1, &manager, " "), Err(RequestRefusal::ReasonRequired));
    let stranger = decider(8, &[Role::Manager]);
    assert_eq!(reject(&world, 1, &stranger, "No").unwrap_err().code(), "leave.not_your_step");
    let own = decider(2, &[Role::Admin]);
    assert_eq!(reject(&world, 1, &own, "No"), Err(RequestRefusal::OwnApproval));
    let rejected = reject(&world, 1, &manager, "All are away").unwrap();
    world.leave.evolve(&rejected.into());
    assert_eq!(reject(&world, 1, &manager, "No"), Err(RequestRefusal::AlreadyDecided));
    assert_eq!(world.refused(ANNUAL, march(2, 3)), "none", "it takes nothing any more");
}

fn cancel(
    world: &World,
    n: u128,
    today: Date,
    only_before: bool,
) -> Result<LeaveCancelled, RequestRefusal> {
    let (request, member) = (id(n), MEMBER);
    let command = cancel_leave::CancelLeave { request, member, reason: None, only_before };
    cancel_leave::decide(&world.sources(), today, command)
}

#[test]
fn what_was_granted_is_cancelled_and_what_was_not_is_withdrawn() {
    let mut world = World::new(5);
    world.asked(1, ANNUAL, march(2, 3));
    let withdraw = withdraw_leave::WithdrawLeave { request: id(1), member: MEMBER };
    assert_eq!(cancel(&world, 1, march(1, 1).from, true), Err(RequestRefusal::NotApproved));
    world.approve(1, &decider(6, &[Role::Member])).unwrap();
    let decided = withdraw_leave::decide(&world.leave, withdraw);
    assert_eq!(decided, Err(RequestRefusal::AlreadyDecided));
    let begun = march(2, 2).from;
    let already = RequestRefusal::AlreadyBegun { from: begun };
    assert_eq!(cancel(&world, 1, begun, true), Err(already));
    let cancelled = cancel(&world, 1, begun, false).unwrap();
    assert_eq!(cancelled.on, begun);
    world.leave.evolve(&cancelled.into());
    assert_eq!(cancel(&world, 1, begun, false), Err(RequestRefusal::NotApproved));
    world.asked(2, ANNUAL, march(2, 6));
    let withdraw = withdraw_leave::WithdrawLeave { request: id(2), member: MEMBER };
    let withdrawn = withdraw_leave::decide(&world.leave, withdraw).unwrap();
    world.leave.evolve(&withdrawn.into());
    let again = withdraw_leave::decide(&world.leave, withdraw);
    assert_eq!(again, Err(RequestRefusal::NotSubmitted));
    assert_eq!(world.refused(ANNUAL, march(2, 6)), "none");
}
