//! The rounding rule as the settings name it: how, on what, and what becomes of an exact half.
//! Recorded time is never rounded; the rule says how it is shown and billed.

use serde::{Deserialize, Serialize};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// The name of each, as settings and events hold it.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// The stored name.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The one with this stored name.
            pub fn parse(text: &str) -> Option<Self> {
                [$($name::$variant),+].into_iter().find(|choice| choice.as_str() == text)
            }
        }
    };
}

choice! {
    /// Which way time is rounded to the interval.
    RoundingMode {
        /// Not at all.
        None = "none",
        /// To the next whole interval; zero stays zero.
        Up = "up",
        /// To the nearer whole interval.
        Nearest = "nearest",
        /// To the last whole interval.
        Down = "down",
    }
}

choice! {
    /// What becomes of exactly half an interval when rounding to the nearest.
    RoundingTie {
        /// It goes up.
        Up = "half_up",
        /// It goes down.
        Down = "half_down",
        /// It goes to the even number of intervals.
        Even = "half_even",
    }
}

choice! {
    /// What is rounded; only one of these, for they give different money.
    RoundingScope {
        /// Each entry.
        Entry = "entry",
        /// The sum of a day.
        Day = "day",
        /// The sum of a line of an invoice.
        InvoiceLine = "invoice_line",
    }
}

/// The whole rule as it holds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounding {
    /// Which way.
    pub mode: RoundingMode,
    /// What becomes of an exact half.
    pub tie: RoundingTie,
    /// What is rounded.
    pub scope: RoundingScope,
    /// The interval in minutes, 1 to 240.
    pub interval_minutes: u32,
}
