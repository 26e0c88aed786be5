//! How many members a tenant has, for whoever looks after the service: counts only, no names.

use migrations::{DoorError, TenantTx};
use sqlx::Row;

/// How many members there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeadCount {
    /// Of all.
    pub all: i64,
    /// Of those who are set active.
    pub active: i64,
}

/// How many members the tenant of this transaction has now.
pub async fn head_count(tx: &mut TenantTx) -> Result<HeadCount, DoorError> {
    let row = tx
        .query("select count(*), count(*) filter (where active) from {t}.rm_member")
        .fetch_one()
        .await?;
    Ok(HeadCount { all: row.try_get(0)?, active: row.try_get(1)? })
}
