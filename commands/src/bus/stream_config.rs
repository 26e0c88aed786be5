//! What the stream and its consumers have to look like. A server that doesn't know a setting drops
//! it in silence, so each configuration is read back and compared with what was asked for.

use std::time::Duration;

use async_nats::jetstream::consumer::{self, AckPolicy, DeliverPolicy, ReplayPolicy, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use super::{JetStreamOptions, MAX_BODY, STREAM};

/// How long a message lives. Whoever was away longer reads the log.
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// Room for headers beside a body.
const MAX_HEADERS: usize = 4 * 1024;
/// How many deliveries a consumer may have without an ack before it's given no more.
const MAX_ACK_PENDING: i64 = 256;
/// Consumers nobody reads from are dropped by the server after this time.
const INACTIVE: Duration = Duration::from_secs(60);
const ACK_WAIT: Duration = Duration::from_secs(30);
const MAX_DELIVER: i64 = 5;

/// The stream as it has to be.
pub(super) fn stream(options: &JetStreamOptions) -> Config {
    Config {
        name: STREAM.to_owned(),
        subjects: vec!["ev.*.*".to_owned()],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        max_age: MAX_AGE,
        max_bytes: options.max_bytes,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: 1024,
        max_message_size: i32::try_from(MAX_BODY + MAX_HEADERS).expect("half a MiB fits"),
        num_replicas: options.replicas,
        duplicate_window: options.duplicate_window,
        ..Config::default()
    }
}

/// A consumer of one partition, or of all when `number` is `None`. It has exactly one filter:
/// servers before 2.10 ignore a list of them and would send every tenant's messages.
pub(super) fn consumer(number: Option<u8>) -> pull::Config {
    pull::Config {
        deliver_policy: DeliverPolicy::New,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_deliver: MAX_DELIVER,
        max_ack_pending: MAX_ACK_PENDING,
        replay_policy: ReplayPolicy::Instant,
        filter_subject: number.map_or("ev.*.*".to_owned(), |number| format!("ev.{number}.*")),
        inactive_threshold: INACTIVE,
        memory_storage: true,
        ..pull::Config::default()
    }
}

macro_rules! differences {
    ($wanted:ident, $found:ident, [$($field:ident),+ $(,)?]) => {{
        let mut differences = Vec::new();
        $(if $wanted.$field != $found.$field {
            let (wanted, found) = (&$wanted.$field, &$found.$field);
            differences.push(format!(
                "{} is {found:?} and should be {wanted:?}", stringify!($field)
            ));
        })+
        differences
    }};
}

/// What differs between the stream that was asked for and the one that is there, in words.
pub(super) fn stream_differences(wanted: &Config, found: &Config) -> Vec<String> {
    differences!(
        wanted,
        found,
        [
            name,
            subjects,
            retention,
            discard,
            discard_new_per_subject,
            storage,
            max_age,
            max_bytes,
            max_messages,
            max_messages_per_subject,
            max_consumers,
            max_message_size,
            num_replicas,
            duplicate_window,
            no_ack,
            sealed,
            allow_rollup,
            deny_delete,
            deny_purge,
            mirror,
            sources,
            republish,
        ]
    )
}

/// What differs between the consumer that was asked for and the one that is there, in words.
pub(super) fn consumer_differences(wanted: &pull::Config, found: &consumer::Config) -> Vec<String> {
    let mut differences = differences!(
        wanted,
        found,
        [
            durable_name,
            deliver_policy,
            ack_policy,
            ack_wait,
            max_deliver,
            max_ack_pending,
            replay_policy,
            filter_subject,
            inactive_threshold,
            memory_storage,
            headers_only,
            rate_limit,
        ]
    );
    if let Some(subject) = &found.deliver_subject {
        differences.push(format!("deliver_subject is {subject} and should be absent"));
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_nats::jetstream::consumer::IntoConsumerConfig;

    #[test]
    fn a_stream_that_differs_is_told_field_by_field() {
        let wanted = stream(&JetStreamOptions::new("nats://127.0.0.1"));
        let mut found = wanted.clone();
        assert!(stream_differences(&wanted, &found).is_empty());
        found.max_age = Duration::from_secs(60);
        found.storage = StorageType::Memory;
        assert_eq!(
            stream_differences(&wanted, &found),
            ["storage is Memory and should be File", "max_age is 60s and should be 86400s",]
        );
    }

    #[test]
    fn a_consumer_that_lost_its_filter_is_noticed() {
        let wanted = consumer(Some(7));
        let mut found = wanted.clone().into_consumer_config();
        assert!(consumer_differences(&wanted, &found).is_empty());
        found.filter_subject = String::new();
        assert_eq!(
            consumer_differences(&wanted, &found),
            ["filter_subject is \"\" and should be \"ev.7.*\""]
        );
    }
}
