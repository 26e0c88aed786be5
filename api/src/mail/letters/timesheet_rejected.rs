//! The letter that tells a member what of a week was sent back, and why. The reason is looked up
//! and opened when it's sent; once erased, the letter goes without it.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::MemberId;
use domain::time::{EntryState, TimeEvent, Week};
use migrations::platform::TenantRecord;

use super::timesheets::{hours, opened, told};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/timesheet_rejected.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    week: &'a str,
    hours: &'a str,
    reason: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/timesheet_rejected.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    week: &'a str,
    hours: &'a str,
    reason: &'a str,
    link: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (member, week, version): (MemberId, Week, i32),
) -> Result<Option<Composed>, WorkError> {
    let found = told(post, tenant.id, (member, week), version).await?;
    let Some(TimeEvent::TimesheetRejected(event)) = &found.event else { return Ok(None) };
    let seconds = found.seconds_of(&event.entries, EntryState::Rejected);
    let Some(seconds) = seconds else { return Ok(None) };
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let reason = opened(post, tenant.id, event.reason.clone()).await?.unwrap_or_default();
    let head = &post.letterhead(tenant).await?;
    let (name, week_name, hours) = (to.name.clone(), week.to_string(), hours(seconds));
    let link = format!("{}/timesheets/{member}/{week}", head.site);
    let (name, week, hours, reason, link) = (&*name, &*week_name, &*hours, &*reason, &*link);
    let text = Text { head, name, week, hours, reason, link };
    let html = Html { head, name, week, hours, reason, link };
    Composed::new(to, &format!("Your time of {week} was sent back"), &text, &html).map(Some)
}
