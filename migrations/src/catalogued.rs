//! The rows of the catalogue that follow from a tenant's stream on the platform's log: its names,
//! its state and its hosts; and the names that rest. The log decides, the catalogue is what
//! look-ups use.

use domain::id::TenantId;
use jiff::Timestamp;
use sqlx::Row;

use crate::cell::query;
use crate::door::DoorError;
use crate::platform::{Platform, to_database};

/// What the catalogue says of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogued {
    /// The version of the tenant's stream that this follows from.
    pub stream_version: i32,
    /// What its host begins with.
    pub slug: String,
    /// What the firm is called.
    pub name: String,
    /// `active`, `suspended` or `deleting`.
    pub state: &'static str,
    /// Every verified host, and which one is primary.
    pub hosts: Vec<(String, bool)>,
}

/// A failed migration of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationFault {
    /// The tenant.
    pub tenant: TenantId,
    /// The version it was to have.
    pub version: i32,
    /// When it failed last.
    pub failed_at: Timestamp,
    /// How often it was tried in that run.
    pub attempts: i32,
    /// Why.
    pub error: String,
}

impl Platform {
    /// Makes the catalogue say this of a tenant, unless it follows a later version already. States
    /// that this is not about, such as `frozen`, stay where the log says `active`.
    pub async fn catalogue(&self, tenant: TenantId, now: &Catalogued) -> Result<(), DoorError> {
        let mut tx = self.begin().await?;
        let moved = query(
            "update platform.tenants set slug = $2, name = $3, stream_version = $5,
                state = case when state in ('arriving', 'destroying')
                    or ($4 = 'active' and state not in ('suspended', 'deleting'))
                    then state else $4 end
             where tenant_id = $1 and stream_version <= $5",
        )
        .bind(tenant.0)
        .bind(&now.slug)
        .bind(&now.name)
        .bind(now.state)
        .bind(now.stream_version)
        .execute(&mut *tx)
        .await?;
        if moved.rows_affected() == 0 {
            return Ok(());
        }
        let (hosts, primary): (Vec<&str>, Vec<bool>) =
            now.hosts.iter().map(|(host, primary)| (host.as_str(), *primary)).unzip();
        query("update platform.domains set is_primary = false where tenant_id = $1 and is_primary")
            .bind(tenant.0)
            .execute(&mut *tx)
            .await?;
        query("delete from platform.domains where tenant_id = $1 and host <> all($2)")
            .bind(tenant.0)
            .bind(&hosts)
            .execute(&mut *tx)
            .await?;
        // A host of another tenant stays where it is, and the constraint says so.
        query(
            "insert into platform.domains as d (host, tenant_id, is_primary)
             select host, $1, is_primary
             from unnest($2::text[], $3::boolean[]) as h(host, is_primary)
             where not exists (select from platform.domains o
                where o.host = h.host and o.tenant_id = $1)",
        )
        .bind(tenant.0)
        .bind(&hosts)
        .bind(&primary)
        .execute(&mut *tx)
        .await?;
        let first = now.hosts.iter().find(|(_, primary)| *primary).map(|(host, _)| host);
        query(
            "update platform.domains set is_primary = true
             where tenant_id = $1 and host = $2 and not is_primary",
        )
        .bind(tenant.0)
        .bind(first)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        self.forget_hosts();
        Ok(())
    }

    /// Whether any of these names, slugs or hosts, rests now.
    pub async fn is_buried(&self, names: &[&str], now: Timestamp) -> Result<bool, DoorError> {
        let mut tx = self.begin().await?;
        // Those of tenants that are gone can't be read, only compared.
        let sql = "select 1 from platform.buried_names where name = any($1) and until > $2
            union all
            select 1 from unnest($1::text[]) as n (name) join platform.graves g on g.digest in (
                sha256(convert_to('slug:' || n.name, 'UTF8')),
                sha256(convert_to('host:' || n.name, 'UTF8')))
            where g.until > $2
            limit 1";
        let row = query(sql).bind(names).bind(to_database(now)).fetch_optional(&mut *tx);
        let found = row.await?.is_some();
        tx.commit().await?;
        Ok(found)
    }

    /// Lets names, slugs or hosts, rest until then; one that rests longer goes on.
    pub async fn bury(&self, names: &[&str], until: Timestamp) -> Result<(), DoorError> {
        let mut tx = self.begin().await?;
        query(
            "insert into platform.buried_names as b (name, until)
             select distinct name, $2::timestamptz from unnest($1::text[]) as n(name)
             on conflict on constraint buried_names_pk do update
             set until = greatest(b.until, excluded.until)",
        )
        .bind(names)
        .bind(to_database(until))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Every tenant whose last migration failed.
    pub async fn migration_faults(&self) -> Result<Vec<MigrationFault>, DoorError> {
        let mut tx = self.begin().await?;
        let rows = query(
            "select tenant_id, version, failed_at, attempts, error from platform.migration_faults",
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| {
                Ok(MigrationFault {
                    tenant: TenantId(row.try_get(0)?),
                    version: row.try_get(1)?,
                    failed_at: row.try_get::<jiff_sqlx::Timestamp, _>(2)?.to_jiff(),
                    attempts: row.try_get(3)?,
                    error: row.try_get(4)?,
                })
            })
            .collect()
    }

    /// The version of the platform's own tables.
    pub async fn schema_version(&self) -> Result<i32, DoorError> {
        let mut tx = self.begin().await?;
        let row = query("select coalesce(max(version), 0) from platform.migrations");
        let version = row.fetch_one(&mut *tx).await?.try_get(0)?;
        tx.commit().await?;
        Ok(version)
    }

    /// The bytes on disk of every tenant's tables and indexes.
    pub async fn sizes(&self) -> Result<Vec<(TenantId, i64)>, DoorError> {
        let mut tx = self.begin().await?;
        let rows = query(
            "select t.tenant_id, sum(pg_catalog.pg_total_relation_size(c.oid))::bigint
             from platform.tenants t
             join pg_catalog.pg_namespace n
                on n.nspname = 't_' || pg_catalog.replace(t.tenant_id::text, '-', '')
             join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
             group by t.tenant_id",
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let size = |row: &sqlx::postgres::PgRow| Ok((TenantId(row.try_get(0)?), row.try_get(1)?));
        rows.iter().map(size).collect()
    }
}
