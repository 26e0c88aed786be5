//! Why a change of budgets or estimates is refused.

use super::{ALERTS_MAX, BUDGETS_MAX, PERCENT_MAX, SECONDS_MAX};
use crate::catalogue;

/// A state of the world that a change of a budget meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The project or the task is not there, or takes no new time.
    #[error(transparent)]
    Catalogue(#[from] catalogue::Refusal),
    /// No such budget on the project.
    #[error("the project has no such budget; set one first")]
    UnknownBudget,
    /// A budget with this id is or was there.
    #[error("this id was used before; leave it out or make a new one")]
    AlreadySet,
    /// The project has as many budgets as one can have.
    #[error("a project has at most {BUDGETS_MAX} budgets; clear some first")]
    TooManyBudgets,
    /// The amount is below 1 or beyond all measure.
    #[error("a budget holds at least 1 second or minor unit, and at most a million hours")]
    InvalidAmount,
    /// The code is no current currency.
    #[error("this is no current ISO 4217 code; give one in capitals such as EUR")]
    UnknownCurrency,
    /// It ends before it begins.
    #[error("a budget ends no earlier than it begins")]
    InvalidDays,
    /// The percentages are none, too many or out of bounds.
    #[error("give 1 to {ALERTS_MAX} whole percentages from 1 to {PERCENT_MAX}")]
    InvalidAlerts,
    /// The estimate is below 1 or beyond all measure.
    #[error("an estimate is 1 to {SECONDS_MAX} seconds; clear it to have none")]
    InvalidEstimate,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Catalogue(refusal) => refusal.code(),
            Refusal::UnknownBudget => "budgets.unknown_budget",
            Refusal::AlreadySet => "budgets.already_set",
            Refusal::TooManyBudgets => "budgets.too_many_budgets",
            Refusal::InvalidAmount => "budgets.invalid_amount",
            Refusal::UnknownCurrency => "budgets.unknown_currency",
            Refusal::InvalidDays => "budgets.invalid_days",
            Refusal::InvalidAlerts => "budgets.invalid_alerts",
            Refusal::InvalidEstimate => "budgets.invalid_estimate",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::Catalogue(
                catalogue::Refusal::UnknownTask | catalogue::Refusal::TaskArchived,
            ) => Some("/task_id"),
            Refusal::Catalogue(refusal) => refusal.field(),
            Refusal::InvalidAmount => Some("/amount"),
            Refusal::UnknownCurrency => Some("/amount/currency"),
            Refusal::InvalidDays => Some("/to"),
            Refusal::InvalidAlerts => Some("/alert_at"),
            Refusal::InvalidEstimate => Some("/seconds"),
            Refusal::UnknownBudget | Refusal::AlreadySet | Refusal::TooManyBudgets => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        match self {
            Refusal::Catalogue(refusal) => refusal.is_unknown(),
            Refusal::UnknownBudget => true,
            Refusal::AlreadySet
            | Refusal::TooManyBudgets
            | Refusal::InvalidAmount
            | Refusal::UnknownCurrency
            | Refusal::InvalidDays
            | Refusal::InvalidAlerts
            | Refusal::InvalidEstimate => false,
        }
    }
}
