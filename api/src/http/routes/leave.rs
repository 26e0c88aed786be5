//! The routes of leave beside its kinds and holidays: one function for each part of it.

use super::{MEMBERS, write};
use crate::http::leave::{preview, requests};
use crate::http::registry::{Route, patch, post};

const L: &str = "leave";

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
