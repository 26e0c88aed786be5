//! What can happen to plans and to a tenant's subscription. All of it stands in the platform's log.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Month;
use crate::id::{PlatformInvoiceId, PlatformPaymentId, TenantId};
use crate::money::Money;

/// A plan exists from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDefined {
    /// Its code.
    pub plan: String,
    /// What it's called.
    pub name: String,
    /// What one gets, for people.
    pub description: String,
    /// Whether firms may choose it.
    pub offered: bool,
    /// Per active member and month, one per currency; none = only for the time of a trial.
    pub prices: Vec<Money>,
}

/// A plan is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRevised {
    /// Its code.
    pub plan: String,
    /// What it's called.
    pub name: String,
    /// What one gets, for people.
    pub description: String,
    /// Whether firms may choose it.
    pub offered: bool,
    /// Per active member and month, one per currency.
    pub prices: Vec<Money>,
    /// The first day the prices hold, a first of a month; the rest holds at once.
    pub from: Date,
}

/// A tenant's subscription began, with a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionBegun {
    /// The tenant.
    pub tenant: TenantId,
    /// The plan for the time after the trial; one without prices = not chosen yet.
    pub plan: String,
    /// What the plan is billed in; none where it has no prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The first day.
    pub on: Date,
    /// The first day after the trial.
    pub trial_until: Date,
}

/// A trial lasts longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialExtended {
    /// The tenant.
    pub tenant: TenantId,
    /// The first day after the trial.
    pub trial_until: Date,
}

/// A tenant is on another plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChosen {
    /// The tenant.
    pub tenant: TenantId,
    /// The plan.
    pub plan: String,
    /// What it's billed in.
    pub currency: String,
    /// The first day it holds.
    pub from: Date,
}

/// A line of an invoice of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformInvoiceLine {
    /// What for, in words.
    pub description: String,
    /// How many.
    pub quantity: u32,
    /// Of one, in minor units.
    pub unit_price_minor: i64,
    /// Of all, in minor units.
    pub amount_minor: i64,
}

/// A month was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformInvoiceIssued {
    /// To whom.
    pub tenant: TenantId,
    /// The invoice.
    pub invoice: PlatformInvoiceId,
    /// For which month.
    pub month: Month,
    /// By which plan.
    pub plan: String,
    /// How many members acted in the month.
    pub acted: u32,
    /// How many members were set active when it ended.
    pub set_active: u32,
    /// What is charged.
    pub lines: Vec<PlatformInvoiceLine>,
    /// Their sum.
    pub total: Money,
    /// When.
    pub issued_on: Date,
    /// The last day to pay it.
    pub due_on: Date,
}

/// The platform was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformPaymentRecorded {
    /// By whom.
    pub tenant: TenantId,
    /// The payment.
    pub payment: PlatformPaymentId,
    /// How much.
    pub amount: Money,
    /// When it came in.
    pub on: Date,
}

/// What a tenant is reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The trial ends within a week.
    TrialEnding,
    /// The trial ends today.
    TrialLastDay,
    /// The trial has ended without a plan.
    TrialEnded,
    /// An invoice was not paid by its day.
    PaymentOverdue,
    /// All will be frozen within three days, for an invoice was not paid.
    FreezeSoon,
    /// All will be frozen within three days, for no plan was chosen.
    PlanMissing,
}

/// A tenant was reminded by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionReminded {
    /// The tenant.
    pub tenant: TenantId,
    /// Of what.
    pub step: Step,
    /// The day it's about: of the trial's end, or the last one to pay.
    pub of: Date,
}

/// Why a tenant is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FreezeReason {
    /// An invoice was not paid within the days of grace.
    Unpaid,
    /// No plan was chosen within the days of grace after the trial.
    NoPlan,
}

/// A tenant can't be changed any more: it's read by its owner only. Nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionFrozen {
    /// The tenant.
    pub tenant: TenantId,
    /// Why.
    pub reason: FreezeReason,
    /// Since when.
    pub on: Date,
}

/// A tenant can be used as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionThawed {
    /// The tenant.
    pub tenant: TenantId,
    /// Since when.
    pub on: Date,
}

crate::event_family! {
    /// The events of a plan's stream.
    PlanEvent {
        /// Exists.
        PlanDefined = 1,
        /// Is another.
        PlanRevised = 1,
    }
}

crate::event_family! {
    /// The events of a subscription's stream.
    SubscriptionEvent {
        /// Began with a trial.
        SubscriptionBegun = 1,
        /// The trial lasts longer.
        TrialExtended = 1,
        /// Another plan.
        PlanChosen = 1,
        /// A month was billed.
        PlatformInvoiceIssued = 1,
        /// Paid.
        PlatformPaymentRecorded = 1,
        /// Reminded.
        SubscriptionReminded = 1,
        /// Frozen.
        SubscriptionFrozen = 1,
        /// As before.
        SubscriptionThawed = 1,
    }
}
