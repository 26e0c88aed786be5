//! The letter that tells an admin which balances a change for the whole firm has corrected.

use askama::Template;
use commands::event_log::read::rows_after;
use commands::jobs::{Job, WorkError};
use domain::id::MemberId;
use domain::leave::MemberLeaveEvent;
use domain::log::{Actor, Event, Metadata, Via};
use migrations::platform::TenantRecord;

use super::corrections::{Told, told};
use crate::mail::{Composed, Letterhead, Post};

/// The most members whose balances are named.
const NAMED_MAX: usize = 100;

/// One member's corrected balances.
struct OfMember {
    name: String,
    told: Told,
}

#[derive(Template)]
#[template(path = "mail/leave_corrections.txt")]
struct Text<'a> {
    head: &'a Letterhead,
    name: &'a str,
    members: &'a [OfMember],
    changes: &'a [String],
    more: usize,
}

#[derive(Template)]
#[template(path = "mail/leave_corrections.html")]
struct Html<'a> {
    head: &'a Letterhead,
    name: &'a str,
    members: &'a [OfMember],
    changes: &'a [String],
    more: usize,
}

pub(super) async fn compose(
    post: &Post,
    tenant: &TenantRecord,
    _job: &Job,
    (to, after, until): (MemberId, i64, i64),
) -> Result<Option<Composed>, WorkError> {
    let Some(addressee) = post.member(tenant.id, to).await? else { return Ok(None) };
    let settled = settled(post, tenant, after, until).await?;
    let mut changes = std::collections::BTreeSet::new();
    let (mut members, mut more) = (Vec::new(), 0);
    for (member, version) in settled {
        let told = told(post, tenant.id, member, version).await?;
        if told.balances.is_empty() {
            continue;
        }
        changes.extend(told.changes.iter().cloned());
        if members.len() == NAMED_MAX {
            more += 1;
            continue;
        }
        let name = post.member(tenant.id, member).await?.map(|it| it.name);
        members.push(OfMember { name: name.unwrap_or_else(|| member.to_string()), told });
    }
    if members.is_empty() {
        return Ok(None);
    }
    let head = &post.letterhead(tenant).await?;
    let (changes, members) = (&*changes.into_iter().collect::<Vec<_>>(), &*members);
    let name = addressee.name.clone();
    let subject = format!("The leave of {} members was corrected", members.len() + more);
    let text = Text { head, name: &name, members, changes, more };
    let html = Html { head, name: &name, members, changes, more };
    Composed::new(addressee, &subject, &text, &html).map(Some)
}

/// The members whose leave the program settled between two positions, each with the first event of
/// that commit.
async fn settled(
    post: &Post,
    tenant: &TenantRecord,
    after: i64,
    until: i64,
) -> Result<Vec<(MemberId, i32)>, WorkError> {
    let mut tx = post.log().tenants().begin(tenant.id).await?;
    let rows = rows_after(&mut tx, after, (until - after).max(0)).await?;
    tx.commit().await?;
    let (mut found, mut last) = (Vec::new(), None);
    for row in rows.iter().filter(|row| row.event_type == "LeavePosted") {
        let recorded = row.decode()?;
        let metadata: Metadata = serde_json::from_str(&row.metadata)
            .map_err(|error| WorkError::later(error.to_string()))?;
        let by_program = metadata.actor == Actor::System && metadata.via == Via::Job;
        if let Event::MemberLeave(MemberLeaveEvent::LeavePosted(event)) = recorded.event
            && by_program
            && last.replace(row.command_id) != Some(row.command_id)
        {
            found.push((event.member, row.version));
        }
    }
    Ok(found)
}
