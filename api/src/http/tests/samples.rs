//! One sound request per route, so that walks over all of them reach what they are about. A route
//! without a sample fails the walk.

use migrations::testing::random_id;
use serde_json::{Value, json};

use super::{Ask, ask};
use crate::http::registry::{Method, Rule};

/// A file to import.
pub(crate) const EXPORT: &str =
    "member_email,project,date,seconds\nayo@example.com,Website,2026-03-04,3600\n";

/// A request to a route, with `fill` for each parameter of the path and for each id in the body.
pub(crate) fn sound(rule: &Rule, fill: &dyn Fn(&str) -> String) -> Ask {
    let path: Vec<String> = rule
        .path
        .split('/')
        .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => part.to_owned(),
            Some(name) => fill(name),
        })
        .collect();
    let ask = ask(rule.method.as_str(), &path.join("/"));
    let ask = if rule.method == Method::Post {
        ask.header("idempotency-key", &random_id().to_string())
    } else {
        ask
    };
    let ask = if rule.method.needs_match() { ask.header("if-match", "*") } else { ask };
    if rule.operation == "importPeople" {
        return ask.query("dry_run=true").text("text/csv", "name\nAyo\n");
    }
    if rule.operation == "storeFile" {
        let query = format!("kind=document&name=a.txt&client_id={}", fill("client_id"));
        return ask.query(&query).text("text/plain", "A text.\n");
    }
    if rule.operation == "getUtilisation" {
        return ask.query("from=2026-03&by=project");
    }
    if rule.operation == "getLeaveCalendar" {
        return ask.query("from=2026-03-01&to=2026-03-31");
    }
    if rule.operation == "importFile" {
        return ask.query("format=csv").text("text/csv", EXPORT);
    }
    if rule.path.starts_with("/reports/") {
        return ask.query("from=2026-03-01&to=2026-03-31");
    }
    match body_of(rule, fill) {
        Value::Null => ask,
        body => ask.json(&body),
    }
}

/// What a sound request carries.
fn body_of(rule: &Rule, fill: &dyn Fn(&str) -> String) -> Value {
    let of_time = of_comfort(rule, fill).or_else(|| of_work(rule, fill));
    if let Some(body) = of_time.or_else(|| of_leave(rule, fill)).or_else(|| of_billing(rule)) {
        return body;
    }
    let another = format!("Another {}", random_id().simple());
    match rule.operation {
        "addMember" => json!({ "name": "Ayo", "roles": ["member"] }),
        "changeMember" | "addClient" | "changeClient" | "changeProject" | "addTask" => {
            json!({ "name": another })
        }
        "changeMemberRoles" => json!({ "roles": ["member"] }),
        "deactivateMember" | "activateMember" | "inviteMember" | "retryJob" | "cancelJob" => {
            json!({})
        }
        "setWorkPattern" => json!({ "minutes": [480, 480, 480, 480, 480, 0, 0] }),
        "askForLink" => json!({ "email": "nobody@example.com" }),
        "beginSession" => json!({ "token": "nothing" }),
        "revokeSessions" => json!({ "member_id": fill("member_id") }),
        "addDomain" => json!({ "host": format!("{}.example.com", random_id().simple()) }),
        "verifyDomain" | "makeDomainPrimary" => json!({}),
        "makeToken" => json!({ "member_id": fill("member_id") }),
        "addProject" => json!({ "client_id": fill("client_id"), "name": another }),
        "changeTask" => json!({ "billable": false }),
        "linkProjectMember" => json!({ "member_id": fill("member_id") }),
        "recordTime" => entry(fill),
        "recordTimeBatch" => json!({ "items": [entry(fill)] }),
        "reviseTime" => json!({ "note": "Another" }),
        "rejectTimesheet" => json!({ "reason": "Another" }),
        "submitTimesheet" | "approveTimesheet" | "reopenTimesheet" | "openClientLink" => json!({}),
        "draftInvoice" => json!({
            "client_id": fill("client_id"), "from": "2026-03-01", "to": "2026-03-31",
            "group_by": "task",
        }),
        "giveGrant" => json!({
            "member_id": fill("member_id"), "right": "account_manager",
            "object_id": fill("client_id"),
        }),
        "defineLeaveType" => json!({ "name": "Another", "paid": false }),
        "changeLeaveType" => json!({ "name": "Another" }),
        "openLeaveFeed" => json!({ "team": true }),
        "declareHoliday" => json!({ "day": "2026-11-04", "name": "Another" }),
        "changeSetting" => json!({ "value": "Africa/Johannesburg" }),
        "chooseTenantPlan" => json!({ "plan": "standard" }),
        "beginSignUp" => super::service::firm_named("another"),
        "correctSignUp" => json!({ "firm_name": "Another" }),
        "confirmSignUp" => json!({ "token": "another" }),
        "definePlan" => json!({
            "code": "another", "name": "Another", "description": "Another", "prices": [],
        }),
        "revisePlan" => json!({ "name": "Another" }),
        "createTenant" => json!({
            "slug": "another", "name": "Another", "owner_name": "Ayo",
            "owner_email": "ayo@example.com",
        }),
        "suspendTenant" | "resumeTenant" => json!({}),
        "recordTenantPayment" => json!({ "amount": { "amount_minor": 1, "currency": "ZAR" } }),
        "extendTrial" => json!({ "until": "2026-12-01" }),
        "defineFlag" => json!({ "key": "another", "description": "Another" }),
        "overrideFlag" => json!({ "tenant_id": fill("tenant_id"), "on": true }),
        operation => {
            assert!(!carries(rule), "{operation} has no sample of its body");
            Value::Null
        }
    }
}

/// What invoices carry.
fn of_billing(rule: &Rule) -> Option<Value> {
    Some(match rule.operation {
        "voidInvoice" | "issueInvoice" | "sendInvoice" => json!({}),
        "reviseInvoice" => json!({ "note": "Another" }),
        "creditInvoice" => json!({ "fate": "unbilled", "reason": "Another" }),
        "recordInvoicePayment" => json!({ "amount": { "amount_minor": 1, "currency": "USD" } }),
        "reverseInvoicePayment" => json!({ "reason": "Another" }),
        "signOffInvoice" => json!({ "by": "Another" }),
        "disputeInvoiceLine" => json!({ "by": "Another", "reason": "Another" }),
        "settleInvoiceDispute" => json!({ "outcome": "rejected" }),
        "changeClientBilling" => json!({ "country": "ZA" }),
        _ => return None,
    })
}

/// What rates, rounding, budgets, closings, corrections and substitutes carry.
fn of_work(rule: &Rule, fill: &dyn Fn(&str) -> String) -> Option<Value> {
    Some(match rule.operation {
        "setRate"
        | "clearRate"
        | "previewRate"
        | "setRoundingRule"
        | "clearRoundingRule"
        | "previewRoundingRule" => terms_of(rule, fill),
        "setBudget" => json!({ "amount": { "basis": "hours", "seconds": 3600 } }),
        "changeBudget" => json!({ "alert_at": [90] }),
        "putEstimate" | "putTaskEstimate" => json!({ "seconds": 3600 }),
        "nameSubstitute" => json!({
            "substitute_id": fill("member_id"), "from": "2199-01-01", "to": "2199-01-02",
        }),
        "closePeriod" => json!({ "through": "1970-01-31" }),
        "reopenPeriod" => json!({ "from": "1970-01-31", "reason": "Another" }),
        "correctTime" => json!({ "reason": "Another" }),
        _ => return None,
    })
}

/// What a request about rates or rounding carries.
fn terms_of(rule: &Rule, fill: &dyn Fn(&str) -> String) -> Value {
    let rate = json!({ "unit": "hour", "amount_minor": 1000, "currency": "ZAR" });
    let rounding = json!({ "mode": "up", "interval_minutes": 15 });
    match rule.operation {
        "setRate" | "previewRate" => {
            json!({ "kind": "bill", "client_id": fill("client_id"), "rate": rate })
        }
        "clearRate" => json!({ "kind": "bill", "client_id": fill("client_id") }),
        "clearRoundingRule" => json!({ "client_id": fill("client_id") }),
        _ => json!({ "client_id": fill("client_id"), "rule": rounding }),
    }
}

/// What leave carries: what is asked for, decided, and granted.
fn of_leave(rule: &Rule, fill: &dyn Fn(&str) -> String) -> Option<Value> {
    let (member, kind) = (|| fill("member_id"), || fill("leave_type_id"));
    Some(match rule.operation {
        "askForLeave" | "previewLeave" => json!({
            "leave_type_id": fill("leave_type_id"), "from": "2026-03-16", "draft": true,
        }),
        "redraftLeave" => json!({ "note": "Another" }),
        "rejectLeave" => json!({ "reason": "Another" }),
        "attachLeaveDocument" => json!({ "file_id": fill("file_id") }),
        "submitLeave" | "approveLeave" | "withdrawLeave" | "cancelLeave" => json!({}),
        "setLeavePolicy" => terms(),
        "enterLeave" => json!({
            "member_id": member(), "leave_type_id": kind(), "effective": "2026-03-02",
            "minutes": 480, "reason": "An extra day",
        }),
        "agreeOnLeave" => json!({
            "member_id": member(), "leave_type_id": kind(), "amount": { "days": "5" },
        }),
        "declareLeaveCase" => json!({
            "member_id": member(), "leave_type_id": kind(), "applies_to": "birth",
            "on": "2026-04-01",
        }),
        _ => return None,
    })
}

/// Terms of a kind of leave.
pub(crate) fn terms() -> Value {
    json!({
        "policy": {
            "cycle": { "months": 12, "begins": "employment" },
            "grants": [{
                "right": "contractual", "entitlement": { "days": "5" }, "accrual": "cycle_start",
            }],
            "cases": [{ "applies_to": "birth", "span": { "weeks": 10 } }],
        },
    })
}

/// What the timer, favourites and changes of many entries carry.
fn of_comfort(rule: &Rule, fill: &dyn Fn(&str) -> String) -> Option<Value> {
    Some(match rule.operation {
        "startTimer" | "addFavourite" => {
            json!({ "project_id": fill("project_id"), "task_id": fill("task_id") })
        }
        "stopTimer" | "copyWeek" => json!({}),
        "changeFavourite" => json!({ "name": "Another" }),
        "changeTimeBatch" => {
            json!({ "ids": [fill("entry_id")], "changes": { "tags_add": ["Another"] } })
        }
        "removeTimeBatch" => json!({ "ids": [fill("entry_id")] }),
        _ => return None,
    })
}

fn entry(fill: &dyn Fn(&str) -> String) -> Value {
    json!({
        "project_id": fill("project_id"), "task_id": fill("task_id"), "date": "2026-03-02",
        "seconds": 3600,
    })
}

fn carries(rule: &Rule) -> bool {
    matches!(rule.method, Method::Post | Method::Put | Method::Patch)
}
