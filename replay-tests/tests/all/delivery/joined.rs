//! Relay, bus and runner joined for one tenant as the worker joins them for all, with sweeps that
//! are as slow or as quick as a test needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use commands::EventLog;
use commands::bus::{Arrival, Bus, Partitions};
use commands::carried::read_body;
use commands::event_log::read::head_of;
use commands::relay::{CommittedEvent, CommittedLog, LogUnavailable, Relay, RelayOptions};
use domain::id::TenantId;
use projections::feed::Incoming;
use projections::runner::{Notice, Notices, Runner, RunnerLimits, standings};
use projections::wait::Progress;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::firm::Firm;
use crate::wait::{wait_until, wait_while_it_moves};

/// The log of one tenant: other tests have theirs on the same server.
struct Only {
    log: EventLog,
    tenant: TenantId,
}

#[async_trait]
impl CommittedLog for Only {
    async fn head(&self, tenant: TenantId) -> Result<i64, LogUnavailable> {
        self.log.head(tenant).await
    }

    async fn read_after(
        &self,
        tenant: TenantId,
        after: i64,
        limit_bytes: usize,
    ) -> Result<Vec<CommittedEvent>, LogUnavailable> {
        self.log.read_after(tenant, after, limit_bytes).await
    }

    async fn heads(&self) -> Result<Vec<(TenantId, i64)>, LogUnavailable> {
        let heads = self.log.heads().await?;
        Ok(heads.into_iter().filter(|(tenant, _)| *tenant == self.tenant).collect())
    }
}

/// What came over the bus.
#[derive(Debug, Default)]
pub(crate) struct Arrived {
    pub(crate) batches: AtomicU64,
    pub(crate) lagged: AtomicU64,
}

pub(crate) struct Joined {
    stop: CancellationToken,
    tasks: JoinSet<()>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) arrived: Arc<Arrived>,
}

impl Joined {
    /// Starts them. `sweep` is how often the runner looks for what the bus lost.
    pub(crate) fn start(firm: &Firm, bus: Arc<dyn Bus>, sweep: Duration) -> Self {
        let (stop, tenant) = (CancellationToken::new(), firm.id());
        let arrived = Arc::<Arrived>::default();
        let limits = RunnerLimits { sweep, batch: 50, ..RunnerLimits::default() };
        let tenants = firm.tenant.tenants.clone();
        let (runner, notices) = Runner::new(tenants, Progress::default(), limits);
        let runner = runner.serving(move |it| it == tenant);
        let only = Only { log: firm.log().clone(), tenant };
        let options =
            RelayOptions { sweep_every: Duration::from_millis(200), ..RelayOptions::default() };
        let relay = Relay::new(Arc::new(only), bus.clone(), options);
        let mut tasks = JoinSet::new();
        tasks.spawn(relay.run(firm.log().subscribe(), stop.clone()));
        tasks.spawn(runner.run(stop.clone()));
        tasks.spawn(consume(bus.clone(), notices, arrived.clone(), stop.clone()));
        Joined { stop, tasks, bus, arrived }
    }

    pub(crate) fn batches(&self) -> u64 {
        self.arrived.batches.load(Ordering::Relaxed)
    }

    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn consume(
    bus: Arc<dyn Bus>,
    notices: Notices,
    arrived: Arc<Arrived>,
    stop: CancellationToken,
) {
    let mut subscription = bus.subscribe(Partitions::all()).await.expect("a subscription");
    loop {
        let arrival = tokio::select! {
            () = stop.cancelled() => return,
            arrival = subscription.next() => arrival,
        };
        match arrival {
            None => return,
            Some(Arrival::Lagged) => {
                arrived.lagged.fetch_add(1, Ordering::Relaxed);
            }
            Some(Arrival::Batch(batch, ack)) => {
                arrived.batches.fetch_add(1, Ordering::Relaxed);
                let events = read_body(&batch.body)
                    .iter()
                    .map(|carried| Incoming {
                        position: carried.position,
                        event_type: carried.event_type.clone(),
                        decoded: carried.decode(),
                    })
                    .collect();
                let (tenant, position) = (batch.tenant, batch.last);
                notices.give(Notice { tenant, position, events, spans: Vec::new() });
                ack.done().await;
            }
        }
    }
}

/// Waits until every read model stands at the log's head, then compares each with a fresh fold.
pub(crate) async fn settle(firm: &Firm) -> i64 {
    let head = head_of(&firm.tenant.tenants, firm.id()).await.expect("the head");
    wait_while_it_moves("every read model stands at the head", async || {
        let (_, models) = standings(&firm.tenant.tenants, firm.id()).await.expect("them");
        models.iter().map(|model| head - model.position).max().filter(|rest| *rest != 0)
    })
    .await;
    firm.assert_equals_a_fresh_fold(head).await;
    head
}

/// Waits until the bus holds the log's last event, which it does only if the relay goes on.
pub(crate) async fn bus_catches_up(firm: &Firm, bus: &dyn Bus) {
    let head = head_of(&firm.tenant.tenants, firm.id()).await.expect("the head");
    wait_until(
        "the bus holds the last event",
        async || matches!(bus.last(firm.id()).await, Ok(Some((_, last))) if last == head),
    )
    .await;
}
