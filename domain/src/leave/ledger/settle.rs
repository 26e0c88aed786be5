//! What is still to be recorded of an account: the difference between its replay and what stands in
//! the log. Nothing that stands there is changed; what no longer holds is taken back by a
//! correction of the same day.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::facts::AccountFacts;
use super::posting::{Bucket, Cause, Posting, PostingKind};
use super::replay::{Ledger, replay};
use crate::leave::amount::LeaveMinutes;

/// All that a posting says of an account, whenever and from whichever versions it was computed.
type Says = (Date, PostingKind, LeaveMinutes, Bucket, Cause);

fn says(posting: &Posting) -> Says {
    (posting.effective, posting.kind, posting.minutes, posting.bucket, posting.cause)
}

/// The postings to record, in order: corrections of recorded postings that the replay does not
/// have, then what it has and the record does not. Of days after `today` only what is taken is
/// recorded: the rest is still to come. Numbers follow on from those recorded.
///
/// What was recorded of a day that the replay did not come to is left alone, but for what is taken.
pub fn settle(recorded: &[Posting], ledger: &Ledger, today: Date) -> Vec<Posting> {
    let mut standing: HashMap<Says, usize> = HashMap::new();
    for posting in standing_of(recorded) {
        *standing.entry(says(posting)).or_default() += 1;
    }
    let mut missing: Vec<&Posting> = Vec::new();
    for posting in &ledger.postings {
        match standing.get_mut(&says(posting)) {
            Some(count) if *count > 0 => *count -= 1,
            Some(_) | None => missing.push(posting),
        }
    }
    let mut next = recorded.last().map_or(1, |posting| posting.n + 1);
    let mut number = || {
        next += 1;
        next - 1
    };
    let mut found = Vec::new();
    let judged = |it: &&Posting| it.effective <= ledger.through || it.kind == PostingKind::Take;
    for standing_posting in standing_of(recorded).filter(judged) {
        // Of those that say the same, the first ones are taken back: which, makes no difference.
        let Some(count) = standing.get_mut(&says(standing_posting)).filter(|it| **it > 0) else {
            continue;
        };
        *count -= 1;
        found.push(taken_back(standing_posting, ledger, number()));
    }
    let due = |it: &&&Posting| it.effective <= today || it.kind == PostingKind::Take;
    for posting in missing.iter().filter(due) {
        found.push(Posting { n: number(), ..Posting::clone(posting) });
    }
    found
}

fn taken_back(standing: &Posting, ledger: &Ledger, n: u32) -> Posting {
    Posting {
        n,
        kind: PostingKind::Correct,
        minutes: -standing.minutes,
        arithmetic: format!("posting {} taken back: -({})", standing.n, standing.minutes),
        rests_on: ledger.rests_on,
        reverses: Some(standing.n),
        ..standing.clone()
    }
}

/// The postings to record of an account by its facts: it's replayed for as long as anything is
/// recorded or taken, so that nothing is taken back of which the replay only stopped short.
pub fn settle_account(recorded: &[Posting], facts: &AccountFacts<'_>, today: Date) -> Vec<Posting> {
    let recorded_last = recorded.iter().map(|posting| posting.effective).max();
    let taken = facts.absences.iter().flat_map(|absence| &absence.days);
    let taken_last = taken.map(|taken| taken.day).max();
    let through = recorded_last.max(taken_last).map_or(today, |last| last.max(today));
    settle(recorded, &replay(facts, through), today)
}

/// The recorded postings that no correction has taken back, by number.
pub fn standing_of(recorded: &[Posting]) -> impl Iterator<Item = &Posting> {
    let reversed: BTreeSet<u32> = recorded.iter().filter_map(|posting| posting.reverses).collect();
    recorded
        .iter()
        .filter(move |posting| posting.reverses.is_none() && !reversed.contains(&posting.n))
}

#[cfg(test)]
mod tests;
