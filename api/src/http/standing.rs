//! What may be asked of a tenant in each of its states. Nothing else looks at the state, so that a
//! new one is decided here and nowhere is forgotten.

use axum::http::StatusCode;
use domain::members::Role;

use super::caller::Caller;
use super::problem::Problem;
use super::registry::{Access, Rule};

/// Whether a tenant is there for those who come over the network. One that is being made, or that
/// is on its way out, is as unknown as any other host.
pub(crate) fn is_there(state: &str) -> bool {
    matches!(state, "active" | "suspended" | "frozen")
}

/// Refuses what can't be asked in a tenant's state.
///
/// A suspended tenant answers nobody. A frozen one lets its owner in, read everything and do what
/// thaws it; routes without credentials stay open, or the owner could not sign in.
pub(crate) fn check(state: &str, rule: &Rule, caller: &Caller) -> Result<(), Problem> {
    let allowed = !rule.writes() || rule.while_frozen;
    if rule.access == Access::Open && state == "frozen" {
        return Ok(());
    }
    check_inside(state, allowed, caller)
}

/// The same for a member at a page; `allowed` is whether it only shows, or does what a frozen
/// tenant's owner may do.
pub(crate) fn check_inside(state: &str, allowed: bool, caller: &Caller) -> Result<(), Problem> {
    match state {
        "active" => Ok(()),
        "frozen" if allowed && caller.may(&[Role::Owner]) => Ok(()),
        "frozen" => Err(frozen()),
        _ => Err(suspended()),
    }
}

/// Refuses what somebody with a link can't do in a tenant's state: a frozen tenant's owner must be
/// able to sign in.
pub(crate) fn check_page(state: &str) -> Result<(), Problem> {
    match state {
        "active" | "frozen" => Ok(()),
        _ => Err(suspended()),
    }
}

fn suspended() -> Problem {
    let detail = "this account is suspended; ask who runs the service";
    Problem::new(StatusCode::FORBIDDEN, "tenancy.suspended", detail)
}

fn frozen() -> Problem {
    let detail = "this account is frozen until it is paid for; nothing is lost. Its owner may sign \
                  in and read, sees at GET /subscription what is missing, and can choose a plan at \
                  POST /subscription/plan; a payment thaws it at once";
    Problem::new(StatusCode::FORBIDDEN, "subscription.frozen", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::routes::routes;
    use commands::tokens::Scopes;
    use domain::id::MemberId;

    fn caller(role: Role) -> Caller {
        Caller { roles: vec![role], scopes: Scopes::All, ..Caller::nobody() }
    }

    fn rule(operation: &str) -> Rule {
        let mut rules = routes().into_iter().map(|route| route.rule);
        rules.find(|rule| rule.operation == operation).expect("a route")
    }

    fn code(state: &str, operation: &str, caller: &Caller) -> Option<String> {
        let checked = check(state, &rule(operation), caller);
        checked.err().map(|problem| problem.parts().1)
    }

    #[test]
    fn an_active_tenant_is_asked_anything_and_a_suspended_one_nothing() {
        let owner = caller(Role::Owner);
        for operation in ["listMembers", "recordTime", "chooseTenantPlan", "listPlans"] {
            assert_eq!(code("active", operation, &owner), None, "{operation}");
            let suspended = Some("tenancy.suspended".to_owned());
            assert_eq!(code("suspended", operation, &owner), suspended, "{operation}");
            assert_eq!(code("some day's state", operation, &owner), suspended, "{operation}");
        }
    }

    #[test]
    fn a_frozen_tenant_is_read_by_its_owner_who_may_do_what_thaws_it() {
        let frozen = Some("subscription.frozen".to_owned());
        let owner = caller(Role::Owner);
        assert_eq!(code("frozen", "listMembers", &owner), None);
        assert_eq!(code("frozen", "getSubscription", &owner), None);
        assert_eq!(code("frozen", "chooseTenantPlan", &owner), None);
        assert_eq!(code("frozen", "recordTime", &owner), frozen);
        for role in [Role::Admin, Role::Billing, Role::Member, Role::Auditor] {
            assert_eq!(code("frozen", "listMembers", &caller(role)), frozen, "{role}");
            assert_eq!(code("frozen", "chooseTenantPlan", &caller(role)), frozen, "{role}");
        }
        assert_eq!(Caller::nobody().member, MemberId(uuid::Uuid::nil()));
        assert_eq!(code("frozen", "listPlans", &Caller::nobody()), None, "routes without a door");
    }

    #[test]
    fn who_has_a_link_gets_in_unless_the_tenant_is_suspended() {
        let lets_in = ["active", "frozen", "suspended", "some day's state"]
            .map(|state| check_page(state).is_ok());
        assert_eq!(lets_in, [true, true, false, false]);
    }

    #[test]
    fn what_is_being_made_or_going_is_not_there() {
        let there = ["provisioning", "active", "suspended", "frozen", "deleting", "deleted"];
        let found = there.map(is_there);
        assert_eq!(found, [false, true, true, true, false, false]);
    }
}
