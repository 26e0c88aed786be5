//! What is known of a client for its invoices, over HTTP. It's read by a fold of the client's own
//! profile, and said as a whole.

use commands::billing::ChangeProfile;
use commands::event_log::read::{StoredRow, stream_after};
use domain::billing::billing_profile::{BillingProfile, Profile, ProfileEvent, profile_stream};
use domain::billing::sealed::BuyerParticulars;
use domain::id::{ClientId, MemberId};
use domain::personal::{Personal, PersonalFields, try_each_personal};
use projections::catalogue::client;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sight::must_see;
use super::terms::{PromptBody, TaxCode};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

const KIND: &str = "billing_profile";

/// What is known of a client for its invoices; null = not known, or as the settings say.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ClientBilling")]
pub(crate) struct ProfileBody {
    /// In law; the client's name where it's not known.
    #[serde(default)]
    legal_name: Option<String>,
    /// Line by line, at most six.
    #[serde(default)]
    address: Vec<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    vat_number: Option<String>,
    #[serde(default)]
    registration_number: Option<String>,
    /// Where invoices are mailed to.
    #[serde(default)]
    email: Option<String>,
    /// How it's taxed; null = at the standard rate.
    #[serde(default)]
    tax_category: Option<TaxCode>,
    /// Why it's not taxed.
    #[serde(default)]
    tax_reason: Option<String>,
    /// Days to pay.
    #[serde(default)]
    payment_days: Option<u16>,
    #[serde(default)]
    prompt_payment: Option<PromptBody>,
    /// What it wants to read on each invoice.
    #[serde(default)]
    buyer_reference: Option<String>,
    /// Who looks after its bills.
    #[serde(default)]
    account_manager_id: Option<Uuid>,
}

impl ProfileBody {
    /// What is known, as it's shown.
    fn of(profile: &Profile) -> Self {
        let known = profile.particulars.as_ref().and_then(Personal::get).cloned();
        let known = known.unwrap_or_default();
        ProfileBody {
            legal_name: Some(known.name).filter(|name| !name.is_empty()),
            address: known.address,
            country: profile.country.clone(),
            vat_number: known.vat_number,
            registration_number: known.registration_number,
            email: known.email,
            tax_category: profile.category.map(TaxCode::from),
            tax_reason: profile.tax_reason.clone(),
            payment_days: profile.payment_days,
            prompt_payment: profile.prompt_payment.map(PromptBody::of),
            buyer_reference: profile.buyer_reference.as_ref().and_then(Personal::get).cloned(),
            account_manager_id: profile.account_manager.map(|member| member.0),
        }
    }

    /// Who the client is in law; none where nothing is said of it.
    fn particulars(&self) -> Option<BuyerParticulars> {
        let said = self.legal_name.is_some()
            || !self.address.is_empty()
            || self.vat_number.is_some()
            || self.registration_number.is_some()
            || self.email.is_some();
        said.then(|| BuyerParticulars {
            name: self.legal_name.clone().unwrap_or_default(),
            address: self.address.clone(),
            vat_number: self.vat_number.clone(),
            registration_number: self.registration_number.clone(),
            email: self.email.clone(),
        })
    }
}

/// What is known of a client at the moment that the request is about, and since which position.
pub(crate) async fn profile_then(
    about: &About,
    client: ClientId,
) -> Result<(Profile, i64), Problem> {
    let mut tx = about.tx().await?;
    let mut rows = stream_after(&mut tx, profile_stream(client), 0).await?;
    if let Some(position) = about.as_of {
        rows.retain(|row| row.position <= position);
    }
    let (mut folded, mut last) = (BillingProfile::default(), 0);
    for row in &rows {
        let recorded = StoredRow::decode(row)?;
        let event: Option<&ProfileEvent> = recorded.event.family();
        let mut event = event.cloned().ok_or_else(Problem::not_found)?;
        let mut keys = Vec::new();
        event.each_personal(&mut |field| keys.push(field.key()));
        if !keys.is_empty() && !about.keys.knows(&keys) {
            about.keys.load(&mut tx, &keys).await?;
        }
        try_each_personal(&mut event, |field| field.open(&*about.keys))
            .map_err(|error| Problem::internal(&error))?;
        folded.evolve(&event);
        last = row.position;
    }
    tx.commit().await?;
    Ok((folded.profile, last))
}

/// `GET /clients/{id}/billing`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<ProfileBody>, Problem> {
    let id = ClientId(call.path.id);
    must_see(&call, id)?;
    let mut tx = call.tx().await?;
    let known = client::find(&mut tx, id).await?;
    tx.commit().await?;
    known.ok_or_else(|| Problem::not_found_at("{id}"))?;
    let (profile, position) = profile_then(&call, id).await?;
    Ok(call.read(ProfileBody::of(&profile)).tagged(call.tag((KIND, id.0), position)))
}

/// `PUT /clients/{id}/billing`.
pub(crate) async fn change(
    call: Call<ById, Nothing, Json<ProfileBody>>,
) -> Result<Answer<Changed>, Problem> {
    let client = ClientId(call.path.id);
    let body = call.body.0.clone();
    let prompt = body.prompt_payment.as_ref().map(|it| it.terms("/prompt_payment"));
    let prompt_payment = prompt.transpose()?;
    let object = (KIND, client.0);
    let command = |expected_version| ChangeProfile {
        client,
        particulars: body.particulars(),
        country: body.country.clone(),
        category: body.tax_category.map(Into::into),
        tax_reason: body.tax_reason.clone(),
        payment_days: body.payment_days,
        prompt_payment,
        buyer_reference: body.buyer_reference.clone(),
        account_manager: body.account_manager_id.map(MemberId),
        expected_version,
    };
    let done = call.send_if(object, profile_stream(client), |_, _| true, command).await?;
    Ok(call.changed(done, object))
}
