//! What a client says on its own page of an invoice: that it agrees, or that a line is wrong. It
//! has shown no credentials but the link, which is looked at in the same commit, and answers for
//! exactly what it saw.

use domain::billing::correspondence::{Correspondence, correspondence_stream};
use domain::billing::{Invoice, InvoiceEvent, Refusal, dispute_line, invoice_stream, sign_off};
use domain::id::{ClientId, ClientLinkId, DisputeId, InvoiceId, SubjectId};
use domain::personal::{Personal, PurposeClass};

use super::accountable::{account_managers, said_by_client};
use super::drafted;
use super::facts::shown;
use crate::handle::Command;
use crate::mail::Letter;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// How long a name may be, in characters.
pub const NAME_CHARACTERS_MAX: usize = 100;
/// How long a reason may be, in characters.
pub const REASON_CHARACTERS_MAX: usize = 1000;

/// Who answers, by which link, and to what.
#[derive(Debug, Clone)]
pub struct Answering {
    /// The invoice.
    pub invoice: InvoiceId,
    /// By which link.
    pub link: ClientLinkId,
    /// Who of the client's, as they say.
    pub by: String,
    /// The version of the invoice's stream that they saw.
    pub seen_version: i32,
    /// The digest of what they saw.
    pub seen: String,
}

impl Answering {
    /// The invoice, if the link is good for it.
    async fn begin(
        &self,
        unit: &mut Unit<'_>,
    ) -> Result<(Loaded<Invoice>, ClientId), CommandError> {
        let invoice = unit.write::<Invoice>(invoice_stream(self.invoice)).await?;
        let said = unit.read::<Correspondence>(correspondence_stream(self.invoice)).await?;
        let link = said.state.link(self.link).ok();
        if !link.is_some_and(|link| link.is_open(unit.now())) {
            return Err(CommandError::NotFound);
        }
        let client = invoice.state.known(self.invoice)?.client;
        check("a name", &self.by, NAME_CHARACTERS_MAX)?;
        Ok((invoice, client))
    }

    /// Writes it down and tells whoever looks after the client.
    async fn end(
        &self,
        unit: &mut Unit<'_>,
        (invoice, client): (&Loaded<Invoice>, ClientId),
        events: Vec<InvoiceEvent>,
    ) -> Result<(), CommandError> {
        if events.is_empty() {
            return Ok(());
        }
        let version = invoice.version + 1;
        unit.emit(invoice, events);
        for to in account_managers(unit, client).await? {
            unit.mail(Letter::InvoiceAnswered { to, invoice: self.invoice, version });
        }
        Ok(())
    }
}

/// A text of a client: something in it, not too long, and no control characters but line ends.
fn check(what: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    let control = |c: char| c.is_control() && c != '\n';
    let fits = (1..=most).contains(&text.chars().count()) && !text.contains(control);
    if fits { Ok(()) } else { Err(Refusal::BadText { what, most }) }
}

/// Agree with an invoice as it was shown.
#[derive(Debug, Clone)]
pub struct AgreeByLink(pub Answering);

impl Command for AgreeByLink {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let AgreeByLink(answering) = self;
        let (invoice, client) = answering.begin(unit).await?;
        let now = shown(unit, drafted(&invoice)?).await?;
        let command = sign_off::SignOff {
            invoice: answering.invoice,
            by: said_by_client(client, answering.by.clone()),
            seen_version: answering.seen_version,
            version: invoice.version,
            seen: Some(answering.seen.clone()),
            agreed: now.agreed_to(),
        };
        let events = sign_off::decide(&invoice.state, command)?;
        answering.end(unit, (&invoice, client), events).await?;
        Ok(Reply::changed(answering.invoice))
    }
}

/// Say that a line is wrong.
#[derive(Debug, Clone)]
pub struct DisputeByLink {
    /// Who answers to what.
    pub answering: Answering,
    /// A new id.
    pub dispute: DisputeId,
    /// The line as it was shown: 1, 2, 3, …
    pub line: u32,
    /// What is wrong.
    pub reason: String,
}

impl Command for DisputeByLink {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let DisputeByLink { answering, dispute, line, reason } = self;
        let (invoice, client) = answering.begin(unit).await?;
        check("a reason", reason, REASON_CHARACTERS_MAX)?;
        let now = shown(unit, drafted(&invoice)?).await?;
        // What is shown now may have other lines, or other amounts.
        if invoice.version != answering.seen_version || now.digest() != answering.seen {
            return Err(Refusal::SeenTooOld.into());
        }
        let line = now.line(*line).ok_or(Refusal::LineUnknown { line: *line })?.clone();
        let subject = SubjectId(client.0);
        let command = dispute_line::DisputeLine {
            invoice: answering.invoice,
            dispute: *dispute,
            line,
            by: said_by_client(client, answering.by.clone()),
            reason: Personal::new(subject, PurposeClass::Reason, reason.clone()),
        };
        let event = dispute_line::decide(&invoice.state, command)?;
        answering.end(unit, (&invoice, client), vec![event.into()]).await?;
        Ok(Reply::created(*dispute))
    }
}
