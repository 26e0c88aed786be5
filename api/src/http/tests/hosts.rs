//! The host alone says which tenant is meant; whoever says otherwise finds nothing.

use super::{Firm, ask};

#[tokio::test]
async fn a_host_is_looked_up_exactly() {
    let firm = Firm::new().await;
    let host = firm.host();
    let me = ask("GET", "/me").token(&firm.owner.token);
    let unknown = me.send(&firm.router, "nobody.localhost").await;
    assert_eq!(unknown.problem(404), "not_found");
    for same in [host.to_uppercase(), format!("{host}:8080")] {
        assert_eq!(me.send(&firm.router, &same).await.status.as_u16(), 200, "{same}");
    }
    for other in [
        format!("{host}."),
        format!("me@{host}"),
        format!("www.{host}"),
        "127.0.0.1".to_owned(),
        "[::1]".to_owned(),
        String::new(),
    ] {
        assert_eq!(me.send(&firm.router, &other).await.masked(), unknown.masked(), "{other}");
    }
    // The base domain leads to the platform itself, where a firm's token is nobody's.
    let base = me.send(&firm.router, "localhost").await;
    assert_eq!(base.problem(401), "auth.unauthenticated");
    let twice = me.clone().header("host", &host).header("host", &host);
    assert_eq!(twice.send(&firm.router, &host).await.masked(), unknown.masked());
}

#[tokio::test]
async fn what_a_proxy_adds_is_not_believed() {
    let firm = Firm::new().await;
    let me = ask("GET", "/me").token(&firm.owner.token);
    let forwarded = me.header("x-forwarded-host", &firm.host()).header("forwarded", "host=x");
    assert_eq!(forwarded.send(&firm.router, "nobody.localhost").await.problem(404), "not_found");
    let lied = forwarded.header("x-forwarded-host", "nobody.localhost");
    assert_eq!(firm.raw(&lied).await.status.as_u16(), 200);
}

#[tokio::test]
async fn another_mention_of_a_tenant_must_agree() {
    let firm = Firm::new().await;
    let me = ask("GET", "/me").token(&firm.owner.token);
    let unknown = me.send(&firm.router, "nobody.localhost").await;
    for (name, own) in [
        ("x-tenant", firm.tenant.slug.clone()),
        ("x-tenant-id", firm.tenant.id.to_string()),
        ("x-tenant", firm.host()),
    ] {
        assert_eq!(firm.raw(&me.clone().header(name, &own)).await.status.as_u16(), 200, "{name}");
        let other = firm.raw(&me.clone().header(name, "other")).await;
        assert_eq!(other.masked(), unknown.masked(), "{name}");
    }
    let agreeing = firm.get(&format!("/me?tenant={}", firm.tenant.slug)).await;
    assert_eq!(agreeing.status.as_u16(), 200);
    assert_eq!(firm.get("/me?tenant_id=other").await.masked(), unknown.masked());
    let body = serde_json::json!({ "name": "A", "tenant_id": migrations::testing::random_id() });
    assert_eq!(firm.post("/clients", &body).await.masked(), unknown.masked());
    let body = serde_json::json!({ "name": "A", "tenant_id": firm.tenant.id.to_string() });
    assert_eq!(firm.post("/clients", &body).await.problem(400), "request.malformed");
}

#[tokio::test]
async fn a_suspended_tenant_says_so_to_its_own_people_only() {
    let firm = Firm::new().await;
    let platform = &firm.tenant.platform;
    platform.set_state(firm.tenant.id, "suspended").await.expect("the catalogue");
    assert_eq!(firm.get("/me").await.problem(403), "tenancy.suspended");
    assert_eq!(firm.raw(&ask("GET", "/me")).await.problem(401), "auth.unauthenticated");
    platform.set_state(firm.tenant.id, "provisioning").await.expect("the catalogue");
    assert_eq!(firm.get("/me").await.problem(404), "not_found");
}
