//! Two tenants: whatever of one is named to the other is answered exactly like what never was.

use migrations::cell::PoolLimits;
use migrations::testing::{cell, random_id};
use serde_json::{Value, json};

use super::Firm;
use super::objects::{Objects, objects_of, of};
use super::samples::sound;
use crate::http::registry::{Rule, Site};
use crate::http::routes::routes;

/// An object of each kind, those of a person being the owner's.
async fn objects(firm: &Firm) -> Objects {
    objects_of(firm, &firm.owner).await
}

/// Whether a request to the route names an object.
pub(super) fn names_objects(rule: &Rule) -> bool {
    let named = [
        "addProject",
        "makeToken",
        "revokeSessions",
        "setRate",
        "clearRate",
        "previewRate",
        "previewRoundingRule",
        "setRoundingRule",
        "clearRoundingRule",
        "recordTime",
        "recordTimeBatch",
        "startTimer",
        "addFavourite",
        "changeTimeBatch",
        "removeTimeBatch",
        "draftInvoice",
        "enterLeave",
        "agreeOnLeave",
        "declareLeaveCase",
        "askForLeave",
        "previewLeave",
        "storeFile",
        "giveGrant",
    ];
    // What is known by its name or its day is there in every tenant.
    let by_name = ["{key}", "{day}", "{host}"].iter().any(|name| rule.path.contains(name));
    let of_path = rule.path.contains('{') && !by_name;
    of_path || named.contains(&rule.operation)
}

#[tokio::test]
async fn a_foreign_id_is_answered_like_a_random_one_on_every_route() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let (own, foreign) = (objects(&firm).await, objects(&other).await);
    let before = other.get("/events?limit=200").await.text;
    let rules = routes().into_iter().map(|route| route.rule);
    let of_tenants = rules.filter(|rule| rule.site != Site::Platform);
    for rule in of_tenants.filter(names_objects) {
        let mut replies = Vec::new();
        for fill in
            [&(|name: &str| of(&foreign, &rule, name)) as &dyn Fn(&str) -> String, &|name: &str| {
                // The number of a line is no id.
                if name == "n" { "1".to_owned() } else { random_id().to_string() }
            }]
        {
            let ask = sound(&rule, fill).token(&firm.owner.token);
            replies.push(firm.raw(&ask).await);
        }
        assert_eq!(replies[0].masked(), replies[1].masked(), "{}", rule.operation);
        // To take back what was never set is no error, and a change that is only looked at touches
        // nothing; all else is not found.
        let of_nothing = ["clearRate", "clearRoundingRule", "previewRate", "previewRoundingRule"];
        if !of_nothing.contains(&rule.operation) {
            assert_eq!(replies[0].problem(404), "not_found", "{}", rule.operation);
        }
        // With objects of its own the same request is no dead end, or all this would prove nothing.
        if !rule.writes() {
            let ask = sound(&rule, &|name: &str| of(&own, &rule, name)).token(&firm.owner.token);
            assert_eq!(firm.raw(&ask).await.status.as_u16(), 200, "{}", rule.operation);
        }
    }
    assert_eq!(other.get("/events?limit=200").await.text, before);
}

#[tokio::test]
async fn a_foreign_object_below_an_own_one_is_not_found() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let (own, foreign) = (objects(&firm).await, objects(&other).await);
    let path = format!("/projects/{}/tasks", own["projects"]);
    for id in [&foreign["task_id"], &random_id().to_string()] {
        assert_eq!(firm.get(&format!("{path}/{id}")).await.problem(404), "not_found");
        let body = json!({ "name": "Mine" });
        let reply = firm.change("PATCH", &format!("{path}/{id}"), "*", &body).await;
        assert_eq!(reply.problem(404), "not_found");
    }
}

#[tokio::test]
async fn a_foreign_id_in_a_filter_finds_nothing() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    let (_, foreign) = (objects(&firm).await, objects(&other).await);
    let path = format!("/projects?client_id={}", foreign["clients"]);
    assert_eq!(firm.get(&path).await.is(200)["items"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn tags_cursors_and_keys_of_one_tenant_mean_nothing_in_another() {
    let cell = cell(PoolLimits::default());
    let (firm, other) = (Firm::beside(cell.clone()).await, Firm::beside(cell).await);
    for firm in [&firm, &other] {
        firm.post("/clients", &json!({ "name": "A" })).await.is(201);
        let last = firm.post("/clients", &json!({ "name": "B" })).await;
        firm.get_after(&last, "/clients").await.is(200);
    }
    let page = other.get("/clients?limit=1").await.is(200);
    let cursor = page["next_cursor"].as_str().expect("more");
    let reply = firm.get(&format!("/clients?cursor={cursor}")).await;
    assert_eq!(reply.fault().0, "?cursor");
    let (setting, body) = ("/settings/TIME_ZONE", json!({ "value": "Africa/Lagos" }));
    for firm in [&firm, &other] {
        firm.change("PUT", setting, "*", &body).await.is(200);
    }
    let (own, foreign) = (firm.get(setting).await, other.get(setting).await);
    assert_eq!(own.is(200)["value"], foreign.is(200)["value"]);
    assert_ne!(own.header("etag"), foreign.header("etag"));
    let body = json!({ "value": "Europe/Berlin" });
    let reply = firm.change("PUT", setting, &foreign.header("etag"), &body).await;
    assert_eq!(reply.problem(412), "precondition.failed");
}
