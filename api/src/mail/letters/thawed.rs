//! The letter that tells an owner that the account can be used again.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::{MemberId, TenantId};
use migrations::platform::TenantRecord;

use super::standing::{Standing, standing};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/thawed.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "mail/thawed.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (of, owner): (TenantId, MemberId),
) -> Result<Option<Composed>, WorkError> {
    let Some(found) = standing(post, tenant, of, owner).await? else { return Ok(None) };
    let Standing { head, to, firm, site, subscription, .. } = &found;
    if subscription.frozen.is_some() {
        return Ok(None);
    }
    let name = to.name.as_str();
    let text = Text { head, name, firm, site };
    let html = Html { head, name, firm, site };
    Composed::new(to.clone(), &format!("{firm} can be used again"), &text, &html).map(Some)
}
