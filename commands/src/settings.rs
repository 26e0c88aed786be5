//! Changes of a tenant's settings. Who may change which is the registry's rule, so nothing more is
//! asked of the caller here.

use domain::files::{File, FileKind, file_stream};
use domain::members::Authority;
use domain::settings::{
    self, Refusal, SettingKey, Settings, SettingsEvent, change_setting, clear_setting,
    settings_stream,
};
use jiff::civil::Date;

pub mod known;

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
    check_logo(unit, &events).await?;
    unit.emit(&settings, events.clone());
    follow_settings(unit, &settings.state, &events).await?;
    // A setting is known by its name and has no id.
    Ok(Reply { id: None, created: false })
}

/// Refuses a mark that is no file of the kind for that.
async fn check_logo(unit: &mut Unit<'_>, events: &[SettingsEvent]) -> Result<(), CommandError> {
    let key = SettingKey::Logo;
    for event in events {
        let SettingsEvent::SettingChanged(event) = event else { continue };
        if event.key != key.as_str() {
            continue;
        }
        let refused = Refusal::InvalidValue { key, allowed: key.setting().kind.allowed() };
        let Ok(file) = event.value.parse() else { return Err(refused.into()) };
        // The id of another kind of thing is no file either.
        let kept = match unit.read::<File>(file_stream(file)).await {
            Ok(found) => found.state.kept().map(|kept| kept.kind),
            Err(CommandError::NotFound) => None,
            Err(error) => return Err(error),
        };
        if kept != Some(FileKind::Logo) {
            return Err(refused.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
