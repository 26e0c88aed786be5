//! Changes of a tenant's settings. Who may change which is the registry's rule, so nothing more is
//! asked of the caller here.

use domain::members::Authority;
use domain::settings::{
    self, Refusal, Settings, SettingsEvent, change_setting, clear_setting, settings_stream,
};
use jiff::civil::Date;

use crate::handle::Command;
use crate::leave::follow_settings;
use crate::members::authority;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Give a setting a value.
#[derive(Debug, Clone)]
pub struct ChangeSetting {
    /// The registered name.
    pub key: String,
    /// The value.
    pub value: String,
    /// The first day it holds; none = from always.
    pub from: Option<Date>,
}

impl Command for ChangeSetting {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let ChangeSetting { key, value, from } = self.clone();
        let command = settings::ChangeSetting { key, value, from };
        let decide =
            |settings: &Settings, by: &Authority| change_setting::decide(settings, by, command);
        change(unit, decide).await
    }
}

/// Take back the value given for a day.
#[derive(Debug, Clone)]
pub struct ClearSetting {
    /// The registered name.
    pub key: String,
    /// The day of the value to take back; none = the one from always.
    pub from: Option<Date>,
}

impl Command for ClearSetting {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let command = settings::ClearSetting { key: self.key.clone(), from: self.from };
        let decide =
            |settings: &Settings, by: &Authority| clear_setting::decide(settings, by, command);
        change(unit, decide).await
    }
}

async fn change(
    unit: &mut Unit<'_>,
    decide: impl FnOnce(&Settings, &Authority) -> Result<Vec<SettingsEvent>, Refusal> + Send,
) -> Result<Reply, CommandError> {
    let settings = unit.write::<Settings>(settings_stream()).await?;
    let by = authority(unit).await?;
    let events = decide(&settings.state, &by)?;
    follow_settings(unit, &settings.state, &events).await?;
    unit.emit(&settings, events);
    // A setting is known by its name and has no id.
    Ok(Reply { id: None, created: false })
}

#[cfg(test)]
mod tests;
