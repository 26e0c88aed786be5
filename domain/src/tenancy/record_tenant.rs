//! The platform takes note of a tenant that was made.

use super::{Refusal, Tenancy, TenancyEvent, TenantCreated};
use crate::id::{SubjectId, TenantId};
use crate::name::checked_name;
use crate::personal::{Personal, PurposeClass, Unique};

/// Take note of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordTenant {
    /// The tenant.
    pub tenant: TenantId,
    /// What its host begins with.
    pub slug: String,
    /// What the firm is called.
    pub name: String,
    /// The host that leads to it, with its digest.
    pub host: Unique,
    /// ISO 3166-1 alpha-2, where it's known.
    pub country: Option<String>,
}

/// Refuses a tenant that was recorded before and a bad name.
pub fn decide(tenancy: &Tenancy, command: RecordTenant) -> Result<Vec<TenancyEvent>, Refusal> {
    if tenancy.id.is_some() {
        return Err(Refusal::AlreadyRecorded);
    }
    let RecordTenant { tenant, slug, name, host, country } = command;
    let name = checked_name(&name).ok_or(Refusal::InvalidName)?;
    let (slug, name) = (sealed(tenant, slug), sealed(tenant, name));
    let host = sealed(tenant, host);
    Ok(vec![TenantCreated { tenant, slug, name, host, country }.into()])
}

/// A text of a tenant, under a key that is destroyed with it.
pub(super) fn sealed<T>(tenant: TenantId, text: T) -> Personal<T> {
    Personal::new(SubjectId(tenant.0), PurposeClass::Identity, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::Standing;
    use uuid::Uuid;

    fn record(name: &str) -> RecordTenant {
        RecordTenant {
            tenant: TenantId(Uuid::from_u128(7)),
            slug: "acme".into(),
            name: name.into(),
            host: Unique { text: "acme.example".into(), digest: "d1".into() },
            country: Some("ZA".into()),
        }
    }

    #[test]
    fn a_tenant_is_recorded_once_with_its_host() {
        let mut tenancy = Tenancy::default();
        let events = decide(&tenancy, record(" Acme ")).unwrap();
        events.iter().for_each(|event| tenancy.evolve(event));
        assert_eq!(tenancy.known(), Ok(TenantId(Uuid::from_u128(7))));
        assert_eq!(tenancy.name.as_ref().and_then(Personal::get).unwrap(), "Acme");
        assert_eq!(tenancy.standing, Standing::Active);
        assert!(tenancy.domains[0].verified && tenancy.domains[0].primary);
        assert_eq!(decide(&tenancy, record("Acme")), Err(Refusal::AlreadyRecorded));
    }

    #[test]
    fn a_bad_name_is_refused_and_so_is_what_was_never_recorded() {
        assert_eq!(decide(&Tenancy::default(), record(" ")), Err(Refusal::InvalidName));
        assert_eq!(Tenancy::default().known(), Err(Refusal::UnknownTenant));
    }
}
