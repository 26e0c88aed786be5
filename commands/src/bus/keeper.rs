//! Keeps the stream there: after each (re)connect it looks whether the stream exists and is as it
//! should be, makes a missing one anew, and only then calls the bus ready. It never alters or
//! removes a stream that differs; that needs an operator, or a reset.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::{
    CreateStreamErrorKind, DeleteStreamErrorKind, GetStreamErrorKind,
};
use async_nats::jetstream::{Context, ErrorCode, stream};
use tokio::sync::{Mutex as AsyncMutex, Notify, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::stream_config::{self, stream_differences};
use super::{BusError, JetStreamOptions, STREAM};

/// The longest any one request to the server may take.
pub(super) const REQUEST: Duration = Duration::from_secs(3);
const RETRY_MIN: Duration = Duration::from_millis(20);
const RETRY_MAX: Duration = Duration::from_secs(2);
/// How often a ready bus is looked at, should an event of the connection have been missed.
const GLANCE: Duration = Duration::from_secs(1);
/// How long a stream that vanished is left alone before it's made anew: nats-server 2.9 says that
/// it's gone while still deleting its files, and would then delete those of the new one as well,
/// which leaves a stream that acknowledges and delivers nothing.
const BURIAL: Duration = Duration::from_millis(500);
/// After so many publishes in a row that the server could not store, its files are thought broken.
const BROKEN: u32 = 5;
/// A broken stream is deleted and made anew at most this often.
const MEND: Duration = Duration::from_secs(10);

/// What the connection's events, the bus, its keeper and its subscriptions share.
#[derive(Default)]
pub(super) struct Signals {
    pub(super) incarnation: watch::Sender<Option<u64>>,
    /// How often a connection had been made when the stream was last looked at. The client counts
    /// them; its events come late.
    settled: AtomicU64,
    failing: AtomicBool,
    not_stored: AtomicU32,
    look: Notify,
    lost: Notify,
    pub(super) closed: CancellationToken,
    status: Mutex<Status>,
}

#[derive(Default, Clone)]
pub(super) struct Status {
    pub(super) stream_refused: Option<String>,
    pub(super) consumer_refused: Option<String>,
    pub(super) trouble: Option<String>,
}

impl Signals {
    /// The stream is gone: nothing can be sent until the keeper has looked.
    pub(super) fn away(&self) {
        self.incarnation.send_if_modified(|incarnation| incarnation.take().is_some());
        self.look.notify_one();
    }

    /// The connection was lost. It may have been made again by now.
    pub(super) fn lost(&self) {
        self.lost.notify_one();
        self.look.notify_one();
    }

    /// Something happened to the connection or the stream: have a look what is there.
    pub(super) fn look(&self) {
        self.look.notify_one();
    }

    /// The server stored a message.
    pub(super) fn stored(&self) {
        self.not_stored.store(0, Ordering::Relaxed);
        if self.failing.swap(false, Ordering::Relaxed) {
            self.note(|status| status.trouble = None);
        }
    }

    /// A publish failed for this reason.
    pub(super) fn failed(&self, why: String) {
        self.failing.store(true, Ordering::Relaxed);
        self.note(|status| status.trouble = Some(why));
    }

    /// The server has the stream but could not write to it.
    pub(super) fn not_stored(&self) {
        if self.not_stored.fetch_add(1, Ordering::Relaxed) + 1 >= BROKEN {
            self.look();
        }
    }

    fn is_broken(&self) -> bool {
        self.not_stored.load(Ordering::Relaxed) >= BROKEN
    }

    pub(super) fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note(&self, change: impl FnOnce(&mut Status)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn ready(&self) -> Option<u64> {
        *self.incarnation.borrow()
    }
}

/// One connection to a server and what is known about the stream there.
pub(super) struct Link {
    pub(super) context: Context,
    pub(super) options: JetStreamOptions,
    pub(super) signals: Arc<Signals>,
    made: AsyncMutex<Made>,
}

/// The stream as last seen. Behind a lock, so that keeper and reset take turns.
#[derive(Default)]
struct Made {
    incarnations: u64,
    created: Option<String>,
    mended: Option<Instant>,
}

impl Link {
    pub(super) fn new(context: Context, options: JetStreamOptions, signals: Arc<Signals>) -> Self {
        Self { context, options, signals, made: AsyncMutex::default() }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.context.client().connection_state() == State::Connected
    }

    /// The incarnation of the stream, if the connection is the one over which it was found.
    pub(super) fn here(&self) -> Option<u64> {
        let settled = self.signals.settled.load(Ordering::Relaxed) == self.connects();
        self.signals.ready().filter(|_| settled && self.is_connected())
    }

    fn connects(&self) -> u64 {
        self.context.client().statistics().connects.load(Ordering::Relaxed)
    }

    /// Looks after the stream until the bus is closed.
    pub(super) async fn keep(self: Arc<Self>) {
        let mut retry = RETRY_MIN;
        loop {
            let pause = if self.signals.ready().is_some() { GLANCE } else { retry };
            let looked = tokio::select! {
                () = self.signals.closed.cancelled() => return,
                () = self.signals.look.notified() => true,
                () = sleep(pause) => false,
            };
            if !self.is_connected() {
                self.signals.incarnation.send_if_modified(|known| known.take().is_some());
                retry = RETRY_MIN;
                continue;
            }
            if !looked && self.here().is_some() {
                continue;
            }
            let settled = tokio::select! {
                settled = self.settle() => settled,
                // No answer can come any more, and whoever waits for one has to hear of it.
                () = self.signals.lost.notified() => {
                    self.signals.look();
                    continue;
                }
            };
            retry = match settled {
                Ok(()) => RETRY_MIN,
                Err(_) => (retry * 2).min(RETRY_MAX),
            };
        }
    }

    /// Sees to it that the stream is there, and says which incarnation it is.
    async fn settle(&self) -> Result<(), BusError> {
        let mut made = self.made.lock().await;
        let connects = self.connects();
        let reconnected = self.signals.settled.load(Ordering::Relaxed) != connects;
        let vanished_if_absent = made.created.is_some() && !reconnected;
        let result = match self.mend(&mut made).await {
            Ok(()) => self.find_or_make(vanished_if_absent).await,
            Err(error) => Err(error),
        };
        let report = result.as_ref().err().cloned();
        self.signals.note(|status| {
            status.stream_refused = None;
            status.trouble = None;
            match &report {
                Some(BusError::Refused(why)) => status.stream_refused = Some(why.clone()),
                Some(error) => status.trouble = Some(error.to_string()),
                None => {}
            }
        });
        if let Some(error) = report {
            if self.signals.incarnation.send_if_modified(|known| known.take().is_some()) {
                tracing::warn!(%error, "the bus is not ready");
            } else {
                tracing::debug!(%error, "the bus is not ready");
            }
        }
        let created = Some(result?);
        if reconnected || made.created != created || self.signals.ready().is_none() {
            made.created = created;
            self.signals.settled.store(connects, Ordering::Relaxed);
            made.incarnations += 1;
            self.signals.incarnation.send_replace(Some(made.incarnations));
            tracing::info!(incarnation = made.incarnations, "the bus is ready");
        }
        Ok(())
    }

    /// Deletes the stream with all it holds and makes it anew.
    pub(super) async fn reset(&self) -> Result<(), BusError> {
        if !self.is_connected() {
            return Err(BusError::Unavailable("not connected".into()));
        }
        self.signals.away();
        {
            let mut made = self.made.lock().await;
            self.delete().await?;
            made.created = None;
        }
        self.settle().await
    }

    /// Deletes a stream to which the server can't write any more.
    async fn mend(&self, made: &mut Made) -> Result<(), BusError> {
        let lately = made.mended.is_some_and(|mended| mended.elapsed() < MEND);
        if self.signals.is_broken() && !lately {
            self.delete().await?;
            made.created = None;
            made.mended = Some(Instant::now());
            self.signals.stored();
        }
        Ok(())
    }

    async fn delete(&self) -> Result<(), BusError> {
        match within(self.context.delete_stream(STREAM)).await? {
            Ok(_) => tracing::warn!("the stream {STREAM} was deleted to be made anew"),
            Err(error) => match error.kind() {
                DeleteStreamErrorKind::JetStream(inner)
                    if inner.error_code() == ErrorCode::STREAM_NOT_FOUND => {}
                _ => return Err(BusError::Unavailable(error.to_string())),
            },
        }
        Ok(())
    }

    /// Finds the stream or makes it, reads it back, and answers when it was created.
    async fn find_or_make(&self, vanished_if_absent: bool) -> Result<String, BusError> {
        let wanted = stream_config::stream(&self.options);
        let mut found = self.find().await?;
        if found.is_none() && vanished_if_absent {
            sleep(BURIAL).await;
            found = self.find().await?;
        }
        let found = match found {
            Some(found) => found,
            None => {
                self.make(wanted.clone()).await?;
                let found = self.find().await?;
                found.ok_or_else(|| BusError::Unavailable("the stream vanished".into()))?
            }
        };
        let differences = stream_differences(&wanted, &found.config);
        if differences.is_empty() {
            return Ok(found.created.to_string());
        }
        let differences = differences.join(", ");
        Err(BusError::Refused(format!("the stream {STREAM} is not as it should be: {differences}")))
    }

    async fn find(&self) -> Result<Option<stream::Info>, BusError> {
        match within(self.context.get_stream(STREAM)).await? {
            Ok(stream) => Ok(Some(stream.cached_info().clone())),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(inner)
                    if inner.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(BusError::Unavailable(error.to_string())),
            },
        }
    }

    async fn make(&self, wanted: stream::Config) -> Result<(), BusError> {
        let Err(error) = within(self.context.create_stream(wanted)).await? else {
            tracing::info!("the stream {STREAM} was made");
            return Ok(());
        };
        match error.kind() {
            // Another process was faster; the reading back decides whether it's the same.
            CreateStreamErrorKind::JetStream(inner)
                if inner.error_code() == ErrorCode::STREAM_NAME_EXIST =>
            {
                Ok(())
            }
            CreateStreamErrorKind::JetStream(inner)
                if inner.error_code() == ErrorCode::STREAM_SUBJECT_OVERLAP =>
            {
                Err(BusError::Refused(format!("another stream takes subjects of {STREAM}")))
            }
            _ => Err(BusError::Unavailable(error.to_string())),
        }
    }
}

/// Waits for a request, but never longer than [`REQUEST`].
pub(super) async fn within<T>(request: impl IntoFuture<Output = T>) -> Result<T, BusError> {
    timeout(REQUEST, request.into_future())
        .await
        .map_err(|_| BusError::Unavailable("no answer in time".into()))
}
