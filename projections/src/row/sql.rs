//! What follows from a table's list of columns: DDL, statements, arrays to bind, rows to COPY.
//! Every statement is put together from texts of the program, never from a value.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, Postgres};

use super::copy_reader::COPY_HEAD;
use super::wire::{write_array_header, write_sized};
use super::{Cell, Column, Row, SqlType};

/// A table: what `row!` makes of a row.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name, `rm_<read model>`.
    pub name: &'static str,
    /// Its columns, the key first.
    pub columns: &'static [Column],
    /// How many of them are the key.
    pub key: usize,
    /// Its indexes: the suffix of the name and what follows the table in DDL.
    pub indexes: &'static [(&'static str, &'static str)],
}

/// The suffix of the table that a rebuild fills.
pub(crate) const NEW: &str = "__new";

impl Table {
    /// The parts of `create table`, without key and indexes, which are quicker made once it's full.
    pub(crate) fn create(&self, suffix: &'static str) -> Vec<&'static str> {
        let mut sql = vec!["create table {t}.", self.name, suffix, " ("];
        for (n, column) in self.columns.iter().enumerate() {
            let null = if column.nullable { "" } else { " not null" };
            sql.extend([if n == 0 { "" } else { ", " }, column.name, " ", column.sql.name, null]);
        }
        // Rows are changed in place: room on the page spares the indexes.
        sql.push(") with (fillfactor = 85)");
        sql
    }

    /// The parts of the statement that gives the table its primary key.
    pub(crate) fn add_key(&self, suffix: &'static str) -> Vec<&'static str> {
        let mut sql = vec!["alter table {t}.", self.name, suffix, " add constraint ", self.name];
        sql.extend([suffix, "_pkey primary key ("]);
        self.push_columns(&mut sql, "", 0..self.key);
        sql.push(")");
        sql
    }

    /// The parts of each `create index`.
    pub(crate) fn add_indexes(&self, suffix: &'static str) -> Vec<Vec<&'static str>> {
        let index = |(name, definition): &(&'static str, &'static str)| {
            let table = [self.name, suffix];
            let head = ["create index ", table[0], table[1], "_", name];
            head.into_iter().chain([" on {t}.", table[0], table[1], " ", definition]).collect()
        };
        self.indexes.iter().map(index).collect()
    }

    /// The parts of the grant that lets the tenant's own role read and write the rows.
    pub(crate) fn grant(&self, suffix: &'static str) -> Vec<&'static str> {
        vec!["grant select, insert, update, delete on {t}.", self.name, suffix, " to {t}"]
    }

    /// The parts of the `analyze` of what questions are asked by: arrays take long and say nothing.
    pub(crate) fn analyze(&self, suffix: &'static str) -> Vec<&'static str> {
        let mut sql = vec!["analyze {t}.", self.name, suffix, " ("];
        let scalar = |column: &&Column| !column.sql.is_array();
        for (n, column) in self.columns.iter().filter(scalar).enumerate() {
            sql.extend([if n == 0 { "" } else { ", " }, column.name]);
        }
        sql.push(")");
        sql
    }

    /// The parts of `insert ... on conflict do update` from one array per column.
    pub(crate) fn upsert(&self, suffix: &'static str) -> Vec<&'static str> {
        let all = 0..self.columns.len();
        let mut sql = vec!["insert into {t}.", self.name, suffix, " ("];
        self.push_columns(&mut sql, "", all.clone());
        sql.push(") select ");
        for (n, column) in self.columns.iter().enumerate() {
            // `unnest` would take an array of arrays apart, so these travel as texts.
            let cast = if column.sql.is_array() { ["::", column.sql.name] } else { ["", ""] };
            sql.extend([if n == 0 { "" } else { ", " }, column.name, cast[0], cast[1]]);
        }
        sql.push(" from ");
        self.push_unnest(&mut sql, all);
        sql.push(" on conflict (");
        self.push_columns(&mut sql, "", 0..self.key);
        if self.key == self.columns.len() {
            sql.push(") do nothing");
            return sql;
        }
        sql.push(") do update set ");
        for (n, column) in self.columns.iter().enumerate().skip(self.key) {
            let comma = if n == self.key { "" } else { ", " };
            sql.extend([comma, column.name, " = excluded.", column.name]);
        }
        sql
    }

    /// The parts of `delete` by one array per column of the key.
    pub(crate) fn delete(&self, suffix: &'static str) -> Vec<&'static str> {
        let mut sql = vec!["delete from {t}.", self.name, suffix, " r using "];
        self.push_unnest(&mut sql, 0..self.key);
        self.push_key_match(&mut sql);
        sql
    }

    /// The parts of `select` by one array per column of the key.
    pub(crate) fn select_by_keys(&self, suffix: &'static str) -> Vec<&'static str> {
        let mut sql = vec!["select "];
        self.push_columns(&mut sql, "r.", 0..self.columns.len());
        sql.extend([" from {t}.", self.name, suffix, " r join "]);
        self.push_unnest(&mut sql, 0..self.key);
        sql.push(" on true");
        self.push_key_match(&mut sql);
        sql
    }

    /// The parts of `select <every column> from {t}.rm_x `, to be followed by the rest.
    pub(crate) fn select(&self) -> Vec<&'static str> {
        let mut sql = vec!["select "];
        self.push_columns(&mut sql, "r.", 0..self.columns.len());
        sql.extend([" from {t}.", self.name, " r "]);
        sql
    }

    /// The parts of the COPY that reads or fills the table in binary form.
    pub(crate) fn copy(&self, suffix: &'static str, direction: &'static str) -> Vec<&'static str> {
        let mut sql = vec!["copy {t}.", self.name, suffix, " ("];
        self.push_columns(&mut sql, "", 0..self.columns.len());
        sql.extend([") ", direction, " (format binary)"]);
        sql
    }

    fn push_columns(
        &self,
        sql: &mut Vec<&'static str>,
        prefix: &'static str,
        columns: std::ops::Range<usize>,
    ) {
        for (n, column) in self.columns[columns].iter().enumerate() {
            sql.extend([if n == 0 { "" } else { ", " }, prefix, column.name]);
        }
    }

    fn push_unnest(&self, sql: &mut Vec<&'static str>, columns: std::ops::Range<usize>) {
        const PARAMETERS: [&str; 48] = [
            "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13",
            "$14", "$15", "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25",
            "$26", "$27", "$28", "$29", "$30", "$31", "$32", "$33", "$34", "$35", "$36", "$37",
            "$38", "$39", "$40", "$41", "$42", "$43", "$44", "$45", "$46", "$47", "$48",
        ];
        sql.push("unnest(");
        for (n, column) in self.columns[columns.clone()].iter().enumerate() {
            let array = if column.sql.is_array() { SqlType::TEXT.array } else { column.sql.array };
            sql.extend([if n == 0 { "" } else { ", " }, PARAMETERS[n], "::", array]);
        }
        sql.push(") as k (");
        self.push_columns(sql, "", columns);
        sql.push(")");
    }

    fn push_key_match(&self, sql: &mut Vec<&'static str>) {
        for (n, column) in self.columns[..self.key].iter().enumerate() {
            let word = if n == 0 { " where r." } else { " and r." };
            sql.extend([word, column.name, " = k.", column.name]);
        }
    }
}

/// Takes the cells of a row one after the other.
pub trait Sink {
    /// Takes the next cell.
    fn cell<C: Cell>(&mut self, cell: &C);
}

/// Rows in the binary form of COPY.
#[derive(Debug)]
pub struct CopyRows {
    bytes: Vec<u8>,
}

impl CopyRows {
    /// The head of the form, and no row yet.
    pub fn start() -> Self {
        CopyRows { bytes: COPY_HEAD.to_vec() }
    }

    /// Adds a row.
    pub fn push<R: Row>(&mut self, row: &R) {
        let columns = i16::try_from(R::TABLE.columns.len()).expect("a table has few columns");
        self.bytes.extend_from_slice(&columns.to_be_bytes());
        row.write(self);
    }

    /// Adds the end of the form.
    pub fn finish(&mut self) {
        self.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
    }

    /// Takes what was added since, where it's at least `bytes` long.
    pub fn take(&mut self, bytes: usize) -> Option<Vec<u8>> {
        (self.bytes.len() >= bytes.max(1)).then(|| std::mem::take(&mut self.bytes))
    }
}

impl Sink for CopyRows {
    fn cell<C: Cell>(&mut self, cell: &C) {
        write_sized(&mut self.bytes, |out| cell.write(out));
    }
}

/// One column of many rows, bound to a statement as an array.
#[derive(Debug, Clone)]
pub struct ColumnArray {
    element: SqlType,
    /// The cells are arrays and travel as their text forms.
    as_text: bool,
    length: usize,
    nulls: bool,
    bytes: Vec<u8>,
}

impl ColumnArray {
    fn of(column: &Column) -> Self {
        let as_text = column.sql.is_array();
        let element = if as_text { SqlType::TEXT } else { column.sql };
        ColumnArray { element, as_text, length: 0, nulls: false, bytes: Vec::new() }
    }

    fn push<C: Cell>(&mut self, cell: &C) {
        self.length += 1;
        let as_text = self.as_text;
        let mut present = true;
        write_sized(&mut self.bytes, |out| {
            if as_text {
                write_literal(&cell.json(), out)
            } else {
                present = cell.write(out)
            }
            present
        });
        self.nulls |= !present;
    }
}

/// Appends the text form of an array: `{"a","b"}`.
fn write_literal(array: &serde_json::Value, out: &mut Vec<u8>) {
    out.push(b'{');
    for (n, element) in array.as_array().into_iter().flatten().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        let number = element.to_string();
        let text = element.as_str().unwrap_or(&number);
        out.push(b'"');
        for byte in text.bytes() {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
    }
    out.push(b'}');
}

impl sqlx::Type<Postgres> for ColumnArray {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(SqlType::TEXT.array_oid))
    }
}

impl sqlx::Encode<'_, Postgres> for ColumnArray {
    fn encode_by_ref(&self, out: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        write_array_header(out, self.element.oid, self.length, self.nulls);
        out.extend_from_slice(&self.bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.element.array_oid)))
    }
}

/// Rows or keys as one array per column.
#[derive(Debug)]
pub struct Arrays {
    columns: Vec<ColumnArray>,
    next: usize,
}

impl Arrays {
    /// Whole rows.
    pub fn of_rows<'a, R: Row>(rows: impl IntoIterator<Item = &'a R>) -> Vec<ColumnArray> {
        let columns = R::TABLE.columns.iter().map(ColumnArray::of).collect();
        let mut arrays = Arrays { columns, next: 0 };
        rows.into_iter().for_each(|row| row.write(&mut arrays));
        arrays.columns
    }

    /// Keys only.
    pub fn of_keys<'a, R: Row>(keys: impl IntoIterator<Item = &'a R::Key>) -> Vec<ColumnArray> {
        let key = &R::TABLE.columns[..R::TABLE.key];
        let mut arrays = Arrays { columns: key.iter().map(ColumnArray::of).collect(), next: 0 };
        keys.into_iter().for_each(|key| R::write_key(key, &mut arrays));
        arrays.columns
    }
}

impl Sink for Arrays {
    fn cell<C: Cell>(&mut self, cell: &C) {
        self.columns[self.next].push(cell);
        self.next = (self.next + 1) % self.columns.len();
    }
}
