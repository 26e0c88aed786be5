//! Once a day every invoice is looked at whose last day to pay has passed: whoever looks after the
//! client is told once, and the client is reminded as the firm wants it. What was said stands in
//! the log, so a run that comes late, twice or after days without one says nothing twice.

use std::collections::BTreeMap;

use async_trait::async_trait;
use cqrs_es::Aggregate;
use domain::billing::billing_profile::{BillingProfile, profile_stream};
use domain::billing::correspondence::follow_up::{self, FollowUp};
use domain::billing::correspondence::{Correspondence, CorrespondenceEvent, correspondence_stream};
use domain::billing::{Invoice, InvoiceEvent, invoice_of, invoice_stream};
use domain::id::{ClientId, InvoiceId, StreamId, TenantId};
use domain::log::{Actor, Via};
use domain::settings::{Settings, settings_stream};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::accountable::{account_managers, said_by_client};
use crate::event_log::read::{streams, streams_of};
use crate::handle::{Command, Commands, Sender};
use crate::jobs::{Daily, WorkError};
use crate::mail::Letter;
use crate::members::substitutes::day_of;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// How many streams are read at once.
const CHUNK: usize = 200;

/// Looks after what is due.
#[derive(Debug, Clone)]
pub struct InvoiceFollowUp {
    commands: Commands,
}

impl InvoiceFollowUp {
    /// For the tenants of these commands.
    pub fn new(commands: Commands) -> Self {
        InvoiceFollowUp { commands }
    }

    /// The invoices of which something is due whose last day to pay lies before this day. The
    /// command looks again; this only spares it what is paid.
    async fn due(&self, tenant: TenantId, day: Date) -> Result<Vec<InvoiceId>, WorkError> {
        let mut tx = self.commands.log().tenants().begin(tenant).await?;
        let mut due = Vec::new();
        for chunk in streams_of(&mut tx, Invoice::TYPE).await?.chunks(CHUNK) {
            let mut invoices: BTreeMap<StreamId, Invoice> = BTreeMap::new();
            for row in streams(&mut tx, chunk).await? {
                let recorded = row.decode()?;
                if let Some(event) = recorded.event.family::<InvoiceEvent>() {
                    invoices.entry(recorded.stream).or_default().evolve(event);
                }
            }
            let late = |invoice: &Invoice| {
                let issued = invoice.drafted.as_ref().and_then(|it| it.issued.as_ref());
                issued.is_some_and(|it| it.sealed.due_on < day && it.balance_minor() > 0)
            };
            let late = invoices.into_iter().filter(|(_, invoice)| late(invoice));
            due.extend(late.map(|(stream, _)| invoice_of(stream)));
        }
        tx.commit().await?;
        Ok(due)
    }
}

#[async_trait]
impl Daily for InvoiceFollowUp {
    fn name(&self) -> &'static str {
        "invoice_follow_up"
    }

    /// It goes by today, for a client is not to be reminded by a day that has long passed.
    async fn run(&self, tenant: TenantId, _day: Date) -> Result<(), WorkError> {
        if tenant.is_platform() {
            return Ok(());
        }
        let now = self.commands.log().clock().now();
        let ahead = now.to_zoned(TimeZone::UTC).date().saturating_add(1.day());
        // One that fails keeps no other one from being looked at.
        let mut outcome = Ok(());
        for invoice in self.due(tenant, ahead).await? {
            let sender = Sender::new(tenant, Actor::System, Via::Job);
            let said = self.commands.handle(sender, FollowUpInvoice { invoice }).await;
            outcome = outcome.and(said.map(|_| ()).map_err(WorkError::from));
        }
        outcome
    }
}

/// Say what is to be said about one invoice today.
#[derive(Debug, Clone, Copy)]
pub struct FollowUpInvoice {
    /// Which one.
    pub invoice: InvoiceId,
}

impl Command for FollowUpInvoice {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        if !matches!(unit.metadata().actor, Actor::System | Actor::Operator) {
            return Err(CommandError::Forbidden);
        }
        let id = self.invoice;
        let said = unit.write::<Correspondence>(correspondence_stream(id)).await?;
        let invoice = unit.read::<Invoice>(invoice_stream(id)).await?;
        let Some(drafted) = &invoice.state.drafted else { return Err(CommandError::NotFound) };
        let client = drafted.client;
        let settings = unit.read::<Settings>(settings_stream()).await?;
        let command = FollowUp {
            invoice: id,
            on: day_of(&settings.state, unit.now()),
            days: settings.state.reminder_days(),
            to: address(unit, client, &invoice.state).await?.map(|it| said_by_client(client, it)),
            told: account_managers(unit, client).await?,
        };
        let events = follow_up::decide(&said.state, &invoice.state, command);
        for (version, event) in (said.version + 1..).zip(&events) {
            match event {
                CorrespondenceEvent::InvoiceFellOverdue(event) => {
                    for to in &event.told {
                        let (to, due_on) = (*to, event.due_on);
                        unit.mail(Letter::InvoiceOverdue { to, invoice: id, due_on });
                    }
                }
                CorrespondenceEvent::InvoiceReminded(_) => {
                    unit.mail(Letter::InvoiceReminder { invoice: id, version });
                }
                CorrespondenceEvent::ClientLinkOpened(_)
                | CorrespondenceEvent::ClientLinkClosed(_) => {}
            }
        }
        unit.emit(&said, events);
        Ok(Reply { id: None, created: false })
    }
}

/// Where a client is mailed: as its profile says now, else as its invoice says.
async fn address(
    unit: &mut Unit<'_>,
    client: ClientId,
    invoice: &Invoice,
) -> Result<Option<String>, CommandError> {
    let profile = unit.read::<BillingProfile>(profile_stream(client)).await?;
    let of_profile = profile.state.profile.particulars.as_ref().and_then(|it| it.get());
    if let Some(email) = of_profile.and_then(|it| it.email.clone()) {
        return Ok(Some(email));
    }
    let issued = invoice.drafted.as_ref().and_then(|drafted| drafted.issued.as_ref());
    let sealed = issued.and_then(|issued| issued.sealed.buyer.particulars.get());
    Ok(sealed.and_then(|particulars| particulars.email.clone()))
}
