//! Why something is not done to a tenant.

use crate::name::NAME_RULE;

/// A state of the world that an operation on a tenant meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The name is empty, too long or holds control characters.
    #[error("{NAME_RULE}")]
    InvalidName,
    /// A tenant with this id is there.
    #[error("this tenant was recorded before")]
    AlreadyRecorded,
    /// No such tenant, or it was deleted.
    #[error("there is no such tenant; see the list of tenants")]
    UnknownTenant,
    /// It's to be deleted.
    #[error("this tenant is to be deleted; call that off first")]
    BeingDeleted,
    /// The slug can't be part of a host name.
    #[error(
        "a slug is 2 to 40 of a-z, 0-9 and -, with a letter or digit at both ends and no - at the \
         third and fourth place"
    )]
    InvalidSlug,
    /// The service keeps the slug for itself.
    #[error("this slug is kept for the service itself; choose another")]
    ReservedSlug,
    /// Another tenant has the host, or the slug it follows from.
    #[error("this host leads to somebody else already; choose another")]
    HostTaken,
    /// A former tenant's mails and bookmarks still lead to the host.
    #[error("this host was another tenant's not long ago and rests for a while; choose another")]
    HostBuried,
    /// It's no plain host name.
    #[error(
        "give a public host name such as hours.example.com: no port, path, address or wildcard"
    )]
    InvalidHost,
    /// It's written in an alphabet of its own.
    #[error("write the host in its ASCII form, which begins with xn--")]
    HostNotAscii,
    /// It's the service's own, or lies under it.
    #[error("hosts of this service follow from slugs; rename the tenant instead")]
    HostOfPlatform,
    /// The tenant has as many hosts as it may.
    #[error("this tenant has as many hosts as it may; remove one first")]
    TooManyDomains,
    /// No such host of this tenant.
    #[error("this tenant has no such host; see its list of domains")]
    UnknownDomain,
    /// The record does not say what it must.
    #[error(
        "the TXT record does not say {token}; publish it, and mind that changes of names can take \
         hours to be seen"
    )]
    ProofMissing {
        /// What it must say.
        token: String,
    },
    /// The record could not be looked up.
    #[error("the names of this host could not be looked up; try again later")]
    LookupFailed,
    /// The host leads nowhere yet.
    #[error("this host is not verified; verify it first")]
    NotVerified,
    /// The host that follows from the slug always leads to the tenant.
    #[error("this host follows from the tenant's slug and stays; rename the tenant instead")]
    HostOfSlug,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidName => "tenancy.invalid_name",
            Refusal::AlreadyRecorded => "tenancy.already_recorded",
            Refusal::UnknownTenant => "tenancy.unknown_tenant",
            Refusal::BeingDeleted => "tenancy.being_deleted",
            Refusal::InvalidSlug => "tenancy.invalid_slug",
            Refusal::ReservedSlug => "tenancy.reserved_slug",
            Refusal::HostTaken => "tenancy.host_taken",
            Refusal::HostBuried => "tenancy.host_buried",
            Refusal::InvalidHost => "tenancy.invalid_host",
            Refusal::HostNotAscii => "tenancy.host_not_ascii",
            Refusal::HostOfPlatform => "tenancy.host_of_platform",
            Refusal::TooManyDomains => "tenancy.too_many_domains",
            Refusal::UnknownDomain => "tenancy.unknown_domain",
            Refusal::ProofMissing { .. } => "tenancy.proof_missing",
            Refusal::LookupFailed => "tenancy.lookup_failed",
            Refusal::NotVerified => "tenancy.not_verified",
            Refusal::HostOfSlug => "tenancy.host_of_slug",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidName => Some("/name"),
            Refusal::InvalidSlug | Refusal::ReservedSlug => Some("/slug"),
            Refusal::HostTaken
            | Refusal::HostBuried
            | Refusal::InvalidHost
            | Refusal::HostNotAscii
            | Refusal::HostOfPlatform => Some("/host"),
            Refusal::AlreadyRecorded
            | Refusal::UnknownTenant
            | Refusal::BeingDeleted
            | Refusal::TooManyDomains
            | Refusal::UnknownDomain
            | Refusal::ProofMissing { .. }
            | Refusal::LookupFailed
            | Refusal::NotVerified
            | Refusal::HostOfSlug => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Refusal::UnknownTenant | Refusal::UnknownDomain)
    }
}
