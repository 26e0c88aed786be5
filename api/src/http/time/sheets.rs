//! Members' weeks over HTTP, and the steps of their approval.

use commands::event_log::read::stream_after;
use commands::time::{ApproveTimesheet, RejectTimesheet, ReopenTimesheet, SubmitTimesheet};
use commands::{Command, Done};
use domain::id::{MemberId, StreamId};
use domain::log::Event;
use domain::time::{EntryState, Timesheet, Week, timesheet_stream};
use jiff::Timestamp;
use projections::members::member::{self, Member};
use projections::time::time_entry::{self, TimeEntry, TimeEntryRow, Wanted};
use projections::time::timesheet_week::{self, TimesheetWeek, TimesheetWeekRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StateName;
use super::entries::{EntryBody, all_shown};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::if_seen::IfSeen;
use crate::http::members::{NoBody, Nothing};
use crate::http::problem::Problem;
use crate::http::query::refused;

const KIND: &str = "timesheet";
/// A week holds at most this many entries.
const ENTRIES_MAX: i64 = domain::time::record_time::MOST_ENTRIES as i64;

/// A member's week.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SheetSummary {
    member_id: Uuid,
    /// The ISO week.
    week: String,
    /// Open while any entry is open (or there is none), rejected while any is rejected, approved
    /// when all are, else submitted.
    state: StateName,
    /// How many entries it holds, and in which states.
    entries: u32,
    open: u32,
    submitted: u32,
    approved: u32,
    rejected: u32,
    /// As recorded.
    seconds: i64,
    billable_seconds: i64,
    /// When approval was last asked for.
    submitted_at: Option<Timestamp>,
    /// When it was last approved or sent back, and by whom.
    decided_at: Option<Timestamp>,
    decided_by: Option<Uuid>,
}

/// A member's week with its entries.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Timesheet")]
pub(crate) struct SheetBody {
    #[serde(flatten)]
    summary: SheetSummary,
    /// The hash of what waits for approval: name it in the approval to approve nothing else.
    content: Option<String>,
    items: Vec<EntryBody>,
}

fn summary(row: &TimesheetWeekRow) -> SheetSummary {
    SheetSummary {
        member_id: row.member_id.0,
        week: row.week.to_string(),
        state: row.state.into(),
        entries: row.entries,
        open: row.open,
        submitted: row.submitted,
        approved: row.approved,
        rejected: row.rejected,
        seconds: row.seconds,
        billable_seconds: row.billable_seconds,
        submitted_at: row.submitted_at,
        decided_at: row.decided_at,
        decided_by: row.decided_by.map(Uuid::from),
    }
}

fn empty(member: MemberId, week: Week) -> SheetSummary {
    SheetSummary {
        member_id: member.0,
        week: week.to_string(),
        state: StateName::Open,
        entries: 0,
        open: 0,
        submitted: 0,
        approved: 0,
        rejected: 0,
        seconds: 0,
        billable_seconds: 0,
        submitted_at: None,
        decided_at: None,
        decided_by: None,
    }
}

/// Which weeks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    state: Option<StateName>,
    /// An ISO week, such as `2026-W10`.
    week: Option<String>,
    member_id: Option<Uuid>,
}

/// `GET /timesheets`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<SheetSummary>>, Problem> {
    let Filter { state, week, member_id } = &call.query;
    let state = state.map(EntryState::from);
    let parse = |text: &String| {
        text.parse().map_err(|_| refused("week", "query.invalid", "give a week such as 2026-W10"))
    };
    let week: Option<Week> = week.as_ref().map(parse).transpose()?;
    let member = match (member_id.map(MemberId), call.sees_only()) {
        (asked, None) => asked,
        (None, Some(own)) => Some(own),
        (Some(asked), Some(own)) if asked == own => Some(own),
        (Some(_), Some(_)) => return Err(Problem::forbidden()),
    };
    let key = |row: &TimesheetWeekRow| (row.week, row.member_id);
    let (after, limit) = (call.after()?, call.look_for());
    let rows = match call.rows_then::<TimesheetWeek>().await? {
        None => {
            let mut tx = call.tx().await?;
            let rows = timesheet_week::list(&mut tx, state, week, member, after, limit).await?;
            tx.commit().await?;
            rows
        }
        Some(rows) => {
            let wanted = |row: &TimesheetWeekRow| {
                state.is_none_or(|state| row.state == state)
                    && week.is_none_or(|week| row.week == week)
                    && member.is_none_or(|member| row.member_id == member)
            };
            piece(&rows, wanted, key, after, limit)
        }
    };
    Ok(call.page(rows, key, |row| summary(&row)))
}

/// One member's week.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByWeek {
    member_id: Uuid,
    /// The ISO week, such as `2026-W10`.
    week: String,
}

impl ByWeek {
    pub(super) fn parsed(&self) -> Result<(MemberId, Week), Problem> {
        let week = self.week.parse().map_err(|_| Problem::not_found())?;
        Ok((MemberId(self.member_id), week))
    }
}

pub(super) fn object(stream: StreamId) -> (&'static str, Uuid) {
    (KIND, stream.0)
}

/// The week and its entries at the moment asked for.
async fn rows_of(
    about: &About,
    member: MemberId,
    week: Week,
) -> Result<(Option<TimesheetWeekRow>, Vec<TimeEntryRow>), Problem> {
    let sheet = timesheet_stream(member, week);
    if let Some(mut weeks) = about.rows_then::<TimesheetWeek>().await? {
        let entries = about.rows_then::<TimeEntry>().await?;
        let of_week = |row: &TimeEntryRow| row.sheet_id == sheet;
        let key = |row: &TimeEntryRow| (row.day, row.entry_id);
        let entries = entries.map(|rows| piece(&rows, of_week, key, None, ENTRIES_MAX));
        let found = weeks.take(&sheet);
        if found.is_none() {
            let members = about.rows_then::<Member>().await?;
            members.and_then(|mut rows| rows.take(&member)).ok_or_else(Problem::not_found)?;
        }
        return Ok((found, entries.unwrap_or_default()));
    }
    let mut tx = about.tx().await?;
    let found = timesheet_week::find(&mut tx, member, week).await?;
    let (from, to) = (Some(week.monday()), Some(week.sunday()));
    let wanted = Wanted { member: Some(member), from, to, ..Wanted::default() };
    let entries = time_entry::list(&mut tx, &wanted, None, ENTRIES_MAX).await?;
    if found.is_none() && member::find(&mut tx, member).await?.is_none() {
        return Err(Problem::not_found());
    }
    tx.commit().await?;
    Ok((found, entries))
}

/// The hash of what waits for approval in a week, up to a position.
async fn content(about: &About, sheet: StreamId, position: i64) -> Result<String, Problem> {
    let mut tx = about.tx().await?;
    let rows = stream_after(&mut tx, sheet, 0).await?;
    tx.commit().await?;
    let mut state = Timesheet::default();
    for row in rows.into_iter().take_while(|row| row.position <= position) {
        if let Event::Time(event) = row.decode()?.event {
            state.evolve(&event);
        }
    }
    Ok(state.submitted_content())
}

/// `GET /timesheets/{member_id}/{week}`.
pub(crate) async fn one(call: Call<ByWeek, Nothing>) -> Result<Answer<SheetBody>, Problem> {
    let (member, week) = call.path.parsed()?;
    if call.sees_only().is_some_and(|own| own != member) {
        return Err(Problem::forbidden());
    }
    let sheet = timesheet_stream(member, week);
    let (found, entries) = rows_of(&call, member, week).await?;
    let position = found.as_ref().map_or(0, |row| row.position);
    let content = match &found {
        Some(row) if row.submitted > 0 => Some(content(&call, sheet, position).await?),
        Some(_) | None => None,
    };
    let summary = found.as_ref().map_or_else(|| empty(member, week), summary);
    let items = all_shown(&call, entries).await?;
    let tag = call.tag(object(sheet), position);
    Ok(call.read(SheetBody { summary, content, items }).tagged(tag))
}

/// Sends a command on a week, if it is as the caller saw it.
async fn send<C: Command>(
    about: &About,
    (member, week): (MemberId, Week),
    command: impl Fn() -> C,
) -> Result<Answer<Changed>, Problem> {
    let stream = timesheet_stream(member, week);
    let command = |seen| IfSeen::<Timesheet, C>::new(stream, seen, command());
    let done = about.send_if(object(stream), stream, |_, _| true, command).await?;
    Ok(about.changed(nameless(done), object(stream)))
}

/// A week is known by its member and its name and has no id.
fn nameless(mut done: Done) -> Done {
    done.reply.id = None;
    done
}

/// `POST /timesheets/{member_id}/{week}/submit`.
pub(crate) async fn submit(
    call: Call<ByWeek, Nothing, OptionalJson<NoBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (member, week) = call.path.parsed()?;
    send(&call, (member, week), || SubmitTimesheet { member, week }).await
}

/// What is approved.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApproveBody {
    /// The hash of what you saw; if the week holds something else, nothing is approved.
    content: Option<String>,
}

/// `POST /timesheets/{member_id}/{week}/approve`.
pub(crate) async fn approve(
    call: Call<ByWeek, Nothing, OptionalJson<ApproveBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (member, week) = call.path.parsed()?;
    let content = &call.body.0.content;
    send(&call, (member, week), || ApproveTimesheet { member, week, content: content.clone() })
        .await
}

/// Why a week is sent back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectBody {
    reason: String,
}

/// `POST /timesheets/{member_id}/{week}/reject`.
pub(crate) async fn reject(
    call: Call<ByWeek, Nothing, Json<RejectBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (member, week) = call.path.parsed()?;
    let reason = &call.body.0.reason;
    send(&call, (member, week), || RejectTimesheet { member, week, reason: reason.clone() }).await
}

/// Why a week is opened again.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReopenBody {
    reason: Option<String>,
}

/// `POST /timesheets/{member_id}/{week}/reopen`.
pub(crate) async fn reopen(
    call: Call<ByWeek, Nothing, OptionalJson<ReopenBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (member, week) = call.path.parsed()?;
    let reason = &call.body.0.reason;
    send(&call, (member, week), || ReopenTimesheet { member, week, reason: reason.clone() }).await
}
