//! Samples of the terms of leave, and of everything that can happen to one member's leave.

use domain::country::CalendarSpan;
use domain::id::{
    FileId, LeaveCaseId, LeaveEntryId, LeaveFeedId, LeaveRequestId, LeaveTypeId, MemberId,
};
use domain::leave::ledger::{Bucket, Cause, Origin, Posting, PostingKind, RestsOn};
use domain::leave::policy::{
    AccrualRule, ApprovalRule, AtFirstRule, CarryRule, CaseRule, CycleStart, DocumentRule,
    GrantRule, LateCancel, LeaveCycle, LeaveEntitlement, LeaveStep, OnLeaving, Quantity,
    Requirement, Right, Terms, WorkCounted, WorkUnit, WorkedRule,
};
use domain::leave::{
    DayPart, LeaveAgreed, LeaveApproved, LeaveCancelled, LeaveCaseDeclared, LeaveCaseWithdrawn,
    LeaveDay, LeaveDays, LeaveDocumentAttached, LeaveDrafted, LeaveEntered, LeaveEntryWithdrawn,
    LeaveFeedClosed, LeaveFeedOpened, LeaveMinutes, LeavePolicy, LeavePolicyCleared,
    LeavePolicySet, LeavePosted, LeaveRedrafted, LeaveRejected, LeaveSpan, LeaveStepApproved,
    LeaveSubmitted, LeaveTypeEvent, LeaveWithdrawn, MemberLeaveEvent,
};
use domain::log::Event;
use domain::personal::{Personal, PurposeClass};
use domain::time::Chain;
use jiff::civil::{Date, date};

use super::sample::{
    ANNUAL, FILE, KABELO, LEAVE_CASE, LEAVE_ENTRY, LEAVE_FEED, LEAVE_REQUEST, NOVA, TUESDAY, id,
    text,
};

const MEMBER: fn() -> MemberId = || MemberId(id(KABELO));
const KIND: fn() -> LeaveTypeId = || LeaveTypeId(id(ANNUAL));

fn days(text: &str) -> Quantity {
    Quantity::Days(LeaveDays::parse(text).expect("days"))
}

fn worked(unit: WorkUnit, per: u32, whole: bool, counts: WorkCounted) -> WorkedRule {
    WorkedRule { unit, amount: 1, per, whole, counts }
}

fn bare_grant(right: Right, entitlement: LeaveEntitlement, accrual: AccrualRule) -> GrantRule {
    GrantRule {
        right,
        entitlement,
        accrual,
        at_first: None,
        requires: Requirement::default(),
        carry: None,
        payable: false,
        on_leaving: OnLeaving::Prorated,
    }
}

/// Only what must be there.
fn bare_policy(begins: CycleStart, grants: Vec<GrantRule>) -> LeavePolicy {
    LeavePolicy {
        cycle: LeaveCycle { months: 12, begins },
        grants,
        overdraft: None,
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

fn case_rule() -> CaseRule {
    CaseRule {
        applies_to: "both parents employed".into(),
        span: CalendarSpan { months: 4, weeks: 0, days: 10 },
        shared: true,
        earliest_weeks_before: Some(4),
        no_work_weeks_after: Some(6),
    }
}

/// With something in every place.
fn full_policy() -> LeavePolicy {
    let by_days = worked(WorkUnit::Days, 17, true, WorkCounted::Paid);
    let by_hours = worked(WorkUnit::Hours, 26, false, WorkCounted::Worked);
    let chain = |offices: &str| Chain::parse(offices).expect("known offices");
    LeavePolicy {
        grants: vec![
            GrantRule {
                at_first: Some(AtFirstRule { months: 6, worked: by_hours }),
                requires: Requirement {
                    employed_months_over: Some(4),
                    employed_weeks_over: Some(2),
                    days_per_week_min: Some(4),
                },
                carry: Some(CarryRule { cap: Some(days("7.5")), expires_after_months: Some(6) }),
                payable: true,
                on_leaving: OnLeaving::Worked { rule: by_days, employed_months_over: 4 },
                ..bare_grant(
                    Right::Statutory,
                    LeaveEntitlement::ConsecutiveDays(21),
                    AccrualRule::MonthEnd,
                )
            },
            GrantRule {
                carry: Some(CarryRule { cap: None, expires_after_months: None }),
                on_leaving: OnLeaving::Accrued,
                ..bare_grant(
                    Right::Contractual,
                    LeaveEntitlement::Of(Quantity::Minutes(LeaveMinutes::of(2400))),
                    AccrualRule::Worked(by_days),
                )
            },
        ],
        overdraft: Some(days("5")),
        step: LeaveStep::Minutes(30),
        notice_days: 14,
        document: Some(DocumentRule {
            consecutive_days_over: 2,
            occasions_over: Some(2),
            within_weeks: Some(8),
            before_approval: true,
        }),
        terms: Some(Terms {
            version: 2, text: "I hand over \"all\" my work.\nÜber alles.".into()
        }),
        approval: vec![
            ApprovalRule { days_over: 0, chain: chain("line_manager") },
            ApprovalRule { days_over: 10, chain: chain("manager,admin") },
        ],
        interrupts: true,
        late_cancel: LateCancel::RestoreAndExtend { months: 6 },
        cases: vec![case_rule()],
        ..bare_policy(CycleStart::Yearly { month: 3, day: 1 }, Vec::new())
    }
}

pub(crate) fn policies() -> Vec<Event> {
    let leave_type = KIND();
    let set = |from, policy| LeavePolicySet { leave_type, from, policy }.into();
    let grant = |entitlement, accrual| {
        let grant = bare_grant(Right::Statutory, entitlement, accrual);
        bare_policy(CycleStart::Employment, vec![grant])
    };
    let ten_weeks = CalendarSpan { months: 0, weeks: 10, days: 0 };
    let bare_case = CaseRule {
        applies_to: "other parent".into(),
        span: ten_weeks,
        shared: false,
        earliest_weeks_before: None,
        no_work_weeks_after: None,
    };
    let of_cases = LeavePolicy {
        cases: vec![bare_case],
        step: LeaveStep::Days,
        ..bare_policy(CycleStart::Employment, Vec::new())
    };
    let of_week = LeaveEntitlement::DaysOfWeek { days: 24, week: 6 };
    let events: Vec<LeaveTypeEvent> = vec![
        set(None, full_policy()),
        set(Some(TUESDAY), of_cases),
        set(None, grant(LeaveEntitlement::WeeksOfWork(560), AccrualRule::MonthStart)),
        set(None, grant(of_week, AccrualRule::CycleStart)),
        set(None, grant(LeaveEntitlement::Calendar(ten_weeks), AccrualRule::CycleEnd)),
        set(None, grant(LeaveEntitlement::Of(days("15")), AccrualRule::Daily)),
        LeavePolicyCleared { leave_type, from: None }.into(),
        LeavePolicyCleared { leave_type, from: Some(TUESDAY) }.into(),
    ];
    events.into_iter().map(Event::from).collect()
}

fn request() -> LeaveRequestId {
    LeaveRequestId(id(LEAVE_REQUEST))
}

fn reason(words: &str) -> Personal<String> {
    text(KABELO, PurposeClass::LeaveReason, words)
}

fn span(from: Date, to: Date, part: Option<DayPart>) -> LeaveSpan {
    LeaveSpan { from, to, part }
}

fn drafted() -> Vec<MemberLeaveEvent> {
    let (request, member, leave_type) = (request(), MEMBER(), KIND());
    let draft =
        |span, case, reason| LeaveDrafted { request, member, leave_type, span, case, reason };
    let redraft =
        |span, case, reason| LeaveRedrafted { request, member, leave_type, span, case, reason };
    let case = Some(LeaveCaseId(id(LEAVE_CASE)));
    let friday = date(2026, 2, 6);
    vec![
        draft(span(TUESDAY, friday, None), None, None).into(),
        draft(span(TUESDAY, TUESDAY, Some(DayPart::Am)), case, Some(reason("A \"fever\""))).into(),
        draft(span(TUESDAY, TUESDAY, Some(DayPart::Minutes(90))), None, None).into(),
        redraft(span(TUESDAY, friday, Some(DayPart::Pm)), case, Some(reason("Moving"))).into(),
        redraft(span(TUESDAY, friday, Some(DayPart::EndsAtNoon)), None, None).into(),
        redraft(span(TUESDAY, friday, Some(DayPart::BothHalves)), None, None).into(),
    ]
}

fn decided() -> Vec<MemberLeaveEvent> {
    let (request, member, by) = (request(), MEMBER(), MemberId(id(NOVA)));
    let in_right_of = Some(MemberId(id(90)));
    let day = |day, minutes| LeaveDay { day, minutes: LeaveMinutes::of_ten_thousandths(minutes) };
    let bare = LeaveSubmitted {
        request,
        member,
        days: Vec::new(),
        chain: Chain::default(),
        terms: None,
        document_needed: false,
    };
    let full = LeaveSubmitted {
        days: vec![day(TUESDAY, 4_800_000), day(date(2026, 2, 4), 2_353_333)],
        chain: Chain::parse("line_manager,admin").expect("known offices"),
        terms: Some(2),
        document_needed: true,
        ..bare.clone()
    };
    let rejected = |in_right_of| LeaveRejected {
        request,
        member,
        by,
        in_right_of,
        reason: reason("Too many are away"),
    };
    let cancelled = |reason| LeaveCancelled { request, member, on: TUESDAY, reason };
    vec![
        bare.into(),
        full.into(),
        LeaveStepApproved { request, member, by, in_right_of: None }.into(),
        LeaveStepApproved { request, member, by, in_right_of }.into(),
        LeaveApproved { request, member, by, in_right_of: None }.into(),
        LeaveApproved { request, member, by, in_right_of }.into(),
        rejected(None).into(),
        rejected(in_right_of).into(),
        LeaveWithdrawn { request, member }.into(),
        cancelled(None).into(),
        cancelled(Some(reason("Well again"))).into(),
        LeaveDocumentAttached { request, member, file: FileId(id(FILE)) }.into(),
    ]
}

fn given() -> Vec<MemberLeaveEvent> {
    let (member, leave_type) = (MEMBER(), KIND());
    let (entry, case) = (LeaveEntryId(id(LEAVE_ENTRY)), LeaveCaseId(id(LEAVE_CASE)));
    let entered = LeaveEntered {
        entry,
        member,
        leave_type,
        effective: TUESDAY,
        minutes: LeaveMinutes::of(4800),
        right: Right::Statutory,
        expires: Some(date(2026, 6, 30)),
        reason: reason("From the old system"),
    };
    let less = LeaveEntered {
        minutes: LeaveMinutes::of_ten_thousandths(-11_803_279),
        right: Right::Contractual,
        expires: None,
        ..entered.clone()
    };
    let agreed = |from, amount| LeaveAgreed { member, leave_type, from, amount };
    let declared = LeaveCaseDeclared {
        case,
        member,
        leave_type,
        applies_to: "both parents employed".into(),
        on: date(2026, 2, 10),
        begins: TUESDAY,
        share_days: Some(80),
        gave_birth: true,
    };
    let bare = LeaveCaseDeclared { share_days: None, gave_birth: false, ..declared.clone() };
    vec![
        entered.into(),
        less.into(),
        LeaveEntryWithdrawn { entry, member, leave_type, reason: reason("A mistake") }.into(),
        agreed(None, Some(days("10"))).into(),
        agreed(Some(TUESDAY), Some(Quantity::Minutes(LeaveMinutes::of(600)))).into(),
        agreed(Some(TUESDAY), None).into(),
        declared.into(),
        bare.into(),
        LeaveCaseWithdrawn { case, member }.into(),
    ]
}

/// One posting for each cause; every kind and every origin is among them.
fn postings() -> Vec<Posting> {
    let (request, last) = (request(), date(2026, 6, 30));
    let causes = [
        (PostingKind::Grant, Origin::Granted, Cause::Cycle { from: TUESDAY, to: last }),
        (PostingKind::Accrue, Origin::Granted, Cause::Cycle { from: TUESDAY, to: last }),
        (PostingKind::Carry, Origin::Carried, Cause::CycleEnd { next: TUESDAY }),
        (PostingKind::Expire, Origin::Carried, Cause::Expiry { last }),
        (PostingKind::Grant, Origin::Given, Cause::Entry { entry: LeaveEntryId(id(LEAVE_ENTRY)) }),
        (PostingKind::Grant, Origin::Case, Cause::Case { case: LeaveCaseId(id(LEAVE_CASE)) }),
        (PostingKind::Take, Origin::Granted, Cause::Request { request }),
        (PostingKind::Grant, Origin::Restored, Cause::Cancelled { request }),
        (PostingKind::PayOut, Origin::Granted, Cause::Leaving { last }),
        (PostingKind::Correct, Origin::Granted, Cause::Request { request }),
    ];
    let posting = |(n, (kind, origin, cause)): (u32, (PostingKind, Origin, Cause))| Posting {
        n,
        effective: TUESDAY,
        kind,
        minutes: LeaveMinutes::of_ten_thousandths(i64::from(n) * 1_000_001),
        bucket: Bucket {
            right: if n % 2 == 0 { Right::Contractual } else { Right::Statutory },
            cycle: date(2026, 1, 1),
            origin,
            expires: (n > 2).then_some(last),
        },
        cause,
        arithmetic: "15 days x 480 minutes x 1/12".into(),
        rests_on: RestsOn { member: 3, calendar: 1, leave_type: 2 },
        reverses: (kind == PostingKind::Correct).then_some(7),
    };
    (1..).zip(causes).map(posting).collect()
}

pub(crate) fn of_members() -> Vec<Event> {
    let (member, leave_type, feed) = (MEMBER(), KIND(), LeaveFeedId(id(LEAVE_FEED)));
    let posted = |postings| LeavePosted { member, leave_type, through: TUESDAY, postings };
    let mut events = [drafted(), decided(), given()].concat();
    events.push(posted(postings()).into());
    events.push(posted(Vec::new()).into());
    events.push(LeaveFeedOpened { feed, member, team: false }.into());
    events.push(LeaveFeedOpened { feed, member, team: true }.into());
    events.push(LeaveFeedClosed { feed, member }.into());
    events.into_iter().map(Event::from).collect()
}
