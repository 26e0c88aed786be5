//! `crowdminder serve`: the API, the work behind it, or both, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use metrics_exporter_prometheus::PrometheusBuilder;
use projections::wait::Progress;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::{Outcome, output};
use crate::config::File;
use crate::http::{App, HttpLimits, ServerLimits, admin_router, router, serve};
use crate::system::System;
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

/// Serves until SIGINT or SIGTERM. `ready` is told the address once requests are accepted.
pub(crate) async fn run(
    system: &Arc<System>,
    file: &File,
    command: Serve,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<Outcome> {
    let metrics = PrometheusBuilder::new().install_recorder().context("metrics")?;
    let listen = command.listen.or(file.listen).unwrap_or(DEFAULT_LISTEN);
    let nats_url = command.nats_url.or(file.nats_url.clone());
    let worker = match command.role {
        ServeRole::All | ServeRole::Worker => {
            Some(Worker::start(system, nats_url.as_deref()).await?)
        }
        ServeRole::Api => None,
    };
    let progress = worker.as_ref().map_or_else(Progress::default, |worker| worker.progress.clone());
    let app = App::new(
        system.commands.clone(),
        system.platform.clone(),
        progress,
        system.signer.clone(),
        system.files.clone(),
        HttpLimits::default(),
    );
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("can't listen on {listen}; name another with --listen"))?;
    let address = listener.local_addr()?;
    let admin = command.admin_listen.or(file.admin_listen).unwrap_or_else(|| beside(address));
    let admin_listener = TcpListener::bind(admin)
        .await
        .with_context(|| format!("can't listen on {admin}; name another with --admin-listen"))?;
    tracing::info!(%address, admin = %admin_listener.local_addr()?, "listening");
    let stop = stopped(app.clone())?;
    let admin_router = admin_router(app.clone(), metrics);
    let admin_task = tokio::spawn(serve(
        admin_listener,
        admin_router,
        ServerLimits::default(),
        std::future::pending(),
    ));
    ready(address);
    if command.role == ServeRole::Worker {
        stop.await;
    } else {
        serve(listener, router(app), ServerLimits::default(), stop).await;
    }
    admin_task.abort();
    if let Some(worker) = worker {
        worker.stop().await;
    }
    Ok(Outcome::Done)
}

/// The port after the API's, or any free one where the API's was free to choose too.
fn beside(address: SocketAddr) -> SocketAddr {
    let port = if address.port() < 32_768 { address.port() + 1 } else { 0 };
    SocketAddr::new(address.ip(), port)
}

/// Ends when the process is told to stop; from then on it's not ready.
fn stopped(app: App) -> anyhow::Result<impl Future<Output = ()> + Send> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        app.drain();
        tracing::info!("stopping");
    })
}

/// Prints the one line that says that requests are accepted.
pub(crate) fn print_ready(address: SocketAddr) {
    output::line(&format!("ready http://{address}"));
}
