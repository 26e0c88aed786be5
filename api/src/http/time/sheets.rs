//! Members' weeks over HTTP: lists of them, what waits for the caller, who is missing, and one week
//! or part of it. Whoever has a step of an approval sees what it's about, and no more.

use commands::event_log::read::stream_after;
use domain::id::{MemberId, StreamId};
use domain::log::Event;
use domain::time::{EntryState, Part, Timesheet, Week, timesheet_stream};
use jiff::Timestamp;
use projections::members::member::{self, Member};
use projections::time::time_entry::{self, TimeEntry, TimeEntryRow, Wanted};
use projections::time::timesheet_week::{self, TimesheetWeek, TimesheetWeekRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StateName;
use super::approvers::Approver;
use super::entries::{EntryBody, all_shown};
use super::part::{OfPart, of_part};
use super::steps::OfficeName;
use crate::http::answer::Answer;
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::problem::Problem;
use crate::http::query::refused;

const KIND: &str = "timesheet";
/// A week holds at most this many entries.
const ENTRIES_MAX: i64 = domain::time::record_time::MOST_ENTRIES as i64;
/// How many weeks are looked at in one go for those that wait for the caller.
const CHUNK: i64 = 500;

/// A member's week.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SheetSummary {
    pub(super) member_id: Uuid,
    /// The ISO week.
    pub(super) week: String,
    /// Open while any entry is open (or there is none), rejected while any is rejected, approved
    /// when all are, else submitted.
    pub(super) state: StateName,
    /// How many entries it holds, and in which states.
    pub(super) entries: u32,
    pub(super) open: u32,
    pub(super) submitted: u32,
    pub(super) approved: u32,
    pub(super) rejected: u32,
    /// As recorded.
    pub(super) seconds: i64,
    pub(super) billable_seconds: i64,
    /// When approval was last asked for.
    pub(super) submitted_at: Option<Timestamp>,
    /// When it was last approved or sent back, and by whom.
    pub(super) decided_at: Option<Timestamp>,
    pub(super) decided_by: Option<Uuid>,
    /// How many steps of approval are behind its entries, of all those asked for.
    pub(super) steps_done: u32,
    pub(super) steps: u32,
    /// Who decides next on what of it waits.
    pub(super) waits_for: Vec<OfficeName>,
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

pub(super) fn summary(row: &TimesheetWeekRow) -> SheetSummary {
    let asked =
        |n: &usize| matches!(row.entry_states[*n], EntryState::Submitted | EntryState::Approved);
    let asked = || (0..row.entry_states.len()).filter(asked);
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
        steps_done: asked().map(|n| row.entry_steps_done[n]).sum(),
        steps: asked().map(|n| row.entry_chains[n].steps()).sum(),
        waits_for: row.waits_for.iter().copied().map(OfficeName::from).collect(),
    }
}

pub(super) fn empty(member: MemberId, week: Week) -> SheetSummary {
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
        steps_done: 0,
        steps: 0,
        waits_for: Vec::new(),
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
    /// `me`: weeks in which something waits for you to decide, also where you stand in for
    /// somebody.
    awaiting: Option<Awaiting>,
    /// `true`, with a week: those who should have worked in it and have submitted nothing.
    missing: Option<bool>,
}

/// Whom something waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Awaiting {
    /// The caller.
    Me,
}

/// `GET /timesheets`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<SheetSummary>>, Problem> {
    let Filter { state, week, member_id, awaiting, missing } = &call.query;
    let state = state.map(EntryState::from);
    let parse = |text: &String| {
        text.parse().map_err(|_| refused("week", "query.invalid", "give a week such as 2026-W10"))
    };
    let week: Option<Week> = week.as_ref().map(parse).transpose()?;
    let asked = Asked { state, week, member: member_id.map(MemberId) };
    match (awaiting, missing.unwrap_or_default()) {
        (Some(Awaiting::Me), false) => return awaiting_caller(&call, &asked).await,
        (None, true) => {
            let why = "say of which week: missing=true&week=2026-W10";
            let week = week.ok_or_else(|| refused("week", "query.invalid", why))?;
            return super::missing::list(&call, week, asked.member).await;
        }
        (None, false) => {}
        (Some(Awaiting::Me), true) => {
            return Err(refused("missing", "query.invalid", "ask for one of both"));
        }
    }
    let member = match (asked.member, call.sees_only()) {
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
            let asked = Asked { member, ..asked };
            piece(&rows, |row| asked.wants(row), key, after, limit)
        }
    };
    Ok(call.page(rows, key, |row| summary(&row)))
}

/// Which weeks, understood.
#[derive(Debug, Clone, Copy)]
struct Asked {
    state: Option<EntryState>,
    week: Option<Week>,
    member: Option<MemberId>,
}

impl Asked {
    fn wants(&self, row: &TimesheetWeekRow) -> bool {
        self.state.is_none_or(|state| row.state == state)
            && self.week.is_none_or(|week| row.week == week)
            && self.member.is_none_or(|member| row.member_id == member)
    }
}

/// Weeks in which something waits for the caller.
async fn awaiting_caller(
    call: &Call<(), Filter>,
    asked: &Asked,
) -> Result<Answer<Page<SheetSummary>>, Problem> {
    let approver = Approver::caller(call).await?;
    let wanted = |row: &TimesheetWeekRow| asked.wants(row) && approver.is_asked(row);
    let key = |row: &TimesheetWeekRow| (row.week, row.member_id);
    let (mut after, limit) = (call.after()?, call.look_for());
    let rows = match call.rows_then::<TimesheetWeek>().await? {
        Some(rows) => piece(&rows, wanted, key, after, limit),
        None => {
            let (offices, mut found) = (approver.offices(), Vec::new());
            let mut tx = call.tx().await?;
            while (found.len() as i64) < limit {
                let rows = timesheet_week::waiting(&mut tx, &offices, after, CHUNK).await?;
                let more = rows.len() as i64 == CHUNK;
                after = rows.last().map(key);
                found.extend(rows.into_iter().filter(wanted));
                if !more {
                    break;
                }
            }
            tx.commit().await?;
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            found
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
async fn content(
    about: &About,
    sheet: StreamId,
    position: i64,
    part: &Part,
) -> Result<String, Problem> {
    let mut tx = about.tx().await?;
    let rows = stream_after(&mut tx, sheet, 0).await?;
    tx.commit().await?;
    let mut state = Timesheet::default();
    for row in rows.into_iter().take_while(|row| row.position <= position) {
        if let Event::Time(event) = row.decode()?.event {
            state.evolve(&event);
        }
    }
    Ok(state.submitted_content(part))
}

/// `GET /timesheets/{member_id}/{week}`.
pub(crate) async fn one(call: Call<ByWeek, OfPart>) -> Result<Answer<SheetBody>, Problem> {
    let (member, week) = call.path.parsed()?;
    let shown = call.query.shown(&call, member, week).await?;
    let sheet = timesheet_stream(member, week);
    let restricted = call.sees_only().is_some_and(|own| own != member);
    let (found, mut entries) = match rows_of(&call, member, week).await {
        Err(_) if restricted => return Err(Problem::forbidden()),
        found => found?,
    };
    entries.retain(|row| shown(&row.chain, row.project_id, row.state));
    if restricted && entries.is_empty() {
        return Err(Problem::forbidden());
    }
    let position = found.as_ref().map_or(0, |row| row.position);
    let mut summary = found.as_ref().map_or_else(|| empty(member, week), summary);
    if restricted || !call.query.is_all() {
        summary = of_part(summary, &entries);
    }
    let content = match summary.submitted {
        0 => None,
        _ => {
            let named = entries.iter().map(|row| row.entry_id).collect();
            let part = Part { projects: None, entries: Some(named) };
            Some(content(&call, sheet, position, &part).await?)
        }
    };
    let items = all_shown(&call, entries).await?;
    let tag = call.tag(object(sheet), position);
    Ok(call.read(SheetBody { summary, content, items }).tagged(tag))
}
