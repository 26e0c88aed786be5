//! What every bus has to do, asked of the in-process bus and of JetStream on each server there is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tempfile::TempDir;

use super::ledger::{Heads, Ledger, batch, in_place, next_batch, tenant, wait_until};
use super::test_nats::TestNats;
use super::{
    Arrival, Batch, Bus, BusError, FaultyBus, InProcessBus, JetStreamBus, JetStreamOptions,
    MAX_BODY, Partitions, partition,
};

/// A bus under test with what it stands on. A field's place is the order of its end.
struct Rig {
    bus: Arc<dyn Bus>,
    name: String,
    _server: Option<(TestNats, TempDir)>,
}

#[derive(Clone, Copy)]
enum Kind {
    InProcess,
    JetStream,
}

impl Kind {
    /// A fresh bus of this kind, for JetStream one on each server binary.
    async fn rigs(self, duplicate_window: Duration) -> Vec<Rig> {
        match self {
            Kind::InProcess => {
                let bus = Arc::new(InProcessBus::with_ring(64));
                vec![Rig { bus, name: "in-process".to_owned(), _server: None }]
            }
            Kind::JetStream => {
                let mut rigs = Vec::new();
                for binary in TestNats::binaries() {
                    let name = binary.display().to_string();
                    let folder = tempfile::tempdir().unwrap();
                    let server = TestNats::start(binary, folder.path().join("store")).unwrap();
                    let options = JetStreamOptions { duplicate_window, ..options(&server) };
                    let bus: Arc<dyn Bus> = Arc::new(JetStreamBus::open(options).await.unwrap());
                    wait_until("the bus is ready", async || bus.state().ready).await;
                    rigs.push(Rig { bus, name, _server: Some((server, folder)) });
                }
                assert!(!rigs.is_empty());
                rigs
            }
        }
    }
}

pub(super) fn options(server: &TestNats) -> JetStreamOptions {
    JetStreamOptions { max_bytes: 64 * 1024 * 1024, ..JetStreamOptions::new(server.url()) }
}

const WINDOW: Duration = Duration::from_secs(120);

macro_rules! asked_of_every_bus {
    ($($(#[$attribute:meta])* $case:ident($window:expr)),+ $(,)?) => {
        mod in_process {
            $(#[tokio::test] async fn $case() {
                for rig in super::Kind::InProcess.rigs($window).await { super::$case(&rig).await }
            })+
        }
        mod jetstream {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
                for rig in super::Kind::JetStream.rigs($window).await { super::$case(&rig).await }
            })+
        }
    };
}

asked_of_every_bus![
    batches_of_a_tenant_arrive_in_order(super::WINDOW),
    two_tenants_with_equal_positions_never_mix(super::WINDOW),
    a_message_sent_twice_arrives_once(super::WINDOW),
    a_message_repeated_after_the_window_does_no_harm(std::time::Duration::from_millis(100)),
    the_last_positions_are_those_of_the_newest_message(super::WINDOW),
    a_batch_too_large_is_refused_by_name(super::WINDOW),
    positions_no_log_has_are_refused(super::WINDOW),
    a_reader_of_some_partitions_gets_only_theirs(super::WINDOW),
    a_reset_forgets_every_message_and_says_so(super::WINDOW),
    a_slow_reader_ends_up_at_the_head(super::WINDOW),
    half_dropped_doubled_and_reordered_ends_up_at_the_head(super::WINDOW),
    two_readers_get_everything_each(super::WINDOW),
];

async fn batches_of_a_tenant_arrive_in_order(rig: &Rig) {
    let mut reader = rig.bus.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    for position in 1..=60 {
        rig.bus.publish(batch(tenant(1), position, position)).await.unwrap();
    }
    for position in 1..=60 {
        assert_eq!(next_batch(&mut *reader).await, batch(tenant(1), position, position));
    }
}

async fn two_tenants_with_equal_positions_never_mix(rig: &Rig) {
    let mut reader = rig.bus.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    for first in [1, 4, 7, 10] {
        for number in [1, 2] {
            rig.bus.publish(batch(tenant(number), first, first + 2)).await.unwrap();
        }
    }
    let heads = Heads::default();
    heads.append(tenant(1), 12);
    heads.append(tenant(2), 12);
    let mut ledger = Ledger::default();
    for _ in 0..8 {
        ledger.apply(&next_batch(&mut *reader).await, &heads);
    }
    assert!(ledger.is_at(&heads), "{ledger:?}");
    assert_eq!((ledger.by_bus, ledger.by_log, ledger.repeated), (24, 0, 0), "{}", rig.name);
}

async fn a_message_sent_twice_arrives_once(rig: &Rig) {
    let mut reader = rig.bus.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    let (one, two) = (batch(tenant(1), 1, 3), batch(tenant(1), 4, 4));
    for sent in [&one, &one, &two] {
        rig.bus.publish(sent.clone()).await.unwrap();
    }
    assert_eq!(next_batch(&mut *reader).await, one);
    assert_eq!(next_batch(&mut *reader).await, two);
}

async fn a_message_repeated_after_the_window_does_no_harm(rig: &Rig) {
    let mut reader = rig.bus.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    let heads = Heads::default();
    heads.append(tenant(1), 4);
    let mut ledger = Ledger::default();
    let one = batch(tenant(1), 1, 3);
    rig.bus.publish(one.clone()).await.unwrap();
    rig.bus.publish(batch(tenant(1), 4, 4)).await.unwrap();
    for _ in 0..2 {
        ledger.apply(&next_batch(&mut *reader).await, &heads);
    }
    // When exactly a server forgets an id is its own affair, so it's sent until it comes again.
    wait_until("a message came again", async || {
        rig.bus.publish(one.clone()).await.unwrap();
        let next = tokio::time::timeout(Duration::from_millis(50), reader.next()).await;
        if let Ok(Some(Arrival::Batch(batch, ack))) = next {
            ledger.apply(&batch, &heads);
            ack.done().await;
        }
        ledger.repeated > 0
    })
    .await;
    assert_eq!((ledger.by_bus, ledger.by_log, ledger.checkpoint(tenant(1))), (4, 0, 4));
}

async fn the_last_positions_are_those_of_the_newest_message(rig: &Rig) {
    assert_eq!(rig.bus.last(tenant(1)).await.unwrap(), None);
    rig.bus.publish(batch(tenant(1), 1, 3)).await.unwrap();
    rig.bus.publish(batch(tenant(1), 4, 9)).await.unwrap();
    rig.bus.publish(batch(tenant(2), 1, 1)).await.unwrap();
    assert_eq!(rig.bus.last(tenant(1)).await.unwrap(), Some((4, 9)));
    assert_eq!(rig.bus.last(tenant(2)).await.unwrap(), Some((1, 1)));
    assert_eq!(rig.bus.last(tenant(3)).await.unwrap(), None);
}

async fn a_batch_too_large_is_refused_by_name(rig: &Rig) {
    let mut reader = rig.bus.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    let sized = |first, bytes| {
        let body = Bytes::from(vec![b'x'; bytes]);
        Batch { tenant: tenant(1), first, last: first, body }
    };
    let refusal = rig.bus.publish(sized(1, MAX_BODY + 1)).await;
    assert_eq!(refusal, Err(BusError::TooLarge { bytes: MAX_BODY + 1, limit: MAX_BODY }));
    rig.bus.publish(sized(1, MAX_BODY + 1).without_body()).await.unwrap();
    rig.bus.publish(sized(2, MAX_BODY)).await.unwrap();
    assert!(next_batch(&mut *reader).await.is_positions_only());
    assert_eq!(next_batch(&mut *reader).await, sized(2, MAX_BODY), "{}", rig.name);
}

async fn positions_no_log_has_are_refused(rig: &Rig) {
    for (first, last) in [(0, 1), (-1, 1), (3, 2)] {
        let bad = Batch { tenant: tenant(1), first, last, body: Bytes::new() };
        assert_eq!(rig.bus.publish(bad).await, Err(BusError::BadPositions { first, last }));
    }
    assert_eq!(rig.bus.last(tenant(1)).await.unwrap(), None);
}

async fn a_reader_of_some_partitions_gets_only_theirs(rig: &Rig) {
    // The partitions 55, 60 and 42: see the test of the hash.
    let (here, also_here, elsewhere) = (tenant(0), tenant(1), tenant(0xAB));
    let some = Partitions::of([partition(here), partition(also_here)]);
    let mut reader = rig.bus.subscribe(some).await.unwrap();
    in_place(&mut *reader).await;
    if rig.bus.state().kind == "jetstream" {
        // Each of the two has a consumer of its own, that says by itself that it's in place.
        in_place(&mut *reader).await;
    }
    for tenant in [elsewhere, here, elsewhere, also_here] {
        let first = rig.bus.last(tenant).await.unwrap().map_or(1, |(_, last)| last + 1);
        rig.bus.publish(batch(tenant, first, first)).await.unwrap();
    }
    let mut seen = [next_batch(&mut *reader).await.tenant, next_batch(&mut *reader).await.tenant];
    seen.sort();
    assert_eq!(seen, [here, also_here]);
}

async fn a_reset_forgets_every_message_and_says_so(rig: &Rig) {
    let mut reader = rig.bus.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    rig.bus.publish(batch(tenant(1), 1, 9)).await.unwrap();
    assert_eq!(next_batch(&mut *reader).await.last, 9);
    let mut incarnation = rig.bus.incarnation();
    let before = *incarnation.borrow_and_update();
    rig.bus.reset().await.unwrap();
    assert!(*incarnation.borrow() > before && incarnation.has_changed().unwrap());
    assert_eq!(rig.bus.last(tenant(1)).await.unwrap(), None);
    in_place(&mut *reader).await;
    // The same positions again are not taken for a repetition of what was forgotten.
    rig.bus.publish(batch(tenant(1), 1, 9)).await.unwrap();
    assert_eq!(next_batch(&mut *reader).await, batch(tenant(1), 1, 9), "{}", rig.name);
}

async fn a_slow_reader_ends_up_at_the_head(rig: &Rig) {
    let mut reader = rig.bus.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    let heads = Heads::default();
    for _ in 0..500 {
        let head = heads.append(tenant(1), 1);
        rig.bus.publish(batch(tenant(1), head, head)).await.unwrap();
    }
    let mut ledger = Ledger::default();
    ledger.follow(&mut *reader, &heads).await;
    match rig.bus.state().kind {
        // The ring holds 64 messages: the reader has to be told.
        "in-process" => assert_eq!(ledger.lagged, 1, "{ledger:?}"),
        _ => assert_eq!((ledger.by_bus, ledger.by_log), (500, 0), "{}: {ledger:?}", rig.name),
    }
}

async fn half_dropped_doubled_and_reordered_ends_up_at_the_head(rig: &Rig) {
    let seed = 20_260_727;
    let faulty = FaultyBus::new(rig.bus.clone(), seed);
    let mut reader = faulty.subscribe(Partitions::all()).await.unwrap();
    in_place(&mut *reader).await;
    let heads = Heads::default();
    let mut ledger = Ledger::default();
    for round in 0..300_i64 {
        let (tenant, events) = (tenant(u128::try_from(round % 3).unwrap()), 1 + round % 4);
        let head = heads.append(tenant, events);
        faulty.publish(batch(tenant, head - events + 1, head)).await.unwrap();
        // Read along, so that the small ring of the in-process bus isn't what is tested here.
        while let Ok(Some(arrival)) =
            tokio::time::timeout(Duration::from_millis(1), reader.next()).await
        {
            let Arrival::Batch(batch, ack) = arrival else { panic!("nothing lagged") };
            ledger.apply(&batch, &heads);
            ack.done().await;
        }
    }
    // The very last message of a tenant may be among the lost: that is what the sweep is for.
    ledger.sweep(&heads);
    assert!(ledger.is_at(&heads));
    let all: i64 = heads.all().iter().map(|(_, head)| head).sum();
    assert_eq!(ledger.by_bus + ledger.by_log, all, "seed {seed}: {ledger:?}");
    assert!(ledger.repeated >= 30 && ledger.gaps >= 30, "too few faults: {ledger:?}");
}

async fn two_readers_get_everything_each(rig: &Rig) {
    let mut readers = Vec::new();
    for _ in 0..2 {
        let mut reader = rig.bus.subscribe(Partitions::all()).await.unwrap();
        in_place(&mut *reader).await;
        readers.push(reader);
    }
    for position in 1..=20 {
        rig.bus.publish(batch(tenant(1), position, position)).await.unwrap();
    }
    for reader in &mut readers {
        for position in 1..=20 {
            assert_eq!(next_batch(&mut **reader).await.first, position);
        }
    }
}
