//! The end of a tenant, in steps that are each all or nothing and can each be done again: what is
//! under way is in the catalogue, so a run that was killed goes on where it stopped. Its key goes
//! first, so that whatever is left of its personal texts anywhere can't be read from then on.

use domain::id::{LogId, TenantId};
use domain::log::{CompactRange, Hash};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Executor, Row};

use crate::cell::{OWNER_ROLE, begin, query};
use crate::door::{DoorError, TenantTx, Tenants};
use crate::platform::to_database;

/// The state of a tenant whose days of grace are running.
pub const DELETING: &str = "deleting";
/// The state of a tenant that is being destroyed.
pub const DESTROYING: &str = "destroying";

/// How long nobody else may have the names of a tenant that is gone.
pub const BURIED: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The constraints that keep a buried name from being used.
pub const BURIED_NAME: [&str; 2] = ["tenants_slug_buried", "domains_host_buried"];

/// A deletion that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    /// Whose.
    pub tenant: TenantId,
    /// Until when it can be cancelled.
    pub due_at: Timestamp,
    /// Since when it's being destroyed.
    pub begun_at: Option<Timestamp>,
}

/// The last that is known of a log that is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastHead {
    /// The name of the log.
    pub log: LogId,
    /// How many events it had.
    pub position: i64,
    /// The root over them.
    pub root: Hash,
}

/// Puts a tenant into its days of grace, or moves their end; answers whether it's not too late.
pub async fn schedule(
    tenants: &Tenants,
    tenant: TenantId,
    due_at: Timestamp,
) -> Result<bool, DoorError> {
    let mut tx = tenants.begin_as_owner(tenant).await?;
    let scheduled = tx
        .query(
            "insert into platform.deletions (tenant_id, due_at) values ($1, $2)
             on conflict on constraint deletions_pk do update set due_at = excluded.due_at
                where deletions.begun_at is null",
        )
        .bind(tenant.0)
        .bind(to_database(due_at))
        .execute()
        .await?;
    if scheduled == 1 {
        set_state(&mut tx, DELETING).await?;
    }
    tx.commit().await?;
    Ok(scheduled == 1)
}

/// Takes a tenant out of its days of grace; answers whether it was in them and it's not too late.
pub async fn cancel(tenants: &Tenants, tenant: TenantId) -> Result<bool, DoorError> {
    let mut tx = tenants.begin_as_owner(tenant).await?;
    let sql = "delete from platform.deletions where tenant_id = $1 and begun_at is null";
    let cancelled = tx.query(sql).bind(tenant.0).execute().await? == 1;
    if cancelled {
        set_state(&mut tx, "active").await?;
    }
    tx.commit().await?;
    Ok(cancelled)
}

async fn set_state(tx: &mut TenantTx, state: &str) -> Result<(), DoorError> {
    let tenant = tx.tenant();
    tx.query("update platform.tenants set state = $2 where tenant_id = $1")
        .bind(tenant.0)
        .bind(state)
        .execute()
        .await?;
    Ok(())
}

/// Every deletion that was asked for and is not done, the oldest first.
pub async fn deletions(tenants: &Tenants) -> Result<Vec<Deletion>, DoorError> {
    let settings = format!("set local role {OWNER_ROLE}; set local statement_timeout = 10000");
    let mut tx = begin(tenants.cell().builder_pool()?, &settings).await?;
    let sql = "select tenant_id, due_at, begun_at from platform.deletions order by due_at";
    let rows = query(sql).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<Deletion, sqlx::Error> {
        let begun_at: Option<jiff_sqlx::Timestamp> = row.try_get(2)?;
        Ok(Deletion {
            tenant: TenantId(row.try_get(0)?),
            due_at: row.try_get::<jiff_sqlx::Timestamp, _>(1)?.to_jiff(),
            begun_at: begun_at.map(|at| at.to_jiff()),
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Begins the destruction of a tenant whose deletion was asked for, or answers what the first run
/// saw: notes the head of its log, destroys its key, buries its names, those it had before among
/// them, and locks everybody out.
pub async fn begin_destruction(
    tenants: &Tenants,
    tenant: TenantId,
    former_names: &[String],
    at: Timestamp,
) -> Result<LastHead, DoorError> {
    let mut tx = tenants.begin_as_owner(tenant).await?;
    let sql = "select log_id, position, root from platform.deletions
               where tenant_id = $1 and begun_at is not null";
    if let Some(row) = tx.query(sql).bind(tenant.0).fetch_optional().await? {
        let root: Vec<u8> = row.try_get(2)?;
        let log = LogId(row.try_get(0)?);
        let root = root.try_into().unwrap_or_default();
        return Ok(LastHead { log, position: row.try_get(1)?, root });
    }
    // What is being appended lands before; what comes later finds the doors shut.
    let row =
        tx.query("select log_id, position, peaks from {t}.log_head for update").fetch_one().await?;
    let (position, peaks): (i64, Vec<u8>) = (row.try_get(1)?, row.try_get(2)?);
    let range = CompactRange::from_bytes(position.unsigned_abs(), &peaks)
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    let head = LastHead { log: LogId(row.try_get(0)?), position, root: range.root() };
    tx.query(
        "update platform.deletions set begun_at = $2, log_id = $3, position = $4, root = $5
         where tenant_id = $1",
    )
    .bind(tenant.0)
    .bind(to_database(at))
    .bind(head.log.0)
    .bind(position)
    .bind(head.root.to_vec())
    .execute()
    .await?;
    set_state(&mut tx, DESTROYING).await?;
    bury(&mut tx, former_names, at).await?;
    tx.query("delete from platform.tenant_keys where tenant_id = $1")
        .bind(tenant.0)
        .execute()
        .await?;
    // Nobody looks for work of it any more, and nobody gets in.
    tx.query("delete from cell.heads where tenant = $1").bind(tenant.schema()).execute().await?;
    tx.run_script("revoke all on schema {t} from {t}").await?;
    tx.commit().await?;
    Ok(head)
}

/// Takes names out of their graves for the log that had them.
pub(crate) async fn exhume(tx: &mut TenantTx, log: LogId, names: &[&str]) -> Result<(), DoorError> {
    tx.query(
        "delete from platform.graves g using unnest($2::text[]) as n (name)
         where g.holder = sha256(uuid_send($1)) and g.digest in (
            sha256(convert_to('slug:' || n.name, 'UTF8')),
            sha256(convert_to('host:' || n.name, 'UTF8')))",
    )
    .bind(log.0)
    .bind(names.to_vec())
    .execute()
    .await?;
    Ok(())
}

/// Takes the names of a tenant away and out of use. A name that rests because the tenant gave it up
/// rests here from now on, where it can't be read.
async fn bury(tx: &mut TenantTx, former: &[String], at: Timestamp) -> Result<(), DoorError> {
    let tenant = tx.tenant();
    tx.query(
        "insert into platform.graves (digest, holder, until)
         select sha256(convert_to(n.name, 'UTF8')), sha256(uuid_send(l.log_id)), $2
         from {t}.log_head l, (
            select 'slug:' || slug as name from platform.tenants where tenant_id = $1
            union select 'host:' || host from platform.domains where tenant_id = $1
            union select 'host:' || b.name from platform.buried_names b where b.name = any($3)
            union select 'slug:' || b.name from platform.buried_names b where b.name = any($3)
         ) n
         on conflict on constraint graves_pk do update
            set holder = excluded.holder, until = excluded.until",
    )
    .bind(tenant.0)
    .bind(to_database(at + BURIED))
    .bind(former.to_vec())
    .execute()
    .await?;
    tx.query("delete from platform.buried_names where name = any($1)")
        .bind(former.to_vec())
        .execute()
        .await?;
    // The row stays until the end, the name in it does not.
    tx.query(
        "update platform.tenants set slug = 'gone-' || replace(tenant_id::text, '-', ''), name = ''
         where tenant_id = $1",
    )
    .bind(tenant.0)
    .execute()
    .await?;
    tx.query("delete from platform.domains where tenant_id = $1").bind(tenant.0).execute().await?;
    Ok(())
}

/// Drops the tables and views of a tenant, each in a transaction of its own: a tenant of any size
/// takes few locks at a time. `each` is told how many are left.
pub async fn drop_tables(
    tenants: &Tenants,
    tenant: TenantId,
    mut each: impl FnMut(usize) + Send,
) -> Result<(), DoorError> {
    let mut tx = tenants.begin_as_owner(tenant).await?;
    let rows = tx
        .query(
            "select format(case relkind when 'v' then 'drop view if exists %I.%I cascade'
                else 'drop table if exists %I.%I cascade' end, $1, relname)
             from pg_catalog.pg_class
             where relnamespace = (select oid from pg_catalog.pg_namespace where nspname = $1)
                and relkind in ('r', 'p', 'v')
             order by relkind <> 'v', relname",
        )
        .bind(tenant.schema())
        .fetch_all()
        .await?;
    tx.commit().await?;
    for (row, left) in rows.iter().zip((0..rows.len()).rev()) {
        let statement: String = row.try_get(0)?;
        let mut tx = tenants.begin_as_owner(tenant).await?;
        tx.run_file(&statement).await?;
        tx.commit().await?;
        each(left);
    }
    Ok(())
}

/// Removes the rest in one transaction: schema, role and whatever the catalogue has of it.
/// The tables must have been dropped.
pub async fn finish(tenants: &Tenants, tenant: TenantId) -> Result<(), DoorError> {
    let role = tenant.schema();
    let settings = format!("set local statement_timeout = 60000; set local role {OWNER_ROLE}");
    let mut tx = begin(tenants.cell().builder_pool()?, &settings).await?;
    tx.execute(format!("drop schema if exists {role} cascade").as_str()).await?;
    // Whatever refers to the tenant, by the catalogue's own word: later versions add to it.
    let referring = query(
        "select format('delete from %s where %I = $1', c.conrelid::regclass, a.attname)
         from pg_catalog.pg_constraint c
         join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
         where c.contype = 'f' and c.confrelid = 'platform.tenants'::regclass",
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &referring {
        let statement: String = row.try_get(0)?;
        query(&statement).bind(tenant.0).execute(&mut *tx).await?;
    }
    query("delete from platform.tenants where tenant_id = $1")
        .bind(tenant.0)
        .execute(&mut *tx)
        .await?;
    // The builder made the role and may drop it; the owner may not.
    tx.execute(format!("reset role; drop role if exists {role}").as_str()).await?;
    Ok(tx.commit().await?)
}
