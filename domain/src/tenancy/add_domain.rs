//! A tenant says that a host is theirs. It leads nowhere until that is shown, and others may say the
//! same meanwhile, so that nobody keeps a firm's name from it by being first.

use super::record_tenant::sealed;
use super::{DomainAdded, Refusal, Tenancy, TenancyEvent};
use crate::personal::Unique;

/// How many hosts a tenant may have, so that nobody fills the catalogue.
pub const DOMAINS_MAX: usize = 20;

/// Name a host as the tenant's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddDomain {
    /// The host in its one form; see [`own_host`](super::own_host).
    pub host: Unique,
}

/// Refuses a tenant that is unknown or to be deleted, and one host too many; one that it has stays
/// as it is.
pub fn decide(tenancy: &Tenancy, command: AddDomain) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.changeable()?;
    if tenancy.domain(&command.host).is_ok() {
        return Ok(Vec::new());
    }
    if tenancy.domains.len() >= DOMAINS_MAX {
        return Err(Refusal::TooManyDomains);
    }
    Ok(vec![DomainAdded { tenant, host: sealed(tenant, command.host) }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::samples::{deleting, host, hosts, known, then};

    fn add(text: &str) -> AddDomain {
        AddDomain { host: host(text) }
    }

    #[test]
    fn an_added_host_is_neither_verified_nor_primary() {
        let mut tenancy = known();
        let events = decide(&tenancy, add("acme.example")).unwrap();
        then(&mut tenancy, &events);
        assert_eq!(hosts(&tenancy), ["acme.crowd.test", "acme.example"]);
        assert!(!tenancy.domains[1].verified && !tenancy.domains[1].primary);
        assert_eq!(decide(&tenancy, add("acme.example")), Ok(vec![]));
    }

    #[test]
    fn one_too_many_is_refused_and_so_is_a_tenant_that_goes() {
        let mut tenancy = known();
        for n in 1..DOMAINS_MAX {
            let events = decide(&tenancy, add(&format!("n{n}.example"))).unwrap();
            then(&mut tenancy, &events);
        }
        assert_eq!(decide(&tenancy, add("last.example")), Err(Refusal::TooManyDomains));
        assert_eq!(decide(&deleting(), add("a.example")), Err(Refusal::BeingDeleted));
        let unknown = decide(&Tenancy::default(), add("a.example"));
        assert_eq!(unknown, Err(Refusal::UnknownTenant));
    }
}
