//! How far each read model of a tenant has come, and whether it can go on. The row lock on these is
//! what keeps two processes from applying the same events twice.

use std::collections::BTreeSet;

use migrations::{DoorError, TenantTx};
use sqlx::Row as _;

use crate::erased::ErasedModel;

/// Whether a read model can go on from where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It goes on.
    Live,
    /// It stopped before an event that it can't take in; the text says which and why.
    Degraded(String),
    /// It must be built anew: it was never built, is of an older version, or is ahead of the log.
    Unbuilt,
    /// A newer program built it: this one leaves it alone.
    Newer,
}

/// Where a read model stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Which.
    pub model: &'static dyn ErasedModel,
    /// The last event it took in.
    pub position: i64,
    /// Whether it goes on.
    pub state: State,
}

/// Where every one of `models` stands, given the log's head, and holds them there until the
/// transaction ends. A row that is missing belongs to a model that was not built yet.
pub(crate) async fn lock(
    tx: &mut TenantTx,
    models: &[&'static dyn ErasedModel],
) -> Result<(i64, Vec<Standing>), DoorError> {
    let sql = "select read_model, version, position, state, error from {t}.checkpoints
        order by read_model for update";
    let rows = tx.query(sql).fetch_all().await?;
    // Read after the lock: what was appended while waiting for it is seen.
    let head = crate::feed::head(tx).await?;
    Ok((head, standings(&rows, models, head)?))
}

/// The same without holding them.
pub(crate) async fn read(
    tx: &mut TenantTx,
    models: &[&'static dyn ErasedModel],
) -> Result<(i64, Vec<Standing>), DoorError> {
    let sql = "select c.read_model, c.version, c.position, c.state, c.error, h.position as head
        from {t}.log_head h left join {t}.checkpoints c on true";
    let rows = tx.query(sql).fetch_all().await?;
    let head = rows.first().map_or(Ok(0), |row| row.try_get("head"))?;
    Ok((head, standings(&rows, models, head)?))
}

fn standings(
    rows: &[sqlx::postgres::PgRow],
    models: &[&'static dyn ErasedModel],
    head: i64,
) -> Result<Vec<Standing>, DoorError> {
    let mut standings: Vec<_> = models
        .iter()
        .map(|model| Standing { model: *model, position: 0, state: State::Unbuilt })
        .collect();
    for row in rows {
        let name: Option<&str> = row.try_get("read_model")?;
        let Some(standing) = standings.iter_mut().find(|it| Some(it.model.name()) == name) else {
            continue;
        };
        let version: i32 = row.try_get("version")?;
        let error: Option<String> = row.try_get("error")?;
        standing.position = row.try_get("position")?;
        standing.state = match version.cmp(&standing.model.version()) {
            std::cmp::Ordering::Less => State::Unbuilt,
            std::cmp::Ordering::Greater => State::Newer,
            std::cmp::Ordering::Equal if standing.position > head => State::Unbuilt,
            std::cmp::Ordering::Equal => match row.try_get("state")? {
                "live" => State::Live,
                _ => State::Degraded(error.unwrap_or_default()),
            },
        };
    }
    Ok(standings)
}

/// Moves the checkpoints of some models to a position.
pub(crate) async fn advance(
    tx: &mut TenantTx,
    models: &[&str],
    position: i64,
) -> Result<(), DoorError> {
    tx.query(
        "update {t}.checkpoints set position = $2, updated_at = now() where read_model = any($1)",
    )
    .bind(models)
    .bind(position)
    .execute()
    .await?;
    Ok(())
}

/// Stops a read model before an event that it can't take in. `error` must not hold what the event
/// says.
pub(crate) async fn degrade(
    tx: &mut TenantTx,
    model: &str,
    position: i64,
    error: &str,
) -> Result<(), DoorError> {
    tx.query(
        "update {t}.checkpoints
            set position = $2, state = 'degraded', error = $3, updated_at = now()
            where read_model = $1",
    )
    .bind(model)
    .bind(position)
    .bind(error)
    .execute()
    .await?;
    Ok(())
}

/// The events that an operator let a model skip.
pub(crate) async fn skipped(tx: &mut TenantTx, model: &str) -> Result<BTreeSet<i64>, DoorError> {
    let sql = "select position from {t}.rm_skipped where read_model = $1";
    let rows = tx.query(sql).bind(model).fetch_all().await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// What came of asking a stopped read model to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumed {
    /// It goes on after this position.
    From(i64),
    /// It was not stopped, or not there.
    WasNotStopped,
}

/// Lets a stopped read model try again from where it stopped. The caller records who asked and why.
pub async fn retry(tx: &mut TenantTx, model: &str) -> Result<Resumed, DoorError> {
    let row = tx
        .query(
            "update {t}.checkpoints set state = 'live', error = null, updated_at = now()
                where read_model = $1 and state = 'degraded' returning position",
        )
        .bind(model)
        .fetch_optional()
        .await?;
    row.map_or(Ok(Resumed::WasNotStopped), |row| Ok(Resumed::From(row.try_get(0)?)))
}

/// Lets a stopped read model go on behind the event that stopped it, for ever: rebuild and verify
/// skip it too. The caller records who asked and why.
pub async fn skip(tx: &mut TenantTx, model: &str) -> Result<Resumed, DoorError> {
    let row = tx
        .query(
            "with stopped as (
                update {t}.checkpoints
                    set state = 'live', error = null, position = position + 1, updated_at = now()
                    where read_model = $1 and state = 'degraded'
                        and position < (select position from {t}.log_head)
                    returning read_model, position
            )
            insert into {t}.rm_skipped (read_model, position)
                select read_model, position from stopped returning position",
        )
        .bind(model)
        .fetch_optional()
        .await?;
    row.map_or(Ok(Resumed::WasNotStopped), |row| Ok(Resumed::From(row.try_get(0)?)))
}
