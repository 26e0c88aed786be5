//! Importing from other systems: what their exports say, and what an import did.

mod events;

pub use events::{ImportEvent, ImportFinished, ImportSource, ImportStarted, ImportUndone};
