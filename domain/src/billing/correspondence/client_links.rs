//! Links to the client's own page of an invoice. One may be opened as often as somebody likes until
//! it expires or the firm takes it back; it's no account and lets nobody see anything else.

use jiff::Timestamp;

use super::{ClientLinkClosed, ClientLinkOpened, Correspondence, CorrespondenceEvent};
use crate::billing::{Invoice, InvoiceState, Refusal};
use crate::id::{ClientLinkId, InvoiceId};
use crate::personal::Personal;

/// How many links of an invoice may be open at once.
pub const OPEN_MOST: usize = 20;

/// Lets whoever has the link see the invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenClientLink {
    /// The invoice.
    pub invoice: InvoiceId,
    /// A new id.
    pub link: ClientLinkId,
    /// Now.
    pub now: Timestamp,
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
    /// Where it's mailed to, where it is.
    pub to: Option<Personal<String>>,
}

/// Takes a link back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseClientLink {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The link.
    pub link: ClientLinkId,
}

/// What opening leads to: a draft is shown too, for clients agree before it's issued.
pub fn open(
    said: &Correspondence,
    invoice: &Invoice,
    command: OpenClientLink,
) -> Result<ClientLinkOpened, Refusal> {
    let OpenClientLink { invoice: id, link, now, expires_at, to } = command;
    let drafted = invoice.known(id)?;
    if drafted.state == InvoiceState::Void {
        return Err(Refusal::NotIssued { invoice: id, state: drafted.state });
    }
    if said.links.iter().filter(|it| it.is_open(now)).count() >= OPEN_MOST {
        return Err(Refusal::TooManyClientLinks { most: OPEN_MOST });
    }
    let client = drafted.client;
    Ok(ClientLinkOpened { invoice: id, client, link, opened_at: now, expires_at, to })
}

/// What closing leads to: nothing where it's closed already.
pub fn close(
    said: &Correspondence,
    invoice: &Invoice,
    command: CloseClientLink,
) -> Result<Vec<CorrespondenceEvent>, Refusal> {
    let CloseClientLink { invoice: id, link } = command;
    if said.link(link)?.closed {
        return Ok(Vec::new());
    }
    let client = invoice.known(id)?.client;
    Ok(vec![ClientLinkClosed { invoice: id, client, link }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{drafted, issued, personal, voided};
    use crate::time::samples::invoice;
    use jiff::ToSpan;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::constant(1_770_000_000, 0);

    fn link(n: u128) -> ClientLinkId {
        ClientLinkId(Uuid::from_u128(n))
    }

    fn asked(n: u128) -> OpenClientLink {
        OpenClientLink {
            invoice: invoice(1),
            link: link(n),
            now: NOW,
            expires_at: NOW + 1.hour(),
            to: Some(personal("nova@example.com")),
        }
    }

    #[test]
    fn a_link_opens_a_draft_or_an_invoice_until_it_expires_or_is_taken_back() {
        for state in [drafted(), issued()] {
            let mut said = Correspondence::default();
            said.evolve(&open(&said, &state, asked(1)).expect("opened").into());
            let open_at = |said: &Correspondence, at| said.link(link(1)).unwrap().is_open(at);
            assert!(open_at(&said, NOW) && !open_at(&said, NOW + 1.hour()));
            let command = CloseClientLink { invoice: invoice(1), link: link(1) };
            let events = close(&said, &state, command).expect("closed");
            events.iter().for_each(|event| said.evolve(event));
            assert!(!open_at(&said, NOW));
            assert_eq!(close(&said, &state, command), Ok(vec![]), "it's closed once");
            let unknown = CloseClientLink { link: link(2), ..command };
            let refusal = Refusal::ClientLinkUnknown { link: link(2) };
            assert_eq!(close(&said, &state, unknown), Err(refusal));
        }
    }

    #[test]
    fn a_void_invoice_is_shown_to_nobody_and_links_have_an_end() {
        let said = Correspondence::default();
        let code = |state: &Invoice| open(&said, state, asked(1)).map_err(|it| it.code());
        assert_eq!(code(&voided()), Err("billing.not_issued"));
        assert_eq!(code(&Invoice::default()), Err("billing.invoice_unknown"));
        let (mut said, state) = (Correspondence::default(), issued());
        for n in 1..=20 {
            said.evolve(&open(&said, &state, asked(n)).expect("opened").into());
        }
        let refusal = open(&said, &state, asked(21)).expect_err("too many");
        assert_eq!(refusal.code(), "billing.too_many_client_links");
        let later = OpenClientLink { now: NOW + 2.hours(), ..asked(21) };
        assert!(open(&said, &state, later).is_ok(), "expired ones do not count");
    }
}
