//! What an account holds, by bucket, while it is replayed: which of them is drawn from first, and
//! what can be taken on a day at all.

use jiff::civil::Date;

use super::posting::{Bucket, Origin};
use crate::leave::amount::LeaveMinutes;

/// A bucket with what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// Which one.
    pub(super) bucket: Bucket,
    /// How much; below nothing where more was taken than there was.
    pub(super) minutes: LeaveMinutes,
    /// The last day on which it can be taken as far as can be told: of its expiry, or of a cycle of
    /// which nothing is carried.
    pub(super) lasts: Date,
}

/// The buckets that are alive.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets {
    held: Vec<Held>,
}

/// The oldest-expiring first; of those, what was carried before what was granted, older cycles
/// before younger ones, law before contract.
fn order(held: &Held) -> impl Ord + use<> {
    let carried = match held.bucket.origin {
        Origin::Carried => 0,
        Origin::Restored => 1,
        Origin::Granted => 2,
        Origin::Given => 3,
        Origin::Case => 4,
    };
    (held.lasts, carried, held.bucket.cycle, held.bucket.right)
}

impl Buckets {
    /// Adds to a bucket, opening it where it is not there yet; `lasts` is asked then.
    pub(super) fn add(
        &mut self,
        bucket: Bucket,
        minutes: LeaveMinutes,
        lasts: impl FnOnce() -> Date,
    ) {
        match self.held.iter_mut().find(|held| held.bucket == bucket) {
            Some(held) => held.minutes += minutes,
            None => {
                let held = Held { bucket, minutes, lasts: lasts() };
                let place = self.held.partition_point(|other| order(other) <= order(&held));
                self.held.insert(place, held);
            }
        }
    }

    /// What is in a bucket; none where it is not alive.
    pub(super) fn held(&self, bucket: &Bucket) -> Option<LeaveMinutes> {
        self.held.iter().find(|held| held.bucket == *bucket).map(|held| held.minutes)
    }

    /// All of them in the order in which they are drawn from.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = Held> + use<> {
        self.held.clone().into_iter()
    }

    /// The first in that order that has something to take on a day: of those preferred, else of
    /// all.
    pub(super) fn first_to_draw(
        &self,
        day: Date,
        preferred: impl Fn(&Bucket) -> bool,
    ) -> Option<Held> {
        let takable = |held: &&Held| held.minutes > LeaveMinutes::ZERO && held.lasts >= day;
        let all = || self.held.iter().filter(takable);
        all().find(|held| preferred(&held.bucket)).or_else(|| all().next()).copied()
    }

    /// One whose last day is past.
    pub(super) fn lapsed(&self, day: Date) -> Option<Held> {
        let past = |held: &&Held| held.bucket.expires.is_some_and(|last| last < day);
        self.held.iter().find(past).copied()
    }

    /// A bucket is no more.
    pub(super) fn close(&mut self, bucket: &Bucket) {
        self.held.retain(|held| held.bucket != *bucket);
    }
}
