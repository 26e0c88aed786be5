//! Hosts of a tenant's own. One leads to the tenant once a TXT record beside it says what only its
//! owner can have published; the record's text follows from tenant and host under the platform's
//! key, so nothing is stored for it and it can be published before anybody asks.

use async_trait::async_trait;
use domain::id::TenantId;
use domain::log::{ClaimKey, ClaimKind};
use domain::personal::Unique;
use domain::tenancy::{
    self, Domain, PROOF_LABEL, Refusal, Tenancy, TenancyEvent, add_domain, make_domain_primary,
    own_host, remove_domain, tenant_stream, verify_domain,
};
use migrations::keys::{TenantKeys, hex};
use migrations::platform::{Platform, TenantRecord};

use super::operations::{self, KnownTenancy, base_domain, tenancy_of};
use crate::handle::{Command, Commands, Sender};
use crate::platform_log::unique_host;
use crate::refused::{CommandError, Done, Reply};
use crate::unit::Unit;

/// Looks up what a name's TXT records say.
#[async_trait]
pub trait TxtRecords: std::fmt::Debug + Send + Sync {
    /// The texts, each put together from its parts; none where the name has no such record.
    async fn txt(&self, name: &str) -> Result<Vec<String>, LookupFailed>;
}

/// The names could not be asked, or did not answer in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} could not be looked up: {why}")]
pub struct LookupFailed {
    /// The name asked for.
    pub name: String,
    /// Why.
    pub why: String,
}

/// A host of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantDomain {
    /// The host.
    pub host: String,
    /// Whether it leads to the tenant.
    pub verified: bool,
    /// Whether links in mails begin with it.
    pub primary: bool,
    /// Whether it follows from the tenant's slug, and so stays.
    pub of_slug: bool,
    /// The name of the TXT record that proves it.
    pub record: String,
    /// What the record must say.
    pub token: String,
}

impl TenantDomain {
    /// A number that changes whenever the domain does.
    pub fn version(&self) -> i64 {
        1 + i64::from(self.verified) + 2 * i64::from(self.primary)
    }
}

/// Every host of a tenant, the one of its slug first.
pub async fn domains_of(
    commands: &Commands,
    platform: &Platform,
    tenant: &TenantRecord,
) -> Result<Vec<TenantDomain>, CommandError> {
    let keys = commands.log().keys().of(TenantId::PLATFORM).await?;
    let KnownTenancy { version, state } = tenancy_of(commands, tenant.id).await?;
    if version > 0 {
        let host = |domain: &Domain| Some(domain.host.get()?.text.clone());
        let shown = |(place, domain): (usize, &Domain)| {
            let (verified, primary) = (domain.verified, domain.primary);
            Some(shown(&keys, tenant.id, host(domain)?, (verified, primary, place == 0)))
        };
        return Ok(state.domains.iter().enumerate().filter_map(shown).collect());
    }
    // Made before the platform kept a log, or while it's being made.
    let hosts = platform.hosts_of(tenant.id).await?;
    let flags = |place| (true, place == 0, place == 0);
    let shown = |(place, host)| shown(&keys, tenant.id, host, flags(place));
    Ok(hosts.into_iter().enumerate().map(shown).collect())
}

fn shown(
    keys: &TenantKeys,
    tenant: TenantId,
    host: String,
    (verified, primary, of_slug): (bool, bool, bool),
) -> TenantDomain {
    let (record, token) = (format!("{PROOF_LABEL}.{host}"), token(keys, tenant, &host));
    TenantDomain { host, verified, primary, of_slug, record, token }
}

fn token(keys: &TenantKeys, tenant: TenantId, host: &str) -> String {
    let digest = keys.digest("domain proof", &[tenant.0.as_bytes(), host.as_bytes()]);
    format!("crowdminder-{}", hex(&digest[..20]))
}

/// What is done to a host of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainChange {
    /// It's named; it leads nowhere yet.
    Add,
    /// Its proof is looked for.
    Verify,
    /// Links begin with it from now on.
    MakePrimary,
    /// It's given up.
    Remove,
}

/// Changes a host of a tenant. `text` is the host in any form that names it; `seen` the version that
/// the caller saw of it, where it must be that one still. Answers the host in its one form.
pub async fn change_domain(
    commands: &Commands,
    platform: &Platform,
    dns: &dyn TxtRecords,
    sender: Sender,
    tenant: &TenantRecord,
    (text, what, seen): (&str, DomainChange, Option<i64>),
) -> Result<(String, Done), CommandError> {
    let base = base_domain(platform).await?;
    let host = match what {
        DomainChange::Add => own_host(text, &base)?,
        // What is there already may be a host of the service as well.
        DomainChange::Verify | DomainChange::MakePrimary | DomainChange::Remove => {
            text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase()
        }
    };
    if let Some(seen) = seen {
        let now = domains_of(commands, platform, tenant).await?;
        let now = now.iter().find(|domain| domain.host == host).ok_or(CommandError::NotFound)?;
        if now.version() != seen {
            return Err(CommandError::Stale);
        }
    }
    let proof = match what {
        DomainChange::Verify => Some(proof(commands, platform, dns, tenant, &host).await?),
        DomainChange::Add | DomainChange::MakePrimary | DomainChange::Remove => None,
    };
    let command = ChangeDomain { tenant: tenant.id, host: host.clone(), what, proof };
    let done = operations::change(commands, platform, sender, tenant, command).await?;
    Ok((host, done))
}

/// What must be found and what is.
#[derive(Debug, Clone)]
struct Proof {
    token: String,
    found: Vec<String>,
}

async fn proof(
    commands: &Commands,
    platform: &Platform,
    dns: &dyn TxtRecords,
    tenant: &TenantRecord,
    host: &str,
) -> Result<Proof, CommandError> {
    let known = domains_of(commands, platform, tenant).await?;
    let domain = known.into_iter().find(|domain| domain.host == host);
    // Nobody makes this server ask for names that no tenant has.
    let TenantDomain { record, token, .. } = domain.ok_or(CommandError::NotFound)?;
    match dns.txt(&record).await {
        Ok(found) => Ok(Proof { token, found }),
        Err(error) => {
            tracing::info!(%error, "a proof could not be looked up");
            Err(Refusal::LookupFailed.into())
        }
    }
}

#[derive(Debug, Clone)]
struct ChangeDomain {
    tenant: TenantId,
    host: String,
    what: DomainChange,
    proof: Option<Proof>,
}

impl ChangeDomain {
    fn decide(&self, of: &Tenancy, host: Unique) -> Result<Vec<TenancyEvent>, Refusal> {
        match (&self.what, self.proof.clone()) {
            (DomainChange::Add, _) => add_domain::decide(of, tenancy::AddDomain { host }),
            (DomainChange::Verify, Some(Proof { token, found })) => {
                verify_domain::decide(of, tenancy::VerifyDomain { host, token, found })
            }
            (DomainChange::Verify, None) => Err(Refusal::LookupFailed),
            (DomainChange::MakePrimary, _) => {
                make_domain_primary::decide(of, tenancy::MakeDomainPrimary { host })
            }
            (DomainChange::Remove, _) => remove_domain::decide(of, tenancy::RemoveDomain { host }),
        }
    }
}

impl Command for ChangeDomain {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let host = unique_host(unit, &self.host);
        if self.what == DomainChange::Verify {
            let key = ClaimKey::digest(ClaimKind::TenantHost, &host.digest);
            unit.check_claim(&key, tenant_stream(self.tenant)).await?;
        }
        operations::decide(unit, self.tenant, |of: &_| self.decide(of, host)).await
    }
}
