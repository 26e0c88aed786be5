//! What tells one content of the tables of a book from every other. A row's position is that of its
//! last change and positions only grow, so the same number of rows with the same last position are
//! the same rows; a table that was built anew has another id.

use migrations::{DoorError, Template, TenantTx};
use sqlx::Row as _;

use crate::row::ReadError;

/// The mark of settings and rounding rules.
pub(super) async fn rounding_mark(tx: &mut TenantTx) -> Result<String, ReadError> {
    mark(tx, &["rm_setting", "rm_rounding_rule"]).await
}

/// The mark of these and of rates.
pub(super) async fn prices_mark(tx: &mut TenantTx) -> Result<String, ReadError> {
    mark(tx, &["rm_setting", "rm_rounding_rule", "rm_rate"]).await
}

async fn mark(tx: &mut TenantTx, tables: &[&'static str]) -> Result<String, ReadError> {
    const OF_ONE: &str = ", (select pg_catalog.concat_ws('/', count(*), max(position), \
        max(tableoid::bigint)) from {t}.";
    let of_each = tables.iter().flat_map(|table| [OF_ONE, *table, ")"]);
    let parts = ["select pg_catalog.concat_ws(' '"].into_iter().chain(of_each).chain([")"]);
    let answer = tx.query(Template::assembled(parts)).fetch_one().await?;
    Ok(answer.try_get(0).map_err(DoorError::from)?)
}
