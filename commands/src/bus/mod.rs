//! Carries committed events from the log to those who fold or forward them. The log is the only
//! truth: a bus may lose, repeat and reorder, so whoever listens keeps a checkpoint, skips what it
//! has, and pulls gaps from the log. Nothing may be decided on the bus alone.

mod envelope;
mod faulty;
mod in_process;
mod jetstream;
mod keeper;
mod partitions;
mod stream_config;
mod subscription;
pub mod test_nats;

#[cfg(test)]
pub(crate) mod ledger;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod suite_faults;
#[cfg(test)]
mod suite_server;

use async_trait::async_trait;
use bytes::Bytes;
use domain::id::TenantId;
use tokio::sync::watch;

pub use envelope::{message_id, subject};
pub use faulty::{FaultyBus, SplitMix};
pub use in_process::InProcessBus;
pub use jetstream::{JetStreamBus, JetStreamOptions, OLDEST_GOOD_SERVER, STREAM};
pub use partitions::{PARTITIONS, Partitions, partition};

/// The most bytes a batch's body may have: 512 KiB, half of what a NATS server takes by default.
pub const MAX_BODY: usize = 512 * 1024;

/// Committed events of one tenant that lie side by side in its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Whose events these are.
    pub tenant: TenantId,
    /// The position of the first event, at least 1.
    pub first: i64,
    /// The position of the last event, at least `first`.
    pub last: i64,
    /// The events as canonical JSON, one line each; the bus doesn't look inside. Empty means
    /// "positions only": whoever wants the events reads them from the log.
    pub body: Bytes,
}

impl Batch {
    /// Whether the events themselves are missing and have to be read from the log.
    pub fn is_positions_only(&self) -> bool {
        self.body.is_empty()
    }

    /// The same positions without the events, for a body that no message can hold.
    #[must_use]
    pub fn without_body(&self) -> Self {
        Self { tenant: self.tenant, first: self.first, last: self.last, body: Bytes::new() }
    }

    /// Refuses positions that no log can have and bodies above [`MAX_BODY`].
    ///
    /// # Errors
    /// [`BusError::BadPositions`] or [`BusError::TooLarge`].
    pub fn check(&self) -> Result<(), BusError> {
        if self.first < 1 || self.last < self.first {
            return Err(BusError::BadPositions { first: self.first, last: self.last });
        }
        if self.body.len() > MAX_BODY {
            return Err(BusError::TooLarge { bytes: self.body.len(), limit: MAX_BODY });
        }
        Ok(())
    }
}

/// Why the bus did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// No message can hold so large a body. Publish it [`Batch::without_body`].
    #[error("a batch of {bytes} bytes does not fit a message of {limit} bytes")]
    TooLarge {
        /// How large the body is.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// The positions are not those of a batch: they start below 1 or run backwards.
    #[error("positions {first} to {last} do not make a batch")]
    BadPositions {
        /// The first position given.
        first: i64,
        /// The last position given.
        last: i64,
    },
    /// The bus can't be reached or did not answer in time. What was sent may or may not have
    /// arrived. It heals by itself; try later.
    #[error("the bus is away: {0}")]
    Unavailable(String),
    /// The server holds a stream or made a consumer that is not what was asked for, so nothing is
    /// sent or read until an operator has looked, or [`Bus::reset`] was called.
    #[error("the bus is refused: {0}")]
    Refused(String),
}

/// How the bus is, for `doctor` and the health page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusState {
    /// `in-process` or `jetstream`.
    pub kind: &'static str,
    /// There is a connection to a server (always so in process).
    pub connected: bool,
    /// Messages can be published and read.
    pub ready: bool,
    /// The server's version, once one was met.
    pub server_version: Option<String>,
    /// Why the bus is refused, see [`BusError::Refused`].
    pub refused: Option<String>,
    /// The last thing that went wrong while not ready.
    pub trouble: Option<String>,
    /// What an operator should mend although the bus runs.
    pub warnings: Vec<String>,
}

/// Frees the place a delivery takes on the server. To be called for each delivery, applied or
/// skipped; one who never does so is given nothing more after some hundred messages. Nobody may
/// count on a delivery without an ack being repeated.
#[derive(Default)]
pub struct Ack(Option<Box<async_nats::jetstream::message::Acker>>);

impl std::fmt::Debug for Ack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Ack(owed)" } else { "Ack(nothing)" })
    }
}

impl Ack {
    /// Says that the delivery was taken care of. Waits a second at most; an ack that gets lost
    /// only means that the message comes once more.
    pub async fn done(self) {
        let Some(acker) = self.0 else { return };
        let sent = tokio::time::timeout(std::time::Duration::from_secs(1), acker.ack()).await;
        if !matches!(sent, Ok(Ok(()))) {
            tracing::debug!("an ack was not sent; the message will come again");
        }
    }
}

/// What comes out of a subscription.
#[derive(Debug)]
pub enum Arrival {
    /// A batch, perhaps one seen before, perhaps out of order.
    Batch(Batch, Ack),
    /// Messages may have been missed: compare every checkpoint with its log's head. Also the
    /// first arrival of each subscription, once it is in place.
    Lagged,
}

/// A running subscription. It heals by itself; dropping it ends it.
#[async_trait]
pub trait Subscription: Send {
    /// The next arrival, or `None` when the bus has been closed or refused for good. It is
    /// cancel-safe: nothing is lost when the future is dropped.
    async fn next(&mut self) -> Option<Arrival>;
}

/// A way for committed events from writers to projectors, webhooks and live pages.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Sends a batch and returns when it was acknowledged. To keep a tenant's order, have one
    /// publish in flight per tenant.
    ///
    /// # Errors
    /// Fails fast with [`BusError::Unavailable`] when disconnected; after an error the batch may
    /// still arrive.
    async fn publish(&self, batch: Batch) -> Result<(), BusError>;

    /// The first and last position of the newest message of a tenant, `None` if there is none.
    ///
    /// # Errors
    /// [`BusError::Unavailable`] or [`BusError::Refused`].
    async fn last(&self, tenant: TenantId) -> Result<Option<(i64, i64)>, BusError>;

    /// Starts to listen for what is published from now on. The bus needn't be up: the first
    /// arrival, [`Arrival::Lagged`], says when the subscription is in place.
    ///
    /// # Errors
    /// [`BusError::Refused`].
    async fn subscribe(&self, partitions: Partitions) -> Result<Box<dyn Subscription>, BusError>;

    /// Throws away every message of every tenant and starts anew; each subscription is told that
    /// it lagged. For a stream that is ahead of the log after a database was restored.
    ///
    /// # Errors
    /// [`BusError::Unavailable`]: it may have happened or not; calling it again is harmless.
    async fn reset(&self) -> Result<(), BusError>;

    /// Which incarnation of the bus is there, `None` while it is away. The number changes with
    /// each reconnect and reset: whatever was known about the stream before is then in doubt.
    fn incarnation(&self) -> watch::Receiver<Option<u64>>;

    /// How the bus is.
    fn state(&self) -> BusState;
}
