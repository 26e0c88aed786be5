//! The routes of leave beside its kinds and holidays: one function for each part of it.

use super::{ADMINS, ALL, MEMBERS, read, write};
use crate::http::leave::{
    agreements, balances, cases, entries, feeds, policies, postings, preview, requested, requests,
    team,
};
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
        get("/leave-feeds", "listLeaveFeeds", read(L, ALL), "Your open feeds", feeds::list)
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

/// By which terms leave is granted, and what admins give to single members.
pub(super) fn granting() -> Vec<Route> {
    vec![
        get(
            "/leave-types/{id}/policies",
            "listLeavePolicies",
            read(L, ALL),
            "By which terms a kind of leave is granted, those of the law and the firm's own",
            policies::list,
        )
        .then()
        .known(),
        post(
            "/leave-types/{id}/policies",
            "setLeavePolicy",
            write(L, ADMINS),
            "Set the terms of a kind of leave from a day on, or always",
            policies::set,
        ),
        delete(
            "/leave-types/{id}/policies/{from}",
            "clearLeavePolicy",
            write(L, ADMINS),
            "Take back the terms of a day: those before them hold, or the law's",
            policies::clear,
        ),
        get(
            "/leave-entries",
            "listLeaveEntries",
            read(L, ALL),
            "Leave that was entered by hand",
            entries::list,
        )
        .pages()
        .then(),
        post(
            "/leave-entries",
            "enterLeave",
            write(L, ADMINS),
            "Enter leave into a member's account: a balance from another system, an extra day",
            entries::enter,
        ),
        delete(
            "/leave-entries/{id}",
            "withdrawLeaveEntry",
            write(L, ADMINS),
            "Let what was entered count no more",
            entries::withdraw,
        ),
        get(
            "/leave-agreements",
            "listLeaveAgreements",
            read(L, ALL),
            "What single contracts grant",
            agreements::list,
        )
        .pages()
        .then(),
        post(
            "/leave-agreements",
            "agreeOnLeave",
            write(L, ADMINS),
            "Agree with a member on what their contract grants",
            agreements::agree,
        ),
    ]
    .into_iter()
    .chain(cases_routes())
    .collect()
}

fn cases_routes() -> Vec<Route> {
    vec![
        get(
            "/leave-cases",
            "listLeaveCases",
            read(L, ALL),
            "Cases that leave is granted for, such as births",
            cases::list,
        )
        .pages()
        .then(),
        post(
            "/leave-cases",
            "declareLeaveCase",
            write(L, ADMINS),
            "Declare a case of a member",
            cases::declare,
        ),
        delete(
            "/leave-cases/{id}",
            "withdrawLeaveCase",
            write(L, ADMINS),
            "Withdraw a case that no leave rests on",
            cases::withdraw,
        ),
    ]
}
