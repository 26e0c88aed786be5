//! The letter of `crowdminder mail test`: shows an operator that a tenant's mails arrive, and from
//! whom and with which links they come.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::MemberId;
use migrations::platform::TenantRecord;

use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/test.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
}

#[derive(Template)]
#[template(path = "mail/test.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    member: MemberId,
) -> Result<Option<Composed>, WorkError> {
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let head = &post.letterhead(tenant).await?;
    let name = to.name.clone();
    let text = Text { head, name: &name };
    let html = Html { head, name: &name };
    Composed::new(to, &format!("Mails of {} arrive", head.firm), &text, &html).map(Some)
}
