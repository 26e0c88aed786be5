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
