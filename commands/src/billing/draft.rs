//! Drafting: what may be billed to a client in a period is reserved.

use domain::billing::draft_invoice::{self, DraftFacts};
use domain::billing::{GroupBy, Invoice, InvoiceEvent, Refusal, invoice_stream};
use domain::catalogue::{Client, client_stream};
use domain::id::{ClientId, InvoiceId};
use domain::members::{Action, Object};
use domain::settings::{Settings, settings_stream};
use jiff::civil::Date;

use super::candidates::candidates;
use super::places::{at, missing, named};
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Reserve what can be billed to a client in a period.
#[derive(Debug, Clone)]
pub struct DraftInvoice {
    /// A new id.
    pub invoice: InvoiceId,
    /// Who is to pay.
    pub client: ClientId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What makes a line.
    pub group_by: GroupBy,
}

impl Command for DraftInvoice {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let DraftInvoice { invoice: id, client, from, to, group_by } = *self;
        let invoice = unit.write::<Invoice>(invoice_stream(id)).await?;
        allowed(unit, Action::ChangeBills, &Object::Client(client)).await?;
        let facts = draft_facts(unit, client, from, to).await?;
        let command = draft_invoice::DraftInvoice { invoice: id, client, from, to, group_by };
        let drafted = draft_invoice::decide(&invoice.state, &facts, &command);
        let drafted = drafted.map_err(|refusal| at(&refusal, place(&refusal)))?;
        unit.emit(&invoice, [InvoiceEvent::from(drafted)]);
        Ok(Reply::created(id))
    }
}

fn place(refusal: &Refusal) -> Option<String> {
    let place = match refusal {
        Refusal::NothingToBill { .. } => "/from /to",
        Refusal::PeriodReversed { .. } | Refusal::TooManyEntries { .. } => "/to",
        _ => return None,
    };
    Some(place.to_owned())
}

/// What a draft over a period is decided on.
pub(super) async fn draft_facts(
    unit: &mut Unit<'_>,
    client: ClientId,
    from: Date,
    to: Date,
) -> Result<DraftFacts, CommandError> {
    let known = unit.read::<Client>(client_stream(client)).await;
    let known = named(known, "/client_id")?;
    if !known.exists() {
        return Err(missing("/client_id"));
    }
    let settings = unit.read::<Settings>(settings_stream()).await?;
    let currency = known.state.currency.clone();
    let currency = currency.unwrap_or_else(|| settings.state.currency(to).to_owned());
    let candidates = candidates(unit, client, from, to).await?;
    Ok(DraftFacts { currency, candidates })
}
