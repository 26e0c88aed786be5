//! What lines of invoices say, wherever they are read: what was done, in the same words as a draft
//! and once it's issued, and who did it only where the firm wants its clients to know.

use domain::id::InvoiceId;
use serde_json::{Value, json};

use super::client_page::{link, look};
use super::receivables::Books;

/// A draft of March for the first client whose lines are grouped like this.
pub(super) async fn grouped(books: &Books, group_by: &str) -> InvoiceId {
    let body = json!({
        "client_id": books.month.clients[0], "from": "2026-03-01", "to": "2026-03-31",
        "group_by": group_by,
    });
    let drafted = books.month.firm.post("/invoices", &body).await;
    drafted.is(201);
    let path = format!("/invoices/{}", drafted.id());
    books.month.firm.get_after(&drafted, &path).await.is(200);
    InvoiceId(drafted.id().parse().expect("an id"))
}

/// What the lines say to the firm.
async fn told(books: &Books, invoice: InvoiceId) -> Vec<(String, Value)> {
    let body = books.month.firm.get(&format!("/invoices/{invoice}")).await.is(200);
    let lines = body["lines"].as_array().expect("lines").iter();
    let text = |line: &Value| line["description"].as_str().expect("a description").to_owned();
    lines.map(|line| (text(line), line["member"].clone())).collect()
}

#[tokio::test]
async fn lines_say_what_was_done_in_the_same_words_before_and_after_the_issue() {
    for (group_by, said) in [
        ("task", vec!["Website: Design"]),
        ("member", vec!["Website: Design"]),
        ("day", vec!["2026-03-10 Website: Design", "2026-03-11 Website: Design"]),
        ("entry", vec!["2026-03-10 Website: Design", "2026-03-11 Website: Design"]),
    ] {
        let books = Books::new().await;
        let invoice = grouped(&books, group_by).await;
        let of_draft = told(&books, invoice).await;
        let words: Vec<&str> = of_draft.iter().map(|line| &*line.0).collect();
        assert_eq!(words, said, "{group_by}");
        assert_eq!(of_draft[0].1.is_string(), group_by == "member", "whose it is stands beside it");
        let (_, path) = link(&books.month.firm, invoice).await;
        let page = look(&books.month.firm, &path).await.text;
        assert!(said.iter().all(|words| page.contains(words)), "{page}");
        let provenance = format!("/invoices/{invoice}/lines/1/provenance");
        let made = books.month.firm.get(&provenance).await.is(200);
        assert_eq!(made["description"], said[0]);
        books.issue(invoice, "2026-03-31").await;
        assert_eq!(told(&books, invoice).await, of_draft, "{group_by}");
    }
}

#[tokio::test]
async fn nothing_that_leaves_the_house_names_a_member_unless_the_firm_wants_it() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let forms = async |invoice: InvoiceId| {
        let (_, page) = link(firm, invoice).await;
        let mut all = vec![look(firm, &page).await.text];
        for form in ["lines?format=csv", "lines?format=json", "xml", "xml?syntax=cii"] {
            let reply = firm.get(&format!("/invoices/{invoice}/{form}")).await;
            all.push(if reply.status.is_success() { reply.text } else { String::new() });
        }
        all
    };
    let named = |forms: &[String]| -> Vec<bool> {
        forms.iter().map(|form| form.contains("Nova ")).collect()
    };
    let invoice = grouped(&books, "member").await;
    assert_eq!(named(&forms(invoice).await), [false; 5], "a draft");
    assert!(told(&books, invoice).await[0].1.as_str().is_some_and(|who| who.contains("Nova")));
    books.issue(invoice, "2026-03-31").await;
    assert_eq!(named(&forms(invoice).await), [false; 5], "an invoice");
    let sealed = firm.get(&format!("/audit/{invoice}")).await.is(200);
    let sealed = sealed["items"].as_array().expect("events").iter();
    let issued = sealed.clone().find(|it| it["type"] == "InvoiceIssued").expect("the issue");
    assert_eq!(issued["data"]["sealed"]["lines"][0]["who"], Value::Null, "nor does the PDF");
    assert!(told(&books, invoice).await[0].1.as_str().is_some_and(|who| who.contains("Nova")));
    let before = forms(invoice).await;
    let yes = json!({ "value": "true" });
    firm.change("PUT", "/settings/CLIENT_SEES_MEMBERS", "*", &yes).await.is(200);
    assert_eq!(forms(invoice).await[1..], before[1..], "what was issued stays as it is");
    books.month.record(0, &json!({ "date": "2026-03-17", "seconds": 3600 })).await;
    books.month.approve("2026-W12").await;
    let invoice = grouped(&books, "member").await;
    assert_eq!(
        named(&forms(invoice).await),
        [true, true, true, false, false],
        "a draft has no XML"
    );
    books.issue(invoice, "2026-03-31").await;
    assert_eq!(named(&forms(invoice).await), [true; 5]);
}
