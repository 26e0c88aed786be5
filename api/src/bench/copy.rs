//! The ceiling of reading a log: every column of every event as text, in order, thrown away: psql's
//! `\copy`, or without psql the same COPY drained by this program.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use futures::StreamExt as _;
use migrations::Template;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;

use super::history::History;
use super::{cpu, median};
use crate::system::System;

const SELECT: &str = "select position, stream_type, stream_id, version, event_type, event_version, \
    payload, metadata, event_id, command_id, recorded_at, leaf_hash \
    from {t}.events order by position";

/// How the ceiling is measured on this machine.
#[derive(Debug)]
pub enum Copy {
    /// By psql, over the same socket; the time is psql's own.
    Psql {
        /// The program.
        program: PathBuf,
        /// How it connects.
        options: Box<PgConnectOptions>,
    },
    /// By a COPY of which this program reads every byte and looks at none.
    Drained,
}

/// One leg's figures beside its ceiling's.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Events read in each round.
    pub events: i64,
    /// Whether each entry carries a sealed note.
    pub sealed: bool,
    /// How many rounds.
    pub rounds: usize,
    /// Events per second, the median of the rounds.
    pub per_second: f64,
    /// `psql` or `drained`.
    pub ceiling: &'static str,
    /// Rows per second of the ceiling, the median of the rounds.
    pub ceiling_per_second: f64,
    /// The median over the rounds of rate to ceiling.
    pub ratio: f64,
    /// Microseconds of processor time per event in the server.
    pub server_cpu_us: f64,
    /// The same for the ceiling's server side.
    pub ceiling_server_cpu_us: f64,
    /// Microseconds of processor time per event in this process.
    pub client_cpu_us: f64,
}

impl Copy {
    /// psql where it's installed and the database is behind a socket that asks for no password.
    pub fn find(system: &System) -> Self {
        let administrator = system.administrator.as_ref().filter(|it| it.get_socket().is_some());
        match (super::ceiling::find("psql"), administrator) {
            (Some(program), Some(administrator)) => {
                let options = administrator.clone().database(migrations::bootstrap::DATABASE);
                Copy::Psql { program, options: Box::new(options) }
            }
            (None, _) | (_, None) => Copy::Drained,
        }
    }

    /// Its name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Copy::Psql { .. } => "psql",
            Copy::Drained => "drained",
        }
    }

    /// Rows per second. Fails where psql counts other rows than were written.
    pub async fn rate(&self, system: &System, history: &History) -> anyhow::Result<f64> {
        let seconds = match self {
            Copy::Psql { program, options } => psql(program, options, history).await?,
            Copy::Drained => drained(system, history).await?,
        };
        Ok(history.events as f64 / seconds)
    }

    /// Runs `work` once per round with the ceiling before and after, since the machine's pace
    /// changes meanwhile. `work` answers how many events it read, which must be all of them.
    pub async fn beside(
        &self,
        system: &System,
        history: &History,
        rounds: usize,
        mut work: impl AsyncFnMut() -> anyhow::Result<i64>,
    ) -> anyhow::Result<Figures> {
        let events = history.events as f64;
        let (mut rates, mut ceilings, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let (mut servers, mut clients, mut ceiling_servers) = (Vec::new(), Vec::new(), Vec::new());
        let server_now = || system.postmaster().map_or(0.0, cpu::server_seconds);
        for _ in 0..rounds.max(1) {
            let server = server_now();
            let before = self.rate(system, history).await?;
            ceiling_servers.push((server_now() - server) * 1e6 / events);
            let (server, client, start) = (server_now(), cpu::own_seconds(), Instant::now());
            let read = work().await?;
            let rate = events / start.elapsed().as_secs_f64();
            clients.push((cpu::own_seconds() - client) * 1e6 / events);
            servers.push((server_now() - server) * 1e6 / events);
            ensure!(read == history.events, "{read} of {} events were read", history.events);
            let ceiling = (before + self.rate(system, history).await?) / 2.0;
            rates.push(rate);
            ceilings.push(ceiling);
            ratios.push(rate / ceiling);
        }
        Ok(Figures {
            events: history.events,
            sealed: history.sealed,
            rounds: rounds.max(1),
            per_second: median(rates),
            ceiling: self.name(),
            ceiling_per_second: median(ceilings),
            ratio: median(ratios),
            server_cpu_us: median(servers),
            ceiling_server_cpu_us: median(ceiling_servers),
            client_cpu_us: median(clients),
        })
    }
}

async fn drained(system: &System, history: &History) -> anyhow::Result<f64> {
    let mut tx = system.tenants.begin_snapshot(history.tenant).await?;
    let start = Instant::now();
    let sql = Template::assembled(["copy (", SELECT, ") to stdout"]);
    let mut pieces = tx.copy_out(sql).await?;
    while let Some(piece) = pieces.next().await {
        std::hint::black_box(piece?);
    }
    Ok(start.elapsed().as_secs_f64())
}

/// Seconds that psql says its `\copy` took; to start and to connect is not in them.
async fn psql(
    program: &PathBuf,
    options: &PgConnectOptions,
    history: &History,
) -> anyhow::Result<f64> {
    let select = SELECT.replace("{t}", &history.tenant.schema());
    let socket = options.get_socket().context("psql is used over a socket alone")?;
    let output = tokio::process::Command::new(program)
        .env("LC_ALL", "C")
        .args(["-X", "-w", "-v", "ON_ERROR_STOP=1", "-h"])
        .arg(socket)
        .args(["-p", &options.get_port().to_string(), "-U", options.get_username()])
        .args(["-d", migrations::bootstrap::DATABASE, "-c", r"\timing on"])
        .args(["-c", &format!(r"\copy ({select}) to '/dev/null'")])
        .output()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let told = |prefix: &str| {
        text.lines().find_map(|line| line.strip_prefix(prefix)?.split_whitespace().next())
    };
    let rows = told("COPY ").and_then(|rows| rows.parse::<i64>().ok());
    let errors = String::from_utf8_lossy(&output.stderr);
    let rows = rows.with_context(|| format!("psql says: {}", errors.trim()))?;
    ensure!(rows == history.events, "psql read {rows} of {} events", history.events);
    let milliseconds = told("Time: ").and_then(|time| time.parse::<f64>().ok());
    Ok(milliseconds.context("psql tells no time")? / 1e3)
}
