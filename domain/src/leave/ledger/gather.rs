//! Gathers the facts of an account from the streams they lie in. Decisions, answers, reports and
//! jobs all go through here.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::cycles::{day_after, day_before};
use super::facts::{Absence, AccountFacts, policy_on};
use super::posting::RestsOn;
use crate::id::{LeaveRequestId, LeaveTypeId};
use crate::leave::LeaveType;
use crate::leave::amount::LeaveMinutes;
use crate::leave::days::DayTerms;
use crate::leave::member_leave::overlap::apart;
use crate::leave::member_leave::{
    DayPart, LeaveDay, LeaveRequest, LeaveSpan, LeaveState, MemberLeave,
};
use crate::leave::policy::LateCancel;
use crate::members::Member;

/// The streams of a member's leave, as they are or were.
#[derive(Debug, Clone, Copy)]
pub struct LeaveSources<'a> {
    /// The member.
    pub member: &'a Member,
    /// The version of the member's stream.
    pub member_version: i32,
    /// Every kind of leave with the version of its stream.
    pub types: &'a BTreeMap<LeaveTypeId, (i32, LeaveType)>,
    /// The firm's holidays by day, of all days that are looked at.
    pub holidays: &'a BTreeMap<Date, String>,
    /// The version of the calendar they are from.
    pub calendar_version: i32,
    /// The member's leave.
    pub leave: &'a MemberLeave,
}

impl<'a> LeaveSources<'a> {
    /// The facts of an account by what is granted; none where there is no such kind of leave.
    pub fn account(&self, leave_type: LeaveTypeId) -> Option<AccountFacts<'a>> {
        self.account_where(leave_type, |_, request| request.state == LeaveState::Approved)
    }

    /// The same, taking these requests as granted, too.
    pub fn account_where(
        &self,
        leave_type: LeaveTypeId,
        taken: impl Fn(LeaveRequestId, &LeaveRequest) -> bool,
    ) -> Option<AccountFacts<'a>> {
        let (version, kind) = self.types.get(&leave_type)?;
        let policies = kind.policies();
        let extends = |day: Date| {
            let policy = policy_on(&policies, day);
            policy.is_some_and(|it| matches!(it.late_cancel, LateCancel::RestoreAndExtend { .. }))
        };
        let own = self.leave.requests.iter().filter(|(_, it)| it.leave_type == leave_type);
        let absences = own.filter_map(|(id, request)| {
            let gone_on = request.cancelled_on.filter(|on| extends(*on) && request.span.from < *on);
            (taken(*id, request) || gone_on.is_some()).then(|| Absence {
                request: *id,
                days: self.days_left(leave_type, *id, request, &taken),
                cancelled_on: gone_on,
            })
        });
        let spans = |unpaid_alone: bool| {
            let away = self.leave.requests.iter().filter(|(id, request)| {
                let unpaid = self.types.get(&request.leave_type).is_some_and(|it| !it.1.paid);
                taken(**id, request) && (unpaid || !unpaid_alone)
            });
            away.filter_map(|(_, request)| whole_days(&request.span)).collect()
        };
        let entries = self.leave.entries.values().filter(|it| it.leave_type == leave_type);
        let cases = self.leave.cases.values().filter(|it| it.leave_type == leave_type);
        Some(AccountFacts {
            counts: kind.counts,
            absences: absences.collect(),
            policies,
            hired_on: self.member.hired_on,
            left_on: self.member.left_on,
            patterns: &self.member.patterns,
            holidays: self.holidays,
            agreed: self.leave.agreed.get(&leave_type).map_or(&[], Vec::as_slice),
            entries: entries.collect(),
            cases: cases.collect(),
            unpaid: spans(true),
            away: spans(false),
            rests_on: RestsOn {
                member: self.member_version,
                calendar: self.calendar_version,
                leave_type: *version,
            },
        })
    }

    /// What leave of a kind takes, by day, by what is known.
    pub fn days_of(&self, leave_type: LeaveTypeId, span: &LeaveSpan) -> Vec<LeaveDay> {
        self.terms(leave_type).map_or_else(Vec::new, |terms| terms.of(span))
    }

    /// By what the days of leave of a kind are counted; none where there is no such kind.
    pub fn terms(&self, leave_type: LeaveTypeId) -> Option<DayTerms<'a>> {
        let (_, kind) = self.types.get(&leave_type)?;
        Some(DayTerms {
            counts: kind.counts,
            patterns: &self.member.patterns,
            holidays: self.holidays,
            hired_on: self.member.hired_on,
            left_on: self.member.left_on,
        })
    }

    /// Whether leave of this kind makes other leave give its days back, on a day.
    pub fn interrupts(&self, leave_type: LeaveTypeId, day: Date) -> bool {
        let Some((_, kind)) = self.types.get(&leave_type) else { return false };
        policy_on(&kind.policies(), day).is_some_and(|policy| policy.interrupts)
    }

    /// What a request takes but for what other leave interrupts of it.
    fn days_left(
        &self,
        leave_type: LeaveTypeId,
        id: LeaveRequestId,
        request: &LeaveRequest,
        taken: &impl Fn(LeaveRequestId, &LeaveRequest) -> bool,
    ) -> Vec<LeaveDay> {
        let mut days = self.days_of(leave_type, &request.span);
        let others = self.leave.requests.iter().filter(|(other, it)| {
            **other != id
                && it.leave_type != leave_type
                && taken(**other, it)
                && it.span.from <= request.span.to
                && request.span.from <= it.span.to
                && self.interrupts(it.leave_type, it.span.from)
        });
        for (_, other) in others {
            let terms = (self.terms(leave_type), self.terms(other.leave_type));
            let (Some(own), Some(theirs)) = terms else { continue };
            let (from, to) = (other.span.from, other.span.to);
            let meets =
                |day: Date| from <= day && day <= to && !apart(&request.span, &other.span, day);
            for day in days.iter_mut().filter(|it| meets(it.day)) {
                let off = theirs.of_day(&other.span, day.day).ten_thousandths();
                // Where days are counted otherwise, the same part of them is meant.
                let of_whole = theirs.whole(day.day).ten_thousandths();
                let off = own.whole(day.day).share(off, of_whole);
                day.minutes = (day.minutes - off).max(LeaveMinutes::ZERO);
            }
        }
        days.retain(|day| day.minutes != LeaveMinutes::ZERO);
        days
    }

    /// The last day that a granted or asked-for request takes; none where there is none.
    pub fn last_day_taken(&self) -> Option<Date> {
        let held = self.leave.requests.values().filter(|request| request.holds_days());
        held.map(|request| request.span.to).max()
    }
}

/// The first and the last of the days that leave takes whole; none where there is none. Who worked
/// half of a day has worked on it.
fn whole_days(span: &LeaveSpan) -> Option<(Date, Date)> {
    let (after, before) = (day_after(span.from), day_before(span.to));
    let (from, to) = match span.part {
        None => (span.from, span.to),
        Some(DayPart::Am | DayPart::Minutes(_)) => return None,
        Some(DayPart::Pm) => (after, span.to),
        Some(DayPart::EndsAtNoon) => (span.from, before),
        Some(DayPart::BothHalves) => (after, before),
    };
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests;
