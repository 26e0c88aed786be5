//! Each request for leave as it stands: drafts, what waits, and what was decided. Reasons stay
//! sealed here; who may open one is asked where it's shown.

use domain::id::{FileId, LeaveCaseId, LeaveRequestId, LeaveTypeId, MemberId};
use domain::leave::{
    DayPart, LeaveDay, LeaveDrafted, LeaveMinutes, LeaveSpan, LeaveState, MemberLeaveEvent,
};
use domain::log::{EventFamily, Recorded};
use domain::personal::{Envelope, Personal};
use domain::time::{Chain, Office};
use jiff::Timestamp;
use jiff::civil::Date;

pub use questions::{Wanted, find, list, of_member, standing, waiting};

use super::leave_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{Rows, row};

row! {
    /// One request.
    LeaveRequestRow in "rm_leave_request" key(request_id: LeaveRequestId)
    index(
        "member": "(member_id, from_day)",
        "waiting": "(request_id) where waits_for is not null",
        "days": "(from_day, to_day) where state = 'approved'"
    ) {
        /// What it's known by.
        request_id: LeaveRequestId,
        /// Who is to be away.
        member_id: MemberId,
        /// What kind of leave.
        leave_type_id: LeaveTypeId,
        /// Where it stands.
        state: LeaveState,
        /// The first day.
        from_day: Date,
        /// The last day.
        to_day: Date,
        /// Which part of them, where it's not all.
        part: Option<DayPart>,
        /// For which case, such as a birth.
        case_id: Option<LeaveCaseId>,
        /// Why, sealed.
        reason: Option<Envelope>,
        /// Why it was rejected or cancelled, sealed.
        answer_reason: Option<Envelope>,
        /// What it took when it was asked for, in all; nothing of a draft.
        minutes: LeaveMinutes,
        /// Of which days.
        days: Vec<Date>,
        /// How much of each, in ten-thousandths of a minute.
        day_units: Vec<i64>,
        /// The steps of its approval; a manager's alone until it's submitted.
        chain: Chain,
        /// Who let it pass at each step that is behind it, in order.
        passed_by: Vec<MemberId>,
        /// For whom each of them stood in; themselves where for nobody.
        passed_for: Vec<MemberId>,
        /// Who granted or refused it.
        decided_by: Option<MemberId>,
        /// For whom they stood in.
        decided_for: Option<MemberId>,
        /// Which office decides next, while it waits.
        waits_for: Option<Office>,
        /// Which version of the terms was accepted.
        terms: Option<u32>,
        /// Whether a document is needed.
        document_needed: bool,
        /// Its files.
        files: Vec<FileId>,
        /// The local day on which it was cancelled.
        cancelled_on: Option<Date>,
        /// When it was written down.
        drafted_at: Timestamp,
        /// When it was asked for.
        submitted_at: Option<Timestamp>,
        /// When it was granted or refused.
        decided_at: Option<Timestamp>,
        /// How many events it has had: a calendar counts its changes by it.
        changes: u32,
        /// When it last changed.
        changed_at: Timestamp,
        /// The last event that changed it.
        position: i64,
    }
}

impl LeaveRequestRow {
    /// The days asked for.
    pub fn span(&self) -> LeaveSpan {
        LeaveSpan { from: self.from_day, to: self.to_day, part: self.part }
    }

    /// What it took of each of its days when it was asked for.
    pub fn taken(&self) -> impl Iterator<Item = LeaveDay> + '_ {
        let units = self.day_units.iter().map(|units| LeaveMinutes::of_ten_thousandths(*units));
        let days = self.days.iter().zip(units);
        days.map(|(day, minutes)| LeaveDay { day: *day, minutes })
    }

    /// Whoever decided on a step of it or on the whole, and those for whom they stood in.
    pub fn deciders(&self) -> impl Iterator<Item = MemberId> + '_ {
        let passed = self.passed_by.iter().chain(&self.passed_for).copied();
        passed.chain(self.decided_by).chain(self.decided_for)
    }
}

/// The fold of requests.
#[derive(Debug)]
pub struct LeaveRequest;

impl ReadModel for LeaveRequest {
    const NAME: &'static str = "leave_request";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[MemberLeaveEvent::TYPES];
    type Row = LeaveRequestRow;

    fn touches(event: &Recorded) -> Vec<LeaveRequestId> {
        leave_event(event).and_then(request_of).into_iter().collect()
    }

    fn apply(rows: &mut Rows<LeaveRequestRow>, recorded: &Recorded) {
        let Some(event) = leave_event(recorded) else { return };
        let Some(request) = request_of(event) else { return };
        if let MemberLeaveEvent::LeaveDrafted(event) = event {
            rows.put(drafted(event, recorded));
        }
        rows.change(&request, |row| {
            take_in(row, event, recorded.recorded_at);
            let next = row.chain.offices().get(row.passed_by.len()).copied();
            row.waits_for = next.filter(|_| row.state == LeaveState::Submitted);
            row.changes += 1;
            row.changed_at = recorded.recorded_at;
            row.position = recorded.position;
        });
    }
}

fn sealed(reason: Option<&Personal<String>>) -> Option<Envelope> {
    reason.and_then(Personal::envelope).cloned()
}

fn drafted(event: &LeaveDrafted, recorded: &Recorded) -> LeaveRequestRow {
    LeaveRequestRow {
        request_id: event.request,
        member_id: event.member,
        leave_type_id: event.leave_type,
        state: LeaveState::Draft,
        from_day: event.span.from,
        to_day: event.span.to,
        part: event.span.part,
        case_id: event.case,
        reason: sealed(event.reason.as_ref()),
        answer_reason: None,
        minutes: LeaveMinutes::ZERO,
        days: Vec::new(),
        day_units: Vec::new(),
        chain: Chain::default(),
        passed_by: Vec::new(),
        passed_for: Vec::new(),
        decided_by: None,
        decided_for: None,
        waits_for: None,
        terms: None,
        document_needed: false,
        files: Vec::new(),
        cancelled_on: None,
        drafted_at: recorded.recorded_at,
        submitted_at: None,
        decided_at: None,
        changes: 0,
        changed_at: recorded.recorded_at,
        position: recorded.position,
    }
}

fn take_in(row: &mut LeaveRequestRow, event: &MemberLeaveEvent, at: Timestamp) {
    match event {
        MemberLeaveEvent::LeaveRedrafted(event) => {
            row.leave_type_id = event.leave_type;
            (row.from_day, row.to_day) = (event.span.from, event.span.to);
            row.part = event.span.part;
            row.case_id = event.case;
            row.reason = sealed(event.reason.as_ref());
        }
        MemberLeaveEvent::LeaveSubmitted(event) => {
            row.state = LeaveState::Submitted;
            row.minutes = event.days.iter().map(|taken: &LeaveDay| taken.minutes).sum();
            row.days = event.days.iter().map(|taken| taken.day).collect();
            row.day_units =
                event.days.iter().map(|taken| taken.minutes.ten_thousandths()).collect();
            row.chain.clone_from(&event.chain);
            row.terms = event.terms;
            row.document_needed = event.document_needed;
            row.submitted_at = Some(at);
        }
        MemberLeaveEvent::LeaveStepApproved(event) => {
            row.passed_by.push(event.by);
            row.passed_for.push(event.in_right_of.unwrap_or(event.by));
        }
        MemberLeaveEvent::LeaveApproved(event) => {
            row.state = LeaveState::Approved;
            (row.decided_by, row.decided_for) = (Some(event.by), event.in_right_of);
            row.decided_at = Some(at);
        }
        MemberLeaveEvent::LeaveRejected(event) => {
            row.state = LeaveState::Rejected;
            (row.decided_by, row.decided_for) = (Some(event.by), event.in_right_of);
            row.decided_at = Some(at);
            row.answer_reason = sealed(Some(&event.reason));
        }
        MemberLeaveEvent::LeaveWithdrawn(_) => row.state = LeaveState::Withdrawn,
        MemberLeaveEvent::LeaveCancelled(event) => {
            row.state = LeaveState::Cancelled;
            row.cancelled_on = Some(event.on);
            row.answer_reason = sealed(event.reason.as_ref());
        }
        MemberLeaveEvent::LeaveDocumentAttached(event) => row.files.push(event.file),
        MemberLeaveEvent::LeaveDrafted(_)
        | MemberLeaveEvent::LeaveEntered(_)
        | MemberLeaveEvent::LeaveEntryWithdrawn(_)
        | MemberLeaveEvent::LeaveAgreed(_)
        | MemberLeaveEvent::LeaveCaseDeclared(_)
        | MemberLeaveEvent::LeaveCaseWithdrawn(_)
        | MemberLeaveEvent::LeavePosted(_)
        | MemberLeaveEvent::LeaveFeedOpened(_)
        | MemberLeaveEvent::LeaveFeedClosed(_) => {}
    }
}

/// Which request an event is about, where it's about one.
fn request_of(event: &MemberLeaveEvent) -> Option<LeaveRequestId> {
    match event {
        MemberLeaveEvent::LeaveDrafted(event) => Some(event.request),
        MemberLeaveEvent::LeaveRedrafted(event) => Some(event.request),
        MemberLeaveEvent::LeaveSubmitted(event) => Some(event.request),
        MemberLeaveEvent::LeaveStepApproved(event) => Some(event.request),
        MemberLeaveEvent::LeaveApproved(event) => Some(event.request),
        MemberLeaveEvent::LeaveRejected(event) => Some(event.request),
        MemberLeaveEvent::LeaveWithdrawn(event) => Some(event.request),
        MemberLeaveEvent::LeaveCancelled(event) => Some(event.request),
        MemberLeaveEvent::LeaveDocumentAttached(event) => Some(event.request),
        MemberLeaveEvent::LeaveEntered(_)
        | MemberLeaveEvent::LeaveEntryWithdrawn(_)
        | MemberLeaveEvent::LeaveAgreed(_)
        | MemberLeaveEvent::LeaveCaseDeclared(_)
        | MemberLeaveEvent::LeaveCaseWithdrawn(_)
        | MemberLeaveEvent::LeavePosted(_)
        | MemberLeaveEvent::LeaveFeedOpened(_)
        | MemberLeaveEvent::LeaveFeedClosed(_) => None,
    }
}

mod questions;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{id, member_leave};
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use jiff::civil::date;

    #[test]
    fn a_request_is_what_its_events_tell_in_their_order() {
        let history = member_leave().0;
        assert_declares_what_it_touches::<LeaveRequest>(&history);
        let rows = rows_of::<LeaveRequest>(&history);
        let states: Vec<_> = rows.iter().map(|row| row.state.as_str()).collect();
        assert_eq!(states, ["approved", "rejected", "withdrawn", "cancelled", "submitted"]);
        let annual = &rows[0];
        assert_eq!((annual.from_day, annual.to_day), (date(2026, 3, 2), date(2026, 3, 3)));
        assert_eq!(annual.minutes, LeaveMinutes::of(960));
        let whole = |day| LeaveDay { day, minutes: LeaveMinutes::of(480) };
        let taken: Vec<_> = annual.taken().collect();
        assert_eq!(taken, [annual.from_day, annual.to_day].map(whole));
        assert_eq!((annual.terms, annual.document_needed, annual.files.len()), (Some(2), true, 1));
        assert_eq!((annual.passed_by.len(), annual.waits_for), (1, None));
        let deciders: Vec<_> = annual.deciders().map(|member| member.0).collect();
        assert_eq!(deciders, [id(9), id(8), id(9)]);
        assert_eq!((annual.changes, annual.decided_at.is_some()), (6, true));
        assert!(rows[1].answer_reason.is_some() && rows[3].answer_reason.is_some());
        assert_eq!(rows[4].waits_for, Some(Office::Manager));
        assert_eq!(rows[4].part, Some(DayPart::Minutes(90)));
    }
}
