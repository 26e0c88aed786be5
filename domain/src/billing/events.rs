//! What can happen to an invoice while it's a draft, and all of it as one family.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::GroupBy;
use super::draft_terms::DraftTerms;
use super::issued_events::{
    CreditNoteIssued, DisputeSettled, InvoiceIssued, InvoicePaid, InvoiceSent, InvoiceSignedOff,
    LineDisputed, PaymentReversed,
};
use crate::id::{
    ClientId, CreditNoteId, DisputeId, EntryId, InvoiceId, MemberId, PaymentId, ProjectId, TaskId,
};
use crate::personal::Personal;

/// Seconds of an entry that are billed together. An entry is one lot until a credit note takes back
/// some of its seconds: what that sets free is a lot of its own from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lot {
    /// The entry.
    pub entry: EntryId,
    /// The credit note that set the seconds free; none for the entry as it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freed_by: Option<CreditNoteId>,
}

impl Lot {
    /// The whole of an entry.
    pub fn whole(entry: EntryId) -> Self {
        Lot { entry, freed_by: None }
    }
}

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
    /// All its seconds, unrounded; less than nothing where it takes time back. Of a lot that a
    /// credit note set free, the seconds of that lot.
    pub seconds: i64,
    /// The credit note that set these seconds free; none for the entry as it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freed_by: Option<CreditNoteId>,
    /// What a credit note credited these seconds as: they are billed again as just that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed_seconds: Option<i64>,
}

impl ReservedEntry {
    /// Which seconds are reserved.
    pub fn lot(&self) -> Lot {
        Lot { entry: self.entry, freed_by: self.freed_by }
    }

    /// What seconds that a credit note set free are billed as, whatever the rule: they were rounded
    /// when they were first billed. Where it's not known what they were credited as, just as many
    /// as they are. None of an entry as it was recorded, which is rounded by its rule.
    pub fn fixed_seconds(&self) -> Option<i64> {
        self.freed_by.map(|_| self.billed_seconds.unwrap_or(self.seconds))
    }
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

/// A draft covers something else from now on. What stays on it is not named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceRedrafted {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// The first day of the period.
    pub from: Date,
    /// The last day of the period.
    pub to: Date,
    /// What makes a line.
    pub group_by: GroupBy,
    /// ISO 4217 code.
    pub currency: String,
    /// What is given back, as it was reserved.
    pub released: Vec<ReservedEntry>,
    /// What is reserved besides what stays.
    pub taken: Vec<ReservedEntry>,
}

/// What a draft is to be issued with was changed; all of it as it holds from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceTermsChanged {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// Discounts, words and references.
    pub terms: DraftTerms,
}

/// The invoice is void; its seconds are unbilled again. A number that it has stays its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceVoided {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose.
    pub client: ClientId,
    /// What is given back.
    pub entries: Vec<EntryId>,
    /// The lots among it that credit notes had set free.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freed: Vec<Lot>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// On which day, in the firm's zone, and never before it was issued; not stored at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

impl InvoiceVoided {
    /// The day that it counts for. An event that names none counts for the UTC day of its
    /// recording, but not for one before the invoice was issued.
    pub fn day(&self, recorded_at: Timestamp, issued_on: Date) -> Date {
        self.on.unwrap_or_else(|| recorded_at.to_zoned(TimeZone::UTC).date().max(issued_on))
    }
}

/// What of an invoice an event happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The invoice itself.
    Invoice,
    /// A payment for it.
    Payment(PaymentId),
    /// A credit note that takes it back.
    CreditNote(CreditNoteId),
    /// What a client disputes of it.
    Dispute(DisputeId),
}

crate::event_family! {
    /// The events of an invoice.
    InvoiceEvent {
        /// A draft reserves seconds.
        InvoiceDrafted = 1,
        /// Void; seconds given back.
        InvoiceVoided = 1 [reason],
        /// A draft covers something else.
        InvoiceRedrafted = 1,
        /// A draft has other terms.
        InvoiceTermsChanged = 1 [terms],
        /// Sealed, with its number.
        InvoiceIssued = 1 [sealed],
        /// Sent to the client.
        InvoiceSent = 1 [to],
        /// Paid, in whole or in part.
        InvoicePaid = 1 [reference],
        /// A payment did not come or went back.
        PaymentReversed = 1 [reason],
        /// Taken back, in whole or in part.
        CreditNoteIssued = 1 [sealed],
        /// The client agrees.
        InvoiceSignedOff = 1 [by],
        /// The client does not agree with a line.
        LineDisputed = 1 [by, reason],
        /// What came of it.
        DisputeSettled = 1 [note],
    }
}

impl InvoiceEvent {
    /// The invoice that it happened to, and whose that is.
    pub fn about(&self) -> (InvoiceId, ClientId) {
        match self {
            InvoiceEvent::InvoiceDrafted(event) => (event.invoice, event.client),
            InvoiceEvent::InvoiceVoided(event) => (event.invoice, event.client),
            InvoiceEvent::InvoiceRedrafted(event) => (event.invoice, event.client),
            InvoiceEvent::InvoiceTermsChanged(event) => (event.invoice, event.client),
            InvoiceEvent::InvoiceIssued(event) => (event.invoice, event.client),
            InvoiceEvent::InvoiceSent(event) => (event.invoice, event.client),
            InvoiceEvent::InvoicePaid(event) => (event.invoice, event.client),
            InvoiceEvent::PaymentReversed(event) => (event.invoice, event.client),
            InvoiceEvent::CreditNoteIssued(event) => (event.invoice, event.client),
            InvoiceEvent::InvoiceSignedOff(event) => (event.invoice, event.client),
            InvoiceEvent::LineDisputed(event) => (event.invoice, event.client),
            InvoiceEvent::DisputeSettled(event) => (event.invoice, event.client),
        }
    }

    /// The invoice that it happened to.
    pub fn invoice(&self) -> InvoiceId {
        self.about().0
    }

    /// What a draft gives back, and what it reserves besides what stays.
    pub fn reserves(&self) -> (&[ReservedEntry], &[ReservedEntry]) {
        match self {
            InvoiceEvent::InvoiceDrafted(event) => (&[], &event.entries),
            InvoiceEvent::InvoiceRedrafted(event) => (&event.released, &event.taken),
            InvoiceEvent::InvoiceVoided(_)
            | InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceIssued(_)
            | InvoiceEvent::InvoiceSent(_)
            | InvoiceEvent::InvoicePaid(_)
            | InvoiceEvent::PaymentReversed(_)
            | InvoiceEvent::CreditNoteIssued(_)
            | InvoiceEvent::InvoiceSignedOff(_)
            | InvoiceEvent::LineDisputed(_)
            | InvoiceEvent::DisputeSettled(_) => (&[], &[]),
        }
    }

    /// What of the invoice it happened to.
    pub fn subject(&self) -> Subject {
        match self {
            InvoiceEvent::InvoicePaid(event) => Subject::Payment(event.payment),
            InvoiceEvent::PaymentReversed(event) => Subject::Payment(event.payment),
            InvoiceEvent::CreditNoteIssued(event) => Subject::CreditNote(event.credit_note),
            InvoiceEvent::InvoiceSent(event) => {
                event.credit_note.map_or(Subject::Invoice, Subject::CreditNote)
            }
            InvoiceEvent::LineDisputed(event) => Subject::Dispute(event.dispute),
            InvoiceEvent::DisputeSettled(event) => Subject::Dispute(event.dispute),
            InvoiceEvent::InvoiceDrafted(_)
            | InvoiceEvent::InvoiceVoided(_)
            | InvoiceEvent::InvoiceRedrafted(_)
            | InvoiceEvent::InvoiceTermsChanged(_)
            | InvoiceEvent::InvoiceIssued(_)
            | InvoiceEvent::InvoiceSignedOff(_) => Subject::Invoice,
        }
    }
}
