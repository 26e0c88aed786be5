//! Where refusals of billing point to: each names the very field of its own request, or the part of
//! the path, and says what to do; what is about no field of the request names none.

use domain::id::InvoiceId;
use migrations::testing::random_id;
use serde_json::{Value, json};

use super::receivables::Books;
use super::{Firm, Reply};

/// A request, and how it's refused: status, code, and which fields are at fault.
pub(super) type Row<'a> = (&'a str, String, Value, u16, &'a str, &'a [&'a str]);

async fn sent(firm: &Firm, method: &str, path: &str, body: &Value) -> Reply {
    match method {
        "GET" => firm.get(path).await,
        "POST" => firm.post(path, body).await,
        method => firm.change(method, path, "*", body).await,
    }
}

pub(super) async fn check(firm: &Firm, rows: &[Row<'_>]) {
    for (method, path, body, status, code, fields) in rows {
        let reply = sent(firm, method, path, body).await;
        let name = format!("{method} {path} {body}: {}", reply.text);
        assert_eq!(reply.status.as_u16(), *status, "{name}");
        let said = reply.json();
        assert_eq!(said["code"], *code, "{name}");
        let errors = said["errors"].as_array().cloned().unwrap_or_default();
        let pointers: Vec<&str> = errors.iter().filter_map(|it| it["pointer"].as_str()).collect();
        assert_eq!(pointers, *fields, "{name}");
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

#[tokio::test]
async fn what_is_wrong_with_a_draft_is_named_by_its_field() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let (draft, _, _) = bills(&books).await;
    let path = || format!("/invoices/{draft}");
    let long = "x".repeat(2001);
    let drafting = |client: &str, from: &str, to: &str| {
        let body = json!({ "client_id": client, "from": from, "to": to, "group_by": "task" });
        ("POST", "/invoices".to_owned(), body)
    };
    let ours = &*books.month.clients[0];
    let random = random_id().to_string();
    let post = |(method, path, body), status, code, fields| -> Row<'_> {
        (method, path, body, status, code, fields)
    };
    let patch =
        |body, status, code, fields| -> Row<'_> { ("PATCH", path(), body, status, code, fields) };
    let percent = |n: u32| json!({ "n": n, "percent": "5" });
    let zar = |minor: i64| json!({ "amount": { "amount_minor": minor, "currency": "ZAR" } });
    let usd = json!({ "amount": { "amount_minor": 1, "currency": "USD" } });
    check(
        firm,
        &[
            post(drafting(&random, "2026-03-01", "2026-03-31"), 404, "not_found", &["/client_id"]),
            post(
                drafting(ours, "2026-03-31", "2026-03-01"),
                422,
                "billing.period_reversed",
                &["/to"],
            ),
            post(
                drafting(ours, "2025-03-01", "2025-03-31"),
                422,
                "billing.nothing_to_bill",
                &["/from", "/to"],
            ),
            post(
                drafting(ours, "2001-03-01", "2026-03-31"),
                422,
                "billing.period_too_long",
                &["/to"],
            ),
            patch(json!({ "from": "2026-04-01" }), 422, "billing.period_reversed", &["/from"]),
            patch(
                json!({ "from": "2024-01-01", "to": "2024-01-31" }),
                422,
                "billing.nothing_to_bill",
                &["/from", "/to"],
            ),
            patch(
                json!({ "discounts": [{ "percent": "5" }, usd] }),
                422,
                "billing.other_currency",
                &["/discounts/1/amount/currency"],
            ),
            patch(
                json!({ "line_discounts": [percent(1), percent(9)] }),
                404,
                "not_found",
                &["/line_discounts/1/n"],
            ),
            patch(
                json!({ "line_discounts": [percent(1), percent(1)] }),
                422,
                "billing.term_twice",
                &["/line_discounts/1/n"],
            ),
            patch(
                json!({ "line_taxes": [{ "n": 9, "category": "Z" }] }),
                404,
                "not_found",
                &["/line_taxes/0/n"],
            ),
            patch(
                json!({ "discounts": [zar(-1)] }),
                422,
                "billing.discount_too_large",
                &["/discounts/0/amount/amount_minor"],
            ),
            patch(
                json!({ "discounts": [{ "percent": "5", "reason": long }] }),
                422,
                "billing.bad_text",
                &["/discounts/0/reason"],
            ),
            patch(json!({ "note": long }), 422, "billing.bad_text", &["/note"]),
            patch(json!({ "tax_reason": long }), 422, "billing.bad_text", &["/tax_reason"]),
            patch(json!({ "purchase_order": long }), 422, "billing.bad_text", &["/purchase_order"]),
            patch(
                json!({ "buyer_reference": long }),
                422,
                "billing.bad_text",
                &["/buyer_reference"],
            ),
        ],
    )
    .await;
    firm.change("PATCH", &path(), "*", &json!({ "discounts": [zar(99_999_999)] })).await.is(200);
    let issue = format!("/invoices/{draft}/issue");
    let late = json!({ "issued_on": "2999-01-01" });
    check(
        firm,
        &[
            ("POST", issue.clone(), late, 422, "billing.issue_day_out_of_range", &["/issued_on"]),
            // It's the draft that has too large a discount, and no field of this request.
            ("POST", issue, json!({}), 422, "billing.discount_too_large", &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_credit_note_or_a_payment_is_named_by_its_field() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let (_, issued, payment) = bills(&books).await;
    let below = |what: &str| format!("/invoices/{issued}/{what}");
    let random = random_id();
    let credit = |lines: Value, status, code, fields| -> Row<'_> {
        let body = json!({ "fate": "unbilled", "reason": "Agreed", "lines": lines });
        ("POST", below("credit-notes"), body, status, code, fields)
    };
    let some = json!({ "n": 1, "seconds": 60 });
    let strange = json!({ "n": 1, "entries": [{ "entry_id": random, "seconds": 60 }] });
    let usd = json!({ "amount_minor": 1, "currency": "USD" });
    let early = json!({ "fate": "unbilled", "reason": "Agreed", "issued_on": "2026-03-30" });
    let silent = json!({ "fate": "unbilled", "reason": " " });
    let pay = |minor: i64, currency: &str| json!({ "amount": { "amount_minor": minor, "currency": currency } });
    let with = |mut body: Value, name: &str, value: Value| {
        body[name] = value;
        body
    };
    let amount = "/amount/amount_minor";
    let back = |body, status, code, fields| -> Row<'_> {
        ("DELETE", below(&format!("payments/{payment}")), body, status, code, fields)
    };
    let none = below(&format!("payments/{random}"));
    let payments = || below("payments");
    check(
        firm,
        &[
            credit(json!([some, { "n": 9 }]), 404, "not_found", &["/lines/1/n"]),
            credit(json!([some, { "n": 1 }]), 422, "billing.line_twice", &["/lines/1/n"]),
            credit(
                json!([{ "n": 1, "seconds": 99_999 }]),
                422,
                "billing.over_credited",
                &["/lines/0/seconds"],
            ),
            credit(
                json!([{ "n": 1, "net": usd }]),
                422,
                "billing.other_currency",
                &["/lines/0/net/currency"],
            ),
            credit(
                json!([strange]),
                422,
                "billing.over_credited",
                &["/lines/0/entries/0/entry_id"],
            ),
            credit(json!([]), 422, "billing.nothing_to_credit", &["/lines"]),
            ("POST", below("credit-notes"), early, 422, "billing.before_issue", &["/issued_on"]),
            ("POST", below("credit-notes"), silent, 422, "billing.reason_missing", &["/reason"]),
            ("POST", payments(), pay(0, "ZAR"), 422, "billing.amount_not_positive", &[amount]),
            (
                "POST",
                payments(),
                pay(1, "USD"),
                422,
                "billing.other_currency",
                &["/amount/currency"],
            ),
            (
                "POST",
                payments(),
                with(pay(1, "ZAR"), "reference", json!("x".repeat(201))),
                422,
                "billing.bad_text",
                &["/reference"],
            ),
            (
                "POST",
                payments(),
                with(pay(99_999_999, "ZAR"), "refuse_over", json!(true)),
                422,
                "billing.overpaid",
                &[amount],
            ),
            (
                "POST",
                payments(),
                with(pay(1, "ZAR"), "on", json!("2999-01-01")),
                422,
                "billing.day_to_come",
                &["/on"],
            ),
            back(
                json!({ "amount_minor": 0 }),
                422,
                "billing.amount_not_positive",
                &["/amount_minor"],
            ),
            back(
                json!({ "amount_minor": 101 }),
                422,
                "billing.reversed_too_much",
                &["/amount_minor"],
            ),
            ("DELETE", none, json!({}), 404, "not_found", &["{payment_id}"]),
            (
                "POST",
                below("send"),
                json!({ "credit_note_id": random, "to": ["a@example.com"] }),
                404,
                "not_found",
                &["/credit_note_id"],
            ),
            (
                "POST",
                below("send"),
                json!({ "to": ["a@example.com", "nobody"] }),
                422,
                "billing.bad_address",
                &["/to/1"],
            ),
            ("POST", below("send"), json!({}), 422, "billing.no_address", &["/to"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_what_a_client_said_or_is_is_named_by_its_field() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let (draft, _, _) = bills(&books).await;
    let below = |what: &str| format!("/invoices/{draft}/{what}");
    let random = random_id();
    let long = "x".repeat(201);
    let said = |by: &str, reason: &str| json!({ "by": by, "reason": reason });
    let settle = |note: &str| json!({ "outcome": "rejected", "note": note });
    let profile = |body, status, code, fields| -> Row<'_> {
        let path = format!("/clients/{}/billing", books.month.clients[0]);
        ("PUT", path, body, status, code, fields)
    };
    let settling = || below(&format!("disputes/{random}/settle"));
    let nobody = json!({ "email": "nobody" });
    check(
        firm,
        &[
            ("POST", below("sign-off"), json!({ "by": " " }), 422, "billing.bad_text", &["/by"]),
            ("POST", below("lines/9/disputes"), said("Ayo", "No"), 404, "not_found", &["{n}"]),
            ("POST", below("lines/1/disputes"), said("", "No"), 422, "billing.bad_text", &["/by"]),
            (
                "POST",
                below("lines/1/disputes"),
                said("Ayo", ""),
                422,
                "billing.bad_text",
                &["/reason"],
            ),
            ("POST", settling(), settle("No"), 404, "not_found", &["{dispute_id}"]),
            ("POST", settling(), settle(" "), 422, "billing.bad_text", &["/note"]),
            ("POST", below("client-link"), nobody.clone(), 422, "billing.bad_email", &["/email"]),
            ("PUT", format!("/clients/{random}/billing"), json!({}), 404, "not_found", &["{id}"]),
            profile(nobody, 422, "billing.bad_address", &["/email"]),
            profile(json!({ "country": "XX" }), 422, "billing.unknown_country", &["/country"]),
            profile(json!({ "legal_name": long }), 422, "billing.bad_text", &["/legal_name"]),
            profile(json!({ "vat_number": long }), 422, "billing.bad_text", &["/vat_number"]),
            profile(
                json!({ "registration_number": long }),
                422,
                "billing.bad_text",
                &["/registration_number"],
            ),
            profile(
                json!({ "address": ["1 Main Road", long] }),
                422,
                "billing.bad_text",
                &["/address/1"],
            ),
            profile(
                json!({ "address": ["a", "b", "c", "d", "e", "f", "g"] }),
                422,
                "billing.bad_text",
                &["/address"],
            ),
            profile(json!({ "tax_reason": long }), 422, "billing.bad_text", &["/tax_reason"]),
            profile(
                json!({ "buyer_reference": long }),
                422,
                "billing.bad_text",
                &["/buyer_reference"],
            ),
            profile(
                json!({ "account_manager_id": random }),
                422,
                "billing.unknown_member",
                &["/account_manager_id"],
            ),
        ],
    )
    .await;
}
