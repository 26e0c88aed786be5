//! The only door to a tenant's data. A `TenantTx` is one transaction under the tenant's own
//! database role, and its SQL names the tenant's schema, filled in from a `TenantId` alone: two
//! walls, so that a wrong name in one of them fails closed. No other way to a connection leaves
//! this crate.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::id::TenantId;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Arguments, Encode, Executor, Postgres, Transaction, Type};
use tokio::sync::OwnedSemaphorePermit;

use crate::cell::{Cell, Sessions};

/// Why the database did not answer as asked.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// No connection came free in time, or the tenant has used up its share of them.
    #[error("the database is busy; try again shortly")]
    Busy,
    /// The database can't be reached or went away; what was under way may or may not be done.
    #[error("the database is away")]
    Away(#[source] sqlx::Error),
    /// A named constraint refused a row.
    #[error("the constraint {0} refused")]
    Constraint(String),
    /// The tenant's schema or role is not there.
    #[error("the tenant has no schema or role in this cell")]
    NoSuchTenant,
    /// This host only serves: it has no login that may change the shape of tables.
    #[error("no builder login is configured on this host")]
    NoBuilder,
    /// Anything else: a bug, or a database that was changed from outside.
    #[error("the database refused a statement ({code})")]
    Refused {
        /// The SQLSTATE, or `client` where the error is on this side.
        code: String,
        /// The cause; its details must not leave the server.
        #[source]
        source: sqlx::Error,
    },
}

impl DoorError {
    /// Whether it's worth trying again without any change.
    pub fn is_outage(&self) -> bool {
        matches!(self, DoorError::Busy | DoorError::Away(_))
    }
}

impl From<sqlx::Error> for DoorError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => return DoorError::Busy,
            sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                return DoorError::Away(error);
            }
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default().into_owned();
                if let Some(name) = database.constraint() {
                    return DoorError::Constraint(name.to_owned());
                }
                return match code.as_str() {
                    // Lock and statement time-outs, and too many connections.
                    "55P03" | "57014" | "53300" => DoorError::Busy,
                    // Administrator shutdown, crash, start-up, connection failures, idle time-out.
                    "57P01" | "57P02" | "57P03" | "25P03" => DoorError::Away(error),
                    // The role or the schema does not exist.
                    "22023" | "3F000" => DoorError::NoSuchTenant,
                    _ if code.starts_with("08") => DoorError::Away(error),
                    _ => DoorError::Refused { code, source: error },
                };
            }
            _ => {}
        }
        DoorError::Refused { code: "client".to_owned(), source: error }
    }
}

/// SQL in which `{t}` stands for the tenant's schema. It's made of literals only, so nothing that
/// came from outside can be in it.
#[derive(Debug, Clone)]
pub struct Template(Cow<'static, str>);

impl From<&'static str> for Template {
    fn from(literal: &'static str) -> Self {
        Template(Cow::Borrowed(literal))
    }
}

impl Template {
    /// A template put together from literals, for SQL that follows from a list of columns.
    pub fn assembled(parts: impl IntoIterator<Item = &'static str>) -> Self {
        Template(Cow::Owned(parts.into_iter().collect()))
    }

    fn fill(&self, tenant: TenantId) -> String {
        self.0.replace("{t}", &tenant.schema())
    }
}

/// Which role a transaction runs under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wall {
    /// The tenant's own role: reads and appends.
    Tenant,
    /// The owner of the tables, by the builder's login: provisioning, migration and rebuild.
    Owner,
}

/// How long statements of a transaction may take.
#[derive(Debug, Clone, Copy)]
pub struct TimeLimits {
    /// The longest one statement may run.
    pub statement: Duration,
    /// The longest a statement may wait for a lock.
    pub lock: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        TimeLimits { statement: Duration::from_secs(10), lock: Duration::from_secs(5) }
    }
}

impl TimeLimits {
    /// For reports, rebuilds and checks that read a whole log.
    pub fn long() -> Self {
        TimeLimits { statement: Duration::from_secs(60), ..TimeLimits::default() }
    }
}

/// The door: hands out transactions, each for one tenant.
#[derive(Debug, Clone)]
pub struct Tenants {
    cell: Arc<Cell>,
}

impl Tenants {
    /// The door to the tenants of a cell.
    pub fn new(cell: Arc<Cell>) -> Self {
        Tenants { cell }
    }

    /// The cell behind the door.
    pub fn cell(&self) -> &Arc<Cell> {
        &self.cell
    }

    /// A transaction under the tenant's role, with the usual time limits.
    pub async fn begin(&self, tenant: TenantId) -> Result<TenantTx, DoorError> {
        self.begin_within(tenant, TimeLimits::default()).await
    }

    /// The same with time limits of its own.
    pub async fn begin_within(
        &self,
        tenant: TenantId,
        limits: TimeLimits,
    ) -> Result<TenantTx, DoorError> {
        let share = self.cell.share_of(tenant).await?;
        let tx = open(self.cell.app_pool(tenant), Wall::Tenant, tenant, limits).await?;
        let (prepares, cell) = (self.cell.keeps_sessions(), Some(self.cell.clone()));
        Ok(TenantTx { tx, tenant, prepares, cell, _share: Some(share) })
    }

    /// A read of one moment: every statement sees the same snapshot, and none may write.
    pub async fn begin_snapshot(&self, tenant: TenantId) -> Result<TenantTx, DoorError> {
        let mut tx = self.begin_within(tenant, TimeLimits::long()).await?;
        tx.query("set transaction isolation level repeatable read, read only").execute().await?;
        Ok(tx)
    }

    /// A transaction as the owner of the tenant's tables: for what changes their shape.
    pub async fn begin_as_owner(&self, tenant: TenantId) -> Result<TenantTx, DoorError> {
        let limits = TimeLimits { statement: Duration::from_secs(600), ..TimeLimits::default() };
        let tx = open(self.cell.builder_pool()?, Wall::Owner, tenant, limits).await?;
        Ok(TenantTx::of_owner(tx, tenant))
    }

    /// The head of every tenant of the cell, as last appended: (tenant, position).
    pub async fn heads(&self) -> Result<Vec<(TenantId, i64)>, DoorError> {
        self.cell.heads().await
    }

    /// The tenants of the cell with a job due at `now`, the longest due first, and those that no
    /// engine has looked at yet.
    pub async fn with_jobs_due(&self, now: Timestamp) -> Result<Vec<TenantId>, DoorError> {
        self.cell.with_jobs_due(now).await
    }
}

async fn open(
    sessions: &Sessions,
    wall: Wall,
    tenant: TenantId,
    limits: TimeLimits,
) -> Result<Transaction<'static, Postgres>, DoorError> {
    let role = match wall {
        Wall::Tenant => tenant.schema(),
        Wall::Owner => crate::cell::OWNER_ROLE.to_owned(),
    };
    let settings = format!(
        "set local role {role}; set local statement_timeout = {}; \
         set local lock_timeout = {}; set local idle_in_transaction_session_timeout = 60000",
        limits.statement.as_millis(),
        limits.lock.as_millis(),
    );
    crate::cell::begin(sessions, &settings).await
}

/// One transaction for one tenant. Dropped without `commit`, it's rolled back.
#[derive(Debug)]
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    tenant: TenantId,
    /// Whether statements are prepared once for many transactions of the session.
    prepares: bool,
    /// Where things are kept; an owner, who changes shapes, keeps nothing.
    cell: Option<Arc<Cell>>,
    _share: Option<OwnedSemaphorePermit>,
}

impl TenantTx {
    /// A transaction that already runs as the owner.
    pub(crate) fn of_owner(tx: Transaction<'static, Postgres>, tenant: TenantId) -> Self {
        TenantTx { tx, tenant, prepares: true, cell: None, _share: None }
    }

    /// Whose transaction it is.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What this process has kept of the tenant under a name and a mark. The mark says what the
    /// tables hold that it was made of, as this transaction sees them.
    pub fn kept<T: Any + Send + Sync>(&self, name: &'static str, mark: &str) -> Option<Arc<T>> {
        self.cell.as_ref()?.kept.get((self.tenant, name), mark)
    }

    /// Keeps something under a name and a mark.
    pub fn keep<T: Any + Send + Sync>(&self, name: &'static str, mark: String, thing: Arc<T>) {
        if let Some(cell) = &self.cell {
            cell.kept.put((self.tenant, name), mark, thing);
        }
    }

    /// A statement to bind values to and to run.
    pub fn query(&mut self, template: impl Into<Template>) -> TenantQuery<'_> {
        let sql = template.into().fill(self.tenant);
        TenantQuery {
            connection: &mut self.tx,
            sql,
            arguments: PgArguments::default(),
            prepares: self.prepares,
        }
    }

    /// Several statements without values in one round trip: definitions of tables and grants.
    pub async fn run_script(&mut self, template: impl Into<Template>) -> Result<(), DoorError> {
        let sql = template.into().fill(self.tenant);
        self.tx.execute(sql.as_str()).await?;
        Ok(())
    }

    /// The same for a script whose text comes from files of the program, not from literals of a
    /// caller; for migrations alone.
    pub(crate) async fn run_file(&mut self, text: &str) -> Result<(), DoorError> {
        let sql = text.replace("{t}", &self.tenant.schema());
        self.tx.execute(sql.as_str()).await?;
        Ok(())
    }

    /// Runs `copy (…) to stdout` and hands out what the server sends, chunk by chunk.
    pub async fn copy_out(
        &mut self,
        template: impl Into<Template>,
    ) -> Result<BoxStream<'_, Result<Bytes, DoorError>>, DoorError> {
        let sql = template.into().fill(self.tenant);
        let stream = self.tx.copy_out_raw(&sql).await?;
        Ok(stream.map_err(DoorError::from).boxed())
    }

    /// Runs `copy … from stdin` with these chunks; answers how many rows were written.
    pub async fn copy_in(
        &mut self,
        template: impl Into<Template>,
        chunks: impl IntoIterator<Item = Bytes>,
    ) -> Result<u64, DoorError> {
        let sql = template.into().fill(self.tenant);
        let mut copy = self.tx.copy_in_raw(&sql).await?;
        for chunk in chunks {
            copy.send(chunk).await?;
        }
        Ok(copy.finish().await?)
    }

    /// Makes everything done in it durable.
    pub async fn commit(self) -> Result<(), DoorError> {
        Ok(self.tx.commit().await?)
    }
}

/// A statement of a tenant's transaction.
#[derive(Debug)]
pub struct TenantQuery<'tx> {
    connection: &'tx mut PgConnection,
    sql: String,
    arguments: PgArguments,
    prepares: bool,
}

impl TenantQuery<'_> {
    /// Binds the next value: `$1`, `$2`, …
    pub fn bind<'q, T>(mut self, value: T) -> Self
    where
        T: Encode<'q, Postgres> + Type<Postgres> + 'q,
    {
        // Encoding fails only on values larger than the protocol can carry, which the limits on
        // bodies and batches exclude.
        self.arguments.add(value).expect("a value that fits the wire format");
        self
    }

    /// Every row.
    pub async fn fetch_all(self) -> Result<Vec<PgRow>, DoorError> {
        let query = sqlx::query_with(&self.sql, self.arguments).persistent(self.prepares);
        Ok(query.fetch_all(self.connection).await?)
    }

    /// The only row there may be.
    pub async fn fetch_optional(self) -> Result<Option<PgRow>, DoorError> {
        let query = sqlx::query_with(&self.sql, self.arguments).persistent(self.prepares);
        Ok(query.fetch_optional(self.connection).await?)
    }

    /// The only row there must be.
    pub async fn fetch_one(self) -> Result<PgRow, DoorError> {
        let query = sqlx::query_with(&self.sql, self.arguments).persistent(self.prepares);
        Ok(query.fetch_one(self.connection).await?)
    }

    /// Runs it; answers how many rows it touched.
    pub async fn execute(self) -> Result<u64, DoorError> {
        let query = sqlx::query_with(&self.sql, self.arguments).persistent(self.prepares);
        Ok(query.execute(self.connection).await?.rows_affected())
    }
}
