//! Hosts of a firm's own over HTTP: nothing leads anywhere before its owner has shown that it's
//! theirs, and whoever else names it gains nothing.

use domain::members::Role;
use migrations::cell::PoolLimits;
use migrations::testing::{cell, random_id};
use serde_json::{Value, json};

use super::{Firm, ask};

fn host() -> String {
    format!("hours-{}.example.com", random_id().simple())
}

async fn add(firm: &Firm, host: &str) -> Value {
    firm.post("/domains", &json!({ "host": host })).await.is(201)
}

/// Publishes what a firm was told to.
fn publish(firm: &Firm, domain: &Value) {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (name, value) = (text(&domain["record"]["name"]), text(&domain["record"]["value"]));
    let texts = vec!["v=spf1 -all".to_owned(), value];
    firm.names.0.lock().expect("no panic under it").insert(name, texts);
}

async fn do_with(firm: &Firm, host: &str, verb: &str) -> super::Reply {
    firm.post(&format!("/domains/{host}/{verb}"), &json!({})).await
}

#[tokio::test]
async fn a_host_leads_to_the_firm_once_its_record_is_published() {
    let firm = Firm::new().await;
    let host = host();
    let added = add(&firm, &host.to_uppercase()).await;
    assert_eq!((&added["host"], &added["verified"]), (&json!(host), &json!(false)));
    assert_eq!(added["record"]["name"], json!(format!("_crowdminder.{host}")));
    let me = ask("GET", "/me").token(&firm.owner.token);
    assert_eq!(me.send(&firm.router, &host).await.problem(404), "not_found");
    assert_eq!(do_with(&firm, &host, "primary").await.problem(422), "tenancy.not_verified");
    assert_eq!(do_with(&firm, &host, "verify").await.problem(422), "tenancy.proof_missing");
    publish(&firm, &added);
    assert_eq!(do_with(&firm, &host, "verify").await.is(200)["verified"], json!(true));
    me.send(&firm.router, &host).await.is(200);
    assert_eq!(do_with(&firm, &host, "primary").await.is(200)["primary"], json!(true));
    let hosts = firm.tenant.platform.hosts_of(firm.tenant.id).await.expect("the catalogue");
    assert_eq!(hosts, [host.clone(), firm.host()]);
    let path = format!("/domains/{host}");
    let tag = firm.get(&path).await.header("etag");
    firm.change("DELETE", &path, &tag, &Value::Null).await.is(200);
    assert_eq!(me.send(&firm.router, &host).await.problem(404), "not_found");
    firm.raw(&me).await.is(200);
}

#[tokio::test]
async fn who_names_a_host_keeps_nobody_from_proving_it_and_who_proves_it_keeps_it() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let host = host();
    let (ours, theirs) = (add(&firm, &host).await, add(&other, &host).await);
    assert_ne!(ours["record"]["value"], theirs["record"]["value"]);
    // Each sees the same zone, in which only the other's record is.
    publish(&firm, &theirs);
    assert_eq!(do_with(&firm, &host, "verify").await.problem(422), "tenancy.proof_missing");
    publish(&other, &theirs);
    do_with(&other, &host, "verify").await.is(200);
    publish(&firm, &ours);
    assert_eq!(do_with(&firm, &host, "verify").await.problem(422), "tenancy.host_taken");
    // Giving up what was only named takes nothing from its owner.
    firm.change("DELETE", &format!("/domains/{host}"), "*", &Value::Null).await.is(200);
    let me = ask("GET", "/me").token(&other.owner.token);
    me.send(&other.router, &host).await.is(200);
    assert_eq!(firm.get(&format!("/domains/{host}")).await.problem(404), "not_found");
}

#[tokio::test]
async fn a_foreign_host_is_answered_like_one_that_nobody_has() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let (foreign, nobodys) = (host(), host());
    publish(&firm, &add(&other, &foreign).await);
    for path in [foreign, nobodys].map(|host| format!("/domains/{host}")) {
        assert_eq!(firm.get(&path).await.problem(404), "not_found");
        assert_eq!(firm.change("DELETE", &path, "*", &Value::Null).await.problem(404), "not_found");
        for verb in ["verify", "primary"] {
            let reply = firm.post(&format!("{path}/{verb}"), &json!({})).await;
            assert_eq!(reply.problem(404), "not_found");
        }
    }
}

#[tokio::test]
async fn hosts_that_are_no_ones_own_are_refused_and_so_is_who_is_no_admin() {
    let firm = Firm::new().await;
    for (host, code) in [
        ("localhost", "tenancy.invalid_host"),
        ("hours.example.com:8080", "tenancy.invalid_host"),
        ("10.0.0.1", "tenancy.invalid_host"),
        ("bücher.example", "tenancy.host_not_ascii"),
        ("other.localhost", "tenancy.invalid_host"),
    ] {
        let reply = firm.post("/domains", &json!({ "host": host })).await;
        assert_eq!(reply.problem(422), code, "{host}");
    }
    let manager = firm.person(&[Role::Manager]).await;
    let reply = firm.post_as(&manager, "/domains", &json!({ "host": host() })).await;
    assert_eq!(reply.problem(403), "auth.forbidden");
    let path = format!("/domains/{}", firm.host());
    let reply = firm.change("DELETE", &path, "*", &Value::Null).await;
    assert_eq!(reply.problem(422), "tenancy.host_of_slug");
}

#[tokio::test]
async fn the_same_key_names_a_host_once_and_a_stale_tag_removes_nothing() {
    let firm = Firm::new().await;
    let host = host();
    let body = json!({ "host": host });
    let ask = ask("POST", "/domains").header("idempotency-key", "one").json(&body);
    let ask = ask.token(&firm.owner.token);
    let first = firm.raw(&ask).await;
    let again = firm.raw(&ask).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(first.is(201), again.is(201));
    let path = format!("/domains/{host}");
    let tag = firm.get(&path).await.header("etag");
    publish(&firm, &first.is(201));
    do_with(&firm, &host, "verify").await.is(200);
    let reply = firm.change("DELETE", &path, &tag, &Value::Null).await;
    assert_eq!(reply.problem(412), "precondition.failed");
}
