//! Closed periods over HTTP: what is closed, what a closing would take in, closing and reopening.
//! Everybody sees how far time is closed; why a colleague's is, only who looks after hours sees.

use std::collections::BTreeMap;

use commands::event_log::read::rows_after;
use commands::time::{ClosePeriod, ReopenPeriod};
use domain::id::{ClientId, MemberId, ProjectId};
use domain::time::periods::PeriodScope;
use jiff::Timestamp;
use jiff::civil::Date;
use projections::time::period::{self, Period, PeriodRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::worked::malformed;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::members::Nothing;
use crate::http::personal;
use crate::http::problem::{FieldError, Problem};

/// The most weeks that a preview lists.
const MOST_WEEKS: i64 = 500;

/// How far one scope is closed; without an id it's the whole firm.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Period")]
pub(crate) struct PeriodBody {
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    member_id: Option<Uuid>,
    /// The last day that is closed.
    through: Date,
    /// When that was decided.
    decided_at: Timestamp,
    /// Whether it was a reopening that left it so.
    reopened: bool,
    /// Why; null where nothing was said, or to who does not look after hours or bills.
    reason: Option<String>,
}

fn shown(about: &About, row: PeriodRow) -> PeriodBody {
    let told = about.sees_only().is_none();
    PeriodBody {
        client_id: row.client_id.map(Uuid::from),
        project_id: row.project_id.map(Uuid::from),
        member_id: row.member_id.map(Uuid::from),
        through: row.through_day,
        decided_at: row.decided_at,
        reopened: row.reopened,
        reason: personal::text(&about.keys, row.reason.as_ref()).filter(|_| told),
    }
}

async fn rows(about: &About) -> Result<Vec<PeriodRow>, Problem> {
    if let Some(rows) = about.rows_then::<Period>().await? {
        let rows = rows.iter().map(|row| (row.scope.clone(), row.clone()));
        return Ok(rows.collect::<BTreeMap<_, _>>().into_values().collect());
    }
    let mut tx = about.tx().await?;
    let rows = period::list(&mut tx).await?;
    tx.commit().await?;
    Ok(rows)
}

/// `GET /periods`.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<PeriodBody>>, Problem> {
    let own = call.sees_only();
    let theirs =
        |row: &PeriodRow| own.is_none_or(|own| row.member_id.is_none_or(|member| member == own));
    let rows: Vec<PeriodRow> = rows(&call).await?.into_iter().filter(theirs).collect();
    let mut tx = call.tx().await?;
    let reasons = rows.iter().filter_map(|row| row.reason.as_ref());
    personal::load(&call.keys, &mut tx, reasons).await?;
    tx.commit().await?;
    let items = rows.into_iter().map(|row| shown(&call, row)).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// Whose time: at most one of these, and the whole firm's without any.
fn scope_of(
    client: Option<Uuid>,
    project: Option<Uuid>,
    member: Option<Uuid>,
    pointer: &str,
) -> Result<PeriodScope, Problem> {
    match (client, project, member) {
        (None, None, None) => Ok(PeriodScope::Tenant),
        (Some(client), None, None) => Ok(PeriodScope::Client(ClientId(client))),
        (None, Some(project), None) => Ok(PeriodScope::Project(ProjectId(project))),
        (None, None, Some(member)) => Ok(PeriodScope::Member(MemberId(member))),
        (_, _, _) => {
            let why = "name one of client_id, project_id and member_id, or none for the firm";
            Err(malformed(FieldError::new(pointer, "time.scope_not_clear", why)))
        }
    }
}

/// What to close.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosePeriodBody {
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    member_id: Option<Uuid>,
    /// The last day to close: today in the firm's zone, or earlier.
    through: Date,
    /// In your words.
    reason: Option<String>,
}

/// `POST /periods/close`.
pub(crate) async fn close(
    call: Call<(), Nothing, Json<ClosePeriodBody>>,
) -> Result<Answer<Changed>, Problem> {
    let body = call.body.0.clone();
    let scope = scope_of(body.client_id, body.project_id, body.member_id, "")?;
    let command = ClosePeriod { scope, through: body.through, reason: body.reason };
    Ok(call.done(call.send(command).await?))
}

/// What to open again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReopenPeriodBody {
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    member_id: Option<Uuid>,
    /// The first day to open.
    from: Date,
    /// In your words.
    reason: String,
}

/// What was opened.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Reopened {
    /// Where the log stands after it, as in `X-Event-Position`.
    position: i64,
    /// The first day that is open again.
    from: Date,
    /// The last day that is open again.
    through: Date,
    /// The drafts that hold time of these days: their entries stay as they are.
    drafts: Vec<Uuid>,
}

/// `POST /periods/reopen`.
pub(crate) async fn reopen(
    call: Call<(), Nothing, Json<ReopenPeriodBody>>,
) -> Result<Answer<Reopened>, Problem> {
    let body = call.body.0.clone();
    let scope = scope_of(body.client_id, body.project_id, body.member_id, "")?;
    let done = call.send(ReopenPeriod { scope, from: body.from, reason: body.reason }).await?;
    let mut tx = call.tx().await?;
    let row = rows_after(&mut tx, done.position - 1, 1).await?.pop();
    let payload: Option<Value> = row.and_then(|row| serde_json::from_str(&row.payload).ok());
    let through = payload.and_then(|payload| payload["through"].as_str()?.parse().ok());
    let through = through.unwrap_or(body.from);
    let drafts = period::drafts_over(&mut tx, scope, (Some(body.from), through)).await?;
    tx.commit().await?;
    let drafts = drafts.into_iter().map(Uuid::from).collect();
    let reopened = Reopened { position: done.position, from: body.from, through, drafts };
    Ok(call.done(done).map(|_| reopened))
}

/// What would be closed.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Previewed {
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    member_id: Option<Uuid>,
    /// The last day to close.
    through: Date,
}

/// One member's week with time that is not approved.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct WaitingWeek {
    member_id: Uuid,
    week: String,
    /// Entries that nobody asked approval for, or that were sent back.
    open: i64,
    /// Entries that wait for approval.
    submitted: i64,
    /// The seconds of both, as recorded.
    seconds: i64,
}

/// What a closing would take in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Preview {
    /// The last day that is closed now.
    closed_through: Option<Date>,
    /// The last day that would be closed.
    through: Date,
    /// How many entries would be closed.
    entries: i64,
    /// Their seconds, as recorded.
    seconds: i64,
    /// The weeks with time in it that is not approved.
    not_approved: Vec<WaitingWeek>,
    /// Whether there are more such weeks than are listed.
    more: bool,
    /// The drafts that hold time of these days.
    drafts: Vec<Uuid>,
}

/// `GET /periods/preview`.
pub(crate) async fn preview(call: Call<(), Previewed>) -> Result<Answer<Preview>, Problem> {
    let Previewed { client_id, project_id, member_id, through } = call.query;
    let scope = scope_of(client_id, project_id, member_id, "?through")?;
    let same = |row: &PeriodRow| {
        (row.client_id.map(Uuid::from), row.project_id.map(Uuid::from)) == (client_id, project_id)
            && row.member_id.map(Uuid::from) == member_id
    };
    let closed = rows(&call).await?.into_iter().find(same).map(|row| row.through_day);
    let days = (closed, through);
    let mut tx = call.tx().await?;
    let (entries, seconds) = period::taken_in(&mut tx, scope, days).await?;
    let mut waiting = period::waiting(&mut tx, scope, days, MOST_WEEKS + 1).await?;
    let from = closed.and_then(|closed| closed.tomorrow().ok());
    let drafts = period::drafts_over(&mut tx, scope, (from, through)).await?;
    tx.commit().await?;
    let more = waiting.len() as i64 > MOST_WEEKS;
    waiting.truncate(MOST_WEEKS as usize);
    let week = |week: period::Waiting| WaitingWeek {
        member_id: week.member.0,
        week: week.week.to_string(),
        open: week.open,
        submitted: week.submitted,
        seconds: week.seconds,
    };
    Ok(call.read(Preview {
        closed_through: closed,
        through,
        entries,
        seconds,
        not_approved: waiting.into_iter().map(week).collect(),
        more,
        drafts: drafts.into_iter().map(Uuid::from).collect(),
    }))
}
