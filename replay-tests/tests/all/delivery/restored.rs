//! The database put back to an earlier moment, as after a disaster, while the bus still holds
//! events that are not in the log any more: the bus is reset, and the read models are those of the
//! log.

use std::path::Path;
use std::process::Command;

use commands::bus::test_nats::TestNats;
use commands::event_log::read::head_of;
use commands::{IdempotencyKey, Sender};
use domain::id::TenantId;
use domain::log::{Actor, Via};

use super::embedded::Running;
use crate::wait::seed;

/// Copies a folder with owners and modes: as root, the server runs under another account.
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp is there");
    assert!(copied.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_put_back_to_an_earlier_moment_resets_the_bus_and_goes_on() {
    let seed = seed(8);
    let folder = tempfile::tempdir().expect("a folder");
    let binary = TestNats::binaries().pop().expect("a nats-server");
    let nats = TestNats::start(binary, folder.path().join("store")).expect("a server");
    let data = folder.path().join("crowdminder");
    let running = Running::start(&data, Some(&nats.url())).await;
    let tenant = running.tenant().await;
    running.work(tenant, seed, 40).await;
    let earlier = running.settle(tenant).await;
    running.stop().await;
    copy(&data.join("postgres"), &folder.path().join("backup"));

    let running = Running::start(&data, Some(&nats.url())).await;
    running.work(tenant, seed + 1, 40).await;
    assert_eq!(lost_command(&running, tenant).await, (false, 1));
    assert_eq!(lost_command(&running, tenant).await, (true, 1));
    let later = running.settle(tenant).await;
    assert!(later > earlier);
    running.stop().await;

    std::fs::remove_dir_all(data.join("postgres")).expect("the newer database is gone");
    copy(&folder.path().join("backup"), &data.join("postgres"));
    let running = Running::start(&data, Some(&nats.url())).await;
    assert_eq!(head_of(&running.system.tenants, tenant).await.expect("the head"), earlier);
    // Other events take the positions that the bus remembers.
    running.work(tenant, seed + 2, 10).await;
    let anew = running.settle(tenant).await;
    assert!(anew > earlier);
    // A command whose answer went with the database can be sent again under its key.
    assert_eq!(lost_command(&running, tenant).await, (false, 1));
    running.settle(tenant).await;
    running.stop().await;
}

/// Sends a keyed command; answers whether it was answered before, and how often it's in the log.
async fn lost_command(running: &Running, tenant: TenantId) -> (bool, usize) {
    let mut sender = Sender::new(tenant, Actor::Operator, Via::Api);
    let (route, key) = ("PUT /settings".to_owned(), "lost".to_owned());
    sender.key = Some(IdempotencyKey { route, key, request: b"30".to_vec() });
    let command = commands::settings::ChangeSetting {
        key: "TIMECAPTURE_INTERVAL_MINUTES".to_owned(),
        value: "30".to_owned(),
        from: None,
    };
    let done = running.system.commands.handle(sender, command).await.expect("a setting");
    let mut tx = running.system.tenants.begin(tenant).await.expect("the tenant's door");
    let sql = "select 1 from {t}.events where payload->>'key' = 'TIMECAPTURE_INTERVAL_MINUTES'";
    (done.replayed, tx.query(sql).fetch_all().await.expect("the log").len())
}
