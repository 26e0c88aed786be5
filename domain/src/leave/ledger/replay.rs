//! The replay of an account: from the first day that anything is known of, everything that its
//! facts lead to, in the order of days, and on each day in one order that never changes. Nothing is
//! asked that is not among the facts, so the same facts always give the same postings.

use jiff::civil::Date;

use super::accrual::{Growth, RIGHTS};
use super::buckets::Buckets;
use super::cycles::{Cycle, day_after};
use super::facts::AccountFacts;
use super::posting::{Bucket, Cause, Posting, PostingKind, RestsOn, balance_on};
use super::takes::Agenda;
use super::terms::{Terms, all_terms, terms_on};
use super::worked::Absent;
use crate::id::LeaveRequestId;
use crate::leave::amount::LeaveMinutes;
use crate::leave::policy::{GrantRule, Right};

/// An account by its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Its postings up to the day asked for, by day; unnumbered.
    pub postings: Vec<Posting>,
    /// What they were computed from.
    pub rests_on: RestsOn,
    /// The day asked for.
    pub through: Date,
}

impl Ledger {
    /// What it comes to on a day, at most the one it was asked for.
    pub fn balance_on(&self, day: Date) -> LeaveMinutes {
        balance_on(&self.postings, day)
    }
}

/// An account on the day that its replay has come to.
pub(super) struct Replay<'a> {
    pub(super) facts: &'a AccountFacts<'a>,
    /// That day.
    pub(super) day: Date,
    /// Everything that holds on whichever day.
    pub(super) all_terms: &'a [Terms<'a>],
    /// Which of it holds now.
    place: usize,
    pub(super) absent: Absent,
    /// The running cycle; none before the employment, after it, and without a policy.
    pub(super) cycle: Option<Cycle>,
    /// What has been granted in the running cycle, by right.
    pub(super) growth: [Growth; 2],
    pub(super) buckets: Buckets,
    /// From which buckets the leave was taken that is cancelled later.
    pub(super) drawn: Vec<(LeaveRequestId, Bucket, LeaveMinutes)>,
    postings: Vec<Posting>,
}

/// All that the facts lead to up to a day, that one included.
pub fn replay(facts: &AccountFacts<'_>, through: Date) -> Ledger {
    let rests_on = facts.rests_on;
    let mut agenda = Agenda::of(facts);
    let first = facts.hired_on.into_iter().chain(agenda.first());
    let postings = match first.min() {
        Some(start) if start <= through => {
            let terms = all_terms(facts, start);
            let mut replay = Replay {
                facts,
                day: start,
                all_terms: &terms,
                place: 0,
                absent: Absent::of(facts),
                cycle: None,
                growth: Default::default(),
                buckets: Buckets::default(),
                drawn: Vec::new(),
                postings: Vec::new(),
            };
            replay.run(agenda, through);
            replay.postings
        }
        Some(_) | None => Vec::new(),
    };
    Ledger { postings, rests_on, through }
}

impl<'a> Replay<'a> {
    fn run(&mut self, mut agenda: Agenda<'a>, through: Date) {
        while self.day <= through {
            let changed = self.change_terms();
            let gone = self.facts.left_on.is_some_and(|last| self.day == day_after(last));
            if gone {
                // What can be taken on the last day is still there to be paid out.
                self.leave();
            }
            self.lapse();
            self.turn();
            if changed {
                self.adjust_upfront();
            }
            self.accrue();
            agenda.due(self);
            if self.day == Date::MAX {
                break;
            }
            self.day = day_after(self.day);
        }
    }

    /// Whether other terms hold from this day on.
    fn change_terms(&mut self) -> bool {
        let due = |terms: &Terms<'_>| terms.from <= self.day;
        if !self.all_terms.get(self.place + 1).is_some_and(due) {
            return false;
        }
        self.place += 1;
        self.growth.iter_mut().for_each(Growth::forget_entitlement);
        true
    }

    /// What holds on this day.
    pub(super) fn terms(&self) -> &'a Terms<'a> {
        &self.all_terms[self.place]
    }

    /// What is granted in a right by what holds on a day.
    pub(super) fn rule_on(&self, day: Date, right: Right) -> Option<&'a GrantRule> {
        terms_on(self.all_terms, day).rule(right)
    }

    /// By which rule leave of a right goes over or is paid out on a day: by its own, and where
    /// there is none, such as for what was entered by hand, by that of the other right.
    pub(super) fn rule_for(&self, day: Date, right: Right) -> Option<&'a GrantRule> {
        let own = self.rule_on(day, right);
        own.or_else(|| RIGHTS.into_iter().find_map(|other| self.rule_on(day, other)))
    }

    /// Posts an amount on this day; nothing is not posted.
    pub(super) fn post(
        &mut self,
        kind: PostingKind,
        minutes: LeaveMinutes,
        bucket: Bucket,
        cause: Cause,
        arithmetic: String,
    ) {
        if minutes == LeaveMinutes::ZERO {
            return;
        }
        let lasts = bucket.expires.unwrap_or_else(|| self.lasts(bucket.right));
        self.buckets.add(bucket, minutes, || lasts);
        self.postings.push(Posting {
            n: 0,
            effective: self.day,
            kind,
            minutes,
            bucket,
            cause,
            arithmetic,
            rests_on: self.facts.rests_on,
            reverses: None,
        });
    }

    /// The last day on which a right's leave of the running cycle can be taken, as far as it does
    /// not lapse by itself: of the cycle, if nothing is carried.
    pub(super) fn lasts(&self, right: Right) -> Date {
        let Some(cycle) = self.cycle else { return Date::MAX };
        match self.rule_for(cycle.last, right) {
            Some(rule) if rule.carry.is_none() => cycle.last,
            Some(_) | None => Date::MAX,
        }
    }
}

/// The lowest balance on any day from one on that takes something, with the first day that has it;
/// none where nothing is taken from then on. It is as of the end of the day.
pub fn lowest(ledger: &Ledger, from: Date) -> Option<(Date, LeaveMinutes)> {
    let mut balance = LeaveMinutes::ZERO;
    let mut lowest: Option<(Date, LeaveMinutes)> = None;
    for of_day in ledger.postings.chunk_by(|one, other| one.effective == other.effective) {
        balance += of_day.iter().map(|posting| posting.minutes).sum();
        let takes = |it: &Posting| it.kind == PostingKind::Take && it.minutes.is_negative();
        let day = of_day[0].effective;
        if day >= from && of_day.iter().any(takes) && lowest.is_none_or(|it| balance < it.1) {
            lowest = Some((day, balance));
        }
    }
    lowest
}

#[cfg(test)]
mod tests;
