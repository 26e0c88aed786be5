//! The work behind the requests: the relay carries committed events to the bus, a consumer hands
//! them to the runner of the read models, roots are signed at intervals, and jobs are run. Each
//! finds its work anew after any fault; the log is the truth.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use commands::EventLog;
use commands::bus::{
    Arrival, Batch, Bus, InProcessBus, JetStreamBus, JetStreamOptions, Partitions,
};
use commands::carried::{Carried, read_body};
use commands::event_log::Limits;
use commands::event_log::audit::CheckpointSigner;
use commands::jobs::JobEngine;
use commands::relay::{Relay, RelayOptions};
use projections::feed::Incoming;
use projections::runner::{Notice, Notices, Runner, RunnerLimits};
use projections::wait::Progress;
use serde::Deserialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::system::System;
use crate::telemetry::traces;

/// How often a root is signed where a log has grown.
const SIGN_EVERY: Duration = Duration::from_secs(60);

/// The tasks behind the requests.
pub struct Worker {
    stop: CancellationToken,
    tasks: JoinSet<()>,
    bus: Arc<dyn Bus>,
    /// How far the read models are.
    pub progress: Progress,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("bus", &self.bus.state()).finish_non_exhaustive()
    }
}

impl Worker {
    /// Starts them; over NATS where a URL is given, else in this process.
    pub async fn start(system: &System, nats_url: Option<&str>) -> anyhow::Result<Self> {
        Self::start_on(system, nats_url.map(JetStreamOptions::new)).await
    }

    /// The same with a NATS server in detail.
    pub async fn start_on(system: &System, nats: Option<JetStreamOptions>) -> anyhow::Result<Self> {
        let bus: Arc<dyn Bus> = match nats {
            Some(options) => Arc::new(JetStreamBus::open(options).await?),
            None => Arc::new(InProcessBus::default()),
        };
        let mut worker = Self::relaying(system, bus);
        let limits = RunnerLimits::default();
        let (progress, stop) = (worker.progress.clone(), worker.stop.clone());
        let (runner, notices) = Runner::new(system.background.clone(), progress, limits);
        let log = system.commands.log().clone();
        worker.tasks.spawn(runner.run(stop.clone()));
        worker.tasks.spawn(consume(worker.bus.clone(), notices, stop.clone()));
        worker.tasks.spawn(sign_roots(log, system.signer.clone(), stop));
        Ok(worker)
    }

    /// Starts the relay alone: a process that only serves requests hands over what it commits, so
    /// that the worker needn't look for it.
    pub async fn start_relay(system: &System, nats: JetStreamOptions) -> anyhow::Result<Self> {
        Ok(Self::relaying(system, Arc::new(JetStreamBus::open(nats).await?)))
    }

    fn relaying(system: &System, bus: Arc<dyn Bus>) -> Self {
        let (stop, progress) = (CancellationToken::new(), Progress::default());
        let log = system.commands.log();
        let (door, keys, clock) = (system.background.clone(), log.keys(), log.clock());
        // It only reads, by the connections of the work behind the requests.
        let read = EventLog::new(door, keys.clone(), clock.clone(), Limits::default());
        let relay = Relay::new(Arc::new(read), bus.clone(), RelayOptions::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(relay.run(log.subscribe(), stop.clone()));
        Worker { stop, tasks, bus, progress }
    }

    /// Also runs jobs, with this engine.
    pub fn run_jobs(&mut self, engine: JobEngine) {
        self.tasks.spawn(engine.run(self.stop.clone()));
    }

    /// How the bus is.
    pub fn bus(&self) -> &Arc<dyn Bus> {
        &self.bus
    }

    /// Ends them, each after what it has under way.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Hands what arrives on the bus to the runner. What the bus loses, the runner's sweep finds.
async fn consume(bus: Arc<dyn Bus>, notices: Notices, stop: CancellationToken) {
    let mut subscription = loop {
        match bus.subscribe(Partitions::all()).await {
            Ok(subscription) => break subscription,
            Err(error) => tracing::warn!(%error, "the bus refuses to be listened to"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
    };
    loop {
        let arrival = tokio::select! {
            () = stop.cancelled() => return,
            arrival = subscription.next() => arrival,
        };
        match arrival {
            None => return,
            // The runner's sweep looks at every head within two seconds.
            Some(Arrival::Lagged) => {}
            Some(Arrival::Batch(batch, ack)) => {
                let carried = read_body(&batch.body);
                let spans = spans_of(&batch, &carried);
                let events = carried
                    .iter()
                    .map(|carried| Incoming {
                        position: carried.position,
                        event_type: carried.event_type.clone(),
                        decoded: carried.decode(),
                    })
                    .collect();
                let (tenant, position) = (batch.tenant, batch.last);
                notices.give(Notice { tenant, position, events, spans });
                ack.done().await;
            }
        }
    }
}

/// A span for each trace that wrote events of a batch, from its arrival until the events have been
/// taken in.
fn spans_of(batch: &Batch, carried: &[Carried<'_>]) -> Vec<Span> {
    #[derive(Deserialize)]
    struct Metadata {
        trace_id: Option<String>,
    }
    if !traces::are_on() {
        return Vec::new();
    }
    let read = |it: &Carried<'_>| serde_json::from_str::<Metadata>(it.metadata.get()).ok();
    let traces: BTreeSet<String> = carried.iter().filter_map(|it| read(it)?.trace_id).collect();
    let (tenant, first, last) = (batch.tenant, batch.first, batch.last);
    traces
        .iter()
        .map(|trace_id| {
            let span = tracing::info_span!(
                "project",
                otel.kind = "consumer",
                %tenant,
                trace_id,
                first,
                last
            );
            traces::resume(&span, trace_id);
            span
        })
        .collect()
}

async fn sign_roots(log: EventLog, signer: Arc<CheckpointSigner>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SIGN_EVERY) => {}
        }
        let heads = log.tenants().heads().await.unwrap_or_default();
        for (tenant, _) in heads {
            if let Err(error) = signer.sign(log.tenants(), tenant, log.clock().now()).await {
                tracing::warn!(%tenant, %error, "a root was not signed");
            }
        }
    }
}
