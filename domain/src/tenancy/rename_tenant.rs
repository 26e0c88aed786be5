//! A tenant gets another slug, and with it another host, or another name. Its former host goes on
//! leading to it until it's removed: links in mails that were sent and programs of its people keep
//! working, and nobody else can take the host meanwhile.

use super::names::{is_reserved, is_slug};
use super::record_tenant::sealed;
use super::tenancy_state::same_host;
use super::{DomainRemoved, Refusal, Tenancy, TenancyEvent, TenantRenamed};
use crate::name::checked_name;
use crate::personal::{Personal, Unique};

/// Give a tenant another slug, another name, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameTenant {
    /// The new slug with the host that follows from it; none = as it was.
    pub slug: Option<(String, Unique)>,
    /// The new name; none = as it was.
    pub name: Option<String>,
}

/// Refuses a tenant that is unknown or to be deleted, a bad name, and a slug that is bad or
/// reserved. That nobody else has the host is for the claim to say.
pub fn decide(tenancy: &Tenancy, command: RenameTenant) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.changeable()?;
    let is_now = |now: &Option<Personal<String>>, new: &String| {
        now.as_ref().and_then(Personal::get).is_some_and(|now| now == new)
    };
    let name = match command.name {
        Some(name) => Some(checked_name(&name).ok_or(Refusal::InvalidName)?),
        None => None,
    };
    let name = name.filter(|name| !is_now(&tenancy.name, name));
    let slug = command.slug.filter(|(slug, _)| !is_now(&tenancy.slug, slug));
    if let Some((slug, _)) = &slug {
        if !is_slug(slug) {
            return Err(Refusal::InvalidSlug);
        }
        if is_reserved(slug) {
            return Err(Refusal::ReservedSlug);
        }
    }
    if slug.is_none() && name.is_none() {
        return Ok(Vec::new());
    }
    let mut events: Vec<TenancyEvent> = Vec::new();
    let (slug, host) =
        slug.map(|(slug, host)| (sealed(tenant, slug), sealed(tenant, host))).unzip();
    if let Some(host) = &host
        && tenancy.domains.iter().any(|domain| same_host(&domain.host, host))
    {
        // Back to a slug that it had: the host becomes that of the slug again.
        events.push(DomainRemoved { tenant, host: host.clone(), led_there: true }.into());
    }
    let name = name.map(|name| sealed(tenant, name));
    events.push(TenantRenamed { tenant, slug, host, name }.into());
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::samples::{deleting, host, hosts, known, then};

    fn to(slug: &str) -> RenameTenant {
        let unique = host(&format!("{slug}.crowd.test"));
        RenameTenant { slug: Some((slug.into(), unique)), name: None }
    }

    #[test]
    fn the_former_host_goes_on_leading_to_it() {
        let mut tenancy = known();
        let events = decide(&tenancy, to("beta")).unwrap();
        then(&mut tenancy, &events);
        assert_eq!(hosts(&tenancy), ["beta.crowd.test", "acme.crowd.test"]);
        assert!(tenancy.domains.iter().all(|domain| domain.verified));
        assert!(tenancy.domains[0].primary && !tenancy.domains[1].primary);
        assert_eq!(decide(&tenancy, to("beta")), Ok(vec![]));
        let back = decide(&tenancy, to("acme")).unwrap();
        then(&mut tenancy, &back);
        assert_eq!(hosts(&tenancy), ["acme.crowd.test", "beta.crowd.test"]);
        assert_eq!(tenancy.domains.iter().filter(|domain| domain.primary).count(), 1);
    }

    #[test]
    fn a_name_alone_moves_no_host() {
        let mut tenancy = known();
        let name = |name: &str| RenameTenant { slug: None, name: Some(name.into()) };
        let events = decide(&tenancy, name(" Acme Two ")).unwrap();
        then(&mut tenancy, &events);
        assert_eq!(tenancy.name.as_ref().and_then(Personal::get).unwrap(), "Acme Two");
        assert_eq!(hosts(&tenancy), ["acme.crowd.test"]);
        assert_eq!(decide(&tenancy, name("Acme Two")), Ok(vec![]));
        assert_eq!(decide(&tenancy, name(" ")), Err(Refusal::InvalidName));
    }

    #[test]
    fn a_slug_that_is_bad_or_reserved_is_refused() {
        assert_eq!(decide(&known(), to("-beta")), Err(Refusal::InvalidSlug));
        assert_eq!(decide(&known(), to("www")), Err(Refusal::ReservedSlug));
        assert_eq!(decide(&deleting(), to("beta")), Err(Refusal::BeingDeleted));
        assert_eq!(decide(&Tenancy::default(), to("beta")), Err(Refusal::UnknownTenant));
    }
}
