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
    /// Nobody asked for its deletion.
    #[error("the tenant is not to be deleted")]
    NotDeleting,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidName => "tenancy.invalid_name",
            Refusal::AlreadyRecorded => "tenancy.already_recorded",
            Refusal::UnknownTenant => "tenancy.unknown_tenant",
            Refusal::NotDeleting => "tenancy.not_deleting",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidName => Some("/name"),
            Refusal::AlreadyRecorded | Refusal::UnknownTenant | Refusal::NotDeleting => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Refusal::UnknownTenant)
    }
}
