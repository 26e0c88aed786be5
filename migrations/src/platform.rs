//! The catalogue of tenants: which there are, what each is called, and which host leads to which.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::id::TenantId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, Row, Transaction};

use crate::cell::{Cell, PLATFORM_ROLE, query};
use crate::door::DoorError;

/// A tenant as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRecord {
    /// Its id, from which schema and role follow.
    pub id: TenantId,
    /// What its host begins with.
    pub slug: String,
    /// What the firm is called.
    pub name: String,
    /// `provisioning`, `active`, `suspended`, `frozen` or `deleting`.
    pub state: String,
    /// The version of its schema.
    pub schema_version: i32,
    /// Since when.
    pub created_at: Timestamp,
}

/// How long a look-up of a host may be answered from memory.
const HOST_CACHE: Duration = Duration::from_secs(2);
/// The most hosts remembered; more than this and the memory starts afresh.
const HOST_CACHE_SIZE: usize = 10_000;

type HostCache = HashMap<String, (Instant, Option<Arc<TenantRecord>>)>;

/// Reads and writes the catalogue under its own role, which reaches no tenant's data.
#[derive(Debug, Clone)]
pub struct Platform {
    cell: Arc<Cell>,
    hosts: Arc<Mutex<HostCache>>,
}

const COLUMNS: &str =
    "t.tenant_id, t.slug, t.name, t.state, t.schema_version, t.created_at from platform.tenants t";

impl Platform {
    /// The catalogue of a cell.
    pub fn new(cell: Arc<Cell>) -> Self {
        Platform { cell, hosts: Arc::default() }
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, DoorError> {
        let settings = format!(
            "set local role {PLATFORM_ROLE}; set local statement_timeout = 10000; \
             set local idle_in_transaction_session_timeout = 60000"
        );
        crate::cell::begin(self.cell.platform_pool(), &settings).await
    }

    /// The tenant a host leads to, by exact look-up of its lower-case name without port.
    pub async fn tenant_of_host(&self, host: &str) -> Result<Option<Arc<TenantRecord>>, DoorError> {
        if let Some((at, found)) = self.hosts.lock().expect("no panic under it").get(host)
            && at.elapsed() < HOST_CACHE
        {
            return Ok(found.clone());
        }
        let sql =
            format!("select {COLUMNS} join platform.domains d using (tenant_id) where d.host = $1");
        let mut tx = self.begin().await?;
        let row = query(&sql).bind(host).fetch_optional(&mut *tx).await?;
        tx.commit().await?;
        let found = row.as_ref().map(read_record).transpose()?.map(Arc::new);
        let mut hosts = self.hosts.lock().expect("no panic under it");
        if hosts.len() >= HOST_CACHE_SIZE {
            hosts.clear();
        }
        hosts.insert(host.to_owned(), (Instant::now(), found.clone()));
        Ok(found)
    }

    /// The tenant with this slug.
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<TenantRecord>, DoorError> {
        let sql = format!("select {COLUMNS} where t.slug = $1");
        let mut tx = self.begin().await?;
        let row = query(&sql).bind(slug).fetch_optional(&mut *tx).await?;
        tx.commit().await?;
        row.as_ref().map(read_record).transpose()
    }

    /// The tenant with this id.
    pub async fn tenant_by_id(&self, id: TenantId) -> Result<Option<TenantRecord>, DoorError> {
        let sql = format!("select {COLUMNS} where t.tenant_id = $1");
        let mut tx = self.begin().await?;
        let row = query(&sql).bind(id.0).fetch_optional(&mut *tx).await?;
        tx.commit().await?;
        row.as_ref().map(read_record).transpose()
    }

    /// Every tenant, by slug, without the platform itself.
    pub async fn tenants(&self) -> Result<Vec<TenantRecord>, DoorError> {
        let mut all = self.all().await?;
        all.retain(|record| !record.id.is_platform());
        Ok(all)
    }

    /// Everything that has a log, by slug: every tenant, and the platform itself.
    pub async fn all(&self) -> Result<Vec<TenantRecord>, DoorError> {
        let sql = format!("select {COLUMNS} order by t.slug");
        let mut tx = self.begin().await?;
        let rows = query(&sql).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        rows.iter().map(read_record).collect()
    }

    /// The hosts that lead to a tenant, the primary one first.
    pub async fn hosts_of(&self, tenant: TenantId) -> Result<Vec<String>, DoorError> {
        let mut tx = self.begin().await?;
        let rows = query(
            "select host from platform.domains where tenant_id = $1 order by is_primary desc, host",
        )
        .bind(tenant.0)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Lets another host lead to a tenant instead of its primary one.
    pub async fn move_host(&self, tenant: TenantId, host: &str) -> Result<(), DoorError> {
        let mut tx = self.begin().await?;
        query("update platform.domains set host = $2 where tenant_id = $1 and is_primary")
            .bind(tenant.0)
            .bind(host)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.forget_hosts();
        Ok(())
    }

    /// Every host is looked up anew.
    pub(crate) fn forget_hosts(&self) {
        self.hosts.lock().expect("no panic under it").clear();
    }

    /// Sets the state of a tenant.
    pub async fn set_state(&self, tenant: TenantId, state: &str) -> Result<(), DoorError> {
        let mut tx = self.begin().await?;
        query("update platform.tenants set state = $2 where tenant_id = $1")
            .bind(tenant.0)
            .bind(state)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.forget_hosts();
        Ok(())
    }

    /// The tenant's key as it's stored: sealed under the master key.
    pub(crate) async fn sealed_tenant_key(
        &self,
        tenant: TenantId,
    ) -> Result<Option<Vec<u8>>, DoorError> {
        let mut tx = self.begin().await?;
        let row = query("select sealed_key from platform.tenant_keys where tenant_id = $1")
            .bind(tenant.0)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

fn read_record(row: &PgRow) -> Result<TenantRecord, DoorError> {
    Ok(TenantRecord {
        id: TenantId(row.try_get(0)?),
        slug: row.try_get(1)?,
        name: row.try_get(2)?,
        state: row.try_get(3)?,
        schema_version: row.try_get(4)?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>(5)?.to_jiff(),
    })
}

/// An instant as the database takes it.
pub fn to_database(instant: Timestamp) -> jiff_sqlx::Timestamp {
    instant.to_sqlx()
}
