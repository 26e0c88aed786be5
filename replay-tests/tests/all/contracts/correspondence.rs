//! Samples of the events of what is said to a client about an invoice.

use domain::billing::correspondence::{
    ClientLinkClosed, ClientLinkOpened, CorrespondenceEvent, InvoiceFellOverdue, InvoiceReminded,
};
use domain::id::{ClientId, ClientLinkId, InvoiceId, MemberId};
use domain::log::Event;
use domain::personal::PurposeClass;
use jiff::Timestamp;
use jiff::civil::date;

use super::sample::{INVOICE, NOVA, UMBRELLA, id, text};

const LINK: u16 = 54;

/// Each event with all its fields and with those alone that it must have.
pub(super) fn correspondence() -> Vec<Event> {
    let (invoice, client, link) =
        (InvoiceId(id(INVOICE)), ClientId(id(UMBRELLA)), ClientLinkId(id(LINK)));
    let to = || text(UMBRELLA, PurposeClass::Identity, "accounts@umbrella.example");
    let due_on = date(2026, 3, 30);
    let (balance_minor, currency) = (115_000, "ZAR".to_owned());
    let overdue = InvoiceFellOverdue {
        invoice,
        client,
        due_on,
        balance_minor,
        currency: currency.clone(),
        told: vec![MemberId(id(NOVA))],
    };
    let opened = ClientLinkOpened {
        invoice,
        client,
        link,
        opened_at: Timestamp::constant(1_772_000_000, 0),
        expires_at: Timestamp::constant(1_774_592_000, 0),
        to: Some(to()),
    };
    let events: Vec<CorrespondenceEvent> = vec![
        InvoiceReminded {
            invoice,
            client,
            days: 7,
            on: date(2026, 4, 6),
            due_on,
            balance_minor,
            currency,
            to: to(),
        }
        .into(),
        overdue.clone().into(),
        InvoiceFellOverdue { told: Vec::new(), ..overdue }.into(),
        opened.clone().into(),
        ClientLinkOpened { to: None, ..opened }.into(),
        ClientLinkClosed { invoice, client, link }.into(),
    ];
    events.into_iter().map(Event::from).collect()
}
