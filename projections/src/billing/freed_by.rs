//! Which credit note set seconds free, as part of a key: no note is held as the nil id, which no
//! note has.

use domain::billing::Lot;
use domain::id::{CreditNoteId, EntryId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::row::{Cell, CellError, SqlType};

/// The credit note that set seconds of an entry free; none for the entry as it was recorded.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct FreedBy(pub Option<CreditNoteId>);

impl FreedBy {
    /// The entry as it was recorded.
    pub const NOBODY: FreedBy = FreedBy(None);

    /// What the id stands for.
    pub fn of(id: Uuid) -> Self {
        FreedBy((!id.is_nil()).then_some(CreditNoteId(id)))
    }

    /// The id that stands for it in the database.
    pub fn id(self) -> Uuid {
        self.0.map_or(Uuid::nil(), |note| note.0)
    }
}

/// The key of a lot in tables of entries.
pub(super) fn key_of(lot: Lot) -> (EntryId, FreedBy) {
    (lot.entry, FreedBy(lot.freed_by))
}

impl Cell for FreedBy {
    const SQL: SqlType = SqlType::UUID;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        self.id().write(out)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        Uuid::read(bytes).map(FreedBy::of)
    }

    fn json(&self) -> Value {
        self.0.map_or(Value::Null, |note| note.json())
    }
}
