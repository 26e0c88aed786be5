//! The routes of members' leave: what is read of it, and feeds. Kinds and holidays are in the list
//! of all routes.

use super::{ALL, MEMBERS, read, write};
use crate::http::leave::{balances, feeds, postings, requested, team};
use crate::http::registry::{Access, Route, delete, get, post};

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
