//! An operator lets a suspended tenant work again.

use super::{Refusal, Standing, Tenancy, TenancyEvent, TenantResumed};

/// Resume a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResumeTenant;

/// Refuses a tenant that is unknown or to be deleted; one that works already goes on.
pub fn decide(tenancy: &Tenancy, _: ResumeTenant) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.known()?;
    match tenancy.standing {
        Standing::Suspended => Ok(vec![TenantResumed { tenant }.into()]),
        Standing::Active => Ok(Vec::new()),
        // Deletion is called off by a command of its own, which says so.
        Standing::Deleting { .. } => Err(Refusal::BeingDeleted),
        Standing::Deleted => Err(Refusal::UnknownTenant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::samples::{deleting, known, tenant, then};
    use crate::tenancy::{SuspendTenant, suspend_tenant};

    #[test]
    fn a_suspended_tenant_is_resumed_once() {
        let mut tenancy = known();
        assert_eq!(decide(&tenancy, ResumeTenant), Ok(vec![]));
        let suspended = suspend_tenant::decide(&tenancy, SuspendTenant).unwrap();
        then(&mut tenancy, &suspended);
        let events = decide(&tenancy, ResumeTenant).unwrap();
        assert_eq!(events, vec![TenantResumed { tenant: tenant() }.into()]);
        then(&mut tenancy, &events);
        assert_eq!(tenancy.standing, Standing::Active);
    }

    #[test]
    fn one_that_is_unknown_or_to_be_deleted_is_refused() {
        assert_eq!(decide(&Tenancy::default(), ResumeTenant), Err(Refusal::UnknownTenant));
        assert_eq!(decide(&deleting(), ResumeTenant), Err(Refusal::BeingDeleted));
    }
}
