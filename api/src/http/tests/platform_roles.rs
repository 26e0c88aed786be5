//! The routes of the base domain against every role of the platform, a stranger's token and a
//! firm's host: operators are let in by their roles, firms not at all, and on a firm's host none of
//! these routes is there.

use domain::id::TenantId;
use domain::members::Role;
use migrations::testing::random_id;

use super::samples::sound;
use super::service::Service;
use crate::http::registry::{Access, Rule, Site};
use crate::http::routes::routes;

const NOW: &str = "2026-03-02T08:00:00Z";

fn filled(name: &str) -> String {
    match name {
        "key" => "TIME_ZONE".to_owned(),
        "flag" | "code" => "nothing".to_owned(),
        "day" => "2026-12-16".to_owned(),
        _ => random_id().to_string(),
    }
}

fn rules(wanted: impl Fn(Site) -> bool) -> Vec<Rule> {
    let all = routes().into_iter().map(|route| route.rule);
    all.filter(|rule| wanted(rule.site)).collect()
}

#[tokio::test]
async fn a_route_of_the_base_domain_lets_in_the_operators_it_names_and_no_others() {
    let service = Service::at(NOW).await;
    for role in Role::ALL {
        let token = service.member(TenantId::PLATFORM, role).await;
        for rule in rules(|site| site != Site::Tenant) {
            if rule.access == Access::Open {
                continue;
            }
            let named = rule.access.roles().iter().any(|needed| role.includes(*needed));
            let reply = service.send(&sound(&rule, &filled).token(&token)).await;
            let status = reply.status.as_u16();
            assert_ne!(status, 401, "{role} {}", rule.operation);
            if !named {
                assert_eq!(status, 403, "{role} {}: {}", rule.operation, reply.text);
            } else if !rule.writes() {
                assert_ne!(status, 403, "{role} {}: {}", rule.operation, reply.text);
            }
        }
    }
}

#[tokio::test]
async fn a_firms_token_is_nobodys_on_the_base_domain_and_its_host_has_none_of_these_routes() {
    let service = Service::at(NOW).await;
    let (host, _, owner) = service.firm("acme").await;
    for rule in rules(|site| site == Site::Platform) {
        let ask = sound(&rule, &filled).token(&owner);
        let elsewhere = ask.send(&service.router, &host).await;
        assert_eq!(elsewhere.problem(404), "not_found", "{}", rule.operation);
        if rule.access != Access::Open {
            let here = service.send(&ask).await;
            assert_eq!(here.problem(401), "auth.unauthenticated", "{}", rule.operation);
        }
    }
    for rule in rules(|site| site == Site::Tenant) {
        let ask = sound(&rule, &filled).token(&service.operator);
        assert_eq!(service.send(&ask).await.problem(404), "not_found", "{}", rule.operation);
    }
}
