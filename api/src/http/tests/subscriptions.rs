//! What a tenant pays, over months of a clock that the test sets: trial, bill, grace, freeze, thaw.

use domain::id::TenantId;
use domain::members::Role;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::firm::posting;
use super::service::Service;
use super::{Reply, ask};

/// Lives through the days from one to the other at noon, one run a day.
async fn live(service: &Service, from: Date, to: Date) {
    let days = from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to);
    for day in days {
        service.now(&format!("{day}T12:00:00Z"));
        assert_eq!(service.terms.keep_all().await.expect("the platform"), 0, "{day}");
    }
}

async fn get(service: &Service, host: &str, token: &str, path: &str) -> Reply {
    ask("GET", path).token(token).send(&service.router, host).await
}

async fn subjects(service: &Service) -> Vec<String> {
    let mails = service.mails().await;
    let subject = |mail: &String| {
        let line = mail.lines().find_map(|line| line.strip_prefix("Subject: "));
        line.expect("a subject").to_owned()
    };
    mails.iter().map(subject).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_firm_that_does_not_pay_is_told_is_frozen_and_is_thawed_at_once_by_a_payment() {
    let service = Service::at("2026-03-02T08:00:00Z").await;
    let (host, tenant, owner) = service.firm("acme").await;
    let member = service.member(tenant, Role::Member).await;
    live(&service, date(2026, 3, 24), date(2026, 5, 1)).await;
    let standing = get(&service, &host, &owner, "/subscription").await.is(200);
    assert_eq!(standing["state"], "active");
    let invoice = &standing["invoices"][0];
    // The owner and a member were set active, the greater count though nobody did anything.
    assert_eq!((&invoice["acted"], &invoice["set_active"]), (&json!(0), &json!(2)));
    assert_eq!(invoice["total"], json!({ "amount_minor": 19_000, "currency": "ZAR" }));
    assert_eq!((&invoice["month"], &invoice["due_on"]), (&json!("2026-04"), &json!("2026-05-15")));
    live(&service, date(2026, 5, 2), date(2026, 5, 25)).await;
    let grace = get(&service, &host, &owner, "/subscription").await.is(200);
    assert_eq!((&grace["state"], &grace["freezes_on"]), (&json!("grace"), &json!("2026-05-26")));
    get(&service, &host, &member, "/me").await.is(200);
    live(&service, date(2026, 5, 26), date(2026, 5, 26)).await;
    // The owner reads, nobody else does anything.
    get(&service, &host, &owner, "/me").await.is(200);
    assert_eq!(get(&service, &host, &member, "/me").await.problem(403), "subscription.frozen");
    let write = posting("/clients", &json!({ "name": "Umbrella" })).token(&owner);
    let refused = write.send(&service.router, &host).await;
    assert_eq!(refused.problem(403), "subscription.frozen");
    let seen = service.inspect(&format!("/tenants/{}", tenant.0)).await.is(200);
    let states = (&seen["state"], &seen["subscription_state"], &seen["subscription"]["missing"]);
    assert_eq!(states, (&json!("frozen"), &json!("frozen"), &json!("unpaid")));
    pay(&service, tenant, 18_999).await.is(201);
    assert_eq!(get(&service, &host, &member, "/me").await.problem(403), "subscription.frozen");
    pay(&service, tenant, 1).await.is(201);
    get(&service, &host, &member, "/me").await.is(200);
    write.send(&service.router, &host).await.is(201);
    let told = subjects(&service).await;
    let expected = [
        "The trial ends soon: Firm acme",
        "The trial ends soon: Firm acme",
        "An invoice for Firm acme",
        "A payment is overdue: Firm acme",
        "A payment is overdue: Firm acme",
        "Firm acme is frozen",
        "Firm acme can be used again",
    ];
    let about_money: Vec<_> = told.iter().skip(2).collect();
    // They're sent when the test looks, as things are then: what has passed is not said any more.
    assert!(about_money.iter().all(|subject| expected.contains(&subject.as_str())), "{told:?}");
    assert!(told.contains(&"Firm acme can be used again".to_owned()), "{told:?}");
    service.close().await;
}

async fn pay(service: &Service, tenant: TenantId, amount_minor: i64) -> Reply {
    let amount = json!({ "amount": { "amount_minor": amount_minor, "currency": "ZAR" } });
    let billing = service.member(TenantId::PLATFORM, Role::Billing).await;
    let path = format!("/tenants/{}/payments", tenant.0);
    service.send(&posting(&path, &amount).token(&billing)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_billed_for_who_acted_though_they_left_before_its_end() {
    let service = Service::at("2026-01-02T08:00:00Z").await;
    let (host, tenant, owner) = service.firm("acme").await;
    live(&service, date(2026, 2, 1), date(2026, 2, 1)).await;
    service.now("2026-02-10T12:00:00Z");
    let member = service.member(tenant, Role::Manager).await;
    let named = posting("/clients", &json!({ "name": "Umbrella" })).token(&member);
    named.send(&service.router, &host).await.is(201);
    let write = posting("/clients", &json!({ "name": "Tyrell" })).token(&owner);
    write.send(&service.router, &host).await.is(201);
    let me = get(&service, &host, &member, "/me").await.is(200);
    let path = format!("/members/{}/deactivate", me["id"].as_str().expect("an id"));
    posting(&path, &json!({})).token(&owner).send(&service.router, &host).await.is(200);
    // Nobody ran for two months; the counts are those of February all the same.
    live(&service, date(2026, 4, 20), date(2026, 4, 20)).await;
    let standing = get(&service, &host, &owner, "/subscription").await.is(200);
    let counts: Vec<Value> = standing["invoices"]
        .as_array()
        .expect("invoices")
        .iter()
        .map(|it| json!([it["month"], it["acted"], it["set_active"], it["due_on"]]))
        .collect();
    assert_eq!(
        counts,
        [json!(["2026-03", 0, 1, "2026-05-04"]), json!(["2026-02", 2, 1, "2026-05-04"])]
    );
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_see_all_tenants_and_look_after_them_and_nobody_else_does() {
    let service = Service::at("2026-03-02T08:00:00Z").await;
    let body = json!({
        "slug": "acme", "name": "Acme", "owner_name": "Nova", "owner_email": "nova@example.com",
    });
    let made = service.operate("/tenants", &body).await.is(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    service.operate("/tenants", &body).await.problem(422);
    let (host, umbrella, owner) = service.firm("umbrella").await;
    let page = service.inspect("/tenants?limit=1").await.is(200);
    assert_eq!(page["items"][0]["slug"], "acme");
    let cursor = page["next_cursor"].as_str().expect("more");
    let page = service.inspect(&format!("/tenants?limit=1&cursor={cursor}")).await.is(200);
    assert_eq!(page["items"][0]["slug"], "umbrella");
    assert_eq!(page["next_cursor"], json!(null));
    // What is the platform's is not on a tenant's site, not even for its owner.
    for path in ["/tenants", "/plans", &format!("/tenants/{id}")] {
        assert_eq!(get(&service, &host, &owner, path).await.problem(404), "not_found", "{path}");
    }
    let auditor = service.member(TenantId::PLATFORM, Role::Auditor).await;
    service.send(&ask("GET", "/tenants").token(&auditor)).await.is(200);
    let member = service.member(TenantId::PLATFORM, Role::Member).await;
    let refused = service.send(&ask("GET", "/tenants").token(&member)).await;
    assert_eq!(refused.problem(403), "auth.forbidden");
    let path = format!("/tenants/{}", umbrella.0);
    service.operate(&format!("{path}/suspend"), &json!({ "reason": "asked" })).await.is(200);
    assert_eq!(get(&service, &host, &owner, "/me").await.problem(403), "tenancy.suspended");
    let listed = service.inspect("/tenants?state=suspended").await.is(200);
    assert_eq!(listed["items"].as_array().expect("items").len(), 1);
    service.operate(&format!("{path}/resume"), &json!({})).await.is(200);
    get(&service, &host, &owner, "/me").await.is(200);
    service.operate(&format!("{path}/trial"), &json!({ "until": "2026-05-01" })).await.is(200);
    let one = service.inspect(&path).await.is(200);
    assert_eq!(one["subscription"]["trial_until"], "2026-05-01");
    assert_eq!(one["hosts"], json!(["umbrella.localhost"]));
    let platform = format!("/tenants/{}", TenantId::PLATFORM.0);
    assert_eq!(service.inspect(&platform).await.problem(404), "not_found");
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_who_chose_no_plan_thaws_the_firm_by_choosing_one() {
    let service = Service::at("2026-03-02T08:00:00Z").await;
    let body = json!({
        "slug": "acme", "name": "Acme", "owner_name": "Nova", "owner_email": "nova@example.com",
    });
    let made = service.operate("/tenants", &body).await.is(201);
    let tenant = TenantId(made["id"].as_str().unwrap().parse().expect("an id"));
    let owners = commands::subscription::owners(&service.system.tenants, tenant).await;
    let owner = service.token(tenant, owners.expect("a log")[0]).await;
    let admin = service.member(tenant, Role::Admin).await;
    live(&service, date(2026, 4, 11), date(2026, 4, 11)).await;
    let host = "acme.localhost";
    let frozen = get(&service, host, &owner, "/subscription").await.is(200);
    assert_eq!((&frozen["state"], &frozen["missing"]), (&json!("frozen"), &json!("no_plan")));
    let choose = |plan: &str, token: &str| {
        posting("/subscription/plan", &json!({ "plan": plan })).token(token)
    };
    let refused = choose("standard", &admin).send(&service.router, host).await;
    assert_eq!(refused.problem(403), "subscription.frozen");
    for (plan, code) in [("gold", "plan_not_offered"), ("trial", "plan_without_prices")] {
        let reply = choose(plan, &owner).send(&service.router, host).await;
        assert_eq!(reply.problem(422), format!("subscription.{code}"));
    }
    let chosen = choose("standard", &owner).send(&service.router, host).await;
    assert_eq!(chosen.is(200)["state"], "active");
    get(&service, host, &admin, "/me").await.is(200);
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_defined_and_its_price_changes_with_a_month_to_come() {
    let service = Service::at("2026-03-02T08:00:00Z").await;
    let zar = |minor: i64| json!([{ "amount_minor": minor, "currency": "ZAR" }]);
    let body = json!({
        "code": "large", "name": "Large", "description": "For many", "prices": zar(8000),
    });
    assert_eq!(service.visit("/plans", &body).await.problem(401), "auth.unauthenticated");
    service.operate("/plans", &body).await.is(201);
    assert_eq!(service.operate("/plans", &body).await.problem(422), "subscription.plan_exists");
    let seen = service.look("/plans/large").await;
    let revise = |tag: &str, from: &str| {
        let body = json!({ "prices": zar(7000), "from": from });
        ask("PATCH", "/plans/large").header("if-match", tag).token(&service.operator).json(&body)
    };
    let past = service.send(&revise(&seen.header("etag"), "2026-03-01")).await;
    assert_eq!(past.problem(422), "subscription.prices_from_past");
    service.send(&revise(&seen.header("etag"), "2026-05-01")).await.is(200);
    let stale = service.send(&revise(&seen.header("etag"), "2026-06-01")).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let prices = service.look("/plans/large").await.is(200)["prices"].clone();
    assert_eq!(prices[0]["from"], json!(null));
    assert_eq!(prices[1], json!({ "from": "2026-05-01", "prices": zar(7000) }));
    service.close().await;
}
