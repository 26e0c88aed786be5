//! Files on their way in, over HTTP and with a real disk: what is taken, under which name it comes
//! back, and that nothing of what is refused stays.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::http::Request;
use domain::members::Role;
use futures::TryStreamExt;
use futures::future::join_all;
use migrations::files::Listed;
use migrations::testing::random_id;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::firm::Person;
use super::{Ask, Firm, Reply, ask};

pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe";
pub(super) const PDF: &[u8] = b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n";

/// A file as the body itself, under a key of its own.
pub(super) fn raw(query: &str, content: &[u8]) -> Ask {
    let key = random_id().to_string();
    ask("POST", "/files").query(query).header("idempotency-key", &key).bytes("a/b", content)
}

/// A form with these fields and a file.
fn form(fields: &[(&str, &str)], file_name: &str, content: &[u8]) -> Ask {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(format!("{part}{value}\r\n").as_bytes());
    }
    let head = format!("form-data; name=\"file\"; filename=\"{file_name}\"");
    let head = format!("--XX\r\nContent-Disposition: {head}\r\nContent-Type: text/html\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    let ask = ask("POST", "/files").header("idempotency-key", &random_id().to_string());
    ask.bytes("multipart/form-data; boundary=XX", &body)
}

impl Firm {
    /// Keeps a file of one's own.
    pub(super) async fn keep(&self, person: &Person, query: &str, content: &[u8]) -> String {
        let stored = self.raw(&raw(query, content).token(&person.token)).await;
        stored.is(201);
        stored.id()
    }

    async fn content(&self, person: &Person, id: &str) -> Reply {
        self.get_as(person, &format!("/files/{id}/content")).await
    }

    /// What lies in the store.
    async fn objects(&self) -> Vec<Listed> {
        let files = self.app.files.of(self.tenant.id);
        files.list().try_collect().await.expect("a list")
    }
}

#[tokio::test]
async fn a_logo_is_taken_as_a_form_and_comes_back_as_it_was_for_every_member() {
    let firm = Firm::new().await;
    let asked = form(&[("kind", "logo")], "C:\\fakepath\\Zoë’s logo.png", PNG);
    let stored = firm.raw(&asked.token(&firm.owner.token)).await;
    stored.is(201);
    let path = format!("/files/{}", stored.id());
    assert_eq!(stored.header("location"), format!("/api/v1{path}"));
    let auditor = firm.person(&[Role::Auditor]).await;
    let shown = firm.get_as(&auditor, &path).await;
    assert_eq!(shown.header("etag"), stored.header("etag"));
    let body = shown.is(200);
    assert_eq!(body["name"], "Zoë’s logo.png");
    assert_eq!((&body["kind"], &body["media_type"]), (&json!("logo"), &json!("image/png")));
    assert_eq!((&body["size"], &body["owner_id"]), (&json!(18), &json!(firm.owner.member)));
    let hash = migrations::keys::hex(&migrations::keys::sha256(PNG));
    assert_eq!(body["sha256"], hash);
    let content = firm.content(&auditor, &stored.id()).await;
    assert_eq!((content.status.as_u16(), &*content.bytes), (200, PNG));
    let disposition = content.header("content-disposition");
    let name = "Zo%C3%AB%E2%80%99s%20logo.png";
    assert_eq!(
        disposition,
        format!("inline; filename=\"Zo__s logo.png\"; filename*=UTF-8''{name}")
    );
    assert_eq!(content.header("content-type"), "image/png");
    assert_eq!(content.header("content-length"), "18");
    assert_eq!(content.header("x-content-type-options"), "nosniff");
    assert_eq!(content.header("cache-control"), "no-store");
    let policy = content.header("content-security-policy");
    assert_eq!(policy, "default-src 'none'; sandbox; frame-ancestors 'none'");
}

#[tokio::test]
async fn a_file_is_taken_as_the_body_itself_and_given_to_who_accepts_no_json() {
    let firm = Firm::new().await;
    let member = firm.person(&[Role::Member]).await;
    let disposition = "attachment; filename=x; filename*=UTF-8''2026%20%E7%97%85.html";
    let asked = raw("kind=document", PDF).header("content-disposition", disposition);
    let stored = firm.raw(&asked.token(&member.token)).await;
    stored.is(201);
    let path = format!("/files/{}", stored.id());
    let pdf = ask("GET", &path).token(&member.token).header("accept", "application/pdf");
    let content = firm.raw(&pdf).await;
    assert_eq!((content.status.as_u16(), &*content.bytes), (200, PDF));
    // A page by its name only, and kept, not shown.
    let said = content.header("content-disposition");
    assert!(said.starts_with("attachment; ") && said.ends_with("%E7%97%85.html.pdf"), "{said}");
    let known = ask("GET", &format!("{path}/content")).token(&member.token);
    let known = firm.raw(&known.header("if-none-match", &content.header("etag"))).await;
    assert_eq!((known.status.as_u16(), known.bytes.len()), (304, 0));
    let head = firm.raw(&ask("HEAD", &format!("{path}/content")).token(&member.token)).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
}

#[tokio::test]
async fn what_is_no_file_of_ours_is_refused_by_what_is_inside_and_leaves_nothing() {
    let firm = Firm::new().await;
    let program = [b"MZ\x90\0".as_slice(), &[0; 200_000]].concat();
    for (query, content, code) in [
        ("kind=document&name=a.pdf", &program[..], "files.unknown_type"),
        ("kind=document&name=a.png", b"\x7fELF", "files.unknown_type"),
        ("kind=document&name=a.txt", b"<!doctype html><script>", "files.unknown_type"),
        ("kind=document", b"", "files.empty"),
        // A picture that is a page as well is a picture; a page that is a picture as well is none.
        ("kind=logo", b"<svg onload=alert(1)>", "files.type_not_taken"),
        ("kind=medical", b"PK\x03\x04", "files.type_not_taken"),
        ("kind=document&name=a%0D%0Ab.txt", b"text", "files.invalid_name"),
        ("kind=document&name=%E2%80%AEgnp.exe", b"text", "files.invalid_name"),
    ] {
        let reply = firm.raw(&raw(query, content).token(&firm.owner.token)).await;
        assert_eq!(reply.problem(422), code, "{query}");
    }
    assert_eq!(firm.objects().await, []);
    assert_eq!(firm.get("/events").await.is(200)["items"].as_array().map(Vec::len), Some(1));
    let gif = b"GIF89a/*\xff*/=1;<script>alert(1)</script>";
    let id = firm.keep(&firm.owner, "kind=document&name=a.html", gif).await;
    let content = firm.content(&firm.owner, &id).await;
    assert_eq!(content.header("content-type"), "image/gif");
    assert!(content.header("content-disposition").contains("a.html.gif"));
    let svg = firm.keep(&firm.owner, "kind=document&name=a.svg", b"<svg/>").await;
    let content = firm.content(&firm.owner, &svg).await;
    assert_eq!(content.header("content-type"), "application/octet-stream");
    assert!(content.header("content-disposition").starts_with("attachment; "));
}

#[tokio::test]
async fn a_form_says_what_is_wrong_with_it_and_has_its_file_last() {
    let firm = Firm::new().await;
    for (fields, pointer, code) in [
        (&[][..], "/kind", "form.missing_field"),
        (&[("kind", "holiday")], "/kind", "form.invalid"),
        (&[("kind", "logo"), ("kind", "logo")], "/kind", "form.repeated_field"),
        (&[("kind", "logo"), ("tenant", "x")], "/tenant", "form.unknown_field"),
        (&[("kind", "document"), ("owner_id", "1")], "/owner_id", "form.invalid"),
    ] {
        let reply = firm.raw(&form(fields, "a.png", PNG).token(&firm.owner.token)).await;
        assert_eq!(reply.problem(400), "request.malformed");
        assert_eq!(reply.fault(), (pointer.to_owned(), code.to_owned()));
    }
    let after = b"x\r\n--XX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nlogo";
    let reply = firm.raw(&form(&[("kind", "logo")], "a", after).token(&firm.owner.token)).await;
    assert_eq!(reply.fault(), ("/file".to_owned(), "form.invalid".to_owned()));
    assert_eq!(firm.objects().await, []);
}

/// A body of so many pieces of a megabyte, and how many of them were asked for.
fn long(pieces: usize) -> (Body, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let piece = Bytes::from("x".repeat(1 << 20));
    let stream = futures::stream::iter((0..pieces).map(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok::<_, std::io::Error>(piece.clone())
    }));
    (Body::from_stream(stream), asked)
}

#[tokio::test]
async fn what_is_too_large_is_refused_as_soon_as_that_is_known_and_leaves_nothing() {
    let firm = Firm::new().await;
    for (announced, most) in [(Some(100 << 20), 0), (None, 27)] {
        let (body, asked) = long(100);
        let mut request = Request::post("/api/v1/files?kind=document")
            .header("host", firm.host())
            .header("authorization", format!("Bearer {}", firm.owner.token))
            .header("idempotency-key", random_id().to_string());
        if let Some(bytes) = announced {
            request = request.header("content-length", bytes);
        }
        let request = request.body(body).expect("a request");
        let response = firm.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status().as_u16(), 413);
        assert!(asked.load(Ordering::Relaxed) <= most, "{announced:?}");
    }
    assert_eq!(firm.objects().await, []);
}

#[tokio::test]
async fn who_may_not_keep_a_file_is_told_before_it_is_read() {
    let firm = Firm::new().await;
    let member = firm.person(&[Role::Member]).await;
    let (body, asked) = long(10);
    let request = Request::post("/api/v1/files?kind=logo")
        .header("host", firm.host())
        .header("authorization", format!("Bearer {}", member.token))
        .header("idempotency-key", "logo")
        .body(body)
        .expect("a request");
    let response = firm.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!((response.status().as_u16(), asked.load(Ordering::Relaxed)), (403, 0));
}

#[tokio::test]
async fn the_same_key_keeps_one_file_and_another_content_is_another_request() {
    let firm = Firm::new().await;
    let send = |content: &'static [u8]| {
        let ask = ask("POST", "/files").query("kind=medical").header("idempotency-key", "one");
        let ask = ask.bytes("a/b", content).token(&firm.owner.token);
        let firm = &firm;
        async move { firm.raw(&ask).await }
    };
    let first = send(PDF).await;
    first.is(201);
    let again = send(PDF).await;
    assert_eq!((again.is(201)["id"].clone(), again.header("idempotent-replayed")), {
        (json!(first.id()), "true".to_owned())
    });
    assert_eq!(send(PNG).await.problem(422), "idempotency.key_reused");
    assert_eq!(firm.objects().await.len(), 1);
}

#[tokio::test]
async fn of_many_who_remove_a_file_at_once_one_does() {
    let firm = Firm::new().await;
    let id = firm.keep(&firm.owner, "kind=document", PDF).await;
    let path = format!("/files/{id}");
    let removing = (0..8).map(|_| firm.change("DELETE", &path, "*", &Value::Null));
    let statuses: Vec<u16> =
        join_all(removing).await.iter().map(|reply| reply.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 404].contains(status)), "{statuses:?}");
    assert_eq!(firm.objects().await, []);
    assert_eq!(firm.get(&path).await.problem(404), "not_found");
    assert_eq!(firm.content(&firm.owner, &id).await.problem(404), "not_found");
    let stale = firm.keep(&firm.owner, "kind=document", PDF).await;
    let wrong = firm.change("DELETE", &format!("/files/{stale}"), "\"x\"", &Value::Null).await;
    assert_eq!(wrong.problem(412), "precondition.failed");
    let without = ask("DELETE", &format!("/files/{stale}")).token(&firm.owner.token);
    assert_eq!(firm.raw(&without).await.problem(428), "precondition.required");
}
