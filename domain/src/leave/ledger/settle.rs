//! What is still to be recorded of an account: the difference between its replay and what stands in
//! the log. Nothing that stands there is changed; what no longer holds is taken back by a correction
//! of the same day.

use jiff::civil::Date;

use super::posting::{Posting, PostingKind};
use super::replay::Ledger;

/// The postings to record, in order: corrections of recorded postings that the replay does not have,
/// then what it has and the record does not. Of days after `today` only what is taken is recorded:
/// the rest is still to come. Numbers follow on from those recorded.
pub fn settle(recorded: &[Posting], ledger: &Ledger, today: Date) -> Vec<Posting> {
    let due = |posting: &&Posting| posting.effective <= today || posting.kind == PostingKind::Take;
    let mut missing: Vec<&Posting> = ledger.postings.iter().filter(due).collect();
    let mut next = recorded.last().map_or(1, |posting| posting.n + 1);
    let mut found = Vec::new();
    for standing in standing_of(recorded) {
        if let Some(place) = missing.iter().position(|posting| posting.says_the_same_as(standing)) {
            missing.remove(place);
            continue;
        }
        let rests_on = ledger.rests_on;
        let taken_back = Posting {
            n: next,
            kind: PostingKind::Correct,
            minutes: -standing.minutes,
            arithmetic: format!("posting {} taken back: -({})", standing.n, standing.minutes),
            rests_on,
            reverses: Some(standing.n),
            ..standing.clone()
        };
        found.push(taken_back);
        next += 1;
    }
    for posting in missing {
        found.push(Posting { n: next, ..posting.clone() });
        next += 1;
    }
    found
}

/// The recorded postings that no correction has taken back, by number.
pub fn standing_of(recorded: &[Posting]) -> impl Iterator<Item = &Posting> {
    let reversed: std::collections::BTreeSet<u32> =
        recorded.iter().filter_map(|posting| posting.reverses).collect();
    recorded
        .iter()
        .filter(move |posting| posting.reverses.is_none() && !reversed.contains(&posting.n))
}
