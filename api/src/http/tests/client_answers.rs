//! What a client said stays about what it saw: a dispute goes with its entries wherever they go,
//! and an agreement is to the amounts that were shown and to no others.

use commands::billing::SettleDispute;
use domain::billing::Outcome;
use domain::id::InvoiceId;
use serde_json::{Value, json};

use super::client_page::{link, look, say, seen, shown};
use super::inside::signed_in;
use super::line_words::grouped;
use super::receivables::Books;
use super::{Firm, Reply};

async fn dispute(firm: &Firm, path: &str, line: &str) -> Reply {
    let page = look(firm, path).await;
    let (seen, shown) = (seen(&page), shown(&page));
    let fields = [
        ("answer", "dispute"),
        ("by", "Ayo"),
        ("line", line),
        ("reason", "That was ours"),
        ("seen", &seen),
        ("shown", &shown),
    ];
    say(firm, path, &fields).await
}

async fn agree(firm: &Firm, path: &str, page: &Reply) -> Reply {
    let (seen, shown) = (seen(page), shown(page));
    let fields = [("answer", "agree"), ("by", "Ayo"), ("seen", &seen), ("shown", &shown)];
    say(firm, path, &fields).await
}

async fn invoice_of(books: &Books, invoice: InvoiceId) -> Value {
    books.month.firm.get(&format!("/invoices/{invoice}")).await.is(200)
}

/// The only dispute of an invoice, at the lines that hold it.
async fn disputed(books: &Books, invoice: InvoiceId) -> (Value, Value) {
    let all = invoice_of(books, invoice).await["disputes"].clone();
    assert_eq!(all.as_array().map(Vec::len), Some(1), "{all}");
    (all[0]["lines"].clone(), all[0].clone())
}

#[tokio::test]
async fn a_dispute_goes_with_its_entries_and_never_points_at_another_line() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let invoice = grouped(&books, "day").await;
    let (_, path) = link(firm, invoice).await;
    assert_eq!(dispute(firm, &path, "2").await.status.as_u16(), 303);
    let (lines, said) = disputed(&books, invoice).await;
    assert_eq!((&lines, &said["line"]), (&json!([2]), &json!(2)));
    assert_eq!(said["shown"]["description"], "2026-03-11 Website: Design");
    assert_eq!(said["shown"]["amount"]["amount_minor"], 200_000);
    let entry = |n: usize| {
        let provenance = format!("/invoices/{invoice}/lines/{n}/provenance");
        async move { firm.get(&provenance).await.is(200)["entries"][0]["entry_id"].clone() }
    };
    let (first, second) = (entry(1).await, entry(2).await);
    assert_eq!(said["shown"]["entries"], json!([second]));
    let revise = async |body: Value| {
        let path = format!("/invoices/{invoice}");
        firm.change("PATCH", &path, "*", &body).await.is(200);
    };
    revise(json!({ "without": [first] })).await;
    assert_eq!(disputed(&books, invoice).await.0, json!([1]), "it's the first line now");
    revise(json!({ "without": [second] })).await;
    assert_eq!(disputed(&books, invoice).await.0, json!([]), "it's on no line");
    let page = look(firm, &path).await.text;
    let alone = page.split("disputed what is on no line now").nth(1).expect("by itself");
    assert!(alone.contains("2026-03-11 Website: Design") && alone.contains("That was ours"));
    let browser = signed_in(firm, &firm.owner).await;
    let review = format!("/invoices/{invoice}");
    assert!(browser.get(&review).await.text.contains("disputes what is on no line now"));
    revise(json!({ "group_by": "task" })).await;
    assert_eq!(disputed(&books, invoice).await.0, json!([1]), "the line that holds it");
    let text = browser.get(&review).await.text;
    assert!(text.contains("That was ours") && !text.contains("on no line now"), "{text}");
    revise(json!({ "group_by": "day" })).await;
    let dispute = said["id"].as_str().expect("an id").parse().expect("an id");
    let outcome = Outcome::Rejected;
    books.send(SettleDispute { invoice, dispute, outcome, note: None }).await;
    books.issue(invoice, "2026-03-31").await;
    assert_eq!(disputed(&books, invoice).await.0, json!([2]), "it travels with the invoice");
    let page = look(firm, &path).await.text;
    let second = page.split("id=\"line-2\"").nth(1).expect("the line");
    assert!(second.contains("disputed this line: rejected"), "{page}");
}

#[tokio::test]
async fn nobody_agrees_to_amounts_that_they_did_not_see() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let invoice = books.draft(0).await;
    let (_, path) = link(firm, invoice).await;
    let page = look(firm, &path).await;
    let rate = async |amount_minor: i64| {
        let rate = json!({ "unit": "hour", "amount_minor": amount_minor, "currency": "ZAR" });
        let set = firm.post("/rates", &json!({ "kind": "bill", "rate": rate })).await;
        set.is(200);
        firm.get_after(&set, &format!("/invoices/{invoice}")).await.is(200)
    };
    rate(110_000).await;
    for answered in [agree(firm, &path, &page).await, {
        let fields = [("answer", "agree"), ("by", "Ayo"), ("seen", &*seen(&page))];
        say(firm, &path, &fields).await
    }] {
        assert_eq!(answered.status.as_u16(), 409, "{}", answered.text);
        assert!(answered.text.contains("has changed since you opened it"), "{}", answered.text);
        assert!(answered.text.contains(&path), "there is a way to look again");
    }
    assert_eq!(invoice_of(&books, invoice).await["sign_offs"], json!([]));
    let page = look(firm, &path).await;
    assert_eq!(agree(firm, &path, &page).await.status.as_u16(), 303);
    let agreed = &invoice_of(&books, invoice).await["sign_offs"][0];
    assert_eq!(agreed["total"]["amount_minor"], 330_000);
    assert_eq!((&agreed["digest"], &agreed["as_agreed"]), (&json!(shown(&page)), &json!(true)));
    let now = rate(120_000).await;
    assert_eq!(now["sign_offs"][0]["as_agreed"], false);
    let page = look(firm, &path).await;
    assert!(page.text.contains("Ayo has agreed to 3300.00 ZAR, and the invoice has changed"));
    assert!(page.text.contains("I agree"), "it can be agreed to anew");
    let review = signed_in(firm, &firm.owner).await.get(&format!("/invoices/{invoice}")).await;
    let told = review.text.replace('\u{a0}', " ");
    assert!(told.contains("Ayo agreed to another total"), "{told}");
    assert_eq!(agree(firm, &path, &page).await.status.as_u16(), 303);
    let agreed = invoice_of(&books, invoice).await["sign_offs"].clone();
    assert_eq!((&agreed[0]["as_agreed"], &agreed[1]["as_agreed"]), (&json!(false), &json!(true)));
    books.issue(invoice, "2026-03-31").await;
    assert_eq!(invoice_of(&books, invoice).await["sign_offs"], agreed, "issued as it was shown");
}
