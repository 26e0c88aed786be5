//! `crowdminder bench`: figures of this machine, as ratios to ceilings measured beside them.

mod read;

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{Context, Outcome, output};
use crate::bench::copy::{Copy, Figures};
use crate::bench::history::{self, History};
use crate::bench::{Effort, append, invoice, migrate, provision, rebuild, replay};
use crate::system::System;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    name: Name,
    /// Rounds per leg; the median counts
    #[arg(long, global = true, default_value_t = 3,
        value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
}

#[derive(Debug, Subcommand)]
enum Name {
    /// Appending events to one tenant's log, against pgbench
    Append {
        /// Seconds per leg
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Reading a log in order, each event in its type, against psql's \copy as text
    Replay(Log),
    /// Building read models anew and swapping them in, against psql's \copy as text
    Rebuild(Log),
    /// Making tenants, and what a busy one feels of it
    Provision(Many),
    /// Adding a column to many tenants, killed half-way and resumed
    Migrate(Many),
    /// A firm's year: making, importing, approving and billing it, then reading it over HTTP
    Read(read::Read),
    /// Write a made-up year of a consulting firm as the plain CSV that `import` reads
    Firm(read::Firm),
    /// Drafting and issuing invoices of 500 entries, in 50 and 500 lines, beside a Django peer
    Invoice {
        /// How many per leg
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=200))]
        invoices: u64,
    },
    /// What `migrate` starts in order to kill it
    #[command(hide = true)]
    OneMigration {
        #[arg(long)]
        jobs: usize,
    },
}

/// How many tenants, which are made first.
#[derive(Debug, Args)]
struct Many {
    /// How many
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(10..))]
    tenants: u64,
    /// How many at a time
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=4))]
    jobs: u64,
}

/// The log that is written first, for a tenant of its own.
#[derive(Debug, Args)]
struct Log {
    /// How many events
    #[arg(long, default_value_t = 200_000,
        value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    events: u64,
    /// Give each entry of time a sealed note
    #[arg(long)]
    sealed: bool,
}

pub(crate) async fn run(context: &Context, bench: Bench) -> anyhow::Result<Outcome> {
    let (system, json) = (&context.system, context.json);
    let rounds = usize::from(bench.rounds);
    match bench.name {
        Name::Append { seconds } => {
            let effort = Effort { leg: Duration::from_secs(seconds), rounds };
            append::run(system, effort, |leg| {
                if json {
                    output::document(leg);
                } else {
                    print_append(leg);
                }
            })
            .await?;
        }
        Name::Replay(log) => {
            let history = fill(system, &log).await?;
            let leg = replay::run(system, &history, &Copy::find(system), rounds).await?;
            if json {
                output::document(&leg);
            } else {
                output::line(&format!("replay, {}", told(&leg.figures)));
            }
        }
        Name::Rebuild(log) => {
            let history = fill(system, &log).await?;
            rebuild::run(system, &history, &Copy::find(system), rounds, |leg| {
                if json {
                    output::document(leg);
                } else {
                    output::line(&format!(
                        "rebuild {}, {} rows, {}, swap {:.1} ms",
                        leg.model,
                        leg.rows,
                        told(&leg.figures),
                        leg.swap_ms
                    ));
                }
            })
            .await?;
        }
        Name::Provision(Many { tenants, jobs }) => {
            let effort = Effort { leg: Duration::from_secs(3), rounds };
            let report = |leg: &provision::Leg| tell(json, leg, print_provision);
            provision::run(system, tenants as usize, jobs as usize, effort, report).await?;
        }
        Name::Migrate(Many { tenants, jobs }) => {
            let another = || {
                let jobs = jobs.to_string();
                context.program(["bench", "one-migration", "--jobs", jobs.as_str()])
            };
            let report = |leg: &migrate::Leg| tell(json, leg, print_migrate);
            migrate::run(system, tenants as usize, jobs as usize, another, report).await?;
        }
        Name::Read(command) => read::run(context, command, rounds).await?,
        Name::Invoice { invoices } => {
            let report = |leg: &invoice::Leg| tell(json, leg, print_invoice);
            invoice::run(system, invoices as usize, report).await?;
        }
        Name::Firm(command) => read::write(&command, json)?,
        Name::OneMigration { jobs } => migrate::one_run(system, jobs).await?,
    }
    Ok(Outcome::Done)
}

fn tell<L: serde::Serialize>(json: bool, leg: &L, print: impl Fn(&L) -> String) {
    if json { output::document(leg) } else { output::line(&print(leg)) }
}

async fn fill(system: &Arc<System>, log: &Log) -> anyhow::Result<History> {
    let bar = output::progress(log.events, "events written");
    let history = history::fill(system, log.events, log.sealed, |now| bar.inc(now)).await;
    bar.finish_and_clear();
    history
}

fn fields(sealed: bool) -> &'static str {
    if sealed { "sealed note" } else { "no personal field" }
}

fn told(figures: &Figures) -> String {
    format!(
        "{} events, {}: {:.0}/s, ceiling ({}) {:.0}/s, ratio {:.2}, \
         CPU server {:.2} us (ceiling {:.2}) client {:.2} us",
        figures.events,
        fields(figures.sealed),
        figures.per_second,
        figures.ceiling,
        figures.ceiling_per_second,
        figures.ratio,
        figures.server_cpu_us,
        figures.ceiling_server_cpu_us,
        figures.client_cpu_us
    )
}

fn print_append(leg: &append::Leg) {
    output::line(&format!(
        "append, {} callers, {}: {:.0}/s, ceiling {:.0}/s, ratio {:.2}, \
         CPU server {:.0} us (ceiling {:.0}) client {:.0} us, p50 {:.1} ms, p99 {:.1} ms",
        leg.callers,
        fields(leg.sealed),
        leg.per_second,
        leg.ceiling_per_second,
        leg.ratio,
        leg.server_cpu_us,
        leg.ceiling_server_cpu_us,
        leg.client_cpu_us,
        leg.p50_ms,
        leg.p99_ms
    ));
}

fn print_provision(leg: &provision::Leg) -> String {
    let appends = if leg.beside_writer {
        format!(
            ", appends beside p50 {:.2} ms p99 {:.1} ms (quiet {:.2} and {:.1})",
            leg.append_p50_ms, leg.append_p99_ms, leg.append_quiet_p50_ms, leg.append_quiet_p99_ms
        )
    } else {
        String::new()
    };
    format!(
        "provision {} tenants, {} at a time: {:.1} s, {:.1} ms each (p50 {:.1}, p99 {:.1}), \
         CPU server {:.1} ms client {:.1} ms, {:.1} times the Django peer's pace, \
         {} kB each{appends}",
        leg.tenants,
        leg.jobs,
        leg.seconds,
        leg.each_ms,
        leg.p50_ms,
        leg.p99_ms,
        leg.server_cpu_ms,
        leg.client_cpu_ms,
        leg.peer_ratio,
        leg.bytes_each / 1024
    )
}

fn print_migrate(leg: &migrate::Leg) -> String {
    format!(
        "migrate, {}: {} of {} tenants moved on, {} at a time, {:.2} s, {:.2} ms each, {:.0} times \
         the Django peer's pace",
        leg.run, leg.moved, leg.tenants, leg.jobs, leg.seconds, leg.each_ms, leg.peer_ratio
    )
}

fn print_invoice(leg: &invoice::Leg) -> String {
    format!(
        "invoice of {} entries in {} lines: {:.1}/s, p50 {:.1} ms p99 {:.1} ms: draft {:.1}, issue \
         {:.1} ms, of which XML {:.2}, page {:.1}, rest {:.1}; page of {} kB; CPU server {:.1} ms \
         client {:.1} ms; {:.1} times the Django peer's pace, {:.1} times without page and XML",
        leg.entries,
        leg.lines,
        leg.per_second,
        leg.p50_ms,
        leg.p99_ms,
        leg.draft_ms,
        leg.issue_ms,
        leg.xml_ms,
        leg.pdf_ms,
        leg.rest_ms,
        leg.pdf_bytes / 1024,
        leg.server_cpu_ms,
        leg.client_cpu_ms,
        leg.peer_ratio,
        leg.peer_ratio_without_forms
    )
}
