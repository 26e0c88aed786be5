//! The letter with the link that confirms a sign-up. It goes to an address that nobody has proved
//! yet, so it says what it's about and nothing that whoever gets it by mistake should not read.

use askama::Template;
use commands::jobs::{Job, WorkError};
use commands::links::{self, Purpose};
use commands::signup::Maker;
use domain::id::SignUpId;
use domain::signup::SignUpState;
use migrations::platform::TenantRecord;

use crate::mail::{Addressee, Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/signup_confirmation.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/signup_confirmation.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    link: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    job: &Job,
    sign_up: SignUpId,
) -> Result<Option<Composed>, WorkError> {
    let seen = look(post, sign_up).await?;
    let waits = |seen: &commands::signup::Seen| {
        // Of a letter before a correction the link would be of no use.
        seen.state.state_at(post.now()) == SignUpState::Waiting && seen.state.letter == Some(job.id)
    };
    let Some(draft) = seen.filter(waits).and_then(|seen| seen.state.draft()) else {
        return Ok(None);
    };
    let keys = post.log().keys().of(tenant.id).await?;
    let mut tx = post.log().tenants().begin(tenant.id).await?;
    let (id, purpose) = (job.id, Purpose::SignupConfirmation);
    let secret = links::open(&mut tx, &keys, id, purpose, sign_up.0, post.now()).await?;
    tx.commit().await?;
    let head = &post.letterhead(tenant).await?;
    let link = &format!("{}/confirm?token={secret}", head.site);
    let (name, firm) = (draft.owner_name.as_str(), draft.firm_name.as_str());
    let to = Addressee { name: name.to_owned(), email: draft.owner_email.clone() };
    let text = Text { head, name, firm, link };
    let html = Html { head, name, firm, link };
    Composed::new(to, &format!("Confirm your sign-up at {}", head.firm), &text, &html).map(Some)
}

/// A sign-up with its texts opened.
pub(super) async fn look(
    post: &Post,
    sign_up: SignUpId,
) -> Result<Option<commands::signup::Seen>, WorkError> {
    Ok(Maker::look_in(post.log(), sign_up).await?)
}
