//! The letter that tells a member and their manager that balances of leave were corrected, because
//! something that they follow from has changed: before, after and what it was.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::MemberId;
use migrations::platform::TenantRecord;

use super::corrections::{Told, told};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/leave_corrected.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    whose: &'a str,
    told: &'a Told,
}

#[derive(Template)]
#[template(path = "mail/leave_corrected.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    whose: &'a str,
    told: &'a Told,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (to, member, version): (MemberId, MemberId, i32),
) -> Result<Option<Composed>, WorkError> {
    let Some(addressee) = post.member(tenant.id, to).await? else { return Ok(None) };
    let told = &told(post, tenant.id, member, version).await?;
    if told.balances.is_empty() {
        return Ok(None);
    }
    let whose = match to == member {
        true => "Your leave".to_owned(),
        false => match post.member(tenant.id, member).await? {
            Some(member) => format!("The leave of {}", member.name),
            None => return Ok(None),
        },
    };
    let head = &post.letterhead(tenant).await?;
    let (name, whose) = (addressee.name.clone(), &*whose);
    let subject = format!("{whose} was corrected");
    let text = Text { head, name: &name, whose, told };
    let html = Html { head, name: &name, whose, told };
    Composed::new(addressee, &subject, &text, &html).map(Some)
}
