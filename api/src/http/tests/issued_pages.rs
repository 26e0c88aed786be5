//! Pages of invoices over HTTP, from the store to a reader's program: what was kept is what is
//! given, to whoever reads the bill and nobody else, and nobody brings or removes one.

use std::process::Command;

use domain::members::Role;
use serde_json::{Value, json};

use super::files::{PDF, raw};
use super::receivables::Books;
use super::{Reply, ask};

/// An issued invoice and the page's file.
struct Issued {
    books: Books,
    id: String,
    position: i64,
}

impl Issued {
    async fn new() -> Self {
        let books = Books::new().await;
        let invoice = books.draft(0).await;
        let position = books.issue(invoice, "2026-03-31").await;
        Issued { books, id: invoice.to_string(), position }
    }

    async fn get(&self, path: &str) -> Reply {
        let join = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{join}min_position={}", self.position);
        self.books.month.firm.get(&path).await
    }

    /// The description of the file that the page is kept in.
    async fn file(&self) -> Value {
        let listed = self.get("/files?kind=issued").await.is(200);
        assert_eq!(listed["items"].as_array().expect("items").len(), 1);
        listed["items"][0].clone()
    }
}

/// What a program of poppler-utils makes of a page.
fn read_with(program: &str, arguments: &[&str], page: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("page.pdf"), page).expect("written");
    let done = Command::new(program).args(arguments).current_dir(folder.path()).output();
    let done = done.expect("poppler-utils is installed (./dev test does so)");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read(folder.path().join("out")).expect("written")
}

fn text_of(page: &[u8]) -> String {
    let text = read_with("pdftotext", &["-layout", "page.pdf", "out"], page);
    String::from_utf8(text).expect("UTF-8")
}

#[tokio::test]
async fn the_page_that_was_kept_is_given_with_the_form_inside() {
    let issued = Issued::new().await;
    let path = format!("/invoices/{}/pdf", issued.id);
    let page = issued.get(&path).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    assert_eq!(page.header("content-type"), "application/pdf");
    let number = issued.get(&format!("/invoices/{}", issued.id)).await.is(200)["number"].clone();
    let number = number.as_str().expect("a number");
    let named = page.header("content-disposition");
    assert!(named.starts_with(&format!("inline; filename=\"{number}.pdf\"")), "{named}");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let hash = migrations::keys::hex(&migrations::keys::sha256(&page.bytes));
    assert_eq!(page.header("etag"), format!("\"{hash}\""));
    let file = issued.file().await;
    assert_eq!((&file["sha256"], &file["name"]), (&json!(hash), &json!(format!("{number}.pdf"))));
    assert_eq!(file["client_id"], issued.books.month.clients[0]);
    let text = text_of(&page.bytes);
    for part in [number, "Umbrella", "Website: Design", "ZAR 3,000.00", "31 March 2026"] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let form = issued.get(&format!("/invoices/{}/xml?syntax=cii", issued.id)).await;
    let inside = read_with("pdfdetach", &["-save", "1", "-o", "out", "page.pdf"], &page.bytes);
    assert_eq!(inside, form.bytes);
    // Who has it need not load it again, and it's the same again.
    let firm = &issued.books.month.firm;
    let known =
        ask("GET", &path).token(&firm.owner.token).header("if-none-match", &format!("\"{hash}\""));
    let known = firm.raw(&known).await;
    assert_eq!((known.status.as_u16(), known.bytes.len()), (304, 0));
    assert_eq!(issued.get(&path).await.bytes, page.bytes);
}

#[tokio::test]
async fn who_reads_the_bill_reads_its_page_and_nobody_brings_or_removes_one() {
    let issued = Issued::new().await;
    let firm = &issued.books.month.firm;
    let id = issued.file().await["id"].as_str().expect("an id").to_owned();
    let paths = [format!("/invoices/{}/pdf", issued.id), format!("/files/{id}/content")];
    for (role, statuses) in [
        (Role::Billing, [200, 200]),
        (Role::Auditor, [200, 200]),
        (Role::Manager, [403, 404]),
        (Role::Member, [403, 404]),
    ] {
        let person = firm.person(&[role]).await;
        for (path, status) in paths.iter().zip(statuses) {
            let reply = firm.get_as(&person, path).await;
            assert_eq!(reply.status.as_u16(), status, "{role} {path}");
        }
    }
    let manager = firm.person(&[Role::Member]).await;
    let client = &issued.books.month.clients[0];
    let grant = json!({
        "member_id": manager.member, "right": "account_manager", "object_id": client,
    });
    assert!(firm.post("/grants", &grant).await.status.is_success());
    for path in &paths {
        assert_eq!(firm.get_as(&manager, path).await.status.as_u16(), 200, "{path}");
    }
    let remove = firm.change("DELETE", &format!("/files/{id}"), "*", &Value::Null).await;
    assert_eq!(remove.problem(403), "auth.forbidden");
    let upload = raw(&format!("kind=issued&client_id={client}"), PDF).token(&firm.owner.token);
    assert_eq!(firm.raw(&upload).await.problem(403), "auth.forbidden");
    assert_eq!(issued.get(&paths[0]).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_page_that_was_changed_in_the_store_is_not_given_out() {
    let issued = Issued::new().await;
    let firm = &issued.books.month.firm;
    let id = issued.file().await["id"].as_str().expect("an id").parse().expect("an id");
    let name = migrations::files::ObjectName { kind: domain::files::FileKind::Issued, id };
    let files = firm.app.files.of(firm.tenant.id);
    files.put(name, &axum::body::Bytes::from_static(PDF)).await.expect("own folder");
    let reply = issued.get(&format!("/invoices/{}/pdf", issued.id)).await;
    assert_eq!(reply.problem(500), "files.changed");
    // A copy is made of the facts, and they are whole.
    let copy = issued.get(&format!("/invoices/{}/pdf?copy=true", issued.id)).await;
    assert!(text_of(&copy.bytes).contains("COPY"));
}

#[tokio::test]
async fn a_draft_shows_what_it_would_be_and_says_that_it_is_none() {
    let books = Books::new().await;
    let invoice = books.draft(0).await;
    let firm = &books.month.firm;
    let head = books.month.head().await;
    let page = firm.get(&format!("/invoices/{invoice}/pdf?min_position={head}")).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    let named = page.header("content-disposition");
    assert!(named.starts_with("inline; filename=\"draft.pdf\""), "{named}");
    let text = text_of(&page.bytes);
    assert!(text.contains("DRAFT") && text.contains("ZAR 3,000.00"), "{text}");
    assert!(!text.contains("Invoice number"), "{text}");
    let nothing = firm.get("/files?kind=issued").await.is(200);
    assert_eq!(nothing["items"], json!([]), "a preview is kept nowhere");
}

#[tokio::test]
async fn a_credit_note_has_a_page_of_its_own() {
    let mut issued = Issued::new().await;
    let firm = &issued.books.month.firm;
    let body = json!({ "fate": "unbilled", "reason": "Agreed on the phone" });
    let credit = posted(&issued, &body).await;
    assert!(credit.status.is_success(), "{}", credit.text);
    let id = credit.id();
    issued.position = credit.position();
    let page = issued.get(&format!("/credit-notes/{id}/pdf")).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    let text = text_of(&page.bytes);
    for part in ["CREDIT NOTE", "CN-", "INV-", "Agreed on the phone", "Amount credited"] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let unknown = firm.get(&format!("/credit-notes/{}/pdf", issued.id)).await;
    assert_eq!(unknown.problem(404), "not_found");
}

/// Takes all of the invoice back.
async fn posted(issued: &Issued, body: &Value) -> Reply {
    let firm = &issued.books.month.firm;
    let invoice = issued.get(&format!("/invoices/{}", issued.id)).await;
    let path = format!("/invoices/{}/credit-notes", issued.id);
    let asking = super::firm::posting(&path, body).token(&firm.owner.token);
    firm.raw(&asking.header("if-match", &invoice.header("etag"))).await
}

#[tokio::test]
async fn lines_come_as_a_document_and_as_files_in_which_no_name_is_a_formula() {
    let books = Books::new().await;
    let firm = &books.month.firm;
    let path = format!("/projects/{}", books.month.projects[0]);
    firm.change("PATCH", &path, "*", &json!({ "name": "=1+1" })).await.is(200);
    let invoice = books.draft(0).await;
    let position = books.issue(invoice, "2026-03-31").await;
    let issued = Issued { books, id: invoice.to_string(), position };
    let path = format!("/invoices/{}/lines", issued.id);
    let document = issued.get(&path).await.is(200);
    assert_eq!(document["rows"][0]["description"], "=1+1: Design");
    assert_eq!(document["rows"][0]["net"], json!({ "amount_minor": 300_000, "currency": "ZAR" }));
    assert_eq!(document["totals"]["net"]["amount_minor"], 300_000);
    assert_eq!(document["totals"]["billed_seconds"], 10_800);
    let csv = issued.get(&format!("{path}?format=csv")).await;
    assert!(csv.header("content-type").starts_with("text/csv"));
    let name = csv.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"INV-") && name.contains(".csv"), "{name}");
    assert!(csv.text.contains("'=1+1: Design"), "{}", csv.text);
    assert!(csv.text.contains("3000.00"), "{}", csv.text);
    let xlsx = issued.get(&format!("{path}?format=xlsx")).await;
    assert!(xlsx.bytes.starts_with(b"PK"));
}
