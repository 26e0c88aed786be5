//! Rights on single objects over HTTP: what a member may do with a client or a project that they
//! were given, and who sees which right.

use domain::members::Role;
use serde_json::{Value, json};

use super::Firm;

#[tokio::test]
async fn a_member_looks_after_the_project_they_were_given() {
    let firm = Firm::new().await;
    let member = firm.person(&[Role::Member]).await;
    let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await.id();
    let body = json!({ "client_id": client, "name": "Website" });
    let project = firm.post("/projects", &body).await.id();
    let path = format!("/projects/{project}");
    let change = |path: &str| {
        let ask = super::ask("PATCH", path).header("if-match", "*").token(&member.token);
        ask.json(&json!({ "name": "Website II" }))
    };
    assert_eq!(firm.raw(&change(&path)).await.problem(403), "auth.forbidden");
    let give = json!({
        "member_id": member.member, "right": "project_manager", "object_id": project,
    });
    assert_eq!(firm.post_as(&member, "/grants", &give).await.problem(403), "auth.forbidden");
    let given = firm.post("/grants", &give).await;
    given.is(201);
    firm.raw(&change(&path)).await.is(200);
    let task = json!({ "name": "Design" });
    firm.post_as(&member, &format!("{path}/tasks"), &task).await.is(201);
    let renamed = firm.raw(&change(&format!("/clients/{client}"))).await;
    assert_eq!(renamed.problem(403), "auth.forbidden");
    // Given twice it's one grant.
    let again = firm.post("/grants", &give).await;
    assert_eq!(again.id(), given.id());
    let list = firm.get_after(&again, "/grants").await.is(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    let grant = format!("/grants/{}", given.id());
    let tag = firm.get(&grant).await.header("etag");
    assert_eq!(tag, given.header("etag"));
    let taken = firm.change("DELETE", &grant, &tag, &Value::Null).await;
    taken.is(200);
    assert_eq!(firm.get_after(&taken, &grant).await.problem(404), "not_found");
    assert_eq!(firm.raw(&change(&path)).await.problem(403), "auth.forbidden");
}

#[tokio::test]
async fn everybody_sees_their_own_rights_and_admins_and_auditors_all() {
    let firm = Firm::new().await;
    let (member, other) = (firm.person(&[Role::Member]).await, firm.person(&[Role::Member]).await);
    let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await.id();
    let give = json!({
        "member_id": member.member, "right": "account_manager", "object_id": client,
    });
    let given = firm.post("/grants", &give).await;
    firm.get_after(&given, "/grants").await.is(200);
    let grant = format!("/grants/{}", given.id());
    for (role, count) in [(Role::Admin, 1), (Role::Auditor, 1), (Role::Manager, 0)] {
        let person = firm.person(&[role]).await;
        let list = firm.get_as(&person, "/grants").await.is(200);
        assert_eq!(list["items"].as_array().map(Vec::len), Some(count), "{role}");
        let status = firm.get_as(&person, &grant).await.status.as_u16();
        assert_eq!(status, if count == 1 { 200 } else { 404 }, "{role}");
    }
    let own = firm.get_as(&member, "/grants").await.is(200);
    assert_eq!(own["items"][0]["id"], given.id());
    let foreign = format!("/grants?member_id={}", member.member);
    assert_eq!(firm.get_as(&other, &foreign).await.problem(403), "auth.forbidden");
    assert_eq!(firm.get_as(&other, &grant).await.problem(404), "not_found");
    let taken = super::ask("DELETE", &grant).header("if-match", "*").token(&other.token);
    assert_eq!(firm.raw(&taken).await.problem(404), "not_found");
    let taken = super::ask("DELETE", &grant).header("if-match", "*").token(&member.token);
    assert_eq!(firm.raw(&taken).await.problem(403), "auth.forbidden");
}
