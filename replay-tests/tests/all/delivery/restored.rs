//! The database put back to an earlier moment, as after a disaster, while the bus still holds
//! events that are not in the log any more: the bus is reset, and the read models are those of the
//! log.

use std::path::Path;
use std::process::Command;

use api::system::{Place, System};
use api::worker::Worker;
use commands::bus::test_nats::TestNats;
use commands::bus::{Bus, SplitMix};
use commands::event_log::read::head_of;
use commands::tenancy::{NewFirm, create_tenant};
use commands::{Clock, IdempotencyKey, Sender};
use domain::id::TenantId;
use domain::log::{Actor, Via};
use migrations::cell::PoolLimits;
use projections::registry;
use projections::runner::standings;
use projections::verify::verify;

use crate::busy::Busy;
use crate::wait::{seed, wait_until};

/// The parts over an embedded database with the work behind them.
struct Running {
    system: System,
    worker: Worker,
}

impl Running {
    async fn start(data_dir: &Path, nats: &TestNats) -> Self {
        let place = Place { data_dir: data_dir.to_owned(), database_url: None, builder_url: None };
        let system = System::open(&place, Clock::system(), PoolLimits::default()).await;
        let system = system.expect("an embedded database");
        let worker = Worker::start(&system, Some(&nats.url())).await.expect("a worker");
        Running { system, worker }
    }

    async fn tenant(&self) -> TenantId {
        let firm = NewFirm {
            slug: "acme".to_owned(),
            name: "Acme Example".to_owned(),
            owner_email: "olga@example.test".to_owned(),
            owner_name: "Olga Example".to_owned(),
            country: "ZA".to_owned(),
            currency: None,
            time_zone: None,
            host: "acme.localhost".to_owned(),
        };
        let (commands, platform) = (&self.system.commands, &self.system.platform);
        let created = create_tenant(commands, platform, &registry::tables(), firm).await;
        created.expect("a tenant").tenant
    }

    async fn work(&self, tenant: TenantId, seed: u64, commands: usize) {
        let busy = Busy::begin(&self.system.commands, tenant).await;
        let mut random = SplitMix::new(seed);
        for _ in 0..commands {
            busy.work(&mut random).await;
        }
    }

    /// Waits until read models and bus are where the log is, and compares them; answers its head.
    async fn settle(&self, tenant: TenantId) -> i64 {
        let tenants = &self.system.tenants;
        let head = head_of(tenants, tenant).await.expect("the head");
        let bus: &dyn Bus = &**self.worker.bus();
        wait_until("read models and bus are where the log is", async || {
            let models = standings(tenants, tenant).await;
            let there = models.is_ok_and(|(_, models)| models.iter().all(|it| it.position == head));
            there && matches!(bus.last(tenant).await, Ok(Some((_, last))) if last == head)
        })
        .await;
        for model in registry::all() {
            let verified = verify(tenants, tenant, *model).await.expect("a comparison");
            assert!(verified.is_equal() && verified.position == head, "{verified:?}");
        }
        head
    }

    async fn stop(self) {
        self.worker.stop().await;
        self.system.close().await;
    }
}

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
    let running = Running::start(&data, &nats).await;
    let tenant = running.tenant().await;
    running.work(tenant, seed, 40).await;
    let earlier = running.settle(tenant).await;
    running.stop().await;
    copy(&data.join("postgres"), &folder.path().join("backup"));

    let running = Running::start(&data, &nats).await;
    running.work(tenant, seed + 1, 40).await;
    assert_eq!(lost_command(&running, tenant).await, (false, 1));
    assert_eq!(lost_command(&running, tenant).await, (true, 1));
    let later = running.settle(tenant).await;
    assert!(later > earlier);
    running.stop().await;

    std::fs::remove_dir_all(data.join("postgres")).expect("the newer database is gone");
    copy(&folder.path().join("backup"), &data.join("postgres"));
    let running = Running::start(&data, &nats).await;
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
