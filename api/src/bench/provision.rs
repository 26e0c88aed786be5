//! How fast firms come to be, whole: schema, role, keys, owner and the settings of their country;
//! and what a busy tenant feels of it, as each new role empties the server's cache of roles.

use std::sync::Arc;
use std::time::Instant;

use commands::tenancy::{CreatedTenant, NewFirm, create_tenant};
use domain::id::{MemberId, StreamId, TenantId};
use futures::StreamExt;
use serde::Serialize;
use tokio::sync::Notify;

use super::append::sample;
use super::{Effort, cpu, quantile, scratch_tenant};
use crate::system::System;

/// Milliseconds for one tenant of a Django application with django-tenants on such a machine.
pub const PEER_MS: f64 = 500.0;

/// One leg.
#[derive(Debug, Clone, Serialize)]
pub struct Leg {
    /// `provision`.
    pub bench: &'static str,
    /// How many were made.
    pub tenants: usize,
    /// How many at a time.
    pub jobs: usize,
    /// Whether another tenant was writing meanwhile.
    pub beside_writer: bool,
    /// From the first call to the last answer.
    pub seconds: f64,
    /// Milliseconds from call to answer.
    pub p50_ms: f64,
    /// Milliseconds from call to answer.
    pub p99_ms: f64,
    /// Milliseconds per tenant over the whole leg.
    pub each_ms: f64,
    /// Milliseconds of processor time per tenant in the server.
    pub server_cpu_ms: f64,
    /// The same in this process.
    pub client_cpu_ms: f64,
    /// The Django peer's milliseconds per tenant, over ours.
    pub peer_ratio: f64,
    /// Appends of the other tenant, one caller, before the leg: milliseconds.
    pub append_quiet_p50_ms: f64,
    /// The same.
    pub append_quiet_p99_ms: f64,
    /// Appends of the other tenant during the leg: milliseconds.
    pub append_p50_ms: f64,
    /// The same.
    pub append_p99_ms: f64,
    /// Bytes on disk of a new tenant's tables and indexes.
    pub bytes_each: i64,
}

/// Makes so many firms, first one after the other and then `jobs` at a time.
pub async fn run(
    system: &Arc<System>,
    tenants: usize,
    jobs: usize,
    effort: Effort,
    mut report: impl FnMut(&Leg),
) -> anyhow::Result<Vec<CreatedTenant>> {
    let writer = scratch_tenant(system, &[]).await?;
    let few = (tenants / 10).max(1);
    let (leg, mut all) = measured(system, writer, few, 1, None).await?;
    report(&leg);
    let quiet = writing(system, writer, effort).await?;
    let (leg, more) = measured(system, writer, few, 1, Some(&quiet)).await?;
    all.extend(more);
    report(&leg);
    let rest = tenants.saturating_sub(2 * few).max(1);
    let (leg, more) = measured(system, writer, rest, jobs, None).await?;
    all.extend(more);
    report(&leg);
    let quiet = writing(system, writer, effort).await?;
    let (leg, more) = measured(system, writer, few, jobs, Some(&quiet)).await?;
    all.extend(more);
    report(&leg);
    Ok(all)
}

/// Makes firms for a benchmark; answers them with the milliseconds that each took.
pub async fn fill(
    system: &Arc<System>,
    tenants: usize,
    jobs: usize,
) -> anyhow::Result<Vec<(CreatedTenant, f64)>> {
    let tables: Arc<[String]> = projections::registry::tables().into();
    futures::stream::iter(0..tenants)
        .map(|_| {
            let (system, tables) = (system.clone(), tables.clone());
            async move {
                let start = Instant::now();
                let slug = format!("bench-{}", &log_id(&system)[20..]);
                let firm = NewFirm {
                    host: format!("{slug}.bench.invalid"),
                    slug,
                    name: "A benchmark".into(),
                    owner_email: "nova@bench.invalid".into(),
                    owner_name: "Nova".into(),
                    country: "ZA".into(),
                    currency: None,
                    time_zone: None,
                };
                let made = tokio::spawn(async move {
                    create_tenant(&system.commands, &system.platform, &tables, firm).await
                });
                anyhow::Ok((made.await??, start.elapsed().as_secs_f64() * 1e3))
            }
        })
        .buffer_unordered(jobs.max(1))
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect()
}

fn log_id(system: &System) -> String {
    system.commands.log().clock().new_id().simple().to_string()
}

async fn measured(
    system: &Arc<System>,
    writer: TenantId,
    tenants: usize,
    jobs: usize,
    quiet: Option<&[f64]>,
) -> anyhow::Result<(Leg, Vec<CreatedTenant>)> {
    let (stop, start) = (Arc::new(Notify::new()), Instant::now());
    let beside = quiet.is_some().then(|| {
        let (system, stop) = (system.clone(), stop.clone());
        tokio::spawn(async move { write_until(&system, writer, stop.notified()).await })
    });
    let (server, client) = (server_seconds(system), cpu::own_seconds());
    let made = fill(system, tenants, jobs).await?;
    let seconds = start.elapsed().as_secs_f64();
    let per_tenant = |seconds: f64| seconds * 1e3 / tenants as f64;
    let server_cpu_ms = per_tenant(server_seconds(system) - server);
    let client_cpu_ms = per_tenant(cpu::own_seconds() - client);
    stop.notify_one();
    let appends = match beside {
        Some(task) => task.await??,
        None => Vec::new(),
    };
    let bytes_each = size_of(system, made[0].0.tenant).await?;
    let took: Vec<f64> = made.iter().map(|(_, took)| *took).collect();
    let quiet = quiet.unwrap_or_default();
    let each_ms = per_tenant(seconds);
    let leg = Leg {
        bench: "provision",
        tenants,
        jobs,
        beside_writer: !quiet.is_empty(),
        seconds,
        p50_ms: quantile(&took, 0.50),
        p99_ms: quantile(&took, 0.99),
        each_ms,
        server_cpu_ms,
        client_cpu_ms,
        peer_ratio: PEER_MS / each_ms,
        append_quiet_p50_ms: quantile(quiet, 0.50),
        append_quiet_p99_ms: quantile(quiet, 0.99),
        append_p50_ms: quantile(&appends, 0.50),
        append_p99_ms: quantile(&appends, 0.99),
        bytes_each,
    };
    Ok((leg, made.into_iter().map(|(made, _)| made).collect()))
}

async fn size_of(system: &System, tenant: TenantId) -> anyhow::Result<i64> {
    let sizes = system.platform.sizes().await?;
    Ok(sizes.iter().find(|(of, _)| *of == tenant).map_or(0, |(_, bytes)| *bytes))
}

fn server_seconds(system: &System) -> f64 {
    system.postmaster().map_or(0.0, cpu::server_seconds)
}

async fn writing(
    system: &Arc<System>,
    tenant: TenantId,
    effort: Effort,
) -> anyhow::Result<Vec<f64>> {
    write_until(system, tenant, tokio::time::sleep(effort.leg)).await
}

/// One caller who appends, one event at a time; answers the milliseconds of each.
async fn write_until(
    system: &System,
    tenant: TenantId,
    end: impl Future<Output = ()>,
) -> anyhow::Result<Vec<f64>> {
    let log = system.commands.log();
    let member = MemberId(log.clock().new_id());
    let mut took = Vec::new();
    tokio::pin!(end);
    loop {
        let stream = StreamId(log.clock().new_id());
        let append = log.append(tenant, sample(system, member, stream, 0, false));
        let start = Instant::now();
        tokio::select! {
            () = &mut end => return Ok(took),
            done = append => done?,
        };
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
}
