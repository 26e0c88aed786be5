//! Who looks after a client: whom its billing profile names reads its bills, and whoever was given
//! it changes them too, in the API and on the pages; nobody's else.

use domain::members::Role;
use serde_json::{Value, json};

use super::access::settle;
use super::ask;
use super::firm::Person;
use super::inside::signed_in;
use super::receivables::Books;

/// Names somebody in the profile of the first client, or nobody.
async fn name(books: &Books, person: Option<&Person>) {
    let path = format!("/clients/{}/billing", books.month.clients[0]);
    let named = person.map(|person| person.member.0);
    let body = json!({ "account_manager_id": named });
    books.month.firm.change("PUT", &path, "*", &body).await.is(200);
    settle(&books.month.firm).await;
}

async fn status(books: &Books, person: &Person, path: &str) -> u16 {
    books.month.firm.get_as(person, path).await.status.as_u16()
}

#[tokio::test]
async fn whom_a_profile_names_reads_the_bills_of_that_client_and_of_no_other() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let (ours, theirs) = (books.draft(0).await, books.draft(1).await);
    let keeper = firm.person(&[Role::Member]).await;
    name(&books, Some(&keeper)).await;
    for below in ["", "/lines?format=csv", "/pdf", "/payments", "/lines/1/provenance"] {
        let at = |invoice| format!("/invoices/{invoice}{below}");
        assert_eq!(status(&books, &keeper, &at(ours)).await, 200, "{below}");
        assert_eq!(status(&books, &keeper, &at(theirs)).await, 403, "{below}");
    }
    for below in ["statement", "billing"] {
        let at = |n: usize| format!("/clients/{}/{below}", books.month.clients[n]);
        assert_eq!(status(&books, &keeper, &at(0)).await, 200, "{below}");
        assert_eq!(status(&books, &keeper, &at(1)).await, 403, "{below}");
    }
    let listed = firm.get_as(&keeper, "/invoices").await.is(200);
    let ids: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, [&json!(ours)]);
    let voided = firm.post_as(&keeper, &format!("/invoices/{ours}/void"), &json!({})).await;
    assert_eq!(voided.problem(403), "auth.forbidden", "they read, and no more");
    name(&books, None).await;
    let path = format!("/invoices/{ours}");
    let token = firm.token(keeper.member, commands::tokens::Scopes::All).await;
    let again = firm.raw(&ask("GET", &path).token(&token)).await;
    assert_eq!(again.status.as_u16(), 403, "they are not named any more");
}

#[tokio::test]
async fn the_pages_of_bills_are_open_to_who_looks_after_a_client_for_that_client() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let (ours, theirs) = (books.draft(0).await, books.draft(1).await);
    let (keeper, other) = (firm.person(&[Role::Member]).await, firm.person(&[Role::Member]).await);
    name(&books, Some(&keeper)).await;
    let nobody = signed_in(firm, &other).await;
    assert_eq!(nobody.get("/invoices").await.status.as_u16(), 403);
    assert!(!nobody.get("/").await.text.contains("href=\"/invoices\""));
    let browser = signed_in(firm, &keeper).await;
    assert!(browser.get("/").await.text.contains("href=\"/invoices\""));
    let list = browser.get("/invoices").await;
    assert_eq!(list.status.as_u16(), 200, "{}", list.text);
    assert!(list.text.contains("Umbrella") && !list.text.contains("Initech"), "{}", list.text);
    assert!(list.text.contains(&format!("/invoices/{ours}")));
    assert!(!list.text.contains(&format!("/invoices/{theirs}")));
    let foreign = format!("/invoices?client={}", books.month.clients[1]);
    assert_eq!(browser.get(&foreign).await.status.as_u16(), 403);
    assert_eq!(browser.get(&format!("/invoices/{theirs}")).await.status.as_u16(), 403);
    let review = browser.get(&format!("/invoices/{ours}")).await;
    assert_eq!(review.status.as_u16(), 200, "{}", review.text);
    assert!(!review.text.contains("Issue and seal"), "named, they read");
    let given = json!({
        "member_id": other.member.0, "right": "account_manager",
        "object_id": books.month.clients[0],
    });
    firm.post("/grants", &given).await.is(201);
    let review = signed_in(firm, &other).await.get(&format!("/invoices/{ours}")).await;
    assert!(review.text.contains("Issue and seal"), "given, they change: {}", review.text);
}
