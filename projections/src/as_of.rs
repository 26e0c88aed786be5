//! A read model as it was: the same fold over a cut of the log. An instant means the largest
//! position recorded at or before it, for everything.

use domain::id::TenantId;
use jiff::Timestamp;
use migrations::{DoorError, TenantTx, Tenants};
use serde_json::Value;
use sqlx::Row as _;

use crate::erased::ErasedModel;
use crate::feed;
use crate::fold::{Fold, FoldError};

/// Where the log is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// After this position.
    Position(i64),
    /// After the last event recorded at or before this instant.
    Instant(Timestamp),
}

/// A read model at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct AsOf {
    /// The last event that counts.
    pub position: i64,
    /// Its rows by key, each a JSON object with a member per column; sealed fields stay sealed.
    pub rows: Vec<Value>,
}

/// Why a read model can't be shown as it was.
#[derive(Debug, thiserror::Error)]
pub enum AsOfError {
    /// The position is not in the log yet.
    #[error("the log ends at {head}")]
    Future {
        /// The log's head.
        head: i64,
    },
    /// The log can't be folded.
    #[error(transparent)]
    Fold(#[from] FoldError),
}

impl From<DoorError> for AsOfError {
    fn from(error: DoorError) -> Self {
        AsOfError::Fold(error.into())
    }
}

/// The rows of a read model at a moment.
pub async fn as_of(
    tenants: &Tenants,
    tenant: TenantId,
    model: &'static dyn ErasedModel,
    cut: Cut,
) -> Result<AsOf, AsOfError> {
    let mut tx = tenants.begin_snapshot(tenant).await?;
    let position = position_of(&mut tx, cut).await?;
    let mut fold = Fold::begin(&mut tx, model).await?;
    fold.go_on(&mut tx, position, |_| {}).await?;
    Ok(AsOf { position, rows: fold.rows.json() })
}

/// The position of a cut; 0 before the first event. `recorded_at` never runs backwards, so a binary
/// search of about log2(n) look-ups finds the instant.
pub async fn position_of(tx: &mut TenantTx, cut: Cut) -> Result<i64, AsOfError> {
    let head = feed::head(tx).await?;
    let instant = match cut {
        Cut::Position(position) if position > head => return Err(AsOfError::Future { head }),
        Cut::Position(position) => return Ok(position.max(0)),
        Cut::Instant(instant) => instant,
    };
    let row = tx
        .query(
            "with recursive search (low, high) as (
                select 0::bigint, $1::bigint
                union all
                select
                    case when e.recorded_at <= $2 then e.position else s.low end,
                    case when e.recorded_at <= $2 then s.high else e.position - 1 end
                from search s
                join {t}.events e on e.position = (s.low + s.high + 1) / 2
                where s.low < s.high
            )
            select low from search where low = high",
        )
        .bind(head)
        .bind(jiff_sqlx::ToSqlx::to_sqlx(instant))
        .fetch_one()
        .await?;
    Ok(row.try_get(0).map_err(DoorError::from)?)
}
