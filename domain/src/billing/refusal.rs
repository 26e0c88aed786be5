//! Why billing refuses: each refusal is a state of the world with a stable code, and its text says
//! what to do about it.

use jiff::civil::Date;

use super::InvoiceState;
use crate::id::InvoiceId;

/// What an invoice refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The last day is before the first.
    #[error("the period ends on {to}, before it begins on {from}; swap the two days")]
    PeriodReversed {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// No approved, billable entry of the client in the period is free.
    #[error(
        "the client has no approved, billable time from {from} to {to} that is not on an invoice; \
         approve its timesheets or choose another period"
    )]
    NothingToBill {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// More entries than one invoice may hold.
    #[error("{found} entries can be billed, one invoice holds {most}; choose a shorter period")]
    TooManyEntries {
        /// How many there are.
        found: usize,
        /// How many it may hold.
        most: usize,
    },
    /// An invoice with this id is there already.
    #[error("the invoice {invoice} is there already; draft with a new id")]
    InvoiceExists {
        /// The invoice.
        invoice: InvoiceId,
    },
    /// There is no such invoice.
    #[error("there is no invoice {invoice}")]
    InvoiceUnknown {
        /// The invoice.
        invoice: InvoiceId,
    },
    /// It has come further than a draft.
    #[error("only a draft can be voided, and the invoice {invoice} is {}", state.as_str())]
    NotADraft {
        /// The invoice.
        invoice: InvoiceId,
        /// What it is.
        state: InvoiceState,
    },
}

impl Refusal {
    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::PeriodReversed { .. } => "billing.period_reversed",
            Refusal::NothingToBill { .. } => "billing.nothing_to_bill",
            Refusal::TooManyEntries { .. } => "billing.too_many_entries",
            Refusal::InvoiceExists { .. } => "billing.invoice_exists",
            Refusal::InvoiceUnknown { .. } => "billing.invoice_unknown",
            Refusal::NotADraft { .. } => "billing.not_a_draft",
        }
    }

    /// The field of the request it's about, as a JSON pointer, where it's one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::PeriodReversed { .. } | Refusal::TooManyEntries { .. } => Some("/to"),
            Refusal::NothingToBill { .. }
            | Refusal::InvoiceExists { .. }
            | Refusal::InvoiceUnknown { .. }
            | Refusal::NotADraft { .. } => None,
        }
    }

    /// Whether it says that something named in the request is not there, which the edge answers
    /// like any unknown id.
    pub fn is_missing(&self) -> bool {
        matches!(self, Refusal::InvoiceUnknown { .. })
    }
}
