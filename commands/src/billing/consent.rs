//! What the client says of an invoice, as somebody of the firm notes it for them: that they agree,
//! or that a line is wrong; and what came of that.

use domain::billing::{InvoiceEvent, Outcome, Refusal, dispute_line, settle_dispute, sign_off};
use domain::id::{DisputeId, InvoiceId};
use domain::personal::PurposeClass;

use super::facts::shown;
use super::places::{at, at_field, missing};
use super::{drafted, invoice_to_change, of_client};
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// How long a name may be, in characters.
const NAME_CHARACTERS_MAX: usize = 200;
/// How long an explanation may be, in characters.
const WORDS_CHARACTERS_MAX: usize = 2000;

/// Note that the client agrees.
#[derive(Debug, Clone)]
pub struct SignOff {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who of the client's.
    pub by: String,
    /// The version of the invoice that they saw; none = the one that it has.
    pub seen_version: Option<i32>,
}

impl Command for SignOff {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = invoice_to_change(unit, self.invoice, None).await?;
        check("a name", &self.by, NAME_CHARACTERS_MAX).map_err(at_field("/by"))?;
        let drafted = drafted(&invoice)?;
        let command = sign_off::SignOff {
            invoice: self.invoice,
            by: of_client(drafted.client, PurposeClass::Identity, self.by.clone()),
            seen_version: self.seen_version.unwrap_or(invoice.version),
            version: invoice.version,
            seen: None,
            agreed: shown(unit, drafted).await?.agreed_to(),
        };
        let events = sign_off::decide(&invoice.state, command)?;
        unit.emit(&invoice, events);
        Ok(Reply::changed(self.invoice))
    }
}

/// Note that the client says that a line is wrong.
#[derive(Debug, Clone)]
pub struct DisputeLine {
    /// The invoice.
    pub invoice: InvoiceId,
    /// A new id.
    pub dispute: DisputeId,
    /// The line as it's shown: 1, 2, 3, …
    pub line: u32,
    /// Who of the client's.
    pub by: String,
    /// What is wrong.
    pub reason: String,
}

impl Command for DisputeLine {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = invoice_to_change(unit, self.invoice, None).await?;
        check("a name", &self.by, NAME_CHARACTERS_MAX).map_err(at_field("/by"))?;
        check("a reason", &self.reason, WORDS_CHARACTERS_MAX).map_err(at_field("/reason"))?;
        let drafted = drafted(&invoice)?;
        let shown = shown(unit, drafted).await?;
        let line = shown.line(self.line).ok_or_else(|| missing("{n}"))?;
        let command = dispute_line::DisputeLine {
            invoice: self.invoice,
            dispute: self.dispute,
            line: line.clone(),
            by: of_client(drafted.client, PurposeClass::Identity, self.by.clone()),
            reason: of_client(drafted.client, PurposeClass::Reason, self.reason.clone()),
        };
        let disputed = dispute_line::decide(&invoice.state, command)?;
        unit.emit(&invoice, [InvoiceEvent::from(disputed)]);
        Ok(Reply::created(self.dispute))
    }
}

/// Say what came of a dispute.
#[derive(Debug, Clone)]
pub struct SettleDispute {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The dispute.
    pub dispute: DisputeId,
    /// What came of it.
    pub outcome: Outcome,
    /// What is said to it.
    pub note: Option<String>,
}

impl Command for SettleDispute {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = invoice_to_change(unit, self.invoice, None).await?;
        let client = drafted(&invoice)?.client;
        let note = self.note.clone();
        let said = note.as_deref().unwrap_or("-");
        check("a note", said, WORDS_CHARACTERS_MAX).map_err(at_field("/note"))?;
        let command = settle_dispute::SettleDispute {
            invoice: self.invoice,
            dispute: self.dispute,
            outcome: self.outcome,
            note: note.map(|text| of_client(client, PurposeClass::Reason, text)),
        };
        let settled = settle_dispute::decide(&invoice.state, command);
        let settled = settled.map_err(|refusal| {
            let unknown = matches!(refusal, Refusal::DisputeUnknown { .. });
            at(&refusal, unknown.then(|| "{dispute_id}".to_owned()))
        })?;
        unit.emit(&invoice, [InvoiceEvent::from(settled)]);
        Ok(Reply::changed(self.dispute))
    }
}

/// Words that are given, not empty and not too long.
fn check(what: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    let control = |letter: char| letter.is_control() && letter != '\n';
    let bad = text.trim().is_empty() || text.chars().count() > most || text.contains(control);
    if bad { Err(Refusal::BadText { what, most }) } else { Ok(()) }
}
