//! Billing: a draft reserves approved seconds, each at most once, until it's void. This file holds
//! an invoice's state, how events change it, and the adapter to cqrs-es. Prices stay open until an
//! invoice is issued, so no amount is kept here.

pub mod draft_invoice;
mod events;
pub mod lines;
mod refusal;
pub mod void_invoice;

#[cfg(test)]
pub(crate) mod samples;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::aggregate::aggregate;
use crate::id::{ClientId, InvoiceId, StreamId};
use draft_invoice::{DraftFacts, DraftInvoice};
use void_invoice::VoidInvoice;

pub use events::{InvoiceDrafted, InvoiceEvent, InvoiceVoided, ReservedEntry};
pub use refusal::Refusal;

/// The stream of an invoice carries the invoice's id.
pub fn invoice_stream(invoice: InvoiceId) -> StreamId {
    StreamId(invoice.0)
}

/// The invoice whose stream holds a claim on an entry's seconds.
pub fn invoice_of(stream: StreamId) -> InvoiceId {
    InvoiceId(stream.0)
}

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

/// How far an invoice has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    /// It reserves seconds and may still be voided without trace outside.
    Draft,
    /// It holds nothing any more.
    Void,
}

impl InvoiceState {
    /// The name in the API and in read models.
    pub fn as_str(self) -> &'static str {
        match self {
            InvoiceState::Draft => "draft",
            InvoiceState::Void => "void",
        }
    }
}

/// What a draft said when it was made, with what it still holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafted {
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
    /// How far it has come.
    pub state: InvoiceState,
    /// The entries whose seconds it holds; none once it's void.
    pub entries: Vec<ReservedEntry>,
}

/// An invoice; nothing until it's drafted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// What it is since it was drafted.
    pub drafted: Option<Drafted>,
}

impl Invoice {
    /// Takes in what happened.
    pub fn evolve(&mut self, event: &InvoiceEvent) {
        match event {
            InvoiceEvent::InvoiceDrafted(event) => {
                self.drafted = Some(Drafted {
                    invoice: event.invoice,
                    client: event.client,
                    from: event.from,
                    to: event.to,
                    group_by: event.group_by,
                    currency: event.currency.clone(),
                    state: InvoiceState::Draft,
                    entries: event.entries.clone(),
                });
            }
            InvoiceEvent::InvoiceVoided(_) => {
                if let Some(drafted) = &mut self.drafted {
                    drafted.state = InvoiceState::Void;
                    drafted.entries = Vec::new();
                }
            }
        }
    }
}

/// What can be asked of an invoice, each with the facts it's decided on.
#[derive(Debug, Clone, PartialEq)]
pub enum InvoiceCommand {
    /// Reserve what can be billed.
    DraftInvoice(DraftInvoice, DraftFacts),
    /// Give it back.
    VoidInvoice(VoidInvoice),
}

impl InvoiceCommand {
    /// The events that follow from the command in this state.
    pub fn decide(self, invoice: &Invoice) -> Result<Vec<InvoiceEvent>, Refusal> {
        Ok(match self {
            InvoiceCommand::DraftInvoice(command, facts) => {
                vec![draft_invoice::decide(invoice, &facts, &command)?.into()]
            }
            InvoiceCommand::VoidInvoice(command) => {
                vec![void_invoice::decide(invoice, command)?.into()]
            }
        })
    }
}

impl Invoice {
    /// What a command leads to in this state; nothing is changed by asking.
    pub fn decide(&self, command: InvoiceCommand) -> Result<Vec<InvoiceEvent>, Refusal> {
        command.decide(self)
    }
}

aggregate!(Invoice, "invoice", InvoiceCommand, InvoiceEvent, Refusal);
