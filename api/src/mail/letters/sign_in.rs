//! The letter with a link to sign in. The link is opened here, when the mail is made. Where a mail
//! could not be sent for as long as a link is good for, nobody waits for it any more.

use askama::Template;
use commands::jobs::{Job, WorkError};
use commands::links::Purpose;
use domain::id::MemberId;
use migrations::platform::TenantRecord;

use super::link::mailed_link;
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/sign_in.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/sign_in.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    link: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    job: &Job,
    member: MemberId,
) -> Result<Option<Composed>, WorkError> {
    if job.created_at + Purpose::SignIn.lifetime() <= post.now() {
        return Ok(None);
    }
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let head = &post.letterhead(tenant).await?;
    let secret = mailed_link(post, tenant.id, job, &to, Purpose::SignIn, member).await?;
    let (name, link) = (to.name.clone(), &*format!("{}/sign-in?token={secret}", head.site));
    let text = Text { head, name: &name, link };
    let html = Html { head, name: &name, link };
    Composed::new(to, &format!("Sign in to {}", head.firm), &text, &html).map(Some)
}
