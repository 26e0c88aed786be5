//! The platform's own log: made like a tenant's, under a fixed id, so that what operators do goes
//! through the same write path and can be audited, exported and replayed like everything else.

use domain::id::{LogId, TenantId};
use domain::log::{Actor, Via};
use domain::personal::Unique;
use domain::tenancy::{RecordTenant, Tenancy, record_tenant as recording, tenant_stream};
use migrations::platform::Platform;
use migrations::provision::{NewTenant, ProvisionError, provision};

use crate::handle::{Command, Commands, IdempotencyKey, Sender};
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// The slug that stands for the platform on the command line.
pub const PLATFORM_SLUG: &str = "platform";

/// Makes the platform's log where it's not there yet, and lets the base domain lead to it.
/// `read_models` are the definitions of its read models' tables.
pub async fn ensure(
    commands: &Commands,
    platform: &Platform,
    read_models: &[String],
    base_domain: &str,
) -> Result<(), ProvisionError> {
    let log = commands.log();
    let found = platform.tenant_by_id(TenantId::PLATFORM).await?;
    if found.is_none() {
        let new = NewTenant {
            id: TenantId::PLATFORM,
            log: LogId(log.clock().new_id()),
            slug: PLATFORM_SLUG.to_owned(),
            name: "Crowdminder".to_owned(),
            host: base_domain.to_owned(),
            at: log.clock().now(),
        };
        match provision(log.tenants(), log.keys().master(), &new, read_models).await {
            Ok(()) => {}
            // Another program was a moment faster.
            Err(error) if platform.tenant_by_id(TenantId::PLATFORM).await?.is_none() => {
                return Err(error);
            }
            Err(_) => {}
        }
    }
    if found.is_none_or(|record| record.state == "provisioning") {
        platform.set_state(TenantId::PLATFORM, "active").await?;
    }
    let hosts = platform.hosts_of(TenantId::PLATFORM).await?;
    if hosts.first().is_none_or(|host| host != base_domain) {
        platform.move_host(TenantId::PLATFORM, base_domain).await?;
    }
    Ok(())
}

/// A tenant as the platform takes note of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The tenant.
    pub tenant: TenantId,
    /// What its host begins with.
    pub slug: String,
    /// What the firm is called.
    pub name: String,
    /// The host that leads to it.
    pub host: String,
    /// ISO 3166-1 alpha-2, where it's known.
    pub country: Option<String>,
}

/// Takes note of a tenant that was made; a second time changes nothing.
pub async fn record_tenant(commands: &Commands, made: Recorded) -> Result<(), CommandError> {
    let mut sender = Sender::new(TenantId::PLATFORM, Actor::System, Via::CommandLine);
    sender.key = Some(IdempotencyKey {
        route: "tenancy".into(),
        key: format!("record {}", made.tenant),
        request: Vec::new(),
    });
    commands.handle(sender, made).await.map(drop)
}

/// A host with the digest that tells whether two are the same.
pub fn unique_host(unit: &Unit<'_>, host: &str) -> Unique {
    unit.unique("tenant_host", host, host)
}

impl Command for Recorded {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let Recorded { tenant, slug, name, country, .. } = self.clone();
        let tenancy = unit.write::<Tenancy>(tenant_stream(tenant)).await?;
        let host = unique_host(unit, &self.host);
        let command = RecordTenant { tenant, slug, name, host, country };
        let events = recording::decide(&tenancy.state, command)?;
        unit.emit(&tenancy, events);
        Ok(Reply::created(tenant))
    }
}
