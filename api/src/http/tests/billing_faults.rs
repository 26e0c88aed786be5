//! Where refusals of billing point to: each names the very field of its own request, or the part of
//! the path, and says what to do; what is about no field of the request names none.

use domain::id::InvoiceId;
use migrations::testing::random_id;
use serde_json::{Value, json};

use super::receivables::Books;
use super::{Firm, Reply};

/// A request, and how it's refused: status, code, and the fields at fault with spaces between.
pub(super) type Row = (&'static str, String, Value, u16, String, &'static str);

/// Refused by a rule.
fn refused(
    (method, path): (&'static str, &str),
    body: Value,
    code: &str,
    fields: &'static str,
) -> Row {
    (method, path.to_owned(), body, 422, format!("billing.{code}"), fields)
}

/// Refused because what a field or a part of the path names is not there.
pub(super) fn missing(
    (method, path): (&'static str, &str),
    body: Value,
    field: &'static str,
) -> Row {
    (method, path.to_owned(), body, 404, "not_found".to_owned(), field)
}

async fn sent(firm: &Firm, method: &str, path: &str, body: &Value) -> Reply {
    match method {
        "GET" => firm.get(path).await,
        "POST" => firm.post(path, body).await,
        method => firm.change(method, path, "*", body).await,
    }
}

pub(super) async fn check(firm: &Firm, rows: &[Row]) {
    for (method, path, body, status, code, fields) in rows {
        let reply = sent(firm, method, path, body).await;
        let name = format!("{method} {path} {body}: {}", reply.text);
        assert_eq!(reply.status.as_u16(), *status, "{name}");
        let said = reply.json();
        assert_eq!(said["code"], *code, "{name}");
        let errors = said["errors"].as_array().cloned().unwrap_or_default();
        let pointers: Vec<&str> = errors.iter().filter_map(|it| it["pointer"].as_str()).collect();
        assert_eq!(pointers.join(" "), *fields, "{name}");
        for error in &errors {
            assert!(error["detail"].as_str().is_some_and(|text| text.len() > 20), "{name}");
        }
    }
}

/// A draft, an issued invoice, and a payment of it.
pub(super) async fn bills(books: &Books) -> (InvoiceId, InvoiceId, String) {
    let (draft, issued) = (books.draft(0).await, books.draft(1).await);
    books.issue(issued, "2026-03-31").await;
    let body = json!({ "amount": { "amount_minor": 100, "currency": "ZAR" } });
    let payment = books.month.firm.post(&format!("/invoices/{issued}/payments"), &body).await;
    (draft, issued, payment.id())
}

fn period(client: &str, from: &str, to: &str) -> Value {
    json!({ "client_id": client, "from": from, "to": to, "group_by": "task" })
}

fn money(amount_minor: i64, currency: &str) -> Value {
    json!({ "amount": { "amount_minor": amount_minor, "currency": currency } })
}

#[tokio::test]
async fn what_is_wrong_with_the_period_of_a_draft_is_named_by_its_field() {
    let books = Books::new().await;
    let (draft, _, _) = bills(&books).await;
    let (new, path) = (("POST", "/invoices"), format!("/invoices/{draft}"));
    let (ours, random) = (&*books.month.clients[0], random_id().to_string());
    let ours = |from, to| period(ours, from, to);
    let (late, early) = (json!({ "from": "2026-04-01" }), json!({ "to": "2024-01-31" }));
    let none = json!({ "from": "2024-01-01", "to": "2024-01-31" });
    let rows = [
        missing(new, period(&random, "2026-03-01", "2026-03-31"), "/client_id"),
        refused(new, ours("2026-03-31", "2026-03-01"), "period_reversed", "/to"),
        refused(new, ours("2025-03-01", "2025-03-31"), "nothing_to_bill", "/from /to"),
        refused(new, ours("2001-03-01", "2026-03-31"), "period_too_long", "/to"),
        refused(("PATCH", &path), late, "period_reversed", "/from"),
        refused(("PATCH", &path), early, "period_reversed", "/to"),
        refused(("PATCH", &path), none, "nothing_to_bill", "/from /to"),
    ];
    check(&books.month.firm, &rows).await;
}

#[tokio::test]
async fn what_is_wrong_with_the_terms_of_a_draft_is_named_by_its_field() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let (draft, _, _) = bills(&books).await;
    let path = format!("/invoices/{draft}");
    let patch = ("PATCH", &*path);
    let long = "x".repeat(2001);
    let percent = |n: u32| json!({ "n": n, "percent": "5" });
    let discounts = |all: Value| json!({ "discounts": all });
    let of_lines = |all: Value| json!({ "line_discounts": all });
    let foreign = discounts(json!([{ "percent": "5" }, money(1, "USD")]));
    let below = discounts(json!([money(-1, "ZAR")]));
    let wordy = discounts(json!([{ "percent": "5", "reason": long }]));
    let unknown_tax = json!({ "line_taxes": [{ "n": 9, "category": "Z" }] });
    let mut rows = vec![
        refused(patch, foreign, "other_currency", "/discounts/1/amount/currency"),
        missing(patch, of_lines(json!([percent(1), percent(9)])), "/line_discounts/1/n"),
        refused(
            patch,
            of_lines(json!([percent(1), percent(1)])),
            "term_twice",
            "/line_discounts/1/n",
        ),
        missing(patch, unknown_tax, "/line_taxes/0/n"),
        refused(patch, below, "discount_too_large", "/discounts/0/amount/amount_minor"),
        refused(patch, wordy, "bad_text", "/discounts/0/reason"),
    ];
    for field in ["/note", "/tax_reason", "/purchase_order", "/buyer_reference"] {
        rows.push(refused(patch, json!({ &field[1..]: long }), "bad_text", field));
    }
    check(firm, &rows).await;
    let all = discounts(json!([money(99_999_999, "ZAR")]));
    firm.change("PATCH", &path, "*", &all).await.is(200);
    let path = format!("{path}/issue");
    let (issue, late) = (("POST", &*path), json!({ "issued_on": "2999-01-01" }));
    let rows = [
        refused(issue, late, "issue_day_out_of_range", "/issued_on"),
        // It's the draft that has too large a discount, and no field of this request.
        refused(issue, json!({}), "discount_too_large", ""),
    ];
    check(firm, &rows).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_credit_note_is_named_by_its_field() {
    let books = Books::new().await;
    let (_, issued, _) = bills(&books).await;
    let path = format!("/invoices/{issued}/credit-notes");
    let post = ("POST", &*path);
    let credit = |lines: Value| json!({ "fate": "unbilled", "reason": "Agreed", "lines": lines });
    let some = json!({ "n": 1, "seconds": 60 });
    let much = json!({ "n": 1, "seconds": 99_999 });
    let foreign = json!({ "n": 1, "net": { "amount_minor": 1, "currency": "USD" } });
    let strange = json!({ "n": 1, "entries": [{ "entry_id": random_id(), "seconds": 60 }] });
    let early = json!({ "fate": "unbilled", "reason": "Agreed", "issued_on": "2026-03-30" });
    let silent = json!({ "fate": "unbilled", "reason": " " });
    let rows = [
        missing(post, credit(json!([some, { "n": 9 }])), "/lines/1/n"),
        refused(post, credit(json!([some, { "n": 1 }])), "line_twice", "/lines/1/n"),
        refused(post, credit(json!([much])), "over_credited", "/lines/0/seconds"),
        refused(post, credit(json!([foreign])), "other_currency", "/lines/0/net/currency"),
        refused(post, credit(json!([strange])), "over_credited", "/lines/0/entries/0/entry_id"),
        refused(post, credit(json!([])), "nothing_to_credit", "/lines"),
        refused(post, early, "before_issue", "/issued_on"),
        refused(post, silent, "reason_missing", "/reason"),
    ];
    check(&books.month.firm, &rows).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_payment_or_a_sending_is_named_by_its_field() {
    let books = Books::new().await;
    let (_, issued, payment) = bills(&books).await;
    let [pay, send] = ["payments", "send"].map(|what| format!("/invoices/{issued}/{what}"));
    let (known, random) = (format!("{pay}/{payment}"), random_id());
    let unknown = format!("{pay}/{random}");
    let (pay, send, back) = (("POST", &*pay), ("POST", &*send), ("DELETE", &*known));
    let with = |mut body: Value, name: &str, value: Value| {
        body[name] = value;
        body
    };
    let wordy = with(money(1, "ZAR"), "reference", json!("x".repeat(201)));
    let much = with(money(99_999_999, "ZAR"), "refuse_over", json!(true));
    let late = with(money(1, "ZAR"), "on", json!("2999-01-01"));
    let note = json!({ "credit_note_id": random, "to": ["a@example.com"] });
    let strange = json!({ "to": ["a@example.com", "nobody"] });
    let amount = "/amount/amount_minor";
    let rows = [
        refused(pay, money(0, "ZAR"), "amount_not_positive", amount),
        refused(pay, money(1, "USD"), "other_currency", "/amount/currency"),
        refused(pay, wordy, "bad_text", "/reference"),
        refused(pay, much, "overpaid", amount),
        refused(pay, late, "day_to_come", "/on"),
        refused(back, json!({ "amount_minor": 0 }), "amount_not_positive", "/amount_minor"),
        refused(back, json!({ "amount_minor": 101 }), "reversed_too_much", "/amount_minor"),
        missing(("DELETE", &unknown), json!({}), "{payment_id}"),
        missing(send, note, "/credit_note_id"),
        refused(send, strange, "bad_address", "/to/1"),
        refused(send, json!({}), "no_address", "/to"),
    ];
    check(&books.month.firm, &rows).await;
}

#[tokio::test]
async fn what_is_wrong_with_what_a_client_said_is_named_by_its_field() {
    let books = Books::new().await;
    let (draft, _, _) = bills(&books).await;
    let below = |what: &str| format!("/invoices/{draft}/{what}");
    let (sign_off, link) = (below("sign-off"), below("client-link"));
    let (first, ninth) = (below("lines/1/disputes"), below("lines/9/disputes"));
    let settle = below(&format!("disputes/{}/settle", random_id()));
    let said = |by: &str, reason: &str| json!({ "by": by, "reason": reason });
    let outcome = |note: &str| json!({ "outcome": "rejected", "note": note });
    let rows = [
        refused(("POST", &sign_off), json!({ "by": " " }), "bad_text", "/by"),
        missing(("POST", &ninth), said("Ayo", "No"), "{n}"),
        refused(("POST", &first), said("", "No"), "bad_text", "/by"),
        refused(("POST", &first), said("Ayo", ""), "bad_text", "/reason"),
        missing(("POST", &settle), outcome("No"), "{dispute_id}"),
        refused(("POST", &settle), outcome(" "), "bad_text", "/note"),
        refused(("POST", &link), json!({ "email": "nobody" }), "bad_email", "/email"),
    ];
    check(&books.month.firm, &rows).await;
}

#[tokio::test]
async fn what_is_wrong_with_what_is_known_of_a_client_is_named_by_its_field() {
    let books = Books::new().await;
    let path = format!("/clients/{}/billing", books.month.clients[0]);
    let unknown = format!("/clients/{}/billing", random_id());
    let put = ("PUT", &*path);
    let long = "x".repeat(201);
    let lines = json!({ "address": ["a", "b", "c", "d", "e", "f", "g"] });
    let stranger = json!({ "account_manager_id": random_id() });
    let mut rows = vec![
        missing(("PUT", &unknown), json!({}), "{id}"),
        refused(put, json!({ "email": "nobody" }), "bad_address", "/email"),
        refused(put, json!({ "country": "XX" }), "unknown_country", "/country"),
        refused(put, json!({ "address": ["1 Main Road", long] }), "bad_text", "/address/1"),
        refused(put, lines, "bad_text", "/address"),
        refused(put, stranger, "unknown_member", "/account_manager_id"),
    ];
    let texts =
        ["/legal_name", "/vat_number", "/registration_number", "/tax_reason", "/buyer_reference"];
    for field in texts {
        rows.push(refused(put, json!({ &field[1..]: long }), "bad_text", field));
    }
    check(&books.month.firm, &rows).await;
}
