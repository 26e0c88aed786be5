//! `crowdminder tenant list` and `show`: what an operator wants to know of a tenant, without a look
//! into what is its own.

use std::collections::HashMap;

use commands::event_log::read;
use commands::subscription::subscription;
use commands::tenancy::domains::{TenantDomain, domains_of};
use domain::id::TenantId;
use futures::{StreamExt, TryStreamExt};
use migrations::platform::TenantRecord;
use serde_json::{Value, json};

use crate::cli::{Context, Outcome, output};

/// How many tenants are asked at a time.
const AT_ONCE: usize = 8;

/// What can be told of a tenant.
struct Shown {
    record: TenantRecord,
    hosts: Vec<String>,
    /// Everybody who ever was one.
    members: usize,
    position: i64,
    bytes: i64,
    /// The plan chosen last; none before its subscription has begun.
    plan: Option<String>,
}

pub(super) async fn list(context: &Context) -> anyhow::Result<Outcome> {
    let platform = &context.system.platform;
    let (heads, sizes) = (context.system.tenants.heads().await?, platform.sizes().await?);
    let (heads, sizes) = (heads.into_iter().collect(), sizes.into_iter().collect());
    let mut shown = futures::stream::iter(platform.tenants().await?)
        .map(|record| look(context, record, &heads, &sizes))
        .buffered(AT_ONCE);
    while let Some(shown) = shown.try_next().await? {
        if context.json {
            output::document(&shown.document());
        } else {
            output::line(&shown.line());
        }
    }
    Ok(Outcome::Done)
}

pub(super) async fn show(context: &Context, slug: &str) -> anyhow::Result<Outcome> {
    let system = &context.system;
    let record = context.tenant(slug).await?;
    let fault = system.platform.migration_faults().await?;
    let fault = fault.into_iter().find(|fault| fault.tenant == record.id);
    let domains = domains_of(&system.commands, &system.platform, &record).await?;
    let head = read::head_of(&system.tenants, record.id).await?;
    let sizes = system.platform.sizes().await?.into_iter().collect();
    let heads = HashMap::from([(record.id, head)]);
    let shown = look(context, record, &heads, &sizes).await?;
    let fault = fault.map(|fault| fault.error);
    if context.json {
        let mut document = shown.document();
        document["hosts"] = domains.iter().map(domain_document).collect();
        document["migration_error"] = json!(fault);
        output::document(&document);
        return Ok(Outcome::Done);
    }
    let Shown { record, members, position, bytes, plan, .. } = &shown;
    for (name, value) in [
        ("slug", record.slug.clone()),
        ("name", record.name.clone()),
        ("id", record.id.to_string()),
        ("schema", record.id.schema()),
        ("state", record.state.clone()),
        ("since", record.created_at.to_string()),
        ("plan", plan.clone().unwrap_or_else(|| "-".to_owned())),
        ("members", members.to_string()),
        ("position", position.to_string()),
        ("bytes", bytes.to_string()),
        ("schema version", record.schema_version.to_string()),
    ] {
        output::line(&format!("{name}\t{value}"));
    }
    if let Some(fault) = fault {
        output::line(&format!("migration\tfailed: {fault}"));
    }
    for domain in &domains {
        output::line(&format!("host\t{}", domain_line(domain)));
    }
    Ok(Outcome::Done)
}

async fn look(
    context: &Context,
    record: TenantRecord,
    heads: &HashMap<TenantId, i64>,
    sizes: &HashMap<TenantId, i64>,
) -> anyhow::Result<Shown> {
    let system = &context.system;
    let hosts = system.platform.hosts_of(record.id).await?;
    let mut tx = system.tenants.begin(record.id).await?;
    let members = read::streams_of(&mut tx, "member").await?.len();
    tx.commit().await?;
    let of = |figures: &HashMap<TenantId, i64>| figures.get(&record.id).copied().unwrap_or(0);
    let (position, bytes) = (of(heads), of(sizes));
    let known = subscription(&system.tenants, &[record.id]).await?.pop().unwrap_or_default();
    let plan = known.subscription.plan_chosen().map(|chosen| chosen.plan.clone());
    Ok(Shown { record, hosts, members, position, bytes, plan })
}

impl Shown {
    fn document(&self) -> Value {
        let Shown { record, hosts, members, position, bytes, plan } = self;
        json!({
            "id": record.id,
            "slug": record.slug,
            "name": record.name,
            "state": record.state,
            "schema": record.id.schema(),
            "domain": hosts.first(),
            "domains": hosts,
            "schema_version": record.schema_version,
            "created_at": record.created_at,
            "members": members,
            "position": position,
            "bytes": bytes,
            "plan": plan,
        })
    }

    fn line(&self) -> String {
        let Shown { record, hosts, members, position, bytes, plan } = self;
        let plan = plan.as_deref().unwrap_or("-");
        let host = hosts.first().map_or("-", String::as_str);
        let (slug, state, name) = (&record.slug, &record.state, &record.name);
        let version = record.schema_version;
        format!(
            "{slug}\t{state}\t{name}\t{host}\t{members} members\t{position} events\t{bytes} \
             bytes\tversion {version}\tplan {plan}"
        )
    }
}

/// A host as JSON.
pub(super) fn domain_document(domain: &TenantDomain) -> Value {
    let TenantDomain { host, verified, primary, of_slug, record, token } = domain;
    json!({
        "host": host,
        "verified": verified,
        "primary": primary,
        "of_slug": of_slug,
        "record": {"name": record, "type": "TXT", "value": token},
    })
}

/// A host for people, with what is still to be done.
pub(super) fn domain_line(domain: &TenantDomain) -> String {
    let TenantDomain { host, verified, primary, record, token, .. } = domain;
    match (verified, primary) {
        (true, true) => format!("{host}\tprimary"),
        (true, false) => format!("{host}\tverified"),
        (false, _) => format!("{host}\tnot verified: publish {record} TXT \"{token}\""),
    }
}
