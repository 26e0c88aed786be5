//! The routes of what clients owe and are shown: statements, and links to a client's own page of an
//! invoice. Who looks after a client reads and does the same for it by grant, so the role of a
//! member lets in and the object decides.

use super::{ALL, MEMBERS, read, write};
use crate::http::billing::{client_links, statement};
use crate::http::registry::{Route, delete, get, post};

pub(super) fn routes() -> Vec<Route> {
    const B: &str = "billing";
    vec![
        get(
            "/clients/{id}/statement",
            "getStatement",
            read(B, ALL),
            "A client's statement of account",
            statement::statement,
        )
        .from(&[
            "client",
            "project",
            "task",
            "member",
            "rate",
            "rounding_rule",
            "setting",
            "receivable",
        ])
        .then(),
        get(
            "/invoices/{id}/client-links",
            "listClientLinks",
            read(B, ALL),
            "Links to the client's own page of an invoice",
            client_links::list,
        )
        .then(),
        post(
            "/invoices/{id}/client-link",
            "openClientLink",
            write(B, MEMBERS),
            "Make a link by which a client sees an invoice, agrees with it or disputes its lines",
            client_links::open,
        ),
        delete(
            "/invoices/{id}/client-links/{link_id}",
            "closeClientLink",
            write(B, MEMBERS),
            "Take a link to the client's page back",
            client_links::close,
        ),
    ]
}
