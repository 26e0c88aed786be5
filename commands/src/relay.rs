//! Publishes committed events, from the log and by position, after the commit and never in it. It
//! trusts its own memory only while the bus is the same one: after each reconnect it asks for the
//! last message of a tenant and goes on from there. The bus is for what is fresh; who is far behind
//! reads the log, so what gets published again is bounded.

mod desk;
mod pack;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_faults;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::id::TenantId;
use tokio::sync::{Mutex, broadcast};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::bus::{Batch, Bus, BusError, MAX_BODY};
use crate::event_log::Committed;
use desk::Desk;

pub use pack::pack;

/// A committed event in the form in which it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedEvent {
    /// Its position in the tenant's log.
    pub position: i64,
    /// The event as one line of canonical JSON, without the line's end.
    pub line: Bytes,
}

/// The log did not answer. It's asked again later.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the log is away: {0}")]
pub struct LogUnavailable(pub String);

/// What the relay needs of the log. Each answer has to come or fail within a bound of the log's
/// own; the relay drops no call half-way.
#[async_trait]
pub trait CommittedLog: Send + Sync + 'static {
    /// The position of a tenant's last committed event, 0 if it has none.
    ///
    /// # Errors
    /// If the log can't be read.
    async fn head(&self, tenant: TenantId) -> Result<i64, LogUnavailable>;

    /// The committed events after a position, in order, without gaps: as many as fit into so many
    /// bytes, but at least one if there is one.
    ///
    /// # Errors
    /// If the log can't be read.
    async fn read_after(
        &self,
        tenant: TenantId,
        after: i64,
        limit_bytes: usize,
    ) -> Result<Vec<CommittedEvent>, LogUnavailable>;

    /// Every tenant with the position of its last committed event.
    ///
    /// # Errors
    /// If the log can't be read.
    async fn heads(&self) -> Result<Vec<(TenantId, i64)>, LogUnavailable>;
}

/// How the relay goes about it.
#[derive(Debug, Clone)]
pub struct RelayOptions {
    /// How often all heads are looked at, should a notice have been missed.
    pub sweep_every: Duration,
    /// How many tenants are served at the same time. Each has one publish in flight.
    pub tenants_at_once: usize,
    /// How many of the newest events are published of a tenant that has no message on the bus.
    pub backfill_events: i64,
    /// If the bus is more events behind than this, the older ones are left to the log.
    pub catch_up_events: i64,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            sweep_every: Duration::from_secs(3),
            tenants_at_once: 32,
            backfill_events: 256,
            catch_up_events: 10_000,
        }
    }
}

/// How many reads of one tenant are published before others get their turn.
const TURN: usize = 8;

/// Carries committed events from a log to a bus.
pub struct Relay<L> {
    log: Arc<L>,
    bus: Arc<dyn Bus>,
    options: RelayOptions,
    resets: Mutex<()>,
}

/// What became of one turn of a tenant.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// Everything up to here is on the bus, and the log had no more.
    Drained(i64),
    /// Everything up to here is on the bus, and the log may have more.
    Paused(i64),
    /// Where the bus stands is in doubt; ask again at once.
    Doubtful,
}

#[derive(Debug, thiserror::Error)]
enum TurnFailed {
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Log(#[from] LogUnavailable),
}

/// What the tasks of a running relay come back with.
enum Done {
    Turn { tenant: TenantId, incarnation: u64, result: Result<Turn, TurnFailed> },
    Heads(Result<Vec<(TenantId, i64)>, LogUnavailable>),
    Rested(TenantId),
}

impl<L: CommittedLog> Relay<L> {
    /// A relay that has not begun yet.
    pub fn new(log: Arc<L>, bus: Arc<dyn Bus>, options: RelayOptions) -> Self {
        Self { log, bus, options, resets: Mutex::new(()) }
    }

    /// Runs until it's told to stop, and then ends after the publishes in flight. Neither bus nor
    /// log needs to be up. Without notices (or when they lag or end) it goes by the sweep.
    pub async fn run(self, mut notices: broadcast::Receiver<Committed>, stop: CancellationToken) {
        let relay = Arc::new(self);
        let mut incarnations = relay.bus.incarnation();
        let mut sweep = tokio::time::interval(relay.options.sweep_every);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut desk = Desk::new(relay.options.tenants_at_once);
        let (mut tasks, mut rests) = (JoinSet::new(), JoinSet::new());
        let mut notified = true;
        loop {
            let incarnation = *incarnations.borrow_and_update();
            while let Some((tenant, at)) = incarnation.and_then(|number| desk.next(number)) {
                let number = incarnation.unwrap_or_default();
                tasks.spawn(relay.clone().turn(tenant, number, at, stop.clone()));
            }
            let done = tokio::select! {
                () = stop.cancelled() => break,
                changed = incarnations.changed() => {
                    if changed.is_err() { break }
                    sweep.reset_immediately();
                    continue;
                }
                notice = notices.recv(), if notified => {
                    match notice {
                        Ok(notice) => desk.noticed(notice),
                        Err(broadcast::error::RecvError::Lagged(_)) => sweep.reset_immediately(),
                        Err(broadcast::error::RecvError::Closed) => notified = false,
                    }
                    continue;
                }
                _ = sweep.tick() => {
                    if desk.begin_sweep() {
                        tasks.spawn(relay.clone().sweep());
                    }
                    continue;
                }
                Some(done) = tasks.join_next() => done,
                Some(done) = rests.join_next() => done,
            };
            match done {
                Ok(Done::Heads(heads)) => desk.swept(heads, incarnation),
                Ok(Done::Rested(tenant)) => desk.rested(tenant),
                Ok(Done::Turn { tenant, incarnation, result }) => {
                    if let Some(pause) = desk.finished(tenant, incarnation, result) {
                        rests.spawn(rest(tenant, pause));
                    }
                }
                Err(error) => {
                    // Nobody aborts these tasks, so it's a bug; the relay can't know whose turn it
                    // was.
                    tracing::error!(%error, "a task of the relay panicked");
                    desk.forget_turns();
                }
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn sweep(self: Arc<Self>) -> Done {
        Done::Heads(self.log.heads().await)
    }

    async fn turn(
        self: Arc<Self>,
        tenant: TenantId,
        incarnation: u64,
        known: Option<i64>,
        stop: CancellationToken,
    ) -> Done {
        let result = self.advance(tenant, incarnation, known, &stop).await;
        Done::Turn { tenant, incarnation, result }
    }

    /// Publishes what the log has after the position the bus is known to have.
    async fn advance(
        &self,
        tenant: TenantId,
        incarnation: u64,
        known: Option<i64>,
        stop: &CancellationToken,
    ) -> Result<Turn, TurnFailed> {
        let asked = match known {
            Some(position) => Some(position),
            None => self.ask(tenant, incarnation).await?,
        };
        let Some(mut at) = asked else {
            return Ok(Turn::Doubtful);
        };
        for _ in 0..TURN {
            let events = self.log.read_after(tenant, at, MAX_BODY).await?;
            if events.is_empty() {
                return Ok(Turn::Drained(at));
            }
            for batch in pack(tenant, events) {
                if stop.is_cancelled() {
                    return Ok(Turn::Paused(at));
                }
                at = batch.last;
                self.publish(batch).await?;
            }
        }
        Ok(Turn::Paused(at))
    }

    /// Asks the bus where to go on. `None` if it was ahead of the log and has been reset.
    async fn ask(&self, tenant: TenantId, incarnation: u64) -> Result<Option<i64>, TurnFailed> {
        // First the bus, then the log: a log only grows, so a bus that is ahead of what the log
        // says afterwards holds events that the log has lost.
        let last = self.bus.last(tenant).await?.map(|(_, last)| last);
        let head = self.log.head(tenant).await?;
        if let Some(last) = last.filter(|last| *last > head) {
            tracing::warn!(tenant = %tenant, last, head, "the bus is ahead of a restored log");
            self.reset(incarnation).await?;
            return Ok(None);
        }
        let start = match last {
            Some(last) if head - last <= self.options.catch_up_events => last,
            Some(_) | None => (head - self.options.backfill_events).max(0),
        };
        let skipped = start - last.unwrap_or(0);
        metrics::counter!("relay_skipped_events_total").increment(skipped.unsigned_abs());
        Ok(Some(start))
    }

    /// Resets the bus, unless that has happened since the question was asked.
    async fn reset(&self, incarnation: u64) -> Result<(), BusError> {
        let _turn = self.resets.lock().await;
        let now = *self.bus.incarnation().borrow();
        if now == Some(incarnation) {
            self.bus.reset().await?;
            metrics::counter!("relay_resets_total").increment(1);
        }
        Ok(())
    }

    async fn publish(&self, batch: Batch) -> Result<(), BusError> {
        let events = (batch.last - batch.first + 1).unsigned_abs();
        let bare = batch.without_body();
        match self.bus.publish(batch).await {
            // A server may be set up for smaller messages than ours.
            Err(BusError::TooLarge { .. }) => self.bus.publish(bare).await?,
            result => result?,
        }
        metrics::counter!("relay_published_messages_total").increment(1);
        metrics::counter!("relay_published_events_total").increment(events);
        Ok(())
    }
}

async fn rest(tenant: TenantId, pause: Duration) -> Done {
    tokio::time::sleep(pause).await;
    Done::Rested(tenant)
}
