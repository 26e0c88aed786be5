//! Why a plan or a subscription refuses.

use super::plan::{DESCRIPTION_CHARACTERS_MAX, PRICE_MINOR_MAX};
use crate::name::NAME_RULE;

/// What a plan or a subscription refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The code can't be one.
    #[error("give a code of 1 to 60 of a-z, 0-9 and _ that begins with a letter")]
    InvalidCode,
    /// The name can't be one.
    #[error("{NAME_RULE}")]
    InvalidName,
    /// The description is none or too long.
    #[error("say in 1 to {DESCRIPTION_CHARACTERS_MAX} characters what the plan offers")]
    InvalidDescription,
    /// The prices are none.
    #[error("give each currency once, with 0 to {PRICE_MINOR_MAX} of its minor unit")]
    InvalidPrices,
    /// The prices would change a month that has begun.
    #[error("new prices hold from the first day of a month that has not begun; choose such a day")]
    PricesFromPast,
    /// A currency would be lost.
    #[error("give a price in each currency that the plan has; subscribers may pay in any")]
    CurrencyStays,
    /// The code is taken.
    #[error("there is a plan with this code; revise that one")]
    PlanExists,
    /// There is no such plan.
    #[error("there is no such plan")]
    UnknownPlan,
    /// Firms can't choose it.
    #[error("this plan can't be chosen; GET /plans of the public site lists those that can")]
    PlanNotOffered,
    /// It's for trials only.
    #[error("this plan is for trials only; choose one with a price")]
    PlanWithoutPrices,
    /// It can't be paid as the tenant pays.
    #[error("this plan has no price in the currency you are billed in; ask who runs the service")]
    PlanWithoutCurrency,
    /// The tenant has no subscription.
    #[error("there is no subscription here")]
    NoSubscription,
    /// The trial can't end then.
    #[error("give a day after today and after the trial's end, within a year of its first day")]
    TrialDay,
    /// The trial is long over.
    #[error("a month was billed already; a trial can be extended before that only")]
    TrialBilled,
    /// Nothing, or more than anybody pays.
    #[error("give an amount above 0 in the currency's minor unit")]
    PaymentAmount,
    /// Another currency.
    #[error("give the amount in the currency that the tenant is billed in")]
    PaymentCurrency,
    /// A promise, no payment.
    #[error("give the day on which it came in, not one to come")]
    PaymentInFuture,
}

impl Refusal {
    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidCode => "subscription.invalid_code",
            Refusal::InvalidName => "subscription.invalid_name",
            Refusal::InvalidDescription => "subscription.invalid_description",
            Refusal::InvalidPrices => "subscription.invalid_prices",
            Refusal::PricesFromPast => "subscription.prices_from_past",
            Refusal::CurrencyStays => "subscription.currency_stays",
            Refusal::PlanExists => "subscription.plan_exists",
            Refusal::UnknownPlan => "subscription.unknown_plan",
            Refusal::PlanNotOffered => "subscription.plan_not_offered",
            Refusal::PlanWithoutPrices => "subscription.plan_without_prices",
            Refusal::PlanWithoutCurrency => "subscription.plan_without_currency",
            Refusal::NoSubscription => "subscription.none",
            Refusal::TrialDay => "subscription.trial_day",
            Refusal::TrialBilled => "subscription.trial_billed",
            Refusal::PaymentAmount => "subscription.payment_amount",
            Refusal::PaymentCurrency => "subscription.payment_currency",
            Refusal::PaymentInFuture => "subscription.payment_in_future",
        }
    }

    /// The field of the request it's about, as a JSON pointer, where it's one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidCode | Refusal::PlanExists => Some("/code"),
            Refusal::InvalidName => Some("/name"),
            Refusal::InvalidDescription => Some("/description"),
            Refusal::InvalidPrices | Refusal::CurrencyStays => Some("/prices"),
            Refusal::PricesFromPast => Some("/from"),
            Refusal::PlanNotOffered | Refusal::PlanWithoutPrices | Refusal::PlanWithoutCurrency => {
                Some("/plan")
            }
            Refusal::TrialDay | Refusal::TrialBilled => Some("/until"),
            Refusal::PaymentAmount => Some("/amount/amount_minor"),
            Refusal::PaymentCurrency => Some("/amount/currency"),
            Refusal::PaymentInFuture => Some("/on"),
            Refusal::UnknownPlan | Refusal::NoSubscription => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Refusal::UnknownPlan | Refusal::NoSubscription)
    }
}
