//! All tenants over HTTP, for operators: which there are, how each stands, and what is done to them.
//! Of what is in a tenant only counts are shown.

use commands::subscription::{
    self, ExtendTrial, KnownSubscription, RecordPayment, day_of, owners, settle,
};
use commands::tenancy::resume::ResumeTenant;
use commands::tenancy::suspend::SuspendTenant;
use commands::tenancy::{CreateTenantError, NewFirm, create_tenant, operations};
use commands::{Command, CommandError, Sender};
use domain::id::{PlatformPaymentId, TenantId};
use domain::log::{Actor, Via};
use domain::subscription::TRIAL_PLAN;
use jiff::civil::Date;
use migrations::platform::TenantRecord;
use migrations::provision::ProvisionError;
use projections::members::head_count::head_count;
use projections::registry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Amount, site_url};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::problem::{FieldError, Problem};
use crate::http::subscription::{SubscriptionBody, known, shown};

const KIND: &str = "tenant";

/// A tenant as operators see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Tenant")]
pub(crate) struct TenantBody {
    id: Uuid,
    slug: String,
    name: String,
    /// `provisioning`, `active`, `suspended`, `frozen` or `deleting`.
    state: String,
    created_at: String,
    /// The plan chosen last; null where it has no subscription yet.
    plan: Option<String>,
    /// `trial`, `active`, `grace` or `frozen`; null where it has no subscription yet.
    subscription_state: Option<&'static str>,
    /// How many members it has; null while it's being made or deleted.
    members: Option<i64>,
    /// How many of them are set active.
    active_members: Option<i64>,
}

async fn listed(
    about: &About,
    record: TenantRecord,
    known: &KnownSubscription,
) -> Result<TenantBody, Problem> {
    let reachable = matches!(record.state.as_str(), "active" | "suspended" | "frozen");
    let counted = match reachable {
        true => {
            let mut tx = about.app.tenants.begin(record.id).await?;
            let counted = head_count(&mut tx).await?;
            tx.commit().await?;
            Some(counted)
        }
        false => None,
    };
    let subscription = Some(&known.subscription).filter(|it| it.tenant.is_some());
    let chosen = subscription.and_then(|subscription| subscription.plan_chosen());
    let today = day_of(about.now());
    Ok(TenantBody {
        id: record.id.0,
        slug: record.slug,
        name: record.name,
        state: record.state,
        created_at: record.created_at.to_string(),
        plan: chosen.map(|chosen| chosen.plan.clone()),
        subscription_state: subscription.map(|it| it.state_on(today).as_str()),
        members: counted.map(|counted| counted.all),
        active_members: counted.map(|counted| counted.active),
    })
}

/// Which tenants.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichTenants {
    /// In this state only.
    state: Option<String>,
}

/// `GET /tenants`, by slug.
pub(crate) async fn list(
    call: Call<(), WhichTenants>,
) -> Result<Answer<Page<TenantBody>>, Problem> {
    let after: Option<String> = call.after()?;
    let wanted = |record: &TenantRecord| {
        call.query.state.as_ref().is_none_or(|state| record.state == *state)
            && after.as_ref().is_none_or(|after| record.slug > *after)
    };
    let limit = usize::try_from(call.look_for()).unwrap_or(usize::MAX);
    let all = call.app.platform.tenants().await?;
    let records: Vec<TenantRecord> = all.into_iter().filter(wanted).take(limit).collect();
    let ids: Vec<TenantId> = records.iter().map(|record| record.id).collect();
    let known = subscription::subscription(&call.app.tenants, &ids).await?;
    let mut rows = Vec::with_capacity(records.len());
    for (record, known) in records.into_iter().zip(&known) {
        rows.push(listed(&call, record, known).await?);
    }
    Ok(call.page(rows, |row| row.slug.clone(), |row| row))
}

/// A tenant with all that concerns its running.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct OneTenant {
    #[serde(flatten)]
    tenant: TenantBody,
    /// The hosts that lead to it, the primary one first.
    hosts: Vec<String>,
    /// Null where it has none yet.
    subscription: Option<SubscriptionBody>,
}

async fn record_of(about: &About, id: Uuid) -> Result<TenantRecord, Problem> {
    let id = TenantId(id);
    let found = about.app.platform.tenant_by_id(id).await?;
    found.filter(|_| !id.is_platform()).ok_or_else(Problem::not_found)
}

/// `GET /tenants/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<OneTenant>, Problem> {
    let record = record_of(&call, call.path.id).await?;
    let id = record.id;
    let known = known(&call, id).await?;
    let tenant = listed(&call, record, &known).await?;
    let hosts = call.app.platform.hosts_of(id).await?;
    let subscription =
        known.subscription.tenant.map(|_| shown(&known.subscription, day_of(call.now())));
    Ok(Answer::of(OneTenant { tenant, hosts, subscription }))
}

/// A tenant to make.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateTenantBody {
    /// What its site's address begins with.
    slug: String,
    name: String,
    /// ISO 3166-1 alpha-2; left out = ZA.
    country: Option<String>,
    /// ISO 4217; left out = the country's.
    currency: Option<String>,
    /// IANA; left out = the country's.
    time_zone: Option<String>,
    /// The code of its plan; left out = the trial's.
    plan: Option<String>,
    owner_name: String,
    owner_email: String,
}

/// A tenant that was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CreatedTenantBody {
    id: Uuid,
    slug: String,
    site_url: String,
    owner_id: Uuid,
}

/// `POST /tenants`. To send it again completes what was begun.
pub(crate) async fn create(
    call: Call<(), Nothing, Json<CreateTenantBody>>,
) -> Result<Answer<CreatedTenantBody>, Problem> {
    let body = call.body.0.clone();
    let plan = body.plan.unwrap_or_else(|| TRIAL_PLAN.to_owned());
    if subscription::plan(&call.app.tenants, &plan).await?.is_none() {
        return Err(CommandError::from(domain::signup::Refusal::UnknownPlan).into());
    }
    let base = call.app.maker.base_domain().await?;
    let firm = NewFirm {
        host: format!("{}.{base}", body.slug),
        slug: body.slug,
        name: body.name,
        owner_email: body.owner_email,
        owner_name: body.owner_name,
        country: body.country.unwrap_or_else(|| "ZA".to_owned()),
        currency: body.currency,
        time_zone: body.time_zone,
    };
    let (commands, platform) = (&call.app.commands, &call.app.platform);
    let currency = call.app.maker.currency_of(&firm.country, firm.currency.as_deref());
    let made = create_tenant(commands, platform, &registry::tables(), firm).await;
    let made = made.map_err(not_created)?;
    let begin = subscription::BeginSubscription { tenant: made.tenant, plan, currency };
    commands.handle(Sender { key: None, ..sender(&call) }, begin).await?;
    let site_url = site_url(&call, &made.domain);
    let (id, owner_id) = (made.tenant.0, made.owner.0);
    let answer = Answer::of(CreatedTenantBody { id, slug: made.slug, site_url, owner_id });
    Ok(answer.status(axum::http::StatusCode::CREATED))
}

fn not_created(error: CreateTenantError) -> Problem {
    let at_fault = |field: &'static str, code: &'static str, detail: String| {
        let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        Problem::new(status, code, detail.clone()).with_error(FieldError::new(field, code, detail))
    };
    let words = error.to_string();
    match error {
        CreateTenantError::Provision(ProvisionError::Door(error)) => error.into(),
        CreateTenantError::Provision(ProvisionError::BadSlug(_)) => {
            at_fault("/slug", "signup.invalid_slug", words)
        }
        CreateTenantError::Provision(_) | CreateTenantError::AnotherOwner(_) => {
            at_fault("/slug", "signup.slug_taken", words)
        }
        CreateTenantError::UnknownCountry(_) => {
            at_fault("/country", "signup.unknown_country", words)
        }
        CreateTenantError::Refused(refusal) => CommandError::from(refusal).into(),
        CreateTenantError::Command(error) => error.into(),
    }
}

/// Why something is done to a tenant.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhyBody {
    /// In your own words; kept sealed with the event.
    reason: Option<String>,
}

/// `POST /tenants/{id}/suspend`.
pub(crate) async fn suspend(
    call: Call<ById, Nothing, OptionalJson<WhyBody>>,
) -> Result<Answer<Changed>, Problem> {
    let tenant = TenantId(call.path.id);
    operate(&call, call.body.0.reason.clone(), SuspendTenant { tenant }).await
}

/// `POST /tenants/{id}/resume`.
pub(crate) async fn resume(
    call: Call<ById, Nothing, OptionalJson<WhyBody>>,
) -> Result<Answer<Changed>, Problem> {
    let tenant = TenantId(call.path.id);
    operate(&call, call.body.0.reason.clone(), ResumeTenant { tenant }).await
}

async fn operate(
    call: &Call<ById, Nothing, OptionalJson<WhyBody>>,
    reason: Option<String>,
    command: impl Command,
) -> Result<Answer<Changed>, Problem> {
    let record = record_of(call, call.path.id).await?;
    let (commands, platform) = (&call.app.commands, &call.app.platform);
    let sender = Sender { reason, ..sender(call) };
    let done = operations::change(commands, platform, sender, &record, command).await?;
    Ok(call.changed(done, (KIND, record.id.0)))
}

/// The operator who asks.
fn sender(about: &About) -> Sender {
    Sender {
        origin: about.origin.clone(),
        trace_id: about.trace_id.clone(),
        key: about.key.clone(),
        ..Sender::new(TenantId::PLATFORM, Actor::Member(about.caller.member), Via::Api)
    }
}

/// A payment that came in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentBody {
    amount: Amount,
    /// When it came in; left out = today.
    #[schemars(with = "Option<String>")]
    on: Option<Date>,
}

/// `POST /tenants/{id}/payments`.
pub(crate) async fn pay(
    call: Call<ById, Nothing, Json<PaymentBody>>,
) -> Result<Answer<Changed>, Problem> {
    let tenant = record_of(&call, call.path.id).await?.id;
    let PaymentBody { amount, on } = call.body.0.clone();
    let command = RecordPayment {
        tenant,
        payment: PlatformPaymentId(call.new_id()),
        amount: amount.into(),
        on,
        owners: owners(&call.app.tenants, tenant).await?,
    };
    let done = call.send(command).await?;
    settle(&call.app.commands, &call.app.platform, tenant).await?;
    Ok(call.done(done).status(axum::http::StatusCode::CREATED))
}

/// A longer trial.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrialBody {
    /// The first day after it.
    #[schemars(with = "String")]
    until: Date,
}

/// `POST /tenants/{id}/trial`.
pub(crate) async fn extend_trial(
    call: Call<ById, Nothing, Json<TrialBody>>,
) -> Result<Answer<Changed>, Problem> {
    let tenant = record_of(&call, call.path.id).await?.id;
    let owners = owners(&call.app.tenants, tenant).await?;
    let command = ExtendTrial { tenant, until: call.body.0.until, owners };
    let done = call.send(command).await?;
    settle(&call.app.commands, &call.app.platform, tenant).await?;
    Ok(call.changed(done, (KIND, tenant.0)))
}
