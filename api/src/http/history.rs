//! The log over HTTP: the feed of events, the history of one object, and whether the log is what
//! was appended. For admins and auditors, who may see every name, but not why somebody was away;
//! what was erased is gone here too.

use commands::event_log::audit::verify as verify_log;
use commands::event_log::read::{StoredRow, head_position, rows_about, rows_after};
use commands::leave::sight::Sight;
use domain::log::Metadata;
use domain::personal::Envelope;
use jiff::Timestamp;
use migrations::TenantTx;
use migrations::keys::hex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::answer::Answer;
use super::call::{About, Call};
use super::cursor::Page;
use super::leave::hidden;
use super::members::Nothing;
use super::problem::Problem;
use super::{files, personal};

/// An event.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub(crate) struct EventBody {
    /// 1, 2, 3, … without gaps.
    position: i64,
    /// When the log took it.
    recorded_at: Timestamp,
    stream: StreamBody,
    /// What happened, such as `TimeRecorded`.
    r#type: String,
    /// The version of the shape of `data`.
    version: i16,
    /// What was said; what was erased is null, and of leave what the reader may not see is
    /// `{"hidden": true}`.
    data: Value,
    /// Who did it.
    actor: Value,
    cause: CauseBody,
}

/// What one decision is consistent over.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct StreamBody {
    r#type: String,
    id: Uuid,
    /// 1, 2, 3, … in the stream.
    version: i32,
}

/// Why it happened.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CauseBody {
    command_id: Uuid,
    /// The first command of a chain of causes.
    correlation_id: Uuid,
    /// The event that caused the command, where one did.
    causation_id: Option<Uuid>,
    /// Through which edge it came.
    via: Value,
    /// Why, in the actor's words.
    reason: Option<Value>,
    /// The W3C trace it was part of.
    trace_id: Option<String>,
    /// Whether a simulated clock wrote it, as in the demo.
    simulated: bool,
}

/// From where the feed goes on.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct After {
    /// The position before the first.
    after: Option<i64>,
}

/// One object of any kind.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct ByObject {
    object_id: Uuid,
}

/// An event before it's opened.
struct Closed {
    row: StoredRow,
    version: i16,
    data: Value,
    metadata: Metadata,
    reason: Value,
}

fn closed(row: StoredRow) -> Result<Closed, Problem> {
    let recorded = row.decode()?;
    let data = recorded.event.payload().map_err(|error| Problem::internal(&error))?;
    let unreadable = |error: serde_json::Error| Problem::internal(&error);
    let data = serde_json::from_str(&data).map_err(unreadable)?;
    let raw: Value = serde_json::from_str(&row.metadata).map_err(unreadable)?;
    let metadata = serde_json::from_str(&row.metadata).map_err(unreadable)?;
    let reason = raw["reason"].clone();
    Ok(Closed { version: recorded.event.event_version(), row, data, metadata, reason })
}

/// Takes out what the reader may not see, before anything is opened.
async fn hide(about: &About, tx: &mut TenantTx, events: &mut [Closed]) -> Result<(), Problem> {
    let told_of = |event: &Closed| match event.row.event_type.as_str() {
        "FileStored" => files::told_of(&event.data),
        _ => hidden::told_of(&event.row.stream_type, &event.data, &event.reason),
    };
    let members = events.iter().filter_map(told_of).collect();
    let sight = Sight::load(tx, about.caller.member, members, about.now()).await?;
    for event in events {
        if event.row.event_type == "FileStored" {
            files::hide(about, &sight, &mut event.data);
        }
        let Closed { row, data, reason, .. } = event;
        hidden::hide(&sight, &row.stream_type, data, reason);
    }
    Ok(())
}

async fn opened(
    about: &About,
    tx: &mut TenantTx,
    rows: Vec<StoredRow>,
) -> Result<Vec<EventBody>, Problem> {
    let mut closed = rows.into_iter().map(closed).collect::<Result<Vec<_>, _>>()?;
    hide(about, tx, &mut closed).await?;
    let mut envelopes: Vec<Envelope> = Vec::new();
    for event in &closed {
        personal::sealed_in(&event.data, &mut envelopes);
        personal::sealed_in(&event.reason, &mut envelopes);
    }
    personal::load(&about.keys, tx, &envelopes).await?;
    Ok(closed.into_iter().map(|event| shown(about, event)).collect())
}

fn shown(about: &About, event: Closed) -> EventBody {
    let Closed { row, version, mut data, metadata, mut reason } = event;
    personal::open_in(&about.keys, &mut data);
    personal::open_in(&about.keys, &mut reason);
    EventBody {
        position: row.position,
        recorded_at: row.recorded_at,
        stream: StreamBody { r#type: row.stream_type, id: row.stream.0, version: row.version },
        r#type: row.event_type,
        version,
        data,
        actor: plain(&metadata.actor),
        cause: CauseBody {
            command_id: row.command_id,
            correlation_id: metadata.correlation_id,
            causation_id: metadata.causation_id,
            via: plain(&metadata.via),
            reason: (!reason.is_null()).then_some(reason),
            trace_id: metadata.trace_id,
            simulated: metadata.simulated,
        },
    }
}

fn plain(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("a name or an id is plain data")
}

/// `GET /events`.
pub(crate) async fn events(call: Call<(), After>) -> Result<Answer<Page<EventBody>>, Problem> {
    let after = call.after()?.or(call.query.after).unwrap_or(0);
    let mut tx = call.tx().await?;
    let rows = rows_after(&mut tx, after, call.look_for()).await?;
    let head = head_position(&mut tx).await?;
    let events = opened(&call, &mut tx, rows).await?;
    tx.commit().await?;
    Ok(call.page(events, |event| event.position, |event| event).at(head))
}

/// `GET /audit/{object_id}`: what its stream holds, and what other streams say of it.
pub(crate) async fn timeline(
    call: Call<ByObject, Nothing>,
) -> Result<Answer<Page<EventBody>>, Problem> {
    let after: i64 = call.after()?.unwrap_or(0);
    let mut tx = call.tx().await?;
    let rows = rows_about(&mut tx, call.path.object_id, after, call.look_for()).await?;
    if rows.is_empty() && after == 0 {
        return Err(Problem::not_found());
    }
    let events = opened(&call, &mut tx, rows).await?;
    tx.commit().await?;
    Ok(call.page(events, |event| event.position, |event| event))
}

/// What a check of the whole log found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Verified {
    /// How many events were checked.
    events: i64,
    /// The recomputed root of the tree over all of them, in hexadecimal digits.
    root: String,
    /// How many signed checkpoints agreed.
    checkpoints: usize,
    /// Whether the log is what was appended.
    ok: bool,
    /// The first thing that is not as it was appended.
    fault: Option<String>,
}

/// `GET /audit/verify`.
pub(crate) async fn verify(call: Call<(), Nothing>) -> Result<Answer<Verified>, Problem> {
    let app = &call.app;
    let found = verify_log(&app.tenants, call.tenant.id, &app.signer, |_| {}).await?;
    let fault = found.fault.map(|fault| fault.to_string());
    let verified = Verified {
        events: found.events,
        root: hex(&found.root),
        checkpoints: found.checkpoints,
        ok: fault.is_none(),
        fault,
    };
    Ok(Answer::of(verified).at(found.events))
}
