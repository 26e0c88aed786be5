//! Amounts of leave: minutes, held in ten-thousandths so that a share of a year stays what it is,
//! and days as people agree on them. No floating point comes near them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::{scaled, shortest};

const DECIMALS: u32 = 4;
/// Ten-thousandths in one.
const ONE: i64 = 10_000;

/// Minutes of leave in ten-thousandths, signed: 4 800 000 are eight hours. Stored as a text such as
/// `"480"` or `"-1180.3279"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LeaveMinutes(i64);

/// Days of leave in ten-thousandths, signed: 12 500 are a day and a quarter. Stored as a text such
/// as `"1.25"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LeaveDays(i64);

/// Half away from zero.
fn divided(dividend: i128, divisor: i128) -> i64 {
    let (whole, rest) = (dividend / divisor, dividend % divisor);
    let up = if rest.abs() * 2 >= divisor.abs() { dividend.signum() * divisor.signum() } else { 0 };
    i64::try_from(whole + up).expect("shares of what fits stay within what fits")
}

impl LeaveMinutes {
    /// None.
    pub const ZERO: Self = LeaveMinutes(0);

    /// So many whole minutes.
    pub const fn of(minutes: i64) -> Self {
        LeaveMinutes(minutes * ONE)
    }

    /// So many ten-thousandths of a minute.
    pub const fn of_ten_thousandths(units: i64) -> Self {
        LeaveMinutes(units)
    }

    /// In ten-thousandths of a minute.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// `part` of `whole` of it, half a ten-thousandth away from zero; nothing of nothing.
    pub fn share(self, part: i64, whole: i64) -> Self {
        if whole == 0 {
            return Self::ZERO;
        }
        LeaveMinutes(divided(i128::from(self.0) * i128::from(part), i128::from(whole)))
    }

    /// In days of `day` each; nothing where a day has no minutes.
    pub fn in_days(self, day: LeaveMinutes) -> LeaveDays {
        if day.0 == 0 {
            return LeaveDays(0);
        }
        LeaveDays(divided(i128::from(self.0) * i128::from(ONE), i128::from(day.0)))
    }

    /// Whether it's less than nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl LeaveDays {
    /// So many whole days.
    pub const fn of(days: i64) -> Self {
        LeaveDays(days * ONE)
    }

    /// So many ten-thousandths of a day.
    pub const fn of_ten_thousandths(units: i64) -> Self {
        LeaveDays(units)
    }

    /// In ten-thousandths of a day.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// The minutes of so many days of `day` each.
    pub fn in_minutes(self, day: LeaveMinutes) -> LeaveMinutes {
        day.share(self.0, ONE)
    }
}

fn text(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}", shortest(units.unsigned_abs(), DECIMALS))
}

fn units(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    Some(sign * i64::try_from(scaled(digits, DECIMALS)?).ok()?)
}

/// What both amounts have in common.
macro_rules! amount {
    ($amount:ident, $expected:literal) => {
        impl $amount {
            /// The amount in a text such as `-7.25`; at most four digits behind the point.
            pub fn parse(text: &str) -> Option<Self> {
                units(text).map($amount)
            }
        }

        impl fmt::Display for $amount {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&text(self.0))
            }
        }

        impl Serialize for $amount {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $amount {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $amount::parse(&text).ok_or_else(|| serde::de::Error::custom($expected))
            }
        }

        impl Add for $amount {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                $amount(self.0 + other.0)
            }
        }

        impl Sub for $amount {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                $amount(self.0 - other.0)
            }
        }

        impl Neg for $amount {
            type Output = Self;
            fn neg(self) -> Self {
                $amount(-self.0)
            }
        }

        impl AddAssign for $amount {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl SubAssign for $amount {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }

        impl Sum for $amount {
            fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
                amounts.fold(Self::default(), Add::add)
            }
        }
    };
}

amount!(LeaveMinutes, "give minutes as a text such as \"450\" or \"-1180.3279\"");
amount!(LeaveDays, "give days as a text such as \"1.25\" or \"-5\"");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_of_a_year_is_told_to_the_ten_thousandth_of_a_day() {
        let day = LeaveMinutes::of(480);
        let year = LeaveDays::of(15).in_minutes(day);
        assert_eq!(year, LeaveMinutes::of(7200));
        let share = year.share(60, 366);
        assert_eq!(
            (share.to_string(), share.in_days(day).to_string()),
            ("1180.3279".into(), "2.459".into())
        );
        assert_eq!(day.share(62, 17).in_days(day).to_string(), "3.6471");
        assert_eq!(LeaveMinutes::of(-1).share(1, 2).to_string(), "-0.5");
        assert_eq!(
            (LeaveMinutes::of(5).share(1, 0), LeaveMinutes::of(5).in_days(LeaveMinutes::ZERO)),
            Default::default()
        );
    }

    #[test]
    fn half_is_away_from_zero_on_both_sides() {
        let three = LeaveMinutes::of_ten_thousandths(3);
        assert_eq!(three.share(1, 2).ten_thousandths(), 2);
        assert_eq!((-three).share(1, 2).ten_thousandths(), -2);
        assert_eq!(three.share(-1, 2).ten_thousandths(), -2);
    }

    proptest! {
        #[test]
        fn an_amount_is_read_back_as_it_was_written(
            units in -9_999_999_999_999_i64..=9_999_999_999_999
        ) {
            let minutes = LeaveMinutes::of_ten_thousandths(units);
            prop_assert_eq!(LeaveMinutes::parse(&minutes.to_string()), Some(minutes));
            let stored = serde_json::to_string(&minutes).unwrap();
            prop_assert_eq!(serde_json::from_str::<LeaveMinutes>(&stored).unwrap(), minutes);
        }
    }
}
