//! The settings as the log tells them, each value with who gave it and when. They are one small
//! stream, which is read itself: what was set a moment ago is there.

use domain::country::{Pack, pack};
use domain::log::{Actor, Event, Metadata};
use domain::settings::{DatedValue, SettingKey, Settings, SettingsEvent, settings_stream};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use migrations::TenantTx;

use crate::event_log::read::stream_after;
use crate::refused::CommandError;

/// One change of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// Its name.
    pub key: String,
    /// The first day of the value that was given or taken back; none = from always.
    pub from: Option<Date>,
    /// The value; none where it was taken back.
    pub value: Option<String>,
    /// Who did it.
    pub by: Actor,
    /// When the log took it.
    pub at: Timestamp,
    /// The event.
    pub position: i64,
}

/// From where a value comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source<'a> {
    /// Nobody gave one.
    Default,
    /// The firm's country has it so, and nobody has said otherwise.
    CountryPack(&'a SettingChange),
    /// Somebody gave it.
    Set(&'a SettingChange),
}

/// The settings at a moment, with everything that was done to them until then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownSettings {
    /// The values.
    pub settings: Settings,
    /// The changes, oldest first.
    pub changes: Vec<SettingChange>,
}

/// Up to where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Until {
    /// The log is cut after this position.
    pub position: Option<i64>,
    /// What was recorded after this instant was not known.
    pub known_at: Option<Timestamp>,
}

impl KnownSettings {
    /// Reads them.
    pub async fn read(tx: &mut TenantTx, until: Until) -> Result<Self, CommandError> {
        let mut known = KnownSettings::default();
        for row in stream_after(tx, settings_stream(), 0).await? {
            let late = until.position.is_some_and(|position| row.position > position)
                || until.known_at.is_some_and(|at| row.recorded_at > at);
            if late {
                break;
            }
            let Event::Settings(event) = row.decode()?.event else { continue };
            let metadata: Metadata = serde_json::from_str(&row.metadata)
                .map_err(|error| CommandError::Internal(error.to_string()))?;
            known.settings.evolve(&event);
            let (key, from, value) = match event {
                SettingsEvent::SettingChanged(event) => (event.key, event.from, Some(event.value)),
                SettingsEvent::SettingCleared(event) => (event.key, event.from, None),
            };
            let (by, at, position) = (metadata.actor, row.recorded_at, row.position);
            known.changes.push(SettingChange { key, from, value, by, at, position });
        }
        Ok(known)
    }

    /// The changes of one setting, oldest first.
    pub fn changes_of(&self, key: SettingKey) -> impl DoubleEndedIterator<Item = &SettingChange> {
        self.changes.iter().filter(move |change| change.key == key.as_str())
    }

    /// Where a setting was last changed; 0 where it never was.
    pub fn changed_at(&self, key: SettingKey) -> i64 {
        self.changes_of(key).next_back().map_or(0, |change| change.position)
    }

    /// The value given that holds on a day; none where the default does.
    pub fn holding(&self, key: SettingKey, day: Date) -> Option<&DatedValue> {
        let past = |dated: &&DatedValue| dated.from.is_none_or(|from| from <= day);
        self.settings.history(key).iter().rev().find(past)
    }

    /// The first value that holds after a day.
    pub fn next(&self, key: SettingKey, day: Date) -> Option<&DatedValue> {
        self.settings.history(key).iter().find(|dated| dated.from.is_some_and(|from| from > day))
    }

    /// From where the value that holds on a day comes.
    pub fn source(&self, key: SettingKey, day: Date) -> Source<'_> {
        let Some(dated) = self.holding(key, day) else { return Source::Default };
        let mut given = self.changes_of(key).rev();
        let Some(change) = given.find(|it| it.from == dated.from && it.value.is_some()) else {
            return Source::Default;
        };
        let packed = self.pack(day).and_then(|pack| key.of_pack(pack, dated.from));
        let by_member = matches!(change.by, Actor::Member(_));
        if !by_member && packed == Some(&dated.value) {
            Source::CountryPack(change)
        } else {
            Source::Set(change)
        }
    }

    fn pack(&self, day: Date) -> Option<&'static Pack> {
        pack(self.settings.value_on(SettingKey::Country, day))
    }

    /// The day by the tenant's own zone, which may itself be new on it.
    pub fn day_of(&self, now: Timestamp) -> Date {
        let utc = now.to_zoned(TimeZone::UTC).date();
        let zone = domain::time::worked::find_zone(self.settings.time_zone(utc));
        zone.map_or(utc, |zone| now.to_zoned(zone).date())
    }
}
