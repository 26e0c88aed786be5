//! How fast a tenant's log takes events, with everything a command brings: expected version,
//! command id with its idempotency record, leaf and tree; with and without a sealed personal field.

use std::sync::Arc;
use std::time::Instant;

use commands::event_log::Append;
use domain::id::{EntryId, MemberId, ProjectId, StreamId, SubjectId, TaskId, TenantId};
use domain::log::Event;
use domain::personal::{Personal, PurposeClass};
use domain::time::{TimeEvent, TimeRecorded, Worked};
use serde::Serialize;
use tokio::task::JoinSet;

use super::ceiling::Ceiling;
use super::history::append;
use super::{Effort, cpu, median, quantile, scratch_tenant};
use crate::system::System;

/// One leg beside its ceiling.
#[derive(Debug, Serialize)]
pub struct Leg {
    /// `append`.
    pub bench: &'static str,
    /// How many callers wait for their answers at the same time.
    pub callers: usize,
    /// Whether each event carries a sealed personal field.
    pub sealed: bool,
    /// Events acknowledged per second, the median of the rounds.
    pub per_second: f64,
    /// pgbench's transactions per second with `ceiling_clients`, the median of the rounds.
    pub ceiling_per_second: f64,
    /// How many clients pgbench had.
    pub ceiling_clients: usize,
    /// The median over the rounds of rate to ceiling.
    pub ratio: f64,
    /// Microseconds of processor time per event in the server.
    pub server_cpu_us: f64,
    /// The same for pgbench's server side.
    pub ceiling_server_cpu_us: f64,
    /// Microseconds of processor time per event in this process.
    pub client_cpu_us: f64,
    /// Milliseconds from call to answer.
    pub p50_ms: f64,
    /// Milliseconds from call to answer.
    pub p99_ms: f64,
}

struct Round {
    rate: f64,
    server_us: f64,
    client_us: f64,
    latencies_ms: Vec<f64>,
}

/// Runs every leg; `report` gets each as it ends.
pub async fn run(
    system: &Arc<System>,
    effort: Effort,
    mut report: impl FnMut(&Leg),
) -> anyhow::Result<()> {
    let administrator = system.administrator.as_ref();
    let administrator = administrator.ok_or_else(|| {
        anyhow::anyhow!("a benchmark needs the private database or an administrator's URL")
    })?;
    let ceiling = Ceiling::prepare(administrator).await?;
    let ceiling =
        ceiling.ok_or_else(|| anyhow::anyhow!("pgbench is missing: install postgresql"))?;
    let tenant = scratch_tenant(system, &[]).await?;
    for (callers, clients) in [(1, 1), (8, 8), (32, 32), (1024, 64)] {
        for sealed in [false, true] {
            let leg = leg(system, tenant, &ceiling, callers, clients, sealed, effort).await?;
            report(&leg);
        }
    }
    ceiling.clean().await
}

async fn leg(
    system: &Arc<System>,
    tenant: TenantId,
    ceiling: &Ceiling,
    callers: usize,
    clients: usize,
    sealed: bool,
    effort: Effort,
) -> anyhow::Result<Leg> {
    let (mut rounds, mut ceilings, mut ceiling_us) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        // The ceiling before and after, since the machine's pace changes while a leg runs.
        let before = server_now(system);
        let first = ceiling.rate(clients, effort).await?;
        let spent = server_now(system) - before;
        ceiling_us.push(spent * 1e6 / (first * effort.leg.as_secs_f64()));
        rounds.push(round(system, tenant, callers, sealed, effort).await?);
        ceilings.push((first + ceiling.rate(clients, effort).await?) / 2.0);
    }
    let ratios = rounds.iter().zip(&ceilings).map(|(round, ceiling)| round.rate / ceiling);
    let latencies: Vec<f64> =
        rounds.iter().flat_map(|round| round.latencies_ms.iter().copied()).collect();
    Ok(Leg {
        bench: "append",
        callers,
        sealed,
        per_second: median(rounds.iter().map(|round| round.rate).collect()),
        ratio: median(ratios.collect()),
        ceiling_per_second: median(ceilings),
        ceiling_clients: clients,
        server_cpu_us: median(rounds.iter().map(|round| round.server_us).collect()),
        ceiling_server_cpu_us: median(ceiling_us),
        client_cpu_us: median(rounds.iter().map(|round| round.client_us).collect()),
        p50_ms: quantile(&latencies, 0.50),
        p99_ms: quantile(&latencies, 0.99),
    })
}

fn server_now(system: &System) -> f64 {
    system.postmaster().map_or(0.0, cpu::server_seconds)
}

async fn round(
    system: &Arc<System>,
    tenant: TenantId,
    callers: usize,
    sealed: bool,
    effort: Effort,
) -> anyhow::Result<Round> {
    let (server, client, start) = (server_now(system), cpu::own_seconds(), Instant::now());
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let (system, end) = (system.clone(), start + effort.leg);
        tasks.spawn(async move { caller(&system, tenant, sealed, end).await });
    }
    let mut latencies_ms = Vec::new();
    while let Some(done) = tasks.join_next().await {
        latencies_ms.extend(done??);
    }
    let events = latencies_ms.len() as f64;
    Ok(Round {
        rate: events / start.elapsed().as_secs_f64(),
        server_us: (server_now(system) - server) * 1e6 / events,
        client_us: (cpu::own_seconds() - client) * 1e6 / events,
        latencies_ms,
    })
}

async fn caller(
    system: &System,
    tenant: TenantId,
    sealed: bool,
    end: Instant,
) -> anyhow::Result<Vec<f64>> {
    let log = system.commands.log();
    let member = MemberId(log.clock().new_id());
    let (mut stream, mut version) = (StreamId(log.clock().new_id()), 0);
    let mut latencies_ms = Vec::new();
    while Instant::now() < end {
        if version == 50 {
            (stream, version) = (StreamId(log.clock().new_id()), 0);
        }
        let append = sample(system, member, stream, version, sealed);
        let start = Instant::now();
        log.append(tenant, append).await?;
        latencies_ms.push(start.elapsed().as_secs_f64() * 1e3);
        version += 1;
    }
    Ok(latencies_ms)
}

/// What a command that records an hour writes.
pub(super) fn sample(
    system: &System,
    member: MemberId,
    stream: StreamId,
    version: i32,
    sealed: bool,
) -> Append {
    let clock = system.commands.log().clock();
    let note = sealed.then(|| {
        let text = "Reviewed the draft with the client".to_owned();
        Personal::new(SubjectId(member.0), PurposeClass::Note, text)
    });
    let event = TimeRecorded {
        entry: EntryId(clock.new_id()),
        version: 1,
        member,
        project: ProjectId(member.0),
        task: TaskId(member.0),
        worked: Worked::duration(jiff::civil::date(2026, 1, 5), 3600).expect("an hour"),
        billable: true,
        note,
        tags: Vec::new(),
        import: None,
        source: None,
        replaces: None,
        work_day: None,
    };
    let events = vec![Event::Time(TimeEvent::TimeRecorded(event))];
    append(clock, member, (stream, version), events)
}
