//! Objects of a firm to be asked for: one of each kind, or of those that a request names.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use commands::Sender;
use commands::mail::TestMail;
use domain::log::{Actor, Via};
use domain::members::Role;
use migrations::testing::random_id;
use serde_json::json;

use super::firm::Person;
use super::samples::{EXPORT, sound, terms};
use super::{Firm, ask};
use crate::http::registry::Rule;

/// Objects by the parameter that names them or the path they stand in.
pub(super) type Objects = BTreeMap<&'static str, String>;

/// The kinds of objects that are made: making one of each kind for each request takes minutes.
#[derive(Debug)]
pub(super) enum Kinds {
    /// One of each.
    All,
    /// Those that a request names.
    Of(BTreeSet<&'static str>),
}

impl Kinds {
    /// Those that a sound request to this route names.
    pub(super) fn named_by(rule: &Rule) -> Self {
        // A path may lie under a kind without naming one, as a week lies under timesheets.
        let asked = RefCell::new(BTreeSet::from_iter(rule.path.split('/').nth(1)));
        let fill = |name: &str| {
            asked.borrow_mut().extend(kind_of(rule, name));
            by_name(name).map_or_else(|| random_id().to_string(), str::to_owned)
        };
        sound(rule, &fill);
        Kinds::Of(asked.into_inner())
    }

    fn any(&self, kinds: &[&'static str]) -> bool {
        match self {
            Kinds::All => true,
            Kinds::Of(wanted) => kinds.iter().any(|kind| wanted.contains(kind)),
        }
    }
}

/// An object of each kind, those of a person being this one's.
pub(super) async fn objects_of(firm: &Firm, person: &Person) -> Objects {
    objects_for(firm, person, &Kinds::All).await
}

/// An object of each of these kinds, and of those that they need, those of a person being this
/// one's.
pub(super) async fn objects_for(firm: &Firm, person: &Person, kinds: &Kinds) -> Objects {
    let name = format!("Umbrella {}", random_id().simple());
    let client = firm.post("/clients", &json!({ "name": name })).await.id();
    let body = json!({ "client_id": client, "name": "Website" });
    let project = firm.post("/projects", &body).await.id();
    let path = format!("/projects/{project}");
    let task = firm.post(&format!("{path}/tasks"), &json!({ "name": "Design" })).await.id();
    let member = person.member.to_string();
    let linked = firm.post(&format!("{path}/members"), &json!({ "member_id": member })).await;
    firm.get_after(&linked, "/projects").await.is(200);
    let mut objects = of_time(firm, person, &project, &task, kinds).await;
    if kinds.any(&["leave_type_id", "leave-types", "leave-entries", "leave-cases"])
        || kinds.any(&["leave-requests", "leave-feeds", "feed_link"])
    {
        objects.extend(of_leave(firm, person).await);
    }
    if kinds.any(&["invoices"]) {
        let invoice = billed(firm, &client, &project, &task).await;
        let link = firm.post(&format!("/invoices/{invoice}/client-link"), &json!({})).await;
        objects.extend([("link_id", link.id()), ("invoices", invoice)]);
    }
    if kinds.any(&["paid", "payment_id", "dispute_id", "credit-notes"]) {
        objects.extend(settled(firm, &client, &project, &task).await);
    }
    if kinds.any(&["imports"]) {
        objects.insert("imports", imported(firm).await);
    }
    if kinds.any(&["files", "file_id", "grants"]) {
        objects.extend(of_files(firm, &member).await);
    }
    if kinds.any(&["tokens"]) {
        let token = firm.post("/tokens", &json!({ "member_id": member })).await;
        objects.insert("tokens", token.id());
    }
    if kinds.any(&["sessions"]) {
        objects.insert("sessions", firm.session(person.member).await.id);
    }
    if kinds.any(&["jobs"]) {
        objects.insert("jobs", job_of(firm, person).await);
    }
    if kinds.any(&["sid"]) {
        objects.insert("sid", substitute(firm, &member).await);
    }
    objects.extend([
        ("project_id", project.clone()),
        ("members", member.clone()),
        ("timesheets", member.clone()),
        ("clients", client.clone()),
        ("projects", project),
        ("audit", client.clone()),
        ("task_id", task),
        ("member_id", member),
        ("client_id", client),
    ]);
    objects
}

/// What a person's time is: an entry, a favourite, a budget that it's held against.
async fn of_time(
    firm: &Firm,
    person: &Person,
    project: &str,
    task: &str,
    kinds: &Kinds,
) -> Objects {
    let mut objects = Objects::new();
    if kinds.any(&["budget_id"]) {
        let budget = json!({ "amount": { "basis": "hours", "seconds": 3600 } });
        let budget = firm.post(&format!("/projects/{project}/budgets"), &budget).await;
        objects.insert("budget_id", budget.id());
    }
    if kinds.any(&["entry_id", "time-entries", "timesheets"]) {
        let body = json!({
            "member_id": person.member.to_string(), "project_id": project, "task_id": task,
            "date": "2026-03-02", "seconds": 60,
        });
        let entry = firm.post("/time-entries", &body).await.id();
        objects.extend([("entry_id", entry.clone()), ("time-entries", entry)]);
    }
    if kinds.any(&["favourites"]) {
        objects.insert("favourites", kept(firm, person, project, task).await);
    }
    objects
}

/// A file of a member, and a grant to read it.
async fn of_files(firm: &Firm, member: &str) -> Objects {
    let file = stored(firm, member).await;
    let body = json!({ "member_id": member, "right": "reader", "object_id": file });
    let grant = firm.post("/grants", &body).await;
    firm.get_after(&grant, "/grants").await.is(200);
    BTreeMap::from([("file_id", file.clone()), ("files", file), ("grants", grant.id())])
}

/// A mail to a person that waits to be sent.
async fn job_of(firm: &Firm, person: &Person) -> String {
    let asked = TestMail { member: person.member };
    let sender = Sender::new(firm.tenant.id, Actor::Operator, Via::CommandLine);
    let job = firm.app.commands.handle(sender, asked).await.expect("a job").reply.id;
    job.expect("its id").to_string()
}

/// What is one member's in leave.
async fn of_leave(firm: &Firm, person: &Person) -> Objects {
    let body = json!({ "name": format!("Study {}", random_id().simple()), "paid": true });
    let defined = firm.post("/leave-types", &body).await;
    let leave_type = defined.id();
    firm.get_after(&defined, "/leave-types").await.is(200);
    let member = person.member.to_string();
    let (entered, case) = granted(firm, &member, &leave_type).await;
    let (feed, feed_link) = feed_of(firm, person).await;
    BTreeMap::from([
        ("leave-entries", entered),
        ("leave-cases", case),
        ("leave-requests", asked_for(firm, &member, &leave_type).await),
        ("leave_type_id", leave_type.clone()),
        ("leave-types", leave_type),
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

/// An issued invoice of which a part was paid, a part credited, and a line is disputed.
async fn settled(firm: &Firm, client: &str, project: &str, task: &str) -> Objects {
    let invoice = billed(firm, client, project, task).await;
    let path = format!("/invoices/{invoice}");
    firm.post(&format!("{path}/issue"), &json!({})).await.is(200);
    let usd = |amount_minor: i64| json!({ "amount_minor": amount_minor, "currency": "USD" });
    let paid = firm.post(&format!("{path}/payments"), &json!({ "amount": usd(50) })).await;
    paid.is(201);
    let body = json!({
        "lines": [{ "n": 1, "net": usd(10) }], "fate": "unbilled", "reason": "Agreed",
    });
    let credit = firm.post(&format!("{path}/credit-notes"), &body).await;
    credit.is(201);
    let body = json!({ "by": "Nova", "reason": "Not agreed on" });
    let dispute = firm.post(&format!("{path}/lines/1/disputes"), &body).await;
    dispute.is(201);
    firm.get_after(&dispute, &path).await.is(200);
    BTreeMap::from([
        ("paid", invoice),
        ("payment_id", paid.id()),
        ("credit-notes", credit.id()),
        ("dispute_id", dispute.id()),
    ])
}

/// A draft of the week after, which a manager approved, at a dollar a minute.
async fn billed(firm: &Firm, client: &str, project: &str, task: &str) -> String {
    let manager = firm.person(&[Role::Manager]).await;
    let rate = json!({ "unit": "hour", "amount_minor": 6000, "currency": "USD" });
    let rate = json!({ "kind": "bill", "client_id": client, "rate": rate });
    firm.post("/rates", &rate).await.is(200);
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

/// What a parameter is where it's no object of the firm.
fn by_name(name: &str) -> Option<&'static str> {
    match name {
        "week" => Some("2026-W10"),
        "month" => Some("2026-03"),
        "n" => Some("1"),
        "key" => Some("TIME_ZONE"),
        "day" => Some("2026-12-16"),
        "from" => Some("always"),
        // A firm may have few hosts, so those of two firms are compared in a test of their own.
        "host" => Some("nobodys.example.com"),
        _ => None,
    }
}

/// The kind of object that a parameter of a path, or of a body, names; none where it's none.
fn kind_of(rule: &Rule, name: &str) -> Option<&'static str> {
    const NAMED: [&str; 13] = [
        "link_id",
        "payment_id",
        "dispute_id",
        "leave_type_id",
        "file_id",
        "sid",
        "entry_id",
        "project_id",
        "budget_id",
        "task_id",
        "member_id",
        "client_id",
        "feed_link",
    ];
    match name {
        "id" if rule.operation == "readLeaveFeed" => Some("feed_link"),
        "id" if of_issued(rule) => Some("paid"),
        "id" | "object_id" => rule.path.split('/').nth(1),
        name => NAMED.into_iter().find(|named| *named == name),
    }
}

/// Whether a draft has nothing that this route is about.
fn of_issued(rule: &Rule) -> bool {
    ["reverseInvoicePayment", "settleInvoiceDispute", "getInvoiceXml"].contains(&rule.operation)
}

/// The parameter of a path, or of a body, as an object of the firm.
pub(super) fn of(objects: &Objects, rule: &Rule, name: &str) -> String {
    if let Some(fixed) = by_name(name) {
        return fixed.to_owned();
    }
    let found = kind_of(rule, name).and_then(|kind| objects.get(kind));
    found.unwrap_or_else(|| panic!("no object for {name} of {}", rule.path)).clone()
}
