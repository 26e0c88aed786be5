//! Who reads why somebody is away, and what belongs to their request: every route that answers
//! anything is asked in everybody's name, and what is secret is found exactly where it may be.

use std::collections::{BTreeMap, BTreeSet};

use domain::leave::member_leave_stream;
use domain::members::Role;
use serde_json::{Value, json};

use super::firm::Person;
use super::objects::{objects_of, of};
use super::samples::sound;
use super::{Firm, Reply, ask};
use crate::http::registry::{Method, Site};
use crate::http::routes::routes;

/// Words that stand nowhere else.
const REASON: &str = "Zwillingsgeburt";
const REFUSAL: &str = "Quartalsabschluss";
const NAME: &str = "Hexenschuss";
const INSIDE: &str = "Bandscheibenvorfall";
const CONTENT: &str = "%PDF-1.4 Bandscheibenvorfall\n%%EOF\n";

/// A firm with a request that was granted, one that was refused, and a sick note.
struct Secrets {
    firm: Firm,
    people: BTreeMap<&'static str, Person>,
    request: String,
    file: String,
    leave_type: String,
}

impl Secrets {
    async fn new() -> Self {
        let firm = Firm::new().await;
        let roles = [
            ("member", Role::Member),
            ("approver", Role::Manager),
            ("other manager", Role::Manager),
            ("admin", Role::Admin),
            ("auditor", Role::Auditor),
            ("billing", Role::Billing),
            ("colleague", Role::Member),
            ("reader of reasons", Role::Member),
            ("reader of the file", Role::Member),
        ];
        let mut people = BTreeMap::new();
        for (name, role) in roles {
            people.insert(name, firm.person(&[role]).await);
        }
        let (member, approver) = (&people["member"], &people["approver"]);
        let path = format!("/members/{}", member.member);
        let body = json!({ "manager_id": approver.member });
        firm.change("PATCH", &path, "*", &body).await.is(200);
        let kind = json!({ "name": "Sick leave", "paid": true });
        let leave_type = firm.post("/leave-types", &kind).await.id();
        let ask_for =
            |day: &str| json!({ "leave_type_id": leave_type, "from": day, "note": REASON });
        let asked = firm.post_as(member, "/leave-requests", &ask_for("2026-03-16")).await;
        let request = asked.is(201)["id"].as_str().expect("an id").to_owned();
        let query = format!("kind=sick_note&name={NAME}.pdf&leave_request_id={request}");
        let file = firm.keep(member, &query, CONTENT.as_bytes()).await;
        let path = format!("/leave-requests/{request}");
        let attach = json!({ "file_id": file });
        let sent = firm.post_as(member, &format!("{path}/documents"), &attach).await;
        assert!(sent.status.is_success(), "{}", sent.text);
        decide(&firm, approver, &path, "approve", &json!({})).await;
        let second = firm.post_as(member, "/leave-requests", &ask_for("2026-03-18")).await.id();
        let path = format!("/leave-requests/{second}");
        decide(&firm, approver, &path, "reject", &json!({ "reason": REFUSAL })).await;
        let mut secrets = Secrets { firm, people, request, file, leave_type };
        secrets.give("reader of reasons", "leave_reader").await;
        secrets.give("reader of the file", "reader").await;
        secrets
    }

    /// The member lets somebody read.
    async fn give(&mut self, to: &'static str, right: &str) {
        let member = &self.people["member"];
        let object = match right {
            "reader" => self.file.clone(),
            _ => member.member.to_string(),
        };
        let body = json!({
            "member_id": self.people[to].member, "right": right, "object_id": object,
        });
        self.firm.post_as(member, "/grants", &body).await.is(201);
    }

    /// What each of everybody finds of these words, by route.
    async fn found(&self, who: &Person) -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut found: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        let mut look = |place: &str, reply: &Reply| {
            let content = String::from_utf8_lossy(&reply.bytes);
            for word in [REASON, REFUSAL, NAME, INSIDE] {
                let said = reply.text.contains(word)
                    || content.contains(word)
                    || reply
                        .headers
                        .values()
                        .any(|it| String::from_utf8_lossy(it.as_bytes()).contains(word));
                if said {
                    found.entry(word).or_default().insert(place.to_owned());
                }
            }
        };
        let member = &self.people["member"];
        let mut objects = objects_of(&self.firm, member).await;
        let member_id = member.member.to_string();
        objects.extend([
            ("leave-requests", self.request.clone()),
            ("files", self.file.clone()),
            ("file_id", self.file.clone()),
            ("leave_type_id", self.leave_type.clone()),
            ("leave-types", self.leave_type.clone()),
            ("member_id", member_id.clone()),
            ("audit", self.request.clone()),
        ]);
        let rules = routes().into_iter().map(|route| route.rule);
        let reads = rules
            .filter(|rule| rule.site != Site::Platform)
            .filter(|rule| rule.method == Method::Get || rule.operation.starts_with("preview"));
        let mut walked = 0;
        for rule in reads {
            let sent = sound(&rule, &|name: &str| of(&objects, &rule, name)).token(&who.token);
            let reply = self.firm.raw(&sent).await;
            look(rule.operation, &reply);
            walked += u32::from(reply.status.is_success());
        }
        assert!(walked > 30, "{walked}");
        let stream = member_leave_stream(member.member);
        for (place, path) in [
            ("listEvents", "/events?limit=200".to_owned()),
            ("listEvents", "/events?limit=200&after=40".to_owned()),
            ("getTimeline", format!("/audit/{stream}")),
            ("getTimeline", format!("/audit/{member_id}?limit=200")),
            ("getTimeline", format!("/audit/{}", self.file)),
            ("listLeaveRequests", format!("/leave-requests?member_id={member_id}")),
            ("listLeaveRequests", "/leave-requests?awaiting=me".to_owned()),
            ("reportLeave", "/reports/leave?format=csv&at=2026-12-31".to_owned()),
            ("reportLeave", "/reports/leave?format=xlsx&at=2026-12-31".to_owned()),
            ("listFiles", format!("/files?owner_id={member_id}")),
        ] {
            let reply = self.firm.get_as(who, &path).await;
            look(place, &reply);
        }
        found
    }
}

async fn decide(firm: &Firm, by: &Person, path: &str, verb: &str, body: &Value) {
    let decision = ask("POST", &format!("{path}/{verb}")).json(body).header("if-match", "*");
    let decision =
        decision.header("idempotency-key", &migrations::testing::random_id().to_string());
    let reply = firm.raw(&decision.token(&by.token)).await;
    assert!(reply.status.is_success(), "{verb}: {}", reply.text);
}

#[tokio::test]
async fn a_secret_reason_and_a_sick_note_are_found_exactly_where_they_may_be() {
    let secrets = Secrets::new().await;
    for path in ["/files", "/leave-requests", "/grants"] {
        let settled = ask("GET", path).header("prefer", "wait=20").token(&secrets.firm.owner.token);
        secrets.firm.raw(&settled).await.is(200);
    }
    const ASKED: &[&str] = &["getLeaveRequest", "listLeaveRequests"];
    const LOGGED: &[&str] = &["getLeaveRequest", "getTimeline", "listEvents", "listLeaveRequests"];
    const LISTED: &[&str] = &["listLeaveRequests"];
    const NAMED: &[&str] = &["getFile", "getFileContent", "listFiles"];
    const READ: &[&str] = &["getFileContent"];
    let all: &[(&str, &[&str])] =
        &[(REASON, ASKED), (REFUSAL, LISTED), (NAME, NAMED), (INSIDE, READ)];
    let owner: &[(&str, &[&str])] = &[(REASON, LOGGED), (REFUSAL, &LOGGED[1..])];
    for (name, person) in &secrets.people {
        let found = secrets.found(person).await;
        let expected = match *name {
            "member" | "approver" => all,
            "reader of reasons" => &all[..2],
            "reader of the file" => &all[2..],
            _ => &[],
        };
        assert_eq!(found, places(expected), "{name}");
    }
    let found = secrets.found(&secrets.firm.owner).await;
    assert_eq!(found, places(owner), "owner");
    // To whom it's closed it's hidden, and not erased.
    let admin = &secrets.people["admin"];
    let path = format!("/leave-requests/{}", secrets.request);
    let shown = secrets.firm.get_as(admin, &path).await.is(200);
    assert_eq!((&shown["note"], &shown["hidden"]), (&Value::Null, &json!(true)));
    let log = secrets.firm.get_as(admin, &format!("/audit/{}", secrets.request)).await;
    assert!(log.text.contains(r#"{"hidden":true}"#), "{}", log.text);
    // An owner opens the file to themselves, which the log tells.
    let owner = &secrets.firm.owner;
    let content = format!("/files/{}/content", secrets.file);
    assert_eq!(secrets.firm.get(&content).await.problem(404), "not_found");
    let body = json!({
        "member_id": owner.member, "right": "reader", "object_id": secrets.file,
    });
    let given = secrets.firm.post("/grants", &body).await;
    given.is(201);
    let logged = secrets.firm.get(&format!("/events?after={}", given.position() - 1)).await;
    assert!(logged.text.contains("GrantGiven"), "{}", logged.text);
}

fn places(expected: &[(&'static str, &[&str])]) -> BTreeMap<&'static str, BTreeSet<String>> {
    let of = |places: &[&str]| places.iter().map(|place| (*place).to_owned()).collect();
    expected.iter().map(|(word, places)| (*word, of(places))).collect()
}

#[tokio::test]
async fn reasons_are_shown_to_others_by_the_member_or_an_owner_and_by_nobody_else() {
    let secrets = Secrets::new().await;
    let (firm, people) = (&secrets.firm, &secrets.people);
    let body = |to: &str| {
        json!({
            "member_id": people[to].member, "right": "leave_reader",
            "object_id": people["member"].member,
        })
    };
    for by in ["admin", "approver", "reader of reasons", "colleague"] {
        let reply = firm.post_as(&people[by], "/grants", &body("colleague")).await;
        assert!(matches!(reply.status.as_u16(), 403 | 404), "{by}: {}", reply.text);
    }
    let given = firm.post("/grants", &body("auditor")).await;
    given.is(201);
    let readers = format!("/grants?object_id={}", people["member"].member);
    let readers = ask("GET", &readers).header("prefer", "wait=20").token(&people["member"].token);
    let readers = firm.raw(&readers).await.is(200);
    assert_eq!(readers["items"].as_array().map(Vec::len), Some(2), "{readers}");
    let path = format!("/leave-requests/{}", secrets.request);
    assert!(firm.get_as(&people["auditor"], &path).await.text.contains(REASON));
    let grant = format!("/grants/{}", given.id());
    let taken = ask("DELETE", &grant).header("if-match", "*").token(&people["member"].token);
    firm.raw(&taken).await.is(200);
    assert!(!firm.get_as(&people["auditor"], &path).await.text.contains(REASON), "at once");
}
