//! A cell: one database with its login, pools and at most 500 tenants. The login inherits nothing
//! and owns nothing; each transaction takes on one tenant's role for as long as it lasts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::id::TenantId;
use jiff::Timestamp;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions};
use sqlx::query::Query;
use sqlx::{Executor, PgPool, Postgres, Row, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::door::DoorError;
use crate::kept::Kept;
use crate::platform::to_database;

/// The role that owns every table; nobody signs in with it.
pub const OWNER_ROLE: &str = "crowdminder_owner";
/// The login that serves requests.
pub const APP_LOGIN: &str = "crowdminder_app";
/// The login that may act as the owner.
pub const BUILDER_LOGIN: &str = "crowdminder_builder";
/// The role that reads and writes the catalogue of tenants.
pub const PLATFORM_ROLE: &str = "crowdminder_platform";
/// The role that reads every tenant's head and nothing else.
pub const SWEEPER_ROLE: &str = "crowdminder_sweeper";
/// What every tenant's role is a member of: it may reach its own row of `cell.heads`.
pub const TENANT_GROUP_ROLE: &str = "crowdminder_tenant";

/// How many connections a cell may hold and for how long.
#[derive(Debug, Clone, Copy)]
pub struct PoolLimits {
    /// The most connections that serve requests.
    pub app_connections: u32,
    /// The most connections of the work behind the requests, so that neither starves the other.
    pub worker_connections: u32,
    /// The most connections that may act as the owner.
    pub builder_connections: u32,
    /// How long to wait for a free one.
    pub acquire: Duration,
    /// The age at which a connection is replaced: a backend grows with each schema it has seen.
    pub lifetime: Duration,
}

impl Default for PoolLimits {
    fn default() -> Self {
        PoolLimits {
            app_connections: 12,
            worker_connections: 8,
            builder_connections: 4,
            acquire: Duration::from_secs(5),
            lifetime: Duration::from_secs(30 * 60),
        }
    }
}

impl PoolLimits {
    /// The limits of the pools behind the requests.
    pub fn of_worker(self) -> Self {
        let builder_connections = self.builder_connections.min(2);
        PoolLimits { app_connections: self.worker_connections, builder_connections, ..self }
    }
}

/// How a cell's logins connect.
#[derive(Debug, Clone)]
pub struct CellLogins {
    /// The login that serves requests.
    pub app: PgConnectOptions,
    /// The login that may act as the owner; absent on hosts that only serve. Never by a pooler.
    pub builder: Option<PgConnectOptions>,
    /// What stands between the serving login and the server.
    pub pooler: Pooler,
}

/// What stands between a login and the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing: a connection is a session of one's own.
    #[default]
    Direct,
    /// PgBouncer in transaction mode: the next transaction may run in another session, which
    /// others have used. So nothing is kept in one: no prepared statement, no setting.
    Transaction,
}

/// How many connections a pool has, by what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// `app` or `builder`.
    pub pool: &'static str,
    /// Those that wait for work.
    pub idle: u32,
    /// Those at work.
    pub used: u32,
    /// The most there may be.
    pub most: u32,
}

/// One database with its pools.
#[derive(Debug)]
pub struct Cell {
    app: Sessions,
    builder: Option<Sessions>,
    share: usize,
    shares: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
    acquire: Duration,
    pub(crate) kept: Kept,
}

/// The connections of one login.
#[derive(Debug)]
pub(crate) struct Sessions {
    pub(crate) pool: PgPool,
    pooler: Pooler,
}

impl Cell {
    /// Connects when first needed, not now: a database that is away shows as an outage then.
    pub fn connect(logins: CellLogins, limits: PoolLimits) -> Self {
        Cell {
            app: pool(logins.app, logins.pooler, limits.app_connections, limits),
            builder: logins
                .builder
                .map(|login| pool(login, Pooler::Direct, limits.builder_connections, limits)),
            // One tenant may hold at most a quarter of the pool, and always one connection.
            share: (limits.app_connections as usize / 4).max(1),
            shares: Mutex::default(),
            acquire: limits.acquire,
            kept: Kept::default(),
        }
    }

    /// Whether a session is kept between transactions, and with it what was prepared in it.
    pub(crate) fn keeps_sessions(&self) -> bool {
        self.app.pooler == Pooler::Direct
    }

    /// What the connections do right now.
    pub fn pools(&self) -> Vec<PoolState> {
        let state = |name, Sessions { pool, .. }: &Sessions| {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            let most = pool.options().get_max_connections();
            PoolState { pool: name, idle, used: pool.size().saturating_sub(idle), most }
        };
        let builder = self.builder.as_ref().map(|pool| state("builder", pool));
        std::iter::once(state("app", &self.app)).chain(builder).collect()
    }

    pub(crate) fn app_pool(&self, _tenant: TenantId) -> &Sessions {
        &self.app
    }

    pub(crate) fn platform_pool(&self) -> &Sessions {
        &self.app
    }

    pub(crate) fn builder_pool(&self) -> Result<&Sessions, DoorError> {
        self.builder.as_ref().ok_or(DoorError::NoBuilder)
    }

    pub(crate) async fn share_of(
        &self,
        tenant: TenantId,
    ) -> Result<OwnedSemaphorePermit, DoorError> {
        let semaphore = {
            let mut shares = self.shares.lock().expect("no holder of this lock can panic");
            let new = || Arc::new(Semaphore::new(self.share));
            shares.entry(tenant).or_insert_with(new).clone()
        };
        match tokio::time::timeout(self.acquire, semaphore.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(DoorError::Busy),
        }
    }

    pub(crate) async fn heads(&self) -> Result<Vec<(TenantId, i64)>, DoorError> {
        let mut tx = begin(&self.app, &format!("set local role {SWEEPER_ROLE}")).await?;
        let rows = query("select tenant, position from cell.heads").fetch_all(&mut *tx).await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| Ok((tenant_of_role(row.try_get(0)?)?, row.try_get(1)?)))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(DoorError::from)
    }

    /// The tenants with a job due at `now`, the longest due first, and those never looked at. A
    /// cell has few enough tenants for this to be one look at a small table.
    pub(crate) async fn with_jobs_due(&self, now: Timestamp) -> Result<Vec<TenantId>, DoorError> {
        let mut tx = begin(&self.app, &format!("set local role {SWEEPER_ROLE}")).await?;
        let rows = query(
            "select tenant from cell.heads where next_job_at is null or next_job_at <= $1
             order by next_job_at nulls last",
        )
        .bind(to_database(now))
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| tenant_of_role(row.try_get(0)?))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(DoorError::from)
    }

    /// Closes every connection, waiting for what is under way.
    pub async fn close(&self) {
        self.app.pool.close().await;
        if let Some(builder) = &self.builder {
            builder.pool.close().await;
        }
    }
}

fn tenant_of_role(role: &str) -> Result<TenantId, sqlx::Error> {
    let hex = role.strip_prefix("t_").unwrap_or_default();
    Uuid::try_parse(hex).map(TenantId).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// How many dead connections in a row may be met before the database is said to be away.
const MOST_DEAD: usize = 64;

/// Begins a transaction and runs `settings` in it, in one round trip. It begins with a reset,
/// because a cancelled `begin` can leave a pooled connection inside a transaction (sqlx #4393).
/// After a restart of the server every pooled connection is dead: each is dropped as it is met.
///
/// While tenants are being made, a server process can go on with a list of roles that lacks the
/// newest, until the next role is made: PostgreSQL 15 keeps a list that became stale while it was
/// put together. Such a connection is closed, which ends its process; a fresh one knows every role.
pub(crate) async fn begin(
    sessions: &Sessions,
    settings: &str,
) -> Result<Transaction<'static, Postgres>, DoorError> {
    let (mut met, mut denied) = (0, 0);
    loop {
        let script = format!("rollback; reset role; begin; {settings}");
        let pool = &sessions.pool;
        let begun = match sessions.pooler {
            Pooler::Direct => pool.begin_with(script.clone()).await.map_err(DoorError::from),
            Pooler::Transaction => begin_to_the_end(pool.clone(), script.clone()).await,
        };
        match begun {
            Err(DoorError::Away(error)) if met < MOST_DEAD && pool.size() > 0 => {
                met += 1;
                tracing::debug!(%error, "a dead connection was replaced");
            }
            Err(DoorError::Refused { code, .. }) if code == DENIED && denied <= pool.size() => {
                denied += 1;
                replace_if_denied(pool, &script).await?;
            }
            outcome => return outcome,
        }
    }
}

/// The SQLSTATE of a privilege that is missing; of a transaction's settings only the role asks for
/// any.
const DENIED: &str = "42501";

/// Closes the next connection if it's denied the role that `script` takes on.
async fn replace_if_denied(pool: &PgPool, script: &str) -> Result<(), DoorError> {
    let mut connection = pool.acquire().await?;
    let tried = connection.execute(script).await.map_err(DoorError::from);
    if matches!(tried, Err(DoorError::Refused { code, .. }) if code == DENIED) {
        tracing::debug!("a connection that did not know the newest role was replaced");
        return Ok(connection.close().await?);
    }
    connection.execute("rollback").await?;
    Ok(())
}

/// Goes on although the caller gives up, and then rolls back: a transaction that was left open
/// would keep one of the pooler's few sessions from everybody else.
async fn begin_to_the_end(
    pool: PgPool,
    script: String,
) -> Result<Transaction<'static, Postgres>, DoorError> {
    let begun = tokio::spawn(async move { pool.begin_with(script).await });
    Ok(begun.await.map_err(|_| DoorError::Busy)??)
}

/// A statement outside a tenant's schema. It's prepared without a name, because a name would be
/// left behind in a session that a pooler gives to others.
pub(crate) fn query(sql: &str) -> Query<'_, Postgres, PgArguments> {
    sqlx::query(sql).persistent(false)
}

fn pool(login: PgConnectOptions, pooler: Pooler, connections: u32, limits: PoolLimits) -> Sessions {
    let login = login.application_name("crowdminder");
    let options = match pooler {
        Pooler::Direct => login.statement_cache_capacity(2000).options([
            ("search_path", ""),
            ("client_min_messages", "error"),
            ("TimeZone", "UTC"),
        ]),
        // PgBouncer refuses parameters that it can't put back; the login's own settings say the
        // same (see `bootstrap`).
        Pooler::Transaction => login.statement_cache_capacity(0).extra_float_digits(None),
    };
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(limits.acquire)
        .max_lifetime(limits.lifetime)
        .idle_timeout(Duration::from_secs(120))
        // No look at a connection before its use: every transaction begins with a reset of its own,
        // in the same round trip, and a dead connection is replaced by `begin`.
        .test_before_acquire(false)
        .connect_lazy_with(options);
    Sessions { pool, pooler }
}
