//! Signing in over HTTP: what an outsider is told, what a link and a session are good for, and how
//! both end.

use std::time::{Duration, Instant};

use commands::links::Purpose;
use domain::members::Role;
use migrations::cell::PoolLimits;
use migrations::testing::{cell, random_id};
use serde_json::{Value, json};

use super::firm::{Person, posting};
use super::{Firm, ask};

/// Waits until requests with this secret are answered so: what was found lately is remembered for a
/// second.
async fn is_answered(firm: &Firm, person: &Person, status: u16) {
    let began = Instant::now();
    while firm.get_as(person, "/me").await.status.as_u16() != status {
        assert!(began.elapsed() < Duration::from_secs(10), "never {status}");
        tokio::task::yield_now().await;
    }
}

async fn mails(firm: &Firm) -> usize {
    let mut tx = firm.tenant.tenants.begin(firm.tenant.id).await.expect("the door");
    let sql = "select reference from {t}.jobs where kind = 'mail'";
    tx.query(sql).fetch_all().await.expect("the jobs").len()
}

async fn follow(firm: &Firm, token: &str) -> super::Reply {
    firm.raw(&posting("/sessions", &json!({ "token": token }))).await
}

#[tokio::test]
async fn whoever_asks_for_a_link_is_answered_alike_and_a_member_is_mailed_one() {
    let firm = Firm::new().await;
    let body = json!({ "name": "Ayo", "email": "ayo@example.com", "roles": ["member"] });
    let rests = json!({ "name": "Eve", "email": "eve@example.com", "roles": ["member"] });
    firm.post("/members", &body).await.is(201);
    let eve = firm.post("/members", &rests).await.id();
    firm.post(&format!("/members/{eve}/deactivate"), &json!({})).await.is(200);
    let before = mails(&firm).await;
    let asking = async |email: &str| {
        let reply = firm.raw(&posting("/sign-in", &json!({ "email": email }))).await;
        reply.is(202);
        reply.masked()
    };
    let unknown = asking("nobody@example.com").await;
    for email in ["eve@example.com", "no address", "", "ayo@example.com", "AYO@example.com "] {
        assert_eq!(asking(email).await, unknown, "{email}");
    }
    let began = Instant::now();
    while mails(&firm).await < before + 2 {
        assert!(began.elapsed() < Duration::from_secs(10), "the member is mailed");
        tokio::task::yield_now().await;
    }
    assert_eq!(mails(&firm).await, before + 2, "and nobody else");
}

#[tokio::test]
async fn a_link_is_exchanged_for_a_session_that_says_who_it_is() {
    let firm = Firm::new().await;
    let person = firm.person(&[Role::Manager]).await;
    let link = firm.link(Purpose::Invitation, person.member).await;
    let begun = follow(&firm, &link).await.is(201);
    let token = begun["token"].as_str().expect("a secret").to_owned();
    assert!(token.starts_with("cms_"));
    assert_eq!(begun["member"]["id"], person.member.to_string());
    assert_eq!(begun["member"]["registration"], "registered");
    assert!(begun["idle_expires_at"].as_str() < begun["expires_at"].as_str());
    let signed_in = Person { member: person.member, token };
    let me = firm.get_as(&signed_in, "/me").await.is(200);
    assert_eq!((&me["session"]["id"], &me["session"]["current"]), (&begun["id"], &json!(true)));
    assert_eq!(me["session"]["method"], json!(["mailed_link"]));
    assert_eq!(firm.get_as(&person, "/me").await.is(200)["session"], Value::Null);
    firm.post_as(&signed_in, "/clients", &json!({ "name": "Umbrella" })).await.is(201);
    let events = firm.get("/events?limit=200").await.is(200);
    let of = |kind: &str| {
        let items = events["items"].as_array().expect("items").iter();
        items.filter(|event| event["type"] == kind).cloned().collect::<Vec<_>>()
    };
    assert_eq!(of("SessionBegun")[0]["actor"]["id"], person.member.to_string());
    assert_eq!(of("MemberRegistered").len(), 1);
    assert!(!events.to_string().contains(&signed_in.token[4..]));
}

#[tokio::test]
async fn a_link_that_is_of_no_use_is_refused_without_a_reason() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let member = firm.person(&[Role::Member]).await.member;
    let random = follow(&firm, &random_id().to_string()).await;
    assert_eq!(random.problem(422), "members.link_unusable");
    let used = firm.link(Purpose::SignIn, member).await;
    follow(&firm, &used).await.is(201);
    let moved = firm.link(Purpose::SignIn, member).await;
    let path = format!("/members/{member}");
    let body = json!({ "email": "ayo@example.org" });
    firm.change("PATCH", &path, "*", &body).await.is(200);
    let rests = firm.person(&[Role::Member]).await.member;
    let rested = firm.link(Purpose::SignIn, rests).await;
    firm.post(&format!("/members/{rests}/deactivate"), &json!({})).await.is(200);
    for (link, why) in [
        (used, "used"),
        (moved, "mailed to the old address"),
        (rested, "of somebody who rests"),
        (firm.link(Purpose::Invitation, member).await, "of somebody who has registered"),
        (firm.link(Purpose::SignupConfirmation, member).await, "for another purpose"),
        (other.link(Purpose::SignIn, other.owner.member).await, "of another tenant"),
        (firm.link(Purpose::SignIn, other.owner.member).await, "of a member of another tenant"),
        (String::new(), "empty"),
        ("A".repeat(64), "random"),
    ] {
        assert_eq!(follow(&firm, &link).await.masked(), random.masked(), "{why}");
    }
}

#[tokio::test]
async fn of_two_tabs_one_is_signed_in_and_a_request_that_comes_again_learns_no_secret() {
    let firm = Firm::new().await;
    let link = firm.link(Purpose::SignIn, firm.owner.member).await;
    let request = posting("/sessions", &json!({ "token": link }));
    let (one, two) = tokio::join!(follow(&firm, &link), firm.raw(&request));
    let statuses = [one.status.as_u16(), two.status.as_u16()];
    assert!(statuses == [201, 422] || statuses == [422, 201], "{statuses:?}");
    let again = firm.raw(&request).await;
    if two.status.as_u16() == 201 {
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!((&again.is(201)["token"], again.id()), (&Value::Null, two.id()));
    } else {
        assert_eq!(again.problem(422), "members.link_unusable");
    }
}

#[tokio::test]
async fn a_secret_is_of_no_use_elsewhere_or_altered() {
    let (firm, other) = (Firm::new().await, Firm::new().await);
    let signed_in = firm.session(firm.owner.member).await.person;
    assert_eq!(other.get_as(&signed_in, "/me").await.problem(401), "auth.unauthenticated");
    let token = &signed_in.token;
    for altered in [
        token.replacen("cms_", "cm_", 1),
        format!("{token}A"),
        token.to_uppercase(),
        "cms_".to_owned(),
        format!("cms_{}", "A".repeat(43)),
    ] {
        let person = Person { token: altered, ..signed_in.clone() };
        assert_eq!(firm.get_as(&person, "/me").await.problem(401), "auth.unauthenticated");
    }
}

#[tokio::test]
async fn a_session_ends_when_its_member_rests_loses_a_right_or_moves_and_tokens_do_not() {
    let firm = Firm::new().await;
    let admin = firm.person(&[Role::Admin]).await;
    let path = format!("/members/{}", admin.member);
    let verbs = [
        ("POST", format!("{path}/roles"), json!({ "roles": ["owner"] }), 200),
        ("POST", format!("{path}/roles"), json!({ "roles": ["member"] }), 401),
        ("PATCH", path.clone(), json!({ "email": "ayo@example.org" }), 401),
        ("PATCH", path.clone(), json!({ "name": "Ayo" }), 200),
        ("POST", format!("{path}/deactivate"), json!({}), 401),
    ];
    for (method, path, body, status) in verbs {
        let session = firm.session(admin.member).await.person;
        is_answered(&firm, &session, 200).await;
        match method {
            "POST" => firm.post(&path, &body).await.is(200),
            _ => firm.change(method, &path, "*", &body).await.is(200),
        };
        is_answered(&firm, &session, status).await;
        if !path.ends_with("deactivate") {
            is_answered(&firm, &admin, 200).await;
        }
    }
    is_answered(&firm, &admin, 401).await;
}

#[tokio::test]
async fn everybody_sees_and_ends_their_own_sessions_and_an_admin_those_of_others() {
    let firm = Firm::new().await;
    let auditor = firm.person(&[Role::Auditor]).await;
    let [first, second] = [firm.session(auditor.member).await, firm.session(auditor.member).await];
    let listed = firm.get_as(&first.person, "/sessions").await.is(200);
    let items = listed["items"].as_array().expect("items");
    assert_eq!([&items[0]["id"], &items[1]["id"]], [&json!(second.id), &json!(first.id)]);
    assert_eq!([&items[0]["current"], &items[1]["current"]], [&json!(false), &json!(true)]);
    let manager = firm.person(&[Role::Manager]).await;
    let theirs = format!("/sessions?member_id={}", auditor.member);
    assert_eq!(firm.get_as(&manager, &theirs).await.problem(403), "auth.forbidden");
    assert_eq!(firm.get(&theirs).await.is(200)["items"].as_array().map(Vec::len), Some(2));
    let end = |person: &Person, id: &str| {
        let ask = ask("DELETE", &format!("/sessions/{id}")).token(&person.token);
        ask.header("if-match", "*")
    };
    let unknown = firm.raw(&end(&manager, &random_id().to_string())).await;
    assert_eq!(unknown.problem(404), "not_found");
    assert_eq!(firm.raw(&end(&manager, &first.id)).await.masked(), unknown.masked());
    firm.raw(&end(&first.person, &first.id)).await.is(200);
    is_answered(&firm, &first.person, 401).await;
    is_answered(&firm, &second.person, 200).await;
    assert_eq!(firm.get(&theirs).await.is(200)["items"].as_array().map(Vec::len), Some(1));
    firm.raw(&end(&firm.owner, &second.id)).await.is(200);
    is_answered(&firm, &second.person, 401).await;
}

#[tokio::test]
async fn all_sessions_of_a_member_end_at_once_and_a_link_mailed_before_is_of_no_use() {
    let firm = Firm::new().await;
    let member = firm.person(&[Role::Member]).await;
    let [first, second] = [firm.session(member.member).await, firm.session(member.member).await];
    let link = firm.link(Purpose::SignIn, member.member).await;
    firm.post_as(&first.person, "/sessions/revoke-all", &json!({})).await.is(200);
    is_answered(&firm, &first.person, 401).await;
    is_answered(&firm, &second.person, 401).await;
    assert_eq!(follow(&firm, &link).await.problem(422), "members.link_unusable");
    is_answered(&firm, &member, 200).await;
    let third = firm.session(member.member).await;
    let all = json!({ "member_id": member.member });
    let colleague = firm.person(&[Role::Manager]).await;
    let reply = firm.post_as(&colleague, "/sessions/revoke-all", &all).await;
    assert_eq!(reply.problem(403), "auth.forbidden");
    firm.post("/sessions/revoke-all", &all).await.is(200);
    is_answered(&firm, &third.person, 401).await;
}

#[tokio::test]
async fn one_address_in_two_tenants_is_two_members_who_know_nothing_of_each_other() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let body = json!({ "name": "Ayo", "email": "ayo@example.com", "roles": ["member"] });
    let [here, there] =
        [firm.post("/members", &body).await.id(), other.post("/members", &body).await.id()];
    let id = |text: &str| domain::id::MemberId(text.parse().expect("an id"));
    let link = firm.link(Purpose::SignIn, id(&here)).await;
    assert_eq!(follow(&other, &link).await.problem(422), "members.link_unusable");
    let [mine, theirs] =
        [firm.session(id(&here)).await, other.session(id(&there)).await].map(|it| it.person);
    assert_eq!(other.get_as(&mine, "/me").await.problem(401), "auth.unauthenticated");
    other.post(&format!("/members/{there}/deactivate"), &json!({})).await.is(200);
    is_answered(&other, &theirs, 401).await;
    is_answered(&firm, &mine, 200).await;
}
