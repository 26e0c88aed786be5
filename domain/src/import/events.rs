//! What can happen to an import: it runs, it ends with its counts, it's taken back as a whole.

use serde::{Deserialize, Serialize};

use crate::id::ImportId;

/// What one imported entry came from: facts of the other system, kept as they were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSource {
    /// The record's number in the file; the header is 1.
    pub row: u32,
    /// Hexadecimal HMAC of the row's identity under the tenant's claim key: a second run finds it.
    pub digest: String,
    /// Foreign facts by name, such as `amount`, `currency`, `invoiced`, as decimal or plain text.
    pub facts: std::collections::BTreeMap<String, String>,
}

/// An import began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportStarted {
    /// The import.
    pub import: ImportId,
    /// `toggl`, `clockify`, `harvest` or `csv`.
    pub format: String,
    /// Hexadecimal HMAC of the whole file under the tenant's claim key.
    pub file_digest: String,
    /// How many records the file holds.
    pub rows: u32,
}

/// An import ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFinished {
    /// The import.
    pub import: ImportId,
    /// Rows that became entries.
    pub recorded: u32,
    /// Rows that were there already.
    pub duplicates: u32,
    /// Rows that could not be read or were refused.
    pub skipped: u32,
    /// The seconds recorded.
    pub seconds: u64,
}

/// Every entry of the import was removed and its rows may be imported again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportUndone {
    /// The import.
    pub import: ImportId,
    /// How many entries were removed.
    pub removed: u32,
}

crate::event_family! {
    /// The events of an import.
    ImportEvent {
        /// Began.
        ImportStarted = 1,
        /// Ended.
        ImportFinished = 1,
        /// Taken back.
        ImportUndone = 1,
    }
}

impl crate::log::InStream for ImportEvent {
    const STREAM_TYPE: &'static str = "import";
}
