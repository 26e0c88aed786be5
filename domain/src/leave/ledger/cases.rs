//! Leave for a case, such as a birth: how long it is on the calendar, which part of it is a
//! member's, and until when who gave birth does not work.

use jiff::Span;
use jiff::civil::Date;

use super::cycles::{day_before, days_until};
use super::facts::policy_on;
use super::posting::{Bucket, Cause, Origin, PostingKind};
use super::replay::Replay;
use crate::country::{CalendarSpan, Counts};
use crate::leave::amount::LeaveDays;
use crate::leave::member_leave::LeaveCase;
use crate::leave::policy::{CaseRule, Right};

/// What a case comes to on the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseSpan {
    /// The first day.
    pub first: Date,
    /// The last day of the whole amount, taken in one go.
    pub last: Date,
    /// The days of the whole amount.
    pub calendar_days: u32,
    /// This member's part of them.
    pub own_days: u32,
    /// The first day on which who gave birth may work again; none where nobody says.
    pub no_work_until: Option<Date>,
}

/// The last day of a span that begins on a day: months, then weeks, then days.
pub fn last_day(first: Date, span: CalendarSpan) -> Date {
    let after = first
        .saturating_add(Span::new().months(i64::from(span.months)))
        .saturating_add(Span::new().weeks(i64::from(span.weeks)))
        .saturating_add(Span::new().days(i64::from(span.days)));
    if after > first { day_before(after) } else { first }
}

/// The first day of work after an event of which nobody works for so many weeks.
pub fn first_day_of_work_after(event: Date, weeks: u32) -> Date {
    event.saturating_add(Span::new().weeks(i64::from(weeks)))
}

/// What a case comes to by a rule. Of a shared amount without a declared share it's half; of an odd
/// number of days the one that is left is with who gave birth.
pub fn case_span(rule: &CaseRule, case: &LeaveCase) -> CaseSpan {
    let last = last_day(case.begins, rule.span);
    let nothing = rule.span == CalendarSpan::default();
    // Both parents share one amount, whenever the second of them begins.
    let first = if rule.shared { case.begins.min(case.on) } else { case.begins };
    let days = if nothing { 0 } else { days_until(first, last_day(first, rule.span)) + 1 };
    let calendar_days = u32::try_from(days).unwrap_or_default();
    let half = (calendar_days + u32::from(case.gave_birth)) / 2;
    let own_days = match (rule.shared, case.share_days) {
        (false, _) => calendar_days,
        (true, Some(share)) => share.min(calendar_days),
        (true, None) => half,
    };
    let weeks = rule.no_work_weeks_after.filter(|_| case.gave_birth);
    let no_work_until = weeks.map(|weeks| first_day_of_work_after(case.on, weeks));
    CaseSpan { first: case.begins, last, calendar_days, own_days, no_work_until }
}

impl Replay<'_> {
    /// Grants what a case gives, by the policy of the day of its event.
    pub(super) fn grant_case(&mut self, case: &LeaveCase) {
        let policy = policy_on(&self.facts.policies, case.on);
        let rule =
            policy.and_then(|it| it.cases.iter().find(|rule| rule.applies_to == case.applies_to));
        let Some(rule) = rule else { return };
        let span = case_span(rule, case);
        let whole = if !rule.shared {
            String::new()
        } else if case.share_days.is_some() {
            format!(" of {} as declared", span.calendar_days)
        } else {
            format!(" = {} / 2", span.calendar_days)
        };
        let (own, days) = (span.own_days, i64::from(span.own_days));
        let (minutes, arithmetic) = match self.facts.counts {
            Counts::CalendarDays => {
                let day = self.terms().week.day();
                let words = format!("{own} calendar days{whole} x {day} minutes");
                (LeaveDays::of(days).in_minutes(day), words)
            }
            Counts::WorkingDays => {
                let week = self.terms().week;
                let words =
                    format!("{own} calendar days{whole} / 7 x {} working days a week", week.days());
                (week.times(days, 7), words)
            }
        };
        let bucket = Bucket {
            right: Right::Statutory,
            cycle: case.on,
            origin: Origin::Case,
            expires: Some(span.last),
        };
        let cause = Cause::Case { case: case.case };
        self.post(PostingKind::Grant, minutes, bucket, cause, arithmetic);
    }
}

#[cfg(test)]
mod tests;
