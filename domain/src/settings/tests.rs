//! The fold of the settings: which value holds on which day.

use super::*;
use cqrs_es::test::TestFramework;
use jiff::civil::date;
use proptest::prelude::*;

fn changed(key: SettingKey, value: &str, from: Option<Date>) -> SettingsEvent {
    SettingChanged { key: key.as_str().into(), value: value.into(), from }.into()
}

fn folded(events: &[SettingsEvent]) -> Settings {
    let mut settings = Settings::default();
    events.iter().for_each(|event| settings.evolve(event));
    settings
}

#[test]
fn a_tenant_that_has_set_nothing_lives_by_the_defaults() {
    let (settings, day) = (Settings::default(), date(2026, 1, 1));
    assert_eq!(settings.time_zone(day), "Etc/UTC");
    assert_eq!(settings.interval_minutes(day), 15);
    assert_eq!(settings.working_day_seconds(day), 8 * 3600);
    assert_eq!(settings.currency(day), "USD");
    let none = Rounding {
        mode: RoundingMode::None,
        tie: RoundingTie::HalfUp,
        scope: RoundingScope::Entry,
        interval_minutes: 15,
    };
    assert_eq!(settings.rounding(day), none);
    assert!(!settings.self_approval(day));
    assert_eq!(settings.day_attribution(day), DayAttribution::Start);
    assert!(settings.approval_chain(day).is_default());
    assert!(settings.mails_timesheets() && !settings.reminds_of_timesheets());
    assert!(!settings.vat_registered(day));
    assert_eq!(settings.vat_percent(day), Percent::parse("0").unwrap());
    assert_eq!(settings.week_start(), Weekday::Monday);
    assert_eq!((settings.site_url(), settings.default_from_email()), (None, None));
}

#[test]
fn each_day_has_the_value_of_the_last_day_named_up_to_it() {
    let hours = SettingKey::BillableHoursInWorkingDay;
    let settings = folded(&[
        changed(hours, "7.5", Some(date(2026, 7, 1))),
        changed(hours, "6", Some(date(2026, 1, 1))),
    ]);
    let seconds = |year, month, day| settings.working_day_seconds(date(year, month, day));
    assert_eq!(seconds(2025, 12, 31), 28_800);
    assert_eq!(seconds(2026, 1, 1), 21_600);
    assert_eq!(seconds(2026, 6, 30), 21_600);
    assert_eq!(seconds(2026, 7, 1), 27_000);
}

#[test]
fn a_value_from_always_holds_before_every_dated_one_and_stands_back_after() {
    let zone = SettingKey::TimeZone;
    let settings = folded(&[
        changed(zone, "Europe/Berlin", Some(date(2026, 3, 1))),
        changed(zone, "Africa/Johannesburg", None),
    ]);
    assert_eq!(settings.time_zone(date(1999, 1, 1)), "Africa/Johannesburg");
    assert_eq!(settings.time_zone(date(2026, 3, 1)), "Europe/Berlin");
}

#[test]
fn what_is_recorded_later_for_the_same_day_replaces_what_was_there() {
    let from = Some(date(2026, 1, 1));
    let currency = SettingKey::Currency;
    let settings = folded(&[changed(currency, "ZAR", from), changed(currency, "EUR", from)]);
    assert_eq!(settings.currency(date(2026, 1, 1)), "EUR");
    assert_eq!(settings.history(currency), [DatedValue { from, value: "EUR".into() }]);
}

#[test]
fn undated_settings_and_the_rounding_rule_are_read_as_types() {
    let settings = folded(&[
        changed(SettingKey::WeekStart, "sunday", None),
        changed(SettingKey::SiteUrl, "https://acme.example", None),
        changed(SettingKey::DefaultFromEmail, "time@acme.example", None),
        changed(SettingKey::RoundingMode, "nearest", None),
        changed(SettingKey::RoundingTie, "half_even", None),
        changed(SettingKey::RoundingScope, "invoice_line", None),
        changed(SettingKey::TimecaptureIntervalMinutes, "6", None),
        changed(SettingKey::SelfApproval, "true", None),
        changed(SettingKey::ApprovalChain, "line_manager,billing", Some(date(2026, 1, 1))),
        changed(SettingKey::MailTimesheets, "off", None),
        changed(SettingKey::TimesheetReminder, "weekly", None),
        changed(SettingKey::VatPercent, "15.5", None),
        changed(SettingKey::VatRegistered, "true", None),
    ]);
    let day = date(2026, 1, 1);
    assert_eq!(settings.week_start(), Weekday::Sunday);
    assert_eq!(settings.site_url(), Some("https://acme.example"));
    assert_eq!(settings.default_from_email(), Some("time@acme.example"));
    let rule = Rounding {
        mode: RoundingMode::Nearest,
        tie: RoundingTie::HalfEven,
        scope: RoundingScope::InvoiceLine,
        interval_minutes: 6,
    };
    assert_eq!(settings.rounding(day), rule);
    assert!(settings.self_approval(day) && settings.vat_registered(day));
    assert_eq!(settings.vat_percent(day).to_string(), "15.5");
    assert_eq!(settings.approval_chain(day), Chain::parse("line_manager,billing").unwrap());
    assert!(settings.approval_chain(date(2025, 12, 31)).is_default());
    assert!(!settings.mails_timesheets() && settings.reminds_of_timesheets());
}

#[test]
fn a_setting_of_another_version_is_kept_and_the_state_reads_back_as_written() {
    let settings = folded(&[
        SettingChanged { key: "FROM_THE_FUTURE".into(), value: "1".into(), from: None }.into(),
        changed(SettingKey::Currency, "JPY", Some(date(2026, 1, 1))),
    ]);
    let stored = serde_json::to_string(&settings).unwrap();
    assert!(stored.contains("FROM_THE_FUTURE"));
    assert_eq!(serde_json::from_str::<Settings>(&stored).unwrap(), settings);
}

#[test]
fn the_aggregate_answers_as_the_plain_decisions_do() {
    let command = ChangeSetting { key: "CURRENCY".into(), value: "EUR".into(), from: None };
    let eur = changed(SettingKey::Currency, "EUR", None);
    TestFramework::<Settings>::with(())
        .given_no_previous_events()
        .when(SettingsCommand::Change(Authority::Operator, command.clone()))
        .then_expect_events(vec![eur.clone()]);
    TestFramework::<Settings>::with(())
        .given(vec![eur])
        .when(SettingsCommand::Change(Authority::Operator, command))
        .then_expect_events(vec![]);
    let clear = ClearSetting { key: "COLOUR".into(), from: None };
    TestFramework::<Settings>::with(())
        .given_no_previous_events()
        .when(SettingsCommand::Clear(Authority::Operator, clear))
        .then_expect_error(Refusal::UnknownKey { key: "COLOUR".into() });
}

proptest! {
    #[test]
    fn the_fold_agrees_with_a_search_through_all_events(
        steps in prop::collection::vec(
            (prop::option::of(1..6_i8), 1..240_u32, any::<bool>()),
            0..20,
        ),
        asked in 1..8_i8,
    ) {
        let key = SettingKey::TimecaptureIntervalMinutes;
        let day = |number: i8| date(2026, 1, number);
        let events: Vec<SettingsEvent> = steps.iter().map(|(from, minutes, clear)| {
            let from = from.map(day);
            if *clear {
                SettingCleared { key: key.as_str().into(), from }.into()
            } else {
                changed(key, &minutes.to_string(), from)
            }
        }).collect();
        let last_word = |from: Option<i8>| {
            steps.iter().rev().find(|step| step.0 == from).filter(|step| !step.2).map(|step| step.1)
        };
        let expected = (1..=asked).rev().map(Some).chain([None]).find_map(last_word).unwrap_or(15);
        prop_assert_eq!(folded(&events).interval_minutes(day(asked)), expected);
    }
}
