//! The rounding rule and its arithmetic. Recorded time is never rounded; this says how it is shown
//! and billed. Entry, both ends, day and line give different money, so exactly one of them is
//! rounded, and the rule is stored with what was billed by it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clock::round_ends;
use super::{Span, Worked};

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
    /// Start and end of each entry on the local clock; of one without them, its duration.
    Ends,
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
names!(RoundingScope { Entry = "entry", Ends = "ends", Day = "day", InvoiceLine = "invoice_line" });

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
    fn step(self) -> i64 {
        i64::from(self.interval_minutes) * 60
    }
}

/// The time of an entry as rounding sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured<'a> {
    /// Whole seconds, unrounded; negative where they take back those of another entry.
    pub seconds: i64,
    /// From when to when, where it's known; of an entry that takes another back, the other's.
    pub span: Option<&'a Span>,
}

impl From<i64> for Measured<'_> {
    fn from(seconds: i64) -> Self {
        Measured { seconds, span: None }
    }
}

impl From<u32> for Measured<'_> {
    fn from(seconds: u32) -> Self {
        i64::from(seconds).into()
    }
}

impl<'a> From<&'a Worked> for Measured<'a> {
    fn from(worked: &'a Worked) -> Self {
        Measured { seconds: worked.seconds.into(), span: worked.span.as_ref() }
    }
}

/// `seconds` by mode, tie and interval of the rule, whatever its scope. Zero stays zero, a whole
/// number of intervals stays as it is, and what takes time back is rounded like that time.
pub fn round_seconds(seconds: i64, rule: Rounding) -> i64 {
    let step = rule.step();
    if rule.mode == RoundingMode::None || step == 0 {
        return seconds;
    }
    let magnitude = seconds.abs();
    let (whole, rest) = (magnitude / step, magnitude % step);
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
    (whole + i64::from(goes_up)) * step * seconds.signum()
}

/// What one entry is shown and billed with: rounded where the rule rounds entries or their ends.
pub fn entry_seconds<'a>(entry: impl Into<Measured<'a>>, rule: Rounding) -> i64 {
    let Measured { seconds, span } = entry.into();
    match rule.scope {
        RoundingScope::Entry => round_seconds(seconds, rule),
        RoundingScope::Ends => match span.and_then(|span| round_ends(span, rule).ok()) {
            Some((start, end)) => (end.as_second() - start.as_second()) * seconds.signum(),
            None => round_seconds(seconds, rule),
        },
        RoundingScope::Day | RoundingScope::InvoiceLine => seconds,
    }
}

/// What the entries of a member's day on one project and task are shown and billed with.
pub fn day_seconds<'a, E: Into<Measured<'a>>>(
    entries: impl IntoIterator<Item = E>,
    rule: Rounding,
) -> i64 {
    let sum = entries.into_iter().map(|entry| entry_seconds(entry, rule)).sum();
    match rule.scope {
        RoundingScope::Day => round_seconds(sum, rule),
        RoundingScope::Entry | RoundingScope::Ends | RoundingScope::InvoiceLine => sum,
    }
}

/// What a line of an invoice is billed with. Each entry comes with what makes it part of one day's
/// sum: its day, and whatever else tells such sums apart.
pub fn line_seconds<'a, D: Ord, E: Into<Measured<'a>>>(
    entries: impl IntoIterator<Item = (D, E)>,
    rule: Rounding,
) -> i64 {
    let mut days: BTreeMap<D, Vec<Measured<'a>>> = BTreeMap::new();
    for (day, entry) in entries {
        days.entry(day).or_default().push(entry.into());
    }
    let sum = days.into_values().map(|entries| day_seconds(entries, rule)).sum();
    match rule.scope {
        RoundingScope::InvoiceLine => round_seconds(sum, rule),
        RoundingScope::Entry | RoundingScope::Ends | RoundingScope::Day => sum,
    }
}

#[cfg(test)]
mod tests;
