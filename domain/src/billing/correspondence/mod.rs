//! What was said to a client about one invoice beside the document itself: reminders, and links to
//! the client's own page. It's a stream of its own beside the invoice's, so that a reminder does
//! not make an invoice another one than the client has seen.

pub mod client_links;
pub mod follow_up;
mod said;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Invoice, Refusal};
use crate::aggregate::aggregate;
use crate::id::{ClientLinkId, InvoiceId, StreamId};
use crate::personal::Personal;
use client_links::{CloseClientLink, OpenClientLink};
use follow_up::FollowUp;

pub use said::{
    ClientLinkClosed, ClientLinkOpened, CorrespondenceEvent, InvoiceFellOverdue, InvoiceReminded,
};

/// The stream of what was said about an invoice.
pub fn correspondence_stream(invoice: InvoiceId) -> StreamId {
    StreamId::derived("correspondence", &[invoice.0.as_bytes()])
}

/// A link to the client's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientLink {
    /// Which one.
    pub link: ClientLinkId,
    /// When it was made.
    pub opened_at: Timestamp,
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
    /// Where it was mailed to, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Personal<String>>,
    /// Whether the firm took it back.
    pub closed: bool,
}

impl ClientLink {
    /// Whether it opens the page at this moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.closed && now < self.expires_at
    }
}

/// What was said to the client about an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correspondence {
    /// Days after the due day of the last reminder that went out; none before the first one.
    pub reminded: Option<u16>,
    /// The due day that passed without the firm being paid, once it was told.
    pub overdue_since: Option<Date>,
    /// Links to the client's page, by age.
    pub links: Vec<ClientLink>,
}

impl Correspondence {
    /// Takes in what happened.
    pub fn evolve(&mut self, event: &CorrespondenceEvent) {
        match event {
            CorrespondenceEvent::InvoiceReminded(event) => {
                self.reminded = self.reminded.max(Some(event.days));
            }
            CorrespondenceEvent::InvoiceFellOverdue(event) => {
                self.overdue_since = Some(event.due_on);
            }
            CorrespondenceEvent::ClientLinkOpened(event) => self.links.push(ClientLink {
                link: event.link,
                opened_at: event.opened_at,
                expires_at: event.expires_at,
                to: event.to.clone(),
                closed: false,
            }),
            CorrespondenceEvent::ClientLinkClosed(event) => {
                let mut links = self.links.iter_mut();
                if let Some(link) = links.find(|it| it.link == event.link) {
                    link.closed = true;
                }
            }
        }
    }

    /// The link, or the refusal that there is none.
    pub fn link(&self, link: ClientLinkId) -> Result<&ClientLink, Refusal> {
        let found = self.links.iter().find(|it| it.link == link);
        found.ok_or(Refusal::ClientLinkUnknown { link })
    }
}

/// What can be asked of it, with the invoice that it's about.
#[derive(Debug, Clone, PartialEq)]
pub enum CorrespondenceCommand {
    /// Let a client see the invoice.
    OpenClientLink(Box<(OpenClientLink, Invoice)>),
    /// No longer by this link.
    CloseClientLink(Box<(CloseClientLink, Invoice)>),
    /// Look whether it's time to say something.
    FollowUp(Box<(FollowUp, Invoice)>),
}

impl Correspondence {
    /// What a command leads to in this state; nothing is changed by asking.
    pub fn decide(
        &self,
        command: CorrespondenceCommand,
    ) -> Result<Vec<CorrespondenceEvent>, Refusal> {
        match command {
            CorrespondenceCommand::OpenClientLink(asked) => {
                let (command, invoice) = *asked;
                Ok(vec![client_links::open(self, &invoice, command)?.into()])
            }
            CorrespondenceCommand::CloseClientLink(asked) => {
                let (command, invoice) = *asked;
                client_links::close(self, &invoice, command)
            }
            CorrespondenceCommand::FollowUp(asked) => {
                let (command, invoice) = *asked;
                Ok(follow_up::decide(self, &invoice, command))
            }
        }
    }
}

aggregate!(Correspondence, "correspondence", CorrespondenceCommand, CorrespondenceEvent, Refusal);
