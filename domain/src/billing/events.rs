//! What can happen to an invoice.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::GroupBy;
use crate::id::{ClientId, EntryId, InvoiceId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// The seconds of one approved entry that a draft reserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedEntry {
    /// The entry.
    pub entry: EntryId,
    /// The version that was approved.
    pub version: u32,
    /// Who worked.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// The local day of the work, by which it's priced; a correction may be booked on another.
    pub day: Date,
    /// All its seconds, unrounded; less than nothing where it takes time back.
    pub seconds: i64,
}

/// A draft was made and reserves the seconds of these entries. Prices stay open until it's issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceDrafted {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who is to pay.
    pub client: ClientId,
    /// The first day of the period.
    pub from: Date,
    /// The last day of the period.
    pub to: Date,
    /// What makes a line.
    pub group_by: GroupBy,
    /// ISO 4217 code.
    pub currency: String,
    /// What is reserved.
    pub entries: Vec<ReservedEntry>,
}

/// The draft is void; its seconds are unbilled again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceVoided {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// What is given back.
    pub entries: Vec<EntryId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

crate::event_family! {
    /// The events of an invoice.
    InvoiceEvent {
        /// A draft reserves seconds.
        InvoiceDrafted = 1,
        /// Void; seconds given back.
        InvoiceVoided = 1 [reason],
    }
}
