//! The bus over NATS JetStream. The server acknowledges before it has written to disk, so an ack is
//! no promise. It connects in the background and heals by itself: start-up needs no server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{ContextBuilder, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_nats::{ConnectOptions, Event, ServerAddr};
use async_trait::async_trait;
use domain::id::TenantId;
use tokio::sync::watch;

use super::keeper::{Link, REQUEST, Signals, within};
use super::{
    Batch, Bus, BusError, BusState, MAX_BODY, Partitions, Subscription, envelope, subscription,
};

/// The name of the one stream.
pub const STREAM: &str = "EVENTS";

/// Servers before this version could forget a whole stream after a kill; `state` warns of them.
pub const OLDEST_GOOD_SERVER: (u64, u64, u64) = (2, 10, 23);

const RECONNECT_MAX: Duration = Duration::from_secs(1);
/// A server that doesn't answer three pings in a row counts as gone.
const PING: Duration = Duration::from_secs(2);

/// Where the server is and how the stream is made.
#[derive(Debug, Clone)]
pub struct JetStreamOptions {
    /// `nats://host:port` or `tls://host:port`, with `user:password@` if need be.
    pub url: String,
    /// A credentials file (JWT and seed), as made by `nsc`.
    pub credentials: Option<PathBuf>,
    /// What our reply subjects start with. Not the default `_INBOX`, which any user of the
    /// account could listen to; the server's permissions name this prefix.
    pub inbox_prefix: String,
    /// How many servers of a cluster hold each message.
    pub replicas: usize,
    /// The most bytes the stream may hold; above it the oldest messages go.
    pub max_bytes: i64,
    /// For how long the server knows message ids and drops repeated ones. At least 100 ms.
    pub duplicate_window: Duration,
}

impl JetStreamOptions {
    /// One replica, 1 GiB, two minutes.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            credentials: None,
            inbox_prefix: "_INBOX_crowdminder".to_owned(),
            replicas: 1,
            max_bytes: 1024 * 1024 * 1024,
            duplicate_window: Duration::from_secs(120),
        }
    }
}

/// A bus on a NATS server.
pub struct JetStreamBus {
    link: Arc<Link>,
}

impl Drop for JetStreamBus {
    fn drop(&mut self) {
        self.link.signals.closed.cancel();
    }
}

impl JetStreamBus {
    /// Begins to connect and returns at once; [`Bus::incarnation`] tells when it is ready.
    ///
    /// # Errors
    /// [`BusError::Refused`] if the URL or the credentials file can't be used.
    pub async fn open(options: JetStreamOptions) -> Result<Self, BusError> {
        let signals = Arc::new(Signals::default());
        let connect = match &options.credentials {
            Some(path) => ConnectOptions::with_credentials_file(path)
                .await
                .map_err(|error| BusError::Refused(format!("credentials file: {error}")))?,
            None => ConnectOptions::new(),
        };
        let connect = match user_in(&options.url)? {
            Some((user, password)) => connect.user_and_password(user, password),
            None => connect,
        };
        let events = signals.clone();
        let connecting = connect
            .name("crowdminder")
            .custom_inbox_prefix(&options.inbox_prefix)
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(reconnect_delay)
            .connection_timeout(REQUEST)
            .request_timeout(Some(REQUEST))
            .ping_interval(PING)
            .event_callback(move |event| {
                match event {
                    Event::Connected => events.look(),
                    Event::Disconnected | Event::Closed => events.lost(),
                    Event::LameDuckMode
                    | Event::Draining
                    | Event::SlowConsumer(_)
                    | Event::ServerError(_)
                    | Event::ClientError(_) => {
                        tracing::warn!(event = %event, "an event of the connection to the bus");
                    }
                }
                std::future::ready(())
            })
            .connect(options.url.as_str());
        let client = within(connecting)
            .await?
            .map_err(|error| BusError::Refused(format!("connecting to the bus: {error}")))?;
        let context = ContextBuilder::new().timeout(REQUEST).build(client);
        let link = Arc::new(Link::new(context, options, signals));
        tokio::spawn(link.clone().keep());
        Ok(Self { link })
    }

    /// Asks the server something, unless the stream isn't there. When the connection or the stream
    /// goes in the middle it returns at once: the answer would come after a reconnect, if ever.
    async fn ask<T>(&self, request: impl Future<Output = T>) -> Result<T, BusError> {
        let mut incarnations = self.link.signals.incarnation.subscribe();
        let now = self.link.here();
        let status = self.link.signals.status();
        if let Some(why) = status.stream_refused.or(status.consumer_refused) {
            return Err(BusError::Refused(why));
        }
        if now.is_none() {
            let why = status.trouble.unwrap_or_else(|| "not connected".to_owned());
            return Err(BusError::Unavailable(why));
        }
        tokio::select! {
            answer = within(request) => answer,
            _ = incarnations.wait_for(|number| *number != now) => {
                Err(BusError::Unavailable("the connection or the stream was lost".to_owned()))
            }
        }
    }

    fn failed_publish(&self, error: &PublishError) -> BusError {
        match error.kind() {
            PublishErrorKind::StreamNotFound => self.link.signals.away(),
            PublishErrorKind::Other
                if server_code(error) == Some(ErrorCode::STREAM_STORE_FAILED) =>
            {
                self.link.signals.not_stored();
            }
            PublishErrorKind::MaxPayloadExceeded
            | PublishErrorKind::TimedOut
            | PublishErrorKind::BrokenPipe
            | PublishErrorKind::MaxAckPending
            | PublishErrorKind::WrongLastMessageId
            | PublishErrorKind::WrongLastSequence
            | PublishErrorKind::Other => {}
        }
        self.link.signals.failed(error.to_string());
        BusError::Unavailable(error.to_string())
    }
}

#[async_trait]
impl Bus for JetStreamBus {
    async fn publish(&self, batch: Batch) -> Result<(), BusError> {
        batch.check()?;
        let bytes = batch.body.len();
        let message = PublishMessage::build()
            .headers(envelope::headers(&batch))
            .payload(batch.body)
            .expected_stream(STREAM);
        let subject = envelope::subject(batch.tenant);
        let sent =
            self.ask(async { self.link.context.send_publish(subject, message).await?.await });
        match sent.await? {
            Ok(_) => {
                self.link.signals.stored();
                Ok(())
            }
            Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                let limit = self.link.context.client().max_payload().min(MAX_BODY);
                Err(BusError::TooLarge { bytes, limit })
            }
            Err(error) => Err(self.failed_publish(&error)),
        }
    }

    async fn last(&self, tenant: TenantId) -> Result<Option<(i64, i64)>, BusError> {
        let subject = envelope::subject(tenant);
        let found = self.ask(async {
            let stream = self.link.context.get_stream_no_info(STREAM).await;
            let stream = stream.expect("the name is a valid one");
            stream.get_last_raw_message_by_subject(&subject).await
        });
        let message = match found.await? {
            Ok(message) => message,
            Err(error) => {
                return match error.kind() {
                    LastRawMessageErrorKind::NoMessageFound => Ok(None),
                    LastRawMessageErrorKind::JetStream(inner)
                        if inner.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                    {
                        self.link.signals.away();
                        Err(BusError::Unavailable("the stream is gone".into()))
                    }
                    _ => Err(BusError::Unavailable(error.to_string())),
                };
            }
        };
        match envelope::open(&message.subject, Some(&message.headers), message.payload) {
            Ok(batch) => Ok(Some((batch.first, batch.last))),
            Err(why) => {
                subscription::report_foreign(&message.subject, &why);
                Ok(None)
            }
        }
    }

    async fn subscribe(&self, partitions: Partitions) -> Result<Box<dyn Subscription>, BusError> {
        let status = self.link.signals.status();
        if let Some(why) = status.stream_refused.or(status.consumer_refused) {
            return Err(BusError::Refused(why));
        }
        Ok(Box::new(subscription::Pulled::start(&self.link, partitions)))
    }

    async fn reset(&self) -> Result<(), BusError> {
        self.link.reset().await
    }

    fn incarnation(&self) -> watch::Receiver<Option<u64>> {
        self.link.signals.incarnation.subscribe()
    }

    fn state(&self) -> BusState {
        let status = self.link.signals.status();
        let refused = status.stream_refused.or(status.consumer_refused);
        let server = self.link.context.client().try_server_info();
        let server = server.filter(|server| !server.version.is_empty());
        let mut warnings = Vec::new();
        if let Some(server) = &server {
            warnings.extend(version_warning(&server.version));
            if !server.auth_required {
                warnings.push(
                    "nats-server asks for no credentials: anyone who can reach it \
                     reads and writes every tenant's events"
                        .to_owned(),
                );
            }
        }
        BusState {
            kind: "jetstream",
            connected: self.link.is_connected(),
            ready: refused.is_none() && self.link.here().is_some(),
            server_version: server.map(|server| server.version),
            refused,
            trouble: status.trouble,
            warnings,
        }
    }
}

/// The user and password in a URL, which the client leaves where they are.
fn user_in(url: &str) -> Result<Option<(String, String)>, BusError> {
    // What is wrong with it is not said, since it may hold a password.
    let address: ServerAddr = url
        .parse()
        .map_err(|_| BusError::Refused("the URL of the bus can't be read".to_owned()))?;
    let user = address.username().map(plain);
    Ok(user.map(|user| (user, address.password().map(plain).unwrap_or_default())))
}

/// A part of a URL without its percent signs.
fn plain(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&part.as_bytes()[2..]);
            }
            None => bytes.extend(format!("%{part}").as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The code the server gave as its reason.
fn server_code(error: &PublishError) -> Option<ErrorCode> {
    let source = std::error::Error::source(error)?;
    let reason = source.downcast_ref::<async_nats::jetstream::Error>();
    reason.map(async_nats::jetstream::Error::error_code)
}

fn reconnect_delay(attempts: usize) -> Duration {
    let doubled = 10_u64 << attempts.min(10);
    Duration::from_millis(doubled).min(RECONNECT_MAX)
}

fn version_warning(version: &str) -> Option<String> {
    let mut numbers = version
        .split(['.', '-', '+'])
        .map(|number| number.parse::<u64>().unwrap_or(0))
        .chain(std::iter::repeat(0));
    let mut next = || numbers.next().unwrap_or(0);
    let (major, minor, patch) = OLDEST_GOOD_SERVER;
    ((next(), next(), next()) < OLDEST_GOOD_SERVER).then(|| {
        format!(
            "nats-server {version} is older than {major}.{minor}.{patch}: it can lose its stream \
             when it is killed and can't be told to write through; nothing committed is lost, \
             but events may arrive by the sweep only"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_before_2_10_23_are_warned_of() {
        for old in ["2.9.10", "2.10.22", "2.10.22-beta.1", "1.99.99", "nonsense"] {
            let warning = version_warning(old).unwrap_or_default();
            assert!(warning.contains(old) && warning.contains("2.10.23"), "{old}: {warning}");
        }
        for good in ["2.10.23", "2.10.100", "2.11.0", "2.15.1", "3.0.0"] {
            assert_eq!(version_warning(good), None, "{good}");
        }
    }

    #[test]
    fn the_user_in_a_url_is_taken_out_as_it_is_meant() {
        let user = |url: &str| user_in(url).expect("a URL");
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(user("nats://127.0.0.1:4222"), None);
        assert_eq!(user("tls://api:s3cret@nats.test"), pair("api", "s3cret"));
        assert_eq!(user("nats://a%40b:%C3%BC%25@nats.test"), pair("a@b", "ü%"));
        assert_eq!(user("nats://api@nats.test"), pair("api", ""));
        let Err(BusError::Refused(why)) = user_in("nats://api:s3cret@:x:/") else {
            panic!("this is no URL");
        };
        assert!(!why.contains("s3cret"), "{why}");
    }

    #[test]
    fn reconnecting_is_tried_at_once_and_then_once_a_second() {
        assert!(reconnect_delay(1) <= Duration::from_millis(20));
        assert_eq!(reconnect_delay(7), RECONNECT_MAX);
        assert_eq!(reconnect_delay(usize::MAX), RECONNECT_MAX);
    }
}
