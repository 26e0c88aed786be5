//! The relay over a real nats-server that is killed, wiped and put back to an older copy while
//! commits go on: a reader that pulls gaps and sweeps when told to has every position once.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::RelayOptions;
use super::tests::Running;
use crate::bus::ledger::{Heads, Ledger, in_place, tenant, wait_until};
use crate::bus::test_nats::TestNats;
use crate::bus::{Bus, FaultyBus, JetStreamBus, JetStreamOptions, Partitions, SplitMix};

struct Rig {
    bus: Arc<dyn Bus>,
    server: TestNats,
    folder: TempDir,
}

async fn rigs() -> Vec<Rig> {
    let mut rigs = Vec::new();
    for binary in TestNats::binaries() {
        let folder = tempfile::tempdir().unwrap();
        let server = TestNats::start(binary, folder.path().join("store")).unwrap();
        let max_bytes = 64 * 1024 * 1024;
        let options = JetStreamOptions { max_bytes, ..JetStreamOptions::new(server.url()) };
        let bus: Arc<dyn Bus> = Arc::new(JetStreamBus::open(options).await.unwrap());
        rigs.push(Rig { bus, server, folder });
    }
    assert!(!rigs.is_empty());
    rigs
}

fn options() -> RelayOptions {
    RelayOptions { sweep_every: Duration::from_millis(200), ..RelayOptions::default() }
}

/// Commits to a few tenants while a reader follows, until all is read.
async fn commit_and_follow(
    relay: &Running,
    ledger: &mut Ledger,
    reader: &mut dyn crate::bus::Subscription,
    random: &mut SplitMix,
) {
    for _ in 0..40 {
        let events = 1 + i64::try_from(random.below(20)).unwrap();
        relay.append(tenant(random.below(7).into()), events);
    }
    ledger.follow(reader, &relay.heads).await;
}

/// That the bus holds the newest position of each tenant, which it does only if the relay goes on.
async fn bus_catches_up(bus: &dyn Bus, heads: &Heads) {
    wait_until("the bus has every head", async || {
        for (tenant, head) in heads.all() {
            if !matches!(bus.last(tenant).await, Ok(Some((_, last))) if last == head) {
                return false;
            }
        }
        true
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_wiped_and_put_back_costs_no_position() {
    let seed = 4;
    for Rig { bus, mut server, folder } in rigs().await {
        let mut random = SplitMix::new(seed);
        let relay = Running::start(Arc::default(), bus.clone(), options());
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        let mut ledger = Ledger::default();
        commit_and_follow(&relay, &mut ledger, &mut *reader, &mut random).await;
        bus_catches_up(&*bus, &relay.heads).await;
        let copy = folder.path().join("copy");
        server.kill9().unwrap();
        server.copy_store(&copy).unwrap();
        server.restart().unwrap();
        for round in 0..9 {
            commit_and_follow(&relay, &mut ledger, &mut *reader, &mut random).await;
            // Some of these are acknowledged and unread when the server dies.
            for number in 0..7 {
                relay.append(tenant(number), 3);
            }
            server.kill9().unwrap();
            match round % 3 {
                0 => {}
                1 => server.wipe_store().unwrap(),
                _ => server.put_back_store(&copy).unwrap(),
            }
            relay.append(tenant(round), 2);
            server.restart().unwrap();
            ledger.follow(&mut *reader, &relay.heads).await;
        }
        commit_and_follow(&relay, &mut ledger, &mut *reader, &mut random).await;
        bus_catches_up(&*bus, &relay.heads).await;
        let all: i64 = relay.heads.all().iter().map(|(_, head)| head).sum();
        assert_eq!(ledger.by_bus + ledger.by_log, all, "seed {seed}: {ledger:?}");
        assert!(ledger.lagged >= 9 && ledger.by_bus > 0, "seed {seed}: {ledger:?}");
        relay.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_database_makes_the_stream_anew() {
    for Rig { bus, server: _server, folder: _folder } in rigs().await {
        let heads = Arc::new(Heads::default());
        let relay = Running::start(heads.clone(), bus.clone(), options());
        for number in 0..20 {
            relay.append(tenant(number), 50);
        }
        bus_catches_up(&*bus, &heads).await;
        relay.stop().await;
        let before = bus.incarnation().borrow().unwrap();

        for number in 0..20 {
            heads.put_back(tenant(number), 30);
        }
        let mut reader = bus.subscribe(Partitions::all()).await.unwrap();
        let relay = Running::start(heads.clone(), bus.clone(), options());
        bus_catches_up(&*bus, &heads).await;
        assert!(bus.incarnation().borrow().unwrap() > before);
        relay.append(tenant(3), 4);
        let mut ledger = Ledger::default();
        ledger.follow(&mut *reader, &heads).await;
        assert_eq!(ledger.by_bus + ledger.by_log, 20 * 30 + 4, "{ledger:?}");
        relay.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_on_one_log_repeat_at_most_and_lose_nothing() {
    for Rig { bus, server, folder: _folder } in rigs().await {
        let heads = Arc::new(Heads::default());
        let options_of_other =
            JetStreamOptions { max_bytes: 64 * 1024 * 1024, ..JetStreamOptions::new(server.url()) };
        let other: Arc<dyn Bus> = Arc::new(JetStreamBus::open(options_of_other).await.unwrap());
        let mut reader = other.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        let one = Running::start(heads.clone(), bus.clone(), options());
        let two = Running::start(heads.clone(), other.clone(), options());
        let (mut ledger, mut random) = (Ledger::default(), SplitMix::new(5));
        for _ in 0..10 {
            commit_and_follow(&one, &mut ledger, &mut *reader, &mut random).await;
            commit_and_follow(&two, &mut ledger, &mut *reader, &mut random).await;
        }
        let all: i64 = heads.all().iter().map(|(_, head)| head).sum();
        assert_eq!(ledger.by_bus + ledger.by_log, all, "{ledger:?}");
        one.stop().await;
        two.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_and_a_reader_over_a_faulty_jetstream_end_up_equal() {
    for Rig { bus, mut server, folder: _folder } in rigs().await {
        let faulty: Arc<dyn Bus> = Arc::new(FaultyBus::new(bus, 9));
        let mut reader = faulty.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        let relay = Running::start(Arc::default(), faulty, options());
        let (mut ledger, mut random) = (Ledger::default(), SplitMix::new(9));
        for round in 0..60 {
            if round == 30 {
                server.restart().unwrap();
            }
            relay.append(tenant(random.below(3).into()), 2);
            let wait = Duration::from_millis(10);
            while let Ok(Some(arrival)) = tokio::time::timeout(wait, reader.next()).await {
                match arrival {
                    crate::bus::Arrival::Batch(batch, ack) => {
                        ledger.apply(&batch, &relay.heads);
                        ack.done().await;
                    }
                    crate::bus::Arrival::Lagged => ledger.sweep(&relay.heads),
                }
            }
        }
        ledger.sweep(&relay.heads);
        assert_eq!(ledger.by_bus + ledger.by_log, 120, "{ledger:?}");
        assert!(ledger.gaps > 0 && ledger.repeated > 0 && ledger.by_bus > 0, "{ledger:?}");
        relay.stop().await;
    }
}
