//! The history of a year of leave: a firm starts with its country's law, brings balances over from
//! another system, sets terms of its own, and its people ask for leave, get it, are refused it,
//! fall ill and become parents. All of it is made up.

use commands::files::StoreFile;
use commands::leave::feeds::{CloseLeaveFeed, OpenLeaveFeed};
use commands::leave::{
    AgreeOnLeave, ApproveLeave, AskForLeave, AttachDocument, CancelLeave, ClearLeavePolicy,
    DeclareLeaveCase, DefineLeaveType, EnterLeave, RedraftLeave, RejectLeave, SetLeavePolicy,
    SpanChange, SubmitLeave, WithdrawLeave, WithdrawLeaveCase, WithdrawLeaveEntry,
};
use commands::members::{AddMember, ChangeMemberEmployment, ChangeMemberManager};
use commands::settings::ChangeSetting;
use domain::country::{Counts, ShownIn};
use domain::files::{Content, FileKind, Media};
use domain::id::{
    FileId, LeaveCaseId, LeaveEntryId, LeaveFeedId, LeaveRequestId, LeaveTypeId, MemberId,
};
use domain::leave::policy::{
    AccrualRule, ApprovalRule, CarryRule, CaseRule, CycleStart, GrantRule, LateCancel, LeaveCycle,
    LeaveEntitlement, LeaveStep, OnLeaving, Quantity, Requirement, Right, Terms,
};
use domain::leave::{AcceptedTerms, LeaveDays, LeaveMinutes, LeavePolicy, LeaveSpan};
use domain::members::Role;
use domain::time::Chain;
use jiff::civil::{Date, date};

use super::teller::Teller;
use crate::firm::Firm;

struct Cast {
    teller: Teller,
    owner: MemberId,
    manager: MemberId,
    member: MemberId,
    /// A kind of the firm's own.
    kind: LeaveTypeId,
}

pub(crate) async fn tell() -> Firm {
    let cast = begin().await;
    cast.set_terms().await;
    cast.give().await;
    cast.ask().await;
    cast.bear().await;
    cast.teller.firm
}

async fn begin() -> Cast {
    let teller = Teller::begin("2026-01-05T07:00:00Z", 9).await;
    let (owner, manager, member) = (teller.new_id(), teller.new_id(), teller.new_id());
    let people = [
        (owner, "Olga Example", Role::Owner),
        (manager, "Marek Example", Role::Manager),
        (member, "Mina Example", Role::Member),
    ];
    for (member, name, role) in people {
        let (name, roles) = (name.to_owned(), vec![role]);
        teller.operator(AddMember { member, name, email: None, roles, time_zone: None }).await;
    }
    for (key, value) in [("TIME_ZONE", "Africa/Johannesburg"), ("COUNTRY", "ZA")] {
        let (key, value) = (key.to_owned(), value.to_owned());
        teller.member(owner, ChangeSetting { key, value, from: None }).await;
    }
    let manager_of = ChangeMemberManager { member, manager: Some(manager), expected_version: None };
    teller.member(owner, manager_of).await;
    let hired_on = Some(Some(date(2025, 3, 3)));
    let employed =
        ChangeMemberEmployment { member, hired_on, left_on: None, expected_version: None };
    teller.member(owner, employed).await;
    let kind = teller.new_id();
    let define = DefineLeaveType {
        leave_type: kind,
        code: None,
        name: "Study leave".to_owned(),
        paid: true,
        shown_in: ShownIn::Days,
        counts: Counts::WorkingDays,
    };
    teller.member(owner, define).await;
    Cast { teller, owner, manager, member, kind }
}

fn terms(days: i64) -> LeavePolicy {
    let amount = |days| Quantity::Days(LeaveDays::of(days));
    LeavePolicy {
        cycle: LeaveCycle { months: 12, begins: CycleStart::Yearly { month: 1, day: 1 } },
        grants: vec![GrantRule {
            right: Right::Contractual,
            entitlement: LeaveEntitlement::Of(amount(days)),
            accrual: AccrualRule::CycleStart,
            at_first: None,
            requires: Requirement::default(),
            carry: Some(CarryRule { cap: Some(amount(5)), expires_after_months: Some(6) }),
            payable: false,
            on_leaving: OnLeaving::Prorated,
        }],
        overdraft: Some(amount(2)),
        step: LeaveStep::HalfDays,
        notice_days: 0,
        document: None,
        terms: Some(Terms { version: 0, text: "I pass the examination.".to_owned() }),
        approval: vec![ApprovalRule {
            days_over: 0,
            chain: Chain::parse("line_manager,admin").expect("known offices"),
        }],
        interrupts: false,
        late_cancel: LateCancel::default(),
        cases: vec![CaseRule {
            applies_to: "an examination".to_owned(),
            span: domain::country::CalendarSpan { months: 0, weeks: 1, days: 0 },
            shared: false,
            earliest_weeks_before: Some(2),
            no_work_weeks_after: None,
        }],
    }
}

impl Cast {
    /// Terms of the firm's own come, change from a day on, and go again.
    async fn set_terms(&self) {
        self.teller.at("2026-01-06T07:00:00Z");
        let (leave_type, march) = (self.kind, Some(date(2026, 3, 1)));
        let set = |from, days| SetLeavePolicy { leave_type, from, policy: terms(days) };
        self.teller.member(self.owner, set(None, 10)).await;
        self.teller.member(self.owner, set(march, 12)).await;
        self.teller.member(self.owner, ClearLeavePolicy { leave_type, from: march }).await;
        let mut wrong = set(None, 10);
        wrong.policy.cycle.months = 0;
        self.teller.refused(self.owner, "leave.invalid_policy", wrong).await;
    }

    /// A balance comes over from another system, a mistake is taken back, and a contract grants
    /// more than the policy.
    async fn give(&self) {
        self.teller.at("2026-01-07T07:00:00Z");
        let entries: [LeaveEntryId; 2] = [self.teller.new_id(), self.teller.new_id()];
        for (entry, minutes) in entries.into_iter().zip([960, -480]) {
            let enter = EnterLeave {
                entry,
                member: self.member,
                leave_type: self.kind,
                effective: date(2026, 1, 1),
                minutes: LeaveMinutes::of(minutes),
                right: Right::Contractual,
                expires: Some(date(2026, 12, 31)).filter(|_| minutes > 0),
                reason: "Brought over".to_owned(),
            };
            self.teller.member(self.owner, enter).await;
        }
        let reason = "Entered by mistake".to_owned();
        let withdraw = WithdrawLeaveEntry { entry: entries[1], reason };
        self.teller.member(self.owner, withdraw).await;
        let agree = AgreeOnLeave {
            member: self.member,
            leave_type: self.kind,
            from: Some(date(2026, 1, 1)),
            amount: Some(Quantity::Days(LeaveDays::of(15))),
        };
        self.teller.member(self.owner, agree).await;
    }

    fn asking(&self, from: Date, to: Date, draft: bool) -> AskForLeave {
        AskForLeave {
            request: self.teller.new_id(),
            member: self.member,
            leave_type: self.kind,
            span: LeaveSpan { from, to, part: None },
            case: None,
            note: Some("A course".to_owned()),
            accepted: AcceptedTerms::Current,
            draft,
        }
    }

    /// A draft that is changed and asked for; requests that are granted in two steps, cancelled,
    /// refused and taken back; one that the balance does not allow.
    async fn ask(&self) {
        self.teller.at("2026-02-02T07:00:00Z");
        let ask = self.asking(date(2026, 2, 16), date(2026, 2, 18), true);
        let request = ask.request;
        let seen = None;
        self.teller.member(self.member, ask).await;
        let to = Some(date(2026, 2, 20));
        let redraft = RedraftLeave {
            request,
            leave_type: None,
            span: SpanChange { to, ..SpanChange::default() },
            case: None,
            note: Some(Some("A longer course".to_owned())),
            seen,
        };
        self.teller.member(self.member, redraft).await;
        let accepted = AcceptedTerms::Current;
        self.teller.member(self.member, SubmitLeave { request, accepted, seen }).await;
        self.teller.member(self.manager, ApproveLeave { request, seen }).await;
        self.teller.member(self.owner, ApproveLeave { request, seen }).await;
        self.teller.at("2026-02-09T07:00:00Z");
        let reason = Some("The course is off".to_owned());
        self.teller.member(self.member, CancelLeave { request, reason, seen }).await;
        let again = self.asking(date(2026, 4, 7), date(2026, 4, 10), false);
        let refused: LeaveRequestId = again.request;
        self.teller.member(self.member, again).await;
        let reason = "The whole team is needed".to_owned();
        let reject = RejectLeave { request: refused, reason, seen };
        self.teller.member(self.manager, reject).await;
        let third = self.asking(date(2026, 5, 4), date(2026, 5, 5), false);
        let request = third.request;
        self.teller.member(self.member, third).await;
        self.teller.member(self.member, WithdrawLeave { request, seen }).await;
        let too_long = self.asking(date(2026, 6, 1), date(2026, 7, 31), false);
        self.teller.refused(self.member, "leave.insufficient_balance", too_long).await;
        let fourth = self.asking(date(2026, 8, 3), date(2026, 8, 12), false);
        let request = fourth.request;
        self.teller.member(self.member, fourth).await;
        let file = self.programme().await;
        self.teller.member(self.member, AttachDocument { request, file, seen }).await;
        self.teller.member(self.manager, ApproveLeave { request, seen }).await;
        self.teller.member(self.owner, ApproveLeave { request, seen }).await;
    }

    /// The programme of a course, kept as a file.
    async fn programme(&self) -> FileId {
        let file = self.teller.new_id();
        let (sha256, media) = ("5".repeat(64), Some(Media::Pdf));
        let store = StoreFile {
            file,
            kind: FileKind::Document,
            owner: self.member,
            about: None,
            name: "programme.pdf".to_owned(),
            content: Content { size: 2048, media, sha256, unsealed_sha256: None },
            key: None,
        };
        self.teller.member(self.member, store).await;
        file
    }

    /// Cases that leave is granted for, of which one is taken back; feeds of which one is closed.
    async fn bear(&self) {
        self.teller.at("2026-03-02T07:00:00Z");
        let cases: [LeaveCaseId; 2] = [self.teller.new_id(), self.teller.new_id()];
        for (case, on) in cases.into_iter().zip([date(2026, 9, 7), date(2026, 10, 5)]) {
            let declare = DeclareLeaveCase {
                case,
                member: self.member,
                leave_type: self.kind,
                applies_to: "an examination".to_owned(),
                on,
                begins: on,
                share_days: None,
                gave_birth: false,
            };
            self.teller.member(self.owner, declare).await;
        }
        self.teller.member(self.owner, WithdrawLeaveCase { case: cases[1] }).await;
        let feeds: [LeaveFeedId; 2] = [self.teller.new_id(), self.teller.new_id()];
        for (feed, team) in feeds.into_iter().zip([true, false]) {
            self.teller.member(self.member, OpenLeaveFeed { feed, team }).await;
        }
        let close = CloseLeaveFeed { feed: feeds[1], expected_version: None };
        self.teller.member(self.member, close).await;
    }
}
