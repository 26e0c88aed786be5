//! Fixed values that the tests of this slice share.

use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use super::draft::{Known, checked, expiry};
use super::{Draft, SignUp, SignUpBegun, SignUpConfirmed, SignUpCorrected, SignUpEvent};
use crate::id::{SignUpId, TenantId};

pub(crate) const SIGN_UP: SignUpId = SignUpId(Uuid::from_u128(1));
pub(crate) const TENANT: TenantId = TenantId(Uuid::from_u128(2));
pub(crate) const KNOWN: Known = Known { plan: true };

/// So many hours after the sign-up was begun.
pub(crate) fn at(hours: i64) -> Timestamp {
    let begun: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    begun.checked_add(hours.hours()).unwrap()
}

pub(crate) fn draft() -> Draft {
    Draft {
        firm_name: "Acme Consulting".into(),
        slug: "acme".into(),
        country: "ZA".into(),
        currency: None,
        time_zone: None,
        plan: "standard".into(),
        owner_name: "Nova Example".into(),
        owner_email: "nova@example.com".into(),
    }
}

pub(crate) fn letter(n: u128) -> Uuid {
    Uuid::from_u128(100 + n)
}

/// A stand-in for the digest that the write side makes.
pub(crate) fn digest(slug: &str) -> String {
    format!("digest of {slug}")
}

pub(crate) fn begun() -> SignUpEvent {
    let particulars = checked(SIGN_UP, &draft(), &digest("acme"), KNOWN).unwrap();
    SignUpBegun { sign_up: SIGN_UP, particulars, letter: letter(0), expires_at: expiry(at(0)) }
        .into()
}

pub(crate) fn corrected(slug: &str) -> SignUpEvent {
    let draft = Draft { slug: slug.into(), ..draft() };
    let particulars = checked(SIGN_UP, &draft, &digest(slug), KNOWN).unwrap();
    SignUpCorrected { sign_up: SIGN_UP, particulars, letter: letter(1), expires_at: expiry(at(1)) }
        .into()
}

pub(crate) fn confirmed() -> SignUpEvent {
    SignUpConfirmed { sign_up: SIGN_UP, tenant: TENANT }.into()
}

/// A sign-up that waits for its confirmation since `at(0)`.
pub(crate) fn waiting() -> SignUp {
    let mut sign_up = SignUp::default();
    sign_up.evolve(&begun());
    sign_up
}
