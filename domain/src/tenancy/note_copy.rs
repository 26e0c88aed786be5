//! The platform takes note that a tenant was written to a file, made from one, or copied.

use super::{Refusal, Tenancy, TenancyEvent, TenantCloned, TenantExported, TenantImported};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteCopy {
    /// Written to a file.
    Exported(TenantExported),
    /// Made from a file.
    Imported(TenantImported),
    /// One is a copy of the other.
    Cloned(TenantCloned),
}

/// Refuses a tenant that the platform does not know.
pub fn decide(tenancy: &Tenancy, note: NoteCopy) -> Result<Vec<TenancyEvent>, Refusal> {
    tenancy.known()?;
    Ok(vec![match note {
        NoteCopy::Exported(event) => event.into(),
        NoteCopy::Imported(event) => event.into(),
        NoteCopy::Cloned(event) => event.into(),
    }])
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::TenantId;

    #[test]
    fn a_copy_is_noted_of_a_tenant_that_is_known() {
        let tenant = TenantId(Uuid::from_u128(7));
        let exported = TenantExported { tenant, position: 3, root: "00".into() };
        let note = NoteCopy::Exported(exported.clone());
        assert_eq!(decide(&Tenancy::default(), note.clone()), Err(Refusal::UnknownTenant));
        let known = Tenancy { id: Some(tenant), ..Tenancy::default() };
        assert_eq!(decide(&known, note), Ok(vec![exported.into()]));
    }
}
