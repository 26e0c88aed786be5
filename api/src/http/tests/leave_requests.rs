//! The life of a request over HTTP: looked at, written down, changed, submitted, decided on and
//! cancelled; and its documents, which whoever decides may read.

use domain::members::Role;
use serde_json::{Value, json};

use super::files::PDF;
use super::firm::Person;
use super::{Firm, Reply, ask};

/// Days that are never over while this is run, the first a Monday.
const FROM: &str = "2090-01-02";
const TO: &str = "2090-01-08";

async fn kind(firm: &Firm) -> String {
    let body = json!({ "name": "Annual leave", "paid": true });
    firm.post("/leave-types", &body).await.id()
}

async fn change(firm: &Firm, person: &Person, path: &str, tag: &str, body: &Value) -> Reply {
    let ask = ask("PATCH", path).token(&person.token).header("if-match", tag);
    firm.raw(&ask.json(body)).await
}

/// The request as this person sees it after a command.
async fn seen(firm: &Firm, person: &Person, done: &Reply, path: &str) -> Reply {
    firm.get_as(person, &format!("{path}?min_position={}", done.position())).await
}

fn assert_a_week_was_looked_at(looked: &Value) {
    assert_eq!((&looked["accepted"], &looked["refusals"]), (&json!(true), &json!([])));
    assert_eq!((&looked["minutes"], &looked["working_days"]), (&json!(2400), &json!("5")));
    let saturday = json!({ "day": "2090-01-07", "minutes": 0, "free": "no_work", "holiday": null });
    assert_eq!(looked["days"][5], saturday);
    assert_eq!(looked["balance"]["after"], json!({ "minutes": -2400, "days": "-5" }));
    assert_eq!(looked["balance"]["floor"], Value::Null);
    assert_eq!(looked["approval"][0]["office"], "line_manager");
}

#[tokio::test]
async fn leave_is_looked_at_written_down_changed_submitted_granted_and_cancelled() {
    let firm = Firm::new().await;
    let (member, lead) = (firm.person(&[Role::Member]).await, firm.person(&[Role::Manager]).await);
    let stranger = firm.person(&[Role::Member]).await;
    let kind = kind(&firm).await;
    let body = json!({ "leave_type_id": kind, "from": FROM, "to": TO, "note": "Wedding" });
    let looked = firm.post_as(&member, "/leave-requests/preview", &body).await.is(200);
    assert_a_week_was_looked_at(&looked);
    let mut draft = body.clone();
    draft["draft"] = json!(true);
    let drafted = firm.post_as(&member, "/leave-requests", &draft).await;
    assert_eq!(drafted.is(201)["warnings"], json!([]));
    let path = format!("/leave-requests/{}", drafted.id());
    assert_eq!(drafted.header("location"), format!("/api/v1{path}"));
    let shown = seen(&firm, &member, &drafted, &path).await;
    assert_eq!(
        (&shown.is(200)["state"], &shown.json()["note"]),
        (&json!("draft"), &json!("Wedding"))
    );
    assert_eq!(shown.header("etag"), drafted.header("etag"));
    let half = json!({ "to": "2090-01-06", "part": "ends_at_noon" });
    let none = firm.raw(&ask("PATCH", &path).token(&member.token).json(&half)).await;
    assert_eq!(none.problem(428), "precondition.required");
    let changed = change(&firm, &member, &path, &drafted.header("etag"), &half).await;
    changed.is(200);
    let stale = change(&firm, &member, &path, &drafted.header("etag"), &half).await;
    assert_eq!(stale.problem(412), "precondition.failed");
    let two = json!({ "half_day": "am", "minutes": 60 });
    let twice = change(&firm, &member, &path, "*", &two).await;
    assert_eq!(twice.fault().0, "/minutes");
    let submitted = firm.post_as(&member, &format!("{path}/submit"), &json!({})).await;
    submitted.is(200);
    for action in ["approve", "withdraw", "cancel", "submit"] {
        let theirs = firm.post_as(&stranger, &format!("{path}/{action}"), &json!({})).await;
        assert_eq!(theirs.problem(404), "not_found", "{action}");
    }
    let hidden = change(&firm, &stranger, &path, &drafted.header("etag"), &half).await;
    assert_eq!(hidden.problem(404), "not_found", "not even that it has changed");
    let own = firm.post_as(&member, &format!("{path}/approve"), &json!({})).await;
    assert_eq!(own.problem(422), "leave.own_approval");
    let approved = firm.post_as(&lead, &format!("{path}/approve"), &json!({})).await;
    approved.is(200);
    let shown = seen(&firm, &member, &approved, &path).await;
    assert_eq!(
        (&shown.is(200)["state"], &shown.json()["minutes"]),
        (&json!("approved"), &json!(2160))
    );
    assert_eq!(shown.header("etag"), approved.header("etag"), "accounts are not the request");
    let again = firm.post_as(&member, "/leave-requests", &body).await;
    assert_eq!((again.problem(422), again.fault().0), ("leave.overlap".into(), "/from".into()));
    let cancelled = firm.post_as(&member, &format!("{path}/cancel"), &json!({})).await;
    cancelled.is(200);
    let shown = seen(&firm, &member, &cancelled, &path).await;
    assert_eq!(shown.is(200)["state"], "cancelled");
    let again = firm.post_as(&member, "/leave-requests", &body).await;
    again.is(201);
    let path = format!("/leave-requests/{}", again.id());
    let reject = firm.post_as(&lead, &format!("{path}/reject"), &json!({ "reason": "Busy" })).await;
    let shown = seen(&firm, &member, &reject, &path).await;
    assert_eq!(
        (&shown.is(200)["state"], &shown.json()["answer"]),
        (&json!("rejected"), &json!("Busy"))
    );
    let withdrawn = firm.post_as(&member, &format!("{path}/withdraw"), &json!({})).await;
    assert_eq!(withdrawn.problem(422), "leave.already_decided");
}

#[tokio::test]
async fn the_same_key_asks_for_leave_once() {
    let firm = Firm::new().await;
    let kind = kind(&firm).await;
    let body = json!({ "leave_type_id": kind, "from": FROM });
    let asking = ask("POST", "/leave-requests").header("idempotency-key", "once").json(&body);
    let asking = asking.token(&firm.owner.token);
    let first = firm.raw(&asking).await;
    let again = firm.raw(&asking).await;
    assert_eq!((first.is(201), first.header("etag")), (again.is(201), again.header("etag")));
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_note_that_was_attached_is_read_by_whoever_decides_and_by_no_other_role() {
    let firm = Firm::new().await;
    let (member, lead) = (firm.person(&[Role::Member]).await, firm.person(&[Role::Manager]).await);
    let admin = firm.person(&[Role::Admin]).await;
    let kind = kind(&firm).await;
    let body = json!({ "leave_type_id": kind, "from": "2026-03-02", "half_day": "pm" });
    let asked = firm.post_as(&member, "/leave-requests", &body).await;
    asked.is(201);
    let file = firm.keep(&member, "kind=sick_note&name=Influenza.pdf", PDF).await;
    let content = format!("/files/{file}/content");
    assert_eq!(firm.get_as(&lead, &content).await.problem(404), "not_found");
    let documents = format!("/leave-requests/{}/documents", asked.id());
    let other = firm.keep(&lead, "kind=sick_note&name=Mine.pdf", PDF).await;
    let theirs = firm.post_as(&member, &documents, &json!({ "file_id": other })).await;
    assert_eq!(theirs.problem(404), "not_found");
    firm.post_as(&member, &documents, &json!({ "file_id": file })).await.is(200);
    assert_eq!(firm.get_as(&lead, &content).await.status.as_u16(), 200);
    assert_eq!(firm.get_as(&admin, &content).await.problem(404), "not_found");
    assert_eq!(firm.get(&content).await.problem(404), "not_found", "nor by an owner");
}
