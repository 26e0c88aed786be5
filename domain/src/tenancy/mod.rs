//! Tenancy: what is done to a tenant as a whole, kept on the platform's own log so that operators
//! can be audited too. What a tenant is called and where it lives is sealed, so that a deleted one
//! leaves nothing but ids, positions and roots.

pub mod add_domain;
mod events;
mod host;
pub mod make_domain_primary;
mod names;
pub mod record_tenant;
mod refusal;
pub mod remove_domain;
pub mod rename_tenant;
pub mod resume_tenant;
#[cfg(test)]
mod samples;
pub mod suspend_tenant;
mod tenancy_state;
pub mod verify_domain;

pub use add_domain::AddDomain;

pub use events::{
    DomainAdded, DomainMadePrimary, DomainRemoved, DomainVerified, TenancyEvent, TenantCloned,
    TenantCreated, TenantDeleted, TenantDeletionCancelled, TenantDeletionRequested, TenantExported,
    TenantImported, TenantRenamed, TenantResumed, TenantSuspended,
};
pub use host::own_host;
pub use make_domain_primary::MakeDomainPrimary;
pub use names::{RESERVED, is_reserved, is_slug};
pub use record_tenant::RecordTenant;
pub use refusal::Refusal;
pub use remove_domain::RemoveDomain;
pub use rename_tenant::RenameTenant;
pub use resume_tenant::ResumeTenant;
pub use suspend_tenant::SuspendTenant;
pub use tenancy_state::{Domain, Standing, Tenancy, TenancyCommand, tenant_stream};
pub use verify_domain::{PROOF_LABEL, VerifyDomain};
