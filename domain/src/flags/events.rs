//! What can happen to a feature flag. All of it stands in the platform's log.

use serde::{Deserialize, Serialize};

use crate::id::{MemberId, TenantId};

/// What a percentage counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareOf {
    /// Whole tenants: their members all see the same.
    Tenants,
    /// Members one by one.
    Members,
}

/// A part of all tenants or members for whom a flag is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// What is counted.
    pub of: ShareOf,
    /// How many of a hundred: 0 to 100.
    pub percent: u8,
}

/// A flag exists from now on, or is another from now on. What is given to single tenants or members
/// stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagDefined {
    /// Its key.
    pub flag: String,
    /// What it switches, for people.
    pub description: String,
    /// Whether it's on where nothing else is said.
    pub default: bool,
    /// For how many it's on where it's off by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
}

/// A flag is on or off for one tenant or one member, whatever else is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagOverridden {
    /// Its key.
    pub flag: String,
    /// For which tenant.
    pub tenant: TenantId,
    /// For this member of it alone; none = for the whole tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// On or off; none = as everybody else's again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
}

/// A flag is no more, hence off. It may be defined anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagRemoved {
    /// Its key.
    pub flag: String,
}

crate::event_family! {
    /// The events of a flag's stream.
    FlagEvent {
        /// Exists, or is another.
        FlagDefined = 1,
        /// On or off for one.
        FlagOverridden = 1,
        /// No more.
        FlagRemoved = 1,
    }
}
