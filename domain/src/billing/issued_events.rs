//! What can happen to an invoice once it's issued, and what a client says of it at any time. None
//! of it changes what was sealed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::events::Lot;
use super::lines::LineKey;
use super::sealed::{RenderedForm, SealedInvoice};
use super::shown::{AgreedTo, DisputedLine};
use crate::id::{ClientId, CreditNoteId, DisputeId, InvoiceId, PaymentId};
use crate::personal::Personal;

/// The draft is an invoice for good. Its number is taken in the same commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceIssued {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who is to pay.
    pub client: ClientId,
    /// All that it says.
    pub sealed: Box<SealedInvoice>,
    /// The forms it was rendered to.
    pub forms: Vec<RenderedForm>,
}

/// By which way a document went to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentBy {
    /// Mailed from here.
    Mail,
    /// Over a network of electronic invoices.
    Network,
    /// Outside of this system: by post, by hand, from a mailbox.
    Elsewhere,
}

impl SentBy {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            SentBy::Mail => "mail",
            SentBy::Network => "network",
            SentBy::Elsewhere => "elsewhere",
        }
    }
}

/// A document went to the client; once more each time it's sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceSent {
    /// The invoice.
    pub invoice: InvoiceId,
    /// To whom.
    pub client: ClientId,
    /// The credit note, where it's one of this invoice that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<CreditNoteId>,
    /// By which way.
    pub by: SentBy,
    /// To which addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Personal<String>>,
    /// On which day, in the firm's zone.
    pub on: Date,
}

/// Money came in for the invoice: all of it or a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicePaid {
    /// The invoice.
    pub invoice: InvoiceId,
    /// By whom.
    pub client: ClientId,
    /// The payment.
    pub payment: PaymentId,
    /// What came in, in minor units of the invoice's currency; above zero.
    pub amount_minor: i64,
    /// What was taken off for paying soon, with the tax in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_minor: Option<i64>,
    /// The tax in that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_tax_minor: Option<i64>,
    /// What of it was more than was due, and is the client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_minor: Option<i64>,
    /// The day it came in.
    pub on: Date,
    /// What the bank statement says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Personal<String>>,
}

/// A payment did not come after all, was someone else's, or was paid back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReversed {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// The payment.
    pub payment: PaymentId,
    /// How much of it, in minor units; above zero.
    pub amount_minor: i64,
    /// What had been taken off for paying soon and is lost with it: with the first part that goes
    /// back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_minor: Option<i64>,
    /// The day it went.
    pub on: Date,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// What becomes of credited seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// They may be billed again.
    Unbilled,
    /// They are never billed again.
    WrittenOff,
}

/// Seconds of a lot that a credit note takes off an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedSeconds {
    /// The line they were billed in.
    pub line: u32,
    /// Of what.
    pub lot: Lot,
    /// How many; of the lot's sign.
    pub seconds: i64,
    /// How many of the lot stay billed.
    pub left: i64,
    /// Whether that is all of the lot at once. Then the lot itself is free again; else what is set
    /// free is a lot of its own.
    pub whole: bool,
    /// What becomes of them.
    pub fate: Fate,
    /// What they had been billed as: their share of the line's rounded seconds. Shares of all that
    /// is credited of a line add up to what was billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed_seconds: Option<i64>,
}

/// An invoice was taken back, in whole or in part, by a document with a number of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteIssued {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// The credit note.
    pub credit_note: CreditNoteId,
    /// All that it says; its lines have the numbers of the invoice's.
    pub sealed: Box<SealedInvoice>,
    /// The seconds that it takes off the invoice; none where it lowers a price.
    pub moved: Vec<MovedSeconds>,
    /// The forms it was rendered to.
    pub forms: Vec<RenderedForm>,
}

/// The client agrees with the invoice as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceSignedOff {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// Who of them, as they say.
    pub by: Personal<String>,
    /// The version of the invoice's stream that they saw.
    pub seen_version: i32,
    /// What they saw and agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<AgreedTo>,
}

/// The client does not agree with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDisputed {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The line's number when it was disputed.
    pub line: u32,
    /// What the line is about: numbers of a draft's lines change, this does not.
    pub key: LineKey,
    /// Who of them, as they say.
    pub by: Personal<String>,
    /// What is wrong.
    pub reason: Personal<String>,
    /// The line as they saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<DisputedLine>,
}

/// What came of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The client was right: the line is changed or credited.
    Accepted,
    /// The line stays.
    Rejected,
    /// The client takes it back.
    Withdrawn,
}

impl Outcome {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Accepted => "accepted",
            Outcome::Rejected => "rejected",
            Outcome::Withdrawn => "withdrawn",
        }
    }
}

/// A dispute is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeSettled {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// The dispute.
    pub dispute: DisputeId,
    /// What came of it.
    pub outcome: Outcome,
    /// What was said to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
}
