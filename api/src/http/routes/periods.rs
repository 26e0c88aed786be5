//! The routes of closed periods and of corrections.

use domain::members::Role;

use super::{ALL, BOOKS, MEMBERS, read, write};
use crate::http::registry::{Route, get, post};
use crate::http::time::{corrections, periods};

/// Who closes the books.
const CLOSERS: &[Role] = &[Role::Admin, Role::Billing];
const T: &str = "time";

pub(super) fn periods_routes() -> Vec<Route> {
    vec![
        get("/periods", "listPeriods", read(T, ALL), "What is closed", periods::list)
            .from(&["period"])
            .then(),
        get(
            "/periods/preview",
            "previewPeriod",
            read(T, BOOKS),
            "What closing through a day would take in, and what of it is not approved",
            periods::preview,
        )
        .from(&["period", "time_entry", "project", "invoice", "invoice_entry"]),
        post(
            "/periods/close",
            "closePeriod",
            write(T, CLOSERS),
            "Close time through a day: of the firm, a client, a project or a member",
            periods::close,
        ),
        post(
            "/periods/reopen",
            "reopenPeriod",
            write(T, CLOSERS),
            "Open closed days again, for a reason",
            periods::reopen,
        ),
        post(
            "/time-entries/{id}/correct",
            "correctTime",
            write(T, MEMBERS),
            "Take back an entry that is closed or on an invoice, and record what it should be",
            corrections::correct,
        ),
        get(
            "/time-entries/{id}/corrections",
            "listCorrections",
            read(T, ALL),
            "An entry from what was first recorded to what holds now",
            corrections::story,
        )
        .from(&["time_entry"])
        .then(),
    ]
}
