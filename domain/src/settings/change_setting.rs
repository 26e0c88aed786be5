//! A setting gets a value, from a day on or for always. The past may be set too: what was billed
//! keeps what it was billed with, and the log knows since when the new value is known.

use jiff::civil::Date;

use super::{Editor, Refusal, SettingChanged, SettingKey, Settings, SettingsEvent};
use crate::members::Authority;

/// Give a setting a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSetting {
    /// The registered name.
    pub key: String,
    /// The value; stored in its canonical form.
    pub value: String,
    /// The first day it holds; none = from always.
    pub from: Option<Date>,
}

/// Refuses an unknown name, a caller without the right, a day where there is none, a bad value.
pub fn decide(
    settings: &Settings,
    by: &Authority,
    command: ChangeSetting,
) -> Result<Vec<SettingsEvent>, Refusal> {
    let ChangeSetting { key, value, from } = command;
    let key = editable(&key, by, from)?;
    let kind = key.setting().kind;
    let Some(value) = kind.canonical(&value) else {
        return Err(Refusal::InvalidValue { key, allowed: kind.allowed() });
    };
    if settings.given(key, from) == Some(&value) {
        return Ok(Vec::new());
    }
    Ok(vec![SettingChanged { key: key.as_str().to_owned(), value, from }.into()])
}

/// The setting of that name, if the caller may edit it and it takes that day.
pub(super) fn editable(
    name: &str,
    by: &Authority,
    from: Option<Date>,
) -> Result<SettingKey, Refusal> {
    let Some(key) = SettingKey::parse(name) else {
        return Err(Refusal::UnknownKey { key: name.to_owned() });
    };
    match key.setting().editor {
        Editor::Operator if *by != Authority::Operator => {
            return Err(Refusal::OperatorOnly { key });
        }
        Editor::Role(needed) if !by.includes(needed) => {
            return Err(Refusal::NotAllowed { key, needed });
        }
        Editor::Operator | Editor::Role(_) => {}
    }
    if from.is_some() && !key.setting().dated {
        return Err(Refusal::NotDated { key });
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::MemberId;
    use crate::members::Role;
    use jiff::civil::date;
    use uuid::Uuid;

    fn change(key: &str, value: &str, from: Option<Date>) -> ChangeSetting {
        ChangeSetting { key: key.into(), value: value.into(), from }
    }

    fn by(role: Role) -> Authority {
        Authority::Member { member: MemberId(Uuid::from_u128(1)), roles: vec![role] }
    }

    #[test]
    fn a_setting_is_changed_from_a_day_on_in_its_canonical_form() {
        let from = Some(date(2026, 7, 1));
        let command = change("BILLABLE_HOURS_IN_WORKING_DAY", "7.50", from);
        let key = command.key.clone();
        assert_eq!(
            decide(&Settings::default(), &by(Role::Billing), command),
            Ok(vec![SettingChanged { key, value: "7.5".into(), from }.into()])
        );
    }

    #[test]
    fn the_value_it_has_from_that_day_already_changes_nothing() {
        let command = change("CURRENCY", "EUR", None);
        let mut settings = Settings::default();
        for event in decide(&settings, &Authority::Operator, command.clone()).unwrap() {
            settings.evolve(&event);
        }
        assert_eq!(decide(&settings, &Authority::Operator, command), Ok(vec![]));
        let same_from_a_day = change("CURRENCY", "EUR", Some(date(2026, 1, 1)));
        assert_eq!(decide(&settings, &Authority::Operator, same_from_a_day).unwrap().len(), 1);
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let refused =
            decide(&Settings::default(), &Authority::Operator, change("COLOUR", "", None));
        assert_eq!(refused, Err(Refusal::UnknownKey { key: "COLOUR".into() }));
    }

    #[test]
    fn a_value_out_of_bounds_is_refused_with_what_is_allowed() {
        let command = change("TIMECAPTURE_INTERVAL_MINUTES", "0", None);
        let refusal = decide(&Settings::default(), &by(Role::Admin), command).unwrap_err();
        assert_eq!((refusal.code(), refusal.field()), ("settings.invalid_value", Some("/value")));
        assert_eq!(
            refusal.to_string(),
            "TIMECAPTURE_INTERVAL_MINUTES must be a whole number from 1 to 240"
        );
    }

    #[test]
    fn a_day_is_refused_where_a_value_holds_for_all_days() {
        let command = change("WEEK_START", "sunday", Some(date(2026, 1, 1)));
        let refused = decide(&Settings::default(), &by(Role::Owner), command);
        assert_eq!(refused, Err(Refusal::NotDated { key: SettingKey::WeekStart }));
    }

    #[test]
    fn only_the_operator_changes_where_the_tenant_is_reached() {
        let command = change("SITE_URL", "https://acme.example", None);
        let refused = decide(&Settings::default(), &by(Role::Owner), command.clone());
        assert_eq!(refused, Err(Refusal::OperatorOnly { key: SettingKey::SiteUrl }));
        assert!(decide(&Settings::default(), &Authority::Operator, command).is_ok());
    }

    #[test]
    fn a_role_below_the_needed_one_is_refused() {
        for (role, key, value, needed) in [
            (Role::Manager, SettingKey::Currency, "EUR", Role::Billing),
            (Role::Billing, SettingKey::TimeZone, "Etc/UTC", Role::Admin),
            (Role::Admin, SettingKey::SelfApproval, "true", Role::Owner),
            (Role::Auditor, SettingKey::WeekStart, "sunday", Role::Admin),
        ] {
            let command = change(key.as_str(), value, None);
            let refused = decide(&Settings::default(), &by(role), command.clone());
            assert_eq!(refused, Err(Refusal::NotAllowed { key, needed }));
            assert!(decide(&Settings::default(), &by(needed), command).is_ok());
        }
    }
}
