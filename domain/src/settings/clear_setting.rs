//! The value that a setting was given for a day (or for always) is taken back; what held before, or
//! the default, holds again.

use jiff::civil::Date;

use super::change_setting::editable;
use super::{Refusal, SettingCleared, Settings, SettingsEvent};
use crate::members::Authority;

/// Take back the value given for a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearSetting {
    /// The registered name.
    pub key: String,
    /// The day of the value to take back; none = the one from always.
    pub from: Option<Date>,
}

/// Refuses an unknown name, a caller without the right and a day where there is none; where no
/// value was given for that day, nothing happens.
pub fn decide(
    settings: &Settings,
    by: &Authority,
    command: ClearSetting,
) -> Result<Vec<SettingsEvent>, Refusal> {
    let key = editable(&command.key, by, command.from)?;
    if settings.given(key, command.from).is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![SettingCleared { key: key.as_str().to_owned(), from: command.from }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::MemberId;
    use crate::members::Role;
    use crate::settings::{SettingChanged, SettingKey};
    use jiff::civil::date;
    use uuid::Uuid;

    fn given() -> Settings {
        let mut settings = Settings::default();
        let from = Some(date(2026, 7, 1));
        settings
            .evolve(&SettingChanged { key: "VAT_PERCENT".into(), value: "15".into(), from }.into());
        settings
    }

    fn clear(key: &str, from: Option<Date>) -> ClearSetting {
        ClearSetting { key: key.into(), from }
    }

    #[test]
    fn a_value_is_taken_back_by_its_day() {
        let mut settings = given();
        let day = date(2026, 7, 1);
        let command = clear("VAT_PERCENT", Some(day));
        let events = decide(&settings, &Authority::Operator, command.clone()).unwrap();
        let cleared = SettingCleared { key: "VAT_PERCENT".into(), from: Some(day) };
        assert_eq!(events, [cleared.into()]);
        settings.evolve(&events[0]);
        assert_eq!(settings.value_on(SettingKey::VatPercent, day), "0");
        assert_eq!(decide(&settings, &Authority::Operator, command), Ok(vec![]));
    }

    #[test]
    fn where_no_value_was_given_for_that_day_nothing_happens() {
        let command = clear("VAT_PERCENT", None);
        assert_eq!(decide(&given(), &Authority::Operator, command), Ok(vec![]));
    }

    #[test]
    fn clearing_is_refused_where_changing_would_be() {
        let manager =
            Authority::Member { member: MemberId(Uuid::from_u128(1)), roles: vec![Role::Manager] };
        let code = |by: &Authority, command| decide(&given(), by, command).unwrap_err().code();
        let day = Some(date(2026, 7, 1));
        assert_eq!(code(&manager, clear("VAT_PERCENT", day)), "settings.not_allowed");
        assert_eq!(code(&manager, clear("SITE_URL", None)), "settings.operator_only");
        assert_eq!(code(&manager, clear("COLOUR", None)), "settings.unknown_key");
        assert_eq!(code(&Authority::Operator, clear("SITE_URL", day)), "settings.not_dated");
    }
}
