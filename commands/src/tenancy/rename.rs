//! A tenant is called something else. Schema, role, files and subjects are named by its id, so
//! nothing moves and work goes on meanwhile; its former host goes on leading to it.

use domain::id::TenantId;
use domain::log::{ClaimKey, ClaimKind};
use domain::tenancy::{self, Refusal, rename_tenant, tenant_stream};
use migrations::platform::{Platform, TenantRecord};

use super::operations;
use crate::handle::{Command, Commands, Sender};
use crate::platform_log::unique_host;
use crate::refused::{CommandError, Done, Reply};
use crate::unit::Unit;

/// Gives a tenant another slug, another name, or both.
pub async fn rename(
    commands: &Commands,
    platform: &Platform,
    sender: Sender,
    tenant: &TenantRecord,
    (slug, name): (Option<String>, Option<String>),
) -> Result<Done, CommandError> {
    let mut slug_and_host = None;
    if let Some(slug) = slug {
        let host = format!("{slug}.{}", operations::base_domain(platform).await?);
        let own = platform.hosts_of(tenant.id).await?.contains(&host);
        let now = commands.log().clock().now();
        if !own && platform.is_buried(&[&slug, &host], now).await? {
            return Err(Refusal::HostBuried.into());
        }
        let holder = platform.tenant_by_slug(&slug).await?;
        if holder.is_some_and(|holder| holder.id != tenant.id) {
            return Err(Refusal::HostTaken.into());
        }
        slug_and_host = Some((slug, host));
    }
    let command = RenameTenant { tenant: tenant.id, slug_and_host, name };
    operations::change(commands, platform, sender, tenant, command).await
}

#[derive(Debug, Clone)]
struct RenameTenant {
    tenant: TenantId,
    slug_and_host: Option<(String, String)>,
    name: Option<String>,
}

impl Command for RenameTenant {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let mut slug = None;
        if let Some((text, host)) = &self.slug_and_host {
            let host = unique_host(unit, host);
            let key = ClaimKey::digest(ClaimKind::TenantHost, &host.digest);
            unit.check_claim(&key, tenant_stream(self.tenant)).await?;
            slug = Some((text.clone(), host));
        }
        let command = tenancy::RenameTenant { slug, name: self.name.clone() };
        let decide = |of: &_| rename_tenant::decide(of, command);
        operations::decide(unit, self.tenant, decide).await
    }
}
