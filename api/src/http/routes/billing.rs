//! The routes of billing: what is read of it, what changes it, its documents, and what clients owe.

use super::{BOOKS, MEMBERS, read, write};
use crate::http::billing::{invoices, unbilled};
use crate::http::registry::{Route, get, post};

const B: &str = "billing";

/// What is read of invoices and of unbilled time.
pub(super) fn reads() -> Vec<Route> {
    const PRICED: &[&str] = &[
        "invoice",
        "invoice_entry",
        "time_entry",
        "rate",
        "rounding_rule",
        "setting",
        "project",
        "task",
    ];
    const UNBILLED: &[&str] = &[
        "unbilled",
        "time_entry",
        "rate",
        "rounding_rule",
        "setting",
        "client",
        "project",
        "task",
    ];
    vec![
        get("/unbilled", "listUnbilled", read(B, BOOKS), "What may be billed", unbilled::list)
            .from(UNBILLED)
            .pages()
            .then()
            .known(),
        get("/invoices", "listInvoices", read(B, BOOKS), "Every invoice", invoices::list)
            .from(&["invoice"])
            .pages()
            .then(),
        get("/invoices/{id}", "getInvoice", read(B, BOOKS), "One invoice", invoices::one)
            .from(PRICED)
            .then()
            .known(),
        get(
            "/invoices/{id}/lines/{n}/provenance",
            "getLineProvenance",
            read(B, BOOKS),
            "What a line is made of",
            invoices::provenance,
        )
        .from(PRICED)
        .then()
        .known(),
    ]
}

/// What changes invoices.
pub(super) fn writes() -> Vec<Route> {
    vec![
        post(
            "/invoices",
            "draftInvoice",
            write(B, MEMBERS),
            "Draft an invoice of a client's approved, unbilled time",
            invoices::draft,
        ),
        post(
            "/invoices/{id}/void",
            "voidInvoice",
            write(B, MEMBERS),
            "Give back what a draft reserves",
            invoices::void,
        ),
    ]
}

/// The forms of invoices and credit notes.
pub(super) fn documents() -> Vec<Route> {
    Vec::new()
}

/// What clients owe, and what they say.
pub(super) fn receivables() -> Vec<Route> {
    Vec::new()
}
