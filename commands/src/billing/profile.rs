//! What is known of a client for its invoices. It's said as a whole, so that what was seen is what
//! holds; an invoice that was issued keeps what was known then.

use domain::billing::Refusal;
use domain::billing::billing_profile::{self, BillingProfile, Profile, profile_stream};
use domain::billing::prompt_payment::PromptTerms;
use domain::billing::sealed::BuyerParticulars;
use domain::billing::tax::TaxCategory;
use domain::catalogue::{Client, client_stream};
use domain::id::{ClientId, MemberId, SubjectId};
use domain::members::{Action, Member, Object, checked_email, member_stream};
use domain::personal::{Personal, PurposeClass};

use super::places::{at, missing, named, nth};
use super::{of_client, refusal};
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Say what is known of a client for its invoices.
#[derive(Debug, Clone)]
pub struct ChangeProfile {
    /// The client.
    pub client: ClientId,
    /// Legal name, address, numbers and mail address; none = known by its name only.
    pub particulars: Option<BuyerParticulars>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// How it's taxed; none = as the rest.
    pub category: Option<TaxCategory>,
    /// Why it's not taxed.
    pub tax_reason: Option<String>,
    /// Days to pay; none = as the settings say.
    pub payment_days: Option<u16>,
    /// What is taken off for paying soon; none = as the settings say.
    pub prompt_payment: Option<PromptTerms>,
    /// What it wants to read on each invoice.
    pub buyer_reference: Option<String>,
    /// Who looks after its bills.
    pub account_manager: Option<MemberId>,
    /// The version of the profile that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeProfile {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let client = self.client;
        let known = unit.write::<BillingProfile>(profile_stream(client)).await?;
        allowed(unit, Action::ChangeBills, &Object::Client(client)).await?;
        let found = unit.read::<Client>(client_stream(client)).await;
        if !named(found, "{id}")?.exists() {
            return Err(missing("{id}"));
        }
        known.check_seen(self.expected_version)?;
        if let Some(manager) = self.account_manager {
            let member = unit.read::<Member>(member_stream(manager)).await?;
            if !member.exists() {
                let detail = "there is no such member; choose one of the firm's".to_owned();
                return Err(refusal("billing.unknown_member", Some("/account_manager_id"), detail));
            }
        }
        let email = self.particulars.as_ref().and_then(|known| known.email.as_deref());
        if email.is_some_and(|text| checked_email(text).is_none()) {
            let detail = "give an e-mail address such as accounts@example.com".to_owned();
            return Err(refusal("billing.bad_address", Some("/email"), detail));
        }
        let command = billing_profile::ChangeProfile { client, profile: self.profile() };
        let events = known.state.decide(command);
        let events = events.map_err(|refusal| at(&refusal, self.place(&refusal)))?;
        unit.emit(&known, events);
        Ok(Reply::changed(client))
    }
}

impl ChangeProfile {
    /// Where a refusal points to.
    fn place(&self, refusal: &Refusal) -> Option<String> {
        let Refusal::BadText { what, most } = refusal else {
            return refusal.field().map(str::to_owned);
        };
        let bad = |text: &String| text.chars().count() > *most || text.contains(char::is_control);
        let lines = self.particulars.iter().flat_map(|known| &known.address);
        let place = match *what {
            "a reason for no tax" => "/tax_reason",
            "a buyer reference" => "/buyer_reference",
            "a name" => "/legal_name",
            "a line of an address" => return nth("address", lines.into_iter().position(bad), ""),
            "a VAT number" => "/vat_number",
            "a registration number" => "/registration_number",
            "an e-mail address" => "/email",
            _ => "/address",
        };
        Some(place.to_owned())
    }

    fn profile(&self) -> Profile {
        let subject = SubjectId(self.client.0);
        let particulars = self.particulars.clone();
        let reference = self.buyer_reference.clone();
        Profile {
            particulars: particulars.map(|it| Personal::new(subject, PurposeClass::Identity, it)),
            country: self.country.clone(),
            category: self.category,
            tax_reason: self.tax_reason.clone(),
            payment_days: self.payment_days,
            prompt_payment: self.prompt_payment,
            buyer_reference: reference
                .map(|text| of_client(self.client, PurposeClass::Identity, text)),
            account_manager: self.account_manager,
        }
    }
}
