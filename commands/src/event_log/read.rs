//! Reading a tenant's log: one stream from a version on, the whole log from a position on, one
//! event as it's stored, the claims that hold something.

use domain::id::{StreamId, TenantId};
use domain::log::{ClaimKey, ClaimKind, DecodeError, Event, Recorded};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::{DoorError, TenantTx};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

/// Why a part of the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database refused or is away.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// An event does not decode.
    #[error("the event at position {position} can't be read: {source}")]
    Decode {
        /// Where it stands.
        position: i64,
        /// Why.
        source: DecodeError,
    },
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        ReadError::Door(error.into())
    }
}

/// An event exactly as it's stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// 1, 2, 3, …
    pub position: i64,
    /// The kind of stream.
    pub stream_type: String,
    /// The stream.
    pub stream: StreamId,
    /// Its version after this event.
    pub version: i32,
    /// The name of the variant.
    pub event_type: String,
    /// The version of the shape.
    pub event_version: i16,
    /// Canonical JSON.
    pub payload: String,
    /// Canonical JSON.
    pub metadata: String,
    /// The event's id.
    pub event_id: Uuid,
    /// The command's id.
    pub command_id: Uuid,
    /// When the log took it.
    pub recorded_at: Timestamp,
    /// The stored leaf.
    pub leaf_hash: Vec<u8>,
}

impl StoredRow {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(StoredRow {
            position: row.try_get(0)?,
            stream_type: row.try_get(1)?,
            stream: StreamId(row.try_get(2)?),
            version: row.try_get(3)?,
            event_type: row.try_get(4)?,
            event_version: row.try_get(5)?,
            payload: row.try_get(6)?,
            metadata: row.try_get(7)?,
            event_id: row.try_get(8)?,
            command_id: row.try_get(9)?,
            recorded_at: row.try_get::<DatabaseTimestamp, _>(10)?.to_jiff(),
            leaf_hash: row.try_get(11)?,
        })
    }

    /// The event in today's shape, personal fields sealed.
    pub fn decode(&self) -> Result<Recorded, ReadError> {
        let event = Event::decode(&self.event_type, self.event_version, &self.payload)
            .map_err(|source| ReadError::Decode { position: self.position, source })?;
        Ok(Recorded {
            position: self.position,
            stream: self.stream,
            version: self.version,
            recorded_at: self.recorded_at,
            event,
        })
    }
}

/// The columns that `StoredRow::read` reads, of the events that a condition names.
macro_rules! stored_rows {
    ($condition:literal) => {
        concat!(
            "select position, stream_type, stream_id, version, event_type, event_version,
                payload::text, metadata::text, event_id, command_id, recorded_at, leaf_hash
             from {t}.events ",
            $condition
        )
    };
}

/// Up to `limit` events after a position, in order.
pub async fn rows_after(
    tx: &mut TenantTx,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredRow>, ReadError> {
    let rows = tx
        .query(stored_rows!("where position > $1 order by position limit $2"))
        .bind(after)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.iter().map(StoredRow::read).collect::<Result<_, _>>()?)
}

/// Up to `limit` events after a position that an object's own stream holds, or that name it in what
/// they say; in order.
pub async fn rows_about(
    tx: &mut TenantTx,
    object: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredRow>, ReadError> {
    let rows = tx
        .query(stored_rows!(
            "where position > $2 and (stream_id = $1 or payload::text like '%' || $1::text || '%')
             order by position limit $3"
        ))
        .bind(object)
        .bind(after)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.iter().map(StoredRow::read).collect::<Result<_, _>>()?)
}

/// The events of one stream after a version, in order.
pub async fn stream_after(
    tx: &mut TenantTx,
    stream: StreamId,
    version: i32,
) -> Result<Vec<StoredRow>, ReadError> {
    let rows = tx
        .query(stored_rows!("where stream_id = $1 and version > $2 order by version"))
        .bind(stream.0)
        .bind(version)
        .fetch_all()
        .await?;
    Ok(rows.iter().map(StoredRow::read).collect::<Result<_, _>>()?)
}

/// The events of these streams, stream by stream, each in order.
pub async fn streams(tx: &mut TenantTx, ids: &[StreamId]) -> Result<Vec<StoredRow>, ReadError> {
    let rows = tx
        .query(stored_rows!("where stream_id = any($1) order by stream_id, version"))
        .bind(ids.iter().map(|stream| stream.0).collect::<Vec<Uuid>>())
        .fetch_all()
        .await?;
    Ok(rows.iter().map(StoredRow::read).collect::<Result<_, _>>()?)
}

/// Every stream of a kind that has begun, in the order of their ids.
pub async fn streams_of(tx: &mut TenantTx, kind: &str) -> Result<Vec<StreamId>, DoorError> {
    let rows = tx
        .query(
            "select stream_id from {t}.events where stream_type = $1 and version = 1
             order by stream_id",
        )
        .bind(kind)
        .fetch_all()
        .await?;
    rows.iter().map(|row| Ok(StreamId(row.try_get(0)?))).collect()
}

/// Those of these streams that have begun.
pub async fn begun(tx: &mut TenantTx, ids: &[StreamId]) -> Result<Vec<StreamId>, DoorError> {
    let rows = tx
        .query("select stream_id from {t}.events where stream_id = any($1) and version = 1")
        .bind(ids.iter().map(|stream| stream.0).collect::<Vec<Uuid>>())
        .fetch_all()
        .await?;
    rows.iter().map(|row| Ok(StreamId(row.try_get(0)?))).collect()
}

/// Where a tenant's log ends.
pub async fn head_position(tx: &mut TenantTx) -> Result<i64, DoorError> {
    Ok(tx.query("select position from {t}.log_head").fetch_one().await?.try_get(0)?)
}

/// The largest position recorded at or before an instant; 0 where nothing was.
pub async fn position_at(tx: &mut TenantTx, instant: Timestamp) -> Result<i64, DoorError> {
    // recorded_at never runs backwards along the positions, so a binary search over the key finds
    // the cut in log2 n look-ups and needs no index of its own.
    let (mut low, mut high) = (0, head_position(tx).await?);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        let recorded_at = tx
            .query("select recorded_at from {t}.events where position = $1")
            .bind(middle)
            .fetch_one()
            .await?
            .try_get::<DatabaseTimestamp, _>(0)?
            .to_jiff();
        if recorded_at <= instant {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}

/// Who holds a claim, and what it notes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The stream that holds it.
    pub holder: StreamId,
    /// What is noted.
    pub value: String,
}

/// Who holds these claims; a free one is not in the answer.
pub async fn held(
    tx: &mut TenantTx,
    keys: &[ClaimKey],
) -> Result<Vec<(ClaimKey, Held)>, DoorError> {
    let kinds: Vec<&str> = keys.iter().map(|key| key.kind.as_str()).collect();
    let texts: Vec<&str> = keys.iter().map(|key| &*key.key).collect();
    let rows = tx
        .query(
            "select w.item, c.holder, c.value
             from unnest($1::text[], $2::text[]) with ordinality as w (kind, key, item)
             join {t}.claims c on c.kind = w.kind and c.key = w.key",
        )
        .bind(kinds)
        .bind(texts)
        .fetch_all()
        .await?;
    rows.iter()
        .map(|row| {
            let item: i64 = row.try_get(0)?;
            let held = Held { holder: StreamId(row.try_get(1)?), value: row.try_get(2)? };
            Ok((keys[item as usize - 1].clone(), held))
        })
        .collect::<Result<_, sqlx::Error>>()
        .map_err(DoorError::from)
}

/// What a stream notes with the claims of a kind that it holds.
pub async fn held_by(
    tx: &mut TenantTx,
    kind: ClaimKind,
    holder: StreamId,
) -> Result<Vec<String>, DoorError> {
    let rows = tx
        .query("select value from {t}.claims where holder = $1 and kind = $2 order by key")
        .bind(holder.0)
        .bind(kind.as_str())
        .fetch_all()
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// What a command answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The keyed digest of its request.
    pub request_digest: Option<Vec<u8>>,
    /// 200, 201 or 422.
    pub status: i16,
    /// The ids it made, or the refusal.
    pub outcome: String,
    /// Where its last event stands.
    pub position: i64,
}

/// What the command with this id answered, where it was handled.
pub async fn stored_answer(
    tx: &mut TenantTx,
    command: Uuid,
) -> Result<Option<StoredAnswer>, DoorError> {
    let row = tx
        .query(
            "select request_digest, status, outcome, position from {t}.commands
             where command_id = $1",
        )
        .bind(command)
        .fetch_optional()
        .await?;
    row.map(|row| {
        Ok(StoredAnswer {
            request_digest: row.try_get(0)?,
            status: row.try_get(1)?,
            outcome: row.try_get(2)?,
            position: row.try_get(3)?,
        })
    })
    .transpose()
}

/// The position a tenant's log ends at, by the door.
pub async fn head_of(tenants: &migrations::Tenants, tenant: TenantId) -> Result<i64, DoorError> {
    let mut tx = tenants.begin(tenant).await?;
    let position = head_position(&mut tx).await?;
    tx.commit().await?;
    Ok(position)
}
