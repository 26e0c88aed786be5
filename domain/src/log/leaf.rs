//! The leaf of one event: what tamper evidence covers. The format is fixed by `docs/log-format.md`;
//! a change of it is a new format version beside the old one, never an edit.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::tree::Hash;
use crate::id::LogId;

/// The version of the leaf format, hashed into each leaf.
pub const LEAF_FORMAT: u8 = 1;

/// One event exactly as it's stored, column by column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent<'a> {
    /// 1, 2, 3, … in the tenant's log.
    pub position: i64,
    /// The kind of stream.
    pub stream_type: &'a str,
    /// The stream.
    pub stream_id: Uuid,
    /// 1, 2, 3, … in the stream.
    pub version: i32,
    /// The name of the event's variant.
    pub event_type: &'a str,
    /// The version of its shape.
    pub event_version: i16,
    /// Canonical JSON, exactly as stored.
    pub payload: &'a str,
    /// Canonical JSON, exactly as stored.
    pub metadata: &'a str,
    /// The event's own id.
    pub event_id: Uuid,
    /// The command that caused it.
    pub command_id: Uuid,
    /// When the log took it, in microseconds; never earlier than the event before it.
    pub recorded_at: Timestamp,
}

/// SHA-256(0x00 ‖ format version ‖ log id ‖ every column), each part length-prefixed by 8 bytes,
/// numbers as big-endian two's complement of their column's width.
pub fn leaf_hash(log: LogId, event: &StoredEvent<'_>) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0, LEAF_FORMAT]);
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(log.0.as_bytes());
    part(&event.position.to_be_bytes());
    part(event.stream_type.as_bytes());
    part(event.stream_id.as_bytes());
    part(&event.version.to_be_bytes());
    part(event.event_type.as_bytes());
    part(&event.event_version.to_be_bytes());
    part(event.payload.as_bytes());
    part(event.metadata.as_bytes());
    part(event.event_id.as_bytes());
    part(event.command_id.as_bytes());
    part(&event.recorded_at.as_microsecond().to_be_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> StoredEvent<'static> {
        StoredEvent {
            position: 1,
            stream_type: "client",
            stream_id: Uuid::from_u128(2),
            version: 3,
            event_type: "ClientAdded",
            event_version: 1,
            payload: "{}",
            metadata: "{\"via\":\"api\"}",
            event_id: Uuid::from_u128(4),
            command_id: Uuid::from_u128(5),
            recorded_at: Timestamp::from_microsecond(6).expect("in range"),
        }
    }

    #[test]
    fn a_change_of_any_column_or_of_the_log_changes_the_leaf() {
        let changes: [fn(&mut StoredEvent<'static>); 11] = [
            |event| event.position = 2,
            |event| event.stream_type = "clien",
            |event| event.stream_id = Uuid::from_u128(9),
            |event| event.version = 4,
            |event| event.event_type = "tClientAdded",
            |event| event.event_version = 2,
            |event| event.payload = "{ }",
            |event| event.metadata = "{}",
            |event| event.event_id = Uuid::from_u128(9),
            |event| event.command_id = Uuid::from_u128(9),
            |event| event.recorded_at = Timestamp::from_microsecond(7).expect("in range"),
        ];
        let log = LogId(Uuid::from_u128(1));
        let mut hashes =
            vec![leaf_hash(log, &sample()), leaf_hash(LogId(Uuid::from_u128(2)), &sample())];
        for change in changes {
            let mut event = sample();
            change(&mut event);
            hashes.push(leaf_hash(log, &event));
        }
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 13);
    }

    #[test]
    fn the_format_of_a_leaf_is_fixed() {
        let hash = leaf_hash(LogId(Uuid::from_u128(1)), &sample());
        let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        // Computed apart from this code, from the format as the page on it describes it.
        assert_eq!(text, "57f7e8a6e7f7acc2d672c1a5509142e3061eb0738c8c4ff618e6e2b66634808e");
    }
}
