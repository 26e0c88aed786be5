//! An operator suspends a tenant: its people may do nothing until it's resumed. Nothing is lost.

use super::{Refusal, Standing, Tenancy, TenancyEvent, TenantSuspended};

/// Suspend a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuspendTenant;

/// Refuses a tenant that is unknown or to be deleted; one that is suspended stays so.
pub fn decide(tenancy: &Tenancy, _: SuspendTenant) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.known()?;
    match tenancy.standing {
        Standing::Active => Ok(vec![TenantSuspended { tenant }.into()]),
        Standing::Suspended => Ok(Vec::new()),
        Standing::Deleting { .. } => Err(Refusal::BeingDeleted),
        Standing::Deleted => Err(Refusal::UnknownTenant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::samples::{deleting, known, tenant, then};

    #[test]
    fn a_tenant_is_suspended_once() {
        let mut tenancy = known();
        let events = decide(&tenancy, SuspendTenant).unwrap();
        assert_eq!(events, vec![TenantSuspended { tenant: tenant() }.into()]);
        then(&mut tenancy, &events);
        assert_eq!(tenancy.standing, Standing::Suspended);
        assert_eq!(decide(&tenancy, SuspendTenant), Ok(vec![]));
    }

    #[test]
    fn one_that_is_unknown_or_to_be_deleted_is_refused() {
        assert_eq!(decide(&Tenancy::default(), SuspendTenant), Err(Refusal::UnknownTenant));
        assert_eq!(decide(&deleting(), SuspendTenant), Err(Refusal::BeingDeleted));
    }
}
