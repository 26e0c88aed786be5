//! What letters about an invoice are made from: its own stream and what was said about it, opened.
//! Names of clients and words of theirs come from there, and what was erased reads as nothing.

use commands::event_log::read::{StoredRow, stream_after};
use commands::jobs::WorkError;
use domain::billing::correspondence::{Correspondence, CorrespondenceEvent, correspondence_stream};
use domain::billing::sealed::SealedInvoice;
use domain::billing::{Drafted, Invoice, InvoiceEvent, invoice_stream};
use domain::id::{InvoiceId, StreamId, TenantId};
use domain::log::EventFamily;
use domain::money::Money;
use domain::personal::{KeyringError, PersonalFields, try_each_personal};
use migrations::TenantTx;
use migrations::keys::TenantKeys;

use crate::mail::Post;

/// What stands where a person's data are gone.
const ERASED: &str = "[erased]";

/// An invoice with what was said about it.
pub(super) struct Bill {
    pub(super) drafted: Drafted,
    pub(super) said: Correspondence,
    events: Vec<(i32, InvoiceEvent)>,
    letters: Vec<(i32, CorrespondenceEvent)>,
}

/// The invoice; none where there is none.
pub(super) async fn bill(
    post: &Post,
    tenant: TenantId,
    invoice: InvoiceId,
) -> Result<Option<Bill>, WorkError> {
    let keys = post.log().keys().of(tenant).await?;
    let mut tx = post.log().tenants().begin(tenant).await?;
    let events = opened::<InvoiceEvent>(&mut tx, &keys, invoice_stream(invoice)).await?;
    let letters =
        opened::<CorrespondenceEvent>(&mut tx, &keys, correspondence_stream(invoice)).await?;
    tx.commit().await?;
    let (mut state, mut said) = (Invoice::default(), Correspondence::default());
    events.iter().for_each(|(_, event)| state.evolve(event));
    letters.iter().for_each(|(_, event)| said.evolve(event));
    Ok(state.drafted.map(|drafted| Bill { drafted, said, events, letters }))
}

async fn opened<F>(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    stream: StreamId,
) -> Result<Vec<(i32, F)>, WorkError>
where
    F: EventFamily + PersonalFields + Clone,
    for<'e> &'e F: TryFrom<&'e domain::log::Event>,
{
    let rows = stream_after(tx, stream, 0).await?;
    let mut events = Vec::new();
    for row in &rows {
        let recorded = StoredRow::decode(row)?;
        let event: Option<&F> = recorded.event.family();
        events.extend(event.cloned().map(|event| (row.version, event)));
    }
    let mut names = Vec::new();
    for (_, event) in &mut events {
        event.each_personal(&mut |field| names.push(field.key()));
    }
    keys.load(tx, &names).await?;
    for (_, event) in &mut events {
        try_each_personal(event, |field| field.open(keys))
            .map_err(|error: KeyringError| WorkError::later(error.to_string()))?;
    }
    Ok(events)
}

impl Bill {
    /// The event of the invoice's stream after which it had this version.
    pub(super) fn event(&self, version: i32) -> Option<&InvoiceEvent> {
        self.events.iter().find(|it| it.0 == version).map(|it| &it.1)
    }

    /// The event of this version of what was said about it.
    pub(super) fn letter(&self, version: i32) -> Option<&CorrespondenceEvent> {
        self.letters.iter().find(|it| it.0 == version).map(|it| &it.1)
    }

    /// All that happened to it, in order.
    pub(super) fn events(&self) -> impl Iterator<Item = &InvoiceEvent> {
        self.events.iter().map(|it| &it.1)
    }

    /// What it says since it was issued.
    pub(super) fn sealed(&self) -> Option<&SealedInvoice> {
        self.drafted.issued.as_ref().map(|issued| &issued.sealed)
    }

    /// What it's called: its number, or what it is while it has none.
    pub(super) fn called(&self) -> String {
        match self.sealed() {
            Some(sealed) => format!("invoice {}", sealed.number),
            None => format!("the draft of {} to {}", self.drafted.from, self.drafted.to),
        }
    }

    /// Who is to pay, as it stands on the document.
    pub(super) fn buyer(&self) -> String {
        let particulars = self.sealed().and_then(|it| it.buyer.particulars.get());
        particulars.map_or_else(|| ERASED.to_owned(), |it| it.name.clone())
    }

    /// What is due.
    pub(super) fn balance(&self) -> i64 {
        self.drafted.issued.as_ref().map_or(0, |issued| issued.balance_minor())
    }

    /// An amount of it in words.
    pub(super) fn money(&self, amount_minor: i64) -> String {
        Money { amount_minor, currency: self.drafted.currency.clone() }.to_string()
    }
}

/// A text of a client, where it's not gone.
pub(super) fn words(text: &domain::personal::Personal<String>) -> &str {
    text.get().map_or(ERASED, String::as_str)
}
