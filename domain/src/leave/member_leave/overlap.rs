//! Which other leave stands in the way of a request: of one day no more is taken than the day has,
//! and no half twice. Leave that interrupts, as sick leave does, may lie over other leave.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{DayPart, LeaveRequest, LeaveSpan};
use crate::id::LeaveRequestId;
use crate::leave::amount::LeaveMinutes;
use crate::leave::ledger::LeaveSources;

/// The part of one day that a request takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Whole,
    FirstHalf,
    SecondHalf,
    Some,
}

fn taken_of(span: &LeaveSpan, day: Date) -> Taken {
    match span.part {
        Some(DayPart::Am) => Taken::FirstHalf,
        Some(DayPart::Pm | DayPart::BothHalves) if day == span.from => Taken::SecondHalf,
        Some(DayPart::EndsAtNoon | DayPart::BothHalves) if day == span.to => Taken::FirstHalf,
        Some(DayPart::Minutes(_)) => Taken::Some,
        None | Some(DayPart::Pm | DayPart::EndsAtNoon | DayPart::BothHalves) => Taken::Whole,
    }
}

/// Whether two requests take different halves of a day.
pub(in crate::leave) fn apart(one: &LeaveSpan, other: &LeaveSpan, day: Date) -> bool {
    let halves = (taken_of(one, day), taken_of(other, day));
    matches!(halves, (Taken::FirstHalf, Taken::SecondHalf) | (Taken::SecondHalf, Taken::FirstHalf))
}

/// The first day of this request that others leave no room on, with one of them.
pub(super) fn in_the_way(
    sources: &LeaveSources<'_>,
    id: LeaveRequestId,
    asked: &LeaveRequest,
) -> Vec<(LeaveRequestId, Date)> {
    let interrupts = |it: &LeaveRequest| sources.interrupts(it.leave_type, it.span.from);
    let others: Vec<(LeaveRequestId, &LeaveRequest)> = sources
        .leave
        .requests
        .iter()
        .filter(|(other, it)| {
            let lies_over = interrupts(asked) && !interrupts(it);
            **other != id
                && it.holds_days()
                && !(lies_over && it.leave_type != asked.leave_type)
                && it.span.from <= asked.span.to
                && asked.span.from <= it.span.to
        })
        .map(|(other, it)| (*other, it))
        .collect();
    if others.is_empty() {
        return Vec::new();
    }
    let days = asked.span.from.series(1.day()).take_while(|day| *day <= asked.span.to);
    let mut found: Vec<(LeaveRequestId, Date)> = Vec::new();
    for day in days {
        let met = on_day(sources, asked, &others, day).map(|with| (with, day));
        found.extend(met.filter(|(with, _)| found.iter().all(|(other, _)| other != with)));
    }
    found
}

/// The request that leaves no room for this one on a day.
fn on_day(
    sources: &LeaveSources<'_>,
    asked: &LeaveRequest,
    others: &[(LeaveRequestId, &LeaveRequest)],
    day: Date,
) -> Option<LeaveRequestId> {
    let whole = |it: &LeaveRequest| sources.terms(it.leave_type).map(|terms| terms.whole(day));
    let minutes = |it: &LeaveRequest| {
        sources.terms(it.leave_type).map_or(LeaveMinutes::ZERO, |terms| terms.of_day(&it.span, day))
    };
    let (own, all) = (minutes(asked), whole(asked)?);
    if own == LeaveMinutes::ZERO {
        return None;
    }
    let mut sum = own;
    let of_day = others.iter().filter(|(_, it)| it.span.from <= day && day <= it.span.to);
    for (id, other) in of_day {
        let theirs = minutes(other);
        if theirs == LeaveMinutes::ZERO {
            continue;
        }
        // Where days are counted otherwise, the same part of them is meant.
        let of_whole = whole(other).unwrap_or_default().ten_thousandths();
        sum += all.share(theirs.ten_thousandths(), of_whole);
        let (mine, its) = (taken_of(&asked.span, day), taken_of(&other.span, day));
        let same_half = mine == its && mine != Taken::Some;
        if same_half || mine == Taken::Whole || its == Taken::Whole || sum > all {
            return Some(*id);
        }
    }
    None
}
