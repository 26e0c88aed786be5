//! Amounts of leave as they are shown: minutes as a number, days as a text in decimals.

use domain::leave::LeaveMinutes;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;

/// A number of minutes: an integer where it's whole, else with up to four decimals.
pub(crate) fn minutes(amount: LeaveMinutes) -> Number {
    let text = amount.to_string();
    let parsed = text.parse::<i64>().map(Number::from);
    // Ten-thousandths of any amount of leave are exact to far more digits than a double drops.
    let fraction = || text.parse::<f64>().ok().and_then(Number::from_f64);
    parsed.ok().or_else(fraction).expect("an amount is written as a number")
}

/// An amount of leave.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveAmount")]
pub(crate) struct AmountBody {
    /// In minutes: an integer where it's whole, else with up to four decimals.
    pub(crate) minutes: Number,
    /// In days of the member's pattern of work, such as `11.5`.
    pub(crate) days: String,
}

impl AmountBody {
    /// An amount in days of so many minutes.
    pub(crate) fn of(amount: LeaveMinutes, day: LeaveMinutes) -> Self {
        AmountBody { minutes: minutes(amount), days: amount.in_days(day).to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_minutes_are_integers_and_others_have_their_decimals() {
        let shown = |units| serde_json::to_string(&minutes(LeaveMinutes::of_ten_thousandths(units)));
        assert_eq!(shown(55_200_000).unwrap(), "5520");
        assert_eq!(shown(-4_800_000).unwrap(), "-480");
        assert_eq!(shown(11_803_279).unwrap(), "1180.3279");
        assert_eq!(shown(-5_000).unwrap(), "-0.5");
    }
}
