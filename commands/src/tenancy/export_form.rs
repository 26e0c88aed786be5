//! The form of an export, as `docs/export-format.md` has it: a tar file whose last part but one is
//! a manifest, and its last the manifest's signature. What is not in the manifest is not in the
//! export.

use domain::id::{LogId, StreamId, TenantId};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::keys::{hex, unhex};
use migrations::{DoorError, TenantTx};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::event_log::audit::{Fault, SignedCheckpoint};
use crate::event_log::read::StoredRow;

/// The version of the form that is written.
pub const FORMAT: u32 = 1;
/// The part that lists all others.
pub const MANIFEST: &str = "manifest.json";
/// The Ed25519 signature of the manifest's bytes, in hexadecimal digits.
pub const SIGNATURE: &str = "manifest.signature";

/// Which lines a part holds, by the folder it's in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `SubjectKeyLine`s.
    Keys,
    /// `EventLine`s.
    Log,
    /// `CommandLine`s.
    Commands,
    /// `CheckpointLine`s.
    Checkpoints,
    /// Not lines, but the bytes of one file of the tenant.
    Files,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 5] =
        [Kind::Keys, Kind::Log, Kind::Commands, Kind::Checkpoints, Kind::Files];

    /// The folder of its parts.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Keys => "keys",
            Kind::Log => "log",
            Kind::Commands => "commands",
            Kind::Checkpoints => "checkpoints",
            Kind::Files => "files",
        }
    }

    /// The kind of the part at this path, with the rest of the path.
    pub fn of(path: &str) -> Option<(Self, &str)> {
        let (folder, rest) = path.split_once('/')?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.folder() == folder)?;
        Some((kind, rest))
    }

    /// The path of its nth part of lines, from 1.
    pub fn path(self, n: usize) -> String {
        format!("{}/{n:06}.ndjson", self.folder())
    }
}

/// What an export says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `FORMAT`.
    pub format: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// When its snapshot was taken.
    pub exported_at: Timestamp,
    /// Whose it is, as the catalogue had it.
    pub tenant: TenantFacts,
    /// Its log.
    pub log: LogFacts,
    /// The root of the log at its position, signed for this export; none of an empty log.
    pub checkpoint: Option<CheckpointLine>,
    /// The Ed25519 public key of who signed checkpoint and manifest, in hexadecimal digits.
    pub public_key: String,
    /// How the keys of personal texts are sealed; none where they are not in it.
    pub keys: Option<KeyFacts>,
    /// Events that an operator let a read model skip.
    pub skipped: Vec<Skipped>,
    /// How much there is of each.
    pub counts: Counts,
    /// Every other part, in order.
    pub parts: Vec<Part>,
}

/// A tenant as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantFacts {
    /// Its id.
    pub id: TenantId,
    /// What its host begins with.
    pub slug: String,
    /// What the firm is called.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// The hosts that lead to it, the primary one first.
    pub hosts: Vec<String>,
}

/// A log as its head has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogFacts {
    /// Its name.
    pub id: LogId,
    /// How many events it has.
    pub position: i64,
    /// The root of the tree over them, 64 hexadecimal digits.
    pub root: String,
    /// Microseconds since 1970-01-01T00:00:00Z, of its last event or of its beginning.
    pub recorded_at: i64,
}

/// How the keys of personal texts are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFacts {
    /// What the key of this export is derived with from the key file, in hexadecimal digits.
    pub salt: String,
    /// The secret of the tenant's digests, sealed, in hexadecimal digits.
    pub claims: String,
}

/// An event that a read model skips.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// Which.
    pub read_model: String,
    /// Where the event stands.
    pub position: i64,
    /// Since when.
    pub skipped_at: Timestamp,
}

impl Skipped {
    /// What the read models of a tenant skip. Without it, one that is built anew would stop where
    /// an operator let it go on.
    pub(super) async fn of(tx: &mut TenantTx) -> Result<Vec<Self>, DoorError> {
        let sql = "select to_regclass('{t}.rm_skipped') is not null";
        if !tx.query(sql).fetch_one().await?.try_get::<bool, _>(0)? {
            return Ok(Vec::new());
        }
        let sql = "select read_model, position, skipped_at from {t}.rm_skipped order by 1, 2";
        let rows = tx.query(sql).fetch_all().await?;
        let read = |row: &PgRow| -> Result<Skipped, sqlx::Error> {
            let skipped_at = row.try_get::<DatabaseTimestamp, _>(2)?.to_jiff();
            Ok(Skipped { read_model: row.try_get(0)?, position: row.try_get(1)?, skipped_at })
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// How many lines of each kind there are, and how many files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Of the log.
    pub events: u64,
    /// Answers given to commands.
    pub commands: u64,
    /// Keys of personal texts, destroyed ones among them.
    pub keys: u64,
    /// Signed roots of earlier positions.
    pub checkpoints: u64,
    /// Files.
    pub files: u64,
}

impl Counts {
    /// The count of a kind.
    pub fn of(&mut self, kind: Kind) -> &mut u64 {
        match kind {
            Kind::Keys => &mut self.keys,
            Kind::Log => &mut self.events,
            Kind::Commands => &mut self.commands,
            Kind::Checkpoints => &mut self.checkpoints,
            Kind::Files => &mut self.files,
        }
    }
}

/// A part of the export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its path in the tar file.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
}

/// An event, column by column as `docs/log-format.md` has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    position: i64,
    stream_type: String,
    stream_id: Uuid,
    version: i32,
    event_type: String,
    event_version: i16,
    /// The stored text as a string, so that its exact bytes are kept.
    payload: String,
    metadata: String,
    event_id: Uuid,
    command_id: Uuid,
    /// Microseconds since 1970-01-01T00:00:00Z.
    recorded_at: i64,
    leaf_hash: String,
}

impl From<StoredRow> for EventLine {
    fn from(row: StoredRow) -> Self {
        EventLine {
            position: row.position,
            stream_type: row.stream_type,
            stream_id: row.stream.0,
            version: row.version,
            event_type: row.event_type,
            event_version: row.event_version,
            payload: row.payload,
            metadata: row.metadata,
            event_id: row.event_id,
            command_id: row.command_id,
            recorded_at: row.recorded_at.as_microsecond(),
            leaf_hash: hex(&row.leaf_hash),
        }
    }
}

impl EventLine {
    /// The row that it was; none where a number or a hash is out of range.
    pub fn into_row(self) -> Option<StoredRow> {
        Some(StoredRow {
            position: self.position,
            stream_type: self.stream_type,
            stream: StreamId(self.stream_id),
            version: self.version,
            event_type: self.event_type,
            event_version: self.event_version,
            payload: self.payload,
            metadata: self.metadata,
            event_id: self.event_id,
            command_id: self.command_id,
            recorded_at: Timestamp::from_microsecond(self.recorded_at).ok()?,
            leaf_hash: unhex(&self.leaf_hash)?,
        })
    }
}

/// What a command answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandLine {
    /// The command.
    pub command_id: Uuid,
    /// The keyed digest of its request, in hexadecimal digits.
    pub request_digest: Option<String>,
    /// 200, 201 or 422.
    pub status: i16,
    /// The ids it made, or the refusal.
    pub outcome: String,
    /// Where its last event stands.
    pub position: i64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at: i64,
}

impl CommandLine {
    /// Reads command id, digest of the request, status, outcome, position and instant.
    pub(super) fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        let request_digest: Option<Vec<u8>> = row.try_get(1)?;
        let recorded_at = row.try_get::<DatabaseTimestamp, _>(5)?.to_jiff();
        Ok(CommandLine {
            command_id: row.try_get(0)?,
            request_digest: request_digest.map(|digest| hex(&digest)),
            status: row.try_get(2)?,
            outcome: row.try_get(3)?,
            position: row.try_get(4)?,
            recorded_at: recorded_at.as_microsecond(),
        })
    }
}

/// A key of personal texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectKeyLine {
    /// Whose.
    pub subject_id: Uuid,
    /// What for.
    pub class: String,
    /// Sealed under the key of this export, in hexadecimal digits; none where it was destroyed and
    /// in an export without keys.
    pub key: Option<String>,
    /// When it was destroyed.
    pub destroyed_at: Option<Timestamp>,
}

/// A signed root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointLine {
    /// How many events it covers.
    pub position: i64,
    /// 64 hexadecimal digits.
    pub root: String,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Which key signed it.
    pub key_id: String,
    /// Ed25519, in hexadecimal digits.
    pub signature: String,
}

impl From<&SignedCheckpoint> for CheckpointLine {
    fn from(checkpoint: &SignedCheckpoint) -> Self {
        CheckpointLine {
            position: checkpoint.position,
            root: hex(&checkpoint.root),
            signed_at: checkpoint.signed_at,
            key_id: checkpoint.key_id.clone(),
            signature: hex(&checkpoint.signature),
        }
    }
}

impl CheckpointLine {
    /// The checkpoint that it was; none where root or signature are no hexadecimal digits.
    pub fn into_checkpoint(self) -> Option<SignedCheckpoint> {
        Some(SignedCheckpoint {
            position: self.position,
            root: unhex(&self.root)?.try_into().ok()?,
            signed_at: self.signed_at,
            key_id: self.key_id,
            signature: unhex(&self.signature)?,
        })
    }
}

/// The first thing in an export that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportFault {
    /// It ends before its manifest.
    #[error("the export has no manifest: it was cut short, or is not an export")]
    Cut,
    /// The manifest can't be read, or another signature is on it.
    #[error("{MANIFEST} is not what was signed")]
    Manifest,
    /// It was written by a later version.
    #[error("the export has format {0}; this version reads {FORMAT}")]
    Format(u32),
    /// The log in it is not what was appended.
    #[error("{part}: {fault}")]
    Log {
        /// The part.
        part: String,
        /// What is wrong, by position.
        fault: Fault,
    },
    /// A line of a part does not have its form.
    #[error("{part}: line {line} can't be read")]
    Line {
        /// The part.
        part: String,
        /// From 1.
        line: usize,
    },
    /// A part is not what the manifest says.
    #[error("{0} was changed")]
    Changed(String),
    /// A part of the manifest is not there.
    #[error("{0} is missing")]
    Missing(String),
    /// A part is there that the manifest does not know.
    #[error("{0} was added")]
    Added(String),
    /// The lines are not as many as the manifest says.
    #[error("{0}: the manifest counts others than there are")]
    Counts(&'static str),
}
