//! An operator takes a tenant's deletion back while it can be had back.

use super::{Refusal, Standing, Tenancy, TenancyEvent, TenantDeletionCancelled};

/// Don't delete the tenant after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelDeletion;

/// Refuses a tenant that is not to be deleted.
pub fn decide(tenancy: &Tenancy, _: CancelDeletion) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.known()?;
    match tenancy.standing {
        Standing::Deleting { .. } => Ok(vec![TenantDeletionCancelled { tenant }.into()]),
        Standing::Active | Standing::Suspended | Standing::Deleted => Err(Refusal::NotDeleting),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::id::TenantId;

    #[test]
    fn a_deletion_is_cancelled_once() {
        let standing = Standing::Deleting { due: Timestamp::UNIX_EPOCH };
        let id = Some(TenantId(Uuid::from_u128(7)));
        let mut tenancy = Tenancy { id, standing, ..Tenancy::default() };
        let events = decide(&tenancy, CancelDeletion).unwrap();
        events.iter().for_each(|event| tenancy.evolve(event));
        assert_eq!(tenancy.standing, Standing::Active);
        assert_eq!(decide(&tenancy, CancelDeletion), Err(Refusal::NotDeleting));
    }
}
