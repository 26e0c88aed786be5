//! Brings the platform's schema and each tenant's to the version of this program: every tenant all
//! or nothing, several at a time, and a run that was killed goes on where it stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::id::TenantId;
use futures::StreamExt;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, Row};

use crate::cell::OWNER_ROLE;
use crate::door::{DoorError, TenantTx, Tenants};
use crate::platform::TenantRecord;

const PLATFORM: &[(i32, &str)] = &[
    (1, include_str!("../platform/0001_catalogue.sql")),
    (3, include_str!("../platform/0003_lifecycle.sql")),
];
const TENANT: &[(i32, &str)] = &[
    (1, include_str!("../tenant/0001_log.sql")),
    (2, include_str!("../tenant/0002_links.sql")),
    (3, include_str!("../tenant/0003_jobs.sql")),
];

/// The version of a tenant's schema that this program writes and reads.
pub const TENANT_SCHEMA_VERSION: i32 = TENANT[TENANT.len() - 1].0;

/// How a run ended for one tenant.
#[derive(Debug)]
pub struct TenantMigration {
    /// The tenant.
    pub tenant: TenantRecord,
    /// The version it was found at.
    pub from: i32,
    /// Nothing, or why it stays where it was.
    pub outcome: Result<(), DoorError>,
}

pub(crate) async fn migrate_platform(builder: &PgConnectOptions) -> Result<(), DoorError> {
    let mut connection = builder.connect().await?;
    let mut tx = connection.begin().await?;
    tx.execute(format!("set local role {OWNER_ROLE}; set local lock_timeout = '10s'").as_str())
        .await?;
    // Two programs that start at once take their turns.
    tx.execute("select pg_catalog.pg_advisory_xact_lock(7305810)").await?;
    let known: bool = sqlx::query("select to_regclass('platform.migrations') is not null")
        .fetch_one(&mut *tx)
        .await?
        .try_get(0)?;
    let done: i32 = if known {
        sqlx::query("select coalesce(max(version), 0) from platform.migrations")
            .fetch_one(&mut *tx)
            .await?
            .try_get(0)?
    } else {
        0
    };
    for (version, script) in PLATFORM.iter().filter(|(version, _)| *version > done) {
        tx.execute(*script).await?;
        sqlx::query("insert into platform.migrations (version) values ($1)")
            .bind(version)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    connection.close().await?;
    Ok(())
}

/// Runs the tenant scripts after `from` in a transaction of the owner.
pub(crate) async fn run_tenant_scripts(tx: &mut TenantTx, from: i32) -> Result<(), DoorError> {
    for (_, script) in TENANT.iter().filter(|(version, _)| *version > from) {
        tx.run_file(script).await?;
    }
    Ok(())
}

/// Migrates these tenants, `jobs` at a time; `progress` is told how many of them are done.
pub async fn migrate_tenants(
    tenants: &Tenants,
    records: Vec<TenantRecord>,
    jobs: usize,
    progress: impl Fn(usize) + Send + Sync,
) -> Vec<TenantMigration> {
    let done = Arc::new(AtomicUsize::new(0));
    futures::stream::iter(records)
        .map(|tenant| {
            let (done, progress) = (done.clone(), &progress);
            async move {
                let from = tenant.schema_version;
                let outcome = migrate_tenant(tenants, tenant.id).await;
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                TenantMigration { tenant, from, outcome }
            }
        })
        .buffer_unordered(jobs.max(1))
        .collect()
        .await
}

async fn migrate_tenant(tenants: &Tenants, tenant: TenantId) -> Result<(), DoorError> {
    let mut tx = tenants.begin_as_owner(tenant).await?;
    tx.query("set local lock_timeout = '2s'").execute().await?;
    let from: i32 = tx
        .query("select schema_version from platform.tenants where tenant_id = $1 for update")
        .bind(tenant.0)
        .fetch_one()
        .await?
        .try_get(0)?;
    if from < TENANT_SCHEMA_VERSION {
        run_tenant_scripts(&mut tx, from).await?;
        tx.query("update platform.tenants set schema_version = $2 where tenant_id = $1")
            .bind(tenant.0)
            .bind(TENANT_SCHEMA_VERSION)
            .execute()
            .await?;
    }
    tx.commit().await
}
