//! The letter that tells a member what became of their leave: granted, refused with the reason, or
//! cancelled. A reason is looked up and opened when it's sent; once erased, the letter goes
//! without.

use askama::Template;
use commands::jobs::{Job, WorkError};
use domain::id::{LeaveRequestId, MemberId};
use domain::leave::{LeaveState, MemberLeaveEvent};
use migrations::platform::TenantRecord;

use super::leave::{days, told};
use super::timesheets::opened;
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/leave_decided.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    days: &'a str,
    decided: &'a str,
    reason: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/leave_decided.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    days: &'a str,
    decided: &'a str,
    reason: &'a str,
    link: &'a str,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (member, request, version): (MemberId, LeaveRequestId, i32),
) -> Result<Option<Composed>, WorkError> {
    let found = told(post, tenant.id, (member, request), version).await?;
    let Some(found) = found else { return Ok(None) };
    let (decided, state, reason) = match found.event {
        Some(MemberLeaveEvent::LeaveApproved(_)) => ("approved", LeaveState::Approved, None),
        Some(MemberLeaveEvent::LeaveRejected(event)) => {
            ("rejected", LeaveState::Rejected, Some(event.reason))
        }
        Some(MemberLeaveEvent::LeaveCancelled(event)) => {
            ("cancelled", LeaveState::Cancelled, event.reason)
        }
        // No other event is told of.
        Some(_) | None => return Ok(None),
    };
    // What has changed again since has a letter of its own.
    if found.request.state != state {
        return Ok(None);
    }
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let reason = match reason {
        Some(reason) => opened(post, tenant.id, reason).await?.unwrap_or_default(),
        None => String::new(),
    };
    let days = days(&found.request.span);
    let head = &post.letterhead(tenant).await?;
    let link = format!("{}/leave/{request}", head.site);
    let name = to.name.clone();
    let (name, days, decided, reason, link) = (&*name, &*days, decided, &*reason, &*link);
    let text = Text { head, name, days, decided, reason, link };
    let html = Html { head, name, days, decided, reason, link };
    Composed::new(to, &format!("Your leave was {decided}"), &text, &html).map(Some)
}
