//! The routes of people: members and what is known of them, tokens, signing in and sessions.

use super::{ADMINS, ALL, MEMBERS, admin, read, write};
use crate::http::registry::{Access, Route, delete, get, patch, post};
use crate::http::{members, sessions, sign_in, tokens};

/// Every route of people.
pub(super) fn routes() -> Vec<Route> {
    [members_routes(), work_routes(), sessions_routes()].into_iter().flatten().collect()
}

/// Members and their tokens.
fn members_routes() -> Vec<Route> {
    const M: &str = "members";
    vec![
        get("/me", "getMe", read(M, ALL), "Who I am here", members::me),
        get("/members", "listMembers", read(M, ALL), "Every member", members::list)
            .from(&["member"])
            .pages()
            .then(),
        post("/members", "addMember", write(M, ADMINS), "Take a member in", members::add),
        get("/members/{id}", "getMember", read(M, ALL), "One member", members::one)
            .from(&["member"])
            .then(),
        patch(
            "/members/{id}",
            "changeMember",
            write(M, MEMBERS),
            "Change a name, an address, a zone, a manager or days of employment",
            members::change,
        ),
        post(
            "/members/{id}/roles",
            "changeMemberRoles",
            write(M, ADMINS),
            "Give a member these roles instead of those they have",
            members::change_roles,
        ),
        post(
            "/members/{id}/deactivate",
            "deactivateMember",
            write(M, ADMINS),
            "Let a member rest: no sign-in, no new time",
            members::deactivate,
        ),
        post(
            "/members/{id}/activate",
            "activateMember",
            write(M, ADMINS),
            "Let a member act again",
            members::activate,
        ),
        get("/tokens", "listTokens", admin(ALL), "Tokens without their secrets", tokens::list)
            .pages(),
        post("/tokens", "makeToken", admin(MEMBERS), "Make a token", tokens::make),
        get("/tokens/{id}", "getToken", admin(ALL), "One token", tokens::one),
        delete("/tokens/{id}", "revokeToken", admin(MEMBERS), "Revoke a token", tokens::delete),
    ]
}

/// What is known of members beyond their roles, and taking them in from a file.
fn work_routes() -> Vec<Route> {
    const M: &str = "members";
    vec![
        post(
            "/members/import",
            "importPeople",
            write(M, ADMINS),
            "Make the people of a CSV file members",
            members::import,
        ),
        post(
            "/members/{id}/invite",
            "inviteMember",
            write(M, ADMINS),
            "Mail a member an invitation, once more where they had one",
            members::invite,
        ),
        get(
            "/members/{id}/work-patterns",
            "listWorkPatterns",
            read(M, ALL),
            "By which patterns a member works",
            members::list_patterns,
        )
        .from(&["member", "work_pattern"])
        .then(),
        post(
            "/members/{id}/work-patterns",
            "setWorkPattern",
            write(M, ADMINS),
            "Set by which pattern a member works from a day on",
            members::set_pattern,
        ),
        get(
            "/members/{id}/substitutes",
            "listSubstitutes",
            read(M, ALL),
            "Who stands in for a member, and when",
            members::substitutes::list,
        )
        .from(&["member", "substitute"]),
        post(
            "/members/{id}/substitutes",
            "nameSubstitute",
            write(M, MEMBERS),
            "Let somebody stand in for a member for some days",
            members::substitutes::name,
        ),
        delete(
            "/members/{id}/substitutes/{sid}",
            "withdrawSubstitute",
            write(M, MEMBERS),
            "Take back that somebody stands in",
            members::substitutes::withdraw,
        ),
    ]
}

/// Signing in and sessions.
fn sessions_routes() -> Vec<Route> {
    vec![
        post("/sign-in", "askForLink", Access::Open, "Mail a link to sign in", sign_in::ask),
        post("/sessions", "beginSession", Access::Open, "Sign in by a link", sign_in::begin),
        get("/sessions", "listSessions", admin(ALL), "Sessions of a member", sessions::list)
            .pages(),
        // Auditors too: to sign out changes nothing of the books.
        delete("/sessions/{id}", "endSession", admin(ALL), "End a session", sessions::end)
            .while_frozen(),
        post(
            "/sessions/revoke-all",
            "revokeSessions",
            admin(ALL),
            "End all sessions of a member at once",
            sessions::revoke_all,
        )
        .while_frozen(),
    ]
}
