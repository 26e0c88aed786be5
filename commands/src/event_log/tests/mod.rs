//! Tests of the log on a real database: order under many writers, batches, keys of two processes,
//! and personal data that must be nowhere in clear.

mod batches;
mod personal;
mod races;

use domain::id::{CommandId, StreamId, SubjectId, TenantId};
use domain::log::{Actor, ClaimKey, Event, Metadata, Via};
use domain::personal::{Personal, PersonalFields, PurposeClass, try_each_personal};
use domain::settings::{SettingChanged, SettingsEvent};
use migrations::TenantTx;
use migrations::testing::{TestTenant, random_id};
use sqlx::{ConnectOptions, PgConnection, Row};
use uuid::Uuid;

use super::read::{StoredRow, rows_after};
use super::*;
use crate::testing::log_of;

/// An append of these streams by a command of its own.
fn append(streams: Vec<StreamAppend>) -> Append {
    let command_id = CommandId(random_id());
    Append {
        command_id,
        metadata: Metadata {
            actor: Actor::Operator,
            on_behalf_of: None,
            via: Via::Job,
            command_id,
            correlation_id: command_id.0,
            causation_id: None,
            reason: None,
            trace_id: None,
            origin: None,
            simulated: false,
        },
        at: Clock::system().now(),
        streams,
        reads: Vec::new(),
        absent: Vec::new(),
        request_digest: None,
        status: 200,
        outcome: "{}".into(),
        jobs: Vec::new(),
        job_changes: Vec::new(),
    }
}

/// The same with a reason, which is sealed for this person.
fn append_because(subject: Uuid, streams: Vec<StreamAppend>) -> Append {
    let mut append = append(streams);
    let text = "because".to_owned();
    append.metadata.reason = Some(Personal::new(SubjectId(subject), PurposeClass::Reason, text));
    append
}

/// So many events of a stream after this version.
fn events(stream: StreamId, expected: i32, count: usize) -> StreamAppend {
    let event = |n| {
        let value = format!("{n}");
        SettingsEvent::from(SettingChanged { key: "TEST".into(), value, from: None }).into()
    };
    StreamAppend { stream_type: "test", stream, expected, events: (0..count).map(event).collect() }
}

fn stream() -> StreamId {
    StreamId(random_id())
}

async fn rows(tenant: &TestTenant) -> Vec<StoredRow> {
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("the door");
    rows_after(&mut tx, 0, 100_000).await.expect("the log")
}

async fn administrator(tenant: &TestTenant) -> PgConnection {
    tenant.administrator.connect().await.expect("the administrator's connection")
}

/// A transaction that holds the log's head, so that no writer can move it.
async fn hold_head(tenant: &TestTenant) -> TenantTx {
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("the door");
    let head = tx.query("select position from {t}.log_head for update").fetch_one().await;
    head.expect("the head");
    tx
}

/// Waits until so many sessions wait for a lock of this tenant.
async fn until_blocked(tenant: &TestTenant, sessions: i64) {
    let mut administrator = administrator(tenant).await;
    loop {
        let waiting: i64 = sqlx::query(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'
                and position($1 in query) > 0",
        )
        .bind(tenant.id.schema())
        .fetch_one(&mut administrator)
        .await
        .expect("the server's sessions")
        .get(0);
        if waiting >= sessions {
            return;
        }
    }
}

/// Waits until so many appends wait for the writer.
async fn until_queued(log: &EventLog, tenant: TenantId, appends: usize) {
    loop {
        let waiting = log
            .queues
            .lock()
            .expect("no panic under it")
            .get(&tenant)
            .map_or(0, |queue| queue.max_capacity() - queue.capacity());
        if waiting >= appends {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Every event with its personal fields opened.
async fn opened(tenant: &TestTenant) -> Vec<(StreamId, Event)> {
    let keys = tenant.keys.of(tenant.id).await.expect("the tenant's keys");
    let rows = rows(tenant).await;
    let mut tx = tenant.tenants.begin(tenant.id).await.expect("the door");
    let mut events = Vec::new();
    for row in &rows {
        let mut event = row.decode().expect("a stored event").event;
        let mut names = Vec::new();
        event.each_personal(&mut |field| names.push(field.key()));
        keys.load(&mut tx, &names).await.expect("keys");
        try_each_personal(&mut event, |field| field.open(&*keys)).expect("sealed by its key");
        events.push((row.stream, event));
    }
    events
}

/// The claims table must be what the events make of it; answers how many claims there are.
async fn check_claims(tenant: &TestTenant) -> usize {
    let verified = claims::verify(&tenant.tenants, &tenant.keys, tenant.id).await;
    let verified = verified.expect("a log that can be read");
    assert_eq!(verified.differences, []);
    verified.claims
}
