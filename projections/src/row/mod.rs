//! Rows of read models. `row!` lists a row's columns once; DDL, statements, COPY and JSON follow
//! from that list, so a column can't be in one of them and missing in another.

mod answer;
mod cell;
mod copy_reader;
mod key_hash;
mod rows;
mod sql;
mod sql_type;
mod wire;

use std::fmt::Debug;
use std::hash::Hash;

use serde_json::Value;

pub use answer::ReadError;
pub(crate) use answer::{cells_of, read_row, read_rows, select, select_by};
pub use cell::{Cell, CellError, Since};
pub(crate) use cell::{read_text, text_cells};
pub use copy_reader::{Cells, CopyFormError, CopyReader};
pub use rows::{Changes, Rows};
pub(crate) use sql::NEW;
pub use sql::{Arrays, ColumnArray, CopyRows, Sink, Table};
pub use sql_type::SqlType;
pub(crate) use wire::{take_i16, take_i32};

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name, which is the field's.
    pub name: &'static str,
    /// Its type.
    pub sql: SqlType,
    /// Whether it may be null.
    pub nullable: bool,
}

/// A typed row of one table. Made by `row!`.
pub trait Row: Clone + PartialEq + Debug + Send + Sync + 'static {
    /// What tells it from the others: a cell, or a tuple of them in the order of the columns.
    type Key: Ord + Hash + Clone + Debug + Send + Sync + 'static;

    /// The table it's held in.
    const TABLE: Table;

    /// Its key.
    fn key(&self) -> Self::Key;

    /// Hands each cell to `sink` in the order of the columns.
    fn write(&self, sink: &mut impl Sink);

    /// Hands each cell of a key to `sink`.
    fn write_key(key: &Self::Key, sink: &mut impl Sink);

    /// Reads a row from the binary forms of its cells, in the order of the columns.
    fn read(fields: &[Option<&[u8]>]) -> Result<Self, CellError>;

    /// The row as a JSON object, a member per column; sealed fields stay sealed.
    fn json(&self) -> Value;
}

/// Declares a row: its table, its key, its indexes as (suffix, definition), and its columns. The
/// key columns come first.
macro_rules! row {
    (
        $(#[$doc:meta])*
        $name:ident in $table:literal key($($key:ident: $key_type:ty),+)
        $(index($($index:literal: $definition:literal),+))? {
            $($(#[$field_doc:meta])* $field:ident: $type:ty),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[allow(unreachable_pub, reason = "a row may be declared in a test")]
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),+ }

        #[allow(unused_parens, reason = "a key of one column is no tuple")]
        impl $crate::row::Row for $name {
            type Key = ($($key_type),+);

            const TABLE: $crate::row::Table = $crate::row::Table {
                name: $table,
                columns: &[$($crate::row::Column {
                    name: stringify!($field),
                    sql: <$type as $crate::row::Cell>::SQL,
                    nullable: <$type as $crate::row::Cell>::NULLABLE,
                }),+],
                key: [$(stringify!($key)),+].len(),
                indexes: &[$($(($index, $definition)),+)?],
            };

            fn key(&self) -> Self::Key {
                ($(self.$key.clone()),+)
            }

            fn write(&self, sink: &mut impl $crate::row::Sink) {
                $(sink.cell(&self.$field);)+
            }

            fn write_key(key: &Self::Key, sink: &mut impl $crate::row::Sink) {
                let ($($key),+) = key;
                $(sink.cell($key);)+
            }

            fn read(fields: &[Option<&[u8]>]) -> Result<Self, $crate::row::CellError> {
                let mut fields = fields.iter().copied();
                Ok($name {$(
                    $field: fields
                        .next()
                        .ok_or($crate::row::CellError::UNNAMED)
                        .and_then(<$type as $crate::row::Cell>::read)
                        .map_err(|_| $crate::row::CellError { column: stringify!($field) })?,
                )+})
            }

            fn json(&self) -> serde_json::Value {
                let mut object = serde_json::Map::new();
                $(object.insert(
                    stringify!($field).to_owned(),
                    $crate::row::Cell::json(&self.$field),
                );)+
                object.into()
            }
        }
    };
}
pub(crate) use row;
