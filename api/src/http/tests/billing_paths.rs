//! What the path of a request of billing names and is not there: the answer says which part of it.

use migrations::testing::random_id;
use serde_json::{Value, json};

use super::billing_faults::{bills, check, missing};
use super::receivables::Books;

#[tokio::test]
async fn what_is_not_there_is_named_by_the_part_of_the_path() {
    let books = Books::new().await;
    let (draft, _, _) = bills(&books).await;
    let random = random_id();
    let line = format!("/invoices/{draft}/lines/9/provenance");
    let link = format!("/invoices/{draft}/client-links/{random}");
    let mut rows = vec![
        missing(("GET", &line), json!({}), "{n}"),
        missing(("DELETE", &link), Value::Null, "{link_id}"),
        missing(("PATCH", &format!("/invoices/{random}")), json!({ "note": "Hi" }), "{id}"),
    ];
    let reads = [
        ("invoices", &["", "/pdf", "/xml", "/lines", "/payments", "/client-links"][..]),
        ("credit-notes", &["", "/pdf", "/xml", "/lines/1/provenance"]),
        ("clients", &["/billing", "/statement"]),
    ];
    for (kind, all) in reads {
        for below in all {
            rows.push(missing(("GET", &format!("/{kind}/{random}{below}")), json!({}), "{id}"));
        }
    }
    for below in ["void", "issue", "send", "client-link"] {
        let path = format!("/invoices/{random}/{below}");
        rows.push(missing(("POST", &path), json!({}), "{id}"));
    }
    let client = &books.month.clients[0];
    let reversed = format!("/clients/{client}/statement?from=2026-02-01&to=2026-01-01");
    rows.push(("GET", reversed, json!({}), 422, "reports.days_reversed".to_owned(), "?to"));
    check(&books.month.firm, &rows).await;
}
