//! Brings the platform's schema and each tenant's to the version of this program: every tenant all
//! or nothing, several at a time. A run that was killed goes on where it stopped, and two runs side
//! by side take turns at each tenant.

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::id::TenantId;
use futures::StreamExt;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use crate::cell::{OWNER_ROLE, begin};
use crate::door::{DoorError, Tenants};
use crate::platform::TenantRecord;

const PLATFORM: &[(i32, &str)] = &[
    (1, include_str!("../platform/0001_catalogue.sql")),
    (2, include_str!("../platform/0002_public_site.sql")),
    (4, include_str!("../platform/0004_domains.sql")),
];
const TENANT: &[(i32, &str)] = &[
    (1, include_str!("../tenant/0001_log.sql")),
    (2, include_str!("../tenant/0002_links.sql")),
    (3, include_str!("../tenant/0003_jobs.sql")),
    (4, include_str!("../tenant/0004_people.sql")),
];

/// The version of the platform's schema that this program needs.
pub const PLATFORM_SCHEMA_VERSION: i32 = PLATFORM[PLATFORM.len() - 1].0;

/// The version of a tenant's schema that this program writes and reads; it also serves tenants at
/// the version before.
pub const TENANT_SCHEMA_VERSION: i32 = TENANT[TENANT.len() - 1].0;

/// How often a tenant is tried whose tables are in use.
const ATTEMPTS: u32 = 6;
/// How long to wait for a lock before letting those go first who wait behind it.
const LOCK_TIMEOUT_MS: u32 = 2000;

/// The scripts that bring a tenant's schema from version to version, in order.
#[derive(Debug, Clone)]
pub struct TenantScripts(Vec<(i32, Cow<'static, str>)>);

impl TenantScripts {
    /// Those of this program.
    pub fn own() -> Self {
        TenantScripts(TENANT.iter().map(|(version, text)| (*version, (*text).into())).collect())
    }

    /// The same and one more after them, as the next version of this program may have. `{t}` in it
    /// stands for the tenant's schema.
    pub fn and_then(mut self, script: &'static str) -> Self {
        self.0.push((self.latest() + 1, script.into()));
        self
    }

    /// The version that they lead to.
    pub fn latest(&self) -> i32 {
        self.0.last().map_or(0, |(version, _)| *version)
    }

    /// All that comes after a version, as one script.
    pub(crate) fn after(&self, from: i32) -> String {
        let missing = self.0.iter().filter(|(version, _)| *version > from);
        missing.map(|(_, text)| format!("{text};\n")).collect()
    }
}

/// How a run ended for one tenant.
#[derive(Debug)]
pub struct TenantMigration {
    /// The tenant.
    pub tenant: TenantRecord,
    /// The version it was found at.
    pub from: i32,
    /// The version it's at now, or why it stays where it was.
    pub outcome: Result<i32, DoorError>,
}

/// Brings the platform's own schema to the version of this program.
pub async fn migrate_platform(builder: &PgConnectOptions) -> Result<(), DoorError> {
    let mut connection = builder.connect().await?;
    let mut tx = connection.begin().await?;
    tx.execute(format!("set local role {OWNER_ROLE}; set local lock_timeout = '10s'").as_str())
        .await?;
    complete_platform(&mut tx).await?;
    tx.commit().await?;
    Ok(connection.close().await?)
}

/// The same on a host whose logins were made elsewhere; answers the platform's version.
pub async fn migrate_platform_of(tenants: &Tenants) -> Result<i32, DoorError> {
    let settings = format!("set local role {OWNER_ROLE}; set local lock_timeout = '10s'");
    let mut tx = begin(tenants.cell().builder_pool()?, &settings).await?;
    complete_platform(&mut tx).await?;
    tx.commit().await?;
    Ok(PLATFORM_SCHEMA_VERSION)
}

async fn complete_platform(tx: &mut PgConnection) -> Result<(), DoorError> {
    // Two programs that start at once take their turns.
    tx.execute("select pg_catalog.pg_advisory_xact_lock(7305810)").await?;
    let known: bool = sqlx::query("select to_regclass('platform.migrations') is not null")
        .fetch_one(&mut *tx)
        .await?
        .try_get(0)?;
    let mut done: Vec<i32> = Vec::new();
    if known {
        let rows = sqlx::query("select version from platform.migrations").fetch_all(&mut *tx);
        for row in rows.await? {
            done.push(row.try_get(0)?);
        }
    }
    for (version, script) in PLATFORM.iter().filter(|(version, _)| !done.contains(version)) {
        tx.execute(*script).await?;
        sqlx::query("insert into platform.migrations (version) values ($1)")
            .bind(version)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Migrates these tenants, `jobs` at a time; `each` is told of every one as it ends. `jobs` should
/// not be more than the connections of the builder's pool.
pub async fn migrate_tenants(
    tenants: &Tenants,
    records: Vec<TenantRecord>,
    scripts: &TenantScripts,
    jobs: usize,
    each: impl Fn(usize, &TenantMigration) + Send + Sync,
) -> Vec<TenantMigration> {
    let done = AtomicUsize::new(0);
    futures::stream::iter(records)
        .map(|tenant| {
            let (done, each) = (&done, &each);
            async move {
                let from = tenant.schema_version;
                // Nothing to do takes no look at the database: most runs find most tenants so.
                let outcome = if from >= scripts.latest() {
                    Ok(from)
                } else {
                    patiently(tenants, tenant.id, scripts).await
                };
                let migration = TenantMigration { tenant, from, outcome };
                each(done.fetch_add(1, Ordering::Relaxed) + 1, &migration);
                migration
            }
        })
        .buffer_unordered(jobs.max(1))
        .collect()
        .await
}

/// Tries again while the tenant's tables are in use; what it met at last is kept for `--status`.
async fn patiently(
    tenants: &Tenants,
    tenant: TenantId,
    scripts: &TenantScripts,
) -> Result<i32, DoorError> {
    let mut attempt = 1;
    loop {
        let error = match migrate_tenant(tenants, tenant, scripts).await {
            Ok(version) => return Ok(version),
            Err(error) => error,
        };
        if attempt == ATTEMPTS || !is_in_use(&error) {
            note_fault(tenants, tenant, scripts.latest(), attempt, &error).await;
            return Err(error);
        }
        tracing::debug!(%tenant, attempt, %error, "a migration waits for its tenant");
        tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
        attempt += 1;
    }
}

/// A lock that was not had in time, or a deadlock that this side lost.
fn is_in_use(error: &DoorError) -> bool {
    matches!(error, DoorError::Busy)
        || matches!(error, DoorError::Refused { code, .. } if code == "40P01")
}

async fn migrate_tenant(
    tenants: &Tenants,
    tenant: TenantId,
    scripts: &TenantScripts,
) -> Result<i32, DoorError> {
    let mut tx = tenants.begin_as_owner(tenant).await?;
    // Another run may be at this tenant: its turn takes as long as it takes, and holds up nobody
    // but us, as the catalogue is read without this lock.
    tx.query("set local lock_timeout = 0").execute().await?;
    let from: i32 = tx
        .query("select schema_version from platform.tenants where tenant_id = $1 for no key update")
        .bind(tenant.0)
        .fetch_optional()
        .await?
        .ok_or(DoorError::NoSuchTenant)?
        .try_get(0)?;
    if from >= scripts.latest() {
        return Ok(from);
    }
    let script = scripts.after(from);
    tx.run_file(&format!("set local lock_timeout = {LOCK_TIMEOUT_MS};\n{script}")).await?;
    tx.query("update platform.tenants set schema_version = $2 where tenant_id = $1")
        .bind(tenant.0)
        .bind(scripts.latest())
        .execute()
        .await?;
    tx.query("delete from platform.migration_faults where tenant_id = $1")
        .bind(tenant.0)
        .execute()
        .await?;
    tx.commit().await?;
    Ok(scripts.latest())
}

async fn note_fault(
    tenants: &Tenants,
    tenant: TenantId,
    version: i32,
    attempts: u32,
    error: &DoorError,
) {
    let noted = async {
        let mut tx = tenants.begin_as_owner(tenant).await?;
        tx.query(
            "insert into platform.migration_faults (tenant_id, version, failed_at, attempts, error)
             values ($1, $2, now(), $3, $4)
             on conflict on constraint migration_faults_pk do update
             set (version, failed_at, attempts, error) =
                (excluded.version, excluded.failed_at, excluded.attempts, excluded.error)",
        )
        .bind(tenant.0)
        .bind(version)
        .bind(attempts.cast_signed())
        .bind(error.to_string())
        .execute()
        .await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%tenant, %error, "why a tenant was not migrated could not be noted");
    }
}
