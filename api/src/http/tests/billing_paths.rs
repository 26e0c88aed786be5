//! What the path of a request of billing names and is not there: the answer says which part of it.

use migrations::testing::random_id;
use serde_json::{Value, json};

use super::ask;
use super::billing_faults::{Row, bills, check};
use super::receivables::Books;

#[tokio::test]
async fn what_is_not_there_is_named_by_the_part_of_the_path() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let (draft, _, _) = bills(&books).await;
    let random = random_id();
    let nothing = || json!({});
    let mut rows: Vec<Row<'_>> = vec![
        (
            "GET",
            format!("/invoices/{draft}/lines/9/provenance"),
            nothing(),
            404,
            "not_found",
            &["{n}"],
        ),
        (
            "DELETE",
            format!("/invoices/{draft}/client-links/{random}"),
            Value::Null,
            404,
            "not_found",
            &["{link_id}"],
        ),
        (
            "GET",
            format!("/clients/{}/statement?from=2026-02-01&to=2026-01-01", books.month.clients[0]),
            nothing(),
            422,
            "reports.days_reversed",
            &["?to"],
        ),
    ];
    for below in ["", "/pdf", "/xml", "/lines", "/payments", "/credit-notes", "/client-links"] {
        let path = format!("/invoices/{random}{below}");
        rows.push(("GET", path, nothing(), 404, "not_found", &["{id}"]));
    }
    for below in ["", "/pdf", "/xml", "/lines/1/provenance"] {
        let path = format!("/credit-notes/{random}{below}");
        rows.push(("GET", path, nothing(), 404, "not_found", &["{id}"]));
    }
    for below in ["billing", "statement"] {
        let path = format!("/clients/{random}/{below}");
        rows.push(("GET", path, nothing(), 404, "not_found", &["{id}"]));
    }
    for below in ["void", "issue", "send", "client-link"] {
        let path = format!("/invoices/{random}/{below}");
        rows.push(("POST", path, nothing(), 404, "not_found", &["{id}"]));
    }
    rows.push((
        "PATCH",
        format!("/invoices/{random}"),
        json!({ "note": "Hi" }),
        404,
        "not_found",
        &["{id}"],
    ));
    check(firm, &rows).await;
    let asked = firm.raw(&ask("GET", "/invoices?state=odd").token(&firm.owner.token)).await;
    assert_eq!(asked.status.as_u16(), 400, "{}", asked.text);
}
