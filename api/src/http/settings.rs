//! Settings over HTTP. They are one small stream, which is read itself: what was set a moment ago
//! is there, and the tag of a setting is the position of its last change.

use commands::event_log::read::stream_after;
use commands::settings::{ChangeSetting, ClearSetting};
use commands::{Command, Done};
use domain::log::{Event, Recorded};
use domain::settings::{REGISTRY, Setting, SettingKey, Settings, SettingsEvent, settings_stream};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Answer, Changed};
use super::body::Json;
use super::call::{About, Call};
use super::cursor::Page;
use super::if_seen::IfSeen;
use super::problem::Problem;

/// A value and the day from which it holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct DatedValueBody {
    /// Null = always.
    from: Option<Date>,
    value: String,
}

/// A setting.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Setting")]
pub(crate) struct SettingBody {
    key: &'static str,
    /// What holds on the day asked for.
    value: String,
    /// What holds where nothing was set.
    default: &'static str,
    /// What it does.
    help: &'static str,
    /// What may be set, in words.
    allowed: String,
    /// Whether its values hold from a day on.
    dated: bool,
    /// Everything that was set, by day.
    values: Vec<DatedValueBody>,
}

/// For which day.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnDay {
    /// The day to show the value of; left out = today in the tenant's zone.
    at: Option<Date>,
}

/// One setting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByKey {
    key: String,
}

/// The settings at the moment asked for, with the event that last changed each.
struct Known {
    settings: Settings,
    changes: Vec<(String, i64)>,
}

async fn known(about: &About) -> Result<Known, Problem> {
    let mut tx = about.tx().await?;
    let rows = stream_after(&mut tx, settings_stream(), 0).await?;
    tx.commit().await?;
    let mut known = Known { settings: Settings::default(), changes: Vec::new() };
    for row in rows {
        if about.as_of.is_some_and(|position| row.position > position) {
            break;
        }
        let Recorded { position, event, .. } = row.decode()?;
        if let Event::Settings(event) = event {
            known.settings.evolve(&event);
            known.changes.push((key_of(&event).to_owned(), position));
        }
    }
    Ok(known)
}

/// The settings at the moment asked for.
pub(crate) async fn settings_then(about: &About) -> Result<Settings, Problem> {
    Ok(known(about).await?.settings)
}

fn key_of(event: &SettingsEvent) -> &str {
    match event {
        SettingsEvent::SettingChanged(event) => &event.key,
        SettingsEvent::SettingCleared(event) => &event.key,
    }
}

impl Known {
    /// Where a setting was last changed; 0 where it never was.
    fn changed_at(&self, key: SettingKey) -> i64 {
        let last = self.changes.iter().rev().find(|(name, _)| name == key.as_str());
        last.map_or(0, |(_, position)| *position)
    }

    fn shown(&self, setting: &'static Setting, day: Date) -> SettingBody {
        let value = |dated: &domain::settings::DatedValue| DatedValueBody {
            from: dated.from,
            value: dated.value.clone(),
        };
        SettingBody {
            key: setting.key.as_str(),
            value: self.settings.value_on(setting.key, day).to_owned(),
            default: setting.default,
            help: setting.help,
            allowed: setting.kind.allowed().to_string(),
            dated: setting.dated,
            values: self.settings.history(setting.key).iter().map(value).collect(),
        }
    }

    /// Today by the tenant's own zone, which may itself be new today.
    fn today(&self, about: &About) -> Date {
        let utc = about.now().to_zoned(TimeZone::UTC).date();
        let zone = domain::time::worked::find_zone(self.settings.time_zone(utc));
        zone.map_or(utc, |zone| about.now().to_zoned(zone).date())
    }
}

/// What stands for a setting where ids are wanted.
fn object(key: SettingKey) -> (&'static str, Uuid) {
    (key.as_str(), settings_stream().0)
}

fn found(name: &str) -> Result<SettingKey, Problem> {
    SettingKey::parse(name).ok_or_else(Problem::not_found)
}

/// `GET /settings`.
pub(crate) async fn list(call: Call<(), OnDay>) -> Result<Answer<Page<SettingBody>>, Problem> {
    let known = known(&call).await?;
    let day = call.query.at.unwrap_or_else(|| known.today(&call));
    let items = REGISTRY.iter().map(|setting| known.shown(setting, day)).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// `GET /settings/{key}`.
pub(crate) async fn one(call: Call<ByKey, OnDay>) -> Result<Answer<SettingBody>, Problem> {
    let key = found(&call.path.key)?;
    let known = known(&call).await?;
    let day = call.query.at.unwrap_or_else(|| known.today(&call));
    let tag = call.tag(object(key), known.changed_at(key));
    Ok(call.read(known.shown(key.setting(), day)).tagged(tag))
}

/// Sends a command on a setting, if it is as the caller saw it; other settings may have changed.
async fn send<C: Command>(
    about: &About,
    key: SettingKey,
    command: impl Fn() -> C,
) -> Result<Done, Problem> {
    let of_key = |_: &str, payload: &Value| payload["key"] == key.as_str();
    let stream = settings_stream();
    about
        .send_if(object(key), stream, of_key, |seen| {
            IfSeen::<Settings, C>::new(stream, seen, command())
        })
        .await
}

/// A value for a setting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueBody {
    value: String,
    /// The first day it holds; left out = always.
    from: Option<Date>,
}

/// `PUT /settings/{key}`.
pub(crate) async fn put(
    call: Call<ByKey, super::members::Nothing, Json<ValueBody>>,
) -> Result<Answer<Changed>, Problem> {
    let key = found(&call.path.key)?;
    let ValueBody { value, from } = call.body.0.clone();
    let name = key.as_str().to_owned();
    let command = || ChangeSetting { key: name.clone(), value: value.clone(), from };
    Ok(call.changed(send(&call, key, command).await?, object(key)))
}

/// Which value to take back.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FromDay {
    /// The day of the value; left out = the one that always holds.
    from: Option<Date>,
}

/// `DELETE /settings/{key}`.
pub(crate) async fn delete(call: Call<ByKey, FromDay>) -> Result<Answer<Changed>, Problem> {
    let key = found(&call.path.key)?;
    let command = || ClearSetting { key: key.as_str().to_owned(), from: call.query.from };
    Ok(call.changed(send(&call, key, command).await?, object(key)))
}
