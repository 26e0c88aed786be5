//! Feeds of leave: a link that a calendar program reads without signing in, as long as its owner
//! works here and has not closed it. It shows the owner's own leave with its kinds, or everybody's
//! dates without; reasons never. Unknown, closed and left behind are all answered alike.

use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use commands::leave::feeds::{CloseLeaveFeed, OpenLeaveFeed, feed_of, secret_of};
use domain::id::{LeaveFeedId, MemberId};
use domain::leave::{DayPart, LeaveState, member_leave_stream};
use jiff::{Timestamp, ToSpan};
use migrations::TenantTx;
use projections::leave::leave_feed::{self, LeaveFeedRow};
use projections::leave::leave_request::{self, LeaveRequestRow};
use projections::members::member;
use projections::time::work_terms;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::ics::{self, Days};
use super::seen::today;
use super::team::kinds;
use crate::http::answer::{Answer, Answers, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::personal;
use crate::http::platform::{port_of, site_url};
use crate::http::problem::Problem;
use crate::http::settings::settings_then;

const KIND: &str = "leave_feed";
/// What a link ends with.
const SUFFIX: &str = ".ics";
/// How far back and ahead a feed reaches, in months.
const MONTHS: (i64, i64) = (12, 24);
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// A feed to open.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenFeedBody {
    /// Whether it shows everybody's dates, or your own leave.
    team: bool,
}

/// A feed that was opened.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "OpenedLeaveFeed")]
pub(crate) struct OpenedBody {
    #[serde(flatten)]
    done: Changed,
    /// The link for a calendar program. It's shown now and never again: whoever knows it reads the
    /// feed.
    url: String,
}

/// An open feed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveFeed")]
pub(crate) struct FeedBody {
    id: Uuid,
    /// Whether it shows everybody's dates, or your own leave.
    team: bool,
    opened_at: Timestamp,
}

/// `POST /leave-feeds`.
pub(crate) async fn open(
    call: Call<(), Nothing, Json<OpenFeedBody>>,
) -> Result<Answer<OpenedBody>, Problem> {
    let OpenFeedBody { team } = call.body.0;
    let done = call.send(OpenLeaveFeed { feed: LeaveFeedId(call.new_id()), team }).await?;
    let url = done.reply.id.map(|id| url_of(&call, LeaveFeedId(id))).unwrap_or_default();
    Ok(call.made(done, KIND, "/leave-feeds").map(|done| OpenedBody { done: done.clone(), url }))
}

fn url_of(about: &About, feed: LeaveFeedId) -> String {
    let host = about.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default().split(':').next().unwrap_or_default().to_lowercase();
    let site = site_url(&host, port_of(&about.headers));
    let secret = secret_of(&about.keys, feed);
    format!("{site}{}/leave-feeds/{secret}{SUFFIX}", crate::http::BASE)
}

/// `GET /leave-feeds`: the caller's own.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<FeedBody>>, Problem> {
    let mut tx = call.tx().await?;
    let rows = leave_feed::of_member(&mut tx, call.caller.member).await?;
    tx.commit().await?;
    let shown = |row: LeaveFeedRow| FeedBody {
        id: row.feed_id.0,
        team: row.team,
        opened_at: row.opened_at,
    };
    let items = rows.into_iter().map(shown).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// `DELETE /leave-feeds/{id}`.
pub(crate) async fn close(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let id = call.path.id;
    let own = member_leave_stream(call.caller.member);
    let of_feed = move |_: &str, payload: &Value| payload["feed"] == Value::String(id.to_string());
    let command = |_| CloseLeaveFeed { feed: LeaveFeedId(id), expected_version: None };
    let done = call.send_if((KIND, id), own, of_feed, command).await?;
    Ok(call.done(done))
}

/// The last part of a feed's link.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByLink {
    /// The secret, with `.ics` behind it.
    id: String,
}

/// A calendar on its way out.
#[derive(Debug)]
pub(crate) struct Calendar(String);

impl Answers for Calendar {
    const MEDIA: &'static str = "text/calendar";

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<String>()
    }
}

impl IntoResponse for Calendar {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        let media = HeaderValue::from_static("text/calendar; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, media);
        let name = HeaderValue::from_static("attachment; filename=\"leave.ics\"");
        headers.insert(header::CONTENT_DISPOSITION, name);
        headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
        (headers, self.0).into_response()
    }
}

/// `GET /leave-feeds/{secret}.ics`, without credentials.
pub(crate) async fn read(call: Call<ByLink, Nothing>) -> Result<Calendar, Problem> {
    let secret = call.path.id.strip_suffix(SUFFIX).ok_or_else(Problem::not_found)?;
    let feed = feed_of(&call.keys, secret).ok_or_else(Problem::not_found)?;
    let mut tx = call.tx().await?;
    let feed = leave_feed::find(&mut tx, feed).await?.ok_or_else(Problem::not_found)?;
    let owner = member::find(&mut tx, feed.member_id).await?.filter(|row| row.active);
    owner.ok_or_else(Problem::not_found)?;
    let days = if feed.team {
        team(&call, &mut tx).await?
    } else {
        own(&call, &mut tx, feed.member_id).await?
    };
    tx.commit().await?;
    let name = format!("{}: {}", call.tenant.name, if feed.team { "away" } else { "my leave" });
    Ok(Calendar(ics::calendar(&name, &days)))
}

/// Granted leave of the days that a feed shows.
async fn granted(about: &About, tx: &mut TenantTx) -> Result<Vec<LeaveRequestRow>, Problem> {
    let today = today(about, tx, &settings_then(about).await?).await?;
    let first = today.checked_sub(MONTHS.0.months()).unwrap_or(today);
    let last = today.checked_add(MONTHS.1.months()).unwrap_or(today);
    Ok(leave_request::standing(tx, first, last).await?)
}

/// Everybody's dates: who, and nothing else.
async fn team(about: &About, tx: &mut TenantTx) -> Result<Vec<Days>, Problem> {
    let rows = granted(about, tx).await?;
    let names = work_terms::names(tx, rows.iter().map(|row| row.member_id)).await?;
    personal::load(&about.keys, tx, names.values()).await?;
    let days = |row: &LeaveRequestRow| {
        let name = personal::text(&about.keys, names.get(&row.member_id));
        of_request(about, row, name.as_deref().unwrap_or("Somebody"))
    };
    Ok(rows.iter().map(days).collect())
}

/// A member's own leave with its kinds; what waits for a decision is marked, too.
async fn own(about: &About, tx: &mut TenantTx, member: MemberId) -> Result<Vec<Days>, Problem> {
    let rows = leave_request::of_member(tx, member).await?;
    let kinds = kinds(tx).await?;
    let held = |row: &&LeaveRequestRow| match row.state {
        LeaveState::Submitted | LeaveState::Approved => true,
        LeaveState::Draft
        | LeaveState::Rejected
        | LeaveState::Withdrawn
        | LeaveState::Cancelled => false,
    };
    let days = |row: &LeaveRequestRow| {
        let kind = kinds.get(&row.leave_type_id).map_or("Leave", String::as_str);
        let granted = row.state == LeaveState::Approved;
        let mut days = of_request(about, row, kind);
        if !granted {
            days.summary.push_str(" (waits for approval)");
            days.busy = false;
        }
        days
    };
    Ok(rows.iter().filter(held).map(days).collect())
}

fn of_request(about: &About, row: &LeaveRequestRow, who: &str) -> Days {
    let part = match row.part {
        None => "",
        Some(DayPart::Am) => " (morning)",
        Some(DayPart::Pm) if row.from_day == row.to_day => " (afternoon)",
        Some(DayPart::Pm) => " (from noon on the first day)",
        Some(DayPart::Minutes(_)) => " (part of the day)",
        Some(DayPart::EndsAtNoon) => " (until noon on the last day)",
        Some(DayPart::BothHalves) => " (from noon to noon)",
    };
    Days {
        // The id of the request would tie a colleague's dates to what else is told of it.
        uid: uid_of(about, row),
        changed: row.changed_at,
        sequence: row.changes,
        from: row.from_day,
        to: row.to_day,
        summary: format!("{who}{part}"),
        busy: true,
    }
}

fn uid_of(about: &About, row: &LeaveRequestRow) -> String {
    let digest = about.keys.digest("leave_feed_uid", &[row.request_id.0.as_bytes()]);
    let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}@{}", about.tenant.slug)
}
