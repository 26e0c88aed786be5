//! The rounding rule and its arithmetic. Recorded time is never rounded; this says how it is shown
//! and billed. Entry, day and line give different money, so exactly one of them is rounded, and the
//! rule is stored with what was billed by it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which way time is rounded to the interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// Not at all.
    None,
    /// To the next whole interval; zero stays zero.
    Up,
    /// To the nearer whole interval.
    Nearest,
    /// To the last whole interval.
    Down,
}

/// What becomes of exactly half an interval when rounding to the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the field says half up, half down, half even")]
pub enum RoundingTie {
    /// It goes up.
    HalfUp,
    /// It goes down.
    HalfDown,
    /// It goes to the even number of intervals.
    HalfEven,
}

/// What is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingScope {
    /// Each entry.
    Entry,
    /// The sum of a member's day on one project and task.
    Day,
    /// The sum of a line of an invoice.
    InvoiceLine,
}

/// The stored names of a choice, for settings and read models.
macro_rules! names {
    ($name:ident { $($variant:ident = $text:literal),+ }) => {
        impl $name {
            /// The name of each.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// The stored name.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The one with this stored name.
            pub fn parse(text: &str) -> Option<Self> {
                [$($name::$variant),+].into_iter().find(|it| it.as_str() == text)
            }
        }
    };
}

names!(RoundingMode { None = "none", Up = "up", Nearest = "nearest", Down = "down" });
names!(RoundingTie { HalfUp = "half_up", HalfDown = "half_down", HalfEven = "half_even" });
names!(RoundingScope { Entry = "entry", Day = "day", InvoiceLine = "invoice_line" });

/// The whole rule as it holds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rounding {
    /// Which way.
    pub mode: RoundingMode,
    /// What becomes of an exact half.
    pub tie: RoundingTie,
    /// What is rounded.
    pub scope: RoundingScope,
    /// The interval in minutes; 0 rounds nothing.
    pub interval_minutes: u32,
}

impl Rounding {
    /// The rule that leaves all time as it was recorded.
    pub const NONE: Rounding = Rounding {
        mode: RoundingMode::None,
        tie: RoundingTie::HalfUp,
        scope: RoundingScope::Entry,
        interval_minutes: 0,
    };

    /// The rule without what has no effect in it, so that rules that round alike are equal.
    pub fn effective(self) -> Rounding {
        if self.mode == RoundingMode::None || self.interval_minutes == 0 {
            return Rounding::NONE;
        }
        let tie = if self.mode == RoundingMode::Nearest { self.tie } else { RoundingTie::HalfUp };
        Rounding { tie, ..self }
    }

    /// The interval in seconds.
    fn step(self) -> u64 {
        u64::from(self.interval_minutes) * 60
    }
}

/// `seconds` by mode, tie and interval of the rule, whatever its scope. Zero stays zero and a
/// whole number of intervals stays as it is.
pub fn round_seconds(seconds: u64, rule: Rounding) -> u64 {
    let step = rule.step();
    if rule.mode == RoundingMode::None || step == 0 {
        return seconds;
    }
    let (whole, rest) = (seconds / step, seconds % step);
    let goes_up = match rule.mode {
        RoundingMode::None | RoundingMode::Down => false,
        RoundingMode::Up => rest > 0,
        RoundingMode::Nearest => match (2 * rest).cmp(&step) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => match rule.tie {
                RoundingTie::HalfUp => true,
                RoundingTie::HalfDown => false,
                RoundingTie::HalfEven => whole % 2 == 1,
            },
        },
    };
    (whole + u64::from(goes_up)) * step
}

/// The same for sums that a correction may have brought below zero: symmetric in sign, so that what
/// takes time back takes back exactly what that time was rounded to.
pub fn round_signed(seconds: i64, rule: Rounding) -> i64 {
    let rounded = round_seconds(seconds.unsigned_abs(), rule);
    seconds.signum() * i64::try_from(rounded).expect("a step more than what fits is far away")
}

/// What one entry is shown and billed with: rounded where the rule rounds entries.
pub fn entry_seconds(seconds: impl Into<i64>, rule: Rounding) -> i64 {
    match rule.scope {
        RoundingScope::Entry => round_signed(seconds.into(), rule),
        RoundingScope::Day | RoundingScope::InvoiceLine => seconds.into(),
    }
}

/// What the entries of a member's day on one project and task are shown and billed with.
pub fn day_seconds(entries: impl IntoIterator<Item = impl Into<i64>>, rule: Rounding) -> i64 {
    let sum = entries.into_iter().map(|seconds| entry_seconds(seconds, rule)).sum();
    match rule.scope {
        RoundingScope::Day => round_signed(sum, rule),
        RoundingScope::Entry | RoundingScope::InvoiceLine => sum,
    }
}

/// What a line of an invoice is billed with. Each entry comes with what makes it part of one day's
/// sum: its day, and whatever else tells such sums apart.
pub fn line_seconds<D: Ord>(
    entries: impl IntoIterator<Item = (D, impl Into<i64>)>,
    rule: Rounding,
) -> i64 {
    let mut days: BTreeMap<D, Vec<i64>> = BTreeMap::new();
    for (day, seconds) in entries {
        days.entry(day).or_default().push(seconds.into());
    }
    let sum = days.into_values().map(|entries| day_seconds(entries, rule)).sum();
    match rule.scope {
        RoundingScope::InvoiceLine => round_signed(sum, rule),
        RoundingScope::Entry | RoundingScope::Day => sum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(mode: RoundingMode, scope: RoundingScope) -> Rounding {
        Rounding { mode, tie: RoundingTie::HalfUp, scope, interval_minutes: 15 }
    }

    #[test]
    fn whole_intervals_stay_as_they_are_in_every_mode() {
        for mode in RoundingMode::NAMES.iter().filter_map(|name| RoundingMode::parse(name)) {
            assert_eq!(round_seconds(900, rule(mode, RoundingScope::Entry)), 900, "{mode:?}");
        }
    }

    #[test]
    fn the_scope_decides_what_is_rounded() {
        let entries = [(1, 5 * 60), (1, 5 * 60), (2, 5 * 60)];
        let billed = |scope| line_seconds(entries, rule(RoundingMode::Up, scope)) / 60;
        assert_eq!(billed(RoundingScope::Entry), 45);
        assert_eq!(billed(RoundingScope::Day), 30);
        assert_eq!(billed(RoundingScope::InvoiceLine), 15);
    }

    #[test]
    fn rules_that_round_alike_are_equal_in_effect() {
        let none = Rounding { interval_minutes: 0, ..rule(RoundingMode::Up, RoundingScope::Day) };
        assert_eq!(none.effective(), Rounding::NONE);
        let up = rule(RoundingMode::Up, RoundingScope::Day);
        assert_eq!(Rounding { tie: RoundingTie::HalfEven, ..up }.effective(), up);
        let nearest = Rounding {
            tie: RoundingTie::HalfEven,
            ..rule(RoundingMode::Nearest, RoundingScope::Day)
        };
        assert_eq!(nearest.effective(), nearest);
    }

    #[test]
    fn every_choice_is_found_by_its_stored_name() {
        for name in RoundingTie::NAMES {
            let tie = RoundingTie::parse(name).expect("a listed name");
            assert_eq!(serde_json::to_value(tie).expect("plain"), *name);
        }
        for name in RoundingScope::NAMES {
            let scope = RoundingScope::parse(name).expect("a listed name");
            assert_eq!(serde_json::to_value(scope).expect("plain"), *name);
        }
        assert_eq!(RoundingMode::parse("sideways"), None);
    }

    #[test]
    fn a_line_of_time_and_what_takes_it_back_is_nothing_in_every_mode_and_scope() {
        for mode in RoundingMode::NAMES.iter().filter_map(|name| RoundingMode::parse(name)) {
            for scope in RoundingScope::NAMES.iter().filter_map(|name| RoundingScope::parse(name)) {
                let entries = [(1, 301), (1, -301), (2, 7 * 60), (2, -7 * 60)];
                assert_eq!(line_seconds(entries, rule(mode, scope)), 0, "{mode:?} {scope:?}");
                let back = line_seconds([(1, -301)], rule(mode, scope));
                assert_eq!(back, -line_seconds([(1, 301)], rule(mode, scope)));
            }
        }
    }

    proptest! {
        #[test]
        fn rounding_moves_time_by_less_than_an_interval_and_never_twice(
            seconds in 0_u64..200_000, minutes in 1_u32..=240, mode in 1_usize..4,
            tie in 0_usize..3,
        ) {
            let rule = Rounding {
                mode: RoundingMode::parse(RoundingMode::NAMES[mode]).expect("listed"),
                tie: RoundingTie::parse(RoundingTie::NAMES[tie]).expect("listed"),
                scope: RoundingScope::Entry,
                interval_minutes: minutes,
            };
            let rounded = round_seconds(seconds, rule);
            prop_assert_eq!(rounded % rule.step(), 0);
            prop_assert!(rounded.abs_diff(seconds) < rule.step());
            prop_assert_eq!(round_seconds(rounded, rule), rounded);
            prop_assert_eq!(round_seconds(seconds, rule.effective()), rounded);
        }
    }
}
