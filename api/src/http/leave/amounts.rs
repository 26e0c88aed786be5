//! Amounts of leave as the API shows them: minutes as a number, days as a text, for days of leave
//! have decimals that no floating point should touch.

use std::borrow::Cow;

use domain::decimal::{scaled, shortest};
use domain::leave::{LeaveDays, LeaveMinutes};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        let minutes = LeaveMinutes::parse(&number.to_string()).map(Minutes);
        let rule = "give minutes with at most four decimals";
        minutes.ok_or_else(|| serde::de::Error::custom(rule))
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

/// Days of leave, a text with up to four decimals such as `"7.5"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Days(pub(crate) LeaveDays);

/// Weeks in hundredths, a text with up to two decimals such as `"5.6"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weeks(pub(crate) u32);

impl Serialize for Weeks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&shortest(u64::from(self.0), 2))
    }
}

impl<'de> Deserialize<'de> for Weeks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let hundredths = scaled(&text, 2).and_then(|number| u32::try_from(number).ok());
        let rule = "give weeks as a text such as \"5.6\"";
        hundredths.map(Weeks).ok_or_else(|| serde::de::Error::custom(rule))
    }
}

/// The schema of a decimal text.
macro_rules! decimal_text {
    ($name:ident, $schema:literal, $description:literal) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                $schema.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "description": $description })
            }
        }
    };
}

decimal_text!(Days, "LeaveDays", "Days, a text with up to four decimals such as \"7.5\".");
decimal_text!(Weeks, "LeaveWeeks", "Weeks, a text with up to two decimals such as \"5.6\".");

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

    #[test]
    fn minutes_are_read_with_at_most_four_decimals() {
        let read = |text: &str| serde_json::from_str::<Minutes>(text).ok().map(|it| it.0);
        for text in ["480", "-480", "1180.3279", "-0.5", "0"] {
            assert_eq!(read(text), LeaveMinutes::parse(text), "{text}");
        }
        for text in ["0.00001", "1e30", "\"480\"", "null"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
