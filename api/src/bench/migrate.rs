//! How fast many tenants get a column more: in one go, killed half-way and resumed, and with
//! nothing left to do. The tenants are the benchmark's own; their versions run ahead of the
//! program's, which goes on serving them.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use commands::tenancy::CreatedTenant;
use domain::id::TenantId;
use migrations::migrate::{TenantMigration, TenantScripts, migrate_tenants};
use migrations::platform::TenantRecord;
use serde::Serialize;
use sqlx::{ConnectOptions, Connection, Row};
use tokio::process::Command;

use super::provision;
use crate::system::System;

/// Seconds for 51 tenants of a Django application with django-tenants on such a machine: one
/// nullable column, several tenants at a time.
const PEER_SECONDS_PER_TENANT: f64 = 5.9 / 51.0;
/// The same with nothing to apply.
const PEER_NOTHING_PER_TENANT: f64 = 7.3 / 51.0;

const ADDED: [&str; 2] = [
    "alter table {t}.jobs add column bench_first text",
    "alter table {t}.jobs add column bench_second text",
];

/// One run over all of them.
#[derive(Debug, Serialize)]
pub struct Leg {
    /// `migrate`.
    pub bench: &'static str,
    /// `whole`, `killed`, `resumed` or `nothing`.
    pub run: &'static str,
    /// How many tenants there were.
    pub tenants: usize,
    /// How many of them moved on in this run.
    pub moved: usize,
    /// How many at a time.
    pub jobs: usize,
    /// From begin to end.
    pub seconds: f64,
    /// Milliseconds per tenant.
    pub each_ms: f64,
    /// The Django peer's time for as many, over ours.
    pub peer_ratio: f64,
}

/// Makes so many tenants and migrates them; `killed` starts a program that runs `one_run` over
/// these tenants, to be killed. Fails if any tenant is between two versions.
pub async fn run(
    system: &Arc<System>,
    tenants: usize,
    jobs: usize,
    another_program: impl FnOnce() -> std::io::Result<Command>,
    mut report: impl FnMut(&Leg),
) -> anyhow::Result<()> {
    let made = provision::fill(system, tenants, jobs).await?;
    let made: Vec<CreatedTenant> = made.into_iter().map(|(made, _)| made).collect();
    report(&timed(system, "whole", &made, jobs, 1).await?);

    let start = Instant::now();
    let moved = kill_half_way(system, &made, another_program()?).await?;
    report(&leg("killed", tenants, moved, jobs, start.elapsed()));

    let resumed = timed(system, "resumed", &made, jobs, 2).await?;
    anyhow::ensure!(resumed.moved + moved == tenants, "a tenant was lost or moved on twice");
    report(&resumed);
    report(&timed(system, "nothing", &made, jobs, 2).await?);
    Ok(())
}

/// Adds the second column to every tenant of a benchmark that has the first.
pub async fn one_run(system: &System, jobs: usize) -> anyhow::Result<()> {
    let mut records = system.platform.tenants().await?;
    records.retain(|record| record.schema_version == scripts(1).latest());
    for migration in migrate_tenants(&system.tenants, records, &scripts(2), jobs, |_, _| {}).await {
        migration.outcome?;
    }
    Ok(())
}

fn scripts(columns: usize) -> TenantScripts {
    ADDED.iter().take(columns).fold(TenantScripts::own(), |scripts, text| scripts.and_then(text))
}

fn leg(run: &'static str, tenants: usize, moved: usize, jobs: usize, took: Duration) -> Leg {
    let seconds = took.as_secs_f64();
    let (each, peer) = match moved {
        0 => (tenants, PEER_NOTHING_PER_TENANT),
        moved => (moved, PEER_SECONDS_PER_TENANT),
    };
    let each_ms = seconds * 1e3 / each as f64;
    let peer_ratio = peer * 1e3 / each_ms;
    Leg { bench: "migrate", run, tenants, moved, jobs, seconds, each_ms, peer_ratio }
}

async fn timed(
    system: &System,
    run: &'static str,
    made: &[CreatedTenant],
    jobs: usize,
    columns: usize,
) -> anyhow::Result<Leg> {
    let (scripts, start) = (scripts(columns), Instant::now());
    let records = records(system, made).await?;
    let done = migrate_tenants(&system.tenants, records, &scripts, jobs, |_, _| {}).await;
    let took = start.elapsed();
    let mut moved = 0;
    for TenantMigration { from, outcome, .. } in done {
        moved += usize::from(outcome? > from);
    }
    between_versions(system, made).await?;
    Ok(leg(run, made.len(), moved, jobs, took))
}

async fn records(system: &System, made: &[CreatedTenant]) -> anyhow::Result<Vec<TenantRecord>> {
    let own: std::collections::HashSet<TenantId> = made.iter().map(|made| made.tenant).collect();
    let mut records = system.platform.tenants().await?;
    records.retain(|record| own.contains(&record.id));
    Ok(records)
}

/// Starts the program, kills it once it's half-way, and answers how far it came.
async fn kill_half_way(
    system: &System,
    made: &[CreatedTenant],
    mut program: Command,
) -> anyhow::Result<usize> {
    let done = scripts(2).latest();
    let moved = async || {
        let records = records(system, made).await?;
        anyhow::Ok(records.iter().filter(|record| record.schema_version == done).count())
    };
    program.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    let mut child = program.spawn()?;
    while moved().await? < made.len() / 2 && child.try_wait()?.is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().await?;
    between_versions(system, made).await?;
    moved().await
}

/// Fails if a tenant's tables are not those of the version that the catalogue names.
async fn between_versions(system: &System, made: &[CreatedTenant]) -> anyhow::Result<()> {
    let Some(administrator) = &system.administrator else { return Ok(()) };
    let options = administrator.clone().database(migrations::bootstrap::DATABASE);
    let mut connection = options.disable_statement_logging().connect().await?;
    let sql = "select count(*) from platform.tenants t
         join pg_catalog.pg_namespace n
            on n.nspname = 't_' || pg_catalog.replace(t.tenant_id::text, '-', '')
         join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = 'jobs'
         where t.tenant_id = any($1) and t.schema_version - $2 = (
            select count(*) from pg_catalog.pg_attribute a
            where a.attrelid = c.oid and a.attname like 'bench\\_%')";
    let ids: Vec<uuid::Uuid> = made.iter().map(|made| made.tenant.0).collect();
    let row = sqlx::query(sql).bind(ids).bind(scripts(0).latest()).fetch_one(&mut connection);
    let sound: i64 = row.await?.try_get(0)?;
    connection.close().await?;
    anyhow::ensure!(sound == made.len() as i64, "a tenant is between two versions");
    Ok(())
}
