//! Amounts of leave as the API shows them: minutes as a number, days as a text, for days of leave
//! have decimals that no floating point should touch.

use std::borrow::Cow;

use domain::leave::LeaveMinutes;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

const ONE: i64 = 10_000;

/// Minutes of leave, a whole number where they are whole, else with up to four decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Minutes(pub(crate) LeaveMinutes);

impl Serialize for Minutes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let units = self.0.ten_thousandths();
        if units % ONE == 0 {
            return serializer.serialize_i64(units / ONE);
        }
        // The nearest number prints as it is: these have few digits.
        let number: f64 = self.0.to_string().parse().map_err(serde::ser::Error::custom)?;
        serializer.serialize_f64(number)
    }
}

impl JsonSchema for Minutes {
    fn schema_name() -> Cow<'static, str> {
        "LeaveMinutes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number",
            "description": "Minutes, with up to four decimals."
        })
    }
}

/// An amount of leave.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveAmount")]
pub(crate) struct AmountBody {
    /// In minutes: an integer where it's whole, else with up to four decimals.
    pub(crate) minutes: Minutes,
    /// In days of the member's pattern of work, such as `11.5`.
    pub(crate) days: String,
}

impl AmountBody {
    /// An amount in days of so many minutes.
    pub(crate) fn of(amount: LeaveMinutes, day: LeaveMinutes) -> Self {
        AmountBody { minutes: Minutes(amount), days: amount.in_days(day).to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_whole_numbers_where_they_are_whole() {
        let shown = |text: &str| {
            serde_json::to_string(&Minutes(LeaveMinutes::parse(text).unwrap())).unwrap()
        };
        assert_eq!(["480", "-480", "0"].map(shown), ["480", "-480", "0"]);
        assert_eq!(["1180.3279", "-0.5"].map(shown), ["1180.3279", "-0.5"]);
    }
}
