//! `crowdminder serve`: the API, the work behind it, or both, until told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use commands::bus::JetStreamOptions;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::{Context, Outcome, output};
use crate::http::{App, HttpLimits, Operated, ServerLimits, admin_router, router, serve};
use crate::mail::MailOptions;
use crate::notify::Notifier;
use crate::telemetry::measures;
use crate::worker::Worker;

/// How to serve.
#[derive(Debug, Clone, Args)]
pub(crate) struct Serve {
    /// Where the API listens [default: 127.0.0.1:8080]
    #[arg(long, env = "CROWDMINDER_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where health and metrics are served [default: the port after the API's]
    #[arg(long, env = "CROWDMINDER_ADMIN_LISTEN")]
    admin_listen: Option<SocketAddr>,
    /// A NATS server that carries events between processes, such as nats://127.0.0.1:4222
    #[arg(long, env = "CROWDMINDER_NATS_URL", hide_env_values = true)]
    nats_url: Option<String>,
    /// A credentials file for it, as `nsc` makes them
    #[arg(long, env = "CROWDMINDER_NATS_CREDENTIALS")]
    nats_credentials: Option<PathBuf>,
    /// How many seconds to serve on, not ready, when told to stop [default: 0]
    #[arg(long, env = "CROWDMINDER_DRAIN_SECONDS")]
    drain_seconds: Option<u64>,
    /// What this process does
    #[arg(long, value_enum, default_value_t = ServeRole::All, env = "CROWDMINDER_ROLE")]
    role: ServeRole,
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServeRole {
    /// Both.
    All,
    /// Requests only.
    Api,
    /// Relay, read models and signing only.
    Worker,
}

const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// How long the work behind the requests may take to end.
const WORKER_GOODBYE: Duration = Duration::from_secs(30);

/// Serves until SIGINT or SIGTERM. `ready` is told the address once requests are accepted; of a
/// process that takes none, the operator's.
pub(crate) async fn run(
    context: &Context,
    command: Serve,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<Outcome> {
    let Context { system, file, .. } = context;
    let metrics = measures::install().context("metrics")?;
    let listen = command.listen.or(file.listen).unwrap_or(DEFAULT_LISTEN);
    let listener = match command.role {
        ServeRole::All | ServeRole::Api => Some(bind(listen, "--listen").await?),
        ServeRole::Worker => None,
    };
    let address = listener.as_ref().map(TcpListener::local_addr).transpose()?.unwrap_or(listen);
    let worker = start_worker(context, &command, address.port()).await?;
    let progress = worker.as_ref().map(|worker| worker.progress.clone());
    let app = App::new(
        system.commands.clone(),
        system.platform.clone(),
        progress.unwrap_or_default(),
        system.signer.clone(),
        system.files.clone(),
        HttpLimits::default(),
    );
    let admin = command.admin_listen.or(file.admin_listen).unwrap_or_else(|| beside(address));
    let admin = bind(admin, "--admin-listen").await?;
    let admin_address = admin.local_addr()?;
    let address = if listener.is_some() { address } else { admin_address };
    tracing::info!(%address, admin = %admin_address, role = ?command.role, "listening");
    let operated = Operated {
        app: app.clone(),
        metrics,
        worker: worker.as_ref().map(|_| system.background.clone()),
        bus: worker.as_ref().map(|worker| worker.bus().clone()),
    };
    let (router_of_admin, limits) = (admin_router(operated), ServerLimits::default());
    let admin_task = tokio::spawn(serve(admin, router_of_admin, limits, std::future::pending()));
    let notifier = Arc::new(Notifier::from_environment());
    let alive = notifier.clone();
    let alive = tokio::spawn(async move { alive.keep_alive().await });
    let drain = Duration::from_secs(command.drain_seconds.or(file.drain_seconds).unwrap_or(0));
    let stop = stopped(app.clone(), notifier.clone(), drain)?;
    notifier.ready();
    ready(address);
    match listener {
        Some(listener) => serve(listener, router(app), limits, stop).await,
        None => stop.await,
    }
    if let Some(worker) = worker
        && tokio::time::timeout(WORKER_GOODBYE, worker.stop()).await.is_err()
    {
        tracing::warn!("work that was still under way is cut off; it is done again");
    }
    // Up to here the operator could look.
    admin_task.abort();
    alive.abort();
    tracing::info!("stopped");
    Ok(Outcome::Done)
}

/// What this process does behind the requests. One that only serves them hands what it commits to
/// the bus, and without a bus the worker finds it by itself.
async fn start_worker(
    context: &Context,
    command: &Serve,
    port: u16,
) -> anyhow::Result<Option<Worker>> {
    let Context { system, file, mail, .. } = context;
    let nats = command.nats_url.as_ref().or(file.nats_url.as_ref()).map(|url| JetStreamOptions {
        credentials: command.nats_credentials.clone().or(file.nats_credentials.clone()),
        ..JetStreamOptions::new(url)
    });
    match (command.role, nats) {
        (ServeRole::All | ServeRole::Worker, nats) => {
            let mail = MailOptions { port: Some(port), ..mail.clone() };
            let engine = crate::jobs::engine(system, mail)?;
            let mut worker = Worker::start_on(system, nats).await?;
            worker.run_jobs(engine);
            Ok(Some(worker))
        }
        (ServeRole::Api, Some(nats)) => Ok(Some(Worker::start_relay(system, nats).await?)),
        (ServeRole::Api, None) => Ok(None),
    }
}

async fn bind(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    bound.with_context(|| format!("can't listen on {address}; name another with {flag}"))
}

/// The port after the API's, or any free one where the API's was free to choose too.
fn beside(address: SocketAddr) -> SocketAddr {
    let port = if address.port() < 32_768 { address.port() + 1 } else { 0 };
    SocketAddr::new(address.ip(), port)
}

/// Ends some time after the process is told to stop. From then on it is not ready, and balancers
/// have that time to notice.
fn stopped(
    app: App,
    notifier: Arc<Notifier>,
    drain: Duration,
) -> anyhow::Result<impl Future<Output = ()> + Send> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        app.drain();
        notifier.stopping();
        tracing::info!(drain_seconds = drain.as_secs(), "stopping");
        tokio::time::sleep(drain).await;
    })
}

/// Prints the one line that says that requests are accepted.
pub(crate) fn print_ready(address: SocketAddr) {
    output::line(&format!("ready http://{address}"));
}
