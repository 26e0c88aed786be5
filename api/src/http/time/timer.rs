//! The timer over HTTP. A running timer is an entry to be: it has the id and the form of an entry,
//! with no end yet and the seconds so far, and it's changed and removed where entries are.

use axum::http::StatusCode;
use commands::event_log::read::rows_after;
use commands::time::{self, What};
use commands::{Command, CommandError, Reply, Unit};
use domain::id::{EntryId, FavouriteId, MemberId, ProjectId, TaskId};
use domain::time::{Chain, EntryState, Week, timer::timer_stream};
use jiff::Timestamp;
use projections::time::running_timer::{self, RunningTimer, RunningTimerRow};
use projections::time::time_entry::TimeEntryRow;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::entries::{EntryBody, KIND, all_shown, expected, version_after};
use super::record::zone_at;
use super::worked::{When, malformed};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::problem::{FieldError, Problem};

/// The moment that a read is about: now, or when the position it asks for was recorded.
pub(super) async fn moment_of(about: &About) -> Result<Timestamp, Problem> {
    let Some(position) = about.as_of else { return Ok(about.now()) };
    let mut tx = about.tx().await?;
    let row = rows_after(&mut tx, position - 1, 1).await?.pop();
    tx.commit().await?;
    Ok(row.map_or_else(|| about.now(), |row| row.recorded_at))
}

/// A timer as the entry that it would be if it ended at this moment.
fn as_entry(row: RunningTimerRow, moment: Timestamp) -> TimeEntryRow {
    let zone = domain::time::worked::find_zone(&row.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let day = row.start_at.to_zoned(zone).date();
    TimeEntryRow {
        entry_id: row.entry_id,
        sheet_id: timer_stream(row.member_id),
        member_id: row.member_id,
        project_id: row.project_id,
        task_id: row.task_id,
        week: Week::of(day),
        day,
        work_day: day,
        start_at: Some(row.start_at),
        end_at: None,
        zone: Some(row.zone),
        seconds: (moment.as_second() - row.start_at.as_second()).max(0),
        billable: row.billable,
        note: row.note,
        tags: row.tags,
        state: EntryState::Open,
        chain: Chain::default(),
        steps_done: 0,
        version: row.version,
        import_id: None,
        reverses: None,
        replaces: None,
        reversed_by: None,
        replaced_by: None,
        reason: None,
        position: row.position,
    }
}

async fn shown(about: &About, rows: Vec<RunningTimerRow>) -> Result<Vec<EntryBody>, Problem> {
    let moment = moment_of(about).await?;
    let rows = rows.into_iter().map(|row| as_entry(row, moment)).collect();
    let shown = all_shown(about, rows).await?;
    Ok(shown.into_iter().map(EntryBody::running).collect())
}

/// The entry with this id, where it still runs and the caller may see it; with its tag's version.
pub(super) async fn running(
    about: &About,
    entry: EntryId,
) -> Result<Option<(EntryBody, i64)>, Problem> {
    let row = match about.rows_then::<RunningTimer>().await? {
        Some(mut rows) => rows.take(&entry),
        None => {
            let mut tx = about.tx().await?;
            let row = running_timer::find(&mut tx, entry).await?;
            tx.commit().await?;
            row
        }
    };
    let own = about.sees_only();
    let Some(row) = row.filter(|row| own.is_none_or(|own| row.member_id == own)) else {
        return Ok(None);
    };
    let version = i64::from(row.version);
    Ok(shown(about, vec![row]).await?.pop().map(|body| (body, version)))
}

/// Whose timer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whose {
    /// Left out = yours.
    member_id: Option<Uuid>,
}

impl Whose {
    /// The member meant, where the caller may see their time.
    pub(super) fn member(&self, about: &About) -> Result<MemberId, Problem> {
        let member = self.member_id.map_or(about.caller.member, MemberId);
        match about.sees_only() {
            Some(own) if own != member => Err(Problem::forbidden()),
            Some(_) | None => Ok(member),
        }
    }
}

/// `GET /time-entries/running`: at most one entry, as one timer runs at a time.
pub(crate) async fn list_running(
    call: Call<(), Whose>,
) -> Result<Answer<Page<EntryBody>>, Problem> {
    let member = call.query.member(&call)?;
    let rows = match call.rows_then::<RunningTimer>().await? {
        Some(rows) => rows.iter().filter(|row| row.member_id == member).cloned().collect(),
        None => {
            let mut tx = call.tx().await?;
            let rows = running_timer::of_member(&mut tx, member).await?;
            tx.commit().await?;
            rows
        }
    };
    let items = shown(&call, rows).await?;
    Ok(call.read(Page { items, next_cursor: None }))
}

/// What to time: a project and a task, or a favourite.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartBody {
    /// Who works; left out = you.
    member_id: Option<Uuid>,
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// One of the member's favourites, instead of project and task; its note, tags and billable
    /// hold where nothing else is said.
    favourite_id: Option<Uuid>,
    /// Since when: up to 24 hours ago; left out = now.
    start: Option<When>,
    /// The IANA zone of a local start and of the day; left out = the member's, else the tenant's.
    time_zone: Option<String>,
    /// 0 for the first and 1 for the second of two equal local times, where the clock goes back.
    fold: Option<u8>,
    /// What is done.
    note: Option<String>,
    tags: Option<Vec<String>>,
    /// Left out = the task's default.
    billable: Option<bool>,
    /// Whether a timer that runs is stopped in the same step; else it's in the way.
    #[serde(default)]
    stop_running: bool,
}

impl StartBody {
    fn what(&self) -> Result<What, FieldError> {
        let missing = |name: &str| {
            let detail = "say project_id and task_id, or favourite_id";
            FieldError::new(format!("/{name}"), "json.missing_field", detail)
        };
        match (self.project_id, self.task_id, self.favourite_id) {
            (Some(project), Some(task), None) => Ok(What::Work(ProjectId(project), TaskId(task))),
            (None, None, Some(favourite)) => Ok(What::Favourite(FavouriteId(favourite))),
            (Some(_), None, None) => Err(missing("task_id")),
            (None, _, None) => Err(missing("project_id")),
            (_, _, Some(_)) => {
                let detail = "say project_id and task_id, or favourite_id, but not both";
                Err(FieldError::new("/favourite_id", "json.invalid", detail))
            }
        }
    }
}

/// A timer to start, once it's clear in which zone.
struct Start {
    entry: EntryId,
    member: MemberId,
    what: What,
    body: StartBody,
}

impl Command for Start {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let body = &self.body;
        let about = body.start.map_or_else(|| unit.now(), When::roughly);
        let zone = match &body.time_zone {
            Some(zone) => zone.clone(),
            None => zone_at(unit, self.member, about).await?,
        };
        let start = body.start.map(|start| start.instant(&zone, body.fold)).transpose()?;
        let command = time::StartTimer {
            entry: self.entry,
            member: self.member,
            what: self.what,
            start,
            zone,
            billable: body.billable,
            note: body.note.clone(),
            tags: body.tags.clone(),
            stop_running: body.stop_running,
        };
        command.run(unit).await
    }
}

/// `POST /time-entries/start`.
pub(crate) async fn start(
    call: Call<(), Nothing, Json<StartBody>>,
) -> Result<Answer<Changed>, Problem> {
    let body = call.body.0.clone();
    let what = body.what().map_err(malformed)?;
    let member = body.member_id.map_or(call.caller.member, MemberId);
    let entry = EntryId(call.new_id());
    let done = call.send(Start { entry, member, what, body }).await?;
    let answer = call.made(done, KIND, "/time-entries").status(StatusCode::CREATED);
    Ok(match done.reply.id {
        Some(id) => answer.tagged(call.tag((KIND, id), 1)),
        None => answer,
    })
}

/// When the work ended.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StopBody {
    /// Left out = now. A local time is meant in the zone of the timer.
    end: Option<When>,
    /// 0 for the first and 1 for the second of two equal local times, where the clock goes back.
    fold: Option<u8>,
}

/// A timer to stop, once it's clear in which zone.
struct Stop {
    entry: EntryId,
    body: StopBody,
    expected_version: Option<u32>,
}

impl Command for Stop {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let end = match self.body.end {
            None => None,
            Some(end) => {
                let zone = time::zone_of_running(unit, self.entry).await?;
                // Where it does not run, the command says so whatever the end.
                let zone = zone.unwrap_or_else(|| "UTC".to_owned());
                Some(end.instant(&zone, self.body.fold)?)
            }
        };
        let (entry, expected_version) = (self.entry, self.expected_version);
        time::StopTimer { entry, end, expected_version }.run(unit).await
    }
}

/// `POST /time-entries/{id}/stop`.
pub(crate) async fn stop(
    call: Call<ById, Nothing, OptionalJson<StopBody>>,
) -> Result<Answer<Changed>, Problem> {
    let id = call.path.id;
    let (body, expected_version) = (call.body.0.clone(), expected(&call, id));
    let done = call.send(Stop { entry: EntryId(id), body, expected_version }).await?;
    let answer = call.done(done);
    Ok(match version_after(&call, id, done).await? {
        Some(version) => answer.tagged(call.tag((KIND, id), version)),
        None => answer,
    })
}
