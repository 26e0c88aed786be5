//! Rows out of what a query answers.

use migrations::{DoorError, Template, TenantQuery, TenantTx};
use sqlx::Row as _;
use sqlx::postgres::{PgRow, PgValueFormat};

use super::{CellError, Row};

/// Why a question to a read model has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database did not answer.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// A stored row does not have its form.
    #[error(transparent)]
    Cell(#[from] CellError),
}

/// The binary forms of the cells of an answer; `None` is null. Statements that bind values are
/// always answered in binary form.
pub(crate) fn cells_of(row: &PgRow) -> Result<Vec<Option<&[u8]>>, ReadError> {
    let cell = |n| {
        let value = row.try_get_raw(n).map_err(DoorError::from)?;
        match value.format() {
            PgValueFormat::Binary => Ok(value.as_bytes().ok()),
            PgValueFormat::Text => Err(ReadError::Cell(CellError::UNNAMED)),
        }
    };
    (0..row.len()).map(cell).collect()
}

/// `select <every column> from {t}.rm_x r <rest>`, to bind values to; `rest` calls the table `r`.
pub(crate) fn select<'tx, R: Row>(tx: &'tx mut TenantTx, rest: &'static str) -> TenantQuery<'tx> {
    tx.query(Template::assembled(R::TABLE.select().into_iter().chain([rest])))
}

/// The same with a rest in parts, so that a list asks for nothing but what narrows it and each
/// combination is planned once, by the index that fits it.
pub(crate) fn select_by<'tx, R: Row>(
    tx: &'tx mut TenantTx,
    rest: &[&'static str],
) -> TenantQuery<'tx> {
    tx.query(Template::assembled(R::TABLE.select().into_iter().chain(rest.iter().copied())))
}

/// The rows of an answer that begins with every column.
pub(crate) fn read_rows<R: Row>(answers: &[PgRow]) -> Result<Vec<R>, ReadError> {
    answers.iter().map(read_row).collect()
}

/// The row of an answer that begins with every column.
pub(crate) fn read_row<R: Row>(answer: &PgRow) -> Result<R, ReadError> {
    Ok(R::read(&cells_of(answer)?)?)
}
