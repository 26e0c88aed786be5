//! The letter that tells a member how much leave lapses after a day, by what is known when it's
//! sent; where all of it's taken by then, there is nothing to say.

use askama::Template;
use commands::jobs::{Job, WorkError};
use commands::leave::sources::{LeaveCut, at};
use domain::id::{LeaveTypeId, MemberId};
use domain::leave::LeaveMinutes;
use domain::leave::ledger::{left_to_lapse, replay};
use jiff::civil::Date;
use migrations::platform::TenantRecord;

use super::corrections::amount;
use crate::mail::{Composed, Letterhead, Post};

#[derive(Template)]
#[template(path = "mail/leave_lapsing.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    kind: &'a str,
    left: &'a str,
    last: Date,
}

#[derive(Template)]
#[template(path = "mail/leave_lapsing.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    kind: &'a str,
    left: &'a str,
    last: Date,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (member, leave_type, last): (MemberId, LeaveTypeId, Date),
) -> Result<Option<Composed>, WorkError> {
    let Some(to) = post.member(tenant.id, member).await? else { return Ok(None) };
    let mut tx = post.log().tenants().begin(tenant.id).await?;
    let firm = at(&mut tx, Some(&[member]), LeaveCut::default(), last).await?;
    tx.commit().await?;
    let (Some(sources), Some((_, kind))) = (firm.of(member), firm.types.get(&leave_type)) else {
        return Ok(None);
    };
    let Some(facts) = sources.account(leave_type) else { return Ok(None) };
    let left = left_to_lapse(&replay(&facts, last).postings);
    let left = left.iter().filter(|(bucket, _)| bucket.expires == Some(last));
    let left: LeaveMinutes = left.map(|(_, minutes)| *minutes).sum();
    if left <= LeaveMinutes::ZERO {
        return Ok(None);
    }
    let head = &post.letterhead(tenant).await?;
    let left = &*amount(left, kind, facts.patterns, last);
    let (name, kind) = (to.name.clone(), &*kind.name);
    let subject = format!("{left} of {kind} lapse after {last}");
    let text = Text { head, name: &name, kind, left, last };
    let html = Html { head, name: &name, kind, left, last };
    Composed::new(to, &subject, &text, &html).map(Some)
}
