//! Links to a client's own page of an invoice. The secret follows from the ids of link and invoice
//! under the tenant's key, so neither log nor database holds what opens anything; whether it still
//! does is asked of what was said about the invoice each time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::billing::correspondence::{self, Correspondence, client_links, correspondence_stream};
use domain::billing::{Invoice, Refusal, invoice_stream};
use domain::id::{ClientLinkId, InvoiceId};
use domain::members::{Action, Object};
use domain::settings::{Settings, settings_stream};
use jiff::SignedDuration;
use migrations::keys::{TenantKeys, sha256};
use uuid::Uuid;

use super::accountable::said_by_client;
use super::places::{at, missing, named};
use crate::handle::Command;
use crate::mail::Letter;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Refused, Reply};
use crate::unit::{Loaded, Unit};

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 2 * ID_BYTES + 32;

/// The secret of a link, 86 characters of base64url; the same ids give the same one again.
pub fn secret_of(keys: &TenantKeys, invoice: InvoiceId, link: ClientLinkId) -> String {
    let mut secret = link.0.as_bytes().to_vec();
    secret.extend(invoice.0.as_bytes());
    secret.extend(proof(keys, invoice.0, link.0));
    URL_SAFE_NO_PAD.encode(secret)
}

fn proof(keys: &TenantKeys, invoice: Uuid, link: Uuid) -> [u8; 32] {
    keys.digest("client_link", &[link.as_bytes(), invoice.as_bytes()])
}

/// What a secret is about, open or not; none where it's nobody's in this tenant.
pub fn link_of(keys: &TenantKeys, secret: &str) -> Option<(InvoiceId, ClientLinkId)> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    if bytes.len() != SECRET_BYTES {
        return None;
    }
    let (ids, given) = bytes.split_at(2 * ID_BYTES);
    let (link, invoice) = ids.split_at(ID_BYTES);
    let (link, invoice) = (Uuid::from_slice(link).ok()?, Uuid::from_slice(invoice).ok()?);
    // Hashes are compared, so that how long it takes tells nothing about the proof itself.
    let right = sha256(&proof(keys, invoice, link)) == sha256(given);
    right.then_some((InvoiceId(invoice), ClientLinkId(link)))
}

/// Let a client see an invoice, and say what they think of it.
#[derive(Debug, Clone)]
pub struct OpenClientLink {
    /// The invoice.
    pub invoice: InvoiceId,
    /// A new id.
    pub link: ClientLinkId,
    /// Whom it's mailed to; nobody where it's handed over otherwise.
    pub email: Option<String>,
}

impl Command for OpenClientLink {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (said, invoice) = ours(unit, self.invoice).await?;
        let client = invoice.state.known(self.invoice)?.client;
        let email = self.email.as_deref().map(checked).transpose()?;
        let settings = unit.read::<Settings>(settings_stream()).await?;
        let now = unit.now();
        let days = i64::from(settings.state.client_link_days());
        let command = client_links::OpenClientLink {
            invoice: self.invoice,
            link: self.link,
            now,
            expires_at: now + SignedDuration::from_hours(24 * days),
            to: email.map(|email| said_by_client(client, email)),
        };
        let mailed = command.to.is_some();
        let opened = client_links::open(&said.state, &invoice.state, command)?;
        unit.emit(&said, [correspondence::CorrespondenceEvent::from(opened)]);
        if mailed {
            unit.mail(Letter::ClientLink { invoice: self.invoice, link: self.link });
        }
        Ok(Reply::created(self.link))
    }
}

/// Take a link back.
#[derive(Debug, Clone, Copy)]
pub struct CloseClientLink {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The link.
    pub link: ClientLinkId,
}

impl Command for CloseClientLink {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (said, invoice) = ours(unit, self.invoice).await?;
        let command = client_links::CloseClientLink { invoice: self.invoice, link: self.link };
        let closed = client_links::close(&said.state, &invoice.state, command);
        let closed = closed.map_err(|refusal| {
            let unknown = matches!(refusal, Refusal::ClientLinkUnknown { .. });
            at(&refusal, unknown.then(|| "{link_id}".to_owned()))
        })?;
        unit.emit(&said, closed);
        Ok(Reply::changed(self.link))
    }
}

/// What was said about an invoice that the caller may change, to be added to.
async fn ours(
    unit: &mut Unit<'_>,
    id: InvoiceId,
) -> Result<(Loaded<Correspondence>, Loaded<Invoice>), CommandError> {
    let said = unit.write::<Correspondence>(correspondence_stream(id)).await?;
    let invoice = named(unit.read::<Invoice>(invoice_stream(id)).await, "{id}")?;
    // Of a bill that is not there no client is known, so who may only for one is denied.
    let client = invoice.state.drafted.as_ref().map(|drafted| drafted.client);
    allowed(unit, Action::ChangeBills, &client.map_or(Object::Firm, Object::Client)).await?;
    if invoice.exists() { Ok((said, invoice)) } else { Err(missing("{id}")) }
}

fn checked(email: &str) -> Result<String, CommandError> {
    domain::members::checked_email(email).ok_or_else(|| {
        CommandError::Refused(Refused {
            code: "billing.bad_email".to_owned(),
            field: Some("/email".to_owned()),
            detail: "give an e-mail address".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrations::testing::TestTenant;

    #[tokio::test]
    async fn a_secret_leads_to_its_invoice_in_its_tenant_alone() {
        let (firm, foreign) = (TestTenant::provision(&[]).await, TestTenant::provision(&[]).await);
        let own = firm.keys.of(firm.id).await.expect("the keys");
        let other = foreign.keys.of(foreign.id).await.expect("the keys");
        let (invoice, link) = (InvoiceId(Uuid::from_u128(7)), ClientLinkId(Uuid::from_u128(8)));
        let secret = secret_of(&own, invoice, link);
        assert_eq!((secret.len(), link_of(&own, &secret)), (86, Some((invoice, link))));
        assert_eq!(link_of(&other, &secret), None);
        for place in [3, 30, 60] {
            let mut wrong = secret.clone().into_bytes();
            wrong[place] = if wrong[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(link_of(&own, std::str::from_utf8(&wrong).unwrap()), None, "{place}");
        }
        for nothing in ["", "x", "AAAA", &secret[..80]] {
            assert_eq!(link_of(&own, nothing), None);
        }
    }
}
