//! Tenancy: what is done to a tenant as a whole, kept on the platform's own log so that operators
//! can be audited too. What a tenant is called and where it lives is sealed, so that a deleted one
//! leaves nothing but ids, positions and roots.

pub mod cancel_deletion;
pub mod certify_deletion;
mod events;
pub mod note_copy;
pub mod record_tenant;
mod refusal;
pub mod request_deletion;
mod tenancy_state;

pub use cancel_deletion::CancelDeletion;
pub use events::{
    DomainAdded, DomainMadePrimary, DomainRemoved, DomainVerified, TenancyEvent, TenantCloned,
    TenantCreated, TenantDeleted, TenantDeletionCancelled, TenantDeletionRequested, TenantExported,
    TenantImported, TenantRenamed, TenantResumed, TenantSuspended,
};
pub use note_copy::NoteCopy;
pub use record_tenant::RecordTenant;
pub use refusal::Refusal;
pub use request_deletion::RequestDeletion;
pub use tenancy_state::{Domain, Standing, Tenancy, TenancyCommand, tenant_stream};
