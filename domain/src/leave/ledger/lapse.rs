//! What lapses by itself: of each bucket that came over or was given, what is left on its last day.
//! That of a running cycle is not among it, since a cycle's end says what becomes of that.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::posting::{Bucket, Origin, Posting, PostingKind};
use crate::leave::amount::LeaveMinutes;

/// What is left in each bucket that came over or was given, on its last day, by what is known.
pub fn left_to_lapse(postings: &[Posting]) -> BTreeMap<Bucket, LeaveMinutes> {
    let mut left: BTreeMap<Bucket, LeaveMinutes> = BTreeMap::new();
    for posting in postings {
        let told = match posting.bucket.origin {
            Origin::Carried | Origin::Given | Origin::Restored => true,
            Origin::Granted | Origin::Case => false,
        };
        let Some(last) = posting.bucket.expires.filter(|_| told) else { continue };
        if posting.effective <= last && posting.kind != PostingKind::Expire {
            *left.entry(posting.bucket).or_default() += posting.minutes;
        }
    }
    left.retain(|_, minutes| *minutes > LeaveMinutes::ZERO);
    left
}

/// Of what there is on a day, which lapses first: its last day, and how much of it.
pub fn next_to_lapse(postings: &[Posting], day: Date) -> Option<(Date, LeaveMinutes)> {
    let mut left: BTreeMap<Bucket, LeaveMinutes> = BTreeMap::new();
    for posting in postings.iter().filter(|posting| posting.effective <= day) {
        *left.entry(posting.bucket).or_default() += posting.minutes;
    }
    let mut by_day: BTreeMap<Date, LeaveMinutes> = BTreeMap::new();
    for (bucket, minutes) in left {
        let last = bucket.expires.filter(|last| *last >= day && minutes > LeaveMinutes::ZERO);
        if let Some(last) = last {
            *by_day.entry(last).or_default() += minutes;
        }
    }
    by_day.into_iter().next()
}
