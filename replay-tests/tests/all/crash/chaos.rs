//! The faults, in an order that follows from a seed. After each of them the clients must get on
//! before the next one comes: a service that does not heal by itself fails here.

use commands::bus::SplitMix;
use commands::bus::test_nats::TestNats;

use super::clients::Clients;
use super::service::Service;
use crate::wait::wait_until;

const KILLS: usize = 10;
const DATABASE_KILLS: usize = 2;
const BUS_LOSSES: usize = 3;

#[derive(Debug, Clone, Copy)]
enum Fault {
    /// The service is killed and started again.
    Killed,
    /// The database server is killed under it.
    DatabaseKilled,
    /// The bus is killed, loses all it has stored, and comes back.
    BusLost,
}

pub(crate) struct Chaos<'a> {
    pub(crate) seed: u64,
    pub(crate) service: &'a mut Service,
    pub(crate) nats: TestNats,
    pub(crate) clients: &'a Clients,
}

impl Chaos<'_> {
    /// Lets every fault happen, and answers the bus, which runs again.
    pub(crate) async fn run(mut self) -> TestNats {
        let mut random = SplitMix::new(self.seed);
        for fault in order(&mut random) {
            self.clients_get_on(20 + random.below(60) as usize).await;
            match fault {
                Fault::Killed => {
                    self.service.kill9().await;
                    self.service.start().await;
                }
                Fault::DatabaseKilled => self.service.kill_postgres().await,
                Fault::BusLost => {
                    self.nats.kill9().expect("killed");
                    self.nats.wipe_store().expect("wiped");
                    self.clients_get_on(20).await;
                    self.nats.restart().expect("up again");
                }
            }
            assert!(self.service.is_running(), "{fault:?}: {}", self.service.log());
        }
        self.clients_get_on(50).await;
        self.nats
    }

    async fn clients_get_on(&self, by: usize) {
        let target = self.clients.journal.done() + by;
        wait_until("the clients get on", async || self.clients.journal.done() >= target).await;
    }
}

/// Every fault as often as it shall happen, shuffled.
fn order(random: &mut SplitMix) -> Vec<Fault> {
    let mut faults = [
        vec![Fault::Killed; KILLS],
        vec![Fault::DatabaseKilled; DATABASE_KILLS],
        vec![Fault::BusLost; BUS_LOSSES],
    ]
    .concat();
    for last in (1..faults.len()).rev() {
        faults.swap(last, random.below(last as u64 + 1) as usize);
    }
    faults
}
