//! By which terms leave is granted, over HTTP: the law's and the firm's own, entries by hand,
//! agreements and cases; who changes them, who sees them, and how refusals name their place.

use domain::members::Role;
use serde_json::{Value, json};

use super::Firm;
use super::firm::Person;
use super::samples::terms;

/// A firm in South Africa, and the ids of its kinds of leave by their codes.
async fn south_african() -> (Firm, impl Fn(&str) -> String) {
    let firm = Firm::new().await;
    let tag = firm.get("/settings/COUNTRY").await.header("etag");
    let set = firm.change("PUT", "/settings/COUNTRY", &tag, &json!({ "value": "ZA" })).await;
    set.is(200);
    let kinds = firm.get_after(&set, "/leave-types").await.is(200);
    let id = move |code: &str| {
        let mut items = kinds["items"].as_array().expect("a list").iter();
        let kind = items.find(|kind| kind["code"] == code).expect("a kind of leave");
        kind["id"].as_str().expect("an id").to_owned()
    };
    (firm, id)
}

async fn items(firm: &Firm, by: &Person, path: &str) -> Vec<Value> {
    firm.get_as(by, path).await.is(200)["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn the_law_is_shown_as_terms_until_the_first_day_of_the_firms_own() {
    let (firm, kind) = south_african().await;
    let path = format!("/leave-types/{}/policies", kind("annual"));
    let law = items(&firm, &firm.owner, &path).await;
    assert_eq!(law.len(), 1);
    assert_eq!((&law[0]["from"], &law[0]["until"]), (&Value::Null, &Value::Null));
    assert_eq!(law[0]["source"], "statutory");
    assert_eq!(law[0]["law"], json!(["BCEA, section 20"]));
    assert_eq!(law[0]["days_per_cycle"], json!(["15"]));
    let practice = law[0]["practice"].as_str().expect("words");
    assert!(practice.contains("contested"), "{practice}");
    assert_eq!(
        law[0]["policy"],
        json!({
            "cycle": { "months": 12, "begins": "employment" },
            "grants": [{
                "right": "statutory",
                "entitlement": { "consecutive_days": 21 },
                "accrual": "month_end",
                "at_first": null,
                "requires": {
                    "employed_months_over": null, "employed_weeks_over": null,
                    "days_per_week_min": null,
                },
                "carry": { "cap": null, "expires_after_months": null },
                "payable": true,
                "on_leaving": { "worked": {
                    "rule": {
                        "unit": "days", "amount": 1, "per": 17, "whole": true, "counts": "paid",
                    },
                    "employed_months_over": 4,
                } },
            }],
            "overdraft": { "days": "0" },
            "step": "half_days",
            "notice_days": 0,
            "document": null,
            "terms": null,
            "approval": [],
            "interrupts": false,
            "late_cancel": "restore_then_expire",
            "cases": [],
        })
    );
    // What is shown can be set as it is, but for one's own changes.
    let mut own = law[0]["policy"].clone();
    own["grants"][0]["carry"] = json!({ "cap": { "days": "5" }, "expires_after_months": 6 });
    own["terms"] = json!({ "text": "I hand over my work." });
    own["approval"] = json!([{ "days_over": 0, "chain": ["line_manager", "admin"] }]);
    let body = json!({ "from": "2026-03-01", "policy": own });
    let set = firm.post(&path, &body).await;
    set.is(200);
    let both = items(&firm, &firm.owner, &path).await;
    assert_eq!((&both[0]["until"], &both[1]["from"]), (&json!("2026-02-28"), &json!("2026-03-01")));
    assert_eq!((&both[1]["source"], &both[1]["law"]), (&json!("own"), &json!([])));
    own["terms"] = json!({ "version": 1, "text": "I hand over my work." });
    assert_eq!(both[1]["policy"], own);
    let then = format!("{path}?as_of={}", set.position() - 1);
    assert_eq!(items(&firm, &firm.owner, &then).await, law, "as it was known then");
    let one = format!("{path}/2026-03-01");
    firm.change("DELETE", &one, &set.header("etag"), &Value::Null).await.is(200);
    assert_eq!(items(&firm, &firm.owner, &path).await, law);
    let gone = firm.change("DELETE", &one, "*", &Value::Null).await;
    assert_eq!(gone.problem(404), "not_found");
}

#[tokio::test]
async fn days_per_cycle_are_told_by_a_members_own_pattern() {
    let (firm, kind) = south_african().await;
    let person = firm.person(&[Role::Member]).await;
    let pattern = format!("/members/{}/work-patterns", person.member);
    let week = json!({ "minutes": [480, 0, 480, 0, 480, 0, 0] });
    firm.post(&pattern, &week).await.is(200);
    let path = format!("/leave-types/{}/policies?member_id={}", kind("annual"), person.member);
    assert_eq!(items(&firm, &person, &path).await[0]["days_per_cycle"], json!(["9"]));
    let colleague = firm.person(&[Role::Member]).await;
    assert_eq!(firm.get_as(&colleague, &path).await.problem(403), "auth.forbidden");
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_is_refused_with_the_place() {
    let (firm, kind) = south_african().await;
    let path = format!("/leave-types/{}/policies", kind("sick"));
    let set = |change: &dyn Fn(&mut Value)| {
        let mut body = terms();
        change(&mut body["policy"]);
        let (firm, path) = (&firm, &path);
        async move { firm.post(path, &body).await }
    };
    for (pointer, change) in [
        (
            "/policy/cycle/months",
            &(|it: &mut Value| it["cycle"]["months"] = json!(0)) as &dyn Fn(&mut Value),
        ),
        ("/policy/step/minutes", &|it| it["step"] = json!({ "minutes": 7 })),
        ("/policy/overdraft", &|it| it["overdraft"] = json!({ "minutes": -1 })),
        ("/policy/grants/0/carry/cap", &|it| {
            it["grants"][0]["carry"] = json!({ "cap": { "days": "0" } });
        }),
        ("/policy/approval", &|it| {
            it["approval"] = json!([{ "days_over": 1, "chain": ["project_manager"] }]);
        }),
    ] {
        let reply = set(change).await;
        assert_eq!(reply.problem(422), "leave.invalid_policy", "{pointer}");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer);
    }
    for (pointer, change) in [
        (
            "/policy/grants/0/entitlement/days",
            &(|it: &mut Value| {
                it["grants"][0]["entitlement"] = json!({ "days": "five" });
            }) as &dyn Fn(&mut Value),
        ),
        ("/policy/approval/0/chain", &|it| {
            it["approval"] = json!([{ "days_over": 1, "chain": [] }]);
        }),
    ] {
        let reply = set(change).await;
        reply.problem(400);
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn why_leave_was_entered_is_for_its_member_and_the_owner() {
    let (firm, kind) = south_african().await;
    let person = firm.person(&[Role::Member]).await;
    let body = json!({
        "member_id": person.member, "leave_type_id": kind("annual"), "effective": "2026-01-01",
        "minutes": 2400.5, "expires": "2026-12-31", "reason": "For a long illness",
    });
    let entered = firm.post("/leave-entries", &body).await;
    entered.is(201);
    let expected = |reason: Value| {
        json!([{
            "id": entered.id(), "member_id": person.member, "leave_type_id": kind("annual"),
            "effective": "2026-01-01", "minutes": 2400.5, "right": "contractual",
            "expires": "2026-12-31", "reason": reason,
        }])
    };
    let path = format!("/leave-entries?member_id={}", person.member);
    let told = expected(json!("For a long illness"));
    assert_eq!(json!(items(&firm, &person, "/leave-entries").await), told);
    assert_eq!(json!(items(&firm, &firm.owner, &path).await), told);
    for role in [Role::Admin, Role::Manager, Role::Auditor] {
        let other = firm.person(&[role]).await;
        assert_eq!(json!(items(&firm, &other, &path).await), expected(Value::Null), "{role}");
    }
    let colleague = firm.person(&[Role::Member]).await;
    assert_eq!(firm.get_as(&colleague, &path).await.problem(403), "auth.forbidden");
    assert_eq!(items(&firm, &colleague, "/leave-entries").await, [Value::Null; 0]);
    let one = format!("/leave-entries/{}", entered.id());
    let stale = firm.change("DELETE", &one, "\"AAAA\"", &Value::Null).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let gone = firm.change("DELETE", &one, &entered.header("etag"), &Value::Null).await;
    gone.is(200);
    assert_eq!(items(&firm, &person, "/leave-entries").await, [Value::Null; 0]);
    let then = format!("/leave-entries?as_of={}", entered.position());
    assert_eq!(json!(items(&firm, &person, &then).await), told);
}

#[tokio::test]
async fn a_birth_is_declared_by_the_law_of_its_day_and_says_what_it_comes_to() {
    let (firm, kind) = south_african().await;
    let person = firm.person(&[Role::Member]).await;
    let body = json!({
        "member_id": person.member, "leave_type_id": kind("parental"),
        "applies_to": "both parents employed", "on": "2026-02-10", "gave_birth": true,
    });
    let declared = firm.post("/leave-cases", &body).await;
    declared.is(201);
    let listed = items(&firm, &person, "/leave-cases").await;
    assert_eq!(listed[0]["id"], declared.id());
    assert_eq!(
        listed[0]["granted"],
        json!({
            "last": "2026-06-19", "calendar_days": 130, "own_days": 65,
            "no_work_until": "2026-03-24",
        })
    );
    let mut before = body.clone();
    before["on"] = json!("2025-10-02");
    let refused = firm.post("/leave-cases", &before).await;
    assert_eq!(refused.problem(422), "leave.not_for_this");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/applies_to");
    let path = format!("/leave-cases/{}", declared.id());
    firm.change("DELETE", &path, &declared.header("etag"), &Value::Null).await.is(200);
    assert_eq!(items(&firm, &person, "/leave-cases").await, [Value::Null; 0]);
}

#[tokio::test]
async fn what_a_contract_grants_is_listed_page_by_page() {
    let (firm, kind) = south_african().await;
    let person = firm.person(&[Role::Member]).await;
    let agree = |from: Value, amount: Value| {
        json!({
            "member_id": person.member, "leave_type_id": kind("annual"), "from": from,
            "amount": amount,
        })
    };
    let first = agree(Value::Null, json!({ "days": "5" }));
    let second = agree(json!("2026-07-01"), json!({ "minutes": 4800 }));
    for body in [&first, &second] {
        firm.post("/leave-agreements", body).await.is(200);
    }
    let path = format!("/leave-agreements?member_id={}&limit=1", person.member);
    let page = firm.get(&path).await.is(200);
    assert_eq!(page["items"], json!([first]));
    let cursor = page["next_cursor"].as_str().expect("there is more");
    let rest = firm.get(&format!("{path}&cursor={cursor}")).await.is(200);
    assert_eq!((&rest["items"], &rest["next_cursor"]), (&json!([second]), &Value::Null));
    let below = agree(Value::Null, json!({ "days": "-1" }));
    let refused = firm.post("/leave-agreements", &below).await;
    assert_eq!(refused.problem(422), "leave.invalid_agreement");
}
