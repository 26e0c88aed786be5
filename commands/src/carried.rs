//! How a committed event travels over the bus: one line of JSON with everything that the log has of
//! it, the payload exactly as stored. Who receives it may trust it no further than its position.

use async_trait::async_trait;
use bytes::Bytes;
use domain::id::{StreamId, TenantId};
use domain::log::{DecodeError, Event, Recorded};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::event_log::EventLog;
use crate::event_log::read::{StoredRow, head_of, rows_after};
use crate::relay::{CommittedEvent, CommittedLog, LogUnavailable};

/// The most events read for one message.
const MOST_EVENTS: i64 = 500;

/// An event on its way.
#[derive(Debug, Serialize, Deserialize)]
pub struct Carried<'a> {
    /// Its place in the log.
    pub position: i64,
    /// The kind of stream.
    pub stream_type: String,
    /// The stream.
    pub stream: StreamId,
    /// Its place in the stream.
    pub version: i32,
    /// The stored type.
    pub event_type: String,
    /// The version of its shape.
    pub event_version: i16,
    /// When the log took it.
    pub recorded_at: Timestamp,
    /// As stored.
    #[serde(borrow)]
    pub payload: &'a RawValue,
    /// As stored.
    #[serde(borrow)]
    pub metadata: &'a RawValue,
}

impl Carried<'_> {
    /// The event in today's shape, personal fields sealed.
    pub fn decode(&self) -> Result<Recorded, DecodeError> {
        let event = Event::decode(&self.event_type, self.event_version, self.payload.get())?;
        Ok(Recorded {
            position: self.position,
            stream: self.stream,
            version: self.version,
            recorded_at: self.recorded_at,
            event,
        })
    }
}

/// The events in a message's body; empty where a line can't be read, for then the log is asked.
pub fn read_body(body: &[u8]) -> Vec<Carried<'_>> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let read: Result<Vec<Carried<'_>>, _> = lines.map(serde_json::from_slice).collect();
    read.unwrap_or_else(|error| {
        tracing::warn!(%error, "a message on the bus can't be read");
        Vec::new()
    })
}

fn line(row: &StoredRow) -> Result<Bytes, serde_json::Error> {
    let carried = Carried {
        position: row.position,
        stream_type: row.stream_type.clone(),
        stream: row.stream,
        version: row.version,
        event_type: row.event_type.clone(),
        event_version: row.event_version,
        recorded_at: row.recorded_at,
        payload: serde_json::from_str(&row.payload)?,
        metadata: serde_json::from_str(&row.metadata)?,
    };
    Ok(Bytes::from(serde_json::to_vec(&carried)?))
}

fn away(error: impl std::fmt::Display) -> LogUnavailable {
    LogUnavailable(error.to_string())
}

#[async_trait]
impl CommittedLog for EventLog {
    async fn head(&self, tenant: TenantId) -> Result<i64, LogUnavailable> {
        head_of(self.tenants(), tenant).await.map_err(away)
    }

    async fn read_after(
        &self,
        tenant: TenantId,
        after: i64,
        limit_bytes: usize,
    ) -> Result<Vec<CommittedEvent>, LogUnavailable> {
        let mut tx = self.tenants().begin(tenant).await.map_err(away)?;
        let rows = rows_after(&mut tx, after, MOST_EVENTS).await.map_err(away)?;
        tx.commit().await.map_err(away)?;
        let mut bytes = 0;
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            let line = line(row).map_err(away)?;
            bytes += line.len() + 1;
            if bytes > limit_bytes && !events.is_empty() {
                break;
            }
            events.push(CommittedEvent { position: row.position, line });
        }
        Ok(events)
    }

    async fn heads(&self) -> Result<Vec<(TenantId, i64)>, LogUnavailable> {
        self.tenants().heads().await.map_err(away)
    }
}
