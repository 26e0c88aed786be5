//! `crowdminder migrate`: platform and tenants to the version of this program.

use clap::Args;
use migrations::migrate::{TENANT_SCHEMA_VERSION, TenantScripts, migrate_tenants};
use serde_json::json;

use super::{Context, Outcome, output};

/// What to migrate.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// How many tenants at a time
    #[arg(long, default_value_t = 4)]
    jobs: usize,
    /// Only this tenant
    #[arg(long, value_name = "SLUG")]
    only: Option<String>,
    /// Show the versions and change nothing
    #[arg(long)]
    status: bool,
}

pub(crate) async fn run(context: &Context, command: Migrate) -> anyhow::Result<Outcome> {
    // The platform itself was brought up to date when the database was reached.
    let records = context.tenants(command.only.as_deref()).await?;
    if command.status {
        for record in &records {
            print(context, &record.slug, record.schema_version, TENANT_SCHEMA_VERSION, None);
        }
        return Ok(Outcome::Done);
    }
    let bar = output::progress(records.len() as u64, "tenants");
    let scripts = TenantScripts::own();
    let tenants = &context.system.tenants;
    let migrations = migrate_tenants(tenants, records, &scripts, command.jobs, |done, _| {
        bar.set_position(done as u64);
    })
    .await;
    bar.finish_and_clear();
    let failed = migrations.iter().filter(|migration| migration.outcome.is_err()).count();
    for migration in &migrations {
        let error = migration.outcome.as_ref().err().map(ToString::to_string);
        let to = if error.is_none() { TENANT_SCHEMA_VERSION } else { migration.from };
        print(context, &migration.tenant.slug, migration.from, to, error);
    }
    Ok(match failed {
        0 => Outcome::Done,
        failed if failed == migrations.len() => Outcome::Failed,
        _ => Outcome::Partly,
    })
}

fn print(context: &Context, slug: &str, from: i32, to: i32, error: Option<String>) {
    if context.json {
        output::document(&json!({"slug": slug, "from": from, "to": to, "error": error}));
    } else {
        let error = error.map(|error| format!(": {error}")).unwrap_or_default();
        output::line(&format!("{slug}\t{from} -> {to}{error}"));
    }
}
