//! Every route against every role: who is not named by its access rule is refused, before anything
//! else is looked at.

use commands::tokens::{Scope, Scopes};
use domain::members::Role;

use super::firm::Person;
use super::samples::sound;
use super::{Firm, ask};
use crate::http::registry::{Access, Rule, Site};
use crate::http::routes::routes;

fn filled(name: &str) -> String {
    match name {
        "week" => "2026-W10".to_owned(),
        "key" => "TIME_ZONE".to_owned(),
        "n" => "1".to_owned(),
        "day" => "2026-11-04".to_owned(),
        _ => migrations::testing::random_id().to_string(),
    }
}

/// What ends sessions, which auditors do too: it changes nothing of the books.
const SIGNS_OUT: [&str; 2] = ["endSession", "revokeSessions"];

/// What shows a member's time, which their colleagues do not see.
const OF_A_MEMBER: [&str; 6] = [
    "getTimesheet",
    "getTimesheetGrid",
    "listTimesheetChanges",
    "getCalendar",
    "getProgress",
    "listLeavePostings",
];

/// What shows a client's bills, which are for the books and for who looks after the client.
const OF_A_CLIENT: [&str; 18] = [
    "listUnbilled",
    "listInvoices",
    "getInvoice",
    "getLineProvenance",
    "listPayments",
    "listCreditNotesOfInvoice",
    "listCreditNotes",
    "getCreditNote",
    "getCreditLineProvenance",
    "getInvoicePdf",
    "getCreditNotePdf",
    "listInvoiceLines",
    "getInvoiceXml",
    "getCreditNoteXml",
    "getClientBilling",
    "getStatement",
    "listClientLinks",
    "reportBilling",
];

fn asks_for_credentials(rule: &Rule) -> bool {
    rule.access != Access::Open
}

fn rules() -> impl Iterator<Item = Rule> {
    let rules = routes().into_iter().map(|route| route.rule);
    rules.filter(|rule| rule.site != Site::Platform)
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_with_one_of_another_tenant() {
    let (firm, other) = (Firm::new().await, Firm::new().await);
    for rule in rules().filter(asks_for_credentials) {
        let ask = sound(&rule, &filled);
        assert_eq!(firm.raw(&ask).await.problem(401), "auth.unauthenticated", "{}", rule.operation);
        let foreign = ask.token(&other.owner.token);
        assert_eq!(firm.raw(&foreign).await.problem(401), "auth.unauthenticated");
    }
}

#[tokio::test]
async fn a_route_lets_in_the_roles_it_names_and_those_above_them_and_no_other() {
    let firm = Firm::new().await;
    for role in Role::ALL {
        let person = firm.person(&[role]).await;
        for rule in rules().filter(asks_for_credentials) {
            let named = rule.access.roles().iter().any(|needed| role.includes(*needed));
            let reply = firm.raw(&sound(&rule, &filled).token(&person.token)).await;
            let refused = reply.status.as_u16() == 403;
            // A command may ask for more than the route does. A read may not, but for a member's
            // time, which is shown to its member and to those who look after it, and for bills.
            let of_somebody = OF_A_MEMBER.iter().chain(&OF_A_CLIENT);
            let asks_more =
                rule.writes() || of_somebody.into_iter().any(|it| *it == rule.operation);
            if !named || !asks_more {
                assert_eq!(refused, !named, "{role} {}: {}", rule.operation, reply.text);
            }
        }
    }
}

#[tokio::test]
async fn an_auditor_reads_the_books_and_changes_nothing() {
    let firm = Firm::new().await;
    let auditor = firm.person(&[Role::Auditor]).await;
    let before = firm.get("/events?limit=200").await.text;
    for rule in rules().filter(asks_for_credentials) {
        let status = firm.raw(&sound(&rule, &filled).token(&auditor.token)).await.status.as_u16();
        // To sign out is everybody's right.
        let writes = rule.writes() && !SIGNS_OUT.contains(&rule.operation);
        assert_eq!(status == 403, writes, "{}", rule.operation);
    }
    assert_eq!(firm.get("/events?limit=200").await.text, before);
}

#[tokio::test]
async fn a_token_narrows_what_its_member_may_do() {
    let firm = Firm::new().await;
    let scopes = ["members:read", "catalogue:read", "settings:write", "events:read"];
    for name in scopes {
        let scope: Scope = name.parse().expect("a scope");
        let scopes = Scopes::of([scope]);
        let token = firm.token(firm.owner.member, scopes.clone()).await;
        let person = Person { member: firm.owner.member, token };
        for rule in rules().filter(asks_for_credentials) {
            let reply = firm.raw(&sound(&rule, &filled).token(&person.token)).await;
            let allowed = rule.access.scope().is_some_and(|scope| scopes.allow(scope));
            assert_eq!(reply.status.as_u16() == 403, !allowed, "{name} {}", rule.operation);
        }
    }
}

#[tokio::test]
async fn a_member_sees_what_is_charged_only_as_manager_and_costs_only_with_the_books() {
    let firm = Firm::new().await;
    for (role, bill, cost) in [
        (Role::Owner, 200, 200),
        (Role::Admin, 200, 200),
        (Role::Manager, 200, 403),
        (Role::Billing, 200, 200),
        (Role::Member, 403, 403),
        (Role::Auditor, 200, 200),
    ] {
        let person = firm.person(&[role]).await;
        for (kind, status) in [("bill", bill), ("cost", cost)] {
            let ask = ask("GET", &format!("/rates?kind={kind}")).token(&person.token);
            assert_eq!(firm.raw(&ask).await.status.as_u16(), status, "{role} {kind}");
        }
    }
}
