//! Policies, entries, agreements and cases on a real database: who may change them, what becomes of
//! the account in the same commit, and ids that are nobody's.

use domain::country::CalendarSpan;
use domain::id::{LeaveCaseId, LeaveEntryId, MemberId};
use domain::leave::ledger::balance_on;
use domain::leave::policy::{
    AccrualRule, CaseRule, CycleStart, GrantRule, LateCancel, LeaveCycle, LeaveEntitlement,
    LeaveStep, OnLeaving, Quantity, Requirement, Right, Terms,
};
use domain::leave::{
    LeaveDays, LeaveMinutes, LeavePolicy, MemberLeave, MemberLeaveEvent, member_leave_stream,
};
use domain::log::{Actor, Event};
use jiff::civil::date;
use migrations::testing::random_id;

use super::*;
use crate::handle::Command as Sent;
use crate::members::ChangeMemberEmployment;
use crate::refused::Done;
use crate::testing::{Firm, refused};

const JANUARY: Date = date(2026, 1, 1);

fn days(days: i64) -> Quantity {
    Quantity::Days(LeaveDays::of(days))
}

/// So many days by contract at the beginning of each year, and ten weeks per birth.
fn policy(granted: i64) -> LeavePolicy {
    LeavePolicy {
        cycle: LeaveCycle { months: 12, begins: CycleStart::Yearly { month: 1, day: 1 } },
        grants: vec![GrantRule {
            right: Right::Contractual,
            entitlement: LeaveEntitlement::Of(days(granted)),
            accrual: AccrualRule::CycleStart,
            at_first: None,
            requires: Requirement::default(),
            carry: None,
            payable: false,
            on_leaving: OnLeaving::Prorated,
        }],
        overdraft: Some(days(0)),
        step: LeaveStep::HalfDays,
        notice_days: 0,
        document: None,
        terms: Some(Terms { version: 0, text: "I pass the examination.".into() }),
        approval: Vec::new(),
        interrupts: false,
        late_cancel: LateCancel::default(),
        cases: vec![CaseRule {
            applies_to: "birth".into(),
            span: CalendarSpan { months: 0, weeks: 10, days: 0 },
            shared: false,
            earliest_weeks_before: None,
            no_work_weeks_after: None,
        }],
    }
}

/// A firm with a kind of leave of its own and somebody employed since the beginning of the year.
struct Office {
    firm: Firm,
    member: MemberId,
    kind: LeaveTypeId,
}

impl Office {
    async fn new() -> Self {
        let firm = Firm::new().await;
        let (member, kind) = (firm.member(&[Role::Member]).await, LeaveTypeId(random_id()));
        let office = Office { firm, member, kind };
        let define = DefineLeaveType {
            leave_type: kind,
            code: None,
            name: "Study".into(),
            paid: true,
            shown_in: domain::country::ShownIn::Days,
            counts: domain::country::Counts::WorkingDays,
        };
        office.operate(define).await;
        let hired_on = Some(Some(JANUARY));
        let employ =
            ChangeMemberEmployment { member, hired_on, left_on: None, expected_version: None };
        office.operate(employ).await;
        office
    }

    async fn operate(&self, command: impl Sent) -> Done {
        self.firm.send(Actor::Operator, command).await.expect("a command that is in order")
    }

    fn set(&self, granted: i64) -> SetLeavePolicy {
        SetLeavePolicy { leave_type: self.kind, from: None, policy: policy(granted) }
    }

    fn enter(&self, minutes: i64) -> EnterLeave {
        EnterLeave {
            entry: LeaveEntryId(random_id()),
            member: self.member,
            leave_type: self.kind,
            effective: date(2026, 2, 2),
            minutes: LeaveMinutes::of(minutes),
            right: Right::Contractual,
            expires: None,
            reason: " From the old system ".into(),
        }
    }

    fn declare(&self) -> DeclareLeaveCase {
        let on = date(2026, 2, 10);
        DeclareLeaveCase {
            case: LeaveCaseId(random_id()),
            member: self.member,
            leave_type: self.kind,
            applies_to: "birth".into(),
            on,
            begins: on,
            share_days: None,
            gave_birth: false,
        }
    }

    async fn leave(&self) -> MemberLeave {
        let mut leave = MemberLeave::default();
        let stream = member_leave_stream(self.member);
        for recorded in self.firm.recorded().await {
            if let (true, Event::MemberLeave(event)) = (recorded.stream == stream, recorded.event) {
                leave.evolve(&event);
            }
        }
        leave
    }

    /// What is recorded of the account on a day of spring.
    async fn balance(&self) -> LeaveMinutes {
        let leave = self.leave().await;
        let account = leave.accounts.get(&self.kind).cloned().unwrap_or_default();
        balance_on(&account.postings, date(2026, 3, 2))
    }
}

fn code(outcome: Result<Done, CommandError>) -> &'static str {
    match outcome {
        Ok(_) => "done",
        Err(CommandError::Forbidden) => "forbidden",
        Err(CommandError::NotFound) => "not found",
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn admins_alone_change_what_is_granted() {
    let office = Office::new().await;
    for (role, expected) in [
        (Role::Owner, "done"),
        (Role::Admin, "done"),
        (Role::Manager, "forbidden"),
        (Role::Billing, "forbidden"),
        (Role::Member, "forbidden"),
        (Role::Auditor, "forbidden"),
    ] {
        let by = Actor::Member(office.firm.member(&[role]).await);
        let (member, leave_type) = (office.member, office.kind);
        assert_eq!(code(office.firm.send(by, office.set(10)).await), expected, "{role}");
        office.operate(office.set(11)).await;
        let enter = office.enter(480);
        let reason = "A mistake".to_owned();
        let withdraw = WithdrawLeaveEntry { entry: enter.entry, reason: reason.clone() };
        assert_eq!(code(office.firm.send(by, enter).await), expected, "{role}");
        assert_eq!(code(office.firm.send(by, withdraw).await), expected, "{role}");
        let (from, amount) = (None, Some(days(7)));
        let agree = AgreeOnLeave { member, leave_type, from, amount };
        assert_eq!(code(office.firm.send(by, agree).await), expected, "{role}");
        let declare = office.declare();
        let withdraw = WithdrawLeaveCase { case: declare.case };
        assert_eq!(code(office.firm.send(by, declare).await), expected, "{role}");
        assert_eq!(code(office.firm.send(by, withdraw).await), expected, "{role}");
        let clear = ClearLeavePolicy { leave_type, from: None };
        assert_eq!(code(office.firm.send(by, clear).await), expected, "{role}");
        office.operate(office.set(12)).await;
    }
}

#[tokio::test]
async fn an_account_is_settled_in_the_commit_that_changes_what_it_follows_from() {
    let office = Office::new().await;
    office.operate(office.set(10)).await;
    let (member, leave_type) = (office.member, office.kind);
    let day = |days: i64| LeaveMinutes::of(days * 480);
    let first = office.enter(960);
    let entry = first.entry;
    office.operate(first).await;
    assert_eq!(office.balance().await, day(12), "ten by the policy, two by hand");
    office.operate(office.enter(-480)).await;
    assert_eq!(office.balance().await, day(11));
    let reason = "A mistake".to_owned();
    office.operate(WithdrawLeaveEntry { entry, reason }).await;
    assert_eq!(office.balance().await, day(9));
    let (from, amount) = (None, Some(days(15)));
    office.operate(AgreeOnLeave { member, leave_type, from, amount }).await;
    assert_eq!(office.balance().await, day(14), "15 by contract, one off");
    office.operate(AgreeOnLeave { member, leave_type, from, amount: None }).await;
    assert_eq!(office.balance().await, day(9));
    let declare = office.declare();
    let case = declare.case;
    office.operate(declare).await;
    assert_eq!(office.balance().await, day(59), "ten weeks of five days more");
    office.operate(WithdrawLeaveCase { case }).await;
    assert_eq!(office.balance().await, day(9));
    let rows = office.firm.rows().await;
    let postings = rows.iter().filter(|row| row.event_type == "LeavePosted");
    for posted in postings {
        let caused = rows
            .iter()
            .any(|row| row.command_id == posted.command_id && row.position < posted.position);
        assert!(caused, "postings come with what they follow from");
    }
}

#[tokio::test]
async fn what_is_said_of_an_entry_is_sealed_and_trimmed() {
    let office = Office::new().await;
    office.operate(office.enter(480)).await;
    let events = office.firm.recorded().await;
    let entered = events.iter().find_map(|recorded| match &recorded.event {
        Event::MemberLeave(MemberLeaveEvent::LeaveEntered(event)) => Some(event.clone()),
        _ => None,
    });
    let entered = entered.expect("an entry");
    assert!(entered.reason.envelope().is_some());
    let rows = office.firm.rows().await;
    assert!(rows.iter().all(|row| !row.payload.contains("old system")));
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_makes_no_sense_is_named() {
    let office = Office::new().await;
    let send = |command: SetLeavePolicy| office.firm.send(Actor::Operator, command);
    let mut wrong = office.set(10);
    wrong.policy.cycle.months = 0;
    assert_eq!(refused(send(wrong).await), "leave.invalid_policy");
    let mut nobodys = office.set(10);
    nobodys.leave_type = LeaveTypeId(random_id());
    assert_eq!(code(send(nobodys).await), "not found");
    let clear = ClearLeavePolicy { leave_type: office.kind, from: Some(JANUARY) };
    assert_eq!(code(office.firm.send(Actor::Operator, clear).await), "not found");
    for change in [
        |enter: &mut EnterLeave| enter.member = MemberId(random_id()),
        |enter: &mut EnterLeave| enter.leave_type = LeaveTypeId(random_id()),
    ] {
        let mut enter = office.enter(480);
        change(&mut enter);
        assert_eq!(code(office.firm.send(Actor::Operator, enter).await), "not found");
    }
    let entry = LeaveEntryId(random_id());
    let withdraw = WithdrawLeaveEntry { entry, reason: "A mistake".into() };
    assert_eq!(code(office.firm.send(Actor::Operator, withdraw).await), "not found");
    let case = LeaveCaseId(random_id());
    let withdraw = WithdrawLeaveCase { case };
    assert_eq!(code(office.firm.send(Actor::Operator, withdraw).await), "not found");
    let outcome = office.firm.send(Actor::Operator, office.declare()).await;
    assert_eq!(refused(outcome), "leave.not_for_this", "there are no terms yet");
    let (member, leave_type) = (office.member, office.kind);
    let agree = AgreeOnLeave { member, leave_type, from: None, amount: Some(days(5)) };
    let outcome = office.firm.send(Actor::Operator, agree).await;
    assert_eq!(refused(outcome), "leave.nothing_by_contract");
    // An id is used once, whoever's it is.
    let enter = office.enter(480);
    let mut again = enter.clone();
    again.member = office.firm.member(&[Role::Member]).await;
    office.operate(enter).await;
    let outcome = office.firm.send(Actor::Operator, again).await;
    assert_eq!(refused(outcome), "leave.already_defined");
}
