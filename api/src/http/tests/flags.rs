//! Flags over HTTP: operators define and throw them, members see their own only.

use domain::members::Role;
use serde_json::{Value, json};

use super::ask;
use super::service::Service;

async fn on_for(service: &Service, host: &str, token: &str) -> Value {
    let reply = ask("GET", "/flags").token(token).send(&service.router, host).await;
    let items = reply.is(200)["items"].as_array().expect("items").clone();
    assert!(items.iter().all(|it| it.get("definition").is_none()), "for operators only");
    let grid = items.iter().find(|it| it["key"] == "grid");
    grid.map_or(json!(null), |it| it["on"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flag_is_thrown_for_a_share_for_a_tenant_and_for_a_member() {
    let service = Service::at("2026-03-02T08:00:00Z").await;
    let (host, tenant, owner) = service.firm("acme").await;
    let colleague = service.member(tenant, Role::Member).await;
    let (other_host, _, other) = service.firm("umbrella").await;
    assert_eq!(on_for(&service, &host, &owner).await, json!(null));
    let define = |percent: u8| {
        json!({
            "key": "grid", "description": "The new grid",
            "share": { "of": "tenants", "percent": percent },
        })
    };
    service.operate("/flags", &define(0)).await.is(201);
    assert_eq!(on_for(&service, &host, &owner).await, json!(false));
    service.operate("/flags", &define(100)).await.is(200);
    assert_eq!(on_for(&service, &other_host, &other).await, json!(true));
    service.operate("/flags", &define(0)).await.is(200);
    let me = ask("GET", "/me").token(&owner).send(&service.router, &host).await.is(200);
    let path = "/flags/grid/overrides";
    let own = json!({ "tenant_id": tenant.0, "member_id": me["id"], "on": true });
    service.operate(path, &own).await.is(200);
    assert_eq!(on_for(&service, &host, &owner).await, json!(true));
    assert_eq!(on_for(&service, &host, &colleague).await, json!(false));
    service.operate(path, &json!({ "tenant_id": tenant.0, "on": true })).await.is(200);
    assert_eq!(on_for(&service, &host, &colleague).await, json!(true));
    assert_eq!(on_for(&service, &other_host, &other).await, json!(false));
    let nowhere = json!({ "tenant_id": migrations::testing::random_id(), "on": true });
    assert_eq!(service.operate(path, &nowhere).await.problem(404), "not_found");
    let seen = service.inspect("/flags/grid").await;
    let overrides = seen.is(200)["definition"]["overrides"].clone();
    assert_eq!(overrides.as_array().expect("a list").len(), 2);
    let remove = ask("DELETE", "/flags/grid").header("if-match", &seen.header("etag"));
    service.send(&remove.token(&service.operator)).await.is(200);
    assert_eq!(on_for(&service, &host, &owner).await, json!(null));
    assert_eq!(service.inspect("/flags/grid").await.problem(404), "not_found");
    service.close().await;
}
