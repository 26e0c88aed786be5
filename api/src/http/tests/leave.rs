//! The good path through kinds of leave and holidays, and how holidays follow the settings.

use domain::members::Role;
use serde_json::{Value, json};

use super::Firm;
use super::ask::Reply;

/// Names the firm's country and answers the last change.
async fn set(firm: &Firm, key: &str, value: &Value) -> Reply {
    let path = format!("/settings/{key}");
    let tag = firm.get(&path).await.header("etag");
    let reply = firm.change("PUT", &path, &tag, value).await;
    reply.is(200);
    reply
}

fn names(holidays: &Value) -> Vec<String> {
    let items = holidays["items"].as_array().expect("a list");
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or("-").to_owned();
    items.iter().map(|item| format!("{} {}", text(item, "day"), text(item, "name"))).collect()
}

#[tokio::test]
async fn holidays_are_those_of_the_law_and_those_declared() {
    let firm = Firm::new().await;
    let before = firm.get("/holidays?from=2026-01-01&to=2026-12-31").await;
    assert_eq!(before.is(200)["items"], json!([]), "no country, no holidays");
    let set = set(&firm, "COUNTRY", &json!({ "value": "ZA" })).await;
    let range = "/holidays?from=2026-08-01&to=2026-11-30";
    let holidays = firm.get_after(&set, range).await.is(200);
    assert_eq!(
        holidays["items"][1],
        json!({
            "day": "2026-08-10", "name": "National Women's Day (observed)", "source": "pack",
            "law": "Public Holidays Act 36 of 1994, section 2(1)", "country": "ZA",
            "region": null, "pack_version": 1, "moved_from": "2026-08-09",
        })
    );
    let body = json!({ "day": "2026-11-04", "name": "Municipal elections" });
    let declared = firm.post("/holidays", &body).await;
    declared.is(201);
    assert_eq!(declared.header("location"), "/api/v1/holidays/2026-11-04");
    let holidays = firm.get_after(&declared, range).await.is(200);
    assert_eq!(
        names(&holidays),
        [
            "2026-08-09 National Women's Day",
            "2026-08-10 National Women's Day (observed)",
            "2026-09-24 Heritage Day",
            "2026-11-04 Municipal elections",
        ]
    );
    let path = "/holidays/2026-11-04";
    let shown = firm.get(path).await;
    assert_eq!(shown.is(200), holidays["items"][3]);
    assert_eq!(shown.json()["source"], "declared");
    assert_eq!(shown.header("etag"), declared.header("etag"));
    // Another day's change does not touch this one's tag.
    firm.post("/holidays", &json!({ "day": "2026-12-24", "name": "Works party" })).await.is(201);
    let withdrawn = firm.change("DELETE", path, &shown.header("etag"), &Value::Null).await;
    withdrawn.is(200);
    assert_eq!(firm.get_after(&withdrawn, path).await.problem(404), "not_found");
    assert_eq!(names(&firm.get(range).await.is(200)).len(), 3);
    let then = format!("{range}&as_of={}", declared.position());
    assert_eq!(names(&firm.get(&then).await.is(200)), names(&holidays));
}

#[tokio::test]
async fn a_stale_tag_withdraws_nothing() {
    let firm = Firm::new().await;
    let body = json!({ "day": "2026-11-04", "name": "Elections" });
    let first = firm.post("/holidays", &body).await;
    let path = "/holidays/2026-11-04";
    firm.change("DELETE", path, &first.header("etag"), &Value::Null).await.is(200);
    firm.post("/holidays", &json!({ "day": "2026-11-04", "name": "Again" })).await.is(201);
    let stale = firm.change("DELETE", path, &first.header("etag"), &Value::Null).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let christmas = firm.change("DELETE", "/holidays/2026-12-25", "*", &Value::Null).await;
    assert_eq!(christmas.problem(404), "not_found");
    let twice = firm.post("/holidays", &body).await;
    assert_eq!(twice.problem(422), "leave.already_declared");
}

#[tokio::test]
async fn a_region_is_named_in_the_settings_and_each_day_says_whose_law_it_is() {
    let firm = Firm::new().await;
    let body = json!({ "value": "BY" });
    let unknown = firm.change("PUT", "/settings/HOLIDAY_REGION", "*", &body).await;
    assert_eq!(unknown.problem(422), "leave.unknown_region");
    set(&firm, "COUNTRY", &json!({ "value": "DE" })).await;
    let body = json!({ "value": "BY", "from": "2026-06-01" });
    let set = set(&firm, "HOLIDAY_REGION", &body).await;
    let holidays = firm.get_after(&set, "/holidays?from=2026-01-01&to=2026-06-30").await.is(200);
    let days = names(&holidays);
    assert!(!days.contains(&"2026-01-06 Heilige Drei Könige".to_owned()), "not before June");
    assert_eq!(days.last().map(|day| &**day), Some("2026-06-04 Fronleichnam"));
    let items = holidays["items"].as_array().expect("a list");
    let regions: Vec<_> = items.iter().map(|item| &item["region"]).collect();
    assert_eq!((regions.first(), regions.last()), (Some(&&Value::Null), Some(&&json!("BY"))));
}

#[tokio::test]
async fn the_days_asked_for_lie_within_ten_years() {
    let firm = Firm::new().await;
    let year = firm.get("/holidays").await.is(200);
    assert_eq!(year, json!({ "items": [], "next_cursor": null }));
    for query in ["from=2026-02-01&to=2026-01-31", "from=2000-01-01&to=2026-01-01"] {
        let reply = firm.get(&format!("/holidays?{query}")).await;
        assert_eq!(reply.fault(), ("?to".to_owned(), "query.invalid".to_owned()));
    }
    assert_eq!(firm.get("/holidays?from=soon").await.problem(400), "request.malformed");
    for day in ["2026-02-30", "20261104", "tomorrow"] {
        assert_eq!(firm.get(&format!("/holidays/{day}")).await.problem(404), "not_found");
    }
}

#[tokio::test]
async fn a_country_brings_its_kinds_of_leave_with_what_law_says_of_them() {
    let firm = Firm::new().await;
    let set = set(&firm, "COUNTRY", &json!({ "value": "ZA" })).await;
    let kinds = firm.get_after(&set, "/leave-types").await.is(200);
    let kinds = kinds["items"].as_array().expect("a list").clone();
    let of = |code: &str| kinds.iter().find(|kind| kind["code"] == code).expect("a kind").clone();
    let sick = of("sick");
    assert_eq!((&sick["name"], &sick["paid"]), (&json!("Sick leave"), &json!(true)));
    assert_eq!((&sick["country"], &sick["counts"]), (&json!("ZA"), &json!("working_days")));
    assert_eq!(sick["statute"][0]["source"], "BCEA, sections 22 and 23");
    let parental = of("parental");
    assert_eq!((&parental["counts"], &parental["paid"]), (&json!("calendar_days"), &json!(false)));
    let froms: Vec<_> = parental["statute"].as_array().expect("laws").iter().collect();
    assert_eq!(froms.last().expect("the newest")["from"], "2025-10-03");
    let path = format!("/leave-types/{}", sick["id"].as_str().expect("an id"));
    let shown = firm.get(&path).await;
    assert_eq!(shown.is(200), sick);
    let body = json!({ "name": "Krank", "retired": true });
    let changed = firm.change("PATCH", &path, &shown.header("etag"), &body).await;
    changed.is(200);
    let shown = firm.get_after(&changed, &path).await;
    assert_eq!((&shown.is(200)["name"], &shown.json()["retired"]), (&json!("Krank"), &json!(true)));
    assert_eq!(shown.json()["statute"], sick["statute"], "the code finds the law");
    let stale = firm.change("PATCH", &path, "\"x\"", &json!({ "retired": false })).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let restored =
        firm.change("PATCH", &path, &shown.header("etag"), &json!({ "retired": false })).await;
    assert_eq!(firm.get_after(&restored, &path).await.is(200)["retired"], false);
    let then = format!("{path}?as_of={}", set.position());
    assert_eq!(firm.get(&then).await.is(200), sick);
    let nothing = firm.change("PATCH", &path, "*", &json!({})).await;
    assert_eq!(nothing.problem(400), "request.malformed");
}

#[tokio::test]
async fn an_admin_defines_a_kind_of_leave_and_a_member_does_not() {
    let firm = Firm::new().await;
    let (admin, member) = (firm.person(&[Role::Admin]).await, firm.person(&[Role::Member]).await);
    let body = json!({ "name": "Study leave", "paid": true, "shown_in": "hours" });
    assert_eq!(firm.post_as(&member, "/leave-types", &body).await.problem(403), "auth.forbidden");
    let defined = firm.post_as(&admin, "/leave-types", &body).await;
    defined.is(201);
    let path = format!("/leave-types/{}", defined.id());
    assert_eq!(defined.header("location"), format!("/api/v1{path}"));
    firm.get_after(&defined, "/leave-types").await.is(200);
    assert_eq!(
        firm.get_as(&member, &path).await.is(200),
        json!({
            "id": defined.id(), "code": "study_leave", "name": "Study leave", "paid": true,
            "shown_in": "hours", "counts": "working_days", "country": null, "retired": false,
            "statute": [],
        })
    );
    let again = firm.post_as(&admin, "/leave-types", &body).await;
    assert_eq!(again.problem(422), "leave.code_taken");
    assert_eq!(again.fault(), ("/code".to_owned(), "leave.code_taken".to_owned()));
}
