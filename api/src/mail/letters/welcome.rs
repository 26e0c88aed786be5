//! The letter that tells a new owner where their firm's site is and how to get in. Signing in is by
//! a mail of its own, for this one is kept.

use askama::Template;
use commands::jobs::{Job, WorkError};
use commands::subscription;
use domain::id::SignUpId;
use migrations::platform::TenantRecord;

use super::signup_confirmation::look;
use crate::mail::{Addressee, Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/welcome.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
    trial_until: &'a str,
}

#[derive(Template)]
#[template(path = "mail/welcome.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    firm: &'a str,
    site: &'a str,
    trial_until: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    sign_up: SignUpId,
) -> Result<Option<Composed>, WorkError> {
    let Some(seen) = look(post, sign_up).await? else { return Ok(None) };
    let (Some(made), Some(draft)) = (seen.state.tenant, seen.state.draft()) else {
        return Ok(None);
    };
    let Some(record) = post.platform().tenant_by_id(made).await? else { return Ok(None) };
    let known = subscription::subscription(post.log().tenants(), &[made]).await?.pop();
    let trial_until = known.and_then(|known| known.subscription.trial_until);
    let trial_until = &trial_until.map(|day| day.to_string()).unwrap_or_default();
    let head = &post.letterhead(tenant).await?;
    let site = &post.letterhead(&record).await?.site;
    let (name, firm) = (draft.owner_name.as_str(), draft.firm_name.as_str());
    let to = Addressee { name: name.to_owned(), email: draft.owner_email.clone() };
    let text = Text { head, name, firm, site, trial_until };
    let html = Html { head, name, firm, site, trial_until };
    Composed::new(to, &format!("{firm} is ready"), &text, &html).map(Some)
}
