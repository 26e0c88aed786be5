//! Builds a read model anew beside the live one and swaps it in: reading goes on meanwhile, and so
//! do appends. It's done when it has reached the log's head in the very transaction that swaps; a
//! log that ends early is an error.

use std::time::Duration;

use domain::id::TenantId;
use migrations::{DoorError, Template, TenantTx, Tenants};
use sqlx::Row as _;
use tokio::time::Instant;

use crate::erased::ErasedModel;
use crate::feed::{self, FeedError};
use crate::fold::{Fold, FoldError};
use crate::row::{CellError, NEW};
use crate::store;

/// With so few events to go, the rest is done while the live runner waits.
const NEARLY_THERE: i64 = 500;
/// How often the swap is tried: readers hold it up, and it must not hold them up.
const TRIES: u32 = 300;
/// How long readers may be held up by one try.
const LOCK_TIMEOUT: &str = "set local lock_timeout = '100ms'";

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Events folded.
    pub events: i64,
    /// Events to fold, as far as is known.
    pub total: i64,
}

/// What a rebuild came to.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Rebuilt {
    /// The read model.
    pub model: &'static str,
    /// The position it was swapped in at.
    pub position: i64,
    /// How many events were folded.
    pub events: i64,
    /// How many rows it has.
    pub rows: usize,
    /// How long it took as a whole.
    pub seconds: f64,
    /// Events by seconds.
    pub events_per_second: f64,
    /// How long the last step held up the tenant's readers of this model, at most.
    pub swap_ms: f64,
}

/// Why nothing was swapped in. The live rows are as they were.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The log can't be folded.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// Another rebuild of the same read model began.
    #[error("another rebuild of the same read model took over")]
    TakenOver,
    /// Readers held the table for too long, each time.
    #[error("the table was in use each time the swap was tried")]
    InUse,
}

impl From<DoorError> for RebuildError {
    fn from(error: DoorError) -> Self {
        RebuildError::Fold(error.into())
    }
}

impl From<FeedError> for RebuildError {
    fn from(error: FeedError) -> Self {
        RebuildError::Fold(error.into())
    }
}

impl From<CellError> for RebuildError {
    fn from(error: CellError) -> Self {
        RebuildError::Fold(error.into())
    }
}

/// Builds a read model of a tenant anew and swaps it in. `each` is told how far it is.
pub async fn rebuild(
    tenants: &Tenants,
    tenant: TenantId,
    model: &'static dyn ErasedModel,
    each: &mut (dyn FnMut(Step) + Send),
) -> Result<Rebuilt, RebuildError> {
    let began = Instant::now();
    let (mut fold, table) = build(tenants, tenant, model, each).await?;
    loop {
        let mut tx = tenants.begin_as_owner(tenant).await?;
        let head = feed::head(&mut tx).await?;
        if head - fold.position <= NEARLY_THERE {
            break;
        }
        take_in(&mut tx, &mut fold, head, each).await?;
        check_still_ours(&mut tx, model, table).await?;
        store::write(&mut tx, model.table(), NEW, fold.rows.changes()).await?;
        tx.commit().await?;
        fold.rows.mark_written();
    }
    let swap = swap_with_patience(tenants, tenant, &mut fold, model, table, each).await?;
    let seconds = began.elapsed().as_secs_f64();
    let events = fold.position;
    metrics::counter!("projection_rebuilds_total").increment(1);
    Ok(Rebuilt {
        model: model.name(),
        position: fold.position,
        events,
        rows: fold.rows.len(),
        seconds,
        events_per_second: events as f64 / seconds.max(f64::EPSILON),
        swap_ms: swap.as_secs_f64() * 1000.0,
    })
}

/// Folds the whole log and copies the rows into a new table; answers the fold and the table's id.
async fn build(
    tenants: &Tenants,
    tenant: TenantId,
    model: &'static dyn ErasedModel,
    each: &mut (dyn FnMut(Step) + Send),
) -> Result<(Fold, i64), RebuildError> {
    let table = model.table();
    let mut tx = tenants.begin_as_owner(tenant).await?;
    let mut fold = Fold::begin(&mut tx, model).await?;
    let head = feed::head(&mut tx).await?;
    take_in(&mut tx, &mut fold, head, each).await?;
    let parts = ["drop table if exists {t}.", table.name, NEW];
    tx.query(Template::assembled(parts)).execute().await?;
    tx.query(Template::assembled(table.create(NEW))).execute().await?;
    tx.query("set local maintenance_work_mem = '128MB'").execute().await?;
    let copy = Template::assembled(table.copy(NEW, "from stdin"));
    tx.copy_in(copy, fold.rows.copy()).await?;
    tx.query(Template::assembled(table.add_key(NEW))).execute().await?;
    for index in table.add_indexes(NEW) {
        tx.query(Template::assembled(index)).execute().await?;
    }
    tx.query(Template::assembled(table.grant(NEW))).execute().await?;
    tx.query(Template::assembled(table.analyze(NEW))).execute().await?;
    let id = table_id(&mut tx, model).await?.ok_or(RebuildError::TakenOver)?;
    tx.commit().await?;
    fold.rows.mark_written();
    Ok((fold, id))
}

async fn take_in(
    tx: &mut TenantTx,
    fold: &mut Fold,
    head: i64,
    each: &mut (dyn FnMut(Step) + Send),
) -> Result<(), FoldError> {
    const SOMETIMES: i64 = 10_000;
    fold.go_on(tx, head, |position| {
        if position % SOMETIMES == 0 || position == head {
            each(Step { events: position, total: head });
        }
    })
    .await
}

async fn table_id(
    tx: &mut TenantTx,
    model: &'static dyn ErasedModel,
) -> Result<Option<i64>, DoorError> {
    let parts = ["select to_regclass('{t}.", model.table().name, NEW, "')::oid::bigint"];
    let row = tx.query(Template::assembled(parts)).fetch_one().await?;
    Ok(row.try_get(0)?)
}

/// Two rebuilds of the same model use the same name: the one whose table was dropped gives up.
async fn check_still_ours(
    tx: &mut TenantTx,
    model: &'static dyn ErasedModel,
    table: i64,
) -> Result<(), RebuildError> {
    if table_id(tx, model).await? == Some(table) { Ok(()) } else { Err(RebuildError::TakenOver) }
}

async fn swap_with_patience(
    tenants: &Tenants,
    tenant: TenantId,
    fold: &mut Fold,
    model: &'static dyn ErasedModel,
    table: i64,
    each: &mut (dyn FnMut(Step) + Send),
) -> Result<Duration, RebuildError> {
    for _ in 0..TRIES {
        match swap(tenants, tenant, fold, model, table, each).await {
            Ok(held_up) => return Ok(held_up),
            // What was folded meanwhile stays marked as changed and is written by the next try.
            Err(RebuildError::Fold(FoldError::Feed(FeedError::Door(DoorError::Busy)))) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => return Err(error),
        }
    }
    Err(RebuildError::InUse)
}

/// Takes in the rest and puts the new table in the place of the old one, in one transaction;
/// answers how long it kept readers out.
async fn swap(
    tenants: &Tenants,
    tenant: TenantId,
    fold: &mut Fold,
    model: &'static dyn ErasedModel,
    id: i64,
    each: &mut (dyn FnMut(Step) + Send),
) -> Result<Duration, RebuildError> {
    let table = model.table();
    let mut tx = tenants.begin_as_owner(tenant).await?;
    // The checkpoint first, as the live runner does: it waits here, and nobody waits in a circle.
    tx.query(
        "insert into {t}.checkpoints (read_model, version, position) values ($1, $2, 0)
            on conflict (read_model) do update set updated_at = now()",
    )
    .bind(model.name())
    .bind(model.version())
    .execute()
    .await?;
    let head = feed::head(&mut tx).await?;
    take_in(&mut tx, fold, head, each).await?;
    if fold.position > head {
        // The log was cut while it was folded: what is in memory is not what it says.
        return Err(FeedError::CutShort { read: head, head: fold.position }.into());
    }
    check_still_ours(&mut tx, model, id).await?;
    store::write(&mut tx, table, NEW, fold.rows.changes()).await?;
    tx.query(LOCK_TIMEOUT).execute().await?;
    let asked = Instant::now();
    tx.query(Template::assembled(["drop table if exists {t}.", table.name])).execute().await?;
    let parts = ["alter table {t}.", table.name, NEW, " rename to ", table.name];
    tx.query(Template::assembled(parts)).execute().await?;
    for suffix in std::iter::once("pkey").chain(table.indexes.iter().map(|(name, _)| *name)) {
        let old = ["alter index {t}.", table.name, NEW, "_", suffix];
        let parts = old.into_iter().chain([" rename to ", table.name, "_", suffix]);
        tx.query(Template::assembled(parts)).execute().await?;
    }
    tx.query(
        "update {t}.checkpoints
            set version = $2, position = $3, state = 'live', error = null, updated_at = now()
            where read_model = $1",
    )
    .bind(model.name())
    .bind(model.version())
    .bind(fold.position)
    .execute()
    .await?;
    tx.commit().await?;
    fold.rows.mark_written();
    Ok(asked.elapsed())
}
