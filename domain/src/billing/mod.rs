//! Billing: a draft reserves approved seconds, each at most once; issuing seals it with its number;
//! from then on it's only paid, credited or voided. This file holds an invoice's state, how events
//! change it, and the adapter to cqrs-es.

pub mod account;
mod balance;
pub mod billing_profile;
pub mod change_terms;
pub mod correspondence;
pub mod credit_invoice;
pub mod credits;
pub mod dispute_line;
pub mod draft_invoice;
pub mod draft_terms;
pub mod electronic;
mod events;
pub mod exchange;
pub mod gathered;
pub mod issue_invoice;
mod issued;
mod issued_events;
pub mod lines;
pub mod numbering;
pub mod particulars;
pub mod prompt_payment;
pub mod record_payment;
pub mod redraft_invoice;
mod refusal;
pub mod reverse_payment;
pub mod seal;
pub mod sealed;
pub mod seconds;
pub mod send_invoice;
pub mod settle_dispute;
pub mod shown;
pub mod sign_off;
pub mod tax;
pub mod tax_invoice;
pub mod tax_places;
pub mod terms_book;
pub mod totals;
pub mod void_invoice;
pub mod wording;

#[cfg(test)]
mod conserved;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod written_off;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::aggregate::aggregate;
use crate::id::{ClientId, InvoiceId, StreamId};
use change_terms::ChangeTerms;
use credit_invoice::CreditInvoice;
use dispute_line::DisputeLine;
use draft_invoice::{DraftFacts, DraftInvoice};
use draft_terms::DraftTerms;
use issue_invoice::IssueInvoice;
use record_payment::RecordPayment;
use redraft_invoice::RedraftInvoice;
use reverse_payment::ReversePayment;
use send_invoice::SendInvoice;
use settle_dispute::SettleDispute;
use shown::AgreedTo;
use sign_off::SignOff;
use void_invoice::VoidInvoice;

pub use balance::{BalanceEffect, InvoiceBalance};
pub use events::{
    InvoiceDrafted, InvoiceEvent, InvoiceRedrafted, InvoiceTermsChanged, InvoiceVoided, Lot,
    ReservedEntry, Subject,
};
pub use issued::{Credit, Dispute, FreedSeconds, Issued, Payment, Settlement};
pub use issued_events::{
    CreditNoteIssued, DisputeSettled, Fate, InvoiceIssued, InvoicePaid, InvoiceSent,
    InvoiceSignedOff, LineDisputed, MovedSeconds, Outcome, PaymentReversed, SentBy,
};
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
    /// It has its number, and something is due.
    Issued,
    /// Nothing is due any more.
    Paid,
    /// It holds nothing any more: voided, or all of it credited. A number that it has stays.
    Void,
}

impl InvoiceState {
    /// Each of them.
    pub const ALL: [InvoiceState; 4] =
        [InvoiceState::Draft, InvoiceState::Issued, InvoiceState::Paid, InvoiceState::Void];

    /// The name in the API and in read models.
    pub fn as_str(self) -> &'static str {
        match self {
            InvoiceState::Draft => "draft",
            InvoiceState::Issued => "issued",
            InvoiceState::Paid => "paid",
            InvoiceState::Void => "void",
        }
    }
}

/// What an invoice is, with what it still holds.
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
    /// The entries whose seconds it reserved, as a draft or when it was issued; none once it's
    /// voided. What credit notes took back is in `issued`.
    pub entries: Vec<ReservedEntry>,
    /// What it's to be issued with.
    pub terms: DraftTerms,
    /// What it is since it was issued.
    pub issued: Option<Box<Issued>>,
    /// What the client disputes or disputed.
    pub disputes: Vec<Dispute>,
    /// Whether the client agreed with it as it is.
    pub signed_off: bool,
    /// What the client agreed to, at last; none where that was not written down.
    pub agreed: Option<AgreedTo>,
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
        if let InvoiceEvent::InvoiceDrafted(event) = event {
            self.drafted = Some(Drafted::of(event));
        } else if let Some(drafted) = &mut self.drafted {
            drafted.evolve(event);
        }
    }

    /// What it is, or the refusal that there is no such invoice.
    pub fn known(&self, invoice: InvoiceId) -> Result<&Drafted, Refusal> {
        self.drafted.as_ref().ok_or(Refusal::InvoiceUnknown { invoice })
    }

    /// The draft, or the refusal that it is none.
    pub fn draft(&self, invoice: InvoiceId) -> Result<&Drafted, Refusal> {
        let drafted = self.known(invoice)?;
        match drafted.state {
            InvoiceState::Draft => Ok(drafted),
            state @ (InvoiceState::Issued | InvoiceState::Paid | InvoiceState::Void) => {
                Err(Refusal::NotADraft { invoice, state })
            }
        }
    }

    /// What was issued, or the refusal that nothing was, or that it's void.
    pub fn issued(&self, invoice: InvoiceId) -> Result<(&Drafted, &Issued), Refusal> {
        let drafted = self.known(invoice)?;
        let state = drafted.state;
        let standing = drafted.issued.as_deref().filter(|_| state != InvoiceState::Void);
        let issued = standing.ok_or(Refusal::NotIssued { invoice, state })?;
        Ok((drafted, issued))
    }
}

impl Drafted {
    fn of(event: &InvoiceDrafted) -> Self {
        Drafted {
            invoice: event.invoice,
            client: event.client,
            from: event.from,
            to: event.to,
            group_by: event.group_by,
            currency: event.currency.clone(),
            state: InvoiceState::Draft,
            entries: event.entries.clone(),
            terms: DraftTerms::default(),
            issued: None,
            disputes: Vec::new(),
            signed_off: false,
            agreed: None,
        }
    }

    fn evolve(&mut self, event: &InvoiceEvent) {
        match event {
            InvoiceEvent::InvoiceDrafted(_) => {}
            InvoiceEvent::InvoiceVoided(_) => {
                self.state = InvoiceState::Void;
                self.entries = Vec::new();
                self.issued.iter_mut().for_each(|issued| issued.evolve(event));
            }
            InvoiceEvent::InvoiceRedrafted(event) => self.redraft(event),
            InvoiceEvent::InvoiceTermsChanged(event) => {
                self.terms = event.terms.clone();
                self.signed_off = false;
            }
            InvoiceEvent::InvoiceIssued(event) => {
                self.issued = Some(Box::new(Issued::of(&event.sealed)));
            }
            InvoiceEvent::InvoiceSignedOff(event) => {
                self.signed_off = true;
                self.agreed.clone_from(&event.agreed);
            }
            InvoiceEvent::LineDisputed(event) => {
                self.signed_off = false;
                self.disputes.push(Dispute {
                    dispute: event.dispute,
                    line: event.line,
                    key: event.key,
                    outcome: None,
                });
            }
            InvoiceEvent::DisputeSettled(event) => {
                let settled = |it: &&mut Dispute| it.dispute == event.dispute;
                if let Some(dispute) = self.disputes.iter_mut().find(settled) {
                    dispute.outcome = Some(event.outcome);
                }
            }
            InvoiceEvent::InvoiceSent(_)
            | InvoiceEvent::InvoicePaid(_)
            | InvoiceEvent::PaymentReversed(_)
            | InvoiceEvent::CreditNoteIssued(_) => {
                if let Some(issued) = &mut self.issued {
                    issued.evolve(event);
                }
            }
        }
        // What is void stays so: what comes after, such as money that goes back, changes no state.
        if let Some(issued) = self.issued.as_ref().filter(|_| self.state != InvoiceState::Void) {
            self.state = issued.state();
        }
    }

    fn redraft(&mut self, event: &InvoiceRedrafted) {
        self.from = event.from;
        self.to = event.to;
        self.group_by = event.group_by;
        if self.currency != event.currency {
            self.terms.forget_money();
            self.currency.clone_from(&event.currency);
        }
        let released: BTreeSet<Lot> = event.released.iter().map(ReservedEntry::lot).collect();
        self.entries.retain(|held| !released.contains(&held.lot()));
        self.entries.extend(&event.taken);
        self.entries.sort_unstable_by_key(|held| (held.day, held.lot()));
        self.signed_off = false;
    }

    /// Whether the client disputes something that was not settled.
    pub fn is_disputed(&self) -> bool {
        self.disputes.iter().any(|dispute| dispute.outcome.is_none())
    }
}

/// What can be asked of an invoice, each with the facts it's decided on.
#[derive(Debug, Clone, PartialEq)]
pub enum InvoiceCommand {
    /// Reserve what can be billed.
    DraftInvoice(DraftInvoice, DraftFacts),
    /// Cover something else.
    RedraftInvoice(RedraftInvoice, DraftFacts),
    /// Issue it with other terms.
    ChangeTerms(ChangeTerms),
    /// Seal it with its number.
    IssueInvoice(Box<IssueInvoice>),
    /// It went to the client.
    SendInvoice(SendInvoice),
    /// Money came in.
    RecordPayment(RecordPayment),
    /// It did not, or went back.
    ReversePayment(ReversePayment),
    /// Take it back, in whole or in part.
    CreditInvoice(CreditInvoice),
    /// The client agrees.
    SignOff(SignOff),
    /// The client does not.
    DisputeLine(DisputeLine),
    /// What came of that.
    SettleDispute(SettleDispute),
    /// Give it back.
    VoidInvoice(VoidInvoice),
}

impl InvoiceCommand {
    /// The events that follow from the command in this state.
    pub fn decide(self, invoice: &Invoice) -> Result<Vec<InvoiceEvent>, Refusal> {
        let event = match self {
            InvoiceCommand::DraftInvoice(command, facts) => {
                draft_invoice::decide(invoice, &facts, &command)?.into()
            }
            InvoiceCommand::RedraftInvoice(command, facts) => {
                return redraft_invoice::decide(invoice, &facts, &command);
            }
            InvoiceCommand::ChangeTerms(command) => return change_terms::decide(invoice, command),
            InvoiceCommand::IssueInvoice(command) => {
                issue_invoice::decide(invoice, *command)?.into()
            }
            InvoiceCommand::SendInvoice(command) => send_invoice::decide(invoice, command)?.into(),
            InvoiceCommand::RecordPayment(command) => {
                return record_payment::decide(invoice, command);
            }
            InvoiceCommand::ReversePayment(command) => {
                reverse_payment::decide(invoice, command)?.into()
            }
            InvoiceCommand::CreditInvoice(command) => {
                credit_invoice::decide(invoice, command)?.into()
            }
            InvoiceCommand::SignOff(command) => return sign_off::decide(invoice, command),
            InvoiceCommand::DisputeLine(command) => dispute_line::decide(invoice, command)?.into(),
            InvoiceCommand::SettleDispute(command) => {
                settle_dispute::decide(invoice, command)?.into()
            }
            InvoiceCommand::VoidInvoice(command) => void_invoice::decide(invoice, command)?.into(),
        };
        Ok(vec![event])
    }
}

impl Invoice {
    /// What a command leads to in this state; nothing is changed by asking.
    pub fn decide(&self, command: InvoiceCommand) -> Result<Vec<InvoiceEvent>, Refusal> {
        command.decide(self)
    }
}

aggregate!(Invoice, "invoice", InvoiceCommand, InvoiceEvent, Refusal);
