//! What a day is to one member, and what is worth a word when time is recorded on it: nothing of
//! this refuses time. Patterns of work, holidays and leave are arguments, so the same rule serves
//! calendars now, as of a moment, and at recording.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use crate::leave::KeptHoliday;
use crate::members::WorkPattern;

/// The pattern of members who have none: eight hours from Monday to Friday, as minutes by weekday.
pub const USUAL_WEEK: [u32; 7] = [480, 480, 480, 480, 480, 0, 0];
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Approved leave on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaveOn {
    /// The day.
    pub day: Date,
    /// How much of it, in minutes of work.
    pub minutes: u32,
}

/// What a member's days follow from.
#[derive(Debug, Clone, Copy)]
pub struct WorkTerms<'a> {
    /// By which patterns they work, ordered by the day each holds from.
    pub patterns: &'a [WorkPattern],
    /// Their first day of employment, where it's known.
    pub hired_on: Option<Date>,
    /// Their last day of employment, where there is one.
    pub left_on: Option<Date>,
    /// The firm's holidays by day, at least of the days asked for.
    pub holidays: &'a BTreeMap<Date, String>,
    /// Their approved leave, at least of the days asked for.
    pub leave: &'a [LeaveOn],
}

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayKind {
    /// There is work by pattern.
    Working,
    /// No work by pattern, on a weekday.
    DayOff,
    /// No work by pattern, on a Saturday or Sunday.
    Weekend,
    /// A holiday of the firm, whatever the pattern says.
    Holiday,
    /// Leave takes all of its work.
    Leave,
    /// Before their first day.
    BeforeHire,
    /// After their last day.
    AfterLeaving,
}

/// A day as it's planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedDay {
    /// The day.
    pub day: Date,
    /// What it is.
    pub kind: DayKind,
    /// What the holiday is called.
    pub holiday: Option<String>,
    /// The first or last day of employment that this day lies before or after.
    pub bound: Option<Date>,
    /// Minutes of work by pattern; 0 while not employed.
    pub pattern_minutes: u32,
    /// Of these, those that leave takes; none on a holiday.
    pub leave_minutes: u32,
    /// Minutes of work that are left to do.
    pub due_minutes: u32,
}

/// What was recorded for a day, by whatever policy it counts for it. Signed: a correction takes
/// back what was recorded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayTime {
    /// All seconds, unrounded.
    pub seconds: i64,
    /// The billable ones.
    pub billable_seconds: i64,
}

/// Something about time on a day that whoever recorded it may want to look at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The day is a holiday, of this name.
    OnHoliday(String),
    /// No work by pattern; true on a weekend.
    OnDayOff(bool),
    /// More than leave has left to do.
    OnLeave,
    /// More than 24 hours.
    Over24Hours,
    /// Before the member's first day, which this is.
    BeforeHire(Date),
    /// After the member's last day, which this is.
    AfterLeaving(Date),
    /// A day that is still to come.
    Future,
}

impl Warning {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Warning::OnHoliday(_) => "time.on_holiday",
            Warning::OnDayOff(_) => "time.on_day_off",
            Warning::OnLeave => "time.on_leave",
            Warning::Over24Hours => "time.over_24_hours",
            Warning::BeforeHire(_) => "time.before_hire",
            Warning::AfterLeaving(_) => "time.after_leaving",
            Warning::Future => "time.future",
        }
    }

    /// What to say of it on a day, for people.
    pub fn detail(&self, day: Date) -> String {
        match self {
            Warning::OnHoliday(name) => format!("{day} is a holiday: {name}"),
            Warning::OnDayOff(true) => format!("{day} is a weekend without work by pattern"),
            Warning::OnDayOff(false) => format!("{day} is a day off by the pattern of work"),
            Warning::OnLeave => format!("on {day} is approved leave"),
            Warning::Over24Hours => format!("{day} has more than 24 hours"),
            Warning::BeforeHire(first) => format!("{day} is before the first day, {first}"),
            Warning::AfterLeaving(last) => format!("{day} is after the last day, {last}"),
            Warning::Future => format!("{day} is still to come"),
        }
    }
}

/// Holidays by day; where a day has several, all of their names.
pub fn holidays_by_day(kept: impl IntoIterator<Item = KeptHoliday>) -> BTreeMap<Date, String> {
    let mut days: BTreeMap<Date, String> = BTreeMap::new();
    for KeptHoliday { day, name, .. } in kept {
        days.entry(day)
            .and_modify(|names| {
                names.push_str(", ");
                names.push_str(&name);
            })
            .or_insert(name);
    }
    days
}

/// Every day from one to another, both included.
pub fn each_day(first: Date, last: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(first), |day| day.tomorrow().ok())
        .take_while(move |day| *day <= last)
}

impl WorkTerms<'_> {
    /// The pattern that holds on a day: minutes by weekday, over one week or a cycle.
    pub(super) fn pattern_on(&self, day: Date) -> Option<&WorkPattern> {
        let holds = |pattern: &&WorkPattern| pattern.from.is_none_or(|from| from <= day);
        self.patterns.iter().rev().find(holds)
    }

    /// Minutes of work by pattern, whether employed or not.
    fn pattern_minutes(&self, day: Date) -> u32 {
        match self.pattern_on(day) {
            Some(pattern) => pattern.minutes_on(day),
            None => USUAL_WEEK[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())],
        }
    }

    /// What a day is planned to be. Not being employed counts before a holiday, that before leave,
    /// that before the pattern.
    pub fn planned(&self, day: Date) -> PlannedDay {
        let off = |kind| PlannedDay {
            day,
            kind,
            holiday: None,
            bound: None,
            pattern_minutes: 0,
            leave_minutes: 0,
            due_minutes: 0,
        };
        if let Some(first) = self.hired_on.filter(|first| day < *first) {
            return PlannedDay { bound: Some(first), ..off(DayKind::BeforeHire) };
        }
        if let Some(last) = self.left_on.filter(|last| day > *last) {
            return PlannedDay { bound: Some(last), ..off(DayKind::AfterLeaving) };
        }
        let pattern_minutes = self.pattern_minutes(day);
        if let Some(name) = self.holidays.get(&day) {
            let holiday = Some(name.clone());
            return PlannedDay { holiday, pattern_minutes, ..off(DayKind::Holiday) };
        }
        if pattern_minutes == 0 {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            return off(if weekend { DayKind::Weekend } else { DayKind::DayOff });
        }
        let of_day = self.leave.iter().filter(|leave| leave.day == day);
        let taken = of_day.fold(0_u32, |sum, leave| sum.saturating_add(leave.minutes));
        let leave_minutes = taken.min(pattern_minutes);
        let due_minutes = pattern_minutes - leave_minutes;
        let kind = if due_minutes == 0 { DayKind::Leave } else { DayKind::Working };
        PlannedDay { pattern_minutes, leave_minutes, due_minutes, ..off(kind) }
    }

    /// The days from one to another, both included, as they're planned.
    pub fn planned_days(&self, first: Date, last: Date) -> Vec<PlannedDay> {
        each_day(first, last).map(|day| self.planned(day)).collect()
    }
}

impl PlannedDay {
    /// What is worth a word about so many seconds on this day; nothing where there are none.
    pub fn warnings(&self, seconds: i64, today: Date) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if seconds <= 0 {
            return warnings;
        }
        warnings.extend(match self.kind {
            DayKind::Working | DayKind::Leave => None,
            DayKind::DayOff => Some(Warning::OnDayOff(false)),
            DayKind::Weekend => Some(Warning::OnDayOff(true)),
            DayKind::Holiday => self.holiday.clone().map(Warning::OnHoliday),
            DayKind::BeforeHire => self.bound.map(Warning::BeforeHire),
            DayKind::AfterLeaving => self.bound.map(Warning::AfterLeaving),
        });
        if self.leave_minutes > 0 && seconds > i64::from(self.due_minutes) * 60 {
            warnings.push(Warning::OnLeave);
        }
        if seconds > DAY_SECONDS {
            warnings.push(Warning::Over24Hours);
        }
        if self.day > today {
            warnings.push(Warning::Future);
        }
        warnings
    }
}

#[cfg(test)]
mod tests;
