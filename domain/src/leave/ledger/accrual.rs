//! What is granted when: a cycle's entitlement at once or bit by bit, or what work gives. Each
//! grant covers days of its cycle that none has covered, so a change of terms neither grants a day
//! twice nor leaves one out, and the last day ends exactly on the entitlement.

use jiff::civil::Date;

use super::cycles::{Cycle, Measure, day_after, day_before, months_after};
use super::posting::{Bucket, Cause, Origin, PostingKind};
use super::replay::Replay;
use super::terms::{Entitled, terms_on};
use super::worked::Tally;
use crate::leave::amount::LeaveMinutes;
use crate::leave::policy::{AccrualRule, GrantRule, Requirement, Right, WorkedRule};

/// Both rights, law first.
pub(super) const RIGHTS: [Right; 2] = [Right::Statutory, Right::Contractual];

/// What has been granted in one right in the running cycle.
#[derive(Debug, Clone, Default)]
pub(super) struct Growth {
    /// The last day that is granted for.
    pub(super) covered: Date,
    /// The last day of the month of the cycle that has been come to; it's asked for every day.
    month_end: Date,
    /// What has been granted.
    pub(super) granted: LeaveMinutes,
    /// What was given at first, as far as it's not yet off what is granted later.
    pub(super) at_first: LeaveMinutes,
    /// By what was granted last.
    pub(super) latest: Option<Granted>,
    /// The work counted.
    tally: Tally,
    /// The entitlement by the terms of the day, once it was asked for.
    entitled: Option<Entitled>,
}

/// By what something was granted.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    pub(super) rule: GrantRule,
    /// For the whole cycle.
    pub(super) entitled: Entitled,
}

impl Growth {
    /// In a cycle that begins.
    pub(super) fn from(cycle: &Cycle) -> Self {
        Growth { covered: day_before(cycle.first), ..Growth::default() }
    }

    pub(super) fn forget_entitlement(&mut self) {
        self.entitled = None;
    }
}

/// The bucket of what is granted in a cycle.
pub(super) fn granted(right: Right, cycle: &Cycle) -> Bucket {
    Bucket { right, cycle: cycle.first, origin: Origin::Granted, expires: None }
}

/// The place of a right among both.
pub(super) fn place(right: Right) -> usize {
    match right {
        Right::Statutory => 0,
        Right::Contractual => 1,
    }
}

impl Replay<'_> {
    /// Grants what is due on this day.
    pub(super) fn accrue(&mut self) {
        let (Some(cycle), Some(hired_on)) = (self.cycle, self.facts.hired_on) else { return };
        for right in RIGHTS {
            let growth = &self.growth[place(right)];
            if growth.covered >= self.day {
                continue;
            }
            let Some(rule) = self.terms().rule(right) else {
                self.growth[place(right)].covered = self.day;
                continue;
            };
            if !self.meets(&rule.requires, self.day) {
                // What comes bit by bit does not come for days in a week that is too short; what
                // comes at once, and what was only to be waited for, comes whole.
                if !self.works_enough(&rule.requires, self.day)
                    && kind(rule.accrual) == PostingKind::Accrue
                {
                    self.growth[place(right)].covered = self.day;
                }
                continue;
            }
            let first = rule.at_first.filter(|it| self.day < months_after(hired_on, it.months));
            if let Some(first) = first {
                let given = self.grow(right, &first.worked, &cycle);
                self.growth[place(right)].at_first += given;
                continue;
            }
            match rule.accrual {
                AccrualRule::Worked(worked) => {
                    self.grow(right, &worked, &cycle);
                    self.growth[place(right)].covered = self.day;
                }
                AccrualRule::CycleStart => self.grant(rule, cycle.last, &cycle),
                AccrualRule::CycleEnd if self.day < cycle.last => {}
                AccrualRule::CycleEnd => self.grant(rule, cycle.last, &cycle),
                AccrualRule::MonthStart => {
                    self.grant(rule, cycle.end_of_month(self.day), &cycle);
                }
                AccrualRule::MonthEnd => {
                    let growth = &mut self.growth[place(right)];
                    if growth.month_end < self.day {
                        growth.month_end = cycle.end_of_month(self.day);
                    }
                    if growth.month_end == self.day {
                        self.grant(rule, self.day, &cycle);
                    }
                }
                AccrualRule::Daily => self.grant(rule, self.day, &cycle),
            }
        }
    }

    /// Whether a requirement is met on a day: longer than n months is from the day on that is n
    /// months after the first one.
    pub(super) fn meets(&self, requires: &Requirement, day: Date) -> bool {
        let Some(hired_on) = self.facts.hired_on else { return false };
        let months = requires.employed_months_over;
        let weeks = requires
            .employed_weeks_over
            .map(|weeks| hired_on.saturating_add(jiff::Span::new().weeks(i64::from(weeks))));
        months.is_none_or(|months| months_after(hired_on, months) <= day)
            && weeks.is_none_or(|first| first <= day)
            && self.works_enough(requires, day)
    }

    /// Whether the week of a day has the working days that are required.
    fn works_enough(&self, requires: &Requirement, day: Date) -> bool {
        let week = terms_on(self.all_terms, day).week;
        requires.days_per_week_min.is_none_or(|days| week.has_days(days))
    }

    /// What a rule grants for the whole of the running cycle by the terms of this day.
    fn entitled(&mut self, rule: &GrantRule, cycle: &Cycle) -> Entitled {
        let terms = self.terms();
        let growth = &mut self.growth[place(rule.right)];
        growth.entitled.get_or_insert_with(|| terms.entitlement(rule, cycle)).clone()
    }

    /// Grants a rule's part of the cycle for the days up to one that none was granted for yet.
    fn grant(&mut self, rule: &GrantRule, to: Date, cycle: &Cycle) {
        let (measure, kind) = (measure(rule.accrual), kind(rule.accrual));
        let entitled = self.entitled(rule, cycle);
        let growth = &mut self.growth[place(rule.right)];
        let covered = growth.covered;
        let (minutes, mut words) = part(&entitled, cycle, measure, (covered, to));
        let off = growth.at_first.min(minutes);
        growth.at_first -= off;
        growth.granted += minutes - off;
        growth.covered = to;
        growth.latest = Some(Granted { rule: rule.clone(), entitled });
        if off != LeaveMinutes::ZERO {
            words = format!("{words}, less {off} minutes that were given at first");
        }
        let cause = Cause::Cycle { from: day_after(covered), to };
        self.post(kind, minutes - off, granted(rule.right, cycle), cause, words);
    }

    /// Counts this day's work, and posts what it gives.
    fn grow(&mut self, right: Right, worked: &WorkedRule, cycle: &Cycle) -> LeaveMinutes {
        let day = self.terms().week.day();
        let tally = &mut self.growth[place(right)].tally;
        let grown = tally.count(self.facts, &self.absent, self.day, worked, day);
        let Some(grown) = grown else { return LeaveMinutes::ZERO };
        self.growth[place(right)].granted += grown.minutes;
        let cause = Cause::Cycle { from: self.day, to: self.day };
        let bucket = granted(right, cycle);
        self.post(PostingKind::Accrue, grown.minutes, bucket, cause, grown.words);
        grown.minutes
    }

    /// Where another pattern of work or another contract holds from this day on, what was granted
    /// at once is brought to what the rest of the cycle comes to by it.
    pub(super) fn adjust_upfront(&mut self) {
        let Some(cycle) = self.cycle.filter(|cycle| cycle.first < self.day) else { return };
        for right in RIGHTS {
            let latest = self.growth[place(right)].latest.clone();
            let upfront = |it: &Granted| it.rule.accrual == AccrualRule::CycleStart;
            let Some(Granted { rule, entitled: old }) = latest.filter(upfront) else { continue };
            let ended = rule.right == Right::Contractual && self.terms().contract_has_ended(&rule);
            let new = if ended {
                Entitled { minutes: LeaveMinutes::ZERO, words: "no days by contract".into() }
            } else {
                self.terms().entitlement(&rule, &cycle)
            };
            if new.minutes == old.minutes {
                continue;
            }
            let rest = (day_before(self.day), cycle.last);
            let more = new.minutes - old.minutes;
            let through = |day| cycle.through(more, Measure::Days, day);
            let more = through(rest.1) - through(rest.0);
            let share = share(&cycle, Measure::Days, rest);
            let words = format!("({}) x {share} - ({}) x {share}", new.words, old.words);
            let cause = Cause::Cycle { from: self.day, to: cycle.last };
            let bucket = granted(right, &cycle);
            self.growth[place(right)].granted += more;
            self.growth[place(right)].latest = Some(Granted { rule, entitled: new });
            if !more.is_negative() {
                self.post(PostingKind::Grant, more, bucket, cause, words);
            } else {
                let own = |other: &Bucket| *other == bucket;
                self.draw(PostingKind::Grant, -more, cause, &words, own);
            }
        }
    }
}

/// In what a rule's share of a cycle is measured.
pub(super) fn measure(accrual: AccrualRule) -> Measure {
    match accrual {
        AccrualRule::MonthStart | AccrualRule::MonthEnd => Measure::Months,
        AccrualRule::CycleStart
        | AccrualRule::CycleEnd
        | AccrualRule::Daily
        | AccrualRule::Worked(_) => Measure::Days,
    }
}

fn kind(accrual: AccrualRule) -> PostingKind {
    match accrual {
        AccrualRule::CycleStart | AccrualRule::CycleEnd => PostingKind::Grant,
        AccrualRule::MonthStart
        | AccrualRule::MonthEnd
        | AccrualRule::Daily
        | AccrualRule::Worked(_) => PostingKind::Accrue,
    }
}

/// What of an entitlement falls on the days after one up to another, and how.
pub(super) fn part(
    entitled: &Entitled,
    cycle: &Cycle,
    measure: Measure,
    (after, to): (Date, Date),
) -> (LeaveMinutes, String) {
    let before = cycle.through(entitled.minutes, measure, after);
    let minutes = cycle.through(entitled.minutes, measure, to) - before;
    if after < cycle.begins && to == cycle.last {
        return (minutes, entitled.words.clone());
    }
    (minutes, format!("{} x {}", entitled.words, share(cycle, measure, (after, to))))
}

/// The share of a cycle that the days after one up to another are, in figures.
fn share(cycle: &Cycle, measure: Measure, (after, to): (Date, Date)) -> String {
    let through = cycle.through_in_words(measure, to);
    if after < cycle.begins {
        return through;
    }
    format!("({through} - {})", cycle.through_in_words(measure, after))
}
