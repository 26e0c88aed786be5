//! What a firm says of itself, and everything that is wrong with it at once: who fills in a form
//! wants all the faults, not the first.

use jiff::{Timestamp, ToSpan};

use super::{Particulars, Refusal};
use crate::country::{is_country, pack};
use crate::id::{SignUpId, SubjectId};
use crate::members::checked_email;
use crate::money::minor_digits;
use crate::name::checked_name;
use crate::personal::{Personal, PurposeClass, Unique};
use crate::settings::canonical_time_zone;
use crate::tenancy::{is_reserved, is_slug};

/// How long a sign-up waits for its confirmation.
pub const HOURS_TO_CONFIRM: i64 = 24;

/// What a firm says of itself, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it's called.
    pub firm_name: String,
    /// What its host is to begin with.
    pub slug: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 4217; none = the country's.
    pub currency: Option<String>,
    /// IANA; none = the country's.
    pub time_zone: Option<String>,
    /// The plan it wants once the trial is over.
    pub plan: String,
    /// What its owner is called.
    pub owner_name: String,
    /// The address its owner will sign in with.
    pub owner_email: String,
}

/// What must be known of the world to judge a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Whether a firm may choose the plan.
    pub plan: bool,
}

/// Everything that is wrong with a draft, in the order of its fields.
pub fn faults(draft: &Draft, known: Known) -> Vec<Refusal> {
    let mut faults = Vec::new();
    let mut check = |fine: bool, refusal: Refusal| {
        if !fine {
            faults.push(refusal);
        }
    };
    check(checked_name(&draft.firm_name).is_some(), Refusal::InvalidFirmName);
    check(is_slug(&draft.slug), Refusal::InvalidSlug);
    check(!is_reserved(&draft.slug), Refusal::SlugReserved);
    check(is_country(&draft.country), Refusal::InvalidCountry);
    let says_more = draft.currency.is_some() && draft.time_zone.is_some();
    let known_here = pack(&draft.country).is_some() || !is_country(&draft.country);
    check(known_here || says_more, Refusal::UnknownCountry);
    let currency = draft.currency.as_deref();
    check(currency.is_none_or(|code| minor_digits(code).is_some()), Refusal::UnknownCurrency);
    let zone = draft.time_zone.as_deref();
    check(zone.is_none_or(|zone| canonical_time_zone(zone).is_some()), Refusal::UnknownTimeZone);
    check(known.plan, Refusal::UnknownPlan);
    check(checked_name(&draft.owner_name).is_some(), Refusal::InvalidOwnerName);
    check(checked_email(&draft.owner_email).is_some(), Refusal::InvalidOwnerEmail);
    faults
}

/// The draft as it's recorded, or the first thing that is wrong with it. `slug_digest` claims the
/// slug.
pub(super) fn checked(
    sign_up: SignUpId,
    draft: &Draft,
    slug_digest: &str,
    known: Known,
) -> Result<Particulars, Refusal> {
    if let Some(refusal) = faults(draft, known).into_iter().next() {
        return Err(refusal);
    }
    let subject = SubjectId(sign_up.0);
    let personal = |text: String| Personal::new(subject, PurposeClass::Identity, text);
    let slug = Unique { text: draft.slug.clone(), digest: slug_digest.to_owned() };
    Ok(Particulars {
        firm_name: personal(checked_name(&draft.firm_name).ok_or(Refusal::InvalidFirmName)?),
        slug: Personal::new(subject, PurposeClass::Identity, slug),
        country: draft.country.clone(),
        currency: draft.currency.clone(),
        time_zone: draft.time_zone.as_deref().and_then(canonical_time_zone),
        plan: draft.plan.clone(),
        owner_name: personal(checked_name(&draft.owner_name).ok_or(Refusal::InvalidOwnerName)?),
        owner_email: personal(checked_email(&draft.owner_email).ok_or(Refusal::InvalidOwnerEmail)?),
    })
}

/// When a sign-up that was begun or corrected at this moment ends.
pub(super) fn expiry(at: Timestamp) -> Timestamp {
    at.checked_add(HOURS_TO_CONFIRM.hours()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signup::samples;

    const KNOWN: Known = Known { plan: true };

    fn codes(draft: &Draft, known: Known) -> Vec<&'static str> {
        faults(draft, known).iter().map(Refusal::code).collect()
    }

    #[test]
    fn a_draft_of_known_things_has_no_fault() {
        assert_eq!(codes(&samples::draft(), KNOWN), Vec::<&str>::new());
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let draft = Draft {
            firm_name: " ".into(),
            slug: "A".into(),
            country: "za".into(),
            currency: Some("RAND".into()),
            time_zone: Some("Mars/Olympus".into()),
            plan: "gold".into(),
            owner_name: String::new(),
            owner_email: "nova".into(),
        };
        let expected = [
            "signup.invalid_firm_name",
            "signup.invalid_slug",
            "signup.invalid_country",
            "signup.unknown_currency",
            "signup.unknown_time_zone",
            "signup.unknown_plan",
            "signup.invalid_owner_name",
            "signup.invalid_owner_email",
        ];
        assert_eq!(codes(&draft, Known { plan: false }), expected);
    }

    #[test]
    fn a_country_nothing_is_known_of_needs_currency_and_zone() {
        let draft = Draft { country: "NZ".into(), ..samples::draft() };
        assert_eq!(codes(&draft, KNOWN), ["signup.unknown_country"]);
        let currency = Some("NZD".to_owned());
        let time_zone = Some("Pacific/Auckland".to_owned());
        let draft = Draft { currency, time_zone, ..draft };
        assert_eq!(codes(&draft, KNOWN), Vec::<&str>::new());
    }

    #[test]
    fn a_name_of_the_services_own_is_kept_back() {
        let draft = Draft { slug: "www".into(), ..samples::draft() };
        assert_eq!(codes(&draft, KNOWN), ["signup.slug_reserved"]);
    }
}
