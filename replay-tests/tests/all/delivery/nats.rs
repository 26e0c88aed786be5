//! A real nats-server, each version there is, that is killed, wiped and put back to an older copy
//! while appends go on. Commands are accepted all the time; nobody has to help.

use std::sync::Arc;
use std::time::Duration;

use commands::bus::test_nats::TestNats;
use commands::bus::{Bus, JetStreamBus, JetStreamOptions, SplitMix};

use super::joined::{Joined, bus_catches_up, settle};
use crate::busy::Busy;
use crate::firm::Firm;
use crate::wait::seed;

const SWEEP: Duration = Duration::from_millis(500);

async fn bus_on(server: &TestNats) -> Arc<dyn Bus> {
    let max_bytes = 64 * 1024 * 1024;
    let options = JetStreamOptions { max_bytes, ..JetStreamOptions::new(server.url()) };
    Arc::new(JetStreamBus::open(options).await.expect("a bus that connects by itself"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_wiped_and_put_back_costs_no_read_model_an_event() {
    for binary in TestNats::binaries() {
        let seed = seed(7);
        println!("{}", binary.display());
        let folder = tempfile::tempdir().expect("a folder");
        let mut server = TestNats::start(binary, folder.path().join("store")).expect("a server");
        let firm = Firm::new().await;
        let joined = Joined::start(&firm, bus_on(&server).await, SWEEP);
        let busy = Busy::begin(&firm.commands, firm.id()).await;
        let mut random = SplitMix::new(seed);
        let mut work = async |commands| {
            for _ in 0..commands {
                busy.work(&mut random).await;
            }
        };
        work(30).await;
        settle(&firm).await;
        bus_catches_up(&firm, &*joined.bus).await;
        let copy = folder.path().join("copy");
        server.kill9().expect("killed");
        server.copy_store(&copy).expect("copied");
        server.restart().expect("up again");
        for round in 0..6 {
            work(15).await;
            server.kill9().expect("killed");
            match round % 3 {
                0 => {}
                1 => server.wipe_store().expect("wiped"),
                _ => server.put_back_store(&copy).expect("put back"),
            }
            // With the bus away, commands land and read models follow by the sweep.
            work(15).await;
            settle(&firm).await;
            server.restart().expect("up again");
            work(15).await;
            settle(&firm).await;
        }
        bus_catches_up(&firm, &*joined.bus).await;
        assert!(joined.batches() > 0, "{:?}", joined.arrived);
        joined.stop().await;
    }
}
