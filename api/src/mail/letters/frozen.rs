//! The letter that tells an owner that the account is frozen, that nothing is lost, and what thaws
//! it.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::{MemberId, TenantId};
use domain::money::Money;
use domain::subscription::FreezeReason;
use migrations::platform::TenantRecord;

use super::standing::{Standing, standing};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/frozen.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
    unpaid: bool,
    owed: &'a str,
}

#[derive(Template)]
#[template(path = "mail/frozen.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
    unpaid: bool,
    owed: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (of, owner): (TenantId, MemberId),
) -> Result<Option<Composed>, WorkError> {
    let Some(found) = standing(post, tenant, of, owner).await? else { return Ok(None) };
    let Standing { head, to, firm, site, subscription, .. } = &found;
    let Some((_, reason)) = subscription.frozen else { return Ok(None) };
    let unpaid = reason == FreezeReason::Unpaid;
    let currency = subscription.currency().unwrap_or_default().to_owned();
    let owed = &Money { amount_minor: subscription.owed_minor(), currency }.to_string();
    let name = to.name.as_str();
    let text = Text { head, name, firm, site, unpaid, owed };
    let html = Html { head, name, firm, site, unpaid, owed };
    Composed::new(to.clone(), &format!("{firm} is frozen"), &text, &html).map(Some)
}
