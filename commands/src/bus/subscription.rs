//! Reads from JetStream: one task and one consumer per filter, each made anew whenever the
//! connection or the stream was, and each time telling the reader that it lagged.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{Consumer, pull};
use async_trait::async_trait;
use futures::StreamExt;
use tokio::sync::mpsc;

use super::envelope::{self, Foreign};
use super::keeper::{Link, within};
use super::stream_config::{self, consumer_differences};
use super::{Ack, Arrival, BusError, Partitions, STREAM, Subscription};

/// How many arrivals wait for the reader, and how many more the server may send ahead.
const AHEAD: usize = 32;
/// A consumer that shows no sign of life for twice this long is made anew.
const HEARTBEAT: Duration = Duration::from_secs(2);
const PULL_EXPIRES: Duration = Duration::from_secs(20);
const RETRY_MIN: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(2);

/// A subscription that pulls from the server. Its tasks see when it is dropped, take their
/// consumers off the server and end.
pub(super) struct Pulled {
    arrivals: mpsc::Receiver<Arrival>,
}

impl Pulled {
    /// One consumer for all partitions, or one for each of a subset.
    pub(super) fn start(link: &Arc<Link>, partitions: Partitions) -> Self {
        let (sender, arrivals) = mpsc::channel(AHEAD);
        let filters: Vec<Option<u8>> =
            if partitions.is_all() { vec![None] } else { partitions.numbers().map(Some).collect() };
        for number in filters {
            let pump = Pump {
                link: link.clone(),
                config: stream_config::consumer(number),
                partitions,
                sender: sender.clone(),
            };
            let closed = link.signals.closed.clone();
            tokio::spawn(closed.run_until_cancelled_owned(pump.run()));
        }
        Self { arrivals }
    }
}

#[async_trait]
impl Subscription for Pulled {
    async fn next(&mut self) -> Option<Arrival> {
        self.arrivals.recv().await
    }
}

/// What the reading of one consumer ended with.
enum Ended {
    /// Nobody listens any more.
    Unheard,
    /// The connection or the stream was made anew, or the consumer is gone.
    Renewed,
}

struct Pump {
    link: Arc<Link>,
    config: pull::Config,
    partitions: Partitions,
    sender: mpsc::Sender<Arrival>,
}

impl Pump {
    async fn run(self) {
        let mut incarnations = self.link.signals.incarnation.subscribe();
        let mut retry = RETRY_MIN;
        loop {
            let ready = tokio::select! {
                ready = incarnations.wait_for(Option::is_some) => ready.map(|number| *number),
                () = self.sender.closed() => return,
            };
            let Ok(incarnation) = ready else { return };
            match self.make_consumer().await {
                Ok(consumer) => {
                    let made_anew = incarnations.wait_for(|number| *number != incarnation);
                    let ended = tokio::select! {
                        _ = made_anew => Ended::Renewed,
                        ended = self.pull(&consumer) => ended,
                    };
                    self.forget(&consumer).await;
                    if matches!(ended, Ended::Unheard) {
                        return;
                    }
                    retry = RETRY_MIN;
                }
                Err(error) => {
                    tracing::debug!(%error, "a consumer could not be made");
                    retry = (retry * 2).min(RETRY_MAX);
                }
            }
            self.link.signals.look();
            // A consumer that keeps dying must not spin; a reader that left ends the wait.
            tokio::select! {
                () = tokio::time::sleep(retry) => {}
                () = self.sender.closed() => return,
            }
        }
    }

    /// Makes the consumer, reads it back, and refuses one that is not what was asked for.
    async fn make_consumer(&self) -> Result<Consumer<pull::Config>, BusError> {
        let gone = |error: &dyn std::error::Error| BusError::Unavailable(error.to_string());
        let stream = within(self.link.context.get_stream_no_info(STREAM)).await?;
        let stream = stream.map_err(|error| gone(&error))?;
        let made = within(stream.create_consumer(self.config.clone())).await?;
        let consumer = made.map_err(|error| gone(&error))?;
        let found = within(consumer.get_info()).await?.map_err(|error| gone(&error))?;
        let differences = consumer_differences(&self.config, &found.config);
        if differences.is_empty() {
            self.link.signals.note(|status| status.consumer_refused = None);
            return Ok(consumer);
        }
        self.forget(&consumer).await;
        let why = format!("a consumer is not as it should be: {}", differences.join(", "));
        tracing::error!(why, "the bus is refused");
        self.link.signals.note(|status| status.consumer_refused = Some(why.clone()));
        Err(BusError::Refused(why))
    }

    async fn pull(&self, consumer: &Consumer<pull::Config>) -> Ended {
        let messages = consumer
            .stream()
            .max_messages_per_batch(AHEAD)
            .heartbeat(HEARTBEAT)
            .expires(PULL_EXPIRES)
            .messages();
        let Ok(Ok(mut messages)) = within(messages).await else {
            return Ended::Renewed;
        };
        if self.sender.send(Arrival::Lagged).await.is_err() {
            return Ended::Unheard;
        }
        loop {
            let message = tokio::select! {
                message = messages.next() => message,
                () = self.sender.closed() => return Ended::Unheard,
            };
            match message {
                Some(Ok(message)) => {
                    let Some(arrival) = self.arrival(message).await else {
                        continue;
                    };
                    if self.sender.send(arrival).await.is_err() {
                        return Ended::Unheard;
                    }
                }
                Some(Err(error)) => {
                    tracing::debug!(%error, "a consumer ended");
                    return Ended::Renewed;
                }
                None => return Ended::Renewed,
            }
        }
    }

    /// A batch, unless the message is not one that a relay of ours could have sent.
    async fn arrival(&self, message: Message) -> Option<Arrival> {
        let (message, acker) = message.split();
        let ack = Ack(Some(Box::new(acker)));
        match envelope::open(&message.subject, message.headers.as_ref(), message.payload) {
            Ok(batch) if self.partitions.contains(batch.tenant) => {
                return Some(Arrival::Batch(batch, ack));
            }
            Ok(_) => report_foreign(&message.subject, &Foreign::Partition),
            Err(why) => report_foreign(&message.subject, &why),
        }
        ack.done().await;
        None
    }

    /// Takes the consumer off the server; one that stays is dropped there when nobody reads.
    async fn forget(&self, consumer: &Consumer<pull::Config>) {
        if !self.link.is_connected() {
            return;
        }
        let name = &consumer.cached_info().name;
        let deleted = self.link.context.delete_consumer_from_stream(name, STREAM);
        if !matches!(within(deleted).await, Ok(Ok(_))) {
            tracing::debug!(name, "a consumer was left behind");
        }
    }
}

/// Writes down that a message was dropped because its parts name different tenants or positions.
pub(super) fn report_foreign(subject: &str, why: &Foreign) {
    metrics::counter!("bus_foreign_messages_total").increment(1);
    tracing::warn!(
        target: "security",
        subject = %subject.escape_debug(),
        %why,
        "a message on the bus was dropped: it is not one that was sent by a relay"
    );
}
