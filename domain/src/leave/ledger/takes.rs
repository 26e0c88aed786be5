//! What is taken, entered by hand and given back on a day, in the order of days and ids: each day
//! of leave is drawn from what can be taken on that day, the oldest-expiring first.

use std::iter::Peekable;
use std::vec::IntoIter;

use jiff::civil::Date;

use super::accrual::{RIGHTS, granted};
use super::buckets::Held;
use super::cycles::{day_before, months_after};
use super::facts::{AccountFacts, policy_on};
use super::posting::{Bucket, Cause, Origin, PostingKind};
use super::replay::Replay;
use crate::id::LeaveRequestId;
use crate::leave::amount::LeaveMinutes;
use crate::leave::member_leave::{LeaveCase, LeaveEntry};
use crate::leave::policy::{LateCancel, Right};

const NOTHING: LeaveMinutes = LeaveMinutes::ZERO;

/// One day of leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Take {
    day: Date,
    request: LeaveRequestId,
    minutes: LeaveMinutes,
    /// Whether it's cancelled later, so that it must be known what it was taken from.
    comes_back: bool,
}

/// What is still to come, by day.
pub(super) struct Agenda<'a> {
    cases: Peekable<IntoIter<&'a LeaveCase>>,
    entries: Peekable<IntoIter<&'a LeaveEntry>>,
    returns: Peekable<IntoIter<(Date, LeaveRequestId)>>,
    takes: Peekable<IntoIter<Take>>,
}

impl<'a> Agenda<'a> {
    pub(super) fn of(facts: &'a AccountFacts<'_>) -> Self {
        let mut cases = facts.cases.clone();
        cases.sort_by_key(|case| (case.begins, case.case));
        let mut entries = facts.entries.clone();
        entries.sort_by_key(|entry| (entry.effective, entry.entry));
        let (mut returns, mut takes) = (Vec::new(), Vec::new());
        for absence in &facts.absences {
            let back = absence.cancelled_on;
            if back.is_some_and(|on| restored_for(facts, on).is_none()) {
                continue;
            }
            returns.extend(back.map(|on| (on, absence.request)));
            let taken = absence.days.iter().filter(|taken| back.is_none_or(|on| taken.day < on));
            takes.extend(taken.map(|taken| Take {
                day: taken.day,
                request: absence.request,
                minutes: taken.minutes,
                comes_back: back.is_some(),
            }));
        }
        returns.sort();
        takes.sort();
        Agenda {
            cases: cases.into_iter().peekable(),
            entries: entries.into_iter().peekable(),
            returns: returns.into_iter().peekable(),
            takes: takes.into_iter().peekable(),
        }
    }

    /// The first day on which there is anything.
    pub(super) fn first(&mut self) -> Option<Date> {
        let case = self.cases.peek().map(|case| case.begins);
        let entry = self.entries.peek().map(|entry| entry.effective);
        let take = self.takes.peek().map(|take| take.day);
        case.into_iter().chain(entry).chain(take).min()
    }

    /// Does what is due on the replay's day.
    pub(super) fn due(&mut self, replay: &mut Replay<'_>) {
        let today = replay.day;
        while let Some(case) = self.cases.next_if(|case| case.begins <= today) {
            replay.grant_case(case);
        }
        while let Some(entry) = self.entries.next_if(|entry| entry.effective <= today) {
            replay.enter(entry);
        }
        while let Some((_, request)) = self.returns.next_if(|(on, _)| *on <= today) {
            replay.give_back(request);
        }
        while let Some(take) = self.takes.next_if(|take| take.day <= today) {
            replay.take(&take);
        }
    }
}

/// For how many months leave can be taken that was cancelled on a day after its own had lapsed;
/// none where it counts as never taken: by the policy of the day, and after the employment.
fn restored_for(facts: &AccountFacts<'_>, on: Date) -> Option<u32> {
    if facts.left_on.is_some_and(|last| last < on) {
        return None;
    }
    match policy_on(&facts.policies, on)?.late_cancel {
        LateCancel::RestoreThenExpire => None,
        LateCancel::RestoreAndExtend { months } => Some(months),
    }
}

impl Replay<'_> {
    fn take(&mut self, take: &Take) {
        let cause = Cause::Request { request: take.request };
        let words = format!("{} minutes on {}", take.minutes, take.day);
        let parts = self.draw(PostingKind::Take, take.minutes, cause, &words, |_| true);
        if take.comes_back {
            let parts = parts.into_iter().map(|(bucket, part)| (take.request, bucket, part));
            self.drawn.extend(parts);
        }
    }

    /// Gives back what a request took that is cancelled on this day: into the bucket that it came
    /// from, and where that is no more, into one of its own.
    fn give_back(&mut self, request: LeaveRequestId) {
        let cause = Cause::Cancelled { request };
        let months = restored_for(self.facts, self.day).unwrap_or_default();
        let last = day_before(months_after(self.day, months));
        let drawn = std::mem::take(&mut self.drawn);
        let (back, others) = drawn.into_iter().partition(|(of, ..)| *of == request);
        self.drawn = others;
        let back: Vec<(LeaveRequestId, Bucket, LeaveMinutes)> = back;
        for (_, bucket, minutes) in back {
            let words = format!("{minutes} minutes were taken");
            if self.buckets.held(&bucket).is_some() {
                self.post(PostingKind::Take, minutes, bucket, cause, words);
            } else {
                let restored = Bucket { origin: Origin::Restored, expires: Some(last), ..bucket };
                let words = format!("{words}, what they came from is no more");
                self.post(PostingKind::Take, minutes, restored, cause, words);
            }
        }
    }

    /// What was entered by hand. Less than nothing is drawn like leave, from the same right first.
    fn enter(&mut self, entry: &LeaveEntry) {
        let cause = Cause::Entry { entry: entry.entry };
        let words = format!("{} minutes as entered", entry.minutes);
        if entry.minutes.is_negative() {
            let own = |bucket: &Bucket| bucket.right == entry.right;
            self.draw(PostingKind::Grant, -entry.minutes, cause, &words, own);
            return;
        }
        let bucket = Bucket {
            right: entry.right,
            cycle: self.cycle.map_or(entry.effective, |cycle| cycle.first),
            origin: Origin::Given,
            expires: entry.expires,
        };
        self.post(PostingKind::Grant, entry.minutes, bucket, cause, words);
    }

    /// Takes an amount out of what can be taken on this day, of the `preferred` buckets first; what
    /// is more than there is goes below nothing. Answers from which bucket how much came.
    pub(super) fn draw(
        &mut self,
        kind: PostingKind,
        minutes: LeaveMinutes,
        cause: Cause,
        words: &str,
        preferred: impl Fn(&Bucket) -> bool,
    ) -> Vec<(Bucket, LeaveMinutes)> {
        let mut parts = Vec::with_capacity(1);
        let mut rest = minutes;
        while rest > NOTHING {
            let held = self.buckets.first_to_draw(self.day, &preferred);
            let (bucket, part, how) = match held {
                Some(Held { bucket, minutes, .. }) => (bucket, minutes.min(rest), ""),
                None => (self.overdraft(), rest, ", more than there was"),
            };
            let words = if part == minutes {
                format!("{words}{how}")
            } else {
                format!("{part} of {words}{how}")
            };
            self.post(kind, -part, bucket, cause, words);
            parts.push((bucket, part));
            rest -= part;
        }
        parts
    }

    /// The bucket that goes below nothing: of what is granted in the running cycle; where nothing
    /// is, one that only counts.
    fn overdraft(&self) -> Bucket {
        let year = Date::constant(self.day.year(), 1, 1);
        let given = |cycle: Date| Bucket {
            right: Right::Statutory,
            cycle,
            origin: Origin::Given,
            expires: None,
        };
        let Some(cycle) = self.cycle else { return given(year) };
        let rights = RIGHTS.into_iter();
        let mut ruled = rights.filter(|right| self.terms().rule(*right).is_some());
        ruled.next().map_or(given(cycle.first), |right| granted(right, &cycle))
    }
}
