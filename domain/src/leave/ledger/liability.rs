//! What a firm owes of leave on a day, as its books ask: what is left in buckets that are paid out
//! when an employment ends, at what the member's work costs.

use jiff::civil::Date;

use super::facts::{AccountFacts, policy_on};
use super::posting::{Origin, Posting};
use crate::catalogue::rates::{Rate, RateUnit};
use crate::leave::amount::LeaveMinutes;

/// What is left on a day in buckets that are paid out, by the terms of that day; what was taken too
/// much of them is off it, but it's never less than nothing.
pub fn payable_on(facts: &AccountFacts<'_>, postings: &[Posting], day: Date) -> LeaveMinutes {
    let Some(policy) = policy_on(&facts.policies, day) else { return LeaveMinutes::ZERO };
    let payable = |posting: &&Posting| {
        let bucket = posting.bucket;
        let rule = policy.grants.iter().find(|rule| rule.right == bucket.right);
        bucket.origin != Origin::Case && rule.is_some_and(|rule| rule.payable)
    };
    let by_then = postings.iter().filter(|posting| posting.effective <= day);
    let left: LeaveMinutes = by_then.filter(payable).map(|posting| posting.minutes).sum();
    left.max(LeaveMinutes::ZERO)
}

/// What so much leave is worth at a rate, in minor units of its currency, half away from zero; a
/// rate per day is for `working_day_seconds`, which are more than none.
pub fn worth(minutes: LeaveMinutes, rate: &Rate, working_day_seconds: u32) -> i64 {
    let unit_seconds = match rate.unit {
        RateUnit::Hour => 3600,
        RateUnit::Day => i128::from(working_day_seconds.max(1)),
    };
    let ten_thousandths = i128::from(LeaveMinutes::of(1).ten_thousandths());
    let dividend = i128::from(minutes.ten_thousandths()) * 60 * i128::from(rate.amount_minor);
    let divisor = ten_thousandths * unit_seconds;
    let magnitude = (2 * dividend.abs() + divisor) / (2 * divisor);
    i64::try_from(magnitude * dividend.signum()).expect("bounded rates and leave give an i64")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leave_is_worth_its_hours_or_days_to_the_cent() {
        let rate = |unit, amount_minor| Rate { unit, amount_minor, currency: "ZAR".into() };
        let day = 8 * 3600;
        let minutes = |text| LeaveMinutes::parse(text).unwrap();
        assert_eq!(worth(minutes("480"), &rate(RateUnit::Hour, 35_000), day), 280_000);
        assert_eq!(worth(minutes("720"), &rate(RateUnit::Day, 200_000), day), 300_000);
        // 1180.3279 minutes are 19.672131… hours.
        assert_eq!(worth(minutes("1180.3279"), &rate(RateUnit::Hour, 35_000), day), 688_525);
        assert_eq!(worth(minutes("-0.5"), &rate(RateUnit::Hour, 60), day), -1);
        assert_eq!(worth(LeaveMinutes::ZERO, &rate(RateUnit::Day, 1), day), 0);
    }
}
