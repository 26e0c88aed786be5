//! The end of an employment: what of the running cycle is there by then, what of all is paid out,
//! and what lapses. Law asks for it by work done, contracts mostly by days.

use jiff::civil::Date;

use super::accrual::{RIGHTS, granted, measure, part, place};
use super::buckets::Held;
use super::cycles::{Cycle, day_before, months_after};
use super::posting::{Bucket, Cause, Origin, Posting, PostingKind};
use super::replay::{Ledger, Replay};
use super::terms::terms_on;
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
        let (more, words) = match rule.on_leaving {
            OnLeaving::Accrued => return,
            OnLeaving::Prorated => self.prorated(rule, cycle, last),
            // A cycle that ends with the employment is a completed one.
            OnLeaving::Worked { .. } if cycle.last <= last => return,
            OnLeaving::Worked { rule: worked, employed_months_over } => {
                let had = self.growth[place(right)].granted;
                let long = self.employed_over(employed_months_over);
                let (due, words) = self.by_work(&worked, long, employed_months_over, cycle);
                // Work gives a least: what has grown by itself is not taken back for it.
                let grows = matches!(
                    rule.accrual,
                    AccrualRule::MonthStart | AccrualRule::MonthEnd | AccrualRule::Daily
                );
                let more = if long && grows { (due - had).max(NOTHING) } else { due - had };
                (more, format!("{words}, less {had} minutes granted before"))
            }
        };
        let bucket = granted(right, cycle);
        if more.is_negative() {
            let own = |other: &Bucket| *other == bucket;
            self.draw(PostingKind::Accrue, -more, cause, &words, own);
        } else {
            self.post(PostingKind::Accrue, more, bucket, cause, words);
        }
    }

    /// What is due of the entitlement up to the last day and was not granted yet, or what was
    /// granted for later days, which is less than nothing.
    fn prorated(&self, rule: &GrantRule, cycle: &Cycle, last: Date) -> (LeaveMinutes, String) {
        let growth = &self.growth[place(rule.right)];
        if growth.covered > last {
            let Some(latest) = &growth.latest else { return (NOTHING, String::new()) };
            let measure = measure(latest.rule.accrual);
            let (minutes, words) = part(&latest.entitled, cycle, measure, (last, growth.covered));
            return (-minutes, format!("{words} for days after {last}"));
        }
        let grows = |hired_on| {
            rule.at_first.is_some_and(|first| last < months_after(hired_on, first.months))
        };
        let waits = self.facts.hired_on.is_none_or(grows) || !self.meets(&rule.requires, last);
        if waits || growth.covered == last || matches!(rule.accrual, AccrualRule::Worked(_)) {
            return (NOTHING, String::new());
        }
        let entitled = terms_on(self.all_terms, last).entitlement(rule, cycle);
        let days = (growth.covered, last);
        let (minutes, words) = part(&entitled, cycle, measure(rule.accrual), days);
        let off = growth.at_first.min(minutes);
        (minutes - off, format!("{words}, less {off} minutes that were given at first"))
    }

    /// Whether the employment that ended was longer than so many months.
    fn employed_over(&self, months: u32) -> bool {
        let last = day_before(self.day);
        self.facts.hired_on.is_some_and(|hired_on| months_after(hired_on, months) <= last)
    }

    /// What the work of the running cycle gives, for who was employed long enough.
    fn by_work(
        &self,
        rule: &WorkedRule,
        long: bool,
        months_over: u32,
        cycle: &Cycle,
    ) -> (LeaveMinutes, String) {
        let last = day_before(self.day);
        if !long {
            return (NOTHING, format!("employed for no longer than {months_over} months"));
        }
        let days = (cycle.first, last);
        let tally = Tally::between(self.facts, &self.absent, days, rule);
        let day = terms_on(self.all_terms, last).week.day();
        (tally.of(rule, day), tally.in_words(rule, day))
    }
}
