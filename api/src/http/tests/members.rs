//! The good path through members, clients, projects, tasks, rates, settings, tokens and the log.

use domain::members::Role;
use serde_json::{Value, json};

use super::Firm;

#[tokio::test]
async fn a_member_is_taken_in_changed_and_shown() {
    let firm = Firm::new().await;
    let body = json!({ "name": "Ayo", "email": "ayo@example.com", "roles": ["member"] });
    let added = firm.post("/members", &body).await;
    added.is(201);
    let path = format!("/members/{}", added.id());
    assert_eq!(added.header("location"), format!("/api/v1{path}"));
    let shown = firm.get_after(&added, &path).await;
    assert_eq!(
        shown.is(200),
        json!({
            "id": added.id(), "name": "Ayo", "email": "ayo@example.com", "roles": ["member"],
            "time_zone": null, "active": true, "registration": "invited", "manager_id": null,
            "hired_on": null, "left_on": null,
        })
    );
    assert_eq!(shown.header("etag"), added.header("etag"));
    let body = json!({ "name": "Ayo Example", "time_zone": "Africa/Lagos" });
    let changed = firm.change("PATCH", &path, &shown.header("etag"), &body).await;
    changed.is(200);
    let shown = firm.get_after(&changed, &path).await.is(200);
    assert_eq!(
        (&shown["name"], &shown["time_zone"]),
        (&json!("Ayo Example"), &json!("Africa/Lagos"))
    );
    firm.post(&format!("{path}/roles"), &json!({ "roles": ["manager"] })).await.is(200);
    let rested = firm.post(&format!("{path}/deactivate"), &Value::Null).await;
    assert_eq!(rested.problem(400), "request.malformed");
    let rested = firm.post(&format!("{path}/deactivate"), &json!({})).await;
    let shown = firm.get_after(&rested, &path).await.is(200);
    assert_eq!((&shown["active"], &shown["roles"]), (&json!(false), &json!(["manager"])));
}

#[tokio::test]
async fn who_i_am_is_there_from_the_first_moment() {
    let firm = Firm::new().await;
    let person = firm.person(&[Role::Auditor]).await;
    let me = firm.get_as(&person, "/me").await.is(200);
    assert_eq!(me["id"], person.member.to_string());
    assert_eq!((&me["roles"], &me["scopes"]), (&json!(["auditor"]), &json!([])));
    assert_eq!(me["tenant"]["slug"], firm.tenant.slug);
}

#[tokio::test]
async fn an_address_is_hidden_from_colleagues() {
    let firm = Firm::new().await;
    let (member, manager) =
        (firm.person(&[Role::Member]).await, firm.person(&[Role::Manager]).await);
    let path = format!("/members/{}", manager.member);
    let ask = super::ask("GET", &path).header("prefer", "wait=5");
    let seen = |person: &super::firm::Person| ask.clone().token(&person.token);
    assert_eq!(firm.raw(&seen(&member)).await.is(200)["email"], Value::Null);
    assert!(firm.raw(&seen(&manager)).await.is(200)["email"].is_string());
    assert!(firm.raw(&seen(&firm.owner)).await.is(200)["email"].is_string());
}

#[tokio::test]
async fn a_project_has_a_client_tasks_members_and_rates() {
    let firm = Firm::new().await;
    let client = firm.post("/clients", &json!({ "name": "Umbrella", "currency": "ZAR" })).await;
    let body = json!({ "client_id": client.id(), "name": "Website" });
    let project = firm.post("/projects", &body).await;
    let path = format!("/projects/{}", project.id());
    let task = firm.post(&format!("{path}/tasks"), &json!({ "name": "Design" })).await;
    let member = firm.owner.member;
    let linked = firm.post(&format!("{path}/members"), &json!({ "member_id": member })).await;
    let rate = json!({ "unit": "hour", "amount_minor": 125_000, "currency": "ZAR" });
    let body = json!({ "project_id": project.id(), "kind": "bill", "rate": rate });
    let set = firm.post("/rates", &body).await;
    let tasks = firm.get_after(&set, &format!("{path}/tasks")).await.is(200);
    assert_eq!(tasks["items"][0]["id"], task.id());
    assert_eq!(tasks["items"][0]["billable"], true);
    let members = firm.get_after(&linked, &format!("{path}/members")).await.is(200);
    assert_eq!(members["items"][0]["member_id"], member.to_string());
    let rates = firm.get("/rates").await.is(200);
    assert_eq!(rates["items"][0]["rate"], rate);
    assert_eq!(firm.get("/rates?kind=cost").await.is(200)["items"], json!([]));
    let of_client = firm.get(&format!("/projects?client_id={}", client.id())).await.is(200);
    assert_eq!(of_client["items"][0]["name"], "Website");
    let link = format!("{path}/members/{member}");
    let tag = firm.get(&link).await.header("etag");
    let unlinked = firm.change("DELETE", &link, &tag, &Value::Null).await;
    assert_eq!(firm.get_after(&unlinked, &link).await.problem(404), "not_found");
    let task_path = format!("{path}/tasks/{}", task.id());
    let tag = firm.get(&task_path).await.header("etag");
    let body = json!({ "billable": false });
    let changed = firm.change("PATCH", &task_path, &tag, &body).await;
    let shown = firm.get_after(&changed, &task_path).await.is(200);
    assert_eq!((&shown["name"], &shown["billable"]), (&json!("Design"), &json!(false)));
}

#[tokio::test]
async fn a_setting_is_given_a_dated_value_and_cleared_again() {
    let firm = Firm::new().await;
    let path = "/settings/TIMECAPTURE_INTERVAL_MINUTES";
    let first = firm.get(path).await;
    assert_eq!(first.is(200)["value"], "15");
    let body = json!({ "value": "6", "from": "2026-03-01" });
    let changed = firm.change("PUT", path, &first.header("etag"), &body).await;
    changed.is(200);
    let shown = firm.get(&format!("{path}?at=2026-03-01")).await;
    assert_eq!(shown.is(200)["value"], "6");
    assert_eq!(shown.header("etag"), changed.header("etag"));
    assert_eq!(firm.get(&format!("{path}?at=2026-02-28")).await.is(200)["value"], "15");
    let stale = firm.change("PUT", path, &first.header("etag"), &body).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let cleared = format!("{path}?from=2026-03-01");
    firm.change("DELETE", &cleared, &shown.header("etag"), &Value::Null).await.is(200);
    let last = firm.get(&format!("{path}?at=2026-03-01")).await;
    assert_eq!(last.is(200)["value"], "15");
    // Another setting's change does not touch this one's tag.
    let other = firm.get("/settings/WEEK_START").await.header("etag");
    firm.change("PUT", "/settings/WEEK_START", &other, &json!({ "value": "sunday" })).await.is(200);
    assert_eq!(firm.get(path).await.header("etag"), last.header("etag"));
    assert_eq!(firm.get("/settings/NO_SUCH").await.problem(404), "not_found");
}

#[tokio::test]
async fn a_token_is_made_used_and_revoked() {
    let firm = Firm::new().await;
    let made = firm.post("/tokens", &json!({ "scopes": ["members:read"] })).await;
    let token = made.is(201)["token"].as_str().expect("a secret").to_owned();
    let narrow = super::firm::Person { member: firm.owner.member, token };
    firm.get_as(&narrow, "/me").await.is(200);
    assert_eq!(firm.get_as(&narrow, "/tokens").await.problem(403), "auth.forbidden");
    let path = format!("/tokens/{}", made.id());
    let revoked = firm.change("DELETE", &path, &made.header("etag"), &Value::Null).await;
    assert!(revoked.is(200)["revoked_at"].is_string());
    // What was found lately is remembered for a second.
    let began = std::time::Instant::now();
    while firm.get_as(&narrow, "/me").await.status.as_u16() == 200 {
        assert!(began.elapsed() < std::time::Duration::from_secs(10));
        tokio::task::yield_now().await;
    }
    assert_eq!(firm.get_as(&narrow, "/me").await.problem(401), "auth.unauthenticated");
}

#[tokio::test]
async fn an_admin_makes_no_token_for_an_owner() {
    let firm = Firm::new().await;
    let admin = firm.person(&[Role::Admin]).await;
    let body = json!({ "member_id": firm.owner.member });
    assert_eq!(firm.post_as(&admin, "/tokens", &body).await.problem(403), "auth.forbidden");
    let body = json!({ "member_id": firm.person(&[Role::Member]).await.member });
    firm.post_as(&admin, "/tokens", &body).await.is(201);
}

#[tokio::test]
async fn events_are_shown_in_order_with_names_opened() {
    let firm = Firm::new().await;
    let body =
        json!({ "name": "Ayo", "email": "ayo@example.com", "roles": ["member"], "invite": false });
    let added = firm.post("/members", &body).await;
    let first = firm.get("/events?limit=1").await;
    let event = &first.is(200)["items"][0];
    assert_eq!((&event["position"], &event["type"]), (&json!(1), &json!("MemberAdded")));
    assert!(first.header("link").ends_with("rel=\"next\""));
    let next = first.json()["next_cursor"].as_str().expect("more").to_owned();
    let second = firm.get(&format!("/events?limit=1&cursor={next}")).await.is(200);
    let event = &second["items"][0];
    assert_eq!((&event["position"], &second["next_cursor"]), (&json!(2), &Value::Null));
    assert_eq!(
        (&event["data"]["name"], &event["data"]["email"]),
        (&json!("Ayo"), &json!("ayo@example.com"))
    );
    assert_eq!(event["actor"]["id"], firm.owner.member.to_string());
    let timeline = firm.get(&format!("/audit/{}", added.id())).await.is(200);
    assert_eq!(timeline["items"].as_array().map(Vec::len), Some(1));
    let verified = firm.get("/audit/verify").await.is(200);
    assert_eq!((&verified["events"], &verified["ok"]), (&json!(2), &json!(true)));
}

#[tokio::test]
async fn a_setting_says_from_where_its_value_comes_and_what_was_done_to_it() {
    let firm = Firm::new().await;
    let path = "/settings/ROUNDING_MODE";
    let first = firm.get(path).await.is(200);
    assert_eq!(first["source"], json!({ "kind": "default", "by": null, "at": null }));
    assert_eq!((&first["group"], &first["type"]), (&json!("time"), &json!("choice")));
    assert_eq!((&first["editor"], &first["editable"]), (&json!("billing"), &json!(true)));
    let set = async |value: &str, from: &str| {
        let body = json!({ "value": value, "from": from });
        let reply = firm.change("PUT", path, "*", &body).await;
        reply.is(200);
        reply.position()
    };
    let up = set("up", "2026-01-01").await;
    set("down", "2027-01-01").await;
    let shown = firm.get(&format!("{path}?at=2026-06-01")).await.is(200);
    assert_eq!((&shown["value"], &shown["since"]), (&json!("up"), &json!("2026-01-01")));
    assert_eq!(shown["source"]["kind"], "set");
    assert_eq!(shown["source"]["by"]["id"], firm.owner.member.to_string());
    assert_eq!(shown["next"], json!({ "from": "2027-01-01", "value": "down" }));
    let at = shown["source"]["at"].as_str().expect("an instant");
    let known = firm.get(&format!("{path}?at=2026-06-01&known_at={at}")).await.is(200);
    assert_eq!((&known["value"], &known["next"]), (&json!("up"), &Value::Null));
    firm.change("DELETE", &format!("{path}?from=2027-01-01"), "*", &Value::Null).await.is(200);
    let history = firm.get(&format!("{path}/history")).await.is(200);
    let values: Vec<_> = history["items"].as_array().expect("a list").iter().collect();
    assert_eq!(values.len(), 3);
    assert_eq!((&values[0]["value"], &values[0]["from"]), (&Value::Null, &json!("2027-01-01")));
    assert_eq!((&values[2]["value"], &values[2]["position"]), (&json!("up"), &json!(up)));
    let then = firm.get(&format!("{path}/history?as_of={up}")).await.is(200);
    assert_eq!(then["items"].as_array().map(Vec::len), Some(1));
    let page = firm.get(&format!("{path}/history?limit=2")).await.is(200);
    let cursor = page["next_cursor"].as_str().expect("more");
    let rest = firm.get(&format!("{path}/history?limit=2&cursor={cursor}")).await.is(200);
    assert_eq!(rest["items"][0]["position"], up);
    let manager = firm.person(&[Role::Manager]).await;
    let seen = firm.get_as(&manager, path).await.is(200);
    assert_eq!(seen["editable"], false);
}

#[tokio::test]
async fn two_settings_are_changed_at_once_and_a_wrong_value_is_told_its_bounds() {
    let firm = Firm::new().await;
    let put = |key: &str, value: &str| {
        let (path, body) = (format!("/settings/{key}"), json!({ "value": value }));
        let firm = &firm;
        async move {
            let tag = firm.get(&path).await.header("etag");
            firm.change("PUT", &path, &tag, &body).await
        }
    };
    let both = futures::future::join(
        put("BILLABLE_HOURS_IN_WORKING_DAY", "7.5"),
        put("TIMECAPTURE_INTERVAL_MINUTES", "6"),
    );
    let (hours, minutes) = both.await;
    assert_eq!((hours.status.as_u16(), minutes.status.as_u16()), (200, 200));
    let wrong = put("TIMECAPTURE_INTERVAL_MINUTES", "0").await;
    assert_eq!(wrong.problem(422), "settings.invalid_value");
    let detail = "TIMECAPTURE_INTERVAL_MINUTES must be a whole number from 1 to 240";
    assert_eq!(wrong.json()["detail"], detail);
    assert_eq!(put("SITE_URL", "https://acme.example").await.problem(403), "auth.forbidden");
}
