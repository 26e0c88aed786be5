//! What firms pay for the service: plans, and each tenant's subscription with its trial, its
//! invoice per month, its days of grace, and what happens when nobody pays. All of it follows from
//! dates, so a run that is late, doubled or left out changes nothing but the moment.

pub mod begin_subscription;
pub mod choose_plan;
mod count;
pub mod define_plan;
mod events;
pub mod extend_trial;
pub mod keep_terms;
mod month;
mod plan;
pub mod record_payment;
mod refusal;
pub mod revise_plan;
#[cfg(test)]
pub(crate) mod samples;
#[allow(clippy::module_inception, reason = "the slice is named after what it is about")]
mod subscription;

pub use begin_subscription::BeginSubscription;
pub use choose_plan::ChoosePlan;
pub use count::{MemberCount, set_active_at};
pub use define_plan::DefinePlan;
pub use events::{
    FreezeReason, PlanChosen, PlanDefined, PlanEvent, PlanRevised, PlatformInvoiceIssued,
    PlatformInvoiceLine, PlatformPaymentRecorded, Step, SubscriptionBegun, SubscriptionEvent,
    SubscriptionFrozen, SubscriptionReminded, SubscriptionThawed, TrialExtended,
};
pub use extend_trial::ExtendTrial;
pub use keep_terms::{Billed, KeepTerms};
pub use month::{Month, MonthError};
pub use plan::{DatedPrices, Plan, PlanCommand, plan_stream};
pub use record_payment::RecordPayment;
pub use refusal::Refusal;
pub use revise_plan::RevisePlan;
pub use subscription::{Subscription, SubscriptionCommand, SubscriptionState, subscription_stream};

/// How long a trial lasts.
pub const TRIAL_DAYS: i32 = 30;
/// How long after its issue an invoice is to be paid.
pub const DUE_DAYS: i32 = 14;
/// How long after the last day to pay, or the last day of a trial, everything still works.
pub const GRACE_DAYS: i32 = 10;
/// How long before its end a tenant is told that its trial ends.
pub const TRIAL_NOTICE_DAYS: i32 = 7;
/// How long before a freeze a tenant is told so.
pub const FREEZE_NOTICE_DAYS: i32 = 3;
/// How long a trial can be in all.
pub const TRIAL_DAYS_MAX: i32 = 365;

/// The plan that every trial can be begun with without a choice.
pub const TRIAL_PLAN: &str = "trial";

/// A plan in the program: code, name, description, and the price per active member and month in
/// minor units, by currency.
pub type FirstPlan = (&'static str, &'static str, &'static str, &'static [(&'static str, i64)]);

/// The plans that a platform begins with.
pub const FIRST_PLANS: &[FirstPlan] = &[
    (TRIAL_PLAN, "Trial", "Everything for 30 days; choose a plan before they are over", &[]),
    (
        "standard",
        "Standard",
        "Everything, per active member and month; the first 30 days are free",
        &[("ZAR", 9500), ("EUR", 500), ("GBP", 450), ("USD", 550)],
    ),
];

/// So many days after a day; the last day there is where that is too far.
pub(crate) fn days_after(day: jiff::civil::Date, days: i32) -> jiff::civil::Date {
    day.saturating_add(jiff::Span::new().days(days))
}
