//! Prices before they are billed: previews of a change, time without a rate, what was known when,
//! and costs, which nobody sees who may not.

use domain::members::Role;
use serde_json::{Value, json};

use super::objects::{objects_of, of};
use super::rules::Month;
use super::samples::sound;
use super::{Firm, ask};
use crate::http::registry::{Method, Site};
use crate::http::routes::routes;

fn hourly(amount_minor: i64, currency: &str) -> Value {
    json!({ "unit": "hour", "amount_minor": amount_minor, "currency": currency })
}

/// A month with an hour for the first client on a draft, and for both clients open time.
async fn partly_drafted() -> Month {
    let month = Month::new().await;
    month.record(0, &json!({ "date": "2026-03-10", "seconds": 3600 })).await;
    month.approve("2026-W11").await;
    month.draft(0).await;
    month.record(0, &json!({ "date": "2026-03-17", "seconds": 3600 })).await;
    month.record(0, &json!({ "date": "2026-03-18", "seconds": 1860 })).await;
    month.record(1, &json!({ "date": "2026-03-18", "seconds": 3600 })).await;
    month.approve("2026-W12").await;
    month.record(0, &json!({ "date": "2026-03-24", "seconds": 7200 })).await;
    let settled = format!("/rates?min_position={}", month.head().await);
    month.firm.get(&settled).await.is(200);
    let settled = format!("/unbilled?min_position={}", month.head().await);
    month.firm.get(&settled).await.is(200);
    month
}

#[tokio::test]
async fn a_preview_tells_what_another_rate_does_to_unbilled_time_and_writes_nothing() {
    let month = partly_drafted().await;
    let firm = &month.firm;
    let before = month.head().await;
    let body = json!({
        "kind": "bill", "client_id": month.clients[0], "from": "2026-03-18",
        "rate": hourly(120_000, "ZAR"),
    });
    let seen = firm.post_as(&month.manager, "/rates/preview", &body).await.is(200);
    assert_eq!(seen["items"].as_array().map(Vec::len), Some(1));
    let item = &seen["items"][0];
    assert_eq!(item["member_id"], month.member.member.to_string());
    assert_eq!((&item["project"], &item["task"]), (&json!("Website"), &json!("Design")));
    assert_eq!((&item["entries"], &item["seconds"]), (&json!(2), &json!(9060)));
    let amounts = ["before", "after", "difference"].map(|it| item[it]["amount_minor"].clone());
    assert_eq!(amounts, [251_667, 302_000, 50_333]);
    assert_eq!((&seen["entries"], &seen["totals"][0]["entries"]), (&json!(2), &json!(2)));
    assert_eq!(seen["on_invoices"], json!({ "entries": 0, "seconds": 0 }));
    let always = json!({
        "kind": "bill", "client_id": month.clients[0], "rate": hourly(120_000, "ZAR"),
    });
    let seen = firm.post("/rates/preview", &always).await.is(200);
    assert_eq!(seen["on_invoices"], json!({ "entries": 1, "seconds": 3600 }));
    assert_eq!(seen["entries"], 3);
    let clear = json!({ "kind": "bill", "clear": true });
    let seen = firm.post("/rates/preview", &clear).await.is(200);
    assert_eq!(
        (&seen["entries"], &seen["items"][0]["unpriced_seconds_before"]),
        (&json!(4), &json!(0))
    );
    let total = &seen["totals"][0];
    assert_eq!(
        (&total["unpriced_seconds_after"], &total["after"]["amount_minor"]),
        (&total["seconds"], &json!(0))
    );
    let same = json!({ "kind": "bill", "rate": hourly(100_000, "ZAR") });
    assert_eq!(firm.post("/rates/preview", &same).await.is(200)["items"], json!([]));
    assert_eq!(month.head().await, before, "nothing was written");
}

#[tokio::test]
async fn a_preview_of_a_rounding_rule_rounds_as_a_draft_would() {
    let month = partly_drafted().await;
    let body = json!({
        "project_id": month.projects[0],
        "rule": { "mode": "up", "interval_minutes": 30, "scope": "day" },
    });
    let seen = month.firm.post("/rounding-rules/preview", &body).await.is(200);
    let item = &seen["items"][0];
    let seconds =
        ["seconds", "rounded_seconds_before", "rounded_seconds_after"].map(|it| item[it].clone());
    // All of the project's work is rounded by another rule, and 31 minutes become an hour.
    assert_eq!(seconds, [12_660, 12_660, 14_400]);
    assert_eq!(item["difference"]["amount_minor"], 48_333);
    assert_eq!(seen["on_invoices"]["seconds"], 3600);
}

#[tokio::test]
async fn a_preview_is_refused_like_the_change_itself_and_to_who_may_not_see_rates() {
    let month = Month::new().await;
    let firm = &month.firm;
    let body = json!({ "kind": "bill", "rate": hourly(1, "ZAR") });
    for path in ["/rates/preview", "/rates/missing", "/unbilled"] {
        let reply = if path.ends_with("preview") {
            firm.post_as(&month.member, path, &body).await
        } else {
            firm.get_as(&month.member, path).await
        };
        assert_eq!(reply.problem(403), "auth.forbidden", "{path}");
    }
    let both = json!({ "kind": "bill", "rate": hourly(1, "ZAR"), "clear": true });
    for body in [both, json!({ "kind": "bill" })] {
        assert_eq!(firm.post("/rates/preview", &body).await.fault().1, "field.one_of");
    }
    let cost = json!({ "kind": "cost", "rate": hourly(1, "ZAR") });
    firm.post("/rates/preview", &cost).await.problem(400);
    let coins = json!({ "kind": "bill", "rate": hourly(1, "BTC") });
    let reply = firm.post("/rates/preview", &coins).await;
    assert_eq!(reply.problem(422), "catalogue.unknown_currency");
}

#[tokio::test]
async fn billable_time_without_a_rate_is_told_before_it_is_billed() {
    let month = partly_drafted().await;
    let firm = &month.firm;
    firm.post("/rates/clear", &json!({ "kind": "bill" })).await.is(200);
    let from = json!({
        "kind": "bill", "client_id": month.clients[0], "from": "2026-03-18",
        "rate": hourly(100_000, "ZAR"),
    });
    firm.post("/rates", &from).await.is(200);
    let dollars = json!({
        "kind": "bill", "client_id": month.clients[1], "rate": hourly(9_000, "USD"),
    });
    firm.post("/rates", &dollars).await.is(200);
    let head = month.head().await;
    let path = format!("/rates/missing?min_position={head}");
    let missing = firm.get_as(&month.manager, &path).await.is(200);
    let mut told: Vec<_> = missing["items"].as_array().expect("items").clone();
    told.sort_by_key(|item| item["warning"].to_string());
    assert_eq!(told.len(), 2);
    assert_eq!((&told[0]["warning"], &told[0]["entries"]), (&json!("billing.no_rate"), &json!(1)));
    assert_eq!((&told[0]["first_day"], &told[0]["seconds"]), (&json!("2026-03-17"), &json!(3600)));
    assert_eq!(told[1]["warning"], "billing.rate_in_other_currency");
    assert_eq!((&told[1]["currency"], &told[1]["rate_currency"]), (&json!("ZAR"), &json!("USD")));
    let one = format!("{path}&client_id={}&from=2026-03-18", month.clients[0]);
    assert_eq!(firm.get(&one).await.is(200)["items"], json!([]));
    let unbilled = firm.get(&format!("/unbilled?min_position={head}")).await.is(200);
    let told = |item: &Value| (item["amount"]["amount_minor"].clone(), item["warning"].clone());
    let items: Vec<_> = unbilled["items"].as_array().expect("items").iter().map(told).collect();
    assert_eq!(items.len(), 3, "the last week is not approved");
    assert!(items.contains(&(json!(51_667), Value::Null)));
    assert!(items.contains(&(Value::Null, json!("billing.no_rate"))));
    let total = &unbilled["totals"][0];
    assert_eq!((&total["currency"], &total["seconds"]), (&json!("ZAR"), &json!(9060)));
    assert_eq!(total["unpriced_seconds"], 7200);
    assert_eq!(total["amount"]["amount_minor"], 51_667);
    // As the log stood before, and with what was known before.
    for cut in ["as_of", "known_at"] {
        let then = firm.get(&format!("/unbilled?{cut}={}", head - 3)).await.is(200);
        assert_eq!(then["totals"][0]["unpriced_seconds"], 0, "{cut}");
    }
}

#[tokio::test]
async fn what_was_known_at_a_moment_is_asked_for_where_there_are_dated_facts() {
    let firm = Firm::new().await;
    let set = |amount| json!({ "kind": "bill", "rate": hourly(amount, "ZAR") });
    let first = firm.post("/rates", &set(1000)).await.position();
    let second = firm.post("/rates", &set(2000)).await.position();
    let amount = async |query: String| {
        let listed = firm.get(&format!("/rates?{query}")).await.is(200);
        listed["items"][0]["rate"]["amount_minor"].clone()
    };
    assert_eq!(amount(format!("known_at={first}")).await, 1000);
    assert_eq!(amount(format!("as_of={first}")).await, 1000);
    assert_eq!(amount(format!("min_position={second}")).await, 2000);
    let known = format!("as_of={first}&known_at={second}");
    assert_eq!(amount(known).await, 2000, "the log as it was, with what is known since");
    let future = firm.get("/rates?known_at=9999-01-01T00:00:00Z").await;
    assert_eq!(future.problem(422), "known_at.future");
    assert_eq!(future.fault().0, "?known_at");
    let unknown = firm.get("/clients?known_at=1").await;
    assert_eq!(unknown.fault(), ("?known_at".into(), "query.unknown_key".into()));
}

/// An amount that stands nowhere else.
const COST: i64 = 7_654_321_987;

#[tokio::test]
async fn no_route_tells_a_manager_or_a_member_what_work_costs() {
    let firm = Firm::new().await;
    let manager = firm.person(&[Role::Manager]).await;
    let member = firm.person(&[Role::Member]).await;
    let objects = objects_of(&firm, &manager).await;
    let rate = hourly(COST, "ZAR");
    for scope in ["project_id", "task_id", "member_id", "client_id"] {
        let body = json!({ "kind": "cost", scope: objects[scope], "rate": rate });
        firm.post("/rates", &body).await.is(200);
    }
    let last = firm.post("/rates", &json!({ "kind": "cost", "rate": rate })).await;
    let needle = COST.to_string();
    // Who may see it does, in the list and in the log; else the walk would prove nothing.
    let seen = firm.get_after(&last, "/rates?kind=cost").await;
    assert!(seen.text.contains(&needle));
    let auditor = firm.person(&[Role::Auditor]).await;
    let events = format!("/events?after={}", last.position() - 1);
    assert!(firm.get_as(&auditor, &events).await.text.contains(&needle));
    let rules = routes().into_iter().map(|route| route.rule);
    let reads = rules
        .filter(|rule| rule.site != Site::Platform)
        .filter(|rule| rule.method == Method::Get || rule.operation.starts_with("preview"));
    let mut walked = 0;
    for rule in reads {
        for token in [&manager.token, &member.token] {
            let sent = sound(&rule, &|name: &str| of(&objects, &rule, name)).token(token);
            let reply = firm.raw(&sent).await;
            assert!(!reply.text.contains(&needle), "{} tells a cost", rule.operation);
            walked += u32::from(reply.status.is_success());
        }
    }
    assert!(walked > 40, "{walked}");
    for path in ["/rates?kind=cost", "/events", "/rates?kind=cost&as_of=1&known_at=1"] {
        let refused = ask("GET", path).token(&manager.token);
        assert_eq!(firm.raw(&refused).await.problem(403), "auth.forbidden", "{path}");
    }
    let timeline = format!("/audit/{}", objects["project_id"]);
    assert_eq!(firm.get_as(&manager, &timeline).await.problem(403), "auth.forbidden");
}
