//! An installation of a test's own, put together as the program does it: an embedded database, a
//! tenant, and the work behind the requests.

use std::path::Path;

use api::system::{Place, System};
use api::worker::Worker;
use commands::Clock;
use commands::bus::{Bus, SplitMix};
use commands::event_log::read::head_of;
use commands::tenancy::{NewFirm, create_tenant};
use domain::id::TenantId;
use migrations::cell::PoolLimits;
use projections::registry;
use projections::runner::standings;
use projections::verify::verify;

use crate::busy::Busy;
use crate::wait::wait_until;

/// The parts over an embedded database with the work behind them.
pub(crate) struct Running {
    pub(crate) system: System,
    pub(crate) worker: Worker,
}

impl Running {
    /// Starts it over NATS, or over the bus in the process.
    pub(crate) async fn start(data_dir: &Path, nats_url: Option<&str>) -> Self {
        let place = Place::in_folder(data_dir.to_owned());
        let system = System::open(&place, Clock::system(), PoolLimits::default()).await;
        let system = system.expect("an embedded database");
        let worker = Worker::start(&system, nats_url).await.expect("a worker");
        Running { system, worker }
    }

    /// Makes the one tenant.
    pub(crate) async fn tenant(&self) -> TenantId {
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

    /// Random commands.
    pub(crate) async fn work(&self, tenant: TenantId, seed: u64, commands: usize) {
        let busy = Busy::begin(&self.system.commands, tenant).await;
        let mut random = SplitMix::new(seed);
        for _ in 0..commands {
            busy.work(&mut random).await;
        }
    }

    /// Waits until read models and bus are where the log is, and compares them; answers its head.
    pub(crate) async fn settle(&self, tenant: TenantId) -> i64 {
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

    /// Stops it in order.
    pub(crate) async fn stop(self) {
        self.worker.stop().await;
        self.system.close().await;
    }
}
