//! Leave as it's read: balances that explain themselves, at any moment, and who sees what of whose
//! requests.

use domain::members::Role;
use serde_json::{Value, json};

use super::ask::Reply;
use super::firm::Person;
use super::{Firm, ask};

/// A firm in South Africa with somebody who began on the first of January, and their manager.
pub(super) struct Staff {
    pub(super) firm: Firm,
    pub(super) member: Person,
    pub(super) manager: Person,
    /// Annual leave by law.
    pub(super) annual: String,
}

impl Staff {
    pub(super) async fn new() -> Self {
        let firm = Firm::new().await;
        let (path, zone) = ("/settings/COUNTRY", json!({ "value": "ZA" }));
        let tag = firm.get(path).await.header("etag");
        let set = firm.change("PUT", path, &tag, &zone).await;
        let kinds = firm.get_after(&set, "/leave-types").await.is(200);
        let kinds = kinds["items"].as_array().expect("kinds").clone();
        let annual = kinds.iter().find(|kind| kind["code"] == "annual").expect("annual leave");
        let annual = annual["id"].as_str().expect("an id").to_owned();
        let member = firm.person(&[Role::Member]).await;
        let manager = firm.person(&[Role::Manager]).await;
        let staff = Staff { firm, member, manager, annual };
        staff
            .change_member(&json!({
                "hired_on": "2026-01-01", "manager_id": staff.manager.member,
            }))
            .await;
        staff
    }

    pub(super) async fn change_member(&self, body: &Value) -> Reply {
        let path = format!("/members/{}", self.member.member);
        let changed = self.firm.change("PATCH", &path, "*", body).await;
        changed.is(200);
        changed
    }

    /// The member writes a draft, or the manager asks for them: for days that are past only a
    /// manager may.
    pub(super) async fn asks(&self, body: Value) -> Reply {
        let mut body = body;
        let by = if body["draft"] == json!(true) { &self.member } else { &self.manager };
        body["leave_type_id"] = json!(self.annual);
        body["member_id"] = json!(self.member.member);
        let asked = self.firm.post_as(by, "/leave-requests", &body).await;
        asked.is(201);
        asked
    }

    /// The manager does something with a request.
    pub(super) async fn decides(&self, request: &str, verb: &str) -> Reply {
        let path = format!("/leave-requests/{request}/{verb}");
        let decided = self.firm.post_as(&self.manager, &path, &json!({})).await;
        decided.is(200);
        decided
    }

    /// The member asks for days and gets them.
    pub(super) async fn takes(&self, body: Value) -> (String, Reply) {
        let id = self.asks(body).await.id();
        let approved = self.decides(&id, "approve").await;
        (id, approved)
    }

    pub(super) async fn sees(&self, person: &Person, done: &Reply, path: &str) -> Reply {
        let join = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{join}min_position={}", done.position());
        self.firm.get_as(person, &path).await
    }

    fn postings(&self) -> String {
        format!("/leave-balances/{}/{}/postings", self.member.member, self.annual)
    }
}

/// In ten-thousandths, so that sums are exact.
fn units(number: &Value) -> i64 {
    let minutes = number.as_f64().expect("a number");
    (minutes * 10_000.0).round() as i64
}

fn sum(account: &Value) -> i64 {
    let postings = account["items"].as_array().expect("postings");
    postings.iter().map(|posting| units(&posting["minutes"])).sum()
}

#[tokio::test]
async fn why_a_balance_is_what_it_is_is_answered_by_one_get() {
    let staff = Staff::new().await;
    // Ten months of a year of fifteen days, and a day of them taken: eleven and a half are left.
    let (request, approved) = staff.takes(json!({ "from": "2026-06-01" })).await;
    let path = format!("{}?at=2026-10-31", staff.postings());
    let account = staff.sees(&staff.member, &approved, &path).await.is(200);
    assert_eq!(
        (&account["days"], &account["minutes"]),
        (&json!("11.5"), &json!(5520)),
        "{account}"
    );
    assert_eq!((&account["code"], &account["unit"]), (&json!("annual"), &json!("days")));
    assert_eq!((&account["day_minutes"], &account["pending_minutes"]), (&json!(480), &json!(0)));
    let why = account["why"].as_str().expect("words");
    let begins = "Annual leave on 2026-10-31 is 11.5 days (5520 minutes), a day being 480 minutes";
    assert!(why.starts_with(begins), "{why}");
    assert!(why.contains("-1 day (-480 minutes) taken"), "{why}");
    assert!(why.contains("12.5 days (6000 minutes) accrued in 10 postings"), "{why}");
    assert_eq!(sum(&account), units(&account["minutes"]), "{account}");
    let postings = account["items"].as_array().expect("postings");
    let last = postings.last().expect("a posting");
    assert_eq!(last["balance"], account["minutes"]);
    let taken = postings.iter().find(|posting| posting["kind"] == "take").expect("a day taken");
    assert_eq!(taken["effective"], "2026-06-01");
    assert_eq!(taken["cause"], json!({ "of": "request", "id": request }));
    assert!(taken["position"].is_i64() && taken["recorded_at"].is_string(), "{taken}");
    assert!(taken["words"].as_str().expect("words").contains(&request), "{taken}");
    assert_eq!(taken["bucket"]["right"], "statutory");
    assert!(taken["rests_on"]["member"].as_i64().expect("a version") > 0);
    // A day to come is due, and on no record.
    let ahead = format!("{}?at=2027-03-31", staff.postings());
    let ahead = staff.sees(&staff.member, &approved, &ahead).await.is(200);
    assert_eq!(sum(&ahead), units(&ahead["minutes"]));
    let due = ahead["items"].as_array().expect("postings");
    let due = due.iter().find(|it| it["effective"].as_str().expect("a day") > "2027-01-01");
    let due = due.expect("what is to come");
    assert_eq!((&due["position"], &due["n"]), (&Value::Null, &Value::Null), "{due}");
}

#[tokio::test]
async fn a_balance_is_told_as_it_was_and_as_it_was_known() {
    let staff = Staff::new().await;
    let first = staff.asks(json!({ "from": "2026-06-01" })).await;
    let approved = staff.decides(&first.id(), "approve").await;
    let earlier = staff.change_member(&json!({ "hired_on": "2026-07-01" })).await;
    let at =
        |key: &str, position: i64| format!("{}?at=2026-10-31&{key}={position}", staff.postings());
    let now = format!("{}?at=2026-10-31", staff.postings());
    let now = staff.sees(&staff.member, &earlier, &now).await.is(200);
    assert_ne!(now["minutes"], json!(5520), "three months less, and no day before the first one");
    assert_eq!(sum(&now), units(&now["minutes"]), "{now}");
    let corrections = now["items"].as_array().expect("postings");
    let corrections = corrections.iter().filter(|posting| posting["kind"] == "correct");
    assert!(corrections.count() > 0, "what no longer holds is taken back: {now}");
    let was = staff.firm.get_as(&staff.member, &at("as_of", approved.position())).await.is(200);
    assert_eq!((&was["minutes"], sum(&was)), (&json!(5520), 55_200_000));
    let asked = staff.firm.get_as(&staff.member, &at("as_of", first.position())).await.is(200);
    assert_eq!((&asked["minutes"], &asked["pending_minutes"]), (&json!(6000), &json!(480)));
    let known = staff.firm.get_as(&staff.member, &at("known_at", approved.position())).await;
    assert_eq!(known.is(200)["minutes"], json!(5520), "employment as it was known then");
    let balances = format!("/leave-balances?at=2026-10-31&as_of={}", approved.position());
    let balances = staff.firm.get_as(&staff.member, &balances).await.is(200);
    let annual = balances["items"].as_array().expect("items").iter();
    let annual = annual.clone().find(|item| item["code"] == "annual").expect("annual leave");
    assert_eq!((&annual["minutes"], &annual["days"]), (&json!(5520), &json!("11.5")));
    assert_eq!(annual["member_id"], json!(staff.member.member));
}

#[tokio::test]
async fn balances_of_all_are_for_those_who_look_after_them_and_come_in_pieces() {
    let staff = Staff::new().await;
    let colleague = staff.firm.person(&[Role::Member]).await;
    let own = staff.firm.get_as(&colleague, "/leave-balances").await.is(200);
    let own = own["items"].as_array().expect("items").clone();
    assert!(!own.is_empty());
    assert!(own.iter().all(|item| item["member_id"] == json!(colleague.member)));
    let others = format!("/leave-balances?member_id={}", staff.member.member);
    assert_eq!(staff.firm.get_as(&colleague, &others).await.problem(403), "auth.forbidden");
    let denied = staff.firm.get_as(&colleague, &staff.postings()).await;
    assert_eq!(denied.problem(403), "auth.forbidden");
    let billing = staff.firm.person(&[Role::Billing]).await;
    assert_eq!(staff.firm.get_as(&billing, &others).await.problem(403), "auth.forbidden");
    for role in [Role::Manager, Role::Admin, Role::Owner, Role::Auditor] {
        let person = staff.firm.person(&[role]).await;
        staff.firm.get_as(&person, &others).await.is(200);
    }
    let all = staff.firm.get_as(&staff.manager, "/leave-balances?limit=200").await.is(200);
    let all = all["items"].as_array().expect("items").clone();
    let (mut pieces, mut path) = (Vec::new(), "/leave-balances?limit=7".to_owned());
    loop {
        let piece = staff.firm.get_as(&staff.manager, &path).await.is(200);
        pieces.extend(piece["items"].as_array().expect("items").clone());
        let Some(cursor) = piece["next_cursor"].as_str() else { break };
        path = format!("/leave-balances?limit=7&cursor={cursor}");
    }
    let keys = |items: &[Value]| -> Vec<_> {
        let key = |it: &Value| (it["member_id"].to_string(), it["leave_type_id"].to_string());
        items.iter().map(key).collect()
    };
    assert!(all.len() > 14, "{}", all.len());
    assert!(pieces.len() >= all.len());
    assert!(keys(&all).iter().all(|key| keys(&pieces).contains(key)));
}

#[tokio::test]
async fn a_colleague_sees_dates_only_and_reasons_are_for_their_readers() {
    let staff = Staff::new().await;
    let (firm, colleague) = (&staff.firm, staff.firm.person(&[Role::Member]).await);
    let admin = firm.person(&[Role::Admin]).await;
    let note = "A cousin marries";
    let body = json!({ "from": "2026-06-04", "half_day": "pm", "note": note });
    let asked = staff.asks(body).await;
    let path = format!("/leave-requests/{}", asked.id());
    let waits = staff.sees(&staff.manager, &asked, "/leave-requests?awaiting=me").await.is(200);
    let [waiting] = &waits["items"].as_array().expect("items")[..] else { panic!("{waits}") };
    assert_eq!((&waiting["id"], &waiting["note"]), (&json!(asked.id()), &json!(note)));
    assert_eq!(waiting["part"], "pm");
    let none = staff.sees(&colleague, &asked, "/leave-requests?awaiting=me").await.is(200);
    assert_eq!(none["items"], json!([]));
    let calendar = "/leave-calendar?from=2026-06-01&to=2026-06-30";
    let before = staff.sees(&colleague, &asked, calendar).await.is(200);
    assert_eq!(before["items"], json!([]), "not before it's granted");
    let approved = staff.decides(&asked.id(), "approve").await;
    let seen = staff.sees(&colleague, &approved, calendar).await;
    assert!(!seen.text.contains("cousin") && !seen.text.contains("Annual"), "{}", seen.text);
    let seen = seen.is(200);
    let name = seen["items"][0]["name"].as_str().expect("a name").to_owned();
    assert_eq!(
        seen["items"],
        json!([{
            "member_id": staff.member.member, "name": name, "from": "2026-06-04",
            "to": "2026-06-04", "part": "pm", "request_id": null, "leave_type_id": null,
            "leave_type": null,
        }])
    );
    assert_eq!(seen["holidays"], json!([{ "date": "2026-06-16", "name": "Youth Day" }]));
    for (person, kind) in [(&staff.member, true), (&staff.manager, true), (&colleague, false)] {
        let seen = staff.sees(person, &approved, calendar).await.is(200);
        assert_eq!(seen["items"][0]["leave_type"].is_string(), kind);
    }
    assert_eq!(firm.get_as(&colleague, &path).await.problem(404), "not_found");
    let list = format!("/leave-requests?member_id={}", staff.member.member);
    assert_eq!(firm.get_as(&colleague, &list).await.problem(403), "auth.forbidden");
    for (person, reads) in [
        (&staff.member, true),
        (&staff.manager, true),
        (&firm.owner, true),
        (&admin, false),
        (&firm.person(&[Role::Auditor]).await, false),
    ] {
        let shown = staff.sees(person, &approved, &path).await.is(200);
        assert_eq!(shown["note"] == json!(note), reads, "{shown}");
        assert_eq!((&shown["minutes"], &shown["state"]), (&json!(240), &json!("approved")));
        let listed = firm.get_as(person, &list).await;
        assert_eq!(listed.text.contains(note), reads, "{}", listed.text);
    }
    let then = format!("{path}?as_of={}", asked.position());
    let then = firm.get_as(&staff.member, &then).await.is(200);
    assert_eq!((&then["state"], &then["waits_for"]), (&json!("submitted"), &json!("line_manager")));
}

#[tokio::test]
async fn a_draft_is_its_members_alone_and_filters_find_what_they_name() {
    let staff = Staff::new().await;
    let draft = staff.asks(json!({ "from": "2026-07-01", "draft": true })).await;
    let path = format!("/leave-requests/{}", draft.id());
    let own = staff.sees(&staff.member, &draft, &path).await;
    assert_eq!(own.is(200)["state"], "draft");
    assert_eq!(own.header("etag"), draft.header("etag"));
    for person in [&staff.manager, &staff.firm.owner] {
        assert_eq!(staff.firm.get_as(person, &path).await.problem(404), "not_found");
        let list = staff.firm.get_as(person, "/leave-requests").await.is(200);
        assert_eq!(list["items"], json!([]));
    }
    let (june, done) = staff.takes(json!({ "from": "2026-06-01", "to": "2026-06-05" })).await;
    let ids = async |query: &str| {
        let list = staff.sees(&staff.member, &done, &format!("/leave-requests{query}")).await;
        let list = list.is(200);
        let items = list["items"].as_array().expect("items").clone();
        items.iter().map(|it| it["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await.len(), 2);
    assert_eq!(ids("?state=approved").await, vec![june.clone()]);
    assert_eq!(ids("?from=2026-06-05&to=2026-06-30").await, vec![june.clone()]);
    assert_eq!(ids("?from=2026-06-06&to=2026-06-30").await, Vec::<String>::new());
    assert_eq!(ids("?state=draft").await, [draft.id()]);
    assert_eq!(ids(&format!("?leave_type_id={}", staff.annual)).await.len(), 2);
    let body = json!({ "note": "Another" });
    let changed = ask("PATCH", &path).token(&staff.member.token);
    let changed = changed.header("if-match", &own.header("etag")).json(&body);
    staff.firm.raw(&changed).await.is(200);
}
