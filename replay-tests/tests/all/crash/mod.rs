//! The whole service under fire: thirty-two clients of one tenant write over HTTP while the service
//! is killed ten times, PostgreSQL twice, and NATS loses its store three times. Afterwards every
//! client's journal must agree with the log, and the log with itself and with all that is read from
//! it.

mod chaos;
mod clients;
mod http;
mod journal;
mod judge;
pub(crate) mod service;

use std::time::Instant;

use commands::bus::test_nats::TestNats;

use chaos::Chaos;
use clients::Clients;
use service::Service;

use crate::wait::seed;

const CLIENTS: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_command_is_in_the_log_once_whatever_is_killed() {
    let seed = seed(10);
    let began = Instant::now();
    let folder = tempfile::tempdir().expect("a folder");
    let binary = TestNats::binaries().pop().expect("a nats-server");
    let nats = TestNats::start(binary, folder.path().join("store")).expect("a nats-server");
    let mut service = Service::new(folder.path(), &nats.url());
    service.start().await;
    let firm = service.make_firm().await;

    let clients = Clients::start(seed, CLIENTS, &firm);
    let nats = Chaos { seed, service: &mut service, nats, clients: &clients }.run().await;
    let journal = clients.stop().await;
    println!("{} after {:.1} s", journal.summary(), began.elapsed().as_secs_f64());
    assert_eq!(journal.failures(), Vec::<String>::new(), "seed {seed}");

    let events = judge::judge(&service, &firm, &journal).await;
    let program = service.stop().await;
    println!("{events} events, judged after {:.1} s", began.elapsed().as_secs_f64());
    assert!(program.success(), "the service ends in order: {program}");
    service.assert_left_nothing_behind().await;
    drop(nats);
}
