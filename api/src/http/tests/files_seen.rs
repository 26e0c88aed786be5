//! Who sees a file: what tells of somebody's health is theirs, in lists, in history and by its
//! content; what was changed in the store is nobody's; and two tenants never meet.

use std::time::{Duration, Instant};

use domain::files::FileKind;
use domain::id::FileId;
use domain::members::Role;
use migrations::cell::PoolLimits;
use migrations::files::ObjectName;
use migrations::testing::cell;
use serde_json::{Value, json};
use uuid::Uuid;

use super::files::{PDF, PNG};
use super::firm::Person;
use super::{Firm, Reply};

/// The ids that somebody's list has.
async fn listed(firm: &Firm, person: &Person) -> Vec<String> {
    let ask = super::ask("GET", "/files").header("prefer", "wait=5").token(&person.token);
    let list = firm.raw(&ask).await.is(200);
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

/// Asks again until it's answered so: a right is remembered for a second.
async fn until(firm: &Firm, person: &Person, path: &str, status: u16) -> Reply {
    let began = Instant::now();
    loop {
        let reply = firm.get_as(person, path).await;
        if reply.status.as_u16() == status || began.elapsed() > Duration::from_secs(10) {
            assert_eq!(reply.status.as_u16(), status, "{}", reply.text);
            return reply;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_sick_note_is_seen_by_its_member_and_by_nobody_through_a_role() {
    let firm = Firm::new().await;
    let member = firm.person(&[Role::Member]).await;
    let id = firm.keep(&member, "kind=sick_note&name=Influenza.pdf", PDF).await;
    let path = format!("/files/{id}");
    let content = firm.get_as(&member, &format!("{path}/content")).await;
    assert_eq!((content.status.as_u16(), &*content.bytes), (200, PDF));
    let shown = firm.get_as(&member, &path).await.is(200);
    assert_eq!((&shown["name"], &shown["sha256"]), (&json!("Influenza.pdf"), &Value::Null));
    assert_eq!(listed(&firm, &member).await, std::slice::from_ref(&id));
    for role in Role::ALL {
        let other = firm.person(&[role]).await;
        assert_eq!(firm.get_as(&other, &path).await.problem(404), "not_found", "{role}");
        let content = firm.get_as(&other, &format!("{path}/content")).await;
        assert_eq!(content.problem(404), "not_found", "{role}");
        assert_eq!(listed(&firm, &other).await, [""; 0], "{role}");
        let removed = super::ask("DELETE", &path).header("if-match", "*").token(&other.token);
        let status = firm.raw(&removed).await.status.as_u16();
        assert_eq!(status, if role == Role::Auditor { 403 } else { 404 }, "{role}");
        for history in ["/events?limit=200", &format!("/audit/{id}")] {
            let reply = firm.get_as(&other, history).await;
            assert!(!reply.text.contains("Influenza"), "{role}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn a_file_is_shown_by_a_grant_that_the_log_tells_until_it_is_taken_back() {
    let firm = Firm::new().await;
    let member = firm.person(&[Role::Member]).await;
    let (admin, approver) =
        (firm.person(&[Role::Admin]).await, firm.person(&[Role::Manager]).await);
    let id = firm.keep(&member, "kind=sick_note&name=Influenza.pdf", PDF).await;
    let (path, content) = (format!("/files/{id}"), format!("/files/{id}/content"));
    let to =
        |person: &Person| json!({ "member_id": person.member, "right": "reader", "object_id": id });
    // Nobody opens it to themselves but an owner, and that is told.
    assert_eq!(firm.post_as(&approver, "/grants", &to(&approver)).await.problem(404), "not_found");
    let favour = firm.post_as(&admin, "/grants", &to(&admin)).await;
    assert_eq!(favour.problem(403), "auth.forbidden");
    let given = firm.post_as(&member, "/grants", &to(&approver)).await;
    given.is(201);
    until(&firm, &approver, &path, 200).await;
    assert_eq!(firm.get_as(&approver, &content).await.bytes, PDF);
    assert_eq!(listed(&firm, &approver).await, std::slice::from_ref(&id));
    let readers = format!("/grants?object_id={id}&min_position={}", given.position());
    let readers = firm.get_as(&member, &readers).await.is(200);
    assert_eq!(readers["items"][0]["member_id"], approver.member.to_string());
    assert_eq!(firm.get_as(&admin, &path).await.problem(404), "not_found");
    let grant = format!("/grants/{}", given.id());
    let tag = firm.get_as(&member, &grant).await.header("etag");
    let taken = super::ask("DELETE", &grant).header("if-match", &tag).token(&member.token);
    firm.raw(&taken).await.is(200);
    until(&firm, &approver, &content, 404).await;
    let own = firm.post("/grants", &to(&firm.owner)).await;
    own.is(201);
    until(&firm, &firm.owner, &content, 200).await;
    let events = firm.get("/events?limit=200").await.is(200);
    let last = events["items"].as_array().and_then(|items| items.last()).expect("an event");
    assert_eq!((&last["type"], &last["data"]["object"]), (&json!("GrantGiven"), &json!(id)));
    assert_eq!(last["actor"]["id"], firm.owner.member.to_string());
}

#[tokio::test]
async fn documents_are_seen_by_whose_they_are_and_by_who_looks_after_what_they_are_about() {
    let firm = Firm::new().await;
    let member = firm.person(&[Role::Member]).await;
    let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await.id();
    let private = firm.keep(&member, "kind=document&name=cv.pdf", PDF).await;
    let query = format!("kind=contract&client_id={client}");
    let contract = firm.keep(&firm.owner, &query, PDF).await;
    let logo = firm.keep(&firm.owner, "kind=logo", PNG).await;
    let of = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort();
        ids
    };
    let everything = of(&[&private, &contract, &logo]);
    let books = of(&[&contract, &logo]);
    for (role, seen) in [
        (Role::Owner, &everything),
        (Role::Admin, &everything),
        (Role::Manager, &books),
        (Role::Billing, &books),
        (Role::Auditor, &books),
        (Role::Member, &of(&[&logo])),
    ] {
        let person = firm.person(&[role]).await;
        let mut list = listed(&firm, &person).await;
        list.sort();
        assert_eq!(&list, seen, "{role}");
        for id in [&private, &contract, &logo] {
            let status = firm.get_as(&person, &format!("/files/{id}/content")).await.status;
            assert_eq!(status.as_u16(), if seen.contains(id) { 200 } else { 404 }, "{role}");
        }
    }
    let body = json!({
        "member_id": member.member, "right": "account_manager", "object_id": client,
    });
    firm.post("/grants", &body).await.is(201);
    until(&firm, &member, &format!("/files/{contract}/content"), 200).await;
    let mut list = listed(&firm, &member).await;
    list.sort();
    assert_eq!(list, everything);
}

#[tokio::test]
async fn what_was_changed_in_the_store_is_refused() {
    let firm = Firm::new().await;
    let id = firm.keep(&firm.owner, "kind=logo", PNG).await;
    let files = firm.app.files.of(firm.tenant.id);
    let id: FileId = id.parse().expect("an id");
    let name = ObjectName { kind: FileKind::Logo, id };
    let other = [PNG, b"!"].concat();
    files.put(name, &other.into()).await.expect("written");
    let path = format!("/files/{id}/content");
    assert_eq!(firm.get(&path).await.problem(500), "files.changed");
    files.delete(name).await.expect("destroyed");
    assert_eq!(firm.get(&path).await.problem(500), "files.changed");
}

#[tokio::test]
async fn tenants_with_the_same_files_never_meet() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let (own, foreign) = (
        firm.keep(&firm.owner, "kind=document&name=a.pdf", PDF).await,
        other.keep(&other.owner, "kind=document&name=a.pdf", PDF).await,
    );
    let random = Uuid::nil().to_string();
    for path in ["/files/ID", "/files/ID/content"] {
        let asked = |id: &str| path.replace("ID", id);
        let replies = [firm.get(&asked(&foreign)).await, firm.get(&asked(&random)).await];
        assert_eq!(replies[0].masked(), replies[1].masked());
        assert_eq!(replies[0].problem(404), "not_found");
    }
    let removed = firm.change("DELETE", &format!("/files/{foreign}"), "*", &Value::Null).await;
    assert_eq!(removed.problem(404), "not_found");
    let body = json!({
        "member_id": firm.owner.member, "right": "reader", "object_id": foreign,
    });
    assert_eq!(firm.post("/grants", &body).await.problem(404), "not_found");
    assert_eq!(listed(&firm, &firm.owner).await, std::slice::from_ref(&own));
    // The same object id in both, as an import may have it, is two objects.
    let (mine, theirs) = (firm.app.files.of(firm.tenant.id), firm.app.files.of(other.tenant.id));
    let id: FileId = own.parse().expect("an id");
    let name = ObjectName { kind: FileKind::Document, id };
    theirs.put(name, &axum::body::Bytes::from_static(b"theirs")).await.expect("written");
    assert_eq!(firm.get(&format!("/files/{own}/content")).await.bytes, PDF);
    theirs.delete(name).await.expect("destroyed");
    assert!(mine.get(name).await.expect("an answer").is_some());
    assert_eq!(other.get(&format!("/files/{foreign}/content")).await.bytes, PDF);
}
