//! The routes of billing: what is read of it, what changes it, its documents, and what clients owe.
//! Who looks after a client reads and changes its bills too, so the object decides who may.

use super::{ALL, MEMBERS, read, write};
use crate::http::billing::{
    consent, credit_notes, form, happened, invoices, issuing, lines_file, one, payments, pdf,
    profile, provenance, terms, unbilled,
};
use crate::http::registry::{Route, delete, get, patch, post, put};

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
        get("/unbilled", "listUnbilled", read(B, ALL), "What may be billed", unbilled::list)
            .from(UNBILLED)
            .pages()
            .then()
            .known(),
        get("/invoices", "listInvoices", read(B, ALL), "Every invoice", invoices::list)
            .from(&["invoice", "setting"])
            .pages()
            .then(),
        get("/invoices/{id}", "getInvoice", read(B, ALL), "One invoice", one::one)
            .from(PRICED)
            .then()
            .known(),
        get(
            "/invoices/{id}/lines/{n}/provenance",
            "getLineProvenance",
            read(B, ALL),
            "What a line is made of",
            provenance::of_line,
        )
        .from(PRICED)
        .then()
        .known(),
        get(
            "/invoices/{id}/payments",
            "listPayments",
            read(B, ALL),
            "What came in for an invoice, and what of it went back",
            happened::payments,
        )
        .from(&["invoice"])
        .then(),
        get(
            "/invoices/{id}/credit-notes",
            "listCreditNotesOfInvoice",
            read(B, ALL),
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
            read(B, ALL),
            "Every credit note",
            credit_notes::list,
        )
        .from(NOTES)
        .pages()
        .then(),
        get(
            "/credit-notes/{id}",
            "getCreditNote",
            read(B, ALL),
            "One credit note",
            credit_notes::one,
        )
        .from(NOTES)
        .then(),
        get(
            "/credit-notes/{id}/lines/{n}/provenance",
            "getCreditLineProvenance",
            read(B, ALL),
            "What a line of a credit note is made of",
            provenance::of_credit,
        )
        .from(NOTES)
        .then(),
    ]
}

/// What changes invoices.
pub(super) fn writes() -> Vec<Route> {
    [of_invoices(), of_clients()].into_iter().flatten().collect()
}

/// What makes an invoice what it is.
fn of_invoices() -> Vec<Route> {
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
            "Give back what a draft, or an issued invoice that never left, holds",
            invoices::void,
        ),
        patch(
            "/invoices/{id}",
            "reviseInvoice",
            write(B, MEMBERS),
            "Change what a draft covers, and what it is to be issued with",
            terms::revise,
        ),
        post(
            "/invoices/{id}/issue",
            "issueInvoice",
            write(B, MEMBERS),
            "Seal a draft with its number, for good",
            issuing::issue,
        ),
        post(
            "/invoices/{id}/send",
            "sendInvoice",
            write(B, MEMBERS),
            "Mail an issued invoice to the client, or note that it went another way",
            issuing::send,
        ),
        post(
            "/invoices/{id}/credit-notes",
            "creditInvoice",
            write(B, MEMBERS),
            "Take an issued invoice back, in whole or in part",
            issuing::credit,
        ),
    ]
}

/// What comes after an invoice was issued, and what a client says of it.
fn of_clients() -> Vec<Route> {
    vec![
        post(
            "/invoices/{id}/payments",
            "recordInvoicePayment",
            write(B, MEMBERS),
            "Note that money came in for an invoice",
            payments::record,
        ),
        delete(
            "/invoices/{id}/payments/{payment_id}",
            "reverseInvoicePayment",
            write(B, MEMBERS),
            "Note that a payment, or a part of it, went back",
            payments::reverse,
        ),
        post(
            "/invoices/{id}/sign-off",
            "signOffInvoice",
            write(B, MEMBERS),
            "Note that the client agrees with an invoice",
            consent::sign_off,
        ),
        post(
            "/invoices/{id}/lines/{n}/disputes",
            "disputeInvoiceLine",
            write(B, MEMBERS),
            "Note that the client says that a line is wrong",
            consent::dispute,
        ),
        post(
            "/invoices/{id}/disputes/{dispute_id}/settle",
            "settleInvoiceDispute",
            write(B, MEMBERS),
            "Say what came of a dispute",
            consent::settle,
        ),
        get(
            "/clients/{id}/billing",
            "getClientBilling",
            read(B, ALL),
            "What is known of a client for its invoices",
            profile::one,
        )
        .from(&["client"])
        .then(),
        put(
            "/clients/{id}/billing",
            "changeClientBilling",
            write(B, MEMBERS),
            "Say what is known of a client for its invoices",
            profile::change,
        ),
    ]
}

/// The forms of invoices and credit notes.
pub(super) fn documents() -> Vec<Route> {
    vec![
        get(
            "/invoices/{id}/pdf",
            "getInvoicePdf",
            read(B, ALL),
            "The page of an invoice as PDF/A-3b; of a draft what it would be",
            pdf::of_invoice,
        )
        .from(PRICED)
        .then()
        .known(),
        get(
            "/credit-notes/{id}/pdf",
            "getCreditNotePdf",
            read(B, ALL),
            "The page of a credit note as PDF/A-3b",
            pdf::of_credit_note,
        )
        .from(&["credit_note"])
        .then(),
        get(
            "/invoices/{id}/lines",
            "listInvoiceLines",
            read(B, ALL),
            "The lines of an invoice as a document, CSV or a workbook",
            lines_file::lines,
        )
        .from(PRICED)
        .then()
        .known(),
        get(
            "/invoices/{id}/xml",
            "getInvoiceXml",
            read(B, ALL),
            "An issued invoice for other programs: EN 16931 as UBL or CII",
            form::of_invoice,
        )
        .then(),
        get(
            "/credit-notes/{id}/xml",
            "getCreditNoteXml",
            read(B, ALL),
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
