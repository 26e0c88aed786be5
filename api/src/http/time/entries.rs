//! Entries of time over HTTP.

use commands::event_log::read::rows_after;
use commands::time::{RemoveTime, ReviseTime};
use commands::{Done, Warned};
use domain::id::{EntryId, MemberId, ProjectId, TaskId};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::time::time_entry::{self, TimeEntry, TimeEntryRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::EntryStateName;
use super::days::WarningBody;
use super::record::{Record, Revise};
use super::steps::StepsBody;
use super::timer;
use super::worked::{Said, When, malformed};
use crate::http::answer::{Answer, Changed};
use crate::http::billing::book::Rounder;
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{About, Call};
use crate::http::change::Change;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::personal;
use crate::http::problem::Problem;

use crate::http::tag::Meant;

pub(super) const KIND: &str = "time_entry";

/// An entry of time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "TimeEntry")]
pub(crate) struct EntryBody {
    id: Uuid,
    member_id: Uuid,
    project_id: Uuid,
    task_id: Uuid,
    /// RFC 3339 with the offset of its zone; null where only a duration was recorded.
    start: Option<String>,
    end: Option<String>,
    /// The zone it was recorded in.
    time_zone: Option<String>,
    /// The local day of the start, or the day it's booked on.
    date: Date,
    /// The day of the work, where it's booked on another one: rates and rounding go by it.
    work_date: Date,
    /// As recorded; less than nothing where it takes time back.
    seconds: i64,
    /// As it is shown and billed by itself, by the rule of its day.
    rounded_seconds: i64,
    billable: bool,
    /// Null where there is none, or once it was erased.
    note: Option<String>,
    tags: Vec<String>,
    state: EntryStateName,
    #[serde(flatten)]
    approval: StepsBody,
    /// 1, 2, 3, …; it goes on when a timer is stopped.
    version: u32,
    /// The import it came with.
    import_id: Option<Uuid>,
    /// The entry that it takes back.
    reverses: Option<Uuid>,
    /// The reversed entry that it stands in for.
    replaces: Option<Uuid>,
    /// What takes it back.
    reversed_by: Option<Uuid>,
    /// What stands in for it since it was reversed.
    replaced_by: Option<Uuid>,
    /// Why it takes time back; null where it does not, or once that was erased.
    reason: Option<String>,
}

impl EntryBody {
    /// The same, which still runs.
    pub(super) fn running(self) -> Self {
        EntryBody { state: EntryStateName::Running, ..self }
    }
}

fn local(instant: Option<Timestamp>, zone: Option<&str>) -> Option<String> {
    let zone = zone.and_then(|zone| domain::time::worked::find_zone(zone).ok());
    let offset = |instant: Timestamp| {
        zone.as_ref().map_or(jiff::tz::Offset::UTC, |zone| zone.to_offset(instant))
    };
    instant.map(|instant| instant.display_with_offset(offset(instant)).to_string())
}

fn shown(about: &About, rounder: &Rounder, row: TimeEntryRow) -> EntryBody {
    let rounded_seconds = rounder.seconds(&row);
    EntryBody {
        id: row.entry_id.0,
        member_id: row.member_id.0,
        project_id: row.project_id.0,
        task_id: row.task_id.0,
        start: local(row.start_at, row.zone.as_deref()),
        end: local(row.end_at, row.zone.as_deref()),
        time_zone: row.zone,
        date: row.day,
        work_date: row.work_day,
        seconds: row.seconds,
        rounded_seconds,
        billable: row.billable,
        note: personal::text(&about.keys, row.note.as_ref()),
        tags: row.tags,
        state: EntryStateName::Recorded(row.state.into()),
        approval: StepsBody::of(row.state, &row.chain, row.steps_done),
        version: row.version,
        import_id: row.import_id.map(Uuid::from),
        reverses: row.reverses.map(Uuid::from),
        replaces: row.replaces.map(Uuid::from),
        reversed_by: row.reversed_by.map(Uuid::from),
        replaced_by: row.replaced_by.map(Uuid::from),
        reason: personal::text(&about.keys, row.reason.as_ref()),
    }
}

/// Entries with their notes, which are opened here.
pub(super) async fn all_shown(
    about: &About,
    rows: Vec<TimeEntryRow>,
) -> Result<Vec<EntryBody>, Problem> {
    let rounder = Rounder::then(about, &rows).await?;
    let notes = rows.iter().filter_map(|row| row.note.as_ref());
    let reasons = rows.iter().filter_map(|row| row.reason.as_ref());
    personal::load_missing(about, notes.chain(reasons)).await?;
    Ok(rows.into_iter().map(|row| shown(about, &rounder, row)).collect())
}

/// The recorded entry with this id, where the caller may see it.
async fn recorded(about: &About, id: EntryId) -> Result<Option<TimeEntryRow>, Problem> {
    let row = match about.rows_then::<TimeEntry>().await? {
        None => {
            let mut tx = about.tx().await?;
            let row = time_entry::find(&mut tx, id).await?;
            tx.commit().await?;
            row
        }
        Some(mut rows) => rows.take(&id),
    };
    let own = about.sees_only();
    Ok(row.filter(|row| own.is_none_or(|own| row.member_id == own)))
}

/// `GET /time-entries/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<EntryBody>, Problem> {
    let id = EntryId(call.path.id);
    let mut row = recorded(&call, id).await?;
    if row.is_none() {
        if let Some((running, version)) = timer::running(&call, id).await? {
            return Ok(call.read(running).tagged(call.tag((KIND, id.0), version)));
        }
        // A timer that was stopped between the two looks is an entry by now.
        row = recorded(&call, id).await?;
    }
    let row = row.ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, id.0), i64::from(row.version));
    let shown = all_shown(&call, vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(call.read(shown).tagged(tag))
}

/// An entry to record: `start` and `end`, or `date` and `seconds`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordBody {
    /// Who worked; left out = you.
    member_id: Option<Uuid>,
    project_id: Uuid,
    task_id: Uuid,
    start: Option<When>,
    end: Option<When>,
    date: Option<Date>,
    seconds: Option<i64>,
    /// The IANA zone of local times and of the day; left out = the member's, else the tenant's.
    time_zone: Option<String>,
    /// 0 for the first and 1 for the second of two equal local times, where the clock goes back.
    fold: Option<u8>,
    /// What was done.
    note: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// Left out = the task's default.
    billable: Option<bool>,
}

impl RecordBody {
    /// What to record, under this id.
    pub(super) fn into_command(
        self,
        about: &About,
        id: impl FnOnce(Timestamp) -> Uuid,
    ) -> Result<Record, crate::http::problem::FieldError> {
        let RecordBody { start, end, date, seconds, time_zone, fold, .. } = self;
        let said = Said { start, end, date, seconds, time_zone, fold };
        let form = said.form()?;
        Ok(Record {
            entry: EntryId(id(form.roughly())),
            member: self.member_id.map_or(about.caller.member, MemberId),
            project: ProjectId(self.project_id),
            task: TaskId(self.task_id),
            said,
            form,
            billable: self.billable,
            note: self.note,
            tags: self.tags,
        })
    }
}

/// What a command did with an entry.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct EntryChanged {
    #[serde(flatten)]
    changed: Changed,
    /// What is worth another look about the day of its start; nothing was refused for it.
    warnings: Vec<WarningBody>,
}

/// The answer with what is worth another look.
fn warned(answer: Answer<Changed>, warnings: Vec<Warned>) -> Answer<EntryChanged> {
    let warnings = warnings.into_iter().map(WarningBody::from).collect();
    answer.map(|changed| EntryChanged { changed, warnings })
}

/// `POST /time-entries`.
pub(crate) async fn record(
    call: Call<(), Nothing, Json<RecordBody>>,
) -> Result<Answer<EntryChanged>, Problem> {
    let command = call.body.0.clone().into_command(&call, |_| call.new_id());
    let (done, warnings) = call.send_warned(command.map_err(malformed)?).await?;
    let answer = warned(call.made(done, KIND, "/time-entries"), warnings);
    Ok(match done.reply.id {
        Some(id) => answer.tagged(call.tag((KIND, id), 1)),
        None => answer,
    })
}

/// What to change of an entry; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviseBody {
    /// Name a task of it too.
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    start: Option<When>,
    end: Option<When>,
    date: Option<Date>,
    seconds: Option<i64>,
    /// Left out = the one the entry was recorded in.
    time_zone: Option<String>,
    fold: Option<u8>,
    /// Null takes it away.
    #[serde(default)]
    note: Change<String>,
    /// All tags from now on.
    tags: Option<Vec<String>>,
    billable: Option<bool>,
}

/// The version of an entry that a change is meant for; 0, which no entry has, for a tag of another.
pub(super) fn expected(about: &About, id: Uuid) -> Option<u32> {
    match about.meant((KIND, id)) {
        None | Some(Meant::Any) => None,
        Some(Meant::Seen(version)) => Some(u32::try_from(version).unwrap_or(0)),
        Some(Meant::Unknown) => Some(0),
    }
}

/// `PATCH /time-entries/{id}`.
pub(crate) async fn revise(
    call: Call<ById, Nothing, Json<ReviseBody>>,
) -> Result<Answer<EntryChanged>, Problem> {
    let id = call.path.id;
    let body = call.body.0.clone();
    let ReviseBody { start, end, date, seconds, time_zone, fold, .. } = body;
    let said = Said { start, end, date, seconds, time_zone, fold };
    let command = ReviseTime {
        entry: EntryId(id),
        project: body.project_id.map(ProjectId),
        task: body.task_id.map(TaskId),
        worked: None,
        billable: body.billable,
        note: body.note.changed(),
        tags: body.tags,
        expected_version: expected(&call, id),
    };
    let of_work = command.project.is_some() || command.task.is_some();
    let of_words = command.note.is_some() || command.tags.is_some() || command.billable.is_some();
    if said.is_silent() && !of_work && !of_words {
        return Err(nothing_to_change());
    }
    let (done, warnings) = call.send_warned(Revise { command, said }).await?;
    let answer = warned(call.done(done), warnings);
    Ok(match version_after(&call, id, done).await? {
        Some(version) => answer.tagged(call.tag((KIND, id), version)),
        None => answer,
    })
}

/// The version that a command gave the entry: as its event says, else the one that was seen.
pub(super) async fn version_after(
    about: &About,
    id: Uuid,
    done: Done,
) -> Result<Option<i64>, Problem> {
    let mut tx = about.tx().await?;
    let row = rows_after(&mut tx, done.position - 1, 1).await?.pop();
    tx.commit().await?;
    let payload: Option<Value> = row.and_then(|row| serde_json::from_str(&row.payload).ok());
    let of_entry = payload.filter(|payload| payload["entry"] == id.to_string());
    let told = of_entry.and_then(|payload| payload["version"].as_i64());
    Ok(told.or_else(|| expected(about, id).map(i64::from)))
}

/// Why an entry is removed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveBody {
    /// In your words.
    reason: Option<String>,
}

/// `DELETE /time-entries/{id}`.
pub(crate) async fn remove(
    call: Call<ById, Nothing, OptionalJson<RemoveBody>>,
) -> Result<Answer<Changed>, Problem> {
    let entry = EntryId(call.path.id);
    let reason = call.body.0.reason.clone();
    let expected_version = expected(&call, entry.0);
    Ok(call.done(call.send(RemoveTime { entry, reason, expected_version }).await?))
}
