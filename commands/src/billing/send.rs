//! Sending: that a document went to the client is noted, and where it goes by mail the letter is
//! asked for in the same commit.

use domain::billing::billing_profile::{BillingProfile, profile_stream};
use domain::billing::{Drafted, InvoiceEvent, Refusal, SentBy, send_invoice};
use domain::id::{CreditNoteId, InvoiceId};
use domain::members::checked_email;
use domain::personal::{Personal, PurposeClass};

use super::places::{at, nth};
use super::{drafted, invoice_to_change, of_client, refusal, settings_today};
use crate::handle::Command;
use crate::mail::Letter;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// To how many addresses one document is sent at once.
const ADDRESSES_MAX: usize = 10;

/// Note that an invoice, or a credit note of it, goes out; by mail it's mailed from here.
#[derive(Debug, Clone)]
pub struct SendInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The credit note, where it's one of this invoice.
    pub credit_note: Option<CreditNoteId>,
    /// By which way.
    pub by: SentBy,
    /// To which addresses; none = the client's.
    pub to: Vec<String>,
}

impl Command for SendInvoice {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = invoice_to_change(unit, self.invoice, None).await?;
        let to = self.addresses(unit, drafted(&invoice)?).await?;
        let (_, today) = settings_today(unit).await?;
        let command = send_invoice::SendInvoice {
            invoice: self.invoice,
            credit_note: self.credit_note,
            by: self.by,
            to,
            on: today,
        };
        let sent = send_invoice::decide(&invoice.state, command);
        let sent = sent.map_err(|refusal| {
            let unknown = matches!(refusal, Refusal::CreditNoteUnknown { .. });
            at(&refusal, unknown.then(|| "/credit_note_id".to_owned()))
        })?;
        let addresses = if self.by == SentBy::Mail { sent.to.len() } else { 0 };
        unit.emit(&invoice, [InvoiceEvent::from(sent)]);
        for (nth, _) in (0..).zip(0..addresses) {
            let version = invoice.version + 1;
            unit.mail(Letter::Invoice { invoice: self.invoice, version, nth });
        }
        Ok(Reply::changed(self.invoice))
    }
}

impl SendInvoice {
    /// Where it goes to: what was named, else the address that the client is known by now, else the
    /// one on the document.
    async fn addresses(
        &self,
        unit: &mut Unit<'_>,
        drafted: &Drafted,
    ) -> Result<Vec<Personal<String>>, CommandError> {
        let client = drafted.client;
        let mut to = self.to.clone();
        if to.is_empty() && self.by == SentBy::Mail {
            let profile = unit.read::<BillingProfile>(profile_stream(client)).await?;
            let known = profile.state.profile.particulars.as_ref();
            let sealed = drafted.issued.as_ref().map(|it| &it.sealed.buyer.particulars);
            let email = |it: &Personal<domain::billing::sealed::BuyerParticulars>| {
                it.get().and_then(|known| known.email.clone())
            };
            to.extend(known.and_then(email).or_else(|| sealed.and_then(email)));
            if to.is_empty() {
                let detail = "no mail address of the client is known; name one here, or set it \
                              with PUT /clients/{id}/billing";
                return Err(refusal("billing.no_address", Some("/to"), detail.to_owned()));
            }
        }
        let mut known = std::collections::BTreeSet::new();
        to.retain(|text| known.insert(text.to_lowercase()));
        if to.len() > ADDRESSES_MAX {
            let detail = format!("name at most {ADDRESSES_MAX} addresses");
            return Err(refusal("billing.too_many_addresses", Some("/to"), detail));
        }
        if to.iter().any(|text| checked_email(text).is_none()) {
            let detail = "give e-mail addresses such as accounts@example.com".to_owned();
            let n = self.to.iter().position(|text| checked_email(text).is_none());
            let field = nth("to", n, "").unwrap_or_else(|| "/to".to_owned());
            return Err(refusal("billing.bad_address", Some(&field), detail));
        }
        let sealed = |text| of_client(client, PurposeClass::Identity, text);
        Ok(to.into_iter().map(sealed).collect())
    }
}
