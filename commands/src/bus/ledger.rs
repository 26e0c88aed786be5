//! Test instruments: a log held in memory and a consumer as every consumer has to be. It skips what
//! it has, applies what follows its checkpoint, and pulls gaps from the log.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use domain::id::TenantId;
use uuid::Uuid;

use super::{Arrival, Batch, Subscription};

/// The longest a test waits for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn tenant(number: u128) -> TenantId {
    TenantId(Uuid::from_u128(number))
}

/// The event at a position, as the one line of JSON that the log holds.
pub(crate) fn line(tenant: TenantId, position: i64) -> String {
    format!("{{\"position\":{position},\"tenant\":\"{}\"}}", tenant.0.simple())
}

pub(crate) fn batch(tenant: TenantId, first: i64, last: i64) -> Batch {
    let mut body = String::new();
    for position in first..=last {
        writeln!(body, "{}", line(tenant, position)).unwrap();
    }
    Batch { tenant, first, last, body: Bytes::from(body) }
}

/// Asks again and again, for at most [`PATIENCE`], until the answer is yes.
pub(crate) async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, asking).await.is_ok(), "in vain waited until {what}");
}

/// The next arrival, or a failed test.
pub(crate) async fn arrival(subscription: &mut dyn Subscription) -> Arrival {
    let next = tokio::time::timeout(PATIENCE, subscription.next()).await;
    next.expect("an arrival in time").expect("the bus is open")
}

/// The next batch, acknowledged; what was said about lagging is passed over.
pub(crate) async fn next_batch(subscription: &mut dyn Subscription) -> Batch {
    loop {
        if let Arrival::Batch(batch, ack) = arrival(subscription).await {
            ack.done().await;
            return batch;
        }
    }
}

/// Waits for the first arrival of a subscription, which says that it is in place.
pub(crate) async fn in_place(subscription: &mut dyn Subscription) {
    assert!(matches!(arrival(subscription).await, Arrival::Lagged));
}

/// How far each tenant's log goes. What stands at a position follows from the position.
#[derive(Default)]
pub(crate) struct Heads(Mutex<HashMap<TenantId, i64>>);

impl Heads {
    pub(crate) fn append(&self, tenant: TenantId, events: i64) -> i64 {
        let mut heads = self.0.lock().unwrap();
        let head = heads.entry(tenant).or_default();
        *head += events;
        *head
    }

    /// The database was restored to an earlier moment.
    pub(crate) fn put_back(&self, tenant: TenantId, head: i64) {
        self.0.lock().unwrap().insert(tenant, head);
    }

    pub(crate) fn head(&self, tenant: TenantId) -> i64 {
        self.0.lock().unwrap().get(&tenant).copied().unwrap_or(0)
    }

    pub(crate) fn all(&self) -> Vec<(TenantId, i64)> {
        self.0.lock().unwrap().iter().map(|(tenant, head)| (*tenant, *head)).collect()
    }
}

/// A consumer with a checkpoint per tenant, and counts of what it met.
#[derive(Default, Debug)]
pub(crate) struct Ledger {
    checkpoints: HashMap<TenantId, i64>,
    /// Positions that came over the bus and were new.
    pub(crate) by_bus: i64,
    /// Positions that had to be read from the log.
    pub(crate) by_log: i64,
    /// Batches that held nothing new.
    pub(crate) repeated: i64,
    /// Batches that began beyond the checkpoint.
    pub(crate) gaps: i64,
    pub(crate) lagged: i64,
}

impl Ledger {
    pub(crate) fn checkpoint(&self, tenant: TenantId) -> i64 {
        self.checkpoints.get(&tenant).copied().unwrap_or(0)
    }

    pub(crate) fn is_at(&self, heads: &Heads) -> bool {
        heads.all().iter().all(|(tenant, head)| self.checkpoint(*tenant) == *head)
    }

    pub(crate) fn apply(&mut self, batch: &Batch, heads: &Heads) {
        if !batch.is_positions_only() {
            assert_eq!(*batch, self::batch(batch.tenant, batch.first, batch.last), "wrong events");
        }
        assert!(batch.last <= heads.head(batch.tenant), "the bus is ahead of the log: {batch:?}");
        let checkpoint = self.checkpoint(batch.tenant);
        if batch.last <= checkpoint {
            self.repeated += 1;
            return;
        }
        if batch.first > checkpoint + 1 {
            self.gaps += 1;
            self.by_log += batch.first - checkpoint - 1;
        }
        self.by_bus += batch.last - checkpoint.max(batch.first - 1);
        self.checkpoints.insert(batch.tenant, batch.last);
    }

    /// Reads from the log whatever is missing.
    pub(crate) fn sweep(&mut self, heads: &Heads) {
        for (tenant, head) in heads.all() {
            self.by_log += (head - self.checkpoint(tenant)).max(0);
            self.checkpoints.insert(tenant, head);
        }
    }

    /// Takes arrivals until every checkpoint is at its head. It sweeps only when told that it
    /// lagged, so a message lost in silence with nothing after it fails the test.
    pub(crate) async fn follow(&mut self, subscription: &mut dyn Subscription, heads: &Heads) {
        while !self.is_at(heads) {
            match arrival(subscription).await {
                Arrival::Batch(batch, ack) => {
                    self.apply(&batch, heads);
                    ack.done().await;
                }
                Arrival::Lagged => {
                    self.lagged += 1;
                    self.sweep(heads);
                }
            }
        }
    }
}
