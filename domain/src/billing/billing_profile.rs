//! What is known of a client for its invoices: who it is in law, how it's taxed, when it pays, and
//! who looks after it. An invoice that was issued keeps what was known then.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::prompt_payment::PromptTerms;
use super::sealed::{Buyer, BuyerParticulars};
use super::tax::TaxCategory;
use crate::aggregate::aggregate;
use crate::country::is_country;
use crate::id::{ClientId, MemberId, StreamId, SubjectId};
use crate::personal::{Personal, PersonalField, PersonalFields, PurposeClass};

/// How long a line may be, in characters.
pub const LINE_CHARACTERS_MAX: usize = 200;
/// How many lines an address may have.
pub const ADDRESS_LINES_MAX: usize = 6;

/// The stream of a client's profile.
pub fn profile_stream(client: ClientId) -> StreamId {
    StreamId::derived("billing_profile", &[client.0.as_bytes()])
}

/// What is known of a client for its invoices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Legal name, address, numbers and mail address; none = known by its name only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub particulars: Option<Personal<BuyerParticulars>>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// How it's taxed; none = at the standard rate, or not at all by a firm that is not registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<TaxCategory>,
    /// Why it's not taxed, where the law wants it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_reason: Option<String>,
    /// Days to pay; none = as the settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_days: Option<u16>,
    /// What is taken off for paying soon; none = as the settings say, zero percent = nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_payment: Option<PromptTerms>,
    /// What it wants to read on each invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_reference: Option<Personal<String>>,
    /// Who looks after its bills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_manager: Option<MemberId>,
}

impl PersonalFields for Profile {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        self.particulars.each_personal(visit);
        self.buyer_reference.each_personal(visit);
    }
}

impl Profile {
    /// Who is to pay, as it stands on a document; by the client's name where no legal one is known.
    pub fn buyer(&self, client: ClientId, known_as: &str) -> Buyer {
        let named = |known: BuyerParticulars| {
            let particulars = BuyerParticulars { name: known_as.to_owned(), ..known };
            Personal::new(SubjectId(client.0), PurposeClass::Identity, particulars)
        };
        let particulars = match &self.particulars {
            None => named(BuyerParticulars::default()),
            Some(sealed) => match sealed.get().filter(|known| known.name.trim().is_empty()) {
                Some(nameless) => named(nameless.clone()),
                None => sealed.clone(),
            },
        };
        Buyer { particulars, country: self.country.clone().unwrap_or_default() }
    }
}

/// What is known of a client was changed; all of it as it holds from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingProfileChanged {
    /// The client.
    pub client: ClientId,
    /// What is known of it.
    pub profile: Profile,
}

crate::event_family! {
    /// The events of a client's profile.
    ProfileEvent {
        /// Is another.
        BillingProfileChanged = 1 [profile],
    }
}

/// A client's profile as its stream tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingProfile {
    /// What is known.
    pub profile: Profile,
}

/// Says what is known of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeProfile {
    /// The client.
    pub client: ClientId,
    /// All that is known of it.
    pub profile: Profile,
}

impl BillingProfile {
    /// What changing leads to: nothing where all is as it was.
    pub fn decide(&self, command: ChangeProfile) -> Result<Vec<ProfileEvent>, Refusal> {
        let ChangeProfile { client, profile } = command;
        check(&profile)?;
        if same(&self.profile, &profile) {
            return Ok(Vec::new());
        }
        Ok(vec![BillingProfileChanged { client, profile }.into()])
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &ProfileEvent) {
        let ProfileEvent::BillingProfileChanged(event) = event;
        self.profile = event.profile.clone();
    }
}

aggregate!(BillingProfile, "billing_profile", ChangeProfile, ProfileEvent, Refusal);

/// Whether two say the same; what is sealed is compared by what it says.
fn same(one: &Profile, other: &Profile) -> bool {
    fn said<T: PartialEq>(one: Option<&Personal<T>>, other: Option<&Personal<T>>) -> bool {
        match (one, other) {
            (None, None) => true,
            (Some(one), Some(other)) => one.get().is_some() && one.get() == other.get(),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
    let rest =
        |profile: &Profile| Profile { particulars: None, buyer_reference: None, ..profile.clone() };
    said(one.particulars.as_ref(), other.particulars.as_ref())
        && said(one.buyer_reference.as_ref(), other.buyer_reference.as_ref())
        && rest(one) == rest(other)
}

fn check(profile: &Profile) -> Result<(), Refusal> {
    if profile.country.as_ref().is_some_and(|code| !is_country(code)) {
        return Err(Refusal::UnknownCountry);
    }
    profile.prompt_payment.map_or(Ok(()), PromptTerms::check)?;
    let most = LINE_CHARACTERS_MAX;
    let line = |what: &'static str, text: &str| {
        let bad = text.chars().count() > most || text.contains(char::is_control);
        if bad { Err(Refusal::BadText { what, most }) } else { Ok(()) }
    };
    line("a reason for no tax", profile.tax_reason.as_deref().unwrap_or_default())?;
    let reference = profile.buyer_reference.as_ref().and_then(Personal::get);
    line("a buyer reference", reference.map_or("", String::as_str))?;
    let Some(known) = profile.particulars.as_ref().and_then(Personal::get) else {
        return Ok(());
    };
    if known.address.len() > ADDRESS_LINES_MAX {
        return Err(Refusal::BadText { what: "each of the six lines of an address", most });
    }
    line("a name", &known.name)?;
    known.address.iter().try_for_each(|text| line("a line of an address", text))?;
    for (what, text) in [
        ("a VAT number", &known.vat_number),
        ("a registration number", &known.registration_number),
        ("an e-mail address", &known.email),
    ] {
        line(what, text.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{client, personal};

    fn particulars(name: &str, address: &[&str]) -> Personal<BuyerParticulars> {
        let particulars = BuyerParticulars {
            name: name.into(),
            address: address.iter().map(|line| (*line).to_owned()).collect(),
            ..BuyerParticulars::default()
        };
        Personal::new(SubjectId(client(1).0), PurposeClass::Identity, particulars)
    }

    fn profile() -> Profile {
        Profile {
            particulars: Some(particulars("Nova Ltd", &["1 Main Road"])),
            country: Some("ZA".into()),
            buyer_reference: Some(personal("PO 7")),
            ..Profile::default()
        }
    }

    fn change(profile: Profile) -> ChangeProfile {
        ChangeProfile { client: client(1), profile }
    }

    #[test]
    fn what_is_known_holds_until_it_is_changed_and_the_same_again_changes_nothing() {
        let mut known = BillingProfile::default();
        let events = known.decide(change(profile())).expect("changed");
        assert_eq!(events.len(), 1);
        events.iter().for_each(|event| known.evolve(event));
        assert_eq!(known.decide(change(profile())), Ok(vec![]));
        let other = Profile { payment_days: Some(7), ..profile() };
        assert_eq!(known.decide(change(other)).map(|events| events.len()), Ok(1));
        let moved = particulars("Nova Ltd", &["2 Main Road"]);
        let other = Profile { particulars: Some(moved), ..profile() };
        assert_eq!(known.decide(change(other)).map(|events| events.len()), Ok(1));
    }

    #[test]
    fn a_client_of_whom_nothing_is_known_is_billed_by_its_name() {
        let buyer = |profile: Profile| {
            let Buyer { particulars, country } = profile.buyer(client(1), "Nova");
            let known = particulars.get().expect("in clear").clone();
            (known.name, known.address.len(), country)
        };
        assert_eq!(buyer(Profile::default()), ("Nova".into(), 0, String::new()));
        assert_eq!(buyer(profile()), ("Nova Ltd".into(), 1, "ZA".into()));
        let nameless = Some(particulars("", &["1 Main Road"]));
        let nameless = Profile { particulars: nameless, ..Profile::default() };
        assert_eq!(buyer(nameless), ("Nova".into(), 1, String::new()));
    }

    #[test]
    fn an_offer_that_can_not_be_taken_is_refused() {
        let percent = crate::money::Percent::parse("2").expect("a rate");
        let prompt_payment = Some(PromptTerms { percent, days: 0 });
        let offered = change(Profile { prompt_payment, ..profile() });
        let refusal = BillingProfile::default().decide(offered).expect_err("no day");
        assert_eq!(refusal.code(), "billing.unsound_prompt_terms");
    }

    #[test]
    fn countries_that_are_none_and_texts_that_do_not_fit_are_refused() {
        let refused = |profile| {
            let refusal = BillingProfile::default().decide(change(profile)).expect_err("refused");
            refusal.code()
        };
        let nowhere = Profile { country: Some("XX".into()), ..profile() };
        assert_eq!(refused(nowhere), "billing.unknown_country");
        for (name, address) in
            [("x".repeat(201), vec![]), ("a\nb".into(), vec![]), ("a".into(), vec!["b"; 7])]
        {
            let particulars = Some(particulars(&name, &address));
            assert_eq!(refused(Profile { particulars, ..profile() }), "billing.bad_text");
        }
    }
}
