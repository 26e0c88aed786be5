//! What is known of members beyond their roles: invitations, managers, employment, patterns of
//! work, and taking them in from a file.

use domain::members::Role;
use migrations::testing::random_id;
use serde_json::{Value, json};

use super::{Firm, Reply, ask};

#[tokio::test]
async fn a_member_reports_to_another_one_and_is_employed_between_days() {
    let firm = Firm::new().await;
    let (member, manager) =
        (firm.person(&[Role::Member]).await, firm.person(&[Role::Manager]).await);
    let path = format!("/members/{}", member.member);
    let body = json!({ "manager_id": manager.member, "hired_on": "2026-02-01", "name": "Ayo" });
    let changed = firm.change("PATCH", &path, "*", &body).await;
    changed.is(200);
    let shown = firm.get_after(&changed, &path).await.is(200);
    assert_eq!(shown["manager_id"], manager.member.to_string());
    assert_eq!((&shown["hired_on"], &shown["left_on"]), (&json!("2026-02-01"), &Value::Null));
    let me = firm.get_as(&member, "/me").await.is(200);
    assert_eq!((&me["manager_id"], &me["hired_on"]), (&shown["manager_id"], &shown["hired_on"]));
    let colleague = firm.person(&[Role::Member]).await;
    assert_eq!(firm.get_as(&colleague, &path).await.is(200)["hired_on"], Value::Null);
    for (who, body, status, code) in [
        (&manager, json!({ "manager_id": member.member }), 422, "members.manager_cycle"),
        (&member, json!({ "manager_id": member.member }), 422, "members.manager_cycle"),
        (&member, json!({ "left_on": "2026-01-31" }), 422, "members.left_before_hired"),
        (&member, json!({ "manager_id": random_id() }), 404, "not_found"),
        (&member, json!({ "hired_on": "1.2.2026" }), 400, "request.malformed"),
    ] {
        let path = format!("/members/{}", who.member);
        let reply = firm.change("PATCH", &path, "*", &body).await;
        assert_eq!(reply.problem(status), code, "{body}");
    }
    let own = ask("PATCH", &path).token(&member.token).header("if-match", "*");
    let own = firm.raw(&own.json(&json!({ "hired_on": "2020-01-01" }))).await;
    assert_eq!(own.problem(403), "auth.forbidden");
    let cleared = json!({ "manager_id": null, "hired_on": null });
    let changed = firm.change("PATCH", &path, "*", &cleared).await;
    let shown = firm.get_after(&changed, &path).await.is(200);
    assert_eq!((&shown["manager_id"], &shown["hired_on"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_pattern_of_work_holds_from_its_day_on_and_is_shown_to_whom_it_concerns() {
    let firm = Firm::new().await;
    let member = firm.person(&[Role::Member]).await;
    let path = format!("/members/{}/work-patterns", member.member);
    let week = [480, 480, 480, 480, 240, 0, 0];
    firm.post(&path, &json!({ "minutes": week })).await.is(200);
    assert_eq!(firm.get_as(&member, "/me").await.is(200)["work_pattern"]["minutes"], json!(week));
    let cycle = json!({ "from": "2030-01-07", "minutes": week.repeat(2) });
    let set = firm.post(&path, &cycle).await;
    let expected = json!([{ "from": null, "minutes": week }, cycle]);
    assert_eq!(firm.get_after(&set, &path).await.is(200)["items"], expected);
    assert_eq!(firm.get_as(&member, &path).await.is(200)["items"], expected);
    let before = firm.get(&format!("{path}?as_of={}", set.position() - 1)).await.is(200);
    assert_eq!(before["items"].as_array().map(Vec::len), Some(1));
    let colleague = firm.person(&[Role::Billing]).await;
    assert_eq!(firm.get_as(&colleague, &path).await.problem(403), "auth.forbidden");
    assert_eq!(firm.post_as(&member, &path, &cycle).await.problem(403), "auth.forbidden");
    for (body, field, code) in [
        (json!({ "minutes": [480] }), "/minutes", "members.invalid_work_pattern"),
        (json!({ "minutes": week.repeat(2) }), "/from", "members.cycle_without_start"),
    ] {
        let reply = firm.post(&path, &body).await;
        assert_eq!((reply.problem(422).as_str(), reply.fault().0.as_str()), (code, field));
    }
}

#[tokio::test]
async fn an_invitation_is_repeated_until_somebody_registers() {
    let firm = Firm::new().await;
    let body = json!({ "name": "Ayo", "roles": ["member"] });
    let nobody = firm.post("/members", &body).await;
    let path = format!("/members/{}", nobody.id());
    let reply = firm.post(&format!("{path}/invite"), &json!({})).await;
    assert_eq!(reply.problem(422), "members.no_email");
    let body = json!({ "email": "ayo@example.com" });
    firm.change("PATCH", &path, "*", &body).await.is(200);
    let invited = firm.post(&format!("{path}/invite"), &json!({})).await;
    assert_eq!(firm.get_after(&invited, &path).await.is(200)["registration"], "invited");
    firm.post(&format!("{path}/invite"), &json!({})).await.is(200);
    firm.session(domain::id::MemberId(nobody.id().parse().expect("an id"))).await;
    let reply = firm.post(&format!("{path}/invite"), &json!({})).await;
    assert_eq!(reply.problem(422), "members.already_registered");
    let body = json!({ "name": "Eve", "roles": ["member"], "invite": true });
    assert_eq!(firm.post("/members", &body).await.problem(422), "members.no_email");
}

async fn import(firm: &Firm, query: &str, file: &str) -> Reply {
    let ask = ask("POST", &format!("/members/import?{query}")).token(&firm.owner.token);
    let ask = ask.header("idempotency-key", &random_id().to_string());
    firm.raw(&ask.text("text/csv", file)).await
}

const FILE: &str = "\
Name,E-mail,Roles,Manager,Hire date,Shoe size
Ayo Sample,ayo@example.com,member,zoe@example.com,2026-02-01,43
Zoe Sample,zoe@example.com,manager+billing,,,
Ayo Again,AYO@example.com,,,,
,eve@example.com,,,,
Eve,no address,,,,
Kim,,,nobody@example.com,,
";

#[tokio::test]
async fn people_are_taken_in_from_a_file_once_and_each_bad_row_is_named() {
    let firm = Firm::new().await;
    let before = firm.get("/events?limit=200").await.text;
    let dry = import(&firm, "dry_run=true&invite=true", FILE).await.is(200);
    assert_eq!(firm.get("/events?limit=200").await.text, before);
    let done = import(&firm, "invite=true", FILE).await;
    let report = done.is(200);
    assert_eq!(dry, report);
    assert_eq!((&report["rows"], &report["added"]), (&json!(6), &json!(3)));
    assert_eq!((&report["invited"], &report["duplicates"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&report["skipped"][0]["row"], &report["skipped"][1]["row"]),
        (&json!(5), &json!(6))
    );
    assert_eq!(report["warnings"][0]["row"], 7);
    assert_eq!(report["ignored_columns"], json!(["Shoe size"]));
    let members = firm.get_after(&done, "/members").await.is(200);
    let items = members["items"].as_array().expect("items");
    let named = |name: &str| {
        let found = items.iter().find(|item| item["name"] == name);
        found.unwrap_or_else(|| panic!("{name}: {members}")).clone()
    };
    let (ayo, zoe) = (named("Ayo Sample"), named("Zoe Sample"));
    assert_eq!((&ayo["manager_id"], &ayo["hired_on"]), (&zoe["id"], &json!("2026-02-01")));
    assert_eq!(
        (&ayo["registration"], &zoe["roles"]),
        (&json!("invited"), &json!(["manager", "billing"]))
    );
    let again = import(&firm, "invite=true", FILE).await.is(200);
    assert_eq!((&again["added"], &again["duplicates"]), (&json!(0), &json!(4)));
    let reply = import(&firm, "", "email\na@example.com\n").await;
    assert_eq!(reply.problem(422), "members.unreadable_file");
}

#[tokio::test]
async fn an_admin_takes_in_no_owner_from_a_file() {
    let firm = Firm::new().await;
    let admin = firm.person(&[Role::Admin]).await;
    let ask = ask("POST", "/members/import").token(&admin.token).header("idempotency-key", "k");
    let file = "name,roles\nAyo,owner\nEve,admin\n";
    let report = firm.raw(&ask.text("text/csv", file)).await.is(200);
    assert_eq!((&report["added"], &report["skipped"][0]["row"]), (&json!(1), &json!(2)));
}
