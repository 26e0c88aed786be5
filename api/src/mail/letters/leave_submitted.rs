//! The letter that tells somebody that a request for leave waits for them. It says who and when,
//! not which kind nor why. Where it was decided meanwhile, there is nothing to say.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::{LeaveRequestId, MemberId};
use domain::leave::LeaveState;
use migrations::platform::TenantRecord;

use super::leave::{days, name_of, told};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/leave_submitted.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    member: &'a str,
    days: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/leave_submitted.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    member: &'a str,
    days: &'a str,
    link: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (to, member, request): (MemberId, MemberId, LeaveRequestId),
) -> Result<Option<Composed>, WorkError> {
    let found = told(post, tenant.id, (member, request), 0).await?;
    let waits = found.filter(|found| found.request.state == LeaveState::Submitted);
    let Some(found) = waits else { return Ok(None) };
    let Some(to) = post.member(tenant.id, to).await? else { return Ok(None) };
    let member = name_of(post, tenant.id, member).await?;
    let days = days(&found.request.span);
    let head = &post.letterhead(tenant).await?;
    let link = format!("{}/leave/{request}", head.site);
    let name = to.name.clone();
    let (name, member, days, link) = (&*name, &*member, &*days, &*link);
    let text = Text { head, name, member, days, link };
    let html = Html { head, name, member, days, link };
    Composed::new(to, &format!("{member} asks for leave"), &text, &html).map(Some)
}
