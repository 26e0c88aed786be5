//! How often and for how long a job is tried before it's given up, and the pauses in between. They
//! grow twofold, and half of each is by chance, so that jobs that failed together come back apart.

use std::time::Duration;

use jiff::SignedDuration;

/// How often and for how long work of a kind is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The most attempts; after the last one the job is dead.
    pub attempts: i32,
    /// About how long is waited after the first attempt.
    pub first: SignedDuration,
    /// The longest pause.
    pub longest: SignedDuration,
    /// How long one attempt may take; it's then cut off and counts as failed.
    pub run: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            attempts: 20,
            first: SignedDuration::from_secs(30),
            longest: SignedDuration::from_hours(1),
            run: Duration::from_secs(600),
        }
    }
}

impl Patience {
    /// The pause after the `tried`th failed attempt (1 for the first). `chance` spreads it evenly
    /// between half of its length and all of it.
    pub(crate) fn pause(&self, tried: i32, chance: u32) -> SignedDuration {
        let doublings = tried.clamp(1, 32) as u32 - 1;
        let grown = self.first.as_millis().saturating_mul(1 << doublings);
        let whole = grown.min(self.longest.as_millis());
        let share = whole / 2 * i128::from(chance) / i128::from(u32::MAX);
        let millis = whole - whole / 2 + share;
        SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_spread_over_their_second_half() {
        let patience = Patience::default();
        let seconds = |tried, chance| patience.pause(tried, chance).as_secs();
        assert_eq!([1, 2, 3, 7].map(|n| seconds(n, u32::MAX)), [30, 60, 120, 1920]);
        assert_eq!([8, 20, i32::MAX].map(|n| seconds(n, u32::MAX)), [3600; 3]);
        assert_eq!([1, 2, 20].map(|n| seconds(n, 0)), [15, 30, 1800]);
        assert_eq!(seconds(2, u32::MAX / 2), 44);
    }
}
