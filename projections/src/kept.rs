//! What tells one content of some small tables from every other, so that what was made of them can
//! be kept for as long as they stay as they are.

use migrations::{DoorError, Template, TenantTx};
use sqlx::Row as _;

use crate::row::ReadError;

/// The mark of what these tables of read models hold, as this transaction sees them. The position
/// of a row is that of its last change and positions only grow, so as many rows with the same last
/// position are the same rows; a table that was built anew has another id.
pub(crate) async fn mark(tx: &mut TenantTx, tables: &[&'static str]) -> Result<String, ReadError> {
    const OF_ONE: &str =
        ", (select pg_catalog.concat_ws('/', count(*), max(position), max(tableoid::bigint))
            from {t}.";
    let mut sql = vec!["select pg_catalog.concat_ws(' '"];
    for table in tables {
        sql.extend([OF_ONE, *table, ")"]);
    }
    sql.push(")");
    let answer = tx.query(Template::assembled(sql)).fetch_one().await?;
    Ok(answer.try_get(0).map_err(DoorError::from)?)
}
