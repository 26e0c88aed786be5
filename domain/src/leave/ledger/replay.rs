//! The replay of an account: from the first day of employment on, everything that its facts lead to,
//! in the order of days.

use jiff::civil::Date;

use super::facts::AccountFacts;
use super::posting::{Bucket, Cause, Origin, Posting, PostingKind, RestsOn, balance_on};
use crate::leave::amount::LeaveMinutes;
use crate::leave::policy::Right;

/// An account by its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Its postings up to the day asked for, by day; unnumbered.
    pub postings: Vec<Posting>,
    /// What they were computed from.
    pub rests_on: RestsOn,
}

impl Ledger {
    /// What it comes to on a day, at most the one it was asked for.
    pub fn balance_on(&self, day: Date) -> LeaveMinutes {
        balance_on(&self.postings, day)
    }
}

/// All that the facts lead to up to a day, that one included.
pub fn replay(facts: &AccountFacts<'_>, through: Date) -> Ledger {
    let rests_on = facts.rests_on;
    let mut postings = Vec::new();
    for entry in &facts.entries {
        let bucket = Bucket {
            right: entry.right,
            cycle: entry.effective,
            origin: Origin::Given,
            expires: entry.expires,
        };
        postings.push(Posting {
            n: 0,
            effective: entry.effective,
            kind: PostingKind::Grant,
            minutes: entry.minutes,
            bucket,
            cause: Cause::Entry { entry: entry.entry },
            arithmetic: entry.minutes.to_string(),
            rests_on,
            reverses: None,
        });
    }
    for absence in &facts.absences {
        for taken in &absence.days {
            let bucket = Bucket {
                right: Right::Statutory,
                cycle: taken.day,
                origin: Origin::Granted,
                expires: None,
            };
            postings.push(Posting {
                n: 0,
                effective: taken.day,
                kind: PostingKind::Take,
                minutes: -taken.minutes,
                bucket,
                cause: Cause::Request { request: absence.request },
                arithmetic: taken.minutes.to_string(),
                rests_on,
                reverses: None,
            });
        }
    }
    postings.retain(|posting| posting.effective <= through);
    postings.sort_by_key(|posting| posting.effective);
    Ledger { postings, rests_on }
}
