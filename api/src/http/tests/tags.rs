//! The tag of an object's version: needed for a change, stale after one, and of no use elsewhere.

use serde_json::json;

use super::{Firm, ask};

#[tokio::test]
async fn a_change_needs_the_tag_of_what_was_seen() {
    let firm = Firm::new().await;
    let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await;
    let path = format!("/clients/{}", client.id());
    let body = json!({ "name": "Umbrella Ltd" });
    let without = ask("PATCH", &path).token(&firm.owner.token).json(&body);
    assert_eq!(firm.raw(&without).await.problem(428), "precondition.required");
    let tag = client.header("etag");
    let changed = firm.change("PATCH", &path, &tag, &body).await;
    assert_ne!(changed.header("etag"), tag);
    let stale = firm.change("PATCH", &path, &tag, &json!({ "name": "Other" })).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    for other in ["\"x\"", "x", &format!("W/{}", changed.header("etag"))] {
        let reply = firm.change("PATCH", &path, other, &body).await;
        assert_eq!(reply.problem(412), "precondition.failed", "{other}");
    }
    let list = format!("\"x\", {}", changed.header("etag"));
    firm.change("PATCH", &path, &list, &json!({ "archived": true })).await.is(200);
    firm.change("PATCH", &path, "*", &json!({ "archived": false })).await.is(200);
}

#[tokio::test]
async fn a_tag_is_of_one_object_in_one_tenant() {
    let firm = Firm::new().await;
    let first = firm.post("/clients", &json!({ "name": "Umbrella" })).await;
    let second = firm.post("/clients", &json!({ "name": "Acme" })).await;
    let path = format!("/clients/{}", second.id());
    let reply = firm.change("PATCH", &path, &first.header("etag"), &json!({ "name": "B" })).await;
    assert_eq!(reply.problem(412), "precondition.failed");
}

#[tokio::test]
async fn a_project_is_unchanged_by_what_happens_to_its_tasks() {
    let firm = Firm::new().await;
    let client = firm.post("/clients", &json!({ "name": "Umbrella" })).await;
    let body = json!({ "client_id": client.id(), "name": "Website" });
    let project = firm.post("/projects", &body).await;
    let path = format!("/projects/{}", project.id());
    let one = firm.post(&format!("{path}/tasks"), &json!({ "name": "Design" })).await;
    let two = firm.post(&format!("{path}/tasks"), &json!({ "name": "Build" })).await;
    let shown = firm.get_after(&two, &path).await;
    assert_eq!(shown.header("etag"), project.header("etag"));
    let renamed =
        firm.change("PATCH", &path, &shown.header("etag"), &json!({ "name": "Site" })).await;
    renamed.is(200);
    let task = format!("{path}/tasks/{}", one.id());
    let body = json!({ "name": "Drawing" });
    firm.change("PATCH", &task, &one.header("etag"), &body).await.is(200);
    let stale = firm.change("PATCH", &task, &one.header("etag"), &body).await;
    assert_eq!(stale.problem(412), "precondition.failed");
}

#[tokio::test]
async fn an_unknown_object_is_not_found_whatever_the_tag() {
    let firm = Firm::new().await;
    let path = format!("/clients/{}", migrations::testing::random_id());
    for tag in ["*", "\"x\"", "x"] {
        let reply = firm.change("PATCH", &path, tag, &json!({ "name": "A" })).await;
        assert_eq!(reply.problem(404), "not_found", "{tag}");
    }
}
