//! Plans and subscriptions on the platform's log. Operators define plans, extend trials and record
//! payments; a tenant's owner chooses a plan; the daily run keeps the terms. Whether a tenant may
//! be used follows from here and from what operators did, and is written to the catalogue by
//! `settle` alone.

mod count;
mod keep;
mod read;

use domain::id::{MemberId, PlatformPaymentId, TenantId};
use domain::members::Role;
use domain::money::Money;
use domain::subscription::{
    self, Billed, Month, Plan, Refusal, Step, Subscription, SubscriptionEvent, begin_subscription,
    choose_plan, define_plan, extend_trial, keep_terms, plan_stream, record_payment, revise_plan,
    subscription_stream,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use count::count;
pub use domain::subscription::MemberCount;
pub use keep::{Terms, settle};
pub use read::{KnownPlan, KnownSubscription, owners, plan, plans, subscription};

use crate::handle::Command;
use crate::mail::Letter;
use crate::members::authority_of;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// The day of an instant by the platform's calendar, which is UTC's.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Define a plan.
#[derive(Debug, Clone)]
pub struct DefinePlan(pub subscription::DefinePlan);

impl Command for DefinePlan {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let plan = unit.write::<Plan>(plan_stream(&self.0.code)).await?;
        authority_of(unit, Role::Admin).await?;
        unit.emit(&plan, define_plan::decide(&plan.state, self.0.clone())?);
        // A plan is known by its code and has no id to show.
        Ok(Reply { id: None, created: true })
    }
}

/// Revise a plan.
#[derive(Debug, Clone)]
pub struct RevisePlan {
    /// Its code.
    pub code: String,
    /// What it's called; none = as before.
    pub name: Option<String>,
    /// What one gets; none = as before.
    pub description: Option<String>,
    /// Whether firms may choose it; none = as before.
    pub offered: Option<bool>,
    /// Per active member and month, with the first day it holds; none = as before.
    pub prices: Option<(Date, Vec<Money>)>,
    /// The version of the plan that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RevisePlan {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let plan = unit.write::<Plan>(plan_stream(&self.code)).await?;
        authority_of(unit, Role::Admin).await?;
        let RevisePlan { name, description, offered, prices, .. } = self.clone();
        let today = day_of(unit.now());
        let command = subscription::RevisePlan { name, description, offered, prices, today };
        let events = revise_plan::decide(&plan.state, command)?;
        plan.check_seen(self.expected_version)?;
        unit.emit(&plan, events);
        Ok(Reply { id: None, created: false })
    }
}

/// Begin a tenant's subscription; one that has begun stays as it is.
#[derive(Debug, Clone)]
pub struct BeginSubscription {
    /// The tenant.
    pub tenant: TenantId,
    /// The code of the plan for the time after the trial.
    pub plan: String,
    /// The tenant's own currency, in which it's billed where the plan has a price in it.
    pub currency: Option<String>,
}

impl Command for BeginSubscription {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let stream = subscription_stream(self.tenant);
        let subscription = unit.write::<Subscription>(stream).await?;
        let plan = unit.read::<Plan>(plan_stream(&self.plan)).await?;
        let code = plan.state.known()?.to_owned();
        let wished = self.currency.as_deref().unwrap_or_default();
        let command = subscription::BeginSubscription {
            tenant: self.tenant,
            plan: code,
            currency: plan.state.currency_for(wished).map(str::to_owned),
            today: day_of(unit.now()),
        };
        let events = begin_subscription::decide(&subscription.state, command);
        unit.emit(&subscription, events);
        Ok(Reply::changed(self.tenant))
    }
}

/// Choose a plan. Whether the caller is the tenant's owner is for the edge to know: the command is
/// handled on the platform's log, which does not know tenants' members.
#[derive(Debug, Clone)]
pub struct ChoosePlan {
    /// The tenant.
    pub tenant: TenantId,
    /// The plan's code.
    pub plan: String,
    /// The tenant's own currency.
    pub currency: String,
    /// Who is told that all can be used again, should it have been frozen.
    pub owners: Vec<MemberId>,
}

impl Command for ChoosePlan {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let subscription = unit.write::<Subscription>(subscription_stream(self.tenant)).await?;
        let plan = unit.read::<Plan>(plan_stream(&self.plan)).await?.state;
        if plan.code.is_none() {
            return Err(Refusal::PlanNotOffered.into());
        }
        let billed_in = subscription.state.currency();
        let command = subscription::ChoosePlan {
            plan: self.plan.clone(),
            currency: plan.currency_for(&self.currency).map(str::to_owned),
            has_currency: billed_in.is_none_or(|code| plan.currency_for(code) == Some(code)),
            offered: plan.offered,
            today: day_of(unit.now()),
        };
        let events = choose_plan::decide(&subscription.state, command)?;
        happen(unit, &subscription, events, &self.owners);
        Ok(Reply::changed(self.tenant))
    }
}

/// Let a trial last longer.
#[derive(Debug, Clone)]
pub struct ExtendTrial {
    /// The tenant.
    pub tenant: TenantId,
    /// The first day after the trial.
    pub until: Date,
    /// Who is told that all can be used again, should it have been frozen.
    pub owners: Vec<MemberId>,
}

impl Command for ExtendTrial {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let subscription = unit.write::<Subscription>(subscription_stream(self.tenant)).await?;
        authority_of(unit, Role::Admin).await?;
        let today = day_of(unit.now());
        let command = subscription::ExtendTrial { until: self.until, today };
        let events = extend_trial::decide(&subscription.state, &command)?;
        happen(unit, &subscription, events, &self.owners);
        Ok(Reply::changed(self.tenant))
    }
}

/// Record that a tenant paid.
#[derive(Debug, Clone)]
pub struct RecordPayment {
    /// The tenant.
    pub tenant: TenantId,
    /// A new id.
    pub payment: PlatformPaymentId,
    /// How much.
    pub amount: Money,
    /// When it came in; none = today.
    pub on: Option<Date>,
    /// Who is told that all can be used again, should it have been frozen.
    pub owners: Vec<MemberId>,
}

impl Command for RecordPayment {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let subscription = unit.write::<Subscription>(subscription_stream(self.tenant)).await?;
        authority_of(unit, Role::Billing).await?;
        let today = day_of(unit.now());
        let command = subscription::RecordPayment {
            payment: self.payment,
            amount: self.amount.clone(),
            on: self.on.unwrap_or(today),
            today,
        };
        let events = record_payment::decide(&subscription.state, command)?;
        happen(unit, &subscription, events, &self.owners);
        Ok(Reply::created(self.payment))
    }
}

/// Do what a tenant's terms ask for today.
#[derive(Debug, Clone)]
pub struct KeepTerms {
    /// The tenant.
    pub tenant: TenantId,
    /// The members of the months that may be billed, as counted in the tenant's log.
    pub counts: Vec<(Month, MemberCount)>,
    /// Who is told of it.
    pub owners: Vec<MemberId>,
}

impl Command for KeepTerms {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let subscription = unit.write::<Subscription>(subscription_stream(self.tenant)).await?;
        let today = day_of(unit.now());
        let mut billed = Vec::new();
        for (month, count) in &self.counts {
            let Some(chosen) = subscription.state.plan_on(month.first_day()) else { continue };
            let Some(currency) = chosen.currency.clone() else { continue };
            let plan = unit.read::<Plan>(plan_stream(&chosen.plan)).await?.state;
            let Some(amount_minor) = plan.price_of(*month, &currency) else {
                tracing::error!(tenant = %self.tenant, plan = chosen.plan, "a plan has no price");
                continue;
            };
            let (plan, price) = (chosen.plan.clone(), Money { amount_minor, currency });
            billed.push(Billed { month: *month, plan, price, count: *count });
        }
        let command = subscription::KeepTerms { today, billed };
        let events = keep_terms::decide(&subscription.state, &command)?;
        happen(unit, &subscription, events, &self.owners);
        Ok(Reply::changed(self.tenant))
    }
}

/// Writes what happened, and asks for the letters that tell the owners of it.
fn happen(
    unit: &mut Unit<'_>,
    subscription: &Loaded<Subscription>,
    events: Vec<SubscriptionEvent>,
    owners: &[MemberId],
) {
    for event in &events {
        for owner in owners {
            if let Some(letter) = letter_of(event, *owner) {
                unit.mail(letter);
            }
        }
    }
    unit.emit(subscription, events);
}

fn letter_of(event: &SubscriptionEvent, owner: MemberId) -> Option<Letter> {
    match event {
        SubscriptionEvent::PlatformInvoiceIssued(event) => {
            let due = event.total.amount_minor > 0;
            due.then_some(Letter::PaymentDue { of: event.tenant, owner, day: event.due_on })
        }
        SubscriptionEvent::SubscriptionReminded(event) => {
            let (of, day) = (event.tenant, event.of);
            Some(match event.step {
                Step::TrialEnding | Step::TrialLastDay | Step::TrialEnded | Step::PlanMissing => {
                    Letter::TrialEnding { of, owner, day }
                }
                Step::PaymentOverdue | Step::FreezeSoon => Letter::PaymentDue { of, owner, day },
            })
        }
        SubscriptionEvent::SubscriptionFrozen(event) => {
            Some(Letter::Frozen { of: event.tenant, owner })
        }
        SubscriptionEvent::SubscriptionThawed(event) => {
            Some(Letter::Thawed { of: event.tenant, owner })
        }
        SubscriptionEvent::SubscriptionBegun(_)
        | SubscriptionEvent::TrialExtended(_)
        | SubscriptionEvent::PlanChosen(_)
        | SubscriptionEvent::PlatformPaymentRecorded(_) => None,
    }
}
