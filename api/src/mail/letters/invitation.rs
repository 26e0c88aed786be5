//! The letter that asks somebody who was added to register. Whoever has registered meanwhile needs
//! none.

use askama::Template;
use commands::event_log::read::stream_after;
use commands::jobs::{Job, WorkError};
use commands::links::Purpose;
use domain::id::{MemberId, TenantId};
use domain::members::member_stream;
use migrations::platform::TenantRecord;

use super::link::mailed_link;
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/invitation.html")]
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
    if has_registered(post, tenant.id, member).await? {
        return Ok(None);
    }
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let head = &post.letterhead(tenant).await?;
    let secret = mailed_link(post, tenant.id, job, &to, Purpose::Invitation, member).await?;
    let (name, link) = (to.name.clone(), &*format!("{}/invitation?token={secret}", head.site));
    let text = Text { head, name: &name, link };
    let html = Html { head, name: &name, link };
    Composed::new(to, &format!("Join {}", head.firm), &text, &html).map(Some)
}

async fn has_registered(
    post: &Post,
    tenant: TenantId,
    member: MemberId,
) -> Result<bool, WorkError> {
    let mut tx = post.log().tenants().begin(tenant).await?;
    let rows = stream_after(&mut tx, member_stream(member), 0).await?;
    tx.commit().await?;
    Ok(rows.iter().any(|row| row.event_type == "MemberRegistered"))
}
