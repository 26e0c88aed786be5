//! Requests for leave on a real database: who asks and who decides, what becomes of the account in
//! the same commit, and how many get through where all ask at once.

use domain::country::{Counts, ShownIn};
use domain::id::{FileId, LeaveCaseId, LeaveEntryId, LeaveRequestId, MemberId, SubstitutionId};
use domain::leave::ledger::balance_on;
use domain::leave::policy::{
    CycleStart, LateCancel, LeaveCycle, LeavePolicy, LeaveStep, Quantity, Right,
};
use domain::leave::{
    AcceptedTerms, DayPart, LeaveDays, LeaveMinutes, LeaveSpan, LeaveState, MemberLeave,
    MemberLeaveEvent, member_leave_stream,
};
use domain::log::{Actor, Event, Via};
use domain::time::Worked;
use jiff::ToSpan;
use jiff::civil::date;
use migrations::testing::random_id;

use super::*;
use crate::handle::Sender;
use crate::members::ChangeMemberManager;
use crate::members::substitutes::NameSubstitute;
use crate::refused::Done;
use crate::settings::ChangeSetting;
use crate::testing::{Firm, refused};
use crate::time::RecordTime;

/// A Monday long after these tests are run, and one long before.
pub(super) const LATER: Date = date(2090, 1, 2);
const BEFORE: Date = date(2026, 3, 2);

/// A firm with somebody who has ten days of leave, and their manager.
pub(super) struct Office {
    pub(super) firm: Firm,
    pub(super) member: MemberId,
    pub(super) lead: MemberId,
    owner: MemberId,
    annual: LeaveTypeId,
}

fn limited() -> LeavePolicy {
    LeavePolicy {
        cycle: LeaveCycle { months: 12, begins: CycleStart::Employment },
        grants: Vec::new(),
        overdraft: Some(Quantity::Days(LeaveDays::of(0))),
        step: LeaveStep::HalfDays,
        notice_days: 0,
        document: None,
        terms: None,
        approval: Vec::new(),
        interrupts: false,
        late_cancel: LateCancel::RestoreThenExpire,
        cases: Vec::new(),
    }
}

pub(super) fn days(from: Date, days: i64) -> LeaveSpan {
    LeaveSpan { from, to: from + (days - 1).days(), part: None }
}

impl Office {
    pub(super) async fn new() -> Self {
        let firm = Firm::new().await;
        let member = firm.member(&[Role::Member]).await;
        let lead = firm.member(&[Role::Member]).await;
        let owner = firm.member(&[Role::Owner]).await;
        let annual = LeaveTypeId(random_id());
        let office = Office { firm, member, lead, owner, annual };
        office.operate(office.define()).await;
        office.operate(SetLeavePolicy { leave_type: annual, from: None, policy: limited() }).await;
        let manager = Some(lead);
        office.operate(ChangeMemberManager { member, manager, expected_version: None }).await;
        office.enter(member).await;
        office
    }

    fn define(&self) -> DefineLeaveType {
        DefineLeaveType {
            leave_type: self.annual,
            code: None,
            name: "Annual".into(),
            paid: true,
            shown_in: ShownIn::Days,
            counts: Counts::WorkingDays,
        }
    }

    async fn enter(&self, member: MemberId) {
        let entered = EnterLeave {
            entry: LeaveEntryId(random_id()),
            member,
            leave_type: self.annual,
            effective: date(2026, 1, 1),
            minutes: LeaveMinutes::of(10 * 480),
            right: Right::Contractual,
            expires: None,
            reason: "From the old system".into(),
        };
        self.operate(entered).await;
    }

    async fn operate(&self, command: impl Command) -> Done {
        self.firm.send(Actor::Operator, command).await.expect("an operator may")
    }

    pub(super) async fn send(
        &self,
        by: MemberId,
        command: impl Command,
    ) -> Result<Done, CommandError> {
        self.firm.send(Actor::Member(by), command).await
    }

    pub(super) fn ask(&self, span: LeaveSpan) -> AskForLeave {
        AskForLeave {
            request: LeaveRequestId(random_id()),
            member: self.member,
            leave_type: self.annual,
            span,
            case: None,
            note: Some("A wedding".into()),
            accepted: AcceptedTerms::None,
            draft: false,
        }
    }

    async fn asked(&self, span: LeaveSpan) -> LeaveRequestId {
        let command = self.ask(span);
        let request = command.request;
        self.send(self.member, command).await.expect("asked for");
        request
    }

    /// The events of the member's leave.
    async fn events(&self) -> Vec<MemberLeaveEvent> {
        let stream = member_leave_stream(self.member);
        let recorded = self.firm.recorded().await.into_iter().filter(|it| it.stream == stream);
        let event = |event| match event {
            Event::MemberLeave(event) => event,
            other => panic!("another stream's: {other:?}"),
        };
        recorded.map(|it| event(it.event)).collect()
    }

    pub(super) async fn leave(&self) -> MemberLeave {
        let mut leave = MemberLeave::default();
        self.events().await.iter().for_each(|event| leave.evolve(event));
        leave
    }

    /// What the recorded account comes to in the end.
    pub(super) async fn balance(&self) -> LeaveMinutes {
        balance_on(&self.leave().await.accounts[&self.annual].postings, Date::MAX)
    }
}

pub(super) fn approve(request: LeaveRequestId) -> ApproveLeave {
    ApproveLeave { request, seen: None }
}

fn cancel(request: LeaveRequestId) -> CancelLeave {
    CancelLeave { request, reason: None, seen: None }
}

#[tokio::test]
async fn what_is_granted_is_posted_in_the_same_commit_and_cancelling_restores_the_balance() {
    let office = Office::new().await;
    let ten = LeaveMinutes::of(10 * 480);
    for (first, by) in [(LATER, office.member), (BEFORE, office.lead)] {
        let request = office.asked(days(first, 7)).await;
        assert_eq!(office.balance().await, ten, "what waits is not posted");
        let before = office.leave().await.accounts[&office.annual].postings.len();
        let done = office.send(office.lead, approve(request)).await.expect("granted");
        assert_eq!(office.balance().await, LeaveMinutes::of(5 * 480));
        let last = office.events().await.pop().expect("events");
        assert!(matches!(last, MemberLeaveEvent::LeavePosted(_)), "{last:?}");
        assert_eq!(office.firm.rows().await.last().map(|row| row.position), Some(done.position));
        office.send(by, cancel(request)).await.expect("cancelled");
        assert_eq!(office.balance().await, ten);
        let leave = office.leave().await;
        let postings = &leave.accounts[&office.annual].postings;
        assert_eq!(postings.len(), before + 10, "five days, and five corrections of them");
        assert_eq!(leave.requests[&request].state, LeaveState::Cancelled);
    }
    // The member may not cancel what has begun, but for whom it was cancelled it's free again.
    let request = office.asked(days(BEFORE, 7)).await;
    office.send(office.lead, approve(request)).await.expect("granted");
    assert_eq!(refused(office.send(office.member, cancel(request)).await), "leave.already_begun");
}

#[tokio::test]
async fn a_preview_says_what_submitting_does_and_writes_nothing() {
    let office = Office::new().await;
    let work = office.asked(days(LATER, 2)).await;
    let look = async |asked: &AskForLeave| {
        let mut tx = office.firm.tenant.tenants.begin(office.firm.id()).await.expect("the door");
        let now = office.firm.commands.log().clock().now();
        preview(&mut tx, office.member, asked, now).await
    };
    let ask = office.ask(days(LATER + 7.days(), 7));
    let rows = office.firm.rows().await.len();
    let found = look(&ask).await.expect("a preview");
    assert_eq!(office.firm.rows().await.len(), rows);
    assert_eq!(found.assessed.refusals, []);
    let balance = found.assessed.balance.expect("of a kind that is there");
    let of = |days: i64| LeaveMinutes::of(days * 480);
    assert_eq!((balance.before, balance.after), (of(8), of(3)));
    let (office_of, holders) = &found.approvers[0];
    assert_eq!((office_of.as_str(), &holders[..]), ("line_manager", &[office.lead][..]));
    office.send(office.member, ask.clone()).await.expect("asked for");
    let submitted = office.leave().await.requests[&ask.request].clone();
    assert_eq!(submitted.days, found.assessed.taken());
    assert_eq!(submitted.approval.chain, found.assessed.chain);
    for span in [days(LATER, 1), days(LATER + 14.days(), 7), days(LATER + 5.days(), 2)] {
        let ask = office.ask(span);
        let found = look(&ask).await.expect("a preview");
        let code = found.assessed.refusals.first().map(|refusal| refusal.code());
        let outcome = refused(office.send(office.member, ask).await);
        assert_eq!(code, Some(outcome.as_str()));
    }
    let first = look(&office.ask(days(LATER, 1))).await.expect("a preview").assessed;
    assert_eq!(first.overlaps, [(work, LATER)]);
    let unknown =
        AskForLeave { leave_type: LeaveTypeId(random_id()), ..office.ask(days(LATER, 1)) };
    assert!(matches!(look(&unknown).await, Err(CommandError::NotFound)));
    assert_eq!(office.send(office.member, unknown).await, Err(CommandError::NotFound));
}

#[tokio::test]
async fn a_substitute_decides_in_the_managers_right_and_nobody_on_their_own_leave() {
    let office = Office::new().await;
    let colleague = office.firm.member(&[Role::Member]).await;
    let request = office.asked(days(LATER, 2)).await;
    let outcome = office.send(colleague, approve(request)).await;
    assert_eq!(outcome, Err(CommandError::NotFound), "it's nothing to them");
    let today = office.firm.commands.log().clock().now();
    let today = today.to_zoned(jiff::tz::TimeZone::UTC).date();
    let named = NameSubstitute {
        id: SubstitutionId(random_id()),
        member: office.lead,
        substitute: colleague,
        from: today,
        to: today + 7.days(),
    };
    office.operate(named).await;
    assert_eq!(refused(office.send(office.member, approve(request)).await), "leave.own_approval");
    office.send(colleague, approve(request)).await.expect("granted");
    let decided = office.leave().await.requests[&request].decided.expect("decided");
    assert_eq!((decided.by, decided.in_right_of), (colleague, Some(office.lead)));
    // An owner asks for themself.
    office.enter(office.owner).await;
    let ask = AskForLeave { member: office.owner, ..office.ask(days(LATER, 2)) };
    let request = ask.request;
    office.send(office.owner, ask).await.expect("asked for");
    assert_eq!(refused(office.send(office.owner, approve(request)).await), "leave.own_approval");
    let set = ChangeSetting { key: "SELF_APPROVAL".into(), value: "true".into(), from: None };
    office.send(office.owner, set).await.expect("an owner may");
    office.send(office.owner, approve(request)).await.expect("granted");
    let ask = office.ask(days(LATER + 7.days(), 1));
    let operator = approve(ask.request);
    office.send(office.member, ask).await.expect("asked for");
    let outcome = office.firm.send(Actor::Operator, operator).await;
    assert_eq!(outcome, Err(CommandError::Forbidden), "in nobody's name");
}

#[tokio::test]
async fn to_whom_a_request_is_nothing_it_is_like_one_that_never_was() {
    let office = Office::new().await;
    let stranger = office.firm.member(&[Role::Member]).await;
    let manager = office.firm.member(&[Role::Manager]).await;
    let there = office.asked(days(LATER, 2)).await;
    for request in [there, LeaveRequestId(random_id())] {
        let (seen, by) = (None, stranger);
        let reason = "No".to_owned();
        let outcomes = [
            office.send(by, approve(request)).await,
            office.send(by, RejectLeave { request, reason, seen: Some(99) }).await,
            office.send(by, cancel(request)).await,
            office.send(by, WithdrawLeave { request, seen }).await,
            office.send(by, AttachDocument { request, file: FileId(random_id()), seen }).await,
            office.send(by, SubmitLeave { request, accepted: AcceptedTerms::None, seen }).await,
        ];
        outcomes.into_iter().for_each(|it| assert_eq!(it, Err(CommandError::NotFound)));
    }
    // Nor does anybody but a manager ask in another's name.
    let ask = office.ask(days(LATER + 7.days(), 1));
    assert_eq!(office.send(stranger, ask.clone()).await, Err(CommandError::Forbidden));
    office.send(manager, ask).await.expect("a manager may");
    assert_eq!(refused(office.send(manager, approve(there)).await), "leave.not_your_step");
    // Who decides changes nothing of what was asked for.
    let withdraw = WithdrawLeave { request: there, seen: None };
    assert_eq!(office.send(office.lead, withdraw).await, Err(CommandError::Forbidden));
    let file = AttachDocument { request: there, file: FileId(random_id()), seen: None };
    assert_eq!(office.send(office.member, file).await, Err(CommandError::NotFound));
}

#[tokio::test]
async fn a_draft_is_changed_submitted_and_sent_back_in_the_version_that_was_seen() {
    let office = Office::new().await;
    let draft = AskForLeave { draft: true, ..office.ask(days(LATER, 2)) };
    let request = draft.request;
    office.send(office.member, draft.clone()).await.expect("written down");
    let again = AskForLeave { span: days(LATER + 7.days(), 1), ..draft };
    assert_eq!(refused(office.send(office.member, again).await), "leave.request_exists");
    let part = Some(Some(DayPart::EndsAtNoon));
    let change = RedraftLeave {
        request,
        leave_type: None,
        span: SpanChange { part, ..SpanChange::default() },
        case: Some(Some(LeaveCaseId(random_id()))),
        note: Some(None),
        seen: None,
    };
    let stale = RedraftLeave { seen: Some(1), ..change.clone() };
    assert_eq!(office.send(office.member, stale).await, Err(CommandError::Stale));
    office.send(office.member, change.clone()).await.expect("changed");
    let accepted = AcceptedTerms::None;
    let submit = SubmitLeave { request, accepted, seen: None };
    assert_eq!(office.send(office.lead, submit).await, Err(CommandError::NotFound), "not theirs");
    assert_eq!(refused(office.send(office.member, submit).await), "leave.unknown_case");
    let change = RedraftLeave { case: Some(None), ..change };
    office.send(office.member, change).await.expect("changed");
    office.send(office.member, submit).await.expect("asked for");
    let now = office.leave().await.requests[&request].clone();
    assert_eq!((now.days.len(), now.days[1].minutes), (2, LeaveMinutes::of(240)));
    assert_eq!((now.reason, now.case), (None, None));
    let reject = RejectLeave { request, reason: "All are away".into(), seen: None };
    office.send(office.lead, reject).await.expect("sent back");
    assert_eq!(refused(office.send(office.member, submit).await), "leave.not_draft");
    let withdraw = WithdrawLeave { request, seen: None };
    assert_eq!(refused(office.send(office.member, withdraw).await), "leave.already_decided");
}

#[tokio::test]
async fn who_recorded_work_on_a_day_is_told_so_and_granted_none_of_a_retired_kind() {
    let office = Office::new().await;
    let work = crate::time::samples::Office::new().await;
    let record = |seconds| RecordTime {
        worked: Worked::duration(BEFORE, seconds).expect("a sound length"),
        member: work.member,
        ..work.record(Worked::duration(BEFORE, 60).expect("a sound length"))
    };
    let define = office.define();
    work.firm.send(Actor::Operator, define.clone()).await.expect("a free code");
    work.send(record(5 * 3600)).await.expect("recorded");
    let warned = async |span: LeaveSpan| {
        let ask = AskForLeave { member: work.member, ..office.ask(span) };
        let sender = Sender::new(work.firm.id(), Actor::Member(work.member), Via::Api);
        let told = work.firm.commands.handle_warned(sender, ask).await.expect("asked for").1;
        told.into_iter().map(|warned| (warned.code, warned.detail)).collect::<Vec<_>>()
    };
    let detail = "300 minutes of work are recorded on 2026-03-02, a day of this leave";
    let told = vec![("leave.time_recorded".to_owned(), detail.to_owned())];
    assert_eq!(warned(LeaveSpan { part: Some(DayPart::Am), ..days(BEFORE, 1) }).await, told);
    assert_eq!(warned(days(BEFORE + 1.days(), 2)).await, []);
    let retire = RetireLeaveType { leave_type: office.annual, expected_version: None };
    work.firm.send(Actor::Operator, retire).await.expect("retired");
    let ask = AskForLeave { member: work.member, ..office.ask(days(LATER, 1)) };
    assert_eq!(refused(work.send(ask).await), "leave.retired_type");
}
