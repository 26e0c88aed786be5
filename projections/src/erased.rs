//! Read models behind one face, so that runner, rebuild and verify are written once for all of
//! them. What is typed ends here: beyond it there are arrays to bind, bytes to COPY, and JSON.

use std::fmt::Debug;
use std::marker::PhantomData;

use bytes::Bytes;
use domain::log::Recorded;
use serde_json::Value;
use sqlx::postgres::PgRow;

use crate::model::{self, ReadModel};
use crate::row::{
    Arrays, CellError, Cells, ColumnArray, CopyRows, ReadError, Row, Rows, Table, read_rows,
};

/// A read model whatever its rows.
pub trait ErasedModel: Debug + Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// The version of its rows and fold.
    fn version(&self) -> i32;
    /// The table of its rows.
    fn table(&self) -> &'static Table;
    /// Whether it wants events of this stored type.
    fn reads(&self, event_type: &str) -> bool;
    /// No rows, to fold a whole log into.
    fn empty(&self) -> Box<dyn ErasedRows>;
    /// The keys that these events touch, to be filled with the stored rows.
    fn touched(&self, events: &mut dyn Iterator<Item = &Recorded>) -> Box<dyn ErasedRows>;
}

/// What a fold left to be written: arrays by column.
#[derive(Debug)]
pub struct ErasedChanges {
    /// How many rows are new or changed.
    pub put: usize,
    /// Them.
    pub put_rows: Vec<ColumnArray>,
    /// How many rows are gone.
    pub removed: usize,
    /// Their keys.
    pub removed_keys: Vec<ColumnArray>,
}

/// A row that is not as a fresh fold says. It names columns, never what they hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// The key, as a JSON object.
    pub key: Value,
    /// How it differs.
    #[serde(flatten)]
    pub kind: DifferenceKind,
}

/// How a row differs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "difference", content = "columns", rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The fold has it, the table has not.
    Missing,
    /// The table has it, the fold has not.
    Unexpected,
    /// These columns hold something else.
    Columns(Vec<String>),
}

/// Rows of a read model whatever their type.
pub trait ErasedRows: Send {
    /// Takes in what happened.
    fn apply(&mut self, event: &Recorded);
    /// How many keys it was made for.
    fn key_count(&self) -> usize;
    /// These keys, an array per column.
    fn keys(&self) -> Vec<ColumnArray>;
    /// Adds stored rows.
    fn fill(&mut self, answers: &[PgRow]) -> Result<(), ReadError>;
    /// What is to be written.
    fn changes(&self) -> ErasedChanges;
    /// Says that everything was written.
    fn mark_written(&mut self);
    /// Whether the fold used a row that it does not declare.
    fn used_undeclared(&self) -> bool;
    /// How many rows there are.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool;
    /// Every row in the binary form of COPY, in pieces of about 256 KiB.
    fn copy(&self) -> Box<dyn Iterator<Item = Bytes> + Send + '_>;
    /// Every row as a JSON object, by key.
    fn json(&self) -> Vec<Value>;
    /// Compares a stored row with the one here and counts that one off.
    fn count_off(&mut self, stored: Cells<'_>) -> Result<Option<Difference>, CellError>;
    /// The rows that no stored one was compared with.
    fn left_over(&self) -> Vec<Difference>;
}

/// Makes a read model an `ErasedModel`.
pub struct Erased<M>(PhantomData<fn() -> M>);

impl<M> Erased<M> {
    /// The only value there is.
    pub const fn new() -> Self {
        Erased(PhantomData)
    }
}

impl<M> Default for Erased<M> {
    fn default() -> Self {
        Erased::new()
    }
}

impl<M: ReadModel> Debug for Erased<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(M::NAME)
    }
}

impl<M: ReadModel> ErasedModel for Erased<M> {
    fn name(&self) -> &'static str {
        M::NAME
    }

    fn version(&self) -> i32 {
        M::VERSION
    }

    fn table(&self) -> &'static Table {
        const { &M::Row::TABLE }
    }

    fn reads(&self, event_type: &str) -> bool {
        model::reads::<M>(event_type)
    }

    fn empty(&self) -> Box<dyn ErasedRows> {
        Box::new(Folded::<M>(Rows::complete()))
    }

    fn touched(&self, events: &mut dyn Iterator<Item = &Recorded>) -> Box<dyn ErasedRows> {
        Box::new(Folded::<M>(Rows::some(events.flat_map(M::touches))))
    }
}

struct Folded<M: ReadModel>(Rows<M::Row>);

impl<M: ReadModel> ErasedRows for Folded<M> {
    fn apply(&mut self, event: &Recorded) {
        M::apply(&mut self.0, event);
    }

    fn key_count(&self) -> usize {
        self.0.keys().len()
    }

    fn keys(&self) -> Vec<ColumnArray> {
        Arrays::of_keys::<M::Row>(self.0.keys())
    }

    fn fill(&mut self, answers: &[PgRow]) -> Result<(), ReadError> {
        read_rows(answers)?.into_iter().for_each(|row| self.0.fill(row));
        Ok(())
    }

    fn changes(&self) -> ErasedChanges {
        let changes = self.0.changes();
        ErasedChanges {
            put: changes.put.len(),
            put_rows: Arrays::of_rows(changes.put),
            removed: changes.removed.len(),
            removed_keys: Arrays::of_keys::<M::Row>(changes.removed),
        }
    }

    fn mark_written(&mut self) {
        self.0.mark_written();
    }

    fn used_undeclared(&self) -> bool {
        self.0.used_undeclared()
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn copy(&self) -> Box<dyn Iterator<Item = Bytes> + Send + '_> {
        const PIECE: usize = 256 * 1024;
        let mut rows = self.0.iter();
        let mut form = CopyRows::start();
        let mut ended = false;
        Box::new(std::iter::from_fn(move || {
            while !ended {
                match rows.next() {
                    Some(row) => form.push(row),
                    None => {
                        form.finish();
                        ended = true;
                    }
                }
                if let Some(piece) = form.take(PIECE) {
                    return Some(piece.into());
                }
            }
            form.take(1).map(Bytes::from)
        }))
    }

    fn json(&self) -> Vec<Value> {
        let mut rows: Vec<_> = self.0.iter().collect();
        rows.sort_by_cached_key(|row| row.key());
        rows.into_iter().map(Row::json).collect()
    }

    fn count_off(&mut self, stored: Cells<'_>) -> Result<Option<Difference>, CellError> {
        let stored = M::Row::read(stored)?;
        Ok(match self.0.take(&stored.key()) {
            None => Some(difference(&stored, DifferenceKind::Unexpected)),
            Some(row) if row == stored => None,
            Some(row) => Some(difference(&stored, differing_columns(&row, &stored))),
        })
    }

    fn left_over(&self) -> Vec<Difference> {
        self.0.iter().map(|row| difference(row, DifferenceKind::Missing)).collect()
    }
}

fn difference<R: Row>(row: &R, kind: DifferenceKind) -> Difference {
    let mut key = row.json();
    if let Value::Object(members) = &mut key {
        let of_key = |name: &str| R::TABLE.columns[..R::TABLE.key].iter().any(|it| it.name == name);
        members.retain(|name, _| of_key(name));
    }
    Difference { key, kind }
}

fn differing_columns<R: Row>(left: &R, right: &R) -> DifferenceKind {
    let (left, right) = (left.json(), right.json());
    let differs = |name: &&str| left[*name] != right[*name];
    let names = R::TABLE.columns.iter().map(|column| column.name).filter(differs);
    DifferenceKind::Columns(names.map(str::to_owned).collect())
}
