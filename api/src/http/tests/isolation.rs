//! Two tenants: whatever of one is named to the other is answered exactly like what never was.

use std::collections::BTreeMap;

use commands::Sender;
use commands::mail::TestMail;
use domain::log::{Actor, Via};
use domain::members::Role;
use migrations::cell::PoolLimits;
use migrations::testing::{cell, random_id};
use serde_json::{Value, json};

use super::firm::Person;
use super::samples::{EXPORT, sound, terms};
use super::{Firm, ask};
use crate::http::registry::{Rule, Site};
use crate::http::routes::routes;

/// Objects by the parameter that names them or the path they stand in.
pub(super) type Objects = BTreeMap<&'static str, String>;

/// An object of each kind, those of a person being the owner's.
async fn objects(firm: &Firm) -> Objects {
    objects_of(firm, &firm.owner).await
}

/// An object of each kind, those of a person being this one's.
pub(super) async fn objects_of(firm: &Firm, person: &Person) -> Objects {
    let name = format!("Umbrella {}", random_id().simple());
    let client = firm.post("/clients", &json!({ "name": name })).await.id();
    let body = json!({ "client_id": client, "name": "Website" });
    let project = firm.post("/projects", &body).await.id();
    let path = format!("/projects/{project}");
    let task = firm.post(&format!("{path}/tasks"), &json!({ "name": "Design" })).await.id();
    let member = person.member.to_string();
    let linked = firm.post(&format!("{path}/members"), &json!({ "member_id": member })).await;
    let budget = json!({ "amount": { "basis": "hours", "seconds": 3600 } });
    let budget = firm.post(&format!("{path}/budgets"), &budget).await.id();
    let body = json!({
        "member_id": member, "project_id": project, "task_id": task, "date": "2026-03-02",
        "seconds": 60,
    });
    let entry = firm.post("/time-entries", &body).await.id();
    let invoice = billed(firm, &client, &project, &task).await;
    let token = firm.post("/tokens", &json!({ "member_id": member })).await.id();
    let defined = firm
        .post(
            "/leave-types",
            &json!({ "name": format!("Study {}", random_id().simple()), "paid": true }),
        )
        .await;
    let leave_type = defined.id();
    firm.get_after(&defined, "/leave-types").await.is(200);
    firm.get_after(&linked, "/projects").await.is(200);
    firm.get("/invoices?min_position=1").await.is(200);
    let import = imported(firm).await;
    let asked = TestMail { member: person.member };
    let sender = Sender::new(firm.tenant.id, Actor::Operator, Via::CommandLine);
    let job = firm.app.commands.handle(sender, asked).await.expect("a job").reply.id;
    let job = job.expect("its id").to_string();
    let file = stored(firm, &member).await;
    let body = json!({ "member_id": member, "right": "reader", "object_id": file });
    let grant = firm.post("/grants", &body).await;
    firm.get_after(&grant, "/grants").await.is(200);
    let mut objects = of_leave(firm, person, &leave_type).await;
    objects.extend([
        ("leave_type_id", leave_type.clone()),
        ("file_id", file.clone()),
        ("jobs", job),
        ("sid", substitute(firm, &member).await),
        ("files", file),
        ("grants", grant.id()),
        ("imports", import),
        ("leave-types", leave_type),
        ("favourites", kept(firm, person, &project, &task).await),
        ("entry_id", entry.clone()),
        ("time-entries", entry),
        ("timesheets", member.clone()),
        ("invoices", invoice),
        ("project_id", project.clone()),
        ("members", member.clone()),
        ("clients", client.clone()),
        ("projects", project),
        ("tokens", token),
        ("sessions", firm.session(person.member).await.id),
        ("audit", client.clone()),
        ("budget_id", budget),
        ("task_id", task),
        ("member_id", member),
        ("client_id", client),
    ]);
    objects
}

/// What is one member's in leave.
async fn of_leave(firm: &Firm, person: &Person, leave_type: &str) -> Objects {
    let member = person.member.to_string();
    let (entered, case) = granted(firm, &member, leave_type).await;
    let (feed, feed_link) = feed_of(firm, person).await;
    BTreeMap::from([
        ("leave-entries", entered),
        ("leave-cases", case),
        ("leave-requests", asked_for(firm, &member, leave_type).await),
        ("leave-feeds", feed),
        ("feed_link", feed_link),
    ])
}

/// A file of hours that was taken over.
async fn imported(firm: &Firm) -> String {
    let once = random_id().simple().to_string();
    let file = EXPORT.replace("Website", &once).replace("ayo", &once);
    let import = ask("POST", "/imports?format=csv").text("text/csv", &file);
    let import = import.header("idempotency-key", &random_id().to_string());
    let import = import.token(&firm.owner.token);
    let imported = firm.raw(&import).await;
    let import = imported.is(201)["import_id"].as_str().expect("an import").to_owned();
    firm.get_after(&imported, &format!("/imports/{import}")).await.is(200);
    import
}

/// A favourite of the person. Who may keep none, such as an auditor, has one that nobody knows.
async fn kept(firm: &Firm, person: &Person, project: &str, task: &str) -> String {
    let body = json!({ "project_id": project, "task_id": task });
    let kept = firm.post_as(person, "/favourites", &body).await;
    if kept.status.as_u16() != 201 {
        return random_id().to_string();
    }
    let path = format!("/favourites?min_position={}", kept.position());
    firm.get_as(person, &path).await.is(200);
    kept.id()
}

/// Leave that was entered by hand, and a case of a kind that has terms from always.
async fn granted(firm: &Firm, member: &str, leave_type: &str) -> (String, String) {
    let set = firm.post(&format!("/leave-types/{leave_type}/policies"), &terms()).await;
    set.is(200);
    let body = json!({
        "member_id": member, "leave_type_id": leave_type, "effective": "2026-03-02",
        "minutes": 480, "reason": "An extra day",
    });
    let entered = firm.post("/leave-entries", &body).await;
    entered.is(201);
    let body = json!({
        "member_id": member, "leave_type_id": leave_type, "applies_to": "birth",
        "on": "2026-02-10",
    });
    let case = firm.post("/leave-cases", &body).await;
    case.is(201);
    (entered.id(), case.id())
}

/// Leave that a member has written down.
async fn asked_for(firm: &Firm, member: &str, leave_type: &str) -> String {
    let body = json!({
        "member_id": member, "leave_type_id": leave_type, "from": "2026-03-16", "draft": true,
    });
    let asked = firm.post("/leave-requests", &body).await;
    asked.is(201);
    asked.id()
}

/// A feed of the person with the last part of its link; who may have none has one that nobody
/// knows.
async fn feed_of(firm: &Firm, person: &Person) -> (String, String) {
    let opened = firm.post_as(person, "/leave-feeds", &json!({ "team": true })).await;
    if opened.status.as_u16() != 201 {
        return (random_id().to_string(), format!("{}.ics", random_id()));
    }
    let path = format!("/leave-feeds?min_position={}", opened.position());
    firm.get_as(person, &path).await.is(200);
    let body = opened.json();
    let link = body["url"].as_str().and_then(|url| url.rsplit('/').next());
    (opened.id(), link.expect("a link").to_owned())
}

/// A document of a member.
async fn stored(firm: &Firm, member: &str) -> String {
    let file = ask("POST", &format!("/files?kind=document&owner_id={member}"));
    let file = file.header("idempotency-key", &random_id().to_string());
    let file = file.text("text/plain", "A text.\n").token(&firm.owner.token);
    let file = firm.raw(&file).await;
    file.is(201);
    file.id()
}

/// Days on which somebody stands in for a member.
async fn substitute(firm: &Firm, member: &str) -> String {
    let colleague = firm.person(&[Role::Member]).await.member;
    // Days of their own, for objects may be asked for more than once.
    let offset = i64::try_from(random_id().as_u128() % 30_000).expect("a few days");
    let day = jiff::civil::date(2100, 1, 1) + jiff::Span::new().days(offset);
    let body = json!({ "substitute_id": colleague, "from": day, "to": day });
    let path = format!("/members/{member}/substitutes");
    let named = firm.post(&path, &body).await;
    firm.get_after(&named, &path).await.is(200);
    named.id()
}

/// A draft of the week after, which a manager approved.
async fn billed(firm: &Firm, client: &str, project: &str, task: &str) -> String {
    let manager = firm.person(&[Role::Manager]).await;
    let link = json!({ "member_id": manager.member });
    firm.post(&format!("/projects/{project}/members"), &link).await.is(200);
    let body =
        json!({ "project_id": project, "task_id": task, "date": "2026-03-09", "seconds": 60 });
    firm.post_as(&manager, "/time-entries", &body).await.is(201);
    let week = format!("/timesheets/{}/2026-W11", manager.member);
    firm.post_as(&manager, &format!("{week}/submit"), &json!({})).await.is(200);
    firm.post(&format!("{week}/approve"), &json!({})).await.is(200);
    let body = json!({
        "client_id": client, "from": "2026-03-01", "to": "2026-03-31", "group_by": "task",
    });
    let drafted = firm.post("/invoices", &body).await;
    firm.get_after(&drafted, &format!("/invoices/{}", drafted.id())).await.is(200);
    drafted.id()
}

/// The parameter of a path, or of a body, as an object of the firm.
pub(super) fn of(objects: &Objects, rule: &Rule, name: &str) -> String {
    let kind = rule.path.split('/').nth(1).unwrap_or_default();
    match name {
        "week" => return "2026-W10".to_owned(),
        "month" => return "2026-03".to_owned(),
        "n" => return "1".to_owned(),
        "key" => return "TIME_ZONE".to_owned(),
        "day" => return "2026-12-16".to_owned(),
        "from" => return "always".to_owned(),
        // A firm may have few hosts, so those of two firms are compared in a test of their own.
        "host" => return "nobodys.example.com".to_owned(),
        _ => {}
    }
    let found = match name {
        "id" if rule.operation == "readLeaveFeed" => objects.get("feed_link"),
        "id" | "object_id" => objects.get(kind),
        name => objects.get(name),
    };
    found.unwrap_or_else(|| panic!("no object for {name} of {}", rule.path)).clone()
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
            [&(|name: &str| of(&foreign, &rule, name)) as &dyn Fn(&str) -> String, &|_: &str| {
                random_id().to_string()
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
