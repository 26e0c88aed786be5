//! Changes of the kinds of leave and of the holidays, for admins; and what a firm gets of both from
//! its country: when it's founded, and when its settings first name a country.

mod agreements;
mod cases;
mod deciders;
mod decisions;
mod entries;
pub mod feeds;
mod letters;
mod policies;
mod preview;
mod requests;
pub mod settle;
pub(crate) mod settling;
pub mod sight;
pub mod sources;
mod upkeep;

use std::sync::Arc;

use domain::country::{LeaveKind, leave_types, pack};
use domain::id::LeaveTypeId;
use domain::leave::{
    self, AdoptHolidayCalendar, HolidayCalendar, HolidayEvent, LeaveType, LeaveTypeEvent, PackRef,
    Refusal, adopt_holiday_calendar, calendar_stream, declare_holiday, define_leave_type,
    leave_type_stream, rename_leave_type, restore_leave_type, retire_leave_type, withdraw_holiday,
};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::Role;
use domain::settings::{SettingKey, Settings, SettingsEvent, settings_stream};
use jiff::civil::Date;

pub use agreements::AgreeOnLeave;
pub use cases::{DeclareLeaveCase, WithdrawLeaveCase};
pub use decisions::{ApproveLeave, CancelLeave, RejectLeave};
pub use entries::{EnterLeave, WithdrawLeaveEntry};
pub use policies::{ClearLeavePolicy, SetLeavePolicy};
pub use preview::{Preview, preview};
pub use requests::{
    AskForLeave, AttachDocument, RedraftLeave, SpanChange, SubmitLeave, WithdrawLeave,
};
pub use upkeep::HolidayUpkeep;

use crate::handle::Command;
use crate::members::authority_of;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// Who looks after kinds of leave and holidays.
const LEAVE: Role = Role::Admin;

/// Define a kind of leave of the firm's own.
#[derive(Debug, Clone)]
pub struct DefineLeaveType {
    /// A new id.
    pub leave_type: LeaveTypeId,
    /// Its stable name; none = made of its name.
    pub code: Option<String>,
    /// What it's called.
    pub name: String,
    /// Whether the employer pays for it.
    pub paid: bool,
    /// How amounts of it are shown.
    pub shown_in: domain::country::ShownIn,
    /// Which days of an absence it takes.
    pub counts: domain::country::Counts,
}

impl Command for DefineLeaveType {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let loaded = load_leave_type(unit, self.leave_type, None).await?;
        let DefineLeaveType { leave_type, code, name, paid, shown_in, counts } = self.clone();
        let code = code.or_else(|| leave::code_of_name(&name)).unwrap_or_default();
        let key = ClaimKey::digest(ClaimKind::LeaveTypeCode, &code);
        let pack = None;
        let command =
            leave::DefineLeaveType { leave_type, code, name, paid, shown_in, counts, pack };
        let events = define_leave_type::decide(&loaded.state, command)?;
        unit.check_claim(&key, loaded.stream).await?;
        unit.emit(&loaded, events);
        Ok(Reply::created(self.leave_type))
    }
}

/// Call a kind of leave otherwise.
#[derive(Debug, Clone)]
pub struct RenameLeaveType {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The new name.
    pub name: String,
    /// The version of the kind that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RenameLeaveType {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (leave_type, name) = (self.leave_type, self.name.clone());
        let loaded = load_leave_type(unit, leave_type, self.expected_version).await?;
        let command = leave::RenameLeaveType { leave_type, name };
        let events = rename_leave_type::decide(&loaded.state, command);
        change_leave_type(unit, &loaded, events)
    }
}

/// Let no more leave of a kind be asked for.
#[derive(Debug, Clone)]
pub struct RetireLeaveType {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The version of the kind that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RetireLeaveType {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let leave_type = self.leave_type;
        let loaded = load_leave_type(unit, leave_type, self.expected_version).await?;
        let command = leave::RetireLeaveType { leave_type };
        let events = retire_leave_type::decide(&loaded.state, command);
        change_leave_type(unit, &loaded, events)
    }
}

/// Let leave of a kind be asked for again.
#[derive(Debug, Clone)]
pub struct RestoreLeaveType {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The version of the kind that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RestoreLeaveType {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let leave_type = self.leave_type;
        let loaded = load_leave_type(unit, leave_type, self.expected_version).await?;
        let command = leave::RestoreLeaveType { leave_type };
        let events = restore_leave_type::decide(&loaded.state, command);
        change_leave_type(unit, &loaded, events)
    }
}

/// The kind of leave to change, where the caller may.
async fn load_leave_type(
    unit: &mut Unit<'_>,
    leave_type: LeaveTypeId,
    seen: Option<i32>,
) -> Result<Loaded<LeaveType>, CommandError> {
    let loaded = unit.write::<LeaveType>(leave_type_stream(leave_type)).await?;
    authority_of(unit, LEAVE).await?;
    loaded.check_seen(seen)?;
    Ok(loaded)
}

fn change_leave_type(
    unit: &mut Unit<'_>,
    loaded: &Loaded<LeaveType>,
    decided: Result<Vec<LeaveTypeEvent>, Refusal>,
) -> Result<Reply, CommandError> {
    unit.emit(loaded, decided?);
    Ok(Reply::changed(loaded.stream))
}

/// Declare a day a holiday.
#[derive(Debug, Clone)]
pub struct DeclareHoliday {
    /// The day.
    pub day: Date,
    /// What it's called.
    pub name: String,
}

impl Command for DeclareHoliday {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let command = leave::DeclareHoliday { day: self.day, name: self.name.clone() };
        change_calendar(unit, |calendar| declare_holiday::decide(calendar, command)).await
    }
}

/// Let a day that was declared be no holiday.
#[derive(Debug, Clone)]
pub struct WithdrawHoliday {
    /// The day.
    pub day: Date,
}

impl Command for WithdrawHoliday {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let command = leave::WithdrawHoliday { day: self.day };
        change_calendar(unit, |calendar| withdraw_holiday::decide(calendar, command)).await
    }
}

async fn change_calendar(
    unit: &mut Unit<'_>,
    decide: impl FnOnce(&HolidayCalendar) -> Result<Vec<HolidayEvent>, Refusal> + Send,
) -> Result<Reply, CommandError> {
    let calendar = unit.write::<HolidayCalendar>(calendar_stream()).await?;
    authority_of(unit, LEAVE).await?;
    let events = decide(&calendar.state)?;
    unit.emit(&calendar, events);
    // A holiday is known by its day and has no id.
    Ok(Reply { id: None, created: false })
}

/// Keep the holidays that the settings ask for, by the newest packs there are. Nothing happens
/// where they are kept already, so it may be sent at any time.
#[derive(Debug, Clone, Copy)]
pub struct KeepHolidaysUpToDate;

impl Command for KeepHolidaysUpToDate {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let calendar = unit.write::<HolidayCalendar>(calendar_stream()).await?;
        authority_of(unit, LEAVE).await?;
        let settings = unit.read::<Settings>(settings_stream()).await?;
        adopt(unit, &calendar, &settings.state).await?;
        Ok(Reply { id: None, created: false })
    }
}

/// What follows for leave from changed settings, in the same commit: whose holidays are kept.
pub(crate) async fn follow_settings(
    unit: &mut Unit<'_>,
    before: &Settings,
    events: &[SettingsEvent],
) -> Result<(), CommandError> {
    let mut settings = before.clone();
    let mut concerned = false;
    for event in events {
        settings.evolve(event);
        let key = match event {
            SettingsEvent::SettingChanged(event) => &event.key,
            SettingsEvent::SettingCleared(event) => &event.key,
        };
        let key = SettingKey::parse(key);
        concerned |= matches!(key, Some(SettingKey::Country | SettingKey::HolidayRegion));
        if let (Some(SettingKey::HolidayRegion), SettingsEvent::SettingChanged(event)) =
            (key, event)
        {
            adopt_holiday_calendar::check_region(&settings, &event.value, event.from)?;
        }
    }
    if concerned {
        let calendar = unit.write::<HolidayCalendar>(calendar_stream()).await?;
        adopt(unit, &calendar, &settings).await?;
    }
    Ok(())
}

/// Adopts the holidays that the settings ask for. A firm that had adopted none gets the kinds of
/// leave of its country too, but for those whose codes it uses itself.
pub(crate) async fn adopt(
    unit: &mut Unit<'_>,
    calendar: &Loaded<HolidayCalendar>,
    settings: &Settings,
) -> Result<(), CommandError> {
    let command = AdoptHolidayCalendar::of(settings);
    let countries = command.observances.iter().rev();
    let country = countries.filter_map(|observance| observance.country.clone()).next();
    let events = adopt_holiday_calendar::decide(&calendar.state, command)?;
    if let (Some(country), true) = (country, calendar.state.adoptions.is_empty()) {
        define_all(unit, &country).await?;
    }
    unit.emit(calendar, events);
    Ok(())
}

/// Defines the kinds of leave that a firm in this country starts with.
async fn define_all(unit: &mut Unit<'_>, country: &str) -> Result<(), CommandError> {
    let kinds = leave_types(country);
    let claim = |kind: &LeaveKind| ClaimKey::digest(ClaimKind::LeaveTypeCode, &kind.code);
    let claims: Vec<ClaimKey> = kinds.iter().map(claim).collect();
    let held = unit.held_many(&claims).await?;
    let country = country.to_owned();
    let of = pack(&country).map(|pack| PackRef { country, version: pack.version });
    for (kind, claim) in kinds.iter().zip(claims) {
        if held.iter().any(|(key, _)| *key == claim) {
            continue;
        }
        let leave_type = LeaveTypeId(unit.new_id());
        let command = leave::DefineLeaveType {
            leave_type,
            code: kind.code.clone(),
            name: kind.name.clone(),
            paid: kind.paid,
            shown_in: kind.shown_in,
            counts: kind.counts,
            pack: of.clone(),
        };
        let events = define_leave_type::decide(&LeaveType::default(), command)?;
        // A stream that begins here is nobody else's, so it needs no look and no lock.
        let stream = leave_type_stream(leave_type);
        let state = Arc::new(LeaveType::default());
        unit.emit(&Loaded { stream, version: 0, state }, events);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_granting;
#[cfg(test)]
mod tests_races;
#[cfg(test)]
mod tests_requests;
