//! What any request must be like to make sense at all, whatever the policy: its days, its words and
//! that it's there.

use super::request_refusal::{LEAVE_DAYS_MAX, RequestRefusal as Refusal};
use super::{DayPart, LeaveRequest, LeaveSpan, LeaveState, MemberLeave};
use crate::id::LeaveRequestId;
use crate::personal::Personal;

/// The most characters of a reason.
pub const LEAVE_REASON_MAX: usize = 2_000;
const MINUTES_OF_A_DAY: u32 = 24 * 60;
/// Of which years days are asked for: an account is replayed up to them.
const YEARS: std::ops::Range<i16> = 1970..2150;

/// The request with this id.
pub fn request_in(leave: &MemberLeave, id: LeaveRequestId) -> Result<&LeaveRequest, Refusal> {
    leave.requests.get(&id).ok_or(Refusal::UnknownRequest)
}

/// A request that waits for a decision.
pub(super) fn waiting(request: &LeaveRequest) -> Result<&LeaveRequest, Refusal> {
    match request.state {
        LeaveState::Submitted => Ok(request),
        LeaveState::Draft | LeaveState::Withdrawn => Err(Refusal::NotSubmitted),
        LeaveState::Approved | LeaveState::Rejected | LeaveState::Cancelled => {
            Err(Refusal::AlreadyDecided)
        }
    }
}

/// Refuses days that make no sense.
pub fn check_span(span: &LeaveSpan) -> Result<(), Refusal> {
    let invalid = |why| Err(Refusal::SpanInvalid { why });
    if span.to < span.from {
        return invalid("the last day is the first one or a later one");
    }
    if !YEARS.contains(&span.from.year()) {
        return invalid("ask for days of the years 1970 to 2149");
    }
    if span.from.until(span.to).map_or(LEAVE_DAYS_MAX, |days| days.get_days()) >= LEAVE_DAYS_MAX {
        return invalid("ask for at most 400 days at once");
    }
    let single = span.from == span.to;
    match span.part {
        Some(DayPart::Am | DayPart::Minutes(_)) if !single => {
            invalid("a part of a day is of a single day; give the first day as the last one")
        }
        Some(DayPart::EndsAtNoon | DayPart::BothHalves) if single => {
            invalid("give two days, or the half of the one day as half_day")
        }
        Some(DayPart::Minutes(minutes)) if !(1..=MINUTES_OF_A_DAY).contains(&minutes) => {
            invalid("give minutes from 1 to 1440")
        }
        None
        | Some(
            DayPart::Am
            | DayPart::Pm
            | DayPart::Minutes(_)
            | DayPart::EndsAtNoon
            | DayPart::BothHalves,
        ) => Ok(()),
    }
}

/// Refuses words that are too many.
pub fn check_reason(reason: Option<&Personal<String>>) -> Result<(), Refusal> {
    let words = reason.and_then(Personal::get);
    match words {
        Some(words) if words.chars().count() > LEAVE_REASON_MAX => Err(Refusal::NoteTooLong),
        Some(_) | None => Ok(()),
    }
}
