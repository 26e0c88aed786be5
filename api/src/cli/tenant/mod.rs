//! `crowdminder tenant`.

mod clone;
mod delete;
mod export;
mod import;

use clap::{Args, Subcommand};
use commands::tenancy::lifecycle::Lifecycle;
use commands::tenancy::{CreatedTenant, NewFirm, create_tenant};
use commands::tokens::{NewToken, Scopes, issue};
use domain::id::TenantId;
use domain::log::{Actor, Via};
use projections::rebuild::rebuild;
use projections::registry;
use serde_json::json;

use crate::cli::{Context, Outcome, output};

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub(crate) enum Tenant {
    /// Make a tenant with its owner, or complete one that a run before could not
    Create(Create),
    /// Make a tenant as another one is or was
    Clone(clone::Clone),
    /// Write a tenant to one file, which can be checked without a database
    Export(export::Export),
    /// Make a tenant from such a file
    Import(import::Import),
    /// Delete a tenant, after days of grace or at once, until nothing of it is left
    Delete(delete::Delete),
    /// Every tenant
    List,
    /// One tenant
    Show {
        /// The tenant
        slug: String,
    },
}

/// A tenant to be made.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What its host begins with: 2 to 40 of a-z, 0-9 and -
    slug: String,
    /// What the firm is called
    #[arg(long)]
    name: String,
    /// The address of its owner
    #[arg(long, value_name = "EMAIL")]
    owner: String,
    /// What the owner is called [default: the address]
    #[arg(long)]
    owner_name: Option<String>,
    /// ISO 3166 code, from which currency, zone and VAT follow
    #[arg(long, default_value = "ZA")]
    country: String,
    /// ISO 4217 code, instead of the country's
    #[arg(long)]
    currency: Option<String>,
    /// IANA zone, instead of the country's
    #[arg(long)]
    time_zone: Option<String>,
}

async fn create(context: &Context, command: Create) -> anyhow::Result<Outcome> {
    let system = &context.system;
    let firm = NewFirm {
        host: format!("{}.{}", command.slug, context.base_domain),
        slug: command.slug,
        name: command.name,
        owner_name: command.owner_name.unwrap_or_else(|| command.owner.clone()),
        owner_email: command.owner,
        country: command.country,
        currency: command.currency,
        time_zone: command.time_zone,
    };
    let tables = registry::tables();
    let created = create_tenant(&system.commands, &system.platform, &tables, firm).await?;
    let clock = system.commands.log().clock();
    let token = NewToken {
        id: clock.new_id(),
        member: created.owner,
        scopes: Scopes::All,
        expires_at: None,
    };
    let secret = issue(&system.tenants, created.tenant, token, clock.now()).await?;
    let CreatedTenant { tenant, slug, schema, domain, owner } = created;
    if context.json {
        output::document(&json!({
            "tenant": {"id": tenant, "slug": slug, "schema": schema, "domain": domain},
            "owner": {"member_id": owner, "token": secret},
        }));
    } else {
        output::line(&format!("{slug}\t{domain}\nowner's token, shown once: {secret}"));
    }
    Ok(Outcome::Done)
}

pub(crate) async fn run(context: &Context, command: Tenant) -> anyhow::Result<Outcome> {
    let records = match command {
        Tenant::Create(command) => return create(context, command).await,
        Tenant::Clone(command) => return clone::run(context, command).await,
        Tenant::Export(command) => return export::run(context, command).await,
        Tenant::Import(command) => return import::run(context, command).await,
        Tenant::Delete(command) => return delete::run(context, command).await,
        Tenant::List => context.system.platform.tenants().await?,
        Tenant::Show { slug } => vec![context.tenant(&slug).await?],
    };
    for record in records {
        let hosts = context.system.platform.hosts_of(record.id).await?;
        if context.json {
            output::document(&json!({
                "id": record.id,
                "slug": record.slug,
                "name": record.name,
                "state": record.state,
                "schema": record.id.schema(),
                "domain": hosts.first(),
                "domains": hosts,
                "schema_version": record.schema_version,
                "created_at": record.created_at,
            }));
        } else {
            let host = hosts.first().map_or("-", String::as_str);
            output::line(&format!("{}\t{}\t{}\t{host}", record.slug, record.state, record.name));
        }
    }
    Ok(Outcome::Done)
}

/// What an operator at the command line makes, copies and ends tenants with.
fn lifecycle(context: &Context) -> Lifecycle<'_> {
    let system = &context.system;
    Lifecycle {
        commands: &system.commands,
        platform: &system.platform,
        signer: &system.signer,
        files: &system.files,
        actor: Actor::Operator,
        via: Via::CommandLine,
    }
}

/// Builds every read model of a tenant whose log has arrived, anew each time it's asked.
async fn build_read_models(context: &Context, tenant: TenantId) -> anyhow::Result<()> {
    let bar = output::progress(registry::all().len() as u64, "read models");
    for model in registry::all() {
        rebuild(&context.system.tenants, tenant, *model, &mut |_| {}).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}
