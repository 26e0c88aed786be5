//! A real database and fresh tenants for tests: one private server per test program, one tenant per
//! test. The server goes away with the program.

pub mod pgbouncer;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use domain::id::{LogId, TenantId};
use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;
use uuid::Uuid;

use self::pgbouncer::TestPgBouncer;
use crate::bootstrap::{LoginSecrets, bootstrap};
use crate::cell::{Cell, CellLogins, PoolLimits};
use crate::door::Tenants;
use crate::embedded::{EmbeddedDatabase, EmbeddedOptions};
use crate::keys::{KeyStore, MasterKey};
use crate::platform::Platform;
use crate::provision::{NewTenant, provision};

#[derive(Debug)]
struct TestServer {
    logins: CellLogins,
    administrator: PgConnectOptions,
    keys: PathBuf,
    _pooler: Option<TestPgBouncer>,
    database: EmbeddedDatabase,
    _folder: TempDir,
}

/// Says that the suites shall reach the server through a pooler: `pgbouncer`.
const POOLER: &str = "CROWDMINDER_TEST_POOLER";

static SERVER: OnceLock<TestServer> = OnceLock::new();

/// The server of this test program, started when first asked for.
fn server() -> &'static TestServer {
    SERVER.get_or_init(|| {
        // A thread and a runtime of its own: each test has another runtime, and none may own it.
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime for starting the server");
            runtime.block_on(start()).expect("a private PostgreSQL for the tests")
        })
        .join()
        .expect("the thread that starts the server does not panic")
    })
}

async fn start() -> Result<TestServer, Box<dyn std::error::Error + Send + Sync>> {
    let folder = tempfile::tempdir()?;
    let mut options = EmbeddedOptions::new(folder.path());
    options.max_connections = 300;
    // Rules are under test here, not the disk; durability has tests of its own.
    options.settings = vec![("fsync".into(), "off".into())];
    let database = EmbeddedDatabase::start(options).await?;
    let administrator = PgConnectOptions::from_str(&database.superuser_url())?;
    let mut logins = bootstrap(&administrator, &LoginSecrets::SocketTrust).await?;
    let pooler = match std::env::var(POOLER).ok().as_deref() {
        None | Some("") => None,
        Some("pgbouncer") => {
            Some(TestPgBouncer::start(database.socket_dir(), database.port(), 20)?)
        }
        Some(other) => return Err(format!("{POOLER}={other} is unknown").into()),
    };
    if let Some(pooler) = &pooler {
        logins = pooler.before(logins);
    }
    let keys = folder.path().join("keys");
    Ok(TestServer { logins, administrator, keys, _pooler: pooler, database, _folder: folder })
}

/// A pooler of a test's own before the test server, with so many connections to it.
pub fn pooler(connections: u32) -> (TestPgBouncer, CellLogins) {
    let (server, direct) = (server(), server().logins.clone());
    let pooler =
        TestPgBouncer::start(server.database.socket_dir(), server.database.port(), connections);
    let pooler = pooler.expect("a private PgBouncer for the test");
    let logins = pooler.before(direct);
    (pooler, logins)
}

/// A fresh cell of the test server, with pools of the calling runtime.
pub fn cell(limits: PoolLimits) -> Arc<Cell> {
    Arc::new(Cell::connect(server().logins.clone(), limits))
}

/// A fresh id, for tests that need no clock.
pub fn random_id() -> Uuid {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("the system's random source answers");
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A tenant of its own for one test, with what is needed to reach it.
#[derive(Debug, Clone)]
pub struct TestTenant {
    /// Its id.
    pub id: TenantId,
    /// Its slug; its host is `<slug>.localhost`.
    pub slug: String,
    /// The door.
    pub tenants: Tenants,
    /// The catalogue.
    pub platform: Platform,
    /// Everybody's keys.
    pub keys: KeyStore,
    /// Where the master key is.
    pub key_folder: PathBuf,
    /// How the server's administrator connects.
    pub administrator: PgConnectOptions,
    /// A server of the test's own, where it has one.
    own: Option<Arc<TestServer>>,
}

impl TestTenant {
    /// The same tenant as another process of this machine sees it: with pools and keys in memory of
    /// its own.
    pub fn in_another_process(&self) -> Self {
        let cell = cell(PoolLimits::default());
        let master = MasterKey::in_folder(&self.key_folder).expect("the key that was made before");
        let platform = Platform::new(cell.clone());
        let keys = KeyStore::new(Arc::new(master), platform.clone());
        TestTenant { tenants: Tenants::new(cell), platform, keys, ..self.clone() }
    }

    /// A fresh tenant in a cell of its own pools; `read_models` are its tables' definitions.
    pub async fn provision(read_models: &[String]) -> Self {
        Self::provision_in(cell(PoolLimits::default()), read_models).await
    }

    /// A fresh tenant beside others of this cell, on the server of this test program.
    pub async fn provision_in(cell: Arc<Cell>, read_models: &[String]) -> Self {
        Self::provision_on(server(), cell, None, read_models).await
    }

    /// A fresh tenant on a server of its own, for tests that change the server as a whole.
    pub async fn provision_apart() -> Self {
        let server = Arc::new(start().await.expect("a private PostgreSQL for the test"));
        let cell = Arc::new(Cell::connect(server.logins.clone(), PoolLimits::default()));
        Self::provision_on(&server, cell, Some(server.clone()), &[]).await
    }

    /// Another fresh tenant on the server of this one.
    pub async fn beside(&self) -> Self {
        let on = match &self.own {
            Some(own) => own,
            None => server(),
        };
        let cell = Arc::new(Cell::connect(on.logins.clone(), PoolLimits::default()));
        Self::provision_on(on, cell, self.own.clone(), &[]).await
    }

    async fn provision_on(
        server: &TestServer,
        cell: Arc<Cell>,
        own: Option<Arc<TestServer>>,
        read_models: &[String],
    ) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let slug = format!("test-{n}");
        let master = MasterKey::in_folder(&server.keys).expect("a folder of our own");
        let platform = Platform::new(cell.clone());
        let tenants = Tenants::new(cell);
        let new = NewTenant {
            id: TenantId(random_id()),
            log: LogId(random_id()),
            host: format!("{slug}.localhost"),
            name: format!("Test {n}"),
            slug: slug.clone(),
            at: Timestamp::UNIX_EPOCH,
        };
        provision(&tenants, &master, &new, read_models).await.expect("a fresh tenant");
        let keys = KeyStore::new(Arc::new(master), platform.clone());
        let administrator = server.administrator.clone().database(crate::bootstrap::DATABASE);
        TestTenant {
            id: new.id,
            slug,
            tenants,
            platform,
            keys,
            key_folder: server.keys.clone(),
            administrator,
            own,
        }
    }
}
