//! What was issued as other programs read it: the bytes that were sealed, or nothing.

use commands::event_log::read::stream_after;
use documents::{FormName, Rendered};
use domain::billing::sealed::{RenderedForm, SealedInvoice};
use domain::billing::{InvoiceEvent, invoice_stream};
use domain::id::InvoiceId;

use serde_json::json;

use super::invoicing::Billing;
use super::receivables::Books;
use super::{Reply, ask};
use crate::http::billing::form::{Syntax, form};

/// What was sealed in an invoice's stream with its forms, the invoice first. Its personal texts are
/// not opened.
async fn sealed(books: &Books, invoice: InvoiceId) -> Vec<(SealedInvoice, Vec<RenderedForm>)> {
    let firm = &books.month.firm;
    let mut tx = firm.app.tenants.begin(firm.tenant.id).await.expect("begun");
    let rows = stream_after(&mut tx, invoice_stream(invoice), 0).await.expect("read");
    tx.commit().await.expect("ended");
    let facts = rows.iter().filter_map(|row| {
        let recorded = row.decode().expect("an event");
        let event = recorded.event.family::<InvoiceEvent>()?;
        if let InvoiceEvent::InvoiceIssued(it) = event {
            Some(((*it.sealed).clone(), it.forms.clone()))
        } else if let InvoiceEvent::CreditNoteIssued(it) = event {
            Some(((*it.sealed).clone(), it.forms.clone()))
        } else {
            None
        }
    });
    facts.collect()
}

/// Whether an answer is this form as it was sealed, of this root and under this name.
fn assert_sealed(reply: &Reply, forms: &[RenderedForm], form: &str, root: &str, name: &str) {
    assert_eq!((reply.status.as_u16(), &*reply.header("content-type")), (200, "application/xml"));
    let hash = Rendered::of(FormName::Ubl, reply.bytes.clone()).sha256;
    let known = forms.iter().find(|it| it.form == form).expect("rendered");
    assert_eq!((&known.sha256, reply.header("etag")), (&hash, format!("\"{hash}\"")));
    assert!(reply.text.contains(&format!("<{root} ")), "{}", reply.text);
    let kept_as = reply.header("content-disposition");
    assert!(kept_as.starts_with(&format!("attachment; filename=\"{name}\"")), "{kept_as}");
}

#[tokio::test]
async fn what_was_issued_is_given_to_programs_as_it_was_sealed() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let invoice = books.draft(0).await;
    let path = format!("/invoices/{}/xml", invoice.0);
    assert_eq!(firm.get(&path).await.problem(404), "billing.not_issued");
    let position = books.issue(invoice, "2026-04-01").await;
    books.credit_an_hour(invoice, "2026-04-02").await;
    let facts = sealed(&books, invoice).await;
    assert_eq!(facts.len(), 2);
    let name = format!("{}.xml", facts[0].0.number);
    assert_sealed(&firm.get(&path).await, &facts[0].1, "ubl", "Invoice", &name);
    let cii = firm.get(&format!("{path}?syntax=cii")).await;
    assert_sealed(&cii, &facts[0].1, "cii", "rsm:CrossIndustryInvoice", &name);
    let known = ask("GET", &path).query("syntax=cii").header("if-none-match", &cii.header("etag"));
    let again = firm.raw(&known.token(&firm.owner.token)).await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    assert_eq!(firm.get(&format!("{path}?syntax=edifact")).await.status.as_u16(), 400);
    let before = ask("GET", &path).query(&format!("as_of={}", position - 1));
    let before = firm.raw(&before.token(&firm.owner.token)).await;
    assert_eq!(before.problem(404), "billing.not_issued");

    let listed = ask("GET", "/credit-notes").token(&firm.owner.token).header("prefer", "wait=10");
    let listed = firm.raw(&listed).await.is(200);
    let credit = listed["items"][0]["id"].as_str().expect("an id");
    let path = format!("/credit-notes/{credit}/xml");
    let name = format!("{}.xml", facts[1].0.number);
    let note = firm.get(&path).await;
    assert_sealed(&note, &facts[1].1, "ubl", "CreditNote", &name);
    let number = &facts[0].0.number;
    assert!(note.text.contains(&format!("<cbc:ID>{number}</cbc:ID>")), "{}", note.text);
    let cii = firm.get(&format!("{path}?syntax=cii")).await;
    assert_sealed(&cii, &facts[1].1, "cii", "rsm:CrossIndustryInvoice", &name);
}

#[tokio::test]
async fn what_is_not_what_was_sealed_is_not_given_out() {
    let books = Books::new().await;
    let invoice = books.draft(0).await;
    books.issue(invoice, "2026-04-01").await;
    let (mut facts, forms) = sealed(&books, invoice).await.remove(0);
    facts.totals.payable_minor += 1;
    let headers = axum::http::HeaderMap::new();
    let problem = form(&headers, Syntax::Cii, &facts, &forms).expect_err("it's another");
    let (status, code, _) = problem.parts();
    assert_eq!((status, &*code), (500, "billing.form_changed"));
}

/// The details of the warnings of this code.
fn warned(reply: &Reply, code: &str) -> Vec<String> {
    let warnings = reply.json()["warnings"].clone();
    let warnings = warnings.as_array().expect("a list").iter();
    let ours = warnings.filter(|it| it["code"] == code);
    ours.map(|it| it["detail"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn what_the_norm_has_no_form_for_is_issued_as_a_page_and_says_why() {
    let settings = [
        ("COUNTRY", "KW"),
        ("CURRENCY", "KWD"),
        ("VAT_REGISTERED", "true"),
        ("VAT_NUMBER", "123456"),
        ("LEGAL_NAME", "Gulf Studio"),
        ("LEGAL_ADDRESS", "1 Corniche\nKuwait City"),
    ];
    let billing = Billing::new(&settings, "KWD").await;
    billing.known().await;
    let firm = &billing.firm;
    let invoice = billing.drafted().await;
    let of_draft = warned(&firm.get(&invoice).await, "billing.no_electronic_form");
    let issued = billing.issue(&invoice, json!({})).await;
    issued.is(200);
    let reasons = warned(&issued, "billing.no_electronic_form");
    assert_eq!(reasons, of_draft);
    assert!(reasons.len() == 1 && reasons[0].contains("KWD has more"), "{reasons:?}");
    for query in ["", "?syntax=cii"] {
        let refused = firm.get(&format!("{invoice}/xml{query}")).await;
        let problem = refused.json();
        assert_eq!(problem["errors"][0]["pointer"], "/currency", "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|it| it.contains("KWD has more")));
        assert_eq!(refused.problem(404), "billing.no_electronic_form");
    }
    let shown = billing.shown(&issued, &invoice).await;
    assert_eq!(shown["forms"].as_array().map(Vec::len), Some(1), "{shown}");
    for query in ["", "?copy=true"] {
        let page = firm.get(&format!("{invoice}/pdf{query}")).await;
        assert!(page.bytes.starts_with(b"%PDF"), "{}", page.text);
        assert!(!page.bytes.windows(12).any(|it| it == b"EmbeddedFile"));
    }
}

#[tokio::test]
async fn a_way_to_tax_that_does_not_fit_the_countries_is_told_when_it_is_issued() {
    let billing = Billing::vendor("ZAR").await;
    billing.known().await;
    let invoice = billing.drafted().await;
    let offered = json!({ "prompt_payment": { "percent": "100", "days": 10 } });
    let refused = billing.patch(&invoice, &offered).await;
    assert_eq!(refused.json()["errors"][0]["pointer"], "/prompt_payment");
    assert_eq!(refused.problem(422), "billing.unsound_prompt_terms");
    let within = json!({ "tax_category": "K", "tax_reason": "As agreed" });
    billing.patch(&invoice, &within).await.is(200);
    let issued = billing.issue(&invoice, json!({ "allow_incomplete": true })).await;
    issued.is(200);
    assert_eq!(warned(&issued, "billing.tax_category_misplaced").len(), 2, "{}", issued.text);
    // Nor has the client a number by which it would owe the tax.
    assert_eq!(warned(&issued, "billing.no_electronic_form").len(), 1, "{}", issued.text);
}

#[tokio::test]
async fn characters_that_the_page_can_not_show_are_named_before_and_when_it_is_issued() {
    let billing = Billing::vendor("ZAR").await;
    billing.known().await;
    let invoice = billing.drafted().await;
    let code = "billing.character_not_printable";
    assert_eq!(warned(&billing.firm.get(&invoice).await, code), [""; 0]);
    billing.patch(&invoice, &json!({ "note": "Thank you \u{1f600}" })).await.is(200);
    let before = warned(&billing.firm.get(&invoice).await, code);
    let issued = billing.issue(&invoice, json!({})).await;
    assert_eq!(warned(&issued, code), before);
    assert!(before.len() == 1 && before[0].starts_with("/wording/note: \u{1f600} (U+1F600);"));
    let xml = billing.firm.get(&format!("{invoice}/xml")).await;
    assert!(xml.text.contains("Thank you \u{1f600}"), "{}", xml.text);
}
