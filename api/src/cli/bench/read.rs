//! `crowdminder bench firm` and `bench read`: a made-up year, and how fast it is read. The server
//! is a process of its own, so that its processor time is told apart from that of who asks.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use commands::import::Progress;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::bench::Effort;
use crate::bench::firm::{self, Shape};
use crate::bench::read::client::Site;
use crate::bench::read::year::{self, Made, Year};
use crate::bench::read::{Leg, Served, Told, measure};
use crate::cli::{Context, output};

/// How large a firm, and which year of it.
#[derive(Debug, Clone, Args)]
pub(crate) struct ShapeArgs {
    /// Who works there; a fifth as many clients, at most 40, with three projects of six tasks each
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=5000))]
    members: u32,
    /// The most entries of time [default: the whole year's, about 1280 per member]
    #[arg(long)]
    entries: Option<u64>,
    /// The calendar year
    #[arg(long, default_value_t = 2025, value_parser = clap::value_parser!(i16).range(2000..=2100))]
    year: i16,
    /// The same seed makes the same year
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl ShapeArgs {
    fn shape(&self) -> Shape {
        let ShapeArgs { members, entries, year, seed } = *self;
        Shape { members: members as usize, entries, year, seed }
    }
}

/// A year as a file.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = "With --json, one document: {\"entries\", \"bytes\"}.")]
pub(crate) struct Firm {
    #[command(flatten)]
    shape: ShapeArgs,
    /// Where to write it
    #[arg(long)]
    out: PathBuf,
}

/// What each document of `--json` says.
const FIELDS: &str = "\
With --json, one document per line, told apart by `run`:
  made     the year: members, clients, projects, entries; import_seconds and import_rows_per_second
           (from a file's first byte to its last commit); submitted and approved weeks with
           approval_seconds; invoices with invoice_entries and invoice_seconds; events in the log;
           catch_up_seconds of every read model; resident_bytes of this process
  leg      route, loop (closed or open), clients, requests; per_second; p50_ms and p99_ms from
           when a request was due to the end of its answer; server_cpu_ms, postgres_cpu_ms and
           client_cpu_ms per request; bytes_each of an answer. The routes livez and select are the
           ceilings: an answer without any work, and a week's rows asked of the database itself.
           They come before and after all others. The open loop asks at half of the rate that the
           closed one with as many clients has reached
  skipped  route and status of a route that is not there";

/// A year to make and read.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = FIELDS)]
pub(crate) struct Read {
    #[command(flatten)]
    shape: ShapeArgs,
    /// Connections of the legs with many clients
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=256))]
    clients: u16,
    /// Seconds per leg
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=120))]
    seconds: u64,
}

/// Writes a year to a file.
pub(super) fn write(command: &Firm, json: bool) -> anyhow::Result<()> {
    let file = std::fs::File::create(&command.out);
    let file = file.with_context(|| format!("writing {}", command.out.display()))?;
    let mut file = std::io::BufWriter::new(file);
    let written = firm::write(command.shape.shape(), &mut file)?;
    std::io::Write::flush(&mut file)?;
    if json {
        output::document(&written);
    } else {
        let (entries, bytes) = (written.entries, written.bytes);
        output::line(&format!("{entries} entries, {bytes} bytes, in {}", command.out.display()));
    }
    Ok(())
}

/// Makes a year, serves it and measures.
pub(super) async fn run(context: &Context, read: Read, rounds: usize) -> anyhow::Result<()> {
    let Context { system, base_domain, json, .. } = context;
    let (year, made) = make(context, read.shape.shape(), base_domain).await?;
    if *json {
        output::document(&made);
    } else {
        output::line(&print_made(&made));
    }
    let (mut server, served) = start(context, &year).await?;
    let effort = Effort { leg: Duration::from_secs(read.seconds), rounds };
    let clients = usize::from(read.clients);
    let measured = measure(system, &served, &year, clients, effort, |told| {
        super::tell(*json, told, print);
    });
    let measured = measured.await;
    stop(&mut server).await?;
    measured
}

async fn make(context: &Context, shape: Shape, base_domain: &str) -> anyhow::Result<(Year, Made)> {
    let drawn = Mutex::new(("", output::progress(0, "")));
    let told = move |what: &'static str, progress: Progress| {
        let mut drawn = drawn.lock().expect("no panic under it");
        if drawn.0 != what {
            drawn.1.finish_and_clear();
            *drawn = (what, output::progress(progress.of as u64, what));
        }
        drawn.1.set_length(progress.of as u64);
        drawn.1.set_position(progress.done as u64);
    };
    year::make(&context.system, base_domain, shape, told).await
}

/// Starts a server on ports of its own over the same database, and waits until it's ready.
async fn start(context: &Context, year: &Year) -> anyhow::Result<(Child, Served)> {
    let free = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let admin = free.local_addr()?;
    drop(free);
    let at = admin.to_string();
    let words = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", at.as_str()];
    let mut program = context.program(words)?;
    // A bus or another address of the caller's is not for this one.
    for name in ["NATS_URL", "NATS_CREDENTIALS", "LISTEN", "ADMIN_LISTEN", "ROLE"] {
        program.env_remove(format!("CROWDMINDER_{name}"));
    }
    // It writes a line per request, as it does in earnest, but not between our figures.
    let log = std::fs::File::create(context.system.data_dir.join("bench-server.log"))?;
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
    let mut server = program.spawn()?;
    let output = server.stdout.take().context("the server's output")?;
    let ready = BufReader::new(output).lines().next_line().await?;
    let address = ready.as_deref().and_then(|line| line.strip_prefix("ready http://"));
    let address: SocketAddr = address.context("the server did not start")?.parse()?;
    let site = Site { address, host: year.host.clone(), token: year.token.clone() };
    let (process, postmaster) = (server.id(), context.system.postmaster());
    Ok((server, Served { site, admin, process, postmaster }))
}

/// Tells the server to stop, and waits until it has.
async fn stop(server: &mut Child) -> anyhow::Result<()> {
    if let Some(process) = server.id() {
        let process = nix::unistd::Pid::from_raw(i32::try_from(process)?);
        nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGTERM)?;
    }
    server.wait().await?;
    Ok(())
}

fn print_made(made: &Made) -> String {
    format!(
        "a year of {} members, {} clients, {} projects: {} entries imported in {:.1} s ({:.0}/s), \
         {} weeks submitted and {} approved in {:.1} s, {} drafts of {} entries in {:.1} s, {} \
         events, read models caught up in {:.1} s, {} MB resident",
        made.members,
        made.clients,
        made.projects,
        made.entries,
        made.import_seconds,
        made.import_rows_per_second,
        made.submitted,
        made.approved,
        made.approval_seconds,
        made.invoices,
        made.invoice_entries,
        made.invoice_seconds,
        made.events,
        made.catch_up_seconds,
        made.resident_bytes >> 20
    )
}

fn print(told: &Told) -> String {
    match told {
        Told::Leg(leg) => print_leg(leg),
        Told::Skipped { route, status, .. } => format!("read {route}: skipped, answers {status}"),
    }
}

fn print_leg(leg: &Leg) -> String {
    format!(
        "read {}, {:?} loop, {} clients: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms, CPU per request \
         server {:.2} ms PostgreSQL {:.2} ms client {:.2} ms, {:.0} bytes",
        leg.route,
        leg.r#loop,
        leg.clients,
        leg.per_second,
        leg.p50_ms,
        leg.p99_ms,
        leg.server_cpu_ms,
        leg.postgres_cpu_ms,
        leg.client_cpu_ms,
        leg.bytes_each
    )
}
