//! What is read of invoices that were issued: whatever changes later, their lines, sums and where
//! they come from stay; what a credit note sets free may be billed, and a draft takes exactly that.

use serde_json::{Value, json};

use super::rules::Month;

/// Two entries of a client, approved and issued with a line for each.
struct Issued {
    month: Month,
    entries: Vec<String>,
    draft: String,
    drafted_at: i64,
}

impl Issued {
    async fn new() -> Self {
        let month = Month::new().await;
        let mut entries = Vec::new();
        for (day, seconds) in [("2026-03-10", 3600), ("2026-03-11", 1000)] {
            entries.push(month.record(0, &json!({ "date": day, "seconds": seconds })).await);
        }
        month.approve("2026-W11").await;
        let draft = month.draft(0).await;
        let drafted_at = month.head().await;
        let body = json!({ "allow_incomplete": true });
        month.firm.post(&format!("/invoices/{draft}/issue"), &body).await.is(200);
        Issued { month, entries, draft, drafted_at }
    }

    /// What a path below the invoice answers, once the read models know the whole log.
    async fn read(&self, below: &str, query: &str) -> Value {
        let head = self.month.head().await;
        let path = format!("/invoices/{}{below}?min_position={head}{query}", self.draft);
        self.month.firm.get(&path).await.is(200)
    }

    async fn provenance(&self, n: u32) -> Value {
        self.read(&format!("/lines/{n}/provenance"), "").await
    }

    /// Changes everything that an invoice is made of.
    async fn change_everything(&self) {
        let Month { firm, clients, projects, tasks, member, .. } = &self.month;
        let rate = json!({ "unit": "hour", "amount_minor": 7, "currency": "ZAR" });
        firm.post("/rates", &json!({ "kind": "bill", "rate": rate })).await.is(200);
        let own = json!({ "kind": "bill", "rate": rate, "project_id": projects[0] });
        firm.post("/rates", &own).await.is(200);
        let rule = json!({ "mode": "up", "interval_minutes": 240 });
        let rule = json!({ "client_id": clients[0], "rule": rule });
        firm.post("/rounding-rules", &rule).await.is(200);
        for (key, value) in [
            ("LEGAL_NAME", "Another (Pty) Ltd"),
            ("VAT_REGISTERED", "true"),
            ("PAYMENT_TERM_DAYS", "1"),
            ("ROUNDING_MODE", "up"),
            ("CURRENCY", "EUR"),
            ("SELF_APPROVAL", "true"),
            ("INVOICE_FOOTER", "Another"),
        ] {
            let path = format!("/settings/{key}");
            firm.change("PUT", &path, "*", &json!({ "value": value })).await.is(200);
        }
        let path = format!("/clients/{}", clients[0]);
        firm.change("PATCH", &path, "*", &json!({ "name": "Renamed" })).await.is(200);
        let profile = json!({ "legal_name": "Renamed Ltd", "address": ["2 Other Road"] });
        firm.change("PUT", &format!("{path}/billing"), "*", &profile).await.is(200);
        let path = format!("/projects/{}", projects[0]);
        firm.change("PATCH", &path, "*", &json!({ "name": "Renamed" })).await.is(200);
        let path = format!("{path}/tasks/{}", tasks[0]);
        firm.change("PATCH", &path, "*", &json!({ "name": "Renamed" })).await.is(200);
        let path = format!("/members/{}", member.member);
        firm.change("PATCH", &path, "*", &json!({ "name": "Renamed" })).await.is(200);
        let wrong = json!({
            "date": "2026-03-17", "reason": "Wrong", "replacement": { "seconds": 60 },
        });
        let path = format!("/time-entries/{}/correct", self.entries[0]);
        firm.post(&path, &wrong).await.is(201);
    }
}

#[tokio::test]
async fn an_issued_line_and_where_it_comes_from_stay_whatever_changes_later() {
    let issued = Issued::new().await;
    let (before, from) = (issued.read("", "").await, issued.provenance(1).await);
    assert_eq!(
        (&before["state"], &before["lines"][0]["seconds"]),
        (&json!("issued"), &json!(3600))
    );
    assert_eq!(before["net"], json!({ "amount_minor": 127_778, "currency": "ZAR" }));
    issued.change_everything().await;
    let (after, still) = (issued.read("", "").await, issued.provenance(1).await);
    assert_eq!(before, after);
    assert_eq!(from, still);
    // A draft of the same moment does show what has changed.
    let then = issued.read("", &format!("&as_of={}", issued.drafted_at)).await;
    assert_eq!((&then["state"], &then["number"]), (&json!("draft"), &Value::Null));
    assert_eq!(then["document"]["net"], before["document"]["net"]);
}

#[tokio::test]
async fn one_look_at_a_line_tells_entries_versions_rate_rounding_approver_and_places_in_the_log() {
    let issued = Issued::new().await;
    let from = issued.provenance(2).await;
    let Month { firm, member, manager, .. } = &issued.month;
    let entry = &from["entries"][0];
    assert_eq!((&entry["entry_id"], &entry["version"]), (&json!(issued.entries[1]), &json!(1)));
    assert_eq!((&entry["seconds"], &entry["date"]), (&json!(1000), &json!("2026-03-11")));
    assert_eq!(entry["recorded"]["member_id"], json!(member.member));
    assert_eq!(entry["approved"]["member_id"], json!(manager.member));
    let rate = &from["rates"][0];
    assert_eq!(rate["amount"], json!({ "amount_minor": 100_000, "currency": "ZAR" }));
    assert_eq!(rate["set_by"], json!(firm.owner.member));
    assert_eq!(from["rounding_rule"]["mode"], "none");
    let last = from["issue"]["position"].as_i64().expect("it was issued");
    for (place, kind) in [
        (&entry["recorded"], "TimeRecorded"),
        (&entry["approved"], "TimesheetApproved"),
        (rate, "RateSet"),
        (&from["issue"], "InvoiceIssued"),
    ] {
        let position = place["position"].as_i64().expect("a place");
        assert!(position <= last);
        let events = firm.get(&format!("/events?after={}&limit=1", position - 1)).await.is(200);
        assert_eq!(events["items"][0]["type"], kind);
    }
}

#[tokio::test]
async fn invoices_are_found_by_number_day_and_state_and_say_what_is_due() {
    let issued = Issued::new().await;
    let body = json!({ "amount": { "amount_minor": 27_778, "currency": "ZAR" } });
    let firm = &issued.month.firm;
    let paid = firm.post(&format!("/invoices/{}/payments", issued.draft), &body).await;
    let invoice = issued.read("", "").await;
    assert_eq!(invoice["balance"]["amount_minor"], 100_000);
    assert_eq!(invoice["payments"][0]["amount"]["amount_minor"], 27_778);
    let payments = issued.read("/payments", "").await;
    assert_eq!(payments["items"], invoice["payments"]);
    let number = invoice["number"].as_str().expect("a number").to_lowercase();
    let on = invoice["issued_on"].as_str().expect("a day");
    for (query, found) in [
        (format!("number={number}"), 1),
        ("number=another".to_owned(), 0),
        (format!("from={on}&to={on}&state=issued"), 1),
        ("to=2020-01-01".to_owned(), 0),
        ("overdue=true".to_owned(), 0),
        ("overdue=false".to_owned(), 1),
        ("state=paid".to_owned(), 0),
    ] {
        for moment in ["min_position", "as_of"] {
            let path = format!("/invoices?{query}&{moment}={}", paid.position());
            let items = firm.get(&path).await.is(200)["items"].clone();
            assert_eq!(items.as_array().map(Vec::len), Some(found), "{query} {moment}");
        }
    }
}

#[tokio::test]
async fn seconds_that_a_credit_note_sets_free_are_unbilled_and_what_a_draft_takes() {
    let issued = Issued::new().await;
    let firm = &issued.month.firm;
    let body = json!({
        "lines": [{ "n": 1, "seconds": 600 }], "fate": "unbilled", "reason": "Not agreed on",
    });
    let credited = firm.post(&format!("/invoices/{}/credit-notes", issued.draft), &body).await;
    credited.is(201);
    let (note, head) = (credited.id(), issued.month.head().await);
    let mut seen = Vec::new();
    for moment in ["min_position", "as_of"] {
        let unbilled = firm.get(&format!("/unbilled?{moment}={head}")).await.is(200);
        let items = unbilled["items"].as_array().expect("items").clone();
        assert_eq!((items.len(), &unbilled["seconds"]), (1, &json!(600)), "{moment}");
        assert_eq!(
            (&items[0]["entry_id"], &items[0]["seconds"]),
            (&json!(issued.entries[0]), &json!(600),)
        );
        assert_eq!(items[0]["freed_by"], json!(note));
        seen.push(unbilled);
    }
    assert_eq!(seen[0], seen[1]);
    let invoice = issued.read("", "").await;
    assert_eq!(invoice["lines"][0]["seconds_left"], 3000);
    let shown = firm.get(&format!("/credit-notes/{note}?min_position={head}")).await.is(200);
    assert_eq!(shown["moved"][0]["left"], 3000);
    assert_eq!((&shown["reason"], &shown["seconds"]), (&json!("Not agreed on"), &json!(600)));
    for path in ["/credit-notes".to_owned(), format!("/invoices/{}/credit-notes", issued.draft)] {
        let list = firm.get(&format!("{path}?min_position={head}")).await.is(200);
        assert_eq!(list["items"][0]["number"], shown["number"], "{path}");
    }
    let path = format!("/credit-notes/{note}/lines/1/provenance?min_position={head}");
    let from = firm.get(&path).await.is(200);
    assert_eq!(from["entries"][0]["entry_id"], json!(issued.entries[0]));
    assert_eq!(from["issue"]["number"], shown["number"]);
    let again = issued.month.draft(0).await;
    let head = issued.month.head().await;
    let drafted = firm.get(&format!("/invoices/{again}?min_position={head}")).await.is(200);
    assert_eq!(
        (&drafted["seconds"], &drafted["net"]),
        (&json!(600), &seen[0]["totals"][0]["amount"])
    );
    let unbilled = firm.get(&format!("/unbilled?min_position={head}")).await.is(200);
    assert_eq!(unbilled["entries"], 0);
}
