//! Reads a tenant's log in order. Positions are 1, 2, 3, … without gaps, so a reader knows when
//! something is missing: a hole, a repeat or an early end is an error here, never a shorter
//! history.

use std::collections::HashMap;

use domain::id::StreamId;
use domain::log::{DecodeError, Event, Recorded};
use futures::StreamExt;
use jiff::Timestamp;
use migrations::{DoorError, Template, TenantTx};
use sqlx::Row as _;

use crate::row::{
    Cell, CellError, Cells, CopyFormError, CopyReader, ReadError, cells_of, read_text, take_i16,
    take_i32,
};

/// Why the log can't be read on.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The database did not answer.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The server sent something else than rows, or ended early.
    #[error(transparent)]
    Form(#[from] CopyFormError),
    /// A column of the log does not have its form.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// Positions do not follow one another.
    #[error("the log has {found} where {expected} must be")]
    OutOfOrder {
        /// The position that must come next.
        expected: i64,
        /// The one that came.
        found: i64,
    },
    /// Fewer events came than the log's head promises.
    #[error("the log was cut short: {read} of {head} events were read")]
    CutShort {
        /// The last position that came.
        read: i64,
        /// The position that had to be reached.
        head: i64,
    },
}

impl From<ReadError> for FeedError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Door(error) => FeedError::Door(error),
            ReadError::Cell(error) => FeedError::Cell(error),
        }
    }
}

/// An event as it's stored, not decoded: a reader that doesn't want its type is spared the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored<'a> {
    /// Its place in the log.
    pub position: i64,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its place in the stream.
    pub version: i32,
    /// The stored type.
    pub event_type: &'a str,
    /// The version of its shape.
    pub event_version: i16,
    /// Canonical JSON.
    pub payload: &'a str,
    /// When the log took it.
    pub recorded_at: Timestamp,
}

/// The columns that `Stored` is read from.
const COLUMNS: &str =
    "position, stream_id, version, event_type, event_version, payload, recorded_at";

impl<'a> Stored<'a> {
    /// Reads the cells of `COLUMNS`.
    fn read(cells: Cells<'a>) -> Result<Self, CellError> {
        let [position, stream, version, event_type, event_version, payload, recorded_at] = cells
        else {
            return Err(CellError::UNNAMED);
        };
        let at = |column: &'static str| move |_| CellError { column };
        Ok(Stored {
            position: i64::read(*position).map_err(at("position"))?,
            stream: StreamId::read(*stream).map_err(at("stream_id"))?,
            version: take_i32(&mut version.unwrap_or_default()).map_err(at("version"))?,
            event_type: read_text(*event_type).map_err(at("event_type"))?,
            event_version: take_i16(&mut event_version.unwrap_or_default())
                .map_err(at("event_version"))?,
            payload: read_text(*payload).map_err(at("payload"))?,
            recorded_at: Timestamp::read(*recorded_at).map_err(at("recorded_at"))?,
        })
    }

    /// The event in today's shape.
    pub fn decode(&self) -> Result<Recorded, DecodeError> {
        let event = Event::decode(self.event_type, self.event_version, self.payload)?;
        Ok(Recorded {
            position: self.position,
            stream: self.stream,
            version: self.version,
            recorded_at: self.recorded_at,
            event,
        })
    }
}

/// An event of a batch, decoded or not: one that can't be read stops only those that want it.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// Its place in the log.
    pub position: i64,
    /// The stored type.
    pub event_type: String,
    /// What it says.
    pub decoded: Result<Recorded, DecodeError>,
}

impl From<&Stored<'_>> for Incoming {
    fn from(stored: &Stored<'_>) -> Self {
        Incoming {
            position: stored.position,
            event_type: stored.event_type.to_owned(),
            decoded: stored.decode(),
        }
    }
}

/// The position of the last event; 0 in an empty log.
pub async fn head(tx: &mut TenantTx) -> Result<i64, DoorError> {
    let row = tx.query("select position from {t}.log_head").fetch_one().await?;
    row.try_get(0).map_err(DoorError::from)
}

/// The events after a position, oldest first, `limit` at most; without a hole.
pub async fn read_after(
    tx: &mut TenantTx,
    after: i64,
    limit: i64,
) -> Result<Vec<Incoming>, FeedError> {
    let sql =
        ["select ", COLUMNS, " from {t}.events where position > $1 order by position limit $2"];
    let rows = tx.query(Template::assembled(sql)).bind(after).bind(limit).fetch_all().await?;
    let mut events = Vec::with_capacity(rows.len());
    for (row, expected) in rows.iter().zip(after + 1..) {
        let cells = cells_of(row)?;
        let stored = Stored::read(&cells)?;
        in_order(expected, stored.position)?;
        events.push(Incoming::from(&stored));
    }
    Ok(events)
}

/// Calls `each` with every event after `after` up to `upto`, oldest first. Fails when one is
/// missing at the end as well as in the middle. After an error of `each` no further event is handed
/// out.
pub async fn each_event<E: From<FeedError>>(
    tx: &mut TenantTx,
    after: i64,
    upto: i64,
    mut each: impl FnMut(&Stored<'_>) -> Result<(), E>,
) -> Result<(), E> {
    if upto <= after {
        return Ok(());
    }
    let mut last = after;
    copy_rows(tx, copy_events(after, upto), 7, |cells| {
        let stored = Stored::read(cells).map_err(FeedError::from)?;
        in_order(last + 1, stored.position)?;
        last = stored.position;
        each(&stored)
    })
    .await?;
    if last < upto {
        return Err(FeedError::CutShort { read: last, head: upto }.into());
    }
    Ok(())
}

/// Calls `each` with every event up to `upto` of the streams of these kinds, oldest first: for what
/// few events tell, in a log of any length. Fails when a stream has a hole.
pub async fn each_event_of<E: From<FeedError>>(
    tx: &mut TenantTx,
    stream_types: &[&'static str],
    upto: i64,
    mut each: impl FnMut(&Stored<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut versions: HashMap<StreamId, i32> = HashMap::new();
    copy_rows(tx, copy_events_of(stream_types, upto), 7, |cells| {
        let stored = Stored::read(cells).map_err(FeedError::from)?;
        let version = versions.entry(stored.stream).or_default();
        in_order(i64::from(*version) + 1, i64::from(stored.version))?;
        *version = stored.version;
        each(&stored)
    })
    .await
}

/// Runs a COPY to the end and calls `each` with the cells of every row.
pub(crate) async fn copy_rows<E: From<FeedError>>(
    tx: &mut TenantTx,
    sql: Template,
    columns: usize,
    mut each: impl FnMut(Cells<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut reader = CopyReader::new(columns);
    let mut pieces = tx.copy_out(sql).await.map_err(FeedError::from)?;
    let mut outcome = Ok(());
    // Read to the end even after an error: a connection left inside a COPY is of no use to the
    // next.
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(FeedError::from)?;
        if outcome.is_ok() {
            outcome = reader
                .push(&piece, &mut |cells| each(cells).map_err(Stop::Other))
                .map_err(Stop::into_error);
        }
    }
    outcome?;
    Ok(reader.finish().map_err(FeedError::from)?)
}

/// An error of the reader or of who reads.
enum Stop<E> {
    Form(CopyFormError),
    Other(E),
}

impl<E> From<CopyFormError> for Stop<E> {
    fn from(error: CopyFormError) -> Self {
        Stop::Form(error)
    }
}

impl<E: From<FeedError>> Stop<E> {
    fn into_error(self) -> E {
        match self {
            Stop::Form(error) => FeedError::from(error).into(),
            Stop::Other(error) => error,
        }
    }
}

fn in_order(expected: i64, found: i64) -> Result<(), FeedError> {
    if found == expected { Ok(()) } else { Err(FeedError::OutOfOrder { expected, found }) }
}

/// COPY takes no parameters and a template holds literals only, so a number is spelled in digits.
fn copy_events(after: i64, upto: i64) -> Template {
    let parts = ["copy (select ", COLUMNS, " from {t}.events where position > "];
    Template::assembled(
        parts
            .into_iter()
            .chain(digits(after))
            .chain([" and position <= "])
            .chain(digits(upto))
            .chain([" order by position) to stdout (format binary)"]),
    )
}

/// The streams are found by the index of their kinds, and their events by the one of streams.
fn copy_events_of(stream_types: &[&'static str], upto: i64) -> Template {
    let streams =
        "select s.stream_id from {t}.events s where s.version = 1 and s.stream_type in (''";
    let parts = ["copy (select ", COLUMNS, " from {t}.events where stream_id in (", streams];
    Template::assembled(
        parts
            .into_iter()
            .chain(stream_types.iter().flat_map(|kind| [", '", kind, "'"]))
            .chain([")) and position <= "])
            .chain(digits(upto))
            .chain([" order by position) to stdout (format binary)"]),
    )
}

fn digits(number: i64) -> Vec<&'static str> {
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let text = number.max(0).to_string();
    text.bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_spelled_in_digits() {
        assert_eq!(digits(9_007_199_254_740_991).concat(), "9007199254740991");
        assert_eq!(digits(0).concat(), "0");
    }
}
