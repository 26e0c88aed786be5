//! The pages of signing in: asking for a link, the link itself, an invitation, and leaving. On the
//! site of a firm the secret of the session goes into a cookie; operators, who have no pages of
//! their own yet, are shown it once, for use with the API.

use askama::Template;
use axum::http::{StatusCode, header};
use commands::links::Purpose;
use commands::sessions::{self, SignedIn, begin, look};
use commands::{CommandError, Sender};
use domain::id::TenantId;
use domain::personal::Personal;
use migrations::keys::TenantKeys;
use migrations::platform::TenantRecord;

use super::super::caller::state_of;
use super::super::personal;
use super::super::problem::Problem;
use super::super::sign_in::ask_behind;
use super::inside::Inside;
use super::{Button, Notice, Shown, Visit, cookies, page};

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

#[derive(Template)]
#[template(path = "pages/ask.html")]
struct AskPage<'a> {
    firm: &'a str,
    led_here: bool,
}

/// `GET /sign-in`: where a link is asked for, or what the link is for.
pub(super) async fn show(visit: Visit) -> Result<Shown, Problem> {
    if visit.empty_handed {
        let (firm, led_here) = (&*visit.tenant.name, visit.next.is_some());
        return page(StatusCode::OK, &AskPage { firm, led_here });
    }
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

/// `POST /sign-in`: asks for a link, or uses one.
pub(super) async fn enter(visit: Visit) -> Result<Shown, Problem> {
    let Some(email) = &visit.email else { return use_up(visit, Purpose::SignIn).await };
    ask_behind(&visit.app, visit.sender(), email.trim().to_owned());
    let words = "If this is the address of a member, a link is on its way to it. It works once, \
                 within 15 minutes. Open it in this browser.";
    page(StatusCode::OK, &Notice { title: "Look into your mail", words, firm: &visit.tenant.name })
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
    let secret = signed_in.secret.clone().unwrap_or_default();
    if visit.tenant.id == TenantId::PLATFORM {
        return told(&visit, &signed_in, &secret).await;
    }
    let record = &signed_in.record;
    let seconds = record.expires_at.duration_since(record.began_at).as_secs();
    let next = visit.next.as_deref().unwrap_or("/");
    Ok(Shown::go_to(next)
        .with(header::SET_COOKIE, cookies::session(&secret, seconds))
        .with(header::SET_COOKIE, cookies::no_next()))
}

/// Where a session has no pages to be used with.
async fn told(visit: &Visit, signed_in: &SignedIn, secret: &str) -> Result<Shown, Problem> {
    let keys = visit.app.keys.of(visit.tenant.id).await?;
    let name = name_of(visit, &keys, signed_in.record.member).await?;
    let expires = signed_in.record.expires_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let firm = &visit.tenant.name;
    page(StatusCode::OK, &SignedInPage { name: &name, secret, expires: &expires, firm })
}

/// `POST /sign-out`: ends the session, here and everywhere it's used.
pub(super) async fn leave(inside: Inside) -> Result<Shown, Problem> {
    let app = &inside.app;
    if let Some(session) = inside.caller.session {
        sessions::end(&app.commands, Sender { key: None, ..inside.sender() }, session).await?;
        app.remembered.forget(inside.tenant.id, &inside.secret);
    }
    let gone = Shown::go_to("/sign-in");
    Ok(cookies::none().into_iter().fold(gone, |gone, none| gone.with(header::SET_COOKIE, none)))
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
