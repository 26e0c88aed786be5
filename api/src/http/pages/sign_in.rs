//! The pages behind a link to sign in and an invitation. The secret of the session is shown once,
//! for use with the API; with the pages for daily work it goes into a cookie instead, here.

use askama::Template;
use axum::http::StatusCode;
use commands::CommandError;
use commands::links::Purpose;
use commands::sessions::{begin, look};
use domain::personal::Personal;
use migrations::keys::TenantKeys;
use migrations::platform::TenantRecord;

use super::super::caller::state_of;
use super::super::personal;
use super::super::problem::Problem;
use super::{Button, Notice, Shown, Visit, page};

/// What a person reads who comes with a link that is of no use.
const UNUSABLE: &str = "It was used before, is too old, or is not complete. Ask for a new one.";

#[derive(Template)]
#[template(path = "pages/signed_in.html")]
struct SignedInPage<'a> {
    name: &'a str,
    secret: &'a str,
    expires: &'a str,
    firm: &'a str,
}

/// `GET /sign-in`.
pub(super) async fn show(visit: Visit) -> Result<Shown, Problem> {
    let title = format!("Sign in to {}", visit.tenant.name);
    let button = Button {
        title: &title,
        words: "This link signs you in once.",
        action: "/sign-in",
        token: &visit.token,
        button: "Sign in",
        firm: &visit.tenant.name,
    };
    with_button(&visit, Purpose::SignIn, &button).await
}

/// `GET /invitation`.
pub(super) async fn show_invitation(visit: Visit) -> Result<Shown, Problem> {
    let title = format!("Join {}", visit.tenant.name);
    let button = Button {
        title: &title,
        words: "This link registers you and signs you in.",
        action: "/invitation",
        token: &visit.token,
        button: "Join",
        firm: &visit.tenant.name,
    };
    with_button(&visit, Purpose::Invitation, &button).await
}

/// The button, if the link is of use; looking does not use it up.
async fn with_button(
    visit: &Visit,
    purpose: Purpose,
    button: &Button<'_>,
) -> Result<Shown, Problem> {
    match look(&visit.app.commands, visit.tenant.id, &visit.token, &[purpose]).await? {
        Some(_) => page(StatusCode::OK, button),
        None => unusable(&visit.tenant),
    }
}

fn unusable(tenant: &TenantRecord) -> Result<Shown, Problem> {
    let notice = Notice { title: "This link can't be used", words: UNUSABLE, firm: &tenant.name };
    page(StatusCode::GONE, &notice)
}

/// `POST /sign-in`.
pub(super) async fn enter(visit: Visit) -> Result<Shown, Problem> {
    use_up(visit, Purpose::SignIn).await
}

/// `POST /invitation`.
pub(super) async fn accept(visit: Visit) -> Result<Shown, Problem> {
    use_up(visit, Purpose::Invitation).await
}

async fn use_up(visit: Visit, purpose: Purpose) -> Result<Shown, Problem> {
    let commands = &visit.app.commands;
    let signed_in = match begin(commands, visit.sender(), &visit.token, &[purpose]).await {
        Ok(signed_in) => signed_in,
        Err(CommandError::Refused(_)) => return unusable(&visit.tenant),
        Err(error) => return Err(error.into()),
    };
    let keys = visit.app.keys.of(visit.tenant.id).await?;
    let name = name_of(&visit, &keys, signed_in.record.member).await?;
    let secret = signed_in.secret.unwrap_or_default();
    let expires = signed_in.record.expires_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let firm = &visit.tenant.name;
    page(StatusCode::OK, &SignedInPage { name: &name, secret: &secret, expires: &expires, firm })
}

async fn name_of(
    visit: &Visit,
    keys: &TenantKeys,
    member: domain::id::MemberId,
) -> Result<String, Problem> {
    let mut tx = visit.app.tenants.begin(visit.tenant.id).await?;
    let (state, _) = state_of(&mut tx, member).await?;
    let name = state.name.as_ref().and_then(Personal::envelope);
    personal::load(keys, &mut tx, name).await?;
    tx.commit().await?;
    Ok(personal::text(keys, name).unwrap_or_default())
}
