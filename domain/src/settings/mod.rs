//! Settings: typed, dated values that a tenant changes itself. A value holds from a day on, or from
//! always; of several for the same day the one recorded last counts. To know what was known at an
//! earlier moment, fold the events up to there.

mod billing;
pub mod change_setting;
pub mod clear_setting;
mod described;
mod events;
mod kind;
mod refusal;
pub mod registry;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::time::chain::Chain;
pub use crate::time::rounding::{Rounding, RoundingMode, RoundingScope, RoundingTie};
pub use change_setting::ChangeSetting;
pub use clear_setting::ClearSetting;
pub use events::{SettingChanged, SettingCleared, SettingsEvent};
pub use kind::{Kind, canonical_time_zone};
pub use refusal::Refusal;
pub use registry::{Editor, REGISTRY, Setting, SettingKey};

use crate::aggregate::aggregate;
use crate::decimal::scaled;
use crate::id::{FileId, StreamId};
use crate::members::Authority;
use crate::money::Percent;
use crate::time::DayAttribution;

/// The one stream of a tenant's settings.
pub fn settings_stream() -> StreamId {
    StreamId::derived("settings", &[])
}

/// A value with the first day it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedValue {
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// The value in its canonical text.
    pub value: String,
}

/// All values of all settings of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// By stored name, so that a value this version does not know is kept; ordered by `from`.
    values: BTreeMap<String, Vec<DatedValue>>,
}

/// What can be asked of the settings, each with in whose right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsCommand {
    /// See [`change_setting`].
    Change(Authority, ChangeSetting),
    /// See [`clear_setting`].
    Clear(Authority, ClearSetting),
}

aggregate!(Settings, "settings", SettingsCommand, SettingsEvent, Refusal);

impl Settings {
    /// What follows from a command.
    pub fn decide(&self, command: SettingsCommand) -> Result<Vec<SettingsEvent>, Refusal> {
        match command {
            SettingsCommand::Change(by, command) => change_setting::decide(self, &by, command),
            SettingsCommand::Clear(by, command) => clear_setting::decide(self, &by, command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &SettingsEvent) {
        match event {
            SettingsEvent::SettingChanged(event) => {
                let values = self.values.entry(event.key.clone()).or_default();
                match values.binary_search_by_key(&event.from, |dated| dated.from) {
                    Ok(place) => values[place].value.clone_from(&event.value),
                    Err(place) => {
                        let value = event.value.clone();
                        values.insert(place, DatedValue { from: event.from, value });
                    }
                }
            }
            SettingsEvent::SettingCleared(event) => {
                if let Some(values) = self.values.get_mut(&event.key) {
                    values.retain(|dated| dated.from != event.from);
                }
            }
        }
    }

    /// The values given to a setting, ordered by the day they hold from.
    pub fn history(&self, key: SettingKey) -> &[DatedValue] {
        self.values.get(key.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The days on which a value of any setting begins to hold, several times where several do.
    pub fn days_of_change(&self) -> impl Iterator<Item = Date> {
        self.values.values().flatten().filter_map(|dated| dated.from)
    }

    /// The value given for exactly this day (or for always), if one was.
    pub fn given(&self, key: SettingKey, from: Option<Date>) -> Option<&str> {
        let dated = self.history(key).iter().find(|dated| dated.from == from)?;
        Some(&dated.value)
    }

    /// The value that holds on a day; the default where none was given for it or for a day before.
    pub fn value_on(&self, key: SettingKey, day: Date) -> &str {
        let past = |dated: &&DatedValue| dated.from.is_none_or(|from| from <= day);
        let held = self.history(key).iter().rev().find(past);
        held.map_or(key.setting().default, |dated| &dated.value)
    }

    /// The value of a setting that has one for all days; `None` where it has no default either.
    fn undated(&self, key: SettingKey) -> Option<&str> {
        let value = self.given(key, None).unwrap_or(key.setting().default);
        (!value.is_empty()).then_some(value)
    }

    /// The value on a day as a type; the default where a stored one does not parse, which takes a
    /// bound that was narrowed against the registry's rule.
    fn typed<T>(&self, key: SettingKey, day: Date, parse: impl Fn(&str) -> Option<T>) -> T {
        parse(self.value_on(key, day))
            .or_else(|| parse(key.setting().default))
            .expect("a test parses the default of every typed accessor")
    }

    /// The IANA name of the tenant's zone.
    pub fn time_zone(&self, day: Date) -> &str {
        self.value_on(SettingKey::TimeZone, day)
    }

    /// The interval of rounding in minutes, 1 to 240.
    pub fn interval_minutes(&self, day: Date) -> u32 {
        self.typed(SettingKey::TimecaptureIntervalMinutes, day, |text| text.parse().ok())
    }

    /// How many seconds a day rate pays for, 36 to 86 400.
    pub fn working_day_seconds(&self, day: Date) -> u32 {
        self.typed(SettingKey::BillableHoursInWorkingDay, day, |text| {
            u32::try_from(scaled(text, 2)? * 36).ok()
        })
    }

    /// The ISO 4217 code of the tenant's currency.
    pub fn currency(&self, day: Date) -> &str {
        self.value_on(SettingKey::Currency, day)
    }

    /// The rounding rule.
    pub fn rounding(&self, day: Date) -> Rounding {
        Rounding {
            mode: self.typed(SettingKey::RoundingMode, day, RoundingMode::parse),
            tie: self.typed(SettingKey::RoundingTie, day, RoundingTie::parse),
            scope: self.typed(SettingKey::RoundingScope, day, RoundingScope::parse),
            interval_minutes: self.interval_minutes(day),
        }
    }

    /// Which days an entry over midnight counts for, by the day of its start.
    pub fn day_attribution(&self, day: Date) -> DayAttribution {
        self.typed(SettingKey::DayAttribution, day, DayAttribution::parse)
    }

    /// Whether members may approve their own time.
    pub fn self_approval(&self, day: Date) -> bool {
        self.typed(SettingKey::SelfApproval, day, |text| text.parse().ok())
    }

    /// By which steps time of a week is approved, by the week's Monday.
    pub fn approval_chain(&self, monday: Date) -> Chain {
        self.typed(SettingKey::ApprovalChain, monday, Chain::parse)
    }

    /// Whether members are mailed what becomes of timesheets.
    pub fn mails_timesheets(&self) -> bool {
        self.undated(SettingKey::MailTimesheets) != Some("off")
    }

    /// Whether members are reminded of a week of which they have submitted nothing.
    pub fn reminds_of_timesheets(&self) -> bool {
        self.undated(SettingKey::TimesheetReminder) == Some("weekly")
    }

    /// The standard rate of value added tax.
    pub fn vat_percent(&self, day: Date) -> Percent {
        self.typed(SettingKey::VatPercent, day, Percent::parse)
    }

    /// Whether the firm charges value added tax.
    pub fn vat_registered(&self, day: Date) -> bool {
        self.typed(SettingKey::VatRegistered, day, |text| text.parse().ok())
    }

    /// The first day of a week on screens.
    pub fn week_start(&self) -> Weekday {
        let name = self.undated(SettingKey::WeekStart).unwrap_or("monday");
        let days = (0_i8..).zip(registry::WEEKDAYS);
        let offset = days.into_iter().find_map(|(offset, day)| (day == name).then_some(offset));
        Weekday::from_monday_zero_offset(offset.unwrap_or(0)).expect("a week has seven days")
    }

    /// Whether who may work on a project sees its budgets of hours and its progress.
    pub fn budgets_seen_by_members(&self) -> bool {
        self.undated(SettingKey::BudgetsSeenBy) == Some("members")
    }

    /// After how many minutes without a request a session ends.
    pub fn session_idle_minutes(&self) -> u32 {
        self.number(SettingKey::SessionIdleMinutes)
    }

    /// After how many days a session ends in any case.
    pub fn session_days(&self) -> u32 {
        self.number(SettingKey::SessionDays)
    }

    fn number(&self, key: SettingKey) -> u32 {
        let parse = |text: &str| text.parse().ok();
        let given = self.undated(key).and_then(parse).or_else(|| parse(key.setting().default));
        given.expect("a test parses the default of every typed accessor")
    }

    /// The file that holds the firm's mark.
    pub fn logo(&self) -> Option<FileId> {
        self.undated(SettingKey::Logo)?.parse().ok()
    }

    /// Where the tenant is reached, where an operator has said so.
    pub fn site_url(&self) -> Option<&str> {
        self.undated(SettingKey::SiteUrl)
    }

    /// The sender of the tenant's e-mails, where an operator has said so.
    pub fn default_from_email(&self) -> Option<&str> {
        self.undated(SettingKey::DefaultFromEmail)
    }
}

#[cfg(test)]
mod tests;
