//! A host no longer leads to the tenant. The one that follows from its slug stays, so that there
//! always is a way in.

use super::record_tenant::sealed;
use super::{DomainRemoved, Refusal, Tenancy, TenancyEvent};
use crate::personal::Unique;

/// Take a host away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveDomain {
    /// The host in its one form.
    pub host: Unique,
}

/// Refuses the host of the slug, and one that is not the tenant's.
pub fn decide(tenancy: &Tenancy, command: RemoveDomain) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.changeable()?;
    match tenancy.domain(&command.host)? {
        (0, _) => Err(Refusal::HostOfSlug),
        (_, domain) => {
            let led_there = domain.verified;
            let host = sealed(tenant, command.host);
            Ok(vec![DomainRemoved { tenant, host, led_there }.into()])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::samples::{host, hosts, then, verified};
    use crate::tenancy::{MakeDomainPrimary, make_domain_primary};

    fn remove(text: &str) -> RemoveDomain {
        RemoveDomain { host: host(text) }
    }

    #[test]
    fn with_the_primary_host_the_slug_s_becomes_primary() {
        let mut tenancy = verified("acme.example");
        let primary = MakeDomainPrimary { host: host("acme.example") };
        let events = make_domain_primary::decide(&tenancy, primary).unwrap();
        then(&mut tenancy, &events);
        let events = decide(&tenancy, remove("acme.example")).unwrap();
        then(&mut tenancy, &events);
        assert_eq!(hosts(&tenancy), ["acme.crowd.test"]);
        assert!(tenancy.domains[0].primary);
    }

    #[test]
    fn the_host_of_the_slug_stays_and_others_are_unknown() {
        let tenancy = verified("acme.example");
        assert_eq!(decide(&tenancy, remove("acme.crowd.test")), Err(Refusal::HostOfSlug));
        assert_eq!(decide(&tenancy, remove("other.example")), Err(Refusal::UnknownDomain));
    }
}
