//! The work behind the requests: the relay carries committed events to the bus, a consumer hands
//! them to the runner of the read models, roots are signed at intervals, and jobs are run. Each
//! finds its work anew after any fault; the log is the truth.

use std::sync::Arc;
use std::time::Duration;

use commands::EventLog;
use commands::bus::{Arrival, Bus, InProcessBus, JetStreamBus, JetStreamOptions, Partitions};
use commands::carried::read_body;
use commands::event_log::audit::CheckpointSigner;
use commands::jobs::JobEngine;
use commands::relay::{Relay, RelayOptions};
use projections::feed::Incoming;
use projections::runner::{Notice, Notices, Runner, RunnerLimits};
use projections::wait::Progress;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::system::System;

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
        let log = system.commands.log().clone();
        let bus: Arc<dyn Bus> = match nats_url {
            Some(url) => Arc::new(JetStreamBus::open(JetStreamOptions::new(url)).await?),
            None => Arc::new(InProcessBus::default()),
        };
        let (stop, progress) = (CancellationToken::new(), Progress::default());
        let limits = RunnerLimits::default();
        let (runner, notices) = Runner::new(system.tenants.clone(), progress.clone(), limits);
        let relay = Relay::new(Arc::new(log.clone()), bus.clone(), RelayOptions::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(relay.run(log.subscribe(), stop.clone()));
        tasks.spawn(runner.run(stop.clone()));
        tasks.spawn(consume(bus.clone(), notices, stop.clone()));
        tasks.spawn(sign_roots(log, system.signer.clone(), stop.clone()));
        Ok(Worker { stop, tasks, bus, progress })
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
                let events = read_body(&batch.body)
                    .iter()
                    .map(|carried| Incoming {
                        position: carried.position,
                        event_type: carried.event_type.clone(),
                        decoded: carried.decode(),
                    })
                    .collect();
                notices.give(Notice { tenant: batch.tenant, position: batch.last, events });
                ack.done().await;
            }
        }
    }
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
