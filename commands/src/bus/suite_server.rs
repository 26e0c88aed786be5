//! What a bus demands of a server and of the messages there: the configuration it asked for, and
//! messages whose parts agree. Asked of each server there is.

use async_nats::jetstream::{self, stream};
use bytes::Bytes;

use super::ledger::{batch, in_place, next_batch, tenant, wait_until};
use super::suite::options;
use super::suite_faults::{Rig, rigs};
use super::test_nats::TestNats;
use super::{Bus, BusError, JetStreamBus, Partitions, STREAM, envelope, message_id, subject};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_set_up_otherwise_is_refused_by_name_until_it_is_reset() {
    for binary in TestNats::binaries() {
        let folder = tempfile::tempdir().unwrap();
        let server = TestNats::start(binary, folder.path().join("store")).unwrap();
        let other = stream::Config {
            name: STREAM.to_owned(),
            subjects: vec!["ev.>".to_owned()],
            storage: stream::StorageType::Memory,
            ..stream::Config::default()
        };
        let client = async_nats::connect(server.url()).await.unwrap();
        jetstream::new(client).create_stream(other).await.unwrap();

        let bus = JetStreamBus::open(options(&server)).await.unwrap();
        wait_until("the bus is refused", async || bus.state().refused.is_some()).await;
        assert!(!bus.state().ready);
        let Err(BusError::Refused(why)) = bus.publish(batch(tenant(1), 1, 1)).await else {
            panic!("not refused: {:?}", bus.state())
        };
        for field in ["subjects is [\"ev.>\"]", "storage is Memory", "max_age is 0ns"] {
            assert!(why.contains(field), "{field} is missing in: {why}");
        }
        assert!(matches!(bus.subscribe(Partitions::all()).await, Err(BusError::Refused(_))));
        bus.reset().await.unwrap();
        assert_eq!(bus.state().refused, None);
        bus.publish(batch(tenant(1), 1, 1)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_message_is_dropped_and_the_next_one_arrives() {
    for Rig { bus, server, folder: _folder } in rigs().await {
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        let forger = jetstream::new(async_nats::connect(server.url()).await.unwrap());
        let (ours, theirs) = (batch(tenant(1), 1, 2), batch(tenant(2), 1, 2));
        // Another tenant's events on our subject, with their headers and without any.
        let headers = envelope::headers(&theirs);
        let sent = forger.publish_with_headers(subject(ours.tenant), headers, theirs.body.clone());
        sent.await.unwrap().await.unwrap();
        let bare = forger.publish(subject(ours.tenant), Bytes::from_static(b"{}"));
        bare.await.unwrap().await.unwrap();
        assert_eq!(bus.last(ours.tenant).await.unwrap(), None);
        // On our subject, as ours, but in a partition that isn't ours.
        let wrong = subject(ours.tenant).replacen("ev.60.", "ev.61.", 1);
        let headers = envelope::headers(&ours);
        let sent = forger.publish_with_headers(wrong, headers, ours.body.clone());
        sent.await.unwrap().await.unwrap();
        let next = batch(tenant(1), 3, 3);
        assert_ne!(message_id(&next), message_id(&ours));
        bus.publish(next.clone()).await.unwrap();
        assert_eq!(next_batch(&mut *reader).await, next);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_subscription_takes_its_consumers_off_the_server() {
    for Rig { bus, server, folder: _folder } in rigs().await {
        let mut reader = bus.subscribe(Partitions::of([1, 2, 3])).await.unwrap();
        for _ in 0..3 {
            in_place(&mut *reader).await;
        }
        let client = jetstream::new(async_nats::connect(server.url()).await.unwrap());
        let consumers = async || {
            let stream = client.get_stream(STREAM).await.unwrap();
            stream.cached_info().state.consumer_count
        };
        assert_eq!(consumers().await, 3);
        drop(reader);
        wait_until("the consumers are gone", async || consumers().await == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_state_names_the_version_and_warns_of_old_servers() {
    for binary in TestNats::binaries() {
        let printed = std::process::Command::new(&binary).arg("--version").output().unwrap();
        let printed = String::from_utf8(printed.stdout).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let server = TestNats::start(binary, folder.path().join("store")).unwrap();
        let bus = JetStreamBus::open(options(&server)).await.unwrap();
        wait_until("the bus is ready", async || bus.state().ready).await;
        let state = bus.state();
        let version = state.server_version.unwrap();
        assert!(printed.trim().ends_with(&version), "{printed} is not {version}");
        let warned = state.warnings.iter().any(|warning| warning.contains("older than 2.10.23"));
        assert_eq!(warned, version.starts_with("2.9."), "{version}: {:?}", state.warnings);
        assert!(state.warnings.iter().any(|warning| warning.contains("no credentials")));
    }
}
