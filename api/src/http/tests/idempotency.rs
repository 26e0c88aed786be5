//! The same key gets the same answer once, and another body under it is refused.

use serde_json::json;

use super::firm::posting;
use super::{Ask, Firm};

fn client(firm: &Firm, name: &str) -> Ask {
    posting("/clients", &json!({ "name": name })).token(&firm.owner.token)
}

#[tokio::test]
async fn a_request_that_comes_again_gets_the_answer_it_got() {
    let firm = Firm::new().await;
    let ask = client(&firm, "Umbrella");
    let (first, again) = (firm.raw(&ask).await, firm.raw(&ask).await);
    assert_eq!(first.is(201), again.is(201));
    assert!(first.headers.get("idempotent-replayed").is_none());
    assert_eq!(again.header("idempotent-replayed"), "true");
    for name in ["x-event-position", "location", "etag"] {
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
    let clients = firm.get_after(&first, "/clients").await.is(200);
    assert_eq!(clients["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_refusal_is_answered_again_too() {
    let firm = Firm::new().await;
    firm.raw(&client(&firm, "Umbrella")).await.is(201);
    let ask = client(&firm, "umbrella ");
    let (first, again) = (firm.raw(&ask).await, firm.raw(&ask).await);
    assert_eq!(first.problem(422), "catalogue.client_name_taken");
    assert_eq!(again.problem(422), "catalogue.client_name_taken");
    assert!(first.headers.get("idempotent-replayed").is_none());
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_key_with_another_body_is_refused_and_without_one_a_post_is() {
    let firm = Firm::new().await;
    let ask = client(&firm, "Umbrella");
    firm.raw(&ask).await.is(201);
    let other = ask.clone().without("content-type").json(&json!({ "name": "Acme" }));
    assert_eq!(firm.raw(&other).await.problem(422), "idempotency.key_reused");
    let missing = firm.raw(&ask.clone().without("idempotency-key")).await;
    assert_eq!(missing.problem(400), "request.malformed");
    assert_eq!(missing.fault(), ("Idempotency-Key".into(), "header.missing".into()));
    let two = firm.raw(&ask.header("idempotency-key", "other")).await;
    assert_eq!(two.fault().1, "header.repeated");
}

#[tokio::test]
async fn keys_of_two_callers_and_of_two_objects_are_not_the_same_key() {
    let firm = Firm::new().await;
    let manager = firm.person(&[domain::members::Role::Manager]).await;
    let ask = client(&firm, "Umbrella");
    firm.raw(&ask).await.is(201);
    let theirs = ask.without("authorization").token(&manager.token);
    assert_eq!(firm.raw(&theirs).await.problem(422), "catalogue.client_name_taken");
    let people = [
        firm.person(&[domain::members::Role::Member]).await,
        firm.person(&[domain::members::Role::Member]).await,
    ];
    for person in &people {
        let path = format!("/members/{}/deactivate", person.member);
        let ask = posting(&path, &json!({})).without("idempotency-key");
        let ask = ask.header("idempotency-key", "one").token(&firm.owner.token);
        assert_eq!(firm.raw(&ask).await.id(), person.member.to_string());
    }
}

#[tokio::test]
async fn a_verb_with_a_tag_is_answered_again_though_the_object_has_changed_since() {
    let firm = Firm::new().await;
    let person = firm.person(&[domain::members::Role::Member]).await;
    let path = format!("/members/{}", person.member);
    let ask = super::ask("GET", &path).header("prefer", "wait=5").token(&firm.owner.token);
    let tag = firm.raw(&ask).await.header("etag");
    let ask = posting(&format!("{path}/deactivate"), &json!({}));
    let ask = ask.token(&firm.owner.token).header("if-match", &tag);
    firm.raw(&ask).await.is(200);
    let again = firm.raw(&ask).await;
    again.is(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_token_is_made_once_and_its_secret_shown_once() {
    let firm = Firm::new().await;
    let ask = posting("/tokens", &json!({})).token(&firm.owner.token);
    let (first, again) = (firm.raw(&ask).await, firm.raw(&ask).await);
    assert_eq!(first.id(), again.id());
    assert!(first.json()["token"].is_string() && again.json()["token"].is_null());
    assert_eq!(again.header("idempotent-replayed"), "true");
}
