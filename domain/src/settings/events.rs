//! What can happen to a tenant's settings. Each change says the day from which it holds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A setting has a value from a day on (or always, where no day is named).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChanged {
    /// The registered name, such as `TIME_ZONE`.
    pub key: String,
    /// The value in its canonical text.
    pub value: String,
    /// The first day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

/// The value that was set to hold from that day (or always) is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingCleared {
    /// The registered name.
    pub key: String,
    /// The day of the value taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

crate::event_family! {
    /// The events of the settings stream.
    SettingsEvent {
        /// A setting has a value from a day on.
        SettingChanged = 1,
        /// A value was taken back.
        SettingCleared = 1,
    }
}
