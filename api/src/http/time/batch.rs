//! Several entries in one request: all or none in one commit, or each by itself with an answer of
//! its own. Ids follow from the request's key, so that a batch that comes again answers the same.

use commands::time::{MOST_ITEMS, RecordMany};
use commands::{Command, CommandError, IdempotencyKey, Reply, Unit};
use futures::StreamExt;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::days::WarningBody;
use super::entries::RecordBody;
use super::record::Record;
use super::worked::malformed;
use crate::http::answer::Answer;
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::members::Nothing;
use crate::http::problem::{FieldError, Problem};

/// How many are recorded at once where each stands by itself.
const AT_ONCE: usize = 8;

/// Several entries to record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchBody {
    /// 1 to 500 of them.
    items: Vec<RecordBody>,
    /// All or none (the default), or each by itself.
    #[serde(default = "yes")]
    atomic: bool,
}

fn yes() -> bool {
    true
}

/// What became of an item.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ItemBody {
    /// As if it had been sent by itself: 201 or 200, or the status of its problem.
    status: u16,
    /// The entry, where it was recorded, changed or removed.
    id: Option<Uuid>,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What is worth another look; nothing was refused for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WarningBody>,
}

/// What became of a batch, item by item.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct BatchAnswer {
    items: Vec<ItemBody>,
    /// Where the log stands after it.
    position: i64,
}

impl ItemBody {
    /// One that is done.
    pub(super) fn done(status: u16, id: Option<Uuid>) -> Self {
        ItemBody { status, id, code: None, detail: None, warnings: Vec::new() }
    }
}

impl BatchAnswer {
    /// What became of these.
    pub(super) fn new(items: Vec<ItemBody>, position: i64) -> Self {
        BatchAnswer { items, position }
    }
}

/// All of these, or none.
struct RecordAll {
    items: Vec<Record>,
}

impl Command for RecordAll {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let mut items = Vec::with_capacity(self.items.len());
        for (n, item) in self.items.iter().enumerate() {
            let resolved = item.resolved(unit).await;
            items.push(resolved.map_err(|error| below(n, error))?);
        }
        RecordMany { items }.run(unit).await
    }
}

/// The same refusal with the item that it is about in its pointer.
fn below(n: usize, error: CommandError) -> CommandError {
    match error {
        CommandError::Refused(mut refused) => {
            refused.field = refused.field.map(|field| format!("/items/{n}{field}"));
            CommandError::Refused(refused)
        }
        error => error,
    }
}

/// An id of version 7 for the item: its instant is about when the work began, the rest follows from
/// the key under which the request was sent.
fn id_of_item(about: &About, key: &IdempotencyKey, n: usize, at: Timestamp) -> Uuid {
    let caller = about.caller.member.0;
    let parts = [caller.as_bytes(), key.route.as_bytes(), key.key.as_bytes(), &n.to_be_bytes()[..]];
    let digest = about.keys.digest("batch item", &parts);
    let random = digest[..10].try_into().expect("a digest is longer");
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// `POST /time-entries/batch`.
pub(crate) async fn record_batch(
    call: Call<(), Nothing, Json<BatchBody>>,
) -> Result<Answer<BatchAnswer>, Problem> {
    let BatchBody { items, atomic } = call.body.0.clone();
    if items.is_empty() || items.len() > MOST_ITEMS {
        let detail = format!("a batch has 1 to {MOST_ITEMS} items");
        return Err(malformed(FieldError::new("/items", "json.invalid", detail)));
    }
    let key = call.key.as_ref().ok_or_else(|| Problem::internal(&"a post without its key"))?;
    let commands = items.into_iter().enumerate().map(|(n, item)| {
        let command = item.into_command(&call, |at| id_of_item(&call, key, n, at));
        command.map_err(|fault| FieldError {
            pointer: format!("/items/{n}{}", fault.pointer),
            ..fault
        })
    });
    let commands: Vec<Record> = commands.collect::<Result<_, _>>().map_err(malformed)?;
    if atomic {
        all_or_none(&call, commands).await
    } else {
        each_by_itself(&call, commands, 201).await
    }
}

async fn all_or_none(about: &About, items: Vec<Record>) -> Result<Answer<BatchAnswer>, Problem> {
    let ids: Vec<Uuid> = items.iter().map(|item| item.entry.0).collect();
    let (done, warnings) = about.send_warned(RecordAll { items }).await?;
    let recorded = |id| ItemBody::done(201, Some(id));
    let mut items: Vec<ItemBody> = ids.into_iter().map(recorded).collect();
    for warned in warnings {
        if let Some(item) = warned.item.and_then(|n| items.get_mut(n)) {
            item.warnings.push(warned.into());
        }
    }
    Ok(about.done(done).map(|changed| BatchAnswer { items, position: changed.position }))
}

/// Handles each command under a key of its own; `status` is that of one that is done.
pub(super) async fn each_by_itself<C: Command>(
    about: &About,
    items: Vec<C>,
    status: u16,
) -> Result<Answer<BatchAnswer>, Problem> {
    let key = about.key.as_ref().ok_or_else(|| Problem::internal(&"a post without its key"))?;
    let each = items.into_iter().enumerate().map(|(n, item)| {
        let key = IdempotencyKey { key: format!("{}/items/{n}", key.key), ..key.clone() };
        about.send_warned_under(Some(key), item)
    });
    let outcomes: Vec<_> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    let mut position = 0;
    let mut items = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        items.push(match outcome {
            Ok((done, warnings)) => {
                position = position.max(done.position);
                let warnings = warnings.into_iter().map(WarningBody::from).collect();
                ItemBody { warnings, ..ItemBody::done(status, done.reply.id) }
            }
            Err(problem) => {
                let (status, code, detail) = problem.parts();
                let (code, detail) = (Some(code), Some(detail));
                ItemBody { code, detail, ..ItemBody::done(status, None) }
            }
        });
    }
    Ok(Answer::of(BatchAnswer { items, position }).at(position))
}
