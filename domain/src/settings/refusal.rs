//! Why a change of a setting is refused.

use super::registry::SettingKey;
use crate::members::Role;

/// A state of the world that a change of a setting meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No setting has this name.
    #[error("there is no setting {key:?}; GET /settings lists those there are")]
    UnknownKey {
        /// The name asked for.
        key: String,
    },
    /// The value is not of the setting's type or out of its bounds.
    #[error("{} must be {allowed}", key.as_str())]
    InvalidValue {
        /// The setting.
        key: SettingKey,
        /// What would be accepted.
        allowed: String,
    },
    /// The setting has one value for all days.
    #[error("{} has one value for all days; leave out the day it holds from", key.as_str())]
    NotDated {
        /// The setting.
        key: SettingKey,
    },
    /// Only an operator may change it.
    #[error("{} is changed by the operator of this service; ask them", key.as_str())]
    OperatorOnly {
        /// The setting.
        key: SettingKey,
    },
    /// The caller's roles do not include the one that is needed.
    #[error("{} is changed by whoever has the role {needed}; ask one of them", key.as_str())]
    NotAllowed {
        /// The setting.
        key: SettingKey,
        /// The least role that may.
        needed: Role,
    },
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::UnknownKey { .. } => "settings.unknown_key",
            Refusal::InvalidValue { .. } => "settings.invalid_value",
            Refusal::NotDated { .. } => "settings.not_dated",
            Refusal::OperatorOnly { .. } => "settings.operator_only",
            Refusal::NotAllowed { .. } => "settings.not_allowed",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidValue { .. } => Some("/value"),
            Refusal::NotDated { .. } => Some("/from"),
            Refusal::UnknownKey { .. }
            | Refusal::OperatorOnly { .. }
            | Refusal::NotAllowed { .. } => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Refusal::UnknownKey { .. })
    }

    /// Whether the caller lacks the right.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Refusal::OperatorOnly { .. } | Refusal::NotAllowed { .. })
    }
}
