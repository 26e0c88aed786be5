//! Tenancy: what is done to a tenant as a whole, kept on the platform's own log so that operators can
//! be audited too. What a tenant is called and where it lives is sealed, so that a deleted one leaves
//! nothing but ids, positions and roots.

mod events;
pub mod record_tenant;
mod refusal;
mod tenancy_state;

pub use events::{
    DomainAdded, DomainMadePrimary, DomainRemoved, DomainVerified, TenancyEvent, TenantCloned,
    TenantCreated, TenantDeleted, TenantDeletionCancelled, TenantDeletionRequested, TenantExported,
    TenantImported, TenantRenamed, TenantResumed, TenantSuspended,
};
pub use record_tenant::RecordTenant;
pub use refusal::Refusal;
pub use tenancy_state::{Domain, Standing, Tenancy, TenancyCommand, tenant_stream};
