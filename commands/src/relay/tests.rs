//! The relay over the in-process bus: what it publishes, from where it goes on, what it leaves out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::id::TenantId;
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{CommittedEvent, CommittedLog, LogUnavailable, Relay, RelayOptions};
use crate::bus::ledger::{Heads, Ledger, batch, in_place, line, next_batch, tenant, wait_until};
use crate::bus::{
    Arrival, Batch, Bus, BusError, BusState, FaultyBus, InProcessBus, MAX_BODY, Partitions,
    Subscription,
};
use crate::event_log::Committed;

/// The event at this position is too large for any message.
const HUGE: i64 = 77;

#[async_trait]
impl CommittedLog for Heads {
    async fn head(&self, tenant: TenantId) -> Result<i64, LogUnavailable> {
        Ok(self.head(tenant))
    }

    async fn read_after(
        &self,
        tenant: TenantId,
        after: i64,
        limit_bytes: usize,
    ) -> Result<Vec<CommittedEvent>, LogUnavailable> {
        let mut bytes = 0;
        let mut events = Vec::new();
        for position in after + 1..=self.head(tenant) {
            let text = if position == HUGE { "x".repeat(MAX_BODY) } else { line(tenant, position) };
            bytes += text.len();
            if bytes > limit_bytes && !events.is_empty() {
                break;
            }
            events.push(CommittedEvent { position, line: Bytes::from(text) });
        }
        Ok(events)
    }

    async fn heads(&self) -> Result<Vec<(TenantId, i64)>, LogUnavailable> {
        Ok(self.all())
    }
}

/// A relay that runs, with what it reads from and how it's told.
pub(super) struct Running {
    pub(super) heads: Arc<Heads>,
    notices: broadcast::Sender<Committed>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub(super) fn start(heads: Arc<Heads>, bus: Arc<dyn Bus>, options: RelayOptions) -> Self {
        let (notices, hears) = broadcast::channel(64);
        let stop = CancellationToken::new();
        let relay = Relay::new(heads.clone(), bus, options);
        let task = tokio::spawn(relay.run(hears, stop.clone()));
        Self { heads, notices, stop, task }
    }

    /// Appends, and gives notice as the log does after a commit.
    pub(super) fn append(&self, tenant: TenantId, events: i64) -> i64 {
        let position = self.heads.append(tenant, events);
        self.notices.send(Committed { tenant, position }).unwrap();
        position
    }

    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// Sweeps so rarely that a test which needs one can't pass.
fn no_sweep() -> RelayOptions {
    RelayOptions { sweep_every: Duration::from_secs(3600), ..RelayOptions::default() }
}

fn quick_sweep() -> RelayOptions {
    RelayOptions { sweep_every: Duration::from_millis(20), ..RelayOptions::default() }
}

async fn bus_and_reader() -> (Arc<InProcessBus>, Box<dyn Subscription>) {
    let bus = Arc::new(InProcessBus::default());
    let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    (bus, reader)
}

#[tokio::test]
async fn what_is_committed_is_published_on_notice_in_order() {
    let (bus, mut reader) = bus_and_reader().await;
    let relay = Running::start(Arc::default(), bus, no_sweep());
    let mut ledger = Ledger::default();
    for _ in 0..10 {
        relay.append(tenant(1), 3);
        relay.append(tenant(2), 1);
        ledger.follow(&mut *reader, &relay.heads).await;
    }
    assert_eq!((ledger.by_bus, ledger.by_log, ledger.gaps, ledger.repeated), (40, 0, 0, 0));
    relay.stop().await;
}

#[tokio::test]
async fn what_is_committed_without_notice_is_found_by_the_sweep() {
    let (bus, mut reader) = bus_and_reader().await;
    let relay = Running::start(Arc::default(), bus, quick_sweep());
    let mut ledger = Ledger::default();
    for _ in 0..5 {
        relay.heads.append(tenant(1), 3);
        ledger.follow(&mut *reader, &relay.heads).await;
    }
    assert_eq!((ledger.by_bus, ledger.by_log), (15, 0));
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_goes_on_where_the_one_before_it_stopped() {
    let (bus, mut reader) = bus_and_reader().await;
    let heads = Arc::new(Heads::default());
    let mut ledger = Ledger::default();
    for _ in 0..3 {
        let relay = Running::start(heads.clone(), bus.clone(), no_sweep());
        relay.append(tenant(1), 5);
        ledger.follow(&mut *reader, &heads).await;
        relay.stop().await;
        heads.append(tenant(1), 2);
    }
    assert_eq!((ledger.by_bus, ledger.by_log, ledger.repeated), (19, 0, 0));
}

#[tokio::test]
async fn a_long_log_is_not_published_all_over_again() {
    let (bus, mut reader) = bus_and_reader().await;
    let heads = Arc::new(Heads::default());
    heads.append(tenant(1), 1_000_000);
    let relay = Running::start(heads.clone(), bus.clone(), no_sweep());
    wait_until("the newest events are there", async || {
        bus.last(tenant(1)).await.unwrap().is_some_and(|(_, last)| last == 1_000_000)
    })
    .await;
    assert_eq!(next_batch(&mut *reader).await.first, 1_000_000 - 256 + 1);
    relay.stop().await;

    // A bus that is far behind gets the newest events only, one that is a little behind gets all.
    heads.append(tenant(1), 10_001);
    let relay = Running::start(heads.clone(), bus.clone(), no_sweep());
    assert_eq!(next_batch(&mut *reader).await.first, 1_010_001 - 256 + 1);
    relay.stop().await;
    heads.append(tenant(1), 10_000);
    let relay = Running::start(heads.clone(), bus.clone(), no_sweep());
    assert_eq!(next_batch(&mut *reader).await.first, 1_010_002);
    relay.stop().await;
}

#[tokio::test]
async fn an_event_too_large_travels_as_its_position() {
    let (bus, mut reader) = bus_and_reader().await;
    let relay = Running::start(Arc::default(), bus, no_sweep());
    relay.append(tenant(1), HUGE + 1);
    assert_eq!(next_batch(&mut *reader).await, batch(tenant(1), 1, HUGE - 1));
    assert_eq!(next_batch(&mut *reader).await, batch(tenant(1), HUGE, HUGE).without_body());
    assert_eq!(next_batch(&mut *reader).await, batch(tenant(1), HUGE + 1, HUGE + 1));
    relay.stop().await;
}

#[tokio::test]
async fn a_log_that_was_restored_resets_the_bus_once_and_begins_anew() {
    let (bus, mut reader) = bus_and_reader().await;
    let heads = Arc::new(Heads::default());
    let tenants = [tenant(1), tenant(2), tenant(3)];
    let relay = Running::start(heads.clone(), bus.clone(), quick_sweep());
    for tenant in tenants {
        relay.append(tenant, 30);
    }
    Ledger::default().follow(&mut *reader, &heads).await;
    let before = bus.incarnation().borrow().unwrap();
    for tenant in tenants {
        heads.put_back(tenant, 20);
    }
    in_place(&mut *reader).await;
    // The read models are in the restored database, too.
    let mut ledger = Ledger::default();
    relay.append(tenant(1), 5);
    ledger.follow(&mut *reader, &heads).await;
    assert_eq!((ledger.by_bus, ledger.by_log), (65, 0), "{ledger:?}");
    assert_eq!(bus.incarnation().borrow().unwrap(), before + 1);
    assert_eq!(bus.last(tenant(2)).await.unwrap(), Some((1, 20)));
    relay.stop().await;
}

#[tokio::test]
async fn a_bus_with_faults_and_a_reader_that_sweeps_end_up_equal() {
    for seed in 1..=5 {
        let inner: Arc<dyn Bus> = Arc::new(InProcessBus::default());
        let bus: Arc<dyn Bus> = Arc::new(FaultyBus::new(inner, seed));
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        let relay = Running::start(Arc::default(), bus, no_sweep());
        let mut ledger = Ledger::default();
        for round in 0..200_i64 {
            relay.append(tenant(u128::try_from(round % 4).unwrap()), 1 + round % 3);
            let wait = Duration::from_millis(2);
            while let Ok(Some(arrival)) = tokio::time::timeout(wait, reader.next()).await {
                let Arrival::Batch(batch, _) = arrival else { panic!("nothing lagged") };
                ledger.apply(&batch, &relay.heads);
            }
        }
        assert!(ledger.gaps > 10 && ledger.repeated > 10, "seed {seed}: {ledger:?}");
        ledger.sweep(&relay.heads);
        let all: i64 = relay.heads.all().iter().map(|(_, head)| head).sum();
        assert_eq!(ledger.by_bus + ledger.by_log, all, "seed {seed}: {ledger:?}");
        relay.stop().await;
    }
}

/// A bus whose publishes wait for a permission, to see how many there are at once.
struct Gated {
    inner: InProcessBus,
    waiting: AtomicUsize,
    open: Notify,
}

#[async_trait]
impl Bus for Gated {
    async fn publish(&self, batch: Batch) -> Result<(), BusError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.open.notified().await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.inner.publish(batch).await
    }
    async fn last(&self, tenant: TenantId) -> Result<Option<(i64, i64)>, BusError> {
        self.inner.last(tenant).await
    }
    async fn subscribe(&self, partitions: Partitions) -> Result<Box<dyn Subscription>, BusError> {
        self.inner.subscribe(partitions).await
    }
    async fn reset(&self) -> Result<(), BusError> {
        self.inner.reset().await
    }
    fn incarnation(&self) -> watch::Receiver<Option<u64>> {
        self.inner.incarnation()
    }
    fn state(&self) -> BusState {
        self.inner.state()
    }
}

#[tokio::test]
async fn one_publish_per_tenant_and_few_at_once_are_in_flight() {
    let inner = InProcessBus::default();
    let bus = Arc::new(Gated { inner, waiting: AtomicUsize::new(0), open: Notify::new() });
    let options = RelayOptions { tenants_at_once: 3, ..no_sweep() };
    let relay = Running::start(Arc::default(), bus.clone(), options);
    relay.append(tenant(1), 1);
    wait_until("one waits", async || bus.waiting.load(Ordering::SeqCst) == 1).await;
    for _ in 0..5 {
        relay.append(tenant(1), 1);
    }
    for number in 2..=6 {
        relay.append(tenant(number), 1);
    }
    wait_until("three wait", async || bus.waiting.load(Ordering::SeqCst) == 3).await;
    wait_until("all is published", async || {
        let waiting = bus.waiting.load(Ordering::SeqCst);
        assert!(waiting <= 3, "{waiting} publishes at once");
        bus.open.notify_waiters();
        let mut published = 0;
        for (tenant, head) in relay.heads.all() {
            let last = bus.last(tenant).await.unwrap();
            published += usize::from(last.is_some_and(|(_, last)| last == head));
        }
        published == 6
    })
    .await;
    // What came while the first publish was in flight went as one message after it.
    assert_eq!(bus.last(tenant(1)).await.unwrap(), Some((2, 6)));
    relay.stop().await;
}
