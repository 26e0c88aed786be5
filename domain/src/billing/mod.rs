//! Billing: drafts that reserve approved seconds, and what follows from them.

mod events;

use serde::{Deserialize, Serialize};

pub use events::{InvoiceDrafted, InvoiceEvent, InvoiceVoided, ReservedEntry};

/// What makes a line of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// One line per project and task.
    Task,
    /// One line per member.
    Member,
    /// One line per day.
    Day,
    /// One line per entry.
    Entry,
}
