//! A firm signs itself up, as a visitor lives through it: by HTTP and by the mails that are sent.

use std::collections::BTreeSet;

use commands::subscription;
use domain::id::TenantId;
use futures::future::join_all;
use serde_json::json;

use super::ask;
use super::service::{BASE, Service, firm_named};

const NOW: &str = "2026-03-02T08:00:00Z";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_firm_signs_itself_up_by_the_mailed_link_and_works_at_once() {
    let service = Service::at(NOW).await;
    let plans = service.look("/plans").await.is(200);
    let codes: Vec<_> = plans["items"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(codes, ["standard", "trial"]);
    let begun = service.visit("/signups", &firm_named("acme")).await;
    begun.is(201);
    let path = format!("/signups/{}", begun.id());
    let seen = service.look(&path).await;
    assert_eq!(seen.is(200)["state"], "waiting");
    assert_eq!(seen.json()["expires_at"], "2026-03-03T08:00:00Z");
    let first_token = service.mailed_token(&path).await;
    // A slip is corrected: a new link goes out and the one before is of no use.
    let fix = ask("PATCH", &path).header("if-match", &seen.header("etag"));
    let fix = fix.json(&json!({ "firm_name": "Acme Consulting", "time_zone": "Africa/Maseru" }));
    service.send(&fix).await.is(200);
    assert_eq!(service.send(&fix).await.problem(412), "precondition.failed");
    let confirm = format!("{path}/confirm");
    let old = service.visit(&confirm, &json!({ "token": first_token })).await;
    assert_eq!(old.problem(422), "signup.expired");
    let token = service.mailed_token(&path).await;
    assert_ne!(token, first_token);
    let made = service.visit(&confirm, &json!({ "token": token })).await;
    assert_eq!(made.is(200)["state"], "completed");
    assert_eq!(made.json()["site_url"], "http://acme.localhost");
    let sign_in = made.json()["sign_in_url"].as_str().expect("a first way in").to_owned();
    assert!(sign_in.starts_with("http://acme.localhost/sign-in?token="), "{sign_in}");
    // A second time is harmless, and is no second way in.
    let again = service.visit(&confirm, &json!({ "token": token })).await;
    assert_eq!(again.is(200)["sign_in_url"], json!(null));
    assert_eq!(service.look(&path).await.is(200)["state"], "completed");
    let mails = service.mails().await;
    let welcome = mails.last().expect("a mail");
    assert!(welcome.contains("Acme Consulting is ready"), "{welcome}");
    assert!(welcome.contains("http://acme.localhost") && welcome.contains("2026-04-01"));
    assert_eq!(mails.len(), 3, "two links and a welcome");
    let record = service.system.platform.tenant_by_slug("acme").await.unwrap().expect("a tenant");
    let owners = subscription::owners(&service.system.tenants, record.id).await.expect("a log");
    let owner = service.token(record.id, owners[0]).await;
    let host = "acme.localhost";
    let me = ask("GET", "/me").token(&owner).send(&service.router, host).await;
    assert_eq!(me.is(200)["roles"], json!(["owner"]));
    let standing = ask("GET", "/subscription").token(&owner).send(&service.router, host).await;
    assert_eq!(standing.is(200)["state"], "trial");
    assert_eq!(standing.json()["plan"], "standard");
    let zone = ask("GET", "/settings/TIME_ZONE").token(&owner).send(&service.router, host).await;
    assert_eq!(zone.is(200)["value"], "Africa/Maseru");
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_who_want_one_name_at_once_one_gets_it_until_its_day_is_over() {
    let service = Service::at(NOW).await;
    let bodies: Vec<_> = (0..20)
        .map(|n| {
            let mut body = firm_named("acme");
            body["owner_email"] = json!(format!("nova{n}@example.com"));
            body
        })
        .collect();
    let replies = join_all(bodies.iter().map(|body| service.visit("/signups", body))).await;
    let won: Vec<_> = replies.iter().filter(|reply| reply.status.as_u16() == 201).collect();
    assert_eq!(won.len(), 1);
    for lost in replies.iter().filter(|reply| reply.status.as_u16() != 201) {
        assert_eq!(lost.problem(422), "signup.slug_taken");
        assert_eq!(lost.fault().0, "/slug");
    }
    // The name of a tenant is answered in the same words.
    service.firm("umbrella").await;
    let taken = service.visit("/signups", &firm_named("umbrella")).await;
    let waiting = service.visit("/signups", &firm_named("acme")).await;
    assert_eq!(taken.masked(), waiting.masked());
    service.now("2026-03-03T08:00:01Z");
    let path = format!("/signups/{}", won[0].id());
    assert_eq!(service.look(&path).await.is(200)["state"], "expired");
    let next = service.visit("/signups", &firm_named("acme")).await;
    next.is(201);
    let ids: BTreeSet<_> = [won[0].id(), next.id()].into();
    assert_eq!(ids.len(), 2);
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_a_sign_up_says_what_to_do_and_reserved_names_are_kept_back() {
    let service = Service::at(NOW).await;
    let mut body = firm_named("A");
    body["country"] = json!("XX");
    body["plan"] = json!("gold");
    let reply = service.visit("/signups", &body).await;
    assert_eq!(reply.problem(422), "signup.invalid");
    let errors = reply.json()["errors"].as_array().expect("faults").clone();
    let pointers: Vec<_> = errors.iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/slug", "/country", "/plan"]);
    assert!(errors.iter().all(|fault| !fault["detail"].as_str().unwrap().is_empty()));
    for slug in ["www", "api", "admin", "mail", "status", "support"] {
        let reply = service.visit("/signups", &firm_named(slug)).await;
        reply.problem(422);
        assert_eq!(reply.fault(), ("/slug".into(), "signup.slug_reserved".into()), "{slug}");
    }
    // Who does not know the id is told nothing.
    let unknown = format!("/signups/{}", migrations::testing::random_id());
    assert_eq!(service.look(&unknown).await.problem(404), "not_found");
    let confirm = format!("{unknown}/confirm");
    let reply = service.visit(&confirm, &json!({ "token": "x" })).await;
    assert_eq!(reply.problem(404), "not_found");
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_sent_so_many_mails_a_day_and_a_flag_closes_sign_ups() {
    let service = Service::at(NOW).await;
    let body = |n: u32| {
        let mut body = firm_named(&format!("firm{n}"));
        body["owner_email"] = json!("nova@example.com");
        body
    };
    for n in 0..5 {
        service.visit("/signups", &body(n)).await.is(201);
    }
    let sixth = service.visit("/signups", &body(6)).await;
    assert_eq!(sixth.problem(429), "signup.too_many_mails");
    service.now("2026-03-03T08:00:01Z");
    service.visit("/signups", &body(7)).await.is(201);
    let closed = json!({
        "key": "public_sign_up", "description": "Firms may sign themselves up", "default": false,
    });
    service.operate("/flags", &closed).await.is(200);
    let reply = service.visit("/signups", &firm_named("late")).await;
    assert_eq!(reply.problem(422), "signup.closed");
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_up_that_was_cut_off_after_its_confirmation_is_completed_by_its_job() {
    let service = Service::at(NOW).await;
    let begun = service.visit("/signups", &firm_named("acme")).await;
    let id = domain::id::SignUpId(begun.id().parse().expect("an id"));
    let token = service.mailed_token("").await;
    let keys = service.system.keys.of(TenantId::PLATFORM).await.expect("keys");
    let mut tx = service.system.tenants.begin(TenantId::PLATFORM).await.expect("the door");
    let purpose = commands::links::Purpose::SignupConfirmation;
    let now = service.clock.now();
    let link = commands::links::look(&mut tx, &keys, &token, purpose, now).await.expect("a link");
    tx.commit().await.expect("the database");
    let platform = TenantId::PLATFORM;
    let (actor, via) = (domain::log::Actor::Visitor, domain::log::Via::Api);
    let sender = commands::Sender::new(platform, actor, via);
    let confirm = commands::signup::ConfirmSignUp { sign_up: id, letter: link.id };
    service.system.commands.handle(sender, confirm).await.expect("confirmed");
    // Whoever confirmed went no further; half a minute later the job does.
    let path = format!("/signups/{}", begun.id());
    assert_eq!(service.look(&path).await.is(200)["state"], "confirmed");
    service.now("2026-03-02T08:00:31Z");
    service.mails().await;
    assert_eq!(service.look(&path).await.is(200)["state"], "completed");
    let again = service.visit(&format!("{path}/confirm"), &json!({ "token": token })).await;
    assert_eq!(again.is(200)["site_url"], format!("http://acme.{BASE}"));
    assert_eq!(service.system.platform.tenants().await.expect("the catalogue").len(), 1);
    service.close().await;
}
