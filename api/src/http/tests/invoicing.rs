//! The life of an invoice over HTTP: drafted, changed, issued, sent, paid, credited, by the law of
//! the firm's country.

use domain::members::Role;
use serde_json::{Value, json};

use super::Firm;
use super::ask::Reply;

/// A firm with ten approved hours of one client, at 1000.00 an hour.
pub(super) struct Billing {
    pub(super) firm: Firm,
    client: String,
}

impl Billing {
    /// With these settings; the client is billed in `currency`.
    pub(super) async fn new(settings: &[(&str, &str)], currency: &str) -> Self {
        let firm = Firm::new().await;
        for (key, value) in settings {
            let path = format!("/settings/{key}");
            firm.change("PUT", &path, "*", &json!({ "value": value })).await.is(200);
        }
        let body = json!({ "name": "Nova", "currency": currency });
        let client = firm.post("/clients", &body).await.id();
        let body = json!({ "client_id": client, "name": "Website" });
        let project = firm.post("/projects", &body).await.id();
        let tasks = format!("/projects/{project}/tasks");
        let task = firm.post(&tasks, &json!({ "name": "Design" })).await.id();
        let rate = json!({ "unit": "hour", "amount_minor": 100_000, "currency": currency });
        let rate = json!({ "kind": "bill", "client_id": client, "rate": rate });
        firm.post("/rates", &rate).await.is(200);
        let member = firm.person(&[Role::Member]).await;
        let entry = json!({
            "project_id": project, "task_id": task, "date": "2026-03-02", "seconds": 36_000,
        });
        firm.post_as(&member, "/time-entries", &entry).await.is(201);
        let week = format!("/timesheets/{}/2026-W10", member.member);
        firm.post_as(&member, &format!("{week}/submit"), &json!({})).await.is(200);
        firm.post(&format!("{week}/approve"), &json!({})).await.is(200);
        Billing { firm, client }
    }

    /// Of a vendor in South Africa.
    pub(super) async fn vendor(currency: &str) -> Self {
        let billing = Billing::new(
            &[
                ("COUNTRY", "ZA"),
                ("CURRENCY", "ZAR"),
                ("VAT_REGISTERED", "true"),
                ("VAT_PERCENT", "15"),
                ("VAT_NUMBER", "4012345678"),
                ("LEGAL_NAME", "Umbrella Studio (Pty) Ltd"),
                ("LEGAL_ADDRESS", "1 Main Road\nCape Town"),
            ],
            currency,
        );
        billing.await
    }

    pub(super) async fn drafted(&self) -> String {
        let body = json!({
            "client_id": self.client, "from": "2026-03-01", "to": "2026-03-31",
            "group_by": "task",
        });
        let drafted = self.firm.post("/invoices", &body).await;
        drafted.is(201);
        format!("/invoices/{}", drafted.id())
    }

    pub(super) async fn known(&self) {
        let path = format!("/clients/{}/billing", self.client);
        let body = json!({
            "legal_name": "Nova (Pty) Ltd", "address": ["2 Long Street", "Cape Town"],
            "email": "accounts@nova.example", "country": "ZA",
        });
        self.firm.change("PUT", &path, "*", &body).await.is(200);
    }

    pub(super) async fn patch(&self, invoice: &str, body: &Value) -> Reply {
        self.firm.change("PATCH", invoice, "*", body).await
    }

    pub(super) async fn issue(&self, invoice: &str, body: Value) -> Reply {
        let mut body = body;
        body["issued_on"] = json!("2026-03-31");
        self.firm.post(&format!("{invoice}/issue"), &body).await
    }

    async fn pay(&self, invoice: &str, minor: i64, currency: &str, more: Value) -> Reply {
        let amount = json!({ "amount_minor": minor, "currency": currency });
        let mut body = json!({ "amount": amount, "on": "2026-04-05" });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.firm.post(&format!("{invoice}/payments"), &body).await
    }

    pub(super) async fn shown(&self, done: &Reply, invoice: &str) -> Value {
        self.firm.get_after(done, invoice).await.is(200)
    }
}

#[tokio::test]
async fn an_invoice_is_drafted_changed_issued_sent_paid_in_parts_and_credited() {
    let billing = Billing::vendor("ZAR").await;
    let firm = &billing.firm;
    billing.known().await;
    let invoice = billing.drafted().await;
    let terms = json!({
        "discounts": [{ "percent": "10", "reason": "A good year" }], "purchase_order": "PO 7",
        "line_discounts": [], "note": "Thank you", "payment_days": 14,
    });
    billing.patch(&invoice, &terms).await.is(200);
    let issued = billing.issue(&invoice, json!({})).await;
    assert_eq!(issued.is(200)["warnings"], json!([]));
    let shown = billing.shown(&issued, &invoice).await;
    assert_eq!((&shown["number"], &shown["state"]), (&json!("INV-2026-00001"), &json!("issued")));
    let document = &shown["document"];
    let amounts = ["net", "tax", "gross"].map(|it| document[it]["amount_minor"].clone());
    assert_eq!(amounts, [900_000, 135_000, 1_035_000]);
    assert_eq!(
        (&document["title"], &document["due_on"]),
        (&json!("TAX INVOICE"), &json!("2026-04-14"))
    );
    assert_eq!(billing.patch(&invoice, &terms).await.problem(422), "billing.not_a_draft");
    let send = format!("{invoice}/send");
    firm.post(&send, &json!({ "by": "elsewhere" })).await.is(200);
    let bad = firm.post(&send, &json!({ "to": ["nobody"] })).await;
    assert_eq!(bad.problem(422), "billing.bad_address");
    let void = firm.post(&format!("{invoice}/void"), &json!({})).await;
    assert_eq!(void.problem(422), "billing.not_voidable");
    let part = billing.pay(&invoice, 35_000, "ZAR", json!({ "reference": "EFT 1" })).await;
    part.is(201);
    let over = billing.pay(&invoice, 1_000_001, "ZAR", json!({ "refuse_over": true })).await;
    assert_eq!(over.problem(422), "billing.overpaid");
    assert_eq!(over.fault().0, "/amount/amount_minor");
    let other = billing.pay(&invoice, 100, "USD", json!({})).await;
    assert_eq!(other.fault().0, "/amount/currency");
    let paid = billing.pay(&invoice, 1_000_000, "ZAR", json!({})).await;
    assert_eq!(billing.shown(&paid, &invoice).await["state"], "paid");
    let path = format!("{invoice}/payments/{}", part.id());
    let back = firm.change("DELETE", &path, "*", &json!({ "reason": "It bounced" })).await;
    assert_eq!(billing.shown(&back, &invoice).await["state"], "issued");
    let body = json!({
        "lines": [{ "n": 1, "seconds": 3600 }], "fate": "unbilled", "reason": "An hour too many",
        "issued_on": "2026-04-06",
    });
    let credit = firm.post(&format!("{invoice}/credit-notes"), &body).await;
    assert!(
        credit
            .header("location")
            .ends_with(&format!("/credit-notes/{}", credit.is(201)["id"].as_str().expect("an id")))
    );
    let again = billing.drafted().await;
    let free = billing.shown(&credit, &again).await;
    assert_eq!(free["seconds"], 3600, "exactly what was credited");
}

#[tokio::test]
async fn a_credit_note_gives_back_what_came_in_and_no_discount_for_paying_soon() {
    let billing = Billing::vendor("ZAR").await;
    let firm = &billing.firm;
    billing.known().await;
    for (key, value) in [("PROMPT_PAYMENT_PERCENT", "2"), ("PROMPT_PAYMENT_DAYS", "10")] {
        let path = format!("/settings/{key}");
        firm.change("PUT", &path, "*", &json!({ "value": value })).await.is(200);
    }
    let invoice = billing.drafted().await;
    billing.issue(&invoice, json!({})).await.is(200);
    // 11 500.00 less 230.00.
    let paid = billing.pay(&invoice, 1_127_000, "ZAR", json!({})).await;
    let balance = |shown: Value| shown["balance"]["amount_minor"].clone();
    assert_eq!(balance(billing.shown(&paid, &invoice).await), 0);
    let early = json!({ "on": "2026-04-04" });
    let payment = format!("{invoice}/payments/{}", paid.id());
    let early = firm.change("DELETE", &payment, "*", &early).await;
    assert_eq!(early.problem(422), "billing.reversed_before_paid");
    assert_eq!(early.fault().0, "/on");
    let credit = |lines: Value| {
        json!({
            "lines": lines, "fate": "unbilled", "reason": "Agreed", "issued_on": "2026-04-06",
        })
    };
    let notes = format!("{invoice}/credit-notes");
    let half = firm.post(&notes, &credit(json!([{ "n": 1, "seconds": 18_000 }]))).await;
    assert_eq!(balance(billing.shown(&half, &invoice).await), -563_500);
    let rest = firm.post(&notes, &credit(Value::Null)).await;
    let shown = billing.shown(&rest, &invoice).await;
    assert_eq!(
        (&shown["state"], &shown["paid"]["amount_minor"]),
        (&json!("void"), &json!(1_127_000))
    );
    assert_eq!(balance(shown), -1_127_000);
    // The next documents of both series are of no earlier day.
    let again = billing.drafted().await;
    let body = json!({ "issued_on": "2026-03-30" });
    let early = firm.post(&format!("{again}/issue"), &body).await;
    assert_eq!(early.problem(422), "billing.before_last_of_series");
    assert_eq!(early.fault().0, "/issued_on");
    billing.issue(&again, json!({})).await.is(200);
}

#[tokio::test]
async fn an_invoice_in_a_foreign_currency_states_the_rate_of_its_tax() {
    let billing = Billing::vendor("EUR").await;
    billing.known().await;
    let invoice = billing.drafted().await;
    let refused = billing.issue(&invoice, json!({})).await;
    assert_eq!(refused.problem(422), "billing.exchange_rate_missing");
    assert_eq!(refused.json()["errors"], Value::Null, "it's about the draft");
    let none = json!({ "exchange": { "rate": "0", "on": "2026-03-31", "source": "SARB" } });
    assert_eq!(billing.patch(&invoice, &none).await.fault().0, "/exchange/rate");
    let stated = json!({ "exchange": { "rate": "20.5", "on": "2026-03-31", "source": "SARB" } });
    billing.patch(&invoice, &stated).await.is(200);
    let issued = billing.issue(&invoice, json!({})).await;
    issued.is(200);
    let exchange = billing.shown(&issued, &invoice).await["document"]["exchange"].clone();
    assert_eq!(exchange["tax"], json!({ "amount_minor": 3_075_000, "currency": "ZAR" }));
}

#[tokio::test]
async fn what_a_tax_invoice_lacks_is_named_with_its_remedy_and_may_be_meant() {
    let billing = Billing::vendor("ZAR").await;
    let invoice = billing.drafted().await;
    let refused = billing.issue(&invoice, json!({})).await;
    assert_eq!(refused.problem(422), "billing.particulars_missing");
    assert_eq!(refused.fault().0, "/allow_incomplete");
    let detail = refused.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains("buyer_address: give the client's address"), "{detail}");
    let issued = billing.issue(&invoice, json!({ "allow_incomplete": true })).await;
    assert_eq!(issued.is(200)["warnings"][0]["code"], "billing.particulars_missing");
}

#[tokio::test]
async fn a_firm_that_is_not_registered_charges_no_tax_and_rewards_who_pays_soon() {
    let billing = Billing::new(&[("CURRENCY", "ZAR"), ("COUNTRY", "ZA")], "ZAR").await;
    let invoice = billing.drafted().await;
    let terms = json!({ "prompt_payment": { "percent": "2.5", "days": 10 } });
    billing.patch(&invoice, &terms).await.is(200);
    let issued = billing.issue(&invoice, json!({})).await;
    let shown = billing.shown(&issued, &invoice).await;
    let document = &shown["document"];
    assert_eq!(
        (&document["title"], &document["kind"]),
        (&json!("INVOICE"), &json!("not_a_tax_invoice"))
    );
    assert_eq!(document["tax"]["amount_minor"], 0);
    let prompt = &document["prompt_payment"];
    assert_eq!(
        (&prompt["until"], &prompt["payable"]["amount_minor"]),
        (&json!("2026-04-10"), &json!(975_000))
    );
    let paid = billing.pay(&invoice, 975_000, "ZAR", json!({})).await;
    assert_eq!(billing.shown(&paid, &invoice).await["state"], "paid");
}

#[tokio::test]
async fn what_is_known_of_a_client_is_read_and_changed_as_a_whole() {
    let billing = Billing::new(&[], "EUR").await;
    let path = format!("/clients/{}/billing", billing.client);
    let empty = billing.firm.get(&path).await;
    assert_eq!(empty.is(200)["legal_name"], Value::Null);
    let body = json!({ "legal_name": "Nova Ltd", "tax_category": "Z", "payment_days": 7 });
    let changed = billing.firm.change("PUT", &path, &empty.header("etag"), &body).await;
    changed.is(200);
    let stale = billing.firm.change("PUT", &path, &empty.header("etag"), &json!({})).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let known = billing.firm.get_after(&changed, &path).await;
    assert_eq!(known.header("etag"), changed.header("etag"));
    let known = known.is(200);
    assert_eq!((&known["tax_category"], &known["payment_days"]), (&json!("Z"), &json!(7)));
    let nowhere = json!({ "country": "XX" });
    let refused = billing.firm.change("PUT", &path, "*", &nowhere).await;
    assert_eq!(refused.fault(), ("/country".to_owned(), "billing.unknown_country".to_owned()));
}

#[tokio::test]
async fn a_disputed_draft_is_not_issued_until_that_is_settled() {
    let billing = Billing::new(&[], "USD").await;
    let invoice = billing.drafted().await;
    let firm = &billing.firm;
    let body = json!({ "by": "Nova", "reason": "Not agreed on" });
    let unknown = firm.post(&format!("{invoice}/lines/2/disputes"), &body).await;
    assert_eq!(unknown.problem(404), "not_found");
    let dispute = firm.post(&format!("{invoice}/lines/1/disputes"), &body).await;
    dispute.is(201);
    assert_eq!(billing.issue(&invoice, json!({})).await.problem(422), "billing.disputed");
    let settle = format!("{invoice}/disputes/{}/settle", dispute.id());
    firm.post(&settle, &json!({ "outcome": "withdrawn" })).await.is(200);
    firm.post(&format!("{invoice}/sign-off"), &json!({ "by": "Nova" })).await.is(200);
    let issued = billing.issue(&invoice, json!({})).await;
    issued.is(200);
    assert_eq!(billing.shown(&issued, &invoice).await["signed_off"], true);
}

#[tokio::test]
async fn days_that_can_only_be_mistakes_are_refused() {
    let billing = Billing::vendor("ZAR").await;
    billing.known().await;
    let invoice = billing.drafted().await;
    for day in ["0206-03-31", "2999-01-01"] {
        let body = json!({ "issued_on": day });
        let refused = billing.firm.post(&format!("{invoice}/issue"), &body).await;
        assert_eq!(refused.problem(422), "billing.issue_day_out_of_range");
        assert_eq!(refused.fault().0, "/issued_on");
    }
    billing.issue(&invoice, json!({})).await.is(200);
    let refused = billing.pay(&invoice, 100, "ZAR", json!({ "on": "2999-01-01" })).await;
    assert_eq!(refused.problem(422), "billing.day_to_come");
    assert_eq!(refused.fault().0, "/on");
}
