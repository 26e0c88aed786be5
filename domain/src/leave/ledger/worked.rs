//! Leave that grows with work: which days count, how many have been counted in a cycle, and what
//! they give. Work is that of the pattern, so that what is earned does not hang on who recorded it.

use jiff::civil::Date;

use super::cycles::day_after;
use super::facts::AccountFacts;
use crate::leave::amount::{LeaveDays, LeaveMinutes};
use crate::leave::days::pattern_minutes;
use crate::leave::policy::{WorkCounted, WorkUnit, WorkedRule};

/// The days on which no work was done, or none that is paid.
#[derive(Debug, Clone)]
pub(super) struct Absent {
    unpaid: Vec<(Date, Date)>,
    away: Vec<(Date, Date)>,
}

/// How much work has been counted by a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    rule: Option<WorkedRule>,
    days: i64,
    minutes: i64,
    /// The sum of what was given.
    pub(super) given: LeaveMinutes,
}

/// What a day's work gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grown {
    /// How much.
    pub(super) minutes: LeaveMinutes,
    /// How it came about.
    pub(super) words: String,
}

/// Spans in order, those that touch or overlap as one, so that a day is in at most one of them.
fn joined(mut spans: Vec<(Date, Date)>) -> Vec<(Date, Date)> {
    spans.sort();
    let mut joined: Vec<(Date, Date)> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match joined.last_mut() {
            Some(before) if from <= day_after(before.1) => before.1 = before.1.max(to),
            Some(_) | None => joined.push((from, to)),
        }
    }
    joined
}

fn within(spans: &[(Date, Date)], day: Date) -> bool {
    let next = spans.partition_point(|span| span.0 <= day);
    next.checked_sub(1).is_some_and(|place| day <= spans[place].1)
}

impl Absent {
    pub(super) fn of(facts: &AccountFacts<'_>) -> Self {
        Absent { unpaid: joined(facts.unpaid.clone()), away: joined(facts.away.clone()) }
    }

    /// The minutes of work of a day that count; none where they don't.
    fn counted(&self, facts: &AccountFacts<'_>, day: Date, counts: WorkCounted) -> Option<i64> {
        let off = match counts {
            WorkCounted::Paid => within(&self.unpaid, day),
            WorkCounted::Worked => within(&self.away, day) || facts.holidays.contains_key(&day),
        };
        let minutes = if off { 0 } else { pattern_minutes(facts.patterns, day) };
        (minutes > 0).then_some(minutes)
    }
}

impl Tally {
    /// Counts a day, and says what it gives, days being worth `day`. What was counted by another
    /// rule doesn't count.
    pub(super) fn count(
        &mut self,
        facts: &AccountFacts<'_>,
        absent: &Absent,
        on: Date,
        rule: &WorkedRule,
        day: LeaveMinutes,
    ) -> Option<Grown> {
        let worked = absent.counted(facts, on, rule.counts)?;
        if self.rule != Some(*rule) {
            *self = Tally { rule: Some(*rule), ..Tally::default() };
        }
        let before = *self;
        self.days += 1;
        self.minutes += worked;
        let gained = self.of(rule, day) - before.of(rule, day);
        if gained == LeaveMinutes::ZERO {
            return None;
        }
        self.given += gained;
        let earlier = before.in_words(rule, day);
        let less = if before.of(rule, day) == LeaveMinutes::ZERO {
            String::new()
        } else {
            format!(", less {earlier} before")
        };
        Some(Grown { minutes: gained, words: format!("{}{less}", self.in_words(rule, day)) })
    }

    /// What so much work gives, days being worth `day`.
    pub(super) fn of(&self, rule: &WorkedRule, day: LeaveMinutes) -> LeaveMinutes {
        let (amount, per) = (i64::from(rule.amount), i64::from(rule.per.max(1)));
        match (rule.unit, rule.whole) {
            (WorkUnit::Days, true) => LeaveDays::of(self.days * amount / per).in_minutes(day),
            (WorkUnit::Days, false) => day.share(self.days * amount, per),
            (WorkUnit::Hours, true) => LeaveMinutes::of(self.minutes * amount / per / 60 * 60),
            (WorkUnit::Hours, false) => LeaveMinutes::of(1).share(self.minutes * amount, per),
        }
    }

    /// The same in figures: `62 days / 17 x 1 day = 3.6471 days x 480 minutes`.
    pub(super) fn in_words(&self, rule: &WorkedRule, day: LeaveMinutes) -> String {
        let (amount, per, minutes) = (rule.amount, rule.per, self.of(rule, day));
        let s = if amount == 1 { "" } else { "s" };
        match rule.unit {
            WorkUnit::Days => {
                let (count, days) = (self.days, minutes.in_days(day));
                let whole = if rule.whole { " whole" } else { "" };
                format!(
                    "{count} days / {per} x {amount} day{s} = {days}{whole} days x {day} minutes"
                )
            }
            WorkUnit::Hours => {
                let hour = LeaveMinutes::of(60);
                let count = LeaveMinutes::of(self.minutes).in_days(hour);
                let hours = minutes.in_days(hour);
                let whole = if rule.whole { " whole" } else { "" };
                format!("{count} hours / {per} x {amount} hour{s} = {hours}{whole} hours")
            }
        }
    }

    /// All the work from one day to another.
    pub(super) fn between(
        facts: &AccountFacts<'_>,
        absent: &Absent,
        (from, to): (Date, Date),
        rule: &WorkedRule,
    ) -> Tally {
        let mut tally = Tally { rule: Some(*rule), ..Tally::default() };
        let mut on = from;
        while on <= to {
            if let Some(worked) = absent.counted(facts, on, rule.counts) {
                tally.days += 1;
                tally.minutes += worked;
            }
            on = day_after(on);
        }
        tally
    }
}
