//! What can happen to a tenant as a whole. Each is an event of the platform's log, in the stream
//! that has the tenant's id.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{LogId, TenantId};
use crate::personal::{Personal, Unique};

/// A tenant was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantCreated {
    /// The tenant.
    pub tenant: TenantId,
    /// What its host begins with.
    pub slug: Personal<String>,
    /// What the firm is called.
    pub name: Personal<String>,
    /// The host that leads to it.
    pub host: Personal<Unique>,
    /// ISO 3166-1 alpha-2; none where it was imported or cloned without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A tenant has another slug, and with it another host, or another name. Its former host goes on
/// leading to it until it's removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantRenamed {
    /// The tenant.
    pub tenant: TenantId,
    /// The new slug; none = as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<Personal<String>>,
    /// The host that follows from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Personal<Unique>>,
    /// The new name; none = as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<String>>,
}

/// An operator suspended a tenant; why is in the metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantSuspended {
    /// The tenant.
    pub tenant: TenantId,
}

/// A suspended tenant may work again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantResumed {
    /// The tenant.
    pub tenant: TenantId,
}

/// A host of its own is claimed by a tenant; it leads nowhere until it's verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainAdded {
    /// The tenant.
    pub tenant: TenantId,
    /// The host, in lower case.
    pub host: Personal<Unique>,
}

/// The owner of a host has shown that it's theirs: it leads to the tenant from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainVerified {
    /// The tenant.
    pub tenant: TenantId,
    /// The host.
    pub host: Personal<Unique>,
}

/// Links in mails begin with this host from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainMadePrimary {
    /// The tenant.
    pub tenant: TenantId,
    /// The host.
    pub host: Personal<Unique>,
}

/// A host is no longer the tenant's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainRemoved {
    /// The tenant.
    pub tenant: TenantId,
    /// The host.
    pub host: Personal<Unique>,
    /// Whether it led there; one that was only named may lead to somebody else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub led_there: bool,
}

/// A copy of a tenant was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantExported {
    /// The tenant.
    pub tenant: TenantId,
    /// The last position in the file.
    pub position: i64,
    /// The root of the tree over the log up to there, in hexadecimal.
    pub root: String,
}

/// A tenant was made from an exported file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantImported {
    /// The tenant.
    pub tenant: TenantId,
    /// The name of its log, which it keeps.
    pub log: LogId,
    /// The last position in the file.
    pub position: i64,
    /// The root of the tree over the log up to there, in hexadecimal.
    pub root: String,
}

/// A tenant was made as another one was at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantCloned {
    /// The new tenant.
    pub tenant: TenantId,
    /// The one it's a copy of.
    pub source: TenantId,
    /// Up to which position of that one.
    pub position: i64,
}

/// A tenant is to be deleted; until then it can be had back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantDeletionRequested {
    /// The tenant.
    pub tenant: TenantId,
    /// From when on nothing of it may be left.
    pub due: Timestamp,
}

/// A tenant is not deleted after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantDeletionCancelled {
    /// The tenant.
    pub tenant: TenantId,
}

/// Nothing of the tenant is left but this certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantDeleted {
    /// The tenant.
    pub tenant: TenantId,
    /// The name of its log.
    pub log: LogId,
    /// Where its log ended.
    pub position: i64,
    /// The root of the tree over all of it, in hexadecimal.
    pub root: String,
}

crate::event_family! {
    /// The events of a tenant's stream on the platform's log.
    TenancyEvent {
        /// A tenant was made.
        TenantCreated = 1 [slug, name, host],
        /// Another slug, host or name.
        TenantRenamed = 1 [slug, host, name],
        /// Suspended by an operator.
        TenantSuspended = 1,
        /// May work again.
        TenantResumed = 1,
        /// A host is claimed.
        DomainAdded = 1 [host],
        /// A host was shown to be theirs.
        DomainVerified = 1 [host],
        /// A host that links begin with.
        DomainMadePrimary = 1 [host],
        /// A host that leads to it no more.
        DomainRemoved = 1 [host],
        /// A copy was written to a file.
        TenantExported = 1,
        /// Made from such a file.
        TenantImported = 1,
        /// Made as another was.
        TenantCloned = 1,
        /// To be deleted.
        TenantDeletionRequested = 1,
        /// Not deleted after all.
        TenantDeletionCancelled = 1,
        /// Nothing is left.
        TenantDeleted = 1,
    }
}
