//! The event log: one gap-free sequence per tenant, written by one writer task per busy tenant.
//! Order and speed come from the same mechanism, a queue that is written in groups.

mod append;
pub mod audit;
mod batch;
pub mod claims;
pub mod read;
mod statement;
mod writer;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::id::TenantId;
use migrations::Tenants;
use migrations::keys::KeyStore;
use tokio::sync::{broadcast, mpsc, oneshot};

pub use append::{Append, AppendError, Appended, JobChange, NewJob, StreamAppend};
use append::{Prepared, key_names};
use writer::{Request, Writer};

use crate::clock::Clock;

/// Bounds of the write path.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most appends in one transaction.
    pub appends_per_batch: usize,
    /// About the most bytes of JSON in one transaction.
    pub bytes_per_batch: usize,
    /// The most appends that may wait per tenant.
    pub queued_appends: usize,
    /// The most events of one stream.
    pub events_per_stream: i32,
    /// How long a batch waits at most for those who were answered with the batch before.
    pub gather: Duration,
    /// How long a writer waits for more before it ends.
    pub idle: Duration,
    /// How often, and after which pause, a commit of unknown outcome is looked up.
    pub resolve_attempts: u32,
    /// The pause between two of these look-ups.
    pub resolve_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            appends_per_batch: 256,
            bytes_per_batch: 4 << 20,
            queued_appends: 10_000,
            events_per_stream: 10_000,
            gather: Duration::from_micros(400),
            idle: Duration::from_secs(5),
            resolve_attempts: 40,
            resolve_pause: Duration::from_millis(250),
        }
    }
}

/// Something was committed: where a tenant's log ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// Whose log.
    pub tenant: TenantId,
    /// Its last position.
    pub position: i64,
}

/// Who is told of commits of this process.
pub type Notices = broadcast::Sender<Committed>;

/// The queue of each busy tenant; a writer takes its own away, under the lock, before it ends.
type Queues = Arc<Mutex<HashMap<TenantId, mpsc::Sender<Request>>>>;

/// The logs of a cell's tenants.
#[derive(Clone)]
pub struct EventLog {
    tenants: Tenants,
    keys: KeyStore,
    clock: Clock,
    limits: Limits,
    notices: Notices,
    queues: Queues,
}

impl std::fmt::Debug for EventLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventLog").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl EventLog {
    /// The logs behind a door.
    pub fn new(tenants: Tenants, keys: KeyStore, clock: Clock, limits: Limits) -> Self {
        let (notices, _) = broadcast::channel(1024);
        EventLog { tenants, keys, clock, limits, notices, queues: Arc::default() }
    }

    /// The door.
    pub fn tenants(&self) -> &Tenants {
        &self.tenants
    }

    /// Everybody's keys.
    pub fn keys(&self) -> &KeyStore {
        &self.keys
    }

    /// The clock that writes `recorded_at`.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The bounds in force.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Tells of each commit of this process, after it is durable. Who lags behind must sweep.
    pub fn subscribe(&self) -> broadcast::Receiver<Committed> {
        self.notices.subscribe()
    }

    /// Writes an append, all of it or nothing; answers when it's durable. It goes on to its end
    /// even if the caller goes away.
    pub async fn append(
        &self,
        tenant: TenantId,
        mut append: Append,
    ) -> Result<Appended, AppendError> {
        self.check_limits(&append)?;
        let keys = self.keys.of(tenant).await?;
        let names = key_names(&mut append);
        if !names.is_empty() && !keys.knows(&names) {
            let mut tx = self.tenants.begin(tenant).await?;
            keys.load(&mut tx, &names).await?;
            tx.commit().await?;
        }
        let item = Prepared::seal(tenant, append, &keys, || self.clock.new_id())?;
        let new_keys = item.keys.clone();
        let (answer, answered) = oneshot::channel();
        let outcome = match self.enqueue(Request { item, answer }) {
            Ok(()) => answered
                .await
                .unwrap_or_else(|_| Err(AppendError::Unavailable("the writer stopped".into()))),
            Err(error) => Err(error),
        };
        match &outcome {
            Ok(_) => keys.saved(&new_keys),
            // A key that did not land must not be kept: another process may make the subject's key.
            Err(_) => keys.forget_unsaved(&new_keys),
        }
        outcome
    }

    fn check_limits(&self, append: &Append) -> Result<(), AppendError> {
        let too_long = append.streams.iter().find(|stream| {
            stream.expected as usize + stream.events.len() > self.limits.events_per_stream as usize
        });
        match too_long {
            None => Ok(()),
            Some(stream) => Err(AppendError::Malformed(format!(
                "the {} stream {} would have more than {} events",
                stream.stream_type, stream.stream, self.limits.events_per_stream
            ))),
        }
    }

    fn enqueue(&self, request: Request) -> Result<(), AppendError> {
        let tenant = request.item.tenant;
        let mut queues = self.queues.lock().expect("no panic under it");
        let sender = queues.entry(tenant).or_insert_with(|| self.start_writer(tenant));
        let request = match sender.try_send(request) {
            Ok(()) => return Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => {
                return Err(AppendError::Unavailable("too many appends are waiting".into()));
            }
            Err(mpsc::error::TrySendError::Closed(request)) => request,
        };
        // The writer's task is gone, as when its runtime was shut down: a new one takes over.
        let sender = self.start_writer(tenant);
        let sent = sender.try_send(request);
        queues.insert(tenant, sender);
        sent.map_err(|_| AppendError::Unavailable("the writer stopped".into()))
    }

    fn start_writer(&self, tenant: TenantId) -> mpsc::Sender<Request> {
        let (sender, receiver) = mpsc::channel(self.limits.queued_appends);
        let writer = Writer::new(tenant, self.tenants.clone(), self.limits, self.notices.clone());
        tokio::spawn(writer.run(receiver, self.queues.clone()));
        sender
    }
}

#[cfg(test)]
mod tests;
