//! The letter that tells a member what of a week was approved. What has changed since says so
//! itself, so it's not told any more.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::MemberId;
use domain::time::{EntryState, TimeEvent, Week};
use migrations::platform::TenantRecord;

use super::timesheets::{hours, told};
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/timesheet_approved.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    week: &'a str,
    hours: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/timesheet_approved.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    week: &'a str,
    hours: &'a str,
    link: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (member, week, version): (MemberId, Week, i32),
) -> Result<Option<Composed>, WorkError> {
    let found = told(post, tenant.id, (member, week), version).await?;
    let Some(TimeEvent::TimesheetApproved(event)) = &found.event else { return Ok(None) };
    let seconds = found.seconds_of(&event.entries, EntryState::Approved);
    let Some(seconds) = seconds else { return Ok(None) };
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let head = &post.letterhead(tenant).await?;
    let (name, week_name, hours) = (to.name.clone(), week.to_string(), hours(seconds));
    let link = format!("{}/timesheets/{member}/{week}", head.site);
    let (name, week, hours, link) = (&*name, &*week_name, &*hours, &*link);
    let text = Text { head, name, week, hours, link };
    let html = Html { head, name, week, hours, link };
    Composed::new(to, &format!("Your time of {week} is approved"), &text, &html).map(Some)
}
