//! Imports as they're read.

#[expect(clippy::module_inception, reason = "the read model is named after what it shows")]
pub mod import;

use crate::row::text_cells;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// It began and has not ended.
    Running,
    /// It ended.
    Finished,
    /// It was taken back.
    Undone,
}

impl ImportState {
    /// The name in rows and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportState::Running => "running",
            ImportState::Finished => "finished",
            ImportState::Undone => "undone",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [ImportState::Running, ImportState::Finished, ImportState::Undone];
        all.into_iter().find(|state| state.as_str() == name)
    }
}

text_cells! {
    ImportState: |state| state.as_str(), ImportState::parse;
}
