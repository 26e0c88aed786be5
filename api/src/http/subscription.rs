//! A tenant's own subscription over HTTP: what it's on, what it was billed and what is missing.
//! Everything comes from the one stream that follows from the tenant's id, so nothing of another
//! tenant can show here.

use commands::subscription::{self, ChoosePlan, KnownSubscription, settle};
use commands::{CommandError, IdempotencyKey, Sender};
use domain::id::TenantId;
use domain::log::{Actor, Event, Via};
use domain::settings::{SettingKey, Settings, settings_stream};
use domain::subscription::{FreezeReason, Subscription, subscription_stream};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::Answer;
use super::body::Json;
use super::call::{About, Call};
use super::members::Nothing;
use super::platform::Amount;
use super::problem::Problem;

const KIND: &str = "subscription";

/// A line of an invoice of the platform.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PlatformInvoiceLine")]
pub(crate) struct LineBody {
    description: String,
    quantity: u32,
    unit_price: Amount,
    amount: Amount,
}

/// A month that was billed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PlatformInvoice")]
pub(crate) struct PlatformInvoiceBody {
    id: Uuid,
    /// `YYYY-MM`.
    month: String,
    plan: String,
    /// How many members did something in the month; the greater of this and the next is billed.
    acted: u32,
    /// How many members were set active, with an address to sign in with, when it ended.
    set_active: u32,
    lines: Vec<LineBody>,
    total: Amount,
    /// What of it is not paid.
    open: Amount,
    issued_on: String,
    /// The last day to pay it.
    due_on: String,
}

/// How a tenant stands with the platform.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Subscription")]
pub(crate) struct SubscriptionBody {
    /// `trial`, `active`, `grace` while something is overdue, or `frozen`.
    state: &'static str,
    /// The plan chosen last.
    plan: Option<String>,
    /// The first day it holds.
    plan_from: Option<String>,
    /// The first day after the trial.
    trial_until: Option<String>,
    /// What was billed and is not paid; null until a plan with a price was chosen.
    owed: Option<Amount>,
    /// When all is frozen, should nothing happen; null where nothing is missing.
    freezes_on: Option<String>,
    /// What is missing: `unpaid` or `no_plan`.
    missing: Option<&'static str>,
    /// The latest first.
    invoices: Vec<PlatformInvoiceBody>,
}

/// How a reason is called in answers.
fn missing(reason: FreezeReason) -> &'static str {
    match reason {
        FreezeReason::Unpaid => "unpaid",
        FreezeReason::NoPlan => "no_plan",
    }
}

/// A subscription on a day.
pub(crate) fn shown(subscription: &Subscription, today: Date) -> SubscriptionBody {
    let invoices = subscription.open_minor().into_iter().rev().map(|(invoice, open)| {
        let amount = |minor| Amount::of(minor, &invoice.total.currency);
        let line = |line: &domain::subscription::PlatformInvoiceLine| LineBody {
            description: line.description.clone(),
            quantity: line.quantity,
            unit_price: amount(line.unit_price_minor),
            amount: amount(line.amount_minor),
        };
        PlatformInvoiceBody {
            id: invoice.invoice.0,
            month: invoice.month.to_string(),
            plan: invoice.plan.clone(),
            acted: invoice.acted,
            set_active: invoice.set_active,
            lines: invoice.lines.iter().map(line).collect(),
            total: amount(invoice.total.amount_minor),
            open: amount(open),
            issued_on: invoice.issued_on.to_string(),
            due_on: invoice.due_on.to_string(),
        }
    });
    let chosen = subscription.plan_chosen();
    let freezes = subscription.freezes_on();
    let currency = subscription.currency();
    SubscriptionBody {
        state: subscription.state_on(today).as_str(),
        plan: chosen.map(|chosen| chosen.plan.clone()),
        plan_from: chosen.map(|chosen| chosen.from.to_string()),
        trial_until: subscription.trial_until.map(|day| day.to_string()),
        owed: currency.map(|currency| Amount::of(subscription.owed_minor(), currency)),
        freezes_on: freezes.map(|(day, _)| day.to_string()),
        missing: freezes.map(|(_, reason)| missing(reason)),
        invoices: invoices.collect(),
    }
}

/// A tenant's subscription; none where it has none.
pub(crate) async fn known(about: &About, tenant: TenantId) -> Result<KnownSubscription, Problem> {
    let mut known = subscription::subscription(&about.app.tenants, &[tenant]).await?;
    Ok(known.pop().unwrap_or_default())
}

/// `GET /subscription`.
pub(crate) async fn one(call: Call<(), Nothing>) -> Result<Answer<SubscriptionBody>, Problem> {
    let known = known(&call, call.tenant.id).await?;
    if known.subscription.tenant.is_none() {
        return Err(Problem::not_found());
    }
    let tag = call.tag((KIND, subscription_stream(call.tenant.id).0), known.position);
    let today = subscription::day_of(call.now());
    Ok(Answer::of(shown(&known.subscription, today)).tagged(tag))
}

/// The plan to be on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoosePlanBody {
    /// Its code; `GET /plans` of the base domain lists those that can be chosen.
    plan: String,
}

/// `POST /subscription/plan`: what it's about stands in the platform's log, so it's sent there in
/// the service's own name; that the caller is an owner was checked by the route's rule.
pub(crate) async fn choose(
    call: Call<(), Nothing, Json<ChoosePlanBody>>,
) -> Result<Answer<SubscriptionBody>, Problem> {
    let tenant = call.tenant.id;
    let owners = subscription::owners(&call.app.tenants, tenant).await?;
    let currency = currency_of(&call).await?;
    let plan = call.body.0.plan.clone();
    let sender = Sender {
        trace_id: call.trace_id.clone(),
        key: key_of(&call),
        ..Sender::new(TenantId::PLATFORM, Actor::System, Via::Api)
    };
    let command = ChoosePlan { tenant, plan, currency, owners };
    call.app.commands.handle(sender, command).await?;
    settle(&call.app.commands, &call.app.platform, tenant).await?;
    let known = known(&call, tenant).await?;
    Ok(Answer::of(shown(&known.subscription, subscription::day_of(call.now()))))
}

/// The caller's key, bound to their tenant: two tenants may send the same one.
fn key_of(about: &About) -> Option<IdempotencyKey> {
    let IdempotencyKey { route, key, request } = about.key.clone()?;
    Some(IdempotencyKey { route: format!("{} {route}", about.tenant.id), key, request })
}

/// The currency that the tenant works in.
async fn currency_of(about: &About) -> Result<String, Problem> {
    let mut tx = about.tx().await?;
    let rows = commands::event_log::read::stream_after(&mut tx, settings_stream(), 0).await?;
    tx.commit().await?;
    let mut settings = Settings::default();
    for row in rows {
        if let Event::Settings(event) = row.decode().map_err(CommandError::from)?.event {
            settings.evolve(&event);
        }
    }
    let today = subscription::day_of(about.now());
    Ok(settings.value_on(SettingKey::Currency, today).to_owned())
}
