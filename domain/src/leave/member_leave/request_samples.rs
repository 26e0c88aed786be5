//! A member and their leave for the tests of requests: annual leave with a limit and a balance that
//! was entered, sick leave that interrupts it.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;
use crate::leave::LeaveDays;
use crate::leave::LeaveType;
use crate::leave::ledger::{DatedPolicy, LeaveSources};
use crate::leave::policy::{CycleStart, LateCancel, LeaveCycle, LeavePolicy, LeaveStep, Quantity};
use crate::leave::samples::{ANNUAL, MEMBER, annual, enter};
use crate::members::{Member, Role};
use crate::time::{Concerned, Deciding, Filled, Right as Entitled};

pub(crate) const SICK: LeaveTypeId = LeaveTypeId(Uuid::from_u128(9));
/// A Sunday before all leave of these tests.
pub(crate) const TODAY: Date = date(2026, 3, 1);

/// Terms that ask for nothing but that no more is taken than there is.
pub(crate) fn limited() -> LeavePolicy {
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

fn with(kind: LeaveType, policy: LeavePolicy) -> (i32, LeaveType) {
    (1, LeaveType { pack: None, own_policies: vec![DatedPolicy { from: None, policy }], ..kind })
}

/// What requests of one member rest on.
pub(crate) struct World {
    pub(crate) member: Member,
    pub(crate) types: BTreeMap<LeaveTypeId, (i32, LeaveType)>,
    pub(crate) holidays: BTreeMap<Date, String>,
    pub(crate) leave: MemberLeave,
    pub(crate) own: bool,
    pub(crate) accepted: AcceptedTerms,
}

impl World {
    /// With so many days of annual leave.
    pub(crate) fn new(days: i64) -> Self {
        let sick = LeaveType { id: Some(SICK), code: "sick".into(), ..annual() };
        let interrupts = LeavePolicy { interrupts: true, overdraft: None, ..limited() };
        let mut leave = MemberLeave::default();
        let entered = crate::leave::enter_leave::decide(&leave, &annual(), enter(days * 480));
        leave.evolve(&entered.expect("a sound entry").into());
        let hired_on = Some(date(2026, 1, 1));
        World {
            member: Member { id: Some(MEMBER), hired_on, ..Member::default() },
            types: BTreeMap::from([
                (ANNUAL, with(annual(), limited())),
                (SICK, with(sick, interrupts)),
            ]),
            holidays: BTreeMap::from([(date(2026, 3, 23), "Human Rights Day".to_owned())]),
            leave,
            own: true,
            accepted: AcceptedTerms::None,
        }
    }

    /// The terms of annual leave.
    pub(crate) fn policy(&mut self) -> &mut LeavePolicy {
        let (_, kind) = self.types.get_mut(&ANNUAL).expect("it's there");
        &mut kind.own_policies[0].policy
    }

    pub(crate) fn sources(&self) -> LeaveSources<'_> {
        LeaveSources {
            member: &self.member,
            member_version: 1,
            types: &self.types,
            holidays: &self.holidays,
            calendar_version: 1,
            leave: &self.leave,
        }
    }

    pub(crate) fn facts(&self) -> AskFacts<'_> {
        let (own, accepted) = (self.own, self.accepted);
        AskFacts { sources: self.sources(), today: TODAY, own, accepted }
    }

    /// Written down under this number.
    pub(crate) fn drafted(&mut self, n: u128, leave_type: LeaveTypeId, span: LeaveSpan) {
        let request = id(n);
        let command = draft_leave::DraftLeave {
            request,
            member: MEMBER,
            leave_type,
            span,
            case: None,
            reason: None,
        };
        let drafted = draft_leave::decide(&self.leave, command).expect("a sound draft");
        self.leave.evolve(&drafted.into());
    }

    /// Submitted, if nothing speaks against it.
    pub(crate) fn submit(&mut self, n: u128) -> Result<LeaveSubmitted, crate::leave::Refusal> {
        let command = submit_leave::SubmitLeave { request: id(n), member: MEMBER };
        let (submitted, _) = submit_leave::decide(&self.facts(), command)?;
        self.leave.evolve(&submitted.clone().into());
        Ok(submitted)
    }

    /// The code of why it's refused to ask for this.
    pub(crate) fn refused(&mut self, leave_type: LeaveTypeId, span: LeaveSpan) -> &'static str {
        let n = 1_000 + self.leave.requests.len() as u128;
        self.drafted(n, leave_type, span);
        let outcome = self.submit(n);
        self.leave.requests.remove(&id(n));
        outcome.map_or_else(|refusal| refusal.code(), |_| "none")
    }

    /// Asked for under this number.
    pub(crate) fn asked(&mut self, n: u128, leave_type: LeaveTypeId, span: LeaveSpan) {
        self.drafted(n, leave_type, span);
        self.submit(n).expect("nothing against it");
    }

    /// Asked for and granted by an admin.
    pub(crate) fn granted(&mut self, n: u128, leave_type: LeaveTypeId, span: LeaveSpan) {
        self.asked(n, leave_type, span);
        self.approve(n, &decider(5, &[Role::Admin])).expect("granted");
    }

    pub(crate) fn approve(
        &mut self,
        n: u128,
        deciding: &Deciding,
    ) -> Result<Vec<MemberLeaveEvent>, RequestRefusal> {
        let command = approve_leave::ApproveLeave { request: id(n), member: MEMBER };
        let events = approve_leave::decide(&self.sources(), deciding, command)?;
        events.iter().for_each(|event| self.leave.evolve(event));
        Ok(events)
    }
}

pub(crate) fn id(n: u128) -> LeaveRequestId {
    LeaveRequestId(Uuid::from_u128(n))
}

pub(crate) fn member(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

/// Days of March 2026, which begins with a Sunday.
pub(crate) fn march(from: i8, to: i8) -> LeaveSpan {
    LeaveSpan { from: date(2026, 3, from), to: date(2026, 3, to), part: None }
}

/// A part of a day of March 2026.
pub(crate) fn part(day: i8, part: DayPart) -> LeaveSpan {
    LeaveSpan { part: Some(part), ..march(day, day) }
}

pub(crate) fn right(n: u128, roles: &[Role]) -> Entitled {
    Entitled { of: member(n), roles: roles.to_vec(), grants: Default::default() }
}

/// Somebody with these roles decides; the member's own manager is number 6.
pub(crate) fn decider(by: u128, roles: &[Role]) -> Deciding {
    Deciding {
        by: member(by),
        rights: vec![right(by, roles)],
        self_approval: false,
        concerned: Concerned {
            member: MEMBER,
            line_manager: Some(member(6)),
            clients: BTreeMap::new(),
            filled: Filled::default(),
        },
    }
}
