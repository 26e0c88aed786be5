//! `crowdminder tenant domain`: hosts of a tenant's own.

use clap::{Args, Subcommand};
use commands::tenancy::domains::{DomainChange, change_domain, domains_of};

use super::show::{domain_document, domain_line};
use super::standing::operator;
use crate::cli::{Context, Outcome, output};
use crate::dns::Dns;

/// What to do with a tenant's hosts.
#[derive(Debug, Subcommand)]
pub(crate) enum Domain {
    /// Every host of a tenant
    List {
        /// The tenant
        slug: String,
    },
    /// Name a host as the tenant's own, and show the TXT record that proves it
    Add(Host),
    /// Look for the record; once it's found, the host leads to the tenant
    Verify(Host),
    /// Let links in mails begin with a verified host
    Primary(Host),
    /// Take a host away; one under the base domain rests for a year before anybody can have it
    Remove(Host),
}

/// A host of a tenant.
#[derive(Debug, Args)]
pub(crate) struct Host {
    /// The tenant
    slug: String,
    /// Such as hours.example.com
    host: String,
    /// Why, for those who read the log
    #[arg(long)]
    reason: Option<String>,
}

pub(super) async fn run(context: &Context, command: Domain) -> anyhow::Result<Outcome> {
    let system = &context.system;
    let (host, what) = match command {
        Domain::List { slug } => {
            let tenant = context.tenant(&slug).await?;
            for domain in domains_of(&system.commands, &system.platform, &tenant).await? {
                if context.json {
                    output::document(&domain_document(&domain));
                } else {
                    output::line(&domain_line(&domain));
                }
            }
            return Ok(Outcome::Done);
        }
        Domain::Add(host) => (host, DomainChange::Add),
        Domain::Verify(host) => (host, DomainChange::Verify),
        Domain::Primary(host) => (host, DomainChange::MakePrimary),
        Domain::Remove(host) => (host, DomainChange::Remove),
    };
    let Host { slug, host, reason } = host;
    let tenant = context.tenant(&slug).await?;
    let (commands, platform) = (&system.commands, &system.platform);
    let (sender, dns) = (operator(reason), Dns::default());
    let change = (host.as_str(), what, None);
    let (host, _) = change_domain(commands, platform, &dns, sender, &tenant, change).await?;
    let now = domains_of(commands, platform, &tenant).await?;
    match now.iter().find(|domain| domain.host == host) {
        Some(domain) if context.json => output::document(&domain_document(domain)),
        Some(domain) => output::line(&domain_line(domain)),
        None if context.json => output::document(&serde_json::json!({ "removed": host })),
        None => output::line(&format!("{host}\tremoved")),
    }
    Ok(Outcome::Done)
}
