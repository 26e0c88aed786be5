//! What tells one content of the tables of a book from every other. A row's position is that of its
//! last change and positions only grow, so the same number of rows with the same last position are
//! the same rows; a table that was built anew has another id.

use migrations::{DoorError, TenantTx};
use sqlx::Row as _;

use crate::row::ReadError;

/// The mark of settings and rounding rules.
pub(super) async fn rounding_mark(tx: &mut TenantTx) -> Result<String, ReadError> {
    let sql = "select pg_catalog.concat_ws(' ', s.mark, u.mark)
        from (select pg_catalog.concat_ws('/', count(*), max(position), max(tableoid::bigint))
                as mark from {t}.rm_setting) s,
            (select pg_catalog.concat_ws('/', count(*), max(position), max(tableoid::bigint))
                as mark from {t}.rm_rounding_rule) u";
    Ok(tx.query(sql).fetch_one().await?.try_get(0).map_err(DoorError::from)?)
}

/// The mark of these and of rates.
pub(super) async fn prices_mark(tx: &mut TenantTx) -> Result<String, ReadError> {
    let sql = "select pg_catalog.concat_ws(' ', r.mark, s.mark, u.mark)
        from (select pg_catalog.concat_ws('/', count(*), max(position), max(tableoid::bigint))
                as mark from {t}.rm_rate) r,
            (select pg_catalog.concat_ws('/', count(*), max(position), max(tableoid::bigint))
                as mark from {t}.rm_setting) s,
            (select pg_catalog.concat_ws('/', count(*), max(position), max(tableoid::bigint))
                as mark from {t}.rm_rounding_rule) u";
    Ok(tx.query(sql).fetch_one().await?.try_get(0).map_err(DoorError::from)?)
}
