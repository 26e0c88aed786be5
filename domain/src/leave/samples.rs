//! Fixed values that the tests of this slice share.

pub(crate) mod account;

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::policy::{
    AccrualRule, ApprovalRule, AtFirstRule, CarryRule, CaseRule, CycleStart, DocumentRule,
    GrantRule, LateCancel, LeaveCycle, LeaveEntitlement, LeaveStep, OnLeaving, Quantity,
    Requirement, Right, Terms, WorkCounted, WorkUnit, WorkedRule,
};
use super::{
    EnterLeave, HolidayCalendar, HolidayCalendarAdopted, HolidayEvent, LeaveDays, LeaveMinutes,
    LeavePolicy, LeaveType, LeaveTypeDefined, LeaveTypeEvent, PackRef,
};
use crate::country::{CalendarSpan, Counts, ShownIn};
use crate::id::{LeaveCaseId, LeaveEntryId, LeaveTypeId, MemberId, SubjectId};
use crate::members::WorkPattern;
use crate::personal::{Personal, PurposeClass};
use crate::time::Chain;

pub(crate) const ANNUAL: LeaveTypeId = LeaveTypeId(Uuid::from_u128(1));

pub(crate) fn annual_defined() -> LeaveTypeEvent {
    LeaveTypeDefined {
        leave_type: ANNUAL,
        code: "annual".into(),
        name: "Annual leave".into(),
        paid: true,
        shown_in: ShownIn::Days,
        counts: Counts::WorkingDays,
        pack: Some(PackRef { country: "ZA".into(), version: 1 }),
    }
    .into()
}

/// Annual leave of the South African pack.
pub(crate) fn annual() -> LeaveType {
    let mut leave_type = LeaveType::default();
    leave_type.evolve(&annual_defined());
    leave_type
}

pub(crate) fn adopted(
    country: Option<&str>,
    region: Option<&str>,
    pack_version: u32,
    from: Option<Date>,
) -> HolidayEvent {
    let (country, region) = (country.map(str::to_owned), region.map(str::to_owned));
    HolidayCalendarAdopted { country, region, pack_version, from }.into()
}

pub(crate) fn calendar(events: &[HolidayEvent]) -> HolidayCalendar {
    let mut calendar = HolidayCalendar::default();
    events.iter().for_each(|event| calendar.evolve(event));
    calendar
}

/// A firm that has kept the holidays of South Africa from always.
pub(crate) fn south_african() -> HolidayCalendar {
    calendar(&[adopted(Some("ZA"), None, 1, None)])
}

/// A policy with something in every place.
pub(crate) fn rich_policy() -> LeavePolicy {
    let days = |days| Quantity::Days(LeaveDays::of(days));
    let rule = WorkedRule {
        unit: WorkUnit::Days,
        amount: 1,
        per: 17,
        whole: true,
        counts: WorkCounted::Paid,
    };
    let statutory = GrantRule {
        right: Right::Statutory,
        entitlement: LeaveEntitlement::ConsecutiveDays(21),
        accrual: AccrualRule::MonthEnd,
        at_first: Some(AtFirstRule { months: 6, worked: rule }),
        requires: Requirement { employed_months_over: Some(4), ..Requirement::default() },
        carry: Some(CarryRule { cap: None, expires_after_months: Some(6) }),
        payable: true,
        on_leaving: OnLeaving::Worked { rule, employed_months_over: 4 },
    };
    let contractual = GrantRule {
        right: Right::Contractual,
        entitlement: LeaveEntitlement::Of(days(5)),
        accrual: AccrualRule::CycleStart,
        at_first: None,
        requires: Requirement::default(),
        carry: Some(CarryRule { cap: Some(days(3)), expires_after_months: Some(3) }),
        payable: false,
        on_leaving: OnLeaving::Prorated,
    };
    let rule_of = |days_over, chain| ApprovalRule {
        days_over,
        chain: Chain::parse(chain).expect("known offices"),
    };
    LeavePolicy {
        cycle: LeaveCycle { months: 12, begins: CycleStart::Yearly { month: 3, day: 1 } },
        grants: vec![statutory, contractual],
        overdraft: Some(days(5)),
        step: LeaveStep::Minutes(30),
        notice_days: 14,
        document: Some(DocumentRule {
            consecutive_days_over: 2,
            occasions_over: Some(2),
            within_weeks: Some(8),
            before_approval: true,
        }),
        terms: Some(Terms { version: 1, text: "I hand over my work.".into() }),
        approval: vec![rule_of(0, "manager"), rule_of(10, "manager,admin")],
        interrupts: true,
        late_cancel: LateCancel::RestoreAndExtend { months: 6 },
        cases: vec![CaseRule {
            applies_to: "both parents employed".into(),
            span: CalendarSpan { months: 4, weeks: 0, days: 10 },
            shared: true,
            earliest_weeks_before: Some(4),
            no_work_weeks_after: Some(6),
        }],
    }
}

pub(crate) const MEMBER: MemberId = MemberId(Uuid::from_u128(2));
pub(crate) const ENTRY: LeaveEntryId = LeaveEntryId(Uuid::from_u128(3));
pub(crate) const CASE: LeaveCaseId = LeaveCaseId(Uuid::from_u128(4));

/// A reason that concerns the member.
pub(crate) fn reason(words: &str) -> Personal<String> {
    Personal::new(SubjectId(MEMBER.0), PurposeClass::LeaveReason, words.to_owned())
}

/// An entry of annual leave from the first day of 2026 on.
pub(crate) fn enter(minutes: i64) -> EnterLeave {
    EnterLeave {
        entry: ENTRY,
        member: MEMBER,
        leave_type: ANNUAL,
        effective: date(2026, 1, 1),
        minutes: LeaveMinutes::of(minutes),
        right: Right::Contractual,
        expires: None,
        reason: reason("From the old system"),
    }
}

/// A week of so many working days of so many minutes, from Monday on.
pub(crate) fn week(days: usize, minutes: u32) -> Vec<u32> {
    (0..7).map(|day| if day < days { minutes } else { 0 }).collect()
}

pub(crate) fn pattern(from: Option<Date>, minutes: &[u32]) -> WorkPattern {
    WorkPattern { from, minutes: minutes.to_vec() }
}
