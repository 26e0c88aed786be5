//! The page behind the link that confirms a sign-up: its button makes the firm and leads its owner
//! to the firm's own site.

use askama::Template;
use axum::http::StatusCode;
use commands::signup::Maker;
use domain::id::SignUpId;

use super::super::platform::signups::{confirmed, looked};
use super::super::platform::site_url;
use super::super::problem::Problem;
use super::{Button, Notice, Shown, Visit, page};

/// What a person reads who comes with a link that is of no use.
const UNUSABLE: &str = "It was used before, is too old, was replaced by a later one, or is not \
                        complete. Look for the latest mail, or sign up again.";

#[derive(Template)]
#[template(path = "pages/signed_up.html")]
struct SignedUpPage<'a> {
    firm: &'a str,
    site: &'a str,
    sign_in: &'a str,
}

/// `GET /confirm`.
pub(super) async fn show(visit: Visit) -> Result<Shown, Problem> {
    let Ok(link) = looked(&visit.app, &visit.token).await? else { return unusable(&visit) };
    let seen = Maker::look_in(visit.app.commands.log(), SignUpId(link.subject)).await?;
    let current = seen.filter(|seen| seen.state.letter == Some(link.id));
    let Some(draft) = current.and_then(|seen| seen.state.draft()) else { return unusable(&visit) };
    let title = format!("Make {}", draft.firm_name);
    let button = Button {
        title: &title,
        words: "This confirms your address and makes your firm's site. It takes a moment.",
        action: "/confirm",
        token: &visit.token,
        button: "Confirm",
        firm: &visit.tenant.name,
    };
    page(StatusCode::OK, &button)
}

fn unusable(visit: &Visit) -> Result<Shown, Problem> {
    let firm = &visit.tenant.name;
    let notice = Notice { title: "This link can't be used", words: UNUSABLE, firm };
    page(StatusCode::GONE, &notice)
}

/// `POST /confirm`.
pub(super) async fn enter(visit: Visit) -> Result<Shown, Problem> {
    let Ok(link) = looked(&visit.app, &visit.token).await? else { return unusable(&visit) };
    let id = SignUpId(link.subject);
    let signed_up = confirmed(&visit.app, visit.sender(), id, &visit.token).await?;
    let site = site_url(&signed_up.host, visit.port);
    let sign_in = signed_up.sign_in.map(|secret| format!("{site}/sign-in?token={secret}"));
    let sign_in = sign_in.unwrap_or_else(|| site.clone());
    let firm = &visit.tenant.name;
    page(StatusCode::OK, &SignedUpPage { firm, site: &site, sign_in: &sign_in })
}
