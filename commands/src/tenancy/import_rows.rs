//! Puts the rows of a log that comes from elsewhere into a tenant that is being made: events as
//! they are, and the claims that follow from them.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::StreamId;
use domain::log::{ClaimChange, ClaimKey, ClaimKind, CompactRange, Recorded, claims_of};
use domain::personal::{KeyName, PersonalFields, try_each_personal};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::keys::TenantKeys;
use migrations::platform::to_database;
use migrations::{DoorError, TenantTx};
use sqlx::Row;
use uuid::Uuid;

use super::export_form::{CommandLine, Skipped};
use crate::event_log::read::StoredRow;
use crate::refused::CommandError;

/// Inserts events, each with the leaf it brings.
pub(super) async fn insert_events(tx: &mut TenantTx, rows: &[StoredRow]) -> Result<(), DoorError> {
    let texts = |text: fn(&StoredRow) -> &str| rows.iter().map(text).collect::<Vec<&str>>();
    let ids = |id: fn(&StoredRow) -> Uuid| rows.iter().map(id).collect::<Vec<Uuid>>();
    tx.query(
        "insert into {t}.events (position, stream_type, stream_id, version, event_type,
            event_version, payload, metadata, event_id, command_id, recorded_at, leaf_hash)
         select n.position, n.stream_type, n.stream_id, n.version, n.event_type, n.event_version,
            n.payload::json, n.metadata::json, n.event_id, n.command_id, n.recorded_at, n.leaf_hash
         from unnest($1::bigint[], $2::text[], $3::uuid[], $4::int[], $5::text[], $6::smallint[],
            $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::timestamptz[], $12::bytea[])
            as n (position, stream_type, stream_id, version, event_type, event_version, payload,
                metadata, event_id, command_id, recorded_at, leaf_hash)",
    )
    .bind(rows.iter().map(|row| row.position).collect::<Vec<i64>>())
    .bind(texts(|row| &row.stream_type))
    .bind(ids(|row| row.stream.0))
    .bind(rows.iter().map(|row| row.version).collect::<Vec<i32>>())
    .bind(texts(|row| &row.event_type))
    .bind(rows.iter().map(|row| row.event_version).collect::<Vec<i16>>())
    .bind(texts(|row| &row.payload))
    .bind(texts(|row| &row.metadata))
    .bind(ids(|row| row.event_id))
    .bind(ids(|row| row.command_id))
    .bind(rows.iter().map(|row| to_database(row.recorded_at)).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.leaf_hash.clone()).collect::<Vec<Vec<u8>>>())
    .execute()
    .await?;
    Ok(())
}

/// Inserts what commands answered.
pub(super) async fn insert_commands(
    tx: &mut TenantTx,
    lines: &[CommandLine],
) -> Result<(), DoorError> {
    let at = |micros| Timestamp::from_microsecond(micros).unwrap_or_default();
    let digest =
        |line: &CommandLine| line.request_digest.as_deref().and_then(migrations::keys::unhex);
    tx.query(
        "insert into {t}.commands (command_id, request_digest, status, outcome, position,
            recorded_at)
         select n.command_id, n.request_digest, n.status, n.outcome, n.position, n.recorded_at
         from unnest($1::uuid[], $2::bytea[], $3::smallint[], $4::text[], $5::bigint[],
            $6::timestamptz[])
            as n (command_id, request_digest, status, outcome, position, recorded_at)",
    )
    .bind(lines.iter().map(|line| line.command_id).collect::<Vec<Uuid>>())
    .bind(lines.iter().map(digest).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.status).collect::<Vec<i16>>())
    .bind(lines.iter().map(|line| &*line.outcome).collect::<Vec<&str>>())
    .bind(lines.iter().map(|line| line.position).collect::<Vec<i64>>())
    .bind(lines.iter().map(|line| to_database(at(line.recorded_at))).collect::<Vec<_>>())
    .execute()
    .await?;
    Ok(())
}

/// A key of personal texts as it's stored.
pub(super) struct KeyRow {
    pub(super) subject: Uuid,
    pub(super) class: String,
    /// None = destroyed.
    pub(super) sealed: Option<Vec<u8>>,
    pub(super) destroyed_at: Option<Timestamp>,
}

/// So many keys of personal texts behind this one, in their order; none where there are no more.
pub(super) async fn keys_after(
    tx: &mut TenantTx,
    (subject, class): (Uuid, &str),
    limit: i64,
) -> Result<Vec<KeyRow>, DoorError> {
    let rows = tx
        .query(
            "select subject_id, class, sealed_key, destroyed_at from {t}.subject_keys
             where (subject_id, class) > ($1, $2) order by subject_id, class limit $3",
        )
        .bind(subject)
        .bind(class)
        .bind(limit)
        .fetch_all()
        .await?;
    rows.iter()
        .map(|row| {
            let destroyed_at: Option<DatabaseTimestamp> = row.try_get(3)?;
            Ok(KeyRow {
                subject: row.try_get(0)?,
                class: row.try_get(1)?,
                sealed: row.try_get(2)?,
                destroyed_at: destroyed_at.map(|at| at.to_jiff()),
            })
        })
        .collect()
}

/// Inserts keys of personal texts.
pub(super) async fn insert_keys(tx: &mut TenantTx, rows: &[KeyRow]) -> Result<(), DoorError> {
    tx.query(
        "insert into {t}.subject_keys (subject_id, class, sealed_key, destroyed_at)
         select n.subject_id, n.class, n.sealed_key, n.destroyed_at
         from unnest($1::uuid[], $2::text[], $3::bytea[], $4::timestamptz[])
            as n (subject_id, class, sealed_key, destroyed_at)",
    )
    .bind(rows.iter().map(|row| row.subject).collect::<Vec<Uuid>>())
    .bind(rows.iter().map(|row| &*row.class).collect::<Vec<&str>>())
    .bind(rows.iter().map(|row| row.sealed.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.destroyed_at.map(to_database)).collect::<Vec<_>>())
    .execute()
    .await?;
    Ok(())
}

/// Inserts what read models skip.
pub(super) async fn insert_skipped(
    tx: &mut TenantTx,
    skipped: &[Skipped],
) -> Result<(), DoorError> {
    for one in skipped {
        tx.query(
            "insert into {t}.rm_skipped (read_model, position, skipped_at) values ($1, $2, $3)",
        )
        .bind(&*one.read_model)
        .bind(one.position)
        .bind(to_database(one.skipped_at))
        .execute()
        .await?;
    }
    Ok(())
}

/// Sets the head to what was inserted.
pub(super) async fn set_head(
    tx: &mut TenantTx,
    range: &CompactRange,
    recorded_at: Timestamp,
) -> Result<(), DoorError> {
    let (position, schema) = (range.size() as i64, tx.tenant().schema());
    tx.query("update {t}.log_head set position = $1, recorded_at = $2, peaks = $3")
        .bind(position)
        .bind(to_database(recorded_at))
        .bind(range.to_bytes())
        .execute()
        .await?;
    tx.query("update cell.heads set position = $2 where tenant = $1")
        .bind(schema)
        .bind(position)
        .execute()
        .await?;
    Ok(())
}

/// What a run of events leaves of the claims, in order.
#[derive(Default)]
struct Claims {
    now: BTreeMap<ClaimKey, Option<(StreamId, String)>>,
    released_all: BTreeSet<(ClaimKind, StreamId)>,
}

impl Claims {
    fn apply(&mut self, change: ClaimChange) {
        match change {
            ClaimChange::Take { key, holder, value } => {
                self.now.insert(key, Some((holder, value)));
            }
            ClaimChange::Release { key } => {
                self.now.insert(key, None);
            }
            ClaimChange::ReleaseAll { kind, holder } => {
                self.released_all.insert((kind, holder));
                for (key, held) in &mut self.now {
                    if key.kind == kind && held.as_ref().is_some_and(|(by, _)| *by == holder) {
                        *held = None;
                    }
                }
            }
        }
    }
}

/// Brings the claims up to what these events, which follow those before, claim and free.
pub(super) async fn refold_claims(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    rows: &[StoredRow],
) -> Result<(), CommandError> {
    let mut events = rows.iter().map(StoredRow::decode).collect::<Result<Vec<Recorded>, _>>()?;
    let mut names: Vec<KeyName> = Vec::new();
    for recorded in &mut events {
        recorded.event.each_personal(&mut |field| names.push(field.key()));
    }
    names.sort_unstable();
    names.dedup();
    keys.load(tx, &names).await?;
    let mut claims = Claims::default();
    for recorded in &mut events {
        try_each_personal(&mut recorded.event, |field| field.open(keys)).map_err(|error| {
            CommandError::Internal(format!("the event at {}: {error}", recorded.position))
        })?;
        for change in claims_of(recorded.stream, &recorded.event) {
            claims.apply(change);
        }
    }
    Ok(write_claims(tx, &claims).await?)
}

async fn write_claims(tx: &mut TenantTx, claims: &Claims) -> Result<(), DoorError> {
    let touched = || claims.now.keys();
    let held = || {
        claims
            .now
            .iter()
            .filter_map(|(key, held)| held.as_ref().map(|(by, value)| (key, by, value)))
    };
    tx.query(
        "delete from {t}.claims c where
            (c.kind, c.holder) in (select r.kind, r.holder
                from unnest($1::text[], $2::uuid[]) as r (kind, holder))
            or (c.kind, c.key) in (select k.kind, k.key
                from unnest($3::text[], $4::text[]) as k (kind, key))",
    )
    .bind(claims.released_all.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<&str>>())
    .bind(claims.released_all.iter().map(|(_, holder)| holder.0).collect::<Vec<Uuid>>())
    .bind(touched().map(|key| key.kind.as_str()).collect::<Vec<&str>>())
    .bind(touched().map(|key| &*key.key).collect::<Vec<&str>>())
    .execute()
    .await?;
    tx.query(
        "insert into {t}.claims (kind, key, holder, value)
         select h.kind, h.key, h.holder, h.value
         from unnest($1::text[], $2::text[], $3::uuid[], $4::text[])
            as h (kind, key, holder, value)",
    )
    .bind(held().map(|(key, ..)| key.kind.as_str()).collect::<Vec<&str>>())
    .bind(held().map(|(key, ..)| &*key.key).collect::<Vec<&str>>())
    .bind(held().map(|(_, by, _)| by.0).collect::<Vec<Uuid>>())
    .bind(held().map(|(.., value)| &**value).collect::<Vec<&str>>())
    .execute()
    .await?;
    Ok(())
}
