//! What can be said to a client about an invoice.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{ClientId, ClientLinkId, InvoiceId, MemberId};
use crate::personal::Personal;

/// The client was reminded of what is due; each reminder goes out once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceReminded {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who is to pay.
    pub client: ClientId,
    /// Which reminder: so many days after the due day, by the firm's setting.
    pub days: u16,
    /// The day it was asked for, in the firm's zone; later than that where the program was down.
    pub on: Date,
    /// The last day to pay.
    pub due_on: Date,
    /// What was due then, in minor units.
    pub balance_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// To which address.
    pub to: Personal<String>,
}

/// The last day to pay has passed, and something is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceFellOverdue {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who is to pay.
    pub client: ClientId,
    /// The last day to pay.
    pub due_on: Date,
    /// What is due, in minor units.
    pub balance_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Who looks after the client and was told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<MemberId>,
}

/// Whoever has the link sees the invoice, agrees with it and disputes its lines until it expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientLinkOpened {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// The link. Its secret is nowhere: it follows from this id under the tenant's key.
    pub link: ClientLinkId,
    /// When it was made.
    pub opened_at: Timestamp,
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
    /// Where it's mailed to, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Personal<String>>,
}

/// The firm took a link back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientLinkClosed {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// The link.
    pub link: ClientLinkId,
}

crate::event_family! {
    /// The events of what is said about an invoice.
    CorrespondenceEvent {
        /// The client was reminded.
        InvoiceReminded = 1 [to],
        /// The last day to pay has passed.
        InvoiceFellOverdue = 1,
        /// The client may look.
        ClientLinkOpened = 1 [to],
        /// No longer by this link.
        ClientLinkClosed = 1,
    }
}
