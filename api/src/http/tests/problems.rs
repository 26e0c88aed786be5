//! Each class of problem, as a client meets it.

use serde_json::json;

use super::firm::posting;
use super::{Firm, ask};

#[tokio::test]
async fn what_has_no_form_is_refused_with_a_pointer() {
    let firm = Firm::new().await;
    let token = &firm.owner.token;
    for (text, fault) in [
        ("{", ("", "json.syntax")),
        (r#"{"name":"A","roles":["member"],"rolez":[]}"#, ("/rolez", "json.unknown_field")),
        (r#"{"name":7,"roles":["member"]}"#, ("/name", "json.invalid")),
        (r#"{"name":"A","roles":["boss"]}"#, ("/roles/0", "json.invalid")),
        (r#"{"roles":["member"]}"#, ("/name", "json.missing_field")),
    ] {
        let ask = ask("POST", "/members").token(token).header("idempotency-key", "k");
        let reply = firm.raw(&ask.text("application/json", text)).await;
        assert_eq!(reply.problem(400), "request.malformed");
        assert_eq!(reply.fault(), (fault.0.into(), fault.1.into()), "{text}");
    }
}

#[tokio::test]
async fn query_keys_that_are_not_known_or_doubled_are_refused() {
    let firm = Firm::new().await;
    for (path, fault) in [
        ("/members?sort=name", ("?sort", "query.unknown_key")),
        ("/members?limit=1&limit=2", ("?limit", "query.repeated_key")),
        ("/members?limit=0", ("?limit", "query.invalid")),
        ("/projects?client_id=7", ("?client_id", "query.invalid")),
        ("/members?cursor=abc", ("?cursor", "query.invalid")),
        ("/me?as_of=1", ("?as_of", "query.unknown_key")),
    ] {
        let reply = firm.get(path).await;
        assert_eq!(reply.problem(400), "request.malformed", "{path}");
        assert_eq!(reply.fault(), (fault.0.into(), fault.1.into()), "{path}");
    }
}

#[tokio::test]
async fn credentials_that_are_missing_or_bad_are_answered_alike() {
    let firm = Firm::new().await;
    let missing = firm.raw(&ask("GET", "/me")).await;
    assert_eq!(missing.problem(401), "auth.unauthenticated");
    assert_eq!(missing.header("www-authenticate"), "Bearer");
    let likely = format!("cm_{}", "A".repeat(43));
    for token in ["", "x", &likely] {
        let bad = firm.raw(&ask("GET", "/me").token(token)).await;
        assert_eq!(bad.masked(), missing.masked(), "{token:?}");
    }
}

#[tokio::test]
async fn a_member_who_rests_is_nobody() {
    let firm = Firm::new().await;
    let person = firm.person(&[domain::members::Role::Member]).await;
    let path = format!("/members/{}/deactivate", person.member);
    firm.post(&path, &json!({})).await.is(200);
    assert_eq!(firm.get_as(&person, "/me").await.problem(401), "auth.unauthenticated");
}

#[tokio::test]
async fn paths_methods_and_media_that_there_are_not_have_their_problems() {
    let firm = Firm::new().await;
    assert_eq!(firm.get("/nowhere").await.problem(404), "not_found");
    let reply = firm.raw(&ask("DELETE", "/members").token(&firm.owner.token)).await;
    assert_eq!(reply.problem(405), "method_not_allowed");
    assert!(reply.header("allow").contains("POST"));
    let ask = posting("/members", &json!({})).without("content-type");
    let ask = ask.token(&firm.owner.token);
    let reply = firm.raw(&ask).await;
    assert_eq!(reply.problem(415), "request.unsupported_media_type");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_whether_it_says_so_or_not() {
    let firm = Firm::new().await;
    let name = "x".repeat(1 << 20);
    let ask = posting("/members", &json!({ "name": name, "roles": ["member"] }));
    let ask = ask.token(&firm.owner.token);
    assert_eq!(firm.raw(&ask).await.problem(413), "request.too_large");
    let announced = posting("/members", &json!({})).token(&firm.owner.token);
    let announced = announced.header("content-length", "99999999");
    assert_eq!(firm.raw(&announced).await.problem(413), "request.too_large");
}

#[tokio::test]
async fn a_refusal_of_the_business_has_its_code_and_its_field() {
    let firm = Firm::new().await;
    let body = json!({ "name": "Ayo", "email": "not an address", "roles": ["member"] });
    let reply = firm.post("/members", &body).await;
    assert_eq!(reply.problem(422), "members.invalid_email");
    assert_eq!(reply.fault(), ("/email".into(), "members.invalid_email".into()));
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_it_private() {
    let firm = Firm::new().await;
    for reply in [firm.get("/me").await, firm.get("/nowhere").await] {
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(!reply.header("x-request-id").is_empty());
    }
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_a_slip() {
    let firm = Firm::new().await;
    let path = format!("/members/{}", firm.owner.member);
    let tag = firm.get("/me").await.header("etag");
    let reply = firm.change("PATCH", &path, &tag, &json!({})).await;
    assert_eq!(reply.fault(), ("".into(), "json.nothing_to_change".into()));
}

#[tokio::test]
async fn the_document_is_there_for_everybody() {
    let firm = Firm::new().await;
    let reply = firm.raw(&ask("GET", "/openapi.json")).await;
    assert_eq!(reply.is(200)["openapi"], "3.1.0");
}
