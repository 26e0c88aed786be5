//! Settings: typed, dated values that a tenant changes itself.

mod events;

pub use events::{SettingChanged, SettingCleared, SettingsEvent};
