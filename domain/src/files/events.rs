//! What can happen to a file.

use serde::{Deserialize, Serialize};

use super::{FileAbout, FileKind};
use crate::id::{FileId, MemberId};
use crate::personal::Personal;

/// A file is kept. Its content was durable before this was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileStored {
    /// The file.
    pub file: FileId,
    /// What it's for.
    pub kind: FileKind,
    /// Whose it is.
    pub owner: MemberId,
    /// What it's about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<FileAbout>,
    /// What its owner calls it, under the file's own key.
    pub name: Personal<String>,
    /// The length of the content in bytes.
    pub size: u64,
    /// What the content is, as found by looking at it.
    pub media_type: String,
    /// SHA-256 over the object as it lies in the store, in hexadecimal digits.
    pub sha256: String,
    /// Whether the object is sealed under the file's own key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// SHA-256 over the content of a sealed object, unless it is about somebody's health, where
    /// even that could be used to confirm a guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_sha256: Option<String>,
}

/// A file is gone: its object is destroyed, and its key with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRemoved {
    /// The file.
    pub file: FileId,
}

crate::event_family! {
    /// The events of a file's stream.
    FileEvent {
        /// Kept.
        FileStored = 1 [name],
        /// Gone.
        FileRemoved = 1,
    }
}
