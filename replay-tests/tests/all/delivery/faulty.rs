//! A bus that drops, doubles, reorders and delays half of what it carries, and one over which the
//! whole log comes again, shuffled.

use std::sync::Arc;
use std::time::Duration;

use commands::bus::{Bus, FaultyBus, InProcessBus, MAX_BODY, SplitMix};
use commands::relay::{CommittedLog, pack};

use super::joined::{Joined, settle};
use crate::busy::Busy;
use crate::firm::Firm;
use crate::wait::seed;

const SOON: Duration = Duration::from_millis(300);
/// A sweep that a test does not live to see: what arrives, arrives over the bus.
const NEVER: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_lost_doubled_reordered_and_late_leave_the_rows_of_a_fresh_fold() {
    for seed in [seed(1), 2, 3] {
        let firm = Firm::new().await;
        let bus: Arc<dyn Bus> = Arc::new(FaultyBus::new(Arc::new(InProcessBus::default()), seed));
        let joined = Joined::start(&firm, bus, SOON);
        let busy = Busy::begin(&firm.commands, firm.id()).await;
        let mut random = SplitMix::new(seed);
        for round in 0..4 {
            for _ in 0..40 {
                busy.work(&mut random).await;
            }
            let head = settle(&firm).await;
            assert!(head > round * 20, "seed {seed}: little was written");
        }
        assert!(joined.batches() > 20, "seed {seed}: {:?}", joined.arrived);
        joined.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_on_one_tenant_count_each_event_once() {
    let seed = seed(4);
    let firm = Firm::new().await;
    let bus: Arc<dyn Bus> = Arc::new(FaultyBus::new(Arc::new(InProcessBus::default()), seed));
    let one = Joined::start(&firm, bus.clone(), SOON);
    let two = Joined::start(&firm, bus, SOON);
    let busy = Busy::begin(&firm.commands, firm.id()).await;
    let mut random = SplitMix::new(seed);
    for _ in 0..150 {
        busy.work(&mut random).await;
    }
    settle(&firm).await;
    assert!(one.batches() > 20 && two.batches() > 20, "{:?} {:?}", one.arrived, two.arrived);
    one.stop().await;
    settle(&firm).await;
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sound_bus_brings_every_event_without_a_sweep() {
    let firm = Firm::new().await;
    let joined = Joined::start(&firm, Arc::new(InProcessBus::default()), NEVER);
    let busy = Busy::begin(&firm.commands, firm.id()).await;
    let mut random = SplitMix::new(seed(5));
    for _ in 0..60 {
        busy.work(&mut random).await;
    }
    settle(&firm).await;
    joined.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_log_come_twice_more_and_shuffled_changes_nothing() {
    let seed = seed(6);
    let firm = Firm::new().await;
    let joined = Joined::start(&firm, Arc::new(InProcessBus::default()), SOON);
    let busy = Busy::begin(&firm.commands, firm.id()).await;
    let mut random = SplitMix::new(seed);
    for _ in 0..60 {
        busy.work(&mut random).await;
    }
    let head = settle(&firm).await;
    let events = firm.log().read_after(firm.id(), 0, MAX_BODY).await.expect("the log");
    assert_eq!(events.len() as i64, head);
    // Messages of one to five events, each twice, in any order, between new ones.
    let mut batches = Vec::new();
    let mut rest = &events[..];
    while !rest.is_empty() {
        let (some, others) = rest.split_at(rest.len().min(1 + random.below(5) as usize));
        batches.extend(pack(firm.id(), some.to_vec()));
        batches.extend(pack(firm.id(), some.to_vec()));
        rest = others;
    }
    while !batches.is_empty() {
        let chosen = random.below(batches.len() as u64) as usize;
        joined.bus.publish(batches.swap_remove(chosen)).await.expect("published");
        if random.below(4) == 0 {
            busy.work(&mut random).await;
        }
    }
    assert!(settle(&firm).await > head);
    joined.stop().await;
}
