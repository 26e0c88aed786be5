//! An operator asks for a tenant's deletion, or moves its day.

use jiff::Timestamp;

use super::{Refusal, Tenancy, TenancyEvent, TenantDeletionRequested};

/// Delete a tenant, from this moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestDeletion {
    /// Until when it can be had back.
    pub due: Timestamp,
}

/// Refuses a tenant that the platform does not know.
pub fn decide(tenancy: &Tenancy, command: RequestDeletion) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.known()?;
    Ok(vec![TenantDeletionRequested { tenant, due: command.due }.into()])
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::TenantId;
    use crate::tenancy::Standing;

    #[test]
    fn a_deletion_is_asked_for_and_its_day_is_moved() {
        let tenant = TenantId(Uuid::from_u128(7));
        let mut tenancy = Tenancy { id: Some(tenant), ..Tenancy::default() };
        for second in [1_000, 2_000] {
            let due = Timestamp::from_second(second).unwrap();
            for event in decide(&tenancy, RequestDeletion { due }).unwrap() {
                tenancy.evolve(&event);
            }
            assert_eq!(tenancy.standing, Standing::Deleting { due });
        }
        tenancy.standing = Standing::Deleted;
        let again = RequestDeletion { due: Timestamp::UNIX_EPOCH };
        assert_eq!(decide(&tenancy, again), Err(Refusal::UnknownTenant));
    }
}
