//! Moves the rows of a read model between its table and a fold. What is called `suffix` tells the
//! live table from the one that a rebuild fills.

use migrations::{DoorError, Template, TenantTx};

use crate::erased::{ErasedChanges, ErasedRows};
use crate::row::{ColumnArray, ReadError, Table};

/// Loads the rows that a batch touches, as they are stored now.
pub(crate) async fn load(
    tx: &mut TenantTx,
    table: &Table,
    suffix: &'static str,
    rows: &mut dyn ErasedRows,
) -> Result<(), ReadError> {
    let sql = Template::assembled(table.select_by_keys(suffix));
    let answers = bind(tx, sql, rows.keys()).fetch_all().await?;
    rows.fill(&answers)
}

/// Writes what a fold changed.
pub(crate) async fn write(
    tx: &mut TenantTx,
    table: &Table,
    suffix: &'static str,
    changes: ErasedChanges,
) -> Result<(), DoorError> {
    if changes.removed > 0 {
        let sql = Template::assembled(table.delete(suffix));
        bind(tx, sql, changes.removed_keys).execute().await?;
    }
    if changes.put > 0 {
        let sql = Template::assembled(table.upsert(suffix));
        bind(tx, sql, changes.put_rows).execute().await?;
    }
    Ok(())
}

fn bind(tx: &mut TenantTx, sql: Template, arrays: Vec<ColumnArray>) -> migrations::TenantQuery<'_> {
    arrays.into_iter().fold(tx.query(sql), |query, array| query.bind(array))
}
