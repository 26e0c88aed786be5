//! What is left of a tenant: a certificate of where its log ended.

use super::{Refusal, Standing, Tenancy, TenancyEvent, TenantDeleted};

/// Refuses a tenant whose deletion nobody asked for, and a second certificate.
pub fn decide(tenancy: &Tenancy, certificate: TenantDeleted) -> Result<Vec<TenancyEvent>, Refusal> {
    tenancy.known()?;
    match tenancy.standing {
        Standing::Deleting { .. } => Ok(vec![certificate.into()]),
        Standing::Active | Standing::Suspended | Standing::Deleted => Err(Refusal::NotDeleting),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::id::{LogId, TenantId};

    #[test]
    fn only_what_was_to_be_deleted_is_certified_and_only_once() {
        let tenant = TenantId(Uuid::from_u128(7));
        let log = LogId(Uuid::from_u128(8));
        let certificate = TenantDeleted { tenant, log, position: 3, root: "00".into() };
        let mut tenancy = Tenancy { id: Some(tenant), ..Tenancy::default() };
        assert_eq!(decide(&tenancy, certificate.clone()), Err(Refusal::NotDeleting));
        tenancy.standing = Standing::Deleting { due: Timestamp::UNIX_EPOCH };
        let events = decide(&tenancy, certificate.clone()).unwrap();
        events.iter().for_each(|event| tenancy.evolve(event));
        assert_eq!(tenancy.standing, Standing::Deleted);
        assert_eq!(decide(&tenancy, certificate), Err(Refusal::UnknownTenant));
    }
}
