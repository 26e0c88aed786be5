//! `crowdminder tenant`.

use clap::Subcommand;
use serde_json::json;

use super::{Context, Outcome, output};

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub(crate) enum Tenant {
    /// Every tenant
    List,
    /// One tenant
    Show {
        /// The tenant
        slug: String,
    },
}

pub(crate) async fn run(context: &Context, command: Tenant) -> anyhow::Result<Outcome> {
    let records = match command {
        Tenant::List => context.tenants(None).await?,
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
