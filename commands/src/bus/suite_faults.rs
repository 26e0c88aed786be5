//! What a bus over JetStream has to survive: servers that are killed, wiped, put back, hung or
//! absent at the start, and streams deleted under it. Asked of each server there is.

use std::time::{Duration, Instant};

use async_nats::jetstream;
use tempfile::TempDir;

use super::ledger::{Heads, Ledger, batch, in_place, tenant, wait_until};
use super::suite::options;
use super::test_nats::TestNats;
use super::{Arrival, Bus, BusError, JetStreamBus, Partitions, STREAM, Subscription};

pub(super) struct Rig {
    pub(super) bus: JetStreamBus,
    pub(super) server: TestNats,
    pub(super) folder: TempDir,
}

pub(super) async fn rigs() -> Vec<Rig> {
    let mut rigs = Vec::new();
    for binary in TestNats::binaries() {
        let folder = tempfile::tempdir().unwrap();
        let server = TestNats::start(binary, folder.path().join("store")).unwrap();
        let bus = JetStreamBus::open(options(&server)).await.unwrap();
        wait_until("the bus is ready", async || bus.state().ready).await;
        rigs.push(Rig { bus, server, folder });
    }
    assert!(!rigs.is_empty());
    rigs
}

/// Publishes until it works; each try that fails has to fail within a bound.
async fn publish_until_healed(bus: &JetStreamBus, first: i64, last: i64) {
    wait_until("publishing works again", async || {
        bus.publish(batch(tenant(1), first, last)).await.is_ok()
    })
    .await;
}

async fn assert_fails_fast(bus: &JetStreamBus) {
    wait_until("the loss is noticed", async || !bus.state().connected).await;
    let started = Instant::now();
    let refusal = bus.publish(batch(tenant(1), 1, 1)).await;
    assert!(matches!(refusal, Err(BusError::Unavailable(_))), "{refusal:?}");
    assert!(started.elapsed() < Duration::from_millis(100), "{:?}", started.elapsed());
    assert!(matches!(bus.last(tenant(1)).await, Err(BusError::Unavailable(_))));
    assert!(!bus.state().ready);
}

/// Publishes one more event and waits until the reader has it: from the bus, or from the log
/// because it was told to look there. A message lost in silence fails the test.
async fn one_more_gets_there(bus: &JetStreamBus, reader: &mut dyn Subscription, before: i64) {
    let heads = Heads::default();
    heads.append(tenant(1), before);
    let mut ledger = Ledger::default();
    ledger.sweep(&heads);
    let position = heads.append(tenant(1), 1);
    bus.publish(batch(tenant(1), position, position)).await.unwrap();
    ledger.follow(reader, &heads).await;
    assert_eq!(ledger.by_bus + ledger.by_log, position, "{ledger:?}");
}

/// The next thing a reader hears is that it lagged; batches before it are passed over.
async fn told_that_it_lagged(reader: &mut dyn Subscription) {
    loop {
        match super::ledger::arrival(reader).await {
            Arrival::Lagged => return,
            Arrival::Batch(_, ack) => ack.done().await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_and_restarted_keeps_what_it_had_and_goes_on() {
    for Rig { bus, mut server, folder: _folder } in rigs().await {
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        for round in 1..=3 {
            one_more_gets_there(&bus, &mut *reader, round - 1).await;
            let before = *bus.incarnation().borrow();
            server.kill9().unwrap();
            assert_fails_fast(&bus).await;
            server.restart().unwrap();
            wait_until("the bus is ready", async || bus.state().ready).await;
            assert!(*bus.incarnation().borrow() > before, "known for another one");
            assert_eq!(bus.last(tenant(1)).await.unwrap(), Some((round, round)));
            told_that_it_lagged(&mut *reader).await;
        }
        one_more_gets_there(&bus, &mut *reader, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_whose_store_was_deleted_is_made_anew() {
    for Rig { bus, mut server, folder: _folder } in rigs().await {
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        bus.publish(batch(tenant(1), 1, 3)).await.unwrap();
        server.kill9().unwrap();
        server.wipe_store().unwrap();
        assert_fails_fast(&bus).await;
        server.restart().unwrap();
        wait_until("the bus is ready", async || bus.state().ready).await;
        assert_eq!(bus.last(tenant(1)).await.unwrap(), None);
        told_that_it_lagged(&mut *reader).await;
        one_more_gets_there(&bus, &mut *reader, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_put_back_to_an_older_copy_shows_older_positions() {
    for Rig { bus, mut server, folder } in rigs().await {
        let copy = folder.path().join("copy");
        bus.publish(batch(tenant(1), 1, 3)).await.unwrap();
        server.kill9().unwrap();
        server.copy_store(&copy).unwrap();
        server.restart().unwrap();
        publish_until_healed(&bus, 4, 8).await;
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        assert_eq!(bus.last(tenant(1)).await.unwrap(), Some((4, 8)));
        server.kill9().unwrap();
        server.put_back_store(&copy).unwrap();
        wait_until("the loss is noticed", async || !bus.state().connected).await;
        server.restart().unwrap();
        wait_until("the bus is ready", async || bus.state().ready).await;
        assert_eq!(bus.last(tenant(1)).await.unwrap(), Some((1, 3)));
        told_that_it_lagged(&mut *reader).await;
        one_more_gets_there(&bus, &mut *reader, 8).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_opens_without_a_server_and_is_there_when_one_comes_up() {
    for binary in TestNats::binaries() {
        let folder = tempfile::tempdir().unwrap();
        let mut server = TestNats::start(binary, folder.path().join("store")).unwrap();
        server.kill9().unwrap();
        let started = Instant::now();
        let bus = JetStreamBus::open(options(&server)).await.unwrap();
        let mut reader = bus.subscribe(Partitions::of([60])).await.unwrap();
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
        assert_fails_fast(&bus).await;
        assert_eq!(bus.state().server_version, None);
        server.restart().unwrap();
        in_place(&mut *reader).await;
        one_more_gets_there(&bus, &mut *reader, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_deleted_under_a_running_bus_is_made_anew() {
    for Rig { bus, server, folder: _folder } in rigs().await {
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        bus.publish(batch(tenant(1), 1, 1)).await.unwrap();
        let client = async_nats::connect(server.url()).await.unwrap();
        jetstream::new(client).delete_stream(STREAM).await.unwrap();
        publish_until_healed(&bus, 2, 2).await;
        told_that_it_lagged(&mut *reader).await;
        one_more_gets_there(&bus, &mut *reader, 2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_does_not_hang_a_publisher() {
    for Rig { bus, mut server, folder: _folder } in rigs().await {
        let pid = server.pid().unwrap().to_string();
        let signal = |name: &str| {
            // The shell's own: a bare machine has no program of that name.
            let kill = format!("kill {name} {pid}");
            let sent = std::process::Command::new("sh").args(["-c", &kill]).status();
            assert!(sent.unwrap().success());
        };
        signal("-STOP");
        let started = Instant::now();
        let refusal = bus.publish(batch(tenant(1), 1, 1)).await;
        assert!(matches!(refusal, Err(BusError::Unavailable(_))), "{refusal:?}");
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        // The pings go unanswered: from then on nobody waits at all.
        assert_fails_fast(&bus).await;
        signal("-CONT");
        publish_until_healed(&bus, 1, 1).await;
        // A publish that is under way when the server dies ends then, not when its time is up.
        signal("-STOP");
        let started = Instant::now();
        let batch = batch(tenant(1), 2, 2);
        let (sent, ()) = tokio::join!(bus.publish(batch), async { server.kill9().unwrap() });
        assert!(matches!(sent, Err(BusError::Unavailable(_))), "{sent:?}");
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        server.restart().unwrap();
        publish_until_healed(&bus, 2, 2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_whose_files_were_deleted_under_it_heals() {
    for Rig { bus, mut server, folder: _folder } in rigs().await {
        let files = server.store().join("jetstream/$G/streams").join(STREAM);
        std::fs::remove_dir_all(files).unwrap();
        // The server goes on for a while with the file it has open.
        let mut position = 0;
        wait_until("the server notices", async || {
            position += 1;
            bus.publish(batch(tenant(1), position, position + 2_000)).await.is_err()
        })
        .await;
        let version = bus.state().server_version.unwrap();
        if !version.starts_with("2.9.") {
            // Newer ones shut JetStream down when their files are gone.
            server.restart().unwrap();
        }
        publish_until_healed(&bus, 1, 1).await;
        assert_eq!(bus.last(tenant(1)).await.unwrap(), Some((1, 1)), "{version}");
        assert_eq!(bus.state().trouble, None);
    }
}
