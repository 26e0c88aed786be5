//! The letter that tells somebody that a member's time waits for them. Where it was decided
//! meanwhile, there is nothing to say.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::MemberId;
use domain::time::{EntryState, Week};
use migrations::platform::TenantRecord;

use super::timesheets::{hours, told};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/timesheet_submitted.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    member: &'a str,
    week: &'a str,
    hours: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/timesheet_submitted.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    member: &'a str,
    week: &'a str,
    hours: &'a str,
    link: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (to, member, week): (MemberId, MemberId, Week),
) -> Result<Option<Composed>, WorkError> {
    let found = told(post, tenant.id, (member, week), 0).await?;
    let waits = found.sheet.entries.values().any(|it| it.state == EntryState::Submitted);
    let Some(to) = post.member(tenant.id, to).await?.filter(|_| waits) else { return Ok(None) };
    let head = &post.letterhead(tenant).await?;
    // Who has no address, or has gone, is still somebody whose time was submitted.
    let whose = post.member(tenant.id, member).await?.map(|member| member.name);
    let whose = whose.filter(|name| !name.is_empty()).unwrap_or_else(|| "A member".to_owned());
    let (name, week_name) = (to.name.clone(), week.to_string());
    let hours = hours(found.seconds_in(EntryState::Submitted));
    let link = format!("{}/timesheets/{member}/{week}", head.site);
    let (name, member, week, hours, link) = (&*name, &*whose, &*week_name, &*hours, &*link);
    let text = Text { head, name, member, week, hours, link };
    let html = Html { head, name, member, week, hours, link };
    Composed::new(to, &format!("{member} has submitted {week}"), &text, &html).map(Some)
}
