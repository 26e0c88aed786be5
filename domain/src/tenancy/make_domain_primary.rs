//! Links in mails begin with another of the tenant's hosts from now on.

use super::record_tenant::sealed;
use super::{DomainMadePrimary, Refusal, Tenancy, TenancyEvent};
use crate::personal::Unique;

/// Let links begin with a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeDomainPrimary {
    /// The host in its one form.
    pub host: Unique,
}

/// Refuses a host that is not the tenant's or leads nowhere yet; the primary one stays so.
pub fn decide(tenancy: &Tenancy, command: MakeDomainPrimary) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.changeable()?;
    let (_, domain) = tenancy.domain(&command.host)?;
    if !domain.verified {
        return Err(Refusal::NotVerified);
    }
    if domain.primary {
        return Ok(Vec::new());
    }
    Ok(vec![DomainMadePrimary { tenant, host: sealed(tenant, command.host) }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::samples::{added, host, then, verified};

    fn primary(text: &str) -> MakeDomainPrimary {
        MakeDomainPrimary { host: host(text) }
    }

    #[test]
    fn one_host_is_primary() {
        let mut tenancy = verified("acme.example");
        let events = decide(&tenancy, primary("acme.example")).unwrap();
        then(&mut tenancy, &events);
        let primaries: Vec<bool> = tenancy.domains.iter().map(|domain| domain.primary).collect();
        assert_eq!(primaries, [false, true]);
        assert_eq!(decide(&tenancy, primary("acme.example")), Ok(vec![]));
    }

    #[test]
    fn one_that_leads_nowhere_or_is_unknown_is_refused() {
        let refused = decide(&added("acme.example"), primary("acme.example"));
        assert_eq!(refused, Err(Refusal::NotVerified));
        let refused = decide(&added("acme.example"), primary("other.example"));
        assert_eq!(refused, Err(Refusal::UnknownDomain));
    }
}
