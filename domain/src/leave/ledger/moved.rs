//! Whether corrections have moved a balance, so that those concerned are told: what was posted
//! again the same, in another bucket alone, is nothing to be told.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::posting::{Posting, PostingKind, balance_on};
use crate::leave::amount::LeaveMinutes;

/// A balance before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// What it came to on the day.
    pub before: LeaveMinutes,
    /// What it comes to.
    pub after: LeaveMinutes,
}

/// What an account comes to on a day without and with these further postings, where corrections
/// among them move it on any day that was posted before; none where they don't, such as where days
/// have only passed.
pub fn moved(recorded: &[Posting], posted: &[Posting], today: Date) -> Option<Moved> {
    let known = recorded.iter().map(|posting| posting.effective).max()?;
    let corrected = posted.iter().filter(|posting| posting.kind == PostingKind::Correct);
    let mut days: BTreeSet<Date> = corrected.map(|posting| posting.effective).collect();
    if days.is_empty() {
        return None;
    }
    days.extend(posted.iter().map(|posting| posting.effective).filter(|day| *day <= known));
    let on = |day: Date| {
        let before = balance_on(recorded, day);
        Moved { before, after: before + balance_on(posted, day) }
    };
    let differs = days.into_iter().map(on).any(|moved| moved.before != moved.after);
    differs.then(|| on(today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::ledger::{Bucket, Cause, Origin, RestsOn};
    use crate::leave::policy::Right;
    use jiff::civil::date;

    fn posting(day: i8, minutes: i64, kind: PostingKind) -> Posting {
        let effective = date(2026, 3, day);
        let bucket = Bucket {
            right: Right::Statutory,
            cycle: date(2026, 1, 1),
            origin: Origin::Granted,
            expires: None,
        };
        Posting {
            n: 0,
            effective,
            kind,
            minutes: LeaveMinutes::of(minutes),
            bucket,
            cause: Cause::Expiry { last: effective },
            arithmetic: String::new(),
            rests_on: RestsOn::default(),
            reverses: None,
        }
    }

    #[test]
    fn days_that_pass_move_nothing_and_a_correction_is_told_with_before_and_after() {
        let recorded = [posting(1, 600, PostingKind::Accrue), posting(9, -480, PostingKind::Take)];
        let today = date(2026, 3, 10);
        let passed = [posting(10, 600, PostingKind::Accrue)];
        assert_eq!(moved(&recorded, &passed, today), None);
        assert_eq!(moved(&[], &passed, today), None);
        let back = posting(9, 480, PostingKind::Correct);
        let again = [back.clone(), posting(9, -480, PostingKind::Take)];
        assert_eq!(moved(&recorded, &again, today), None, "the same in another bucket");
        let of = |minutes| LeaveMinutes::of(minutes);
        let told = moved(&recorded, std::slice::from_ref(&back), today);
        assert_eq!(told, Some(Moved { before: of(120), after: of(600) }));
        // Where it comes to the same today, it was another one on the days between.
        let later = [back, posting(10, -480, PostingKind::Take)];
        let told = moved(&recorded, &later, today);
        assert_eq!(told, Some(Moved { before: of(120), after: of(120) }));
    }
}
