//! Fixed values for the tests of this slice.

use jiff::civil::Date;
use uuid::Uuid;

use super::draft_invoice::{Candidate, DraftFacts, DraftInvoice, decide};
use super::{GroupBy, Invoice};
use crate::id::ClientId;
use crate::time::samples::{entry_id, invoice, member, project, task};

pub(crate) fn client(n: u128) -> ClientId {
    ClientId(Uuid::from_u128(n))
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// A draft of January for client 1.
pub(crate) fn draft() -> DraftInvoice {
    DraftInvoice {
        invoice: invoice(1),
        client: client(1),
        from: day("2026-01-01"),
        to: day("2026-01-31"),
        group_by: GroupBy::Task,
    }
}

/// An entry of client 1 that can be billed.
pub(crate) fn candidate(entry: u128, on: &str, seconds: i64) -> Candidate {
    Candidate {
        entry: entry_id(entry),
        version: 1,
        member: member(1),
        project: project(1),
        task: task(1),
        day: day(on),
        work_day: day(on),
        seconds,
        approved: true,
        billable: true,
        client: client(1),
        claimed: None,
    }
}

pub(crate) fn draft_facts(entries: &[(u128, &str, i64)]) -> DraftFacts {
    DraftFacts {
        currency: "ZAR".into(),
        candidates: entries.iter().map(|(n, on, seconds)| candidate(*n, on, *seconds)).collect(),
    }
}

/// An invoice that reserves a minute of entry 1.
pub(crate) fn drafted() -> Invoice {
    let facts = draft_facts(&[(1, "2026-01-07", 60)]);
    let event = decide(&Invoice::default(), &facts, &draft()).expect("drafted");
    let mut invoice = Invoice::default();
    invoice.evolve(&event.into());
    invoice
}
