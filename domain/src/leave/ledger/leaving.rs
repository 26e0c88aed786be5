//! The end of an employment: what of the running cycle is there by then, what of all is paid out, and
//! what lapses. Law asks for it by work done, contracts mostly by days.

use super::accrual::{RIGHTS, granted, place};
use super::buckets::Held;
use super::cycles::{Cycle, Measure, day_before, days_until, months_after};
use super::posting::{Bucket, Cause, Origin, Posting, PostingKind};
use super::replay::{Ledger, Replay};
use super::worked::Tally;
use crate::leave::amount::LeaveMinutes;
use crate::leave::policy::{AccrualRule, GrantRule, OnLeaving, Right, WorkedRule};

const NOTHING: LeaveMinutes = LeaveMinutes::ZERO;

/// What is paid out when an employment ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayOut {
    /// All of it.
    pub minutes: LeaveMinutes,
    /// Its postings, by bucket.
    pub postings: Vec<Posting>,
}

/// What an account pays out in the days that it was replayed for; none where it doesn't.
pub fn payout(ledger: &Ledger) -> Option<PayOut> {
    let paid = ledger.postings.iter().filter(|posting| posting.kind == PostingKind::PayOut);
    let postings: Vec<Posting> = paid.cloned().collect();
    let minutes: LeaveMinutes = postings.iter().map(|posting| -posting.minutes).sum();
    (!postings.is_empty()).then_some(PayOut { minutes, postings })
}

impl Replay<'_> {
    /// Closes the account on the day after the last one of the employment.
    pub(super) fn leave(&mut self) {
        let last = day_before(self.day);
        let cause = Cause::Leaving { last };
        if let Some(cycle) = self.cycle {
            for right in RIGHTS {
                self.bring_to_what_is_due(right, &cycle, cause);
            }
        }
        self.cover(cause, |bucket| bucket.origin != Origin::Case);
        for Held { bucket, minutes, .. } in self.buckets.all() {
            let rule = self.rule_for(last, bucket.right);
            let case = bucket.origin == Origin::Case;
            // Nobody has said what becomes of leave of which there is no rule.
            if minutes <= NOTHING || (rule.is_none() && !case) {
                continue;
            }
            let paid = !case && rule.is_some_and(|rule| rule.payable);
            let (kind, how) = if paid {
                (PostingKind::PayOut, "to be paid out")
            } else {
                (PostingKind::Expire, "not to be paid out")
            };
            let words = format!("{minutes} minutes were left on {last}, {how}");
            self.post(kind, -minutes, bucket, cause, words);
            self.buckets.close(&bucket);
        }
        self.cycle = None;
    }

    /// Brings what was granted in the running cycle to what it comes to on the last day.
    fn bring_to_what_is_due(&mut self, right: Right, cycle: &Cycle, cause: Cause) {
        let last = day_before(self.day);
        let Some(rule) = self.rule_on(last, right) else { return };
        let due = match rule.on_leaving {
            OnLeaving::Accrued => None,
            OnLeaving::Prorated => self.prorated(rule, cycle),
            OnLeaving::Worked { rule, employed_months_over } => {
                Some(self.by_work(&rule, employed_months_over, cycle))
            }
        };
        let Some((due, words)) = due else { return };
        let had = self.growth[place(right)].granted;
        let words = format!("{words}, less {had} minutes granted before");
        let bucket = granted(right, cycle);
        if due > had {
            self.post(PostingKind::Accrue, due - had, bucket, cause, words);
        } else {
            let own = |other: &Bucket| *other == bucket;
            self.draw(PostingKind::Accrue, had - due, cause, &words, own);
        }
    }

    /// Of the entitlement the part that the days of employment are: each at the terms of its day;
    /// none where it's not granted yet, or not by days.
    fn prorated(&self, rule: &GrantRule, cycle: &Cycle) -> Option<(LeaveMinutes, String)> {
        let (last, hired_on) = (day_before(self.day), self.facts.hired_on?);
        let first = rule.at_first.is_some_and(|it| last < months_after(hired_on, it.months));
        if first || !self.meets(&rule.requires) || matches!(rule.accrual, AccrualRule::Worked(_)) {
            return None;
        }
        let (mut due, mut words) = (NOTHING, Vec::new());
        let mut before = day_before(cycle.first);
        let holds = self.all_terms.iter().filter(|terms| terms.from <= last);
        let mut next = holds.clone().skip(1).map(|terms| day_before(terms.from));
        for terms in holds {
            let to = next.next().unwrap_or(last);
            if to <= before {
                continue;
            }
            let Some(rule) = terms.rule(rule.right) else {
                before = to;
                continue;
            };
            let entitled = terms.entitlement(rule, cycle);
            due += cycle.through(entitled.minutes, Measure::Days, to)
                - cycle.through(entitled.minutes, Measure::Days, before);
            let days = days_until(before, to);
            words.push(format!("{} x {days}/{}", entitled.words, cycle.days()));
            before = to;
        }
        Some((due, words.join(" + ")))
    }

    /// What the work of the running cycle gives, for who was employed long enough.
    fn by_work(
        &self,
        rule: &WorkedRule,
        months_over: u32,
        cycle: &Cycle,
    ) -> (LeaveMinutes, String) {
        let last = day_before(self.day);
        let long = |hired_on| months_after(hired_on, months_over) <= last;
        if !self.facts.hired_on.is_some_and(long) {
            return (NOTHING, format!("employed for no longer than {months_over} months"));
        }
        let days = (cycle.first, last);
        let tally = Tally::between(self.facts, &self.absent, days, rule);
        let day = self.terms().week.day();
        (tally.of(rule, day), tally.in_words(rule, day))
    }
}
