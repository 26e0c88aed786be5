//! What happens to leave when its time is over: a bucket lapses after its last day, and at the end
//! of a cycle what remains goes over, as far as the policy lets it, or lapses.

use super::accrual::{Growth, granted};
use super::buckets::Held;
use super::cycles::{Cycle, day_before, months_after};
use super::posting::{Bucket, Cause, Origin, PostingKind};
use super::replay::Replay;
use crate::leave::amount::LeaveMinutes;
use crate::leave::policy::{CarryRule, Right};

const NOTHING: LeaveMinutes = LeaveMinutes::ZERO;

impl Replay<'_> {
    /// Lets go of what could be taken until yesterday. What was taken beyond all grants meanwhile
    /// comes out of it first.
    pub(super) fn lapse(&mut self) {
        while let Some(held) = self.buckets.lapsed(self.day) {
            let last = held.bucket.expires.unwrap_or(self.day);
            let cause = Cause::Expiry { last };
            self.cover(cause, |bucket| *bucket == held.bucket);
            let left = self.buckets.held(&held.bucket).unwrap_or(NOTHING).max(NOTHING);
            let words = format!("{left} minutes were left on {last}");
            self.post(PostingKind::Expire, -left, held.bucket, cause, words);
            self.buckets.close(&held.bucket);
        }
    }

    /// Begins a cycle where one is due on this day, after what the one before leaves.
    pub(super) fn turn(&mut self) {
        let running = self.cycle;
        if running.is_some_and(|cycle| self.day <= cycle.last) {
            return;
        }
        let Some(hired_on) = self.facts.hired_on.filter(|first| *first <= self.day) else { return };
        if self.facts.left_on.is_some_and(|last| last < self.day) {
            return;
        }
        let Some(policy) = self.terms().policy else { return };
        let cycle = Cycle::from(self.day, policy.cycle, hired_on);
        self.growth = [Growth::from(&cycle), Growth::from(&cycle)];
        if let Some(ended) = running {
            self.cover(Cause::CycleEnd { next: self.day }, |bucket| bucket.origin != Origin::Case);
            self.cycle = Some(cycle);
            self.carry(Right::Statutory, &ended, &cycle);
            self.carry(Right::Contractual, &ended, &cycle);
        }
        self.cycle = Some(cycle);
    }

    /// Takes what remains of a right over to the next cycle, by the rule of the last day.
    fn carry(&mut self, right: Right, ended: &Cycle, next: &Cycle) {
        let Some(rule) = self.rule_for(ended.last, right).cloned() else { return };
        let goes = |held: &Held| {
            let bucket = held.bucket;
            bucket.right == right && bucket.expires.is_none() && bucket.origin != Origin::Case
        };
        let cap = rule.carry.and_then(|carry| carry.cap);
        let mut room = cap.map(|cap| self.terms().minutes(cap));
        let cause = Cause::CycleEnd { next: self.day };
        for held in self.buckets.all().filter(goes) {
            let Held { bucket, minutes, .. } = held;
            let Some(carry) = rule.carry.filter(|_| minutes > NOTHING) else {
                let words = format!("{minutes} minutes were left on {}", ended.last);
                if minutes > NOTHING {
                    let words = format!("{words}, of which nothing goes over");
                    self.post(PostingKind::Expire, -minutes, bucket, cause, words);
                } else {
                    self.post(PostingKind::Carry, -minutes, bucket, cause, words.clone());
                    self.post(PostingKind::Carry, minutes, granted(right, next), cause, words);
                }
                self.buckets.close(&bucket);
                continue;
            };
            let kept = room.map_or(minutes, |room| room.min(minutes));
            if let Some(room) = &mut room {
                *room -= kept;
            }
            self.carry_over((bucket, minutes, kept), carry, cause);
        }
    }

    /// Takes `kept` of what is in a bucket over; the rest lapses.
    fn carry_over(
        &mut self,
        (bucket, minutes, kept): (Bucket, LeaveMinutes, LeaveMinutes),
        carry: CarryRule,
        cause: Cause,
    ) {
        let after = carry.expires_after_months.map(|months| months_after(self.day, months));
        let over = Bucket { origin: Origin::Carried, expires: after.map(day_before), ..bucket };
        let last = day_before(self.day);
        let left = format!("{minutes} minutes were left on {last}");
        if over != bucket {
            let words = if kept == minutes {
                left.clone()
            } else {
                format!("{left}, of which at most {kept} minutes go over")
            };
            self.post(PostingKind::Carry, -kept, bucket, cause, words.clone());
            self.post(PostingKind::Carry, kept, over, cause, words);
        }
        let words = format!("{left} - {kept} minutes that go over");
        self.post(PostingKind::Expire, kept - minutes, bucket, cause, words);
        let stays = if over == bucket { kept } else { NOTHING };
        self.buckets.close(&bucket);
        if stays > NOTHING {
            let lasts = self.lasts(bucket.right);
            self.buckets.add(bucket, stays, || lasts);
        }
    }

    /// Sets what is left in some buckets off against what was taken beyond all grants, so that
    /// nothing lapses, and nothing is paid out, of what is owed.
    pub(super) fn cover(&mut self, cause: Cause, with: impl Fn(&Bucket) -> bool) {
        let owed: Vec<Held> = self.buckets.all().filter(|held| held.minutes < NOTHING).collect();
        for owed in owed {
            let mut rest = -owed.minutes;
            for held in self.buckets.all().filter(|held| with(&held.bucket)) {
                let part = held.minutes.max(NOTHING).min(rest);
                rest -= part;
                let words =
                    format!("{part} of {} minutes taken beyond what there was", -owed.minutes);
                self.post(PostingKind::Carry, -part, held.bucket, cause, words.clone());
                self.post(PostingKind::Carry, part, owed.bucket, cause, words);
            }
        }
    }
}
