//! Samples of the numbers that invoices and credit notes take, as they were before the day of issue
//! was noted with them.

use domain::billing::numbering::{NumberTaken, SeriesEvent};
use domain::billing::sealed::DocumentKind;
use domain::id::{CreditNoteId, InvoiceId};
use domain::log::Event;

use super::sample::{INVOICE, id};

const CREDIT_NOTE: u16 = 51;

pub(crate) fn series() -> Vec<Event> {
    let taken = |document, number: &str, credit_note| {
        let event = NumberTaken {
            document,
            year: 2026,
            n: 1,
            number: number.to_owned(),
            invoice: InvoiceId(id(INVOICE)),
            credit_note,
            issued_on: None,
        };
        Event::from(SeriesEvent::from(event))
    };
    vec![
        taken(DocumentKind::Invoice, "INV-2026-00001", None),
        taken(DocumentKind::CreditNote, "CN-2026-00001", Some(CreditNoteId(id(CREDIT_NOTE)))),
    ]
}
