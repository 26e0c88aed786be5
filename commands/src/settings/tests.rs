//! Changes of settings on a real database: values, rights, and what changes nothing.

use domain::log::Actor;
use domain::members::Role;

use super::*;
use crate::testing::{Firm, refused};

fn vat(value: &str) -> ChangeSetting {
    ChangeSetting { key: "VAT_PERCENT".into(), value: value.into(), from: None }
}

#[tokio::test]
async fn a_setting_is_changed_and_taken_back_by_who_may() {
    let firm = Firm::new().await;
    let billing = Actor::Member(firm.member(&[Role::Billing]).await);
    let manager = Actor::Member(firm.member(&[Role::Manager]).await);
    assert_eq!(firm.send(manager, vat("15")).await, Err(CommandError::Forbidden));
    firm.send(billing, vat("15.0")).await.expect("billing may");
    firm.send(billing, vat("15")).await.expect("the value it has");
    let clear = ClearSetting { key: "VAT_PERCENT".into(), from: None };
    firm.send(billing, clear).await.expect("billing may");
    let types = firm.event_types().await;
    assert_eq!(types[2..], ["SettingChanged", "SettingCleared"]);
}

#[tokio::test]
async fn an_unknown_setting_is_not_found_and_a_bad_value_refused() {
    let firm = Firm::new().await;
    let colour = ChangeSetting { key: "COLOUR".into(), value: "red".into(), from: None };
    assert_eq!(firm.send(Actor::Operator, colour).await, Err(CommandError::NotFound));
    assert_eq!(refused(firm.send(Actor::Operator, vat("150")).await), "settings.invalid_value");
    assert_eq!(firm.rows().await, []);
}

#[tokio::test]
async fn each_value_is_known_with_who_gave_it_and_what_holds_next() {
    let firm = Firm::new().await;
    let owner = firm.member(&[Role::Owner]).await;
    let set = |key: &str, value: &str, from: Option<&str>| ChangeSetting {
        key: key.into(),
        value: value.into(),
        from: from.map(|day| day.parse().expect("a day")),
    };
    let operator = Actor::Operator;
    firm.send(operator, set("COUNTRY", "ZA", None)).await.expect("set");
    firm.send(operator, set("CURRENCY", "ZAR", None)).await.expect("set");
    let by = Actor::Member(owner);
    let first = firm.send(by, set("ROUNDING_MODE", "up", Some("2026-01-01"))).await.expect("set");
    firm.send(by, set("ROUNDING_MODE", "down", Some("2027-01-01"))).await.expect("set");
    let read = async |until: known::Until| {
        let mut tx = firm.tenant.tenants.begin(firm.id()).await.expect("a transaction");
        let read = known::KnownSettings::read(&mut tx, until).await.expect("settings");
        tx.commit().await.expect("read");
        read
    };
    let now = read(known::Until::default()).await;
    let day = "2026-06-01".parse().expect("a day");
    assert_eq!(now.source(SettingKey::WeekStart, day), known::Source::Default);
    let known::Source::CountryPack(change) = now.source(SettingKey::Currency, day) else {
        panic!("the pack has it so");
    };
    assert_eq!((change.by, change.value.as_deref()), (operator, Some("ZAR")));
    let known::Source::Set(change) = now.source(SettingKey::RoundingMode, day) else {
        panic!("somebody set it");
    };
    assert_eq!((change.by, change.position), (by, first.position));
    let next = now.next(SettingKey::RoundingMode, day).expect("another one");
    assert_eq!(next.value, "down");
    assert_eq!(now.changes_of(SettingKey::RoundingMode).count(), 2);
    let then = read(known::Until { position: Some(first.position), known_at: None }).await;
    assert_eq!(then.next(SettingKey::RoundingMode, day), None);
    let before = Some(change.at.checked_sub(jiff::SignedDuration::from_nanos(1)).expect("before"));
    let unknown = read(known::Until { position: None, known_at: before }).await;
    assert_eq!(unknown.source(SettingKey::RoundingMode, day), known::Source::Default);
}

#[tokio::test]
async fn a_mark_is_a_file_of_that_kind_that_is_there() {
    let firm = Firm::new().await;
    let random = migrations::testing::random_id().to_string();
    let owner = firm.member(&[Role::Owner]).await;
    for value in ["logo.png", random.as_str(), owner.to_string().as_str()] {
        let logo = ChangeSetting { key: "LOGO".into(), value: value.into(), from: None };
        let refused = refused(firm.send(Actor::Operator, logo).await);
        assert_eq!(refused, "settings.invalid_value", "{value}");
    }
}
