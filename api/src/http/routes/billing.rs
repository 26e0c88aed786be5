//! The routes of billing: what is read of it, what changes it, its documents, and what clients owe.

use super::{BOOKS, MEMBERS, read, write};
use crate::http::billing::{
    credit_notes, form, happened, invoices, lines_file, one, pdf, provenance, unbilled,
};
use crate::http::registry::{Route, get, post};

const B: &str = "billing";

/// What a draft is shown by.
const PRICED: &[&str] = &[
    "invoice",
    "invoice_entry",
    "time_entry",
    "rate",
    "rounding_rule",
    "setting",
    "project",
    "task",
    "client",
    "member",
];

/// What is read of invoices and of unbilled time.
pub(super) fn reads() -> Vec<Route> {
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
            .from(&["invoice", "setting"])
            .pages()
            .then(),
        get("/invoices/{id}", "getInvoice", read(B, BOOKS), "One invoice", one::one)
            .from(PRICED)
            .then()
            .known(),
        get(
            "/invoices/{id}/lines/{n}/provenance",
            "getLineProvenance",
            read(B, BOOKS),
            "What a line is made of",
            provenance::of_line,
        )
        .from(PRICED)
        .then()
        .known(),
        get(
            "/invoices/{id}/payments",
            "listPayments",
            read(B, BOOKS),
            "What came in for an invoice, and what of it went back",
            happened::payments,
        )
        .from(&["invoice"])
        .then(),
        get(
            "/invoices/{id}/credit-notes",
            "listCreditNotesOfInvoice",
            read(B, BOOKS),
            "What takes an invoice back",
            credit_notes::of_invoice,
        )
        .from(&["invoice"])
        .then(),
    ]
}

/// What is read of credit notes.
pub(super) fn credit_note_reads() -> Vec<Route> {
    const NOTES: &[&str] = &["credit_note"];
    vec![
        get(
            "/credit-notes",
            "listCreditNotes",
            read(B, BOOKS),
            "Every credit note",
            credit_notes::list,
        )
        .from(NOTES)
        .pages()
        .then(),
        get(
            "/credit-notes/{id}",
            "getCreditNote",
            read(B, BOOKS),
            "One credit note",
            credit_notes::one,
        )
        .from(NOTES)
        .then(),
        get(
            "/credit-notes/{id}/lines/{n}/provenance",
            "getCreditLineProvenance",
            read(B, BOOKS),
            "What a line of a credit note is made of",
            provenance::of_credit,
        )
        .from(NOTES)
        .then(),
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
    vec![
        get(
            "/invoices/{id}/pdf",
            "getInvoicePdf",
            read(B, BOOKS),
            "The page of an invoice as PDF/A-3b; of a draft what it would be",
            pdf::of_invoice,
        )
        .from(PRICED)
        .then()
        .known(),
        get(
            "/credit-notes/{id}/pdf",
            "getCreditNotePdf",
            read(B, BOOKS),
            "The page of a credit note as PDF/A-3b",
            pdf::of_credit_note,
        )
        .from(&["credit_note"])
        .then(),
        get(
            "/invoices/{id}/lines",
            "listInvoiceLines",
            read(B, BOOKS),
            "The lines of an invoice as a document, CSV or a workbook",
            lines_file::lines,
        )
        .from(PRICED)
        .then()
        .known(),
        get(
            "/invoices/{id}/xml",
            "getInvoiceXml",
            read(B, BOOKS),
            "An issued invoice for other programs: EN 16931 as UBL or CII",
            form::of_invoice,
        )
        .then(),
        get(
            "/credit-notes/{id}/xml",
            "getCreditNoteXml",
            read(B, BOOKS),
            "A credit note for other programs: EN 16931 as UBL or CII",
            form::of_credit_note,
        )
        .from(&["credit_note"])
        .then(),
    ]
}

/// What clients owe, and what they say.
pub(super) fn receivables() -> Vec<Route> {
    Vec::new()
}
