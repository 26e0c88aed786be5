//! The routes of the base domain, and those of tenants' sites that stand on the platform's log.

use commands::tokens::{Access as To, Scope};
use domain::members::Role;

use super::{plans, signups, tenants};
use crate::http::registry::{Access, Route, Site, delete, get, patch, post};
use crate::http::{flags, subscription};

const ALL: &[Role] = &[Role::Member, Role::Auditor];
/// Operators who look.
const LOOK: &[Role] = &[Role::Admin, Role::Billing, Role::Auditor];
/// Operators who change things.
const ADMINS: &[Role] = &[Role::Admin];
/// Operators who look after money.
const MONEY: &[Role] = &[Role::Billing];
/// Who sees what a firm pays.
const BOOKS: &[Role] = &[Role::Billing, Role::Auditor];
const OWNERS: &[Role] = &[Role::Owner];

/// For tokens that may do all that their operator may.
const fn operator(roles: &'static [Role]) -> Access {
    Access::Member { scope: Scope::Admin, roles }
}

const fn slice(slice: &'static str, to: To, roles: &'static [Role]) -> Access {
    Access::Member { scope: Scope::Slice(slice, to), roles }
}

/// Every route of the platform.
pub(crate) fn routes() -> Vec<Route> {
    let on_platform = [public_routes(), plans_routes(), tenants_routes(), flags_routes()];
    let on_platform = on_platform.into_iter().flatten().map(|route| route.on(Site::Platform));
    on_platform.chain(of_tenants()).collect()
}

/// What firms see before they are one.
fn public_routes() -> Vec<Route> {
    let open = Access::Open;
    vec![
        get("/plans", "listPlans", open, "Plans that can be chosen", plans::list),
        get("/plans/{code}", "getPlan", open, "One plan", plans::one),
        post("/signups", "beginSignUp", open, "Begin to sign a firm up", signups::begin),
        get("/signups/{id}", "getSignUp", open, "How far a sign-up is", signups::one),
        patch(
            "/signups/{id}",
            "correctSignUp",
            open,
            "Correct a sign-up before it's confirmed; mails a new link",
            signups::correct,
        ),
        post(
            "/signups/{id}/confirm",
            "confirmSignUp",
            open,
            "Confirm a sign-up by the mailed link, which makes the firm",
            signups::confirm,
        ),
    ]
}

fn plans_routes() -> Vec<Route> {
    let admins = operator(ADMINS);
    vec![
        post("/plans", "definePlan", admins, "Define a plan", plans::define),
        patch("/plans/{code}", "revisePlan", admins, "Revise a plan", plans::revise),
    ]
}

fn tenants_routes() -> Vec<Route> {
    vec![
        get("/tenants", "listTenants", operator(LOOK), "Every tenant", tenants::list).pages(),
        post("/tenants", "createTenant", operator(ADMINS), "Make a tenant", tenants::create),
        get("/tenants/{id}", "getTenant", operator(LOOK), "One tenant", tenants::one),
        post(
            "/tenants/{id}/suspend",
            "suspendTenant",
            operator(ADMINS),
            "Stop all work of a tenant",
            tenants::suspend,
        ),
        post(
            "/tenants/{id}/resume",
            "resumeTenant",
            operator(ADMINS),
            "Let a suspended tenant work again",
            tenants::resume,
        ),
        post(
            "/tenants/{id}/payments",
            "recordTenantPayment",
            operator(MONEY),
            "Record that a tenant paid",
            tenants::pay,
        ),
        post(
            "/tenants/{id}/trial",
            "extendTrial",
            operator(ADMINS),
            "Let a trial last longer",
            tenants::extend_trial,
        ),
    ]
}

fn flags_routes() -> Vec<Route> {
    let admins = operator(ADMINS);
    vec![
        post(
            "/flags",
            "defineFlag",
            admins,
            "Define a flag, or define it otherwise",
            flags::define,
        ),
        get("/flags/{flag}", "getFlag", operator(LOOK), "One flag", flags::one),
        post(
            "/flags/{flag}/overrides",
            "overrideFlag",
            admins,
            "Throw a flag for one tenant or member",
            flags::throw,
        ),
        delete("/flags/{flag}", "removeFlag", admins, "Remove a flag", flags::remove),
    ]
}

/// What tenants see of it on their own sites.
fn of_tenants() -> Vec<Route> {
    const S: &str = "settings";
    vec![
        get(
            "/flags",
            "listFlags",
            slice(S, To::Read, ALL),
            "Flags, as they are for you",
            flags::list,
        )
        .on(Site::Both),
        get(
            "/subscription",
            "getSubscription",
            slice("subscription", To::Read, BOOKS),
            "How the firm stands with the service",
            subscription::one,
        ),
        post(
            "/subscription/plan",
            "chooseTenantPlan",
            slice("subscription", To::Write, OWNERS),
            "Choose a plan",
            subscription::choose,
        )
        .while_frozen(),
    ]
}
