//! The routes of leave beside its kinds and holidays: one function for each part of it.

use super::{ALL, MEMBERS, read, write};
use crate::http::leave::{balances, feeds, postings, preview, requested, requests, team};
use crate::http::registry::{Access, Route, delete, get, patch, post};

const L: &str = "leave";

/// What is read of leave, and its feeds.
pub(super) fn reads() -> Vec<Route> {
    const REQUESTS: &[&str] = &["leave_request", "member", "grant", "substitute", "project"];
    let mut routes = vec![
        get(
            "/leave-requests",
            "listLeaveRequests",
            read(L, ALL),
            "Requests for leave, or those that wait for you",
            requested::list,
        )
        .from(REQUESTS)
        .pages()
        .then(),
        get(
            "/leave-requests/{id}",
            "getLeaveRequest",
            read(L, ALL),
            "One request for leave",
            requested::one,
        )
        .from(REQUESTS)
        .then(),
        get(
            "/leave-balances",
            "listLeaveBalances",
            read(L, ALL),
            "Balances of leave on a day",
            balances::list,
        )
        .pages()
        .then()
        .known(),
        get(
            "/leave-balances/{member_id}/{leave_type_id}/postings",
            "listLeavePostings",
            read(L, ALL),
            "Why a balance of leave is what it is",
            postings::list,
        )
        .from(&["leave_posting"])
        .then()
        .known(),
        get(
            "/leave-calendar",
            "getLeaveCalendar",
            read(L, ALL),
            "Who is away when: granted leave, as dates alone",
            team::calendar,
        )
        .from(team::MODELS)
        .then(),
    ];
    routes.extend(feeds());
    routes
}

fn feeds() -> Vec<Route> {
    vec![
        get("/leave-feeds", "listLeaveFeeds", read(L, MEMBERS), "Your open feeds", feeds::list)
            .from(&["leave_feed"]),
        post(
            "/leave-feeds",
            "openLeaveFeed",
            write(L, MEMBERS),
            "Open a feed of leave for calendar programs",
            feeds::open,
        ),
        get(
            "/leave-feeds/{id}",
            "readLeaveFeed",
            Access::Open,
            "Days of leave for a calendar program that knows the link: its secret with .ics",
            feeds::read,
        )
        .from(&["leave_feed", "leave_request", "leave_type", "member"]),
        delete(
            "/leave-feeds/{id}",
            "closeLeaveFeed",
            write(L, MEMBERS),
            "Close a feed of yours: its link shows nothing from then on",
            feeds::close,
        ),
    ]
}

/// Asking for leave and deciding on it. Who decides is found by the office of the step.
pub(super) fn request_routes() -> Vec<Route> {
    vec![
        post("/leave-requests", "askForLeave", write(L, MEMBERS), "Ask for leave", requests::ask),
        post(
            "/leave-requests/preview",
            "previewLeave",
            write(L, MEMBERS),
            "What a request would come to; nothing is written",
            preview::look,
        ),
        patch(
            "/leave-requests/{id}",
            "redraftLeave",
            write(L, MEMBERS),
            "Change a draft",
            requests::redraft,
        ),
        post(
            "/leave-requests/{id}/submit",
            "submitLeave",
            write(L, MEMBERS),
            "Ask for what a draft says",
            requests::submit,
        ),
        post(
            "/leave-requests/{id}/approve",
            "approveLeave",
            write(L, MEMBERS),
            "Approve what waits for you",
            requests::approve,
        ),
        post(
            "/leave-requests/{id}/reject",
            "rejectLeave",
            write(L, MEMBERS),
            "Refuse what waits for you",
            requests::reject,
        ),
        post(
            "/leave-requests/{id}/withdraw",
            "withdrawLeave",
            write(L, MEMBERS),
            "Take back what is not decided on",
            requests::withdraw,
        ),
        post(
            "/leave-requests/{id}/cancel",
            "cancelLeave",
            write(L, MEMBERS),
            "Take back leave that was granted",
            requests::cancel,
        ),
        post(
            "/leave-requests/{id}/documents",
            "attachLeaveDocument",
            write(L, MEMBERS),
            "Let a file of the member's belong to a request",
            requests::attach,
        ),
    ]
}
