//! The letter that reminds a member of a week of which they have submitted nothing. Whoever has
//! done so meanwhile needs none.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::MemberId;
use domain::time::Week;
use migrations::platform::TenantRecord;

use super::timesheets::told;
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/timesheet_missing.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    week: &'a str,
    monday: &'a str,
    sunday: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/timesheet_missing.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    week: &'a str,
    monday: &'a str,
    sunday: &'a str,
    link: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (member, week): (MemberId, Week),
) -> Result<Option<Composed>, WorkError> {
    if !told(post, tenant.id, (member, week), 0).await?.sheet.submitted_nothing() {
        return Ok(None);
    }
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let head = &post.letterhead(tenant).await?;
    let (name, week_name) = (to.name.clone(), week.to_string());
    let (monday, sunday) = (&*week.monday().to_string(), &*week.sunday().to_string());
    let link = format!("{}/timesheets/{member}/{week}", head.site);
    let (name, week, link) = (&*name, &*week_name, &*link);
    let text = Text { head, name, week, monday, sunday, link };
    let html = Html { head, name, week, monday, sunday, link };
    Composed::new(to, &format!("Your time of {week} is missing"), &text, &html).map(Some)
}
