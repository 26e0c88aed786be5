//! Changing or removing up to 500 entries in one request: all or none in one commit, or each by
//! itself with an answer of its own. What is at fault is named by its place among the ids.

use std::collections::BTreeMap;

use commands::time::{ChangeMany, Changes, Chosen, Culprit, MOST_ITEMS, RemoveMany};
use domain::id::{EntryId, ProjectId, TaskId};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::batch::{BatchAnswer, ItemBody, each_by_itself};
use super::worked::malformed;
use crate::http::answer::Answer;
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::change::Change;
use crate::http::members::{Nothing, nothing_to_change};
use crate::http::problem::{FieldError, Problem};

/// Whether one that is refused keeps the others from being done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// All or none, in one commit.
    #[default]
    All,
    /// Each by itself.
    Each,
}

/// What becomes of each entry; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangesBody {
    /// Name a task of it too.
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    billable: Option<bool>,
    /// Null takes it away.
    #[serde(default)]
    note: Change<String>,
    /// Labels that each has from now on, beside its others.
    #[serde(default)]
    tags_add: Vec<String>,
    /// Labels that none has from now on.
    #[serde(default)]
    tags_remove: Vec<String>,
}

/// Entries to change.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeBatchBody {
    /// 1 to 500 entries, each once.
    ids: Vec<Uuid>,
    changes: ChangesBody,
    #[serde(default)]
    mode: Mode,
    /// The versions that you saw, by id; one that has another now is not changed (412).
    #[serde(default)]
    versions: BTreeMap<Uuid, u32>,
}

/// Entries to take back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveBatchBody {
    /// 1 to 500 entries, each once.
    ids: Vec<Uuid>,
    /// In your words.
    reason: Option<String>,
    #[serde(default)]
    mode: Mode,
    /// The versions that you saw, by id; one that has another now is not removed (412).
    #[serde(default)]
    versions: BTreeMap<Uuid, u32>,
}

fn chosen(ids: &[Uuid], versions: &BTreeMap<Uuid, u32>) -> Result<Vec<Chosen>, Problem> {
    if ids.is_empty() || ids.len() > MOST_ITEMS {
        let detail = format!("name 1 to {MOST_ITEMS} entries");
        return Err(malformed(FieldError::new("/ids", "json.invalid", detail)));
    }
    if let Some(id) = versions.keys().find(|id| !ids.contains(id)) {
        let detail = "a version of an entry that is not among the ids";
        return Err(malformed(FieldError::new(format!("/versions/{id}"), "json.invalid", detail)));
    }
    let chosen =
        |id: &Uuid| Chosen { entry: EntryId(*id), expected_version: versions.get(id).copied() };
    Ok(ids.iter().map(chosen).collect())
}

/// The problem with the place of the entry that it's about.
fn placed(problem: Problem, culprit: &Culprit) -> Problem {
    let (status, code, detail) = problem.parts();
    match culprit.index() {
        // A refusal names the place itself.
        Some(index) if status != 422 => {
            let pointer = format!("/ids/{index}");
            problem.with_error(FieldError { pointer, code: code.into(), detail })
        }
        Some(_) | None => problem,
    }
}

fn done_with(about: &About, done: commands::Done, ids: &[Uuid]) -> Answer<BatchAnswer> {
    let items = ids.iter().map(|id| ItemBody::done(200, Some(*id))).collect();
    about.done(done).map(|changed| BatchAnswer::new(items, changed.position))
}

/// `POST /time-entries/batch/change`.
pub(crate) async fn change_batch(
    call: Call<(), Nothing, Json<ChangeBatchBody>>,
) -> Result<Answer<BatchAnswer>, Problem> {
    let ChangeBatchBody { ids, changes, mode, versions } = call.body.0.clone();
    let changes = Changes {
        project: changes.project_id.map(ProjectId),
        task: changes.task_id.map(TaskId),
        billable: changes.billable,
        note: changes.note.changed(),
        tags_add: changes.tags_add,
        tags_remove: changes.tags_remove,
    };
    if changes.is_silent() {
        return Err(nothing_to_change());
    }
    let chosen = chosen(&ids, &versions)?;
    let command = |chosen: Vec<Chosen>| {
        let (changes, culprit) = (changes.clone(), Culprit::default());
        ChangeMany { chosen, changes, culprit }
    };
    if mode == Mode::Each {
        let each = chosen.into_iter().map(|one| command(vec![one])).collect();
        return each_by_itself(&call, each, 200).await;
    }
    let command = command(chosen);
    let culprit = command.culprit.clone();
    let done = call.send(command).await.map_err(|problem| placed(problem, &culprit))?;
    Ok(done_with(&call, done, &ids))
}

/// `POST /time-entries/batch/remove`.
pub(crate) async fn remove_batch(
    call: Call<(), Nothing, Json<RemoveBatchBody>>,
) -> Result<Answer<BatchAnswer>, Problem> {
    let RemoveBatchBody { ids, reason, mode, versions } = call.body.0.clone();
    let chosen = chosen(&ids, &versions)?;
    let command = |chosen: Vec<Chosen>| {
        let (reason, culprit) = (reason.clone(), Culprit::default());
        RemoveMany { chosen, reason, culprit }
    };
    if mode == Mode::Each {
        let each = chosen.into_iter().map(|one| command(vec![one])).collect();
        return each_by_itself(&call, each, 200).await;
    }
    let command = command(chosen);
    let culprit = command.culprit.clone();
    let done = call.send(command).await.map_err(|problem| placed(problem, &culprit))?;
    Ok(done_with(&call, done, &ids))
}
