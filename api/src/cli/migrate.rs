//! `crowdminder migrate`: platform and tenants to the version of this program.

use clap::Args;
use migrations::migrate::{
    PLATFORM_SCHEMA_VERSION, TENANT_SCHEMA_VERSION, TenantMigration, TenantScripts,
    migrate_platform_of, migrate_tenants,
};
use serde_json::json;

use super::{Context, Outcome, output};

/// What to migrate.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// How many tenants at a time
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=16))]
    pub(crate) jobs: u16,
    /// Only this tenant
    #[arg(long, value_name = "SLUG")]
    pub(crate) only: Option<String>,
    /// Show the versions and change nothing; fails where one is behind
    #[arg(long)]
    status: bool,
}

pub(crate) async fn run(context: &Context, command: Migrate) -> anyhow::Result<Outcome> {
    if command.status {
        return status(context, command.only.as_deref()).await;
    }
    // Where this program made the logins itself, that was done when the database was reached.
    let platform = migrate_platform_of(&context.system.tenants).await?;
    let records = context.tenants(command.only.as_deref()).await?;
    let (scripts, jobs) = (TenantScripts::own(), usize::from(command.jobs));
    let bar = output::progress(records.len() as u64, "tenants");
    let tenants = &context.system.tenants;
    let migrations = migrate_tenants(tenants, records, &scripts, jobs, |done, migration| {
        bar.suspend(|| tell(context.json, migration));
        bar.set_position(done as u64);
    })
    .await;
    bar.finish_and_clear();
    let moved = |one: &&TenantMigration| one.outcome.as_ref().is_ok_and(|to| *to > one.from);
    let (count, moved) = (migrations.len(), migrations.iter().filter(moved).count());
    let failed = migrations.iter().filter(|one| one.outcome.is_err()).count();
    if !context.json {
        output::line(&format!(
            "platform at {platform}; {count} tenants: {moved} moved to {}, {failed} failed",
            scripts.latest()
        ));
    }
    Ok(match failed {
        0 => Outcome::Done,
        failed if failed == count => Outcome::Failed,
        _ => Outcome::Partly,
    })
}

/// Says how it went for a tenant, as it ends.
fn tell(as_json: bool, migration: &TenantMigration) {
    let TenantMigration { tenant, from, outcome } = migration;
    let to = outcome.as_ref().copied().unwrap_or(*from);
    let error = outcome.as_ref().err().map(ToString::to_string);
    if as_json {
        output::document(&json!({"slug": tenant.slug, "from": from, "to": to, "error": error}));
    } else if let Some(error) = error {
        output::line(&format!("{}\tstays at {from}: {error}", tenant.slug));
    } else if to > *from {
        output::line(&format!("{}\t{from} -> {to}", tenant.slug));
    }
}

/// The versions of the platform and of each tenant, and what keeps those behind that are; fails
/// where any is, so that a deployment can wait for it.
async fn status(context: &Context, only: Option<&str>) -> anyhow::Result<Outcome> {
    let platform = &context.system.platform;
    let version = platform.schema_version().await?;
    let behind = version < PLATFORM_SCHEMA_VERSION;
    let mut pending = usize::from(behind);
    if context.json {
        output::document(&json!({
            "platform": version, "wanted": PLATFORM_SCHEMA_VERSION, "pending": behind,
        }));
    } else {
        output::line(&format!("platform\t{version} of {PLATFORM_SCHEMA_VERSION}"));
    }
    let faults = platform.migration_faults().await?;
    for record in context.tenants(only).await? {
        let (slug, version) = (&record.slug, record.schema_version);
        let behind = version < TENANT_SCHEMA_VERSION;
        pending += usize::from(behind);
        let fault = faults.iter().find(|fault| fault.tenant == record.id && behind);
        let error = fault.map(|fault| fault.error.as_str());
        let (failed_at, attempts) = fault.map(|fault| (fault.failed_at, fault.attempts)).unzip();
        if context.json {
            output::document(&json!({
                "slug": slug, "version": version, "wanted": TENANT_SCHEMA_VERSION,
                "pending": behind, "error": error, "failed_at": failed_at, "attempts": attempts,
            }));
        } else {
            let wanted = if behind { "pending" } else { "up to date" };
            let error = error.map(|error| format!("\tfailed: {error}")).unwrap_or_default();
            output::line(&format!("{slug}\t{version} of {TENANT_SCHEMA_VERSION}\t{wanted}{error}"));
        }
    }
    Ok(if pending == 0 { Outcome::Done } else { Outcome::Failed })
}
