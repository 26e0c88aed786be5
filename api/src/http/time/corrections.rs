//! Corrections over HTTP: taking back what can't be changed any more, and the whole story of an
//! entry from what was first recorded to what holds now.

use commands::time::{CorrectTime, Replacement};
use domain::id::{EntryId, ProjectId, TaskId};
use jiff::civil::Date;
use migrations::TenantTx;
use projections::row::Rows;
use projections::time::time_entry::{self, TimeEntry, TimeEntryRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entries::{EntryBody, KIND, all_shown, expected};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::change::Change;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

/// The most corrections that are followed.
const MOST: usize = 200;

/// What should have been recorded; what is left out is as it was.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplacementBody {
    /// Name a task of it too.
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// How long.
    seconds: Option<i64>,
    billable: Option<bool>,
    /// Null for none.
    #[serde(default)]
    note: Change<String>,
    /// All tags.
    tags: Option<Vec<String>>,
}

/// A correction of an entry that can't be changed any more.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectBody {
    /// The day to book it on, which must be open; left out = today.
    date: Option<Date>,
    /// Why, in your words.
    reason: String,
    /// Left out = the entry is taken back and nothing stands in for it.
    replacement: Option<ReplacementBody>,
}

/// `POST /time-entries/{id}/correct`: answers with the reversal.
pub(crate) async fn correct(
    call: Call<ById, Nothing, Json<CorrectBody>>,
) -> Result<Answer<Changed>, Problem> {
    let id = call.path.id;
    let body = call.body.0.clone();
    let replacement = body.replacement.map(|said| Replacement {
        entry: EntryId(call.new_id()),
        project: said.project_id.map(ProjectId),
        task: said.task_id.map(TaskId),
        seconds: said.seconds,
        billable: said.billable,
        note: said.note.changed(),
        tags: said.tags,
    });
    let command = CorrectTime {
        entry: EntryId(id),
        reversal: EntryId(call.new_id()),
        day: body.date,
        reason: body.reason,
        replacement,
        expected_version: expected(&call, id),
    };
    let done = call.send(command).await?;
    let answer = call.made(done, KIND, "/time-entries");
    Ok(match done.reply.id {
        Some(id) => answer.tagged(call.tag((KIND, id), 1)),
        None => answer,
    })
}

/// What an entry is in the story of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// What was first recorded.
    Original,
    /// What takes the entry before it back.
    Reversal,
    /// What stands in for the entry that was taken back.
    Replacement,
}

/// One step of the story.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Step {
    part: Part,
    /// The last event that changed the entry: see the audit.
    position: i64,
    entry: EntryBody,
}

/// An entry from what was first recorded to what holds now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Corrections {
    /// In the order of the corrections.
    items: Vec<Step>,
    /// What holds now; null where it was taken back and nothing stands in for it.
    current_id: Option<Uuid>,
    /// What all of it adds up to, as recorded.
    seconds: i64,
}

/// The entry now, or at the moment asked for.
async fn look(
    then: &mut Option<Rows<TimeEntryRow>>,
    tx: &mut TenantTx,
    entry: EntryId,
) -> Result<Option<TimeEntryRow>, Problem> {
    match then {
        Some(rows) => Ok(rows.get(&entry).cloned()),
        None => Ok(time_entry::find(tx, entry).await?),
    }
}

/// `GET /time-entries/{id}/corrections`.
pub(crate) async fn story(call: Call<ById, Nothing>) -> Result<Answer<Corrections>, Problem> {
    let mut then = call.rows_then::<TimeEntry>().await?;
    let mut tx = call.tx().await?;
    let asked = look(&mut then, &mut tx, EntryId(call.path.id)).await?;
    let own = call.sees_only();
    let asked = asked.filter(|row| own.is_none_or(|own| row.member_id == own));
    let mut first = asked.ok_or_else(Problem::not_found)?;
    for _ in 0..MOST {
        let Some(before) = first.reverses.or(first.replaces) else { break };
        let Some(row) = look(&mut then, &mut tx, before).await? else { break };
        first = row;
    }
    let mut steps = vec![(Part::Original, first)];
    while steps.len() < MOST {
        let Some((_, last)) = steps.last() else { break };
        let (reversal, replacement) = (last.reversed_by, last.replaced_by);
        let Some(reversal) = reversal else { break };
        let Some(row) = look(&mut then, &mut tx, reversal).await? else { break };
        steps.push((Part::Reversal, row));
        let Some(replacement) = replacement else { break };
        let Some(row) = look(&mut then, &mut tx, replacement).await? else { break };
        steps.push((Part::Replacement, row));
    }
    tx.commit().await?;
    let holds = steps.last().filter(|(part, _)| *part != Part::Reversal);
    let current_id = holds.map(|(_, row)| row.entry_id.0);
    let seconds = steps.iter().map(|(_, row)| row.seconds).sum();
    let (parts, rows): (Vec<_>, Vec<_>) =
        steps.into_iter().map(|(part, row)| ((part, row.position), row)).unzip();
    let shown = all_shown(&call, rows).await?;
    let step = |((part, position), entry)| Step { part, position, entry };
    let items = parts.into_iter().zip(shown).map(step).collect();
    Ok(call.read(Corrections { items, current_id, seconds }))
}
