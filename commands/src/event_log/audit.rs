//! Tamper evidence: recomputes every leaf and the root, checks the signed checkpoints, and names
//! the first event that is not what was appended.

mod offline;

use std::path::{Path, PathBuf};

use domain::id::{LogId, TenantId};
use domain::log::{CompactRange, Hash, StoredEvent, leaf_hash};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::keys::{hex, unhex};
use migrations::platform::to_database;
use migrations::secret_file::{self, SecretFileError};
use migrations::{TenantTx, Tenants};
use ring::signature::{self, Ed25519KeyPair, KeyPair};
use sqlx::Row;

use super::read::{ReadError, StoredRow, rows_after};
pub use offline::{is_signed, key_id_of};

/// How many events are held in memory while a log is checked.
const CHUNK: i64 = 5_000;

/// Signs roots.
pub struct CheckpointSigner {
    pair: Ed25519KeyPair,
    folder: PathBuf,
}

impl std::fmt::Debug for CheckpointSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckpointSigner").field("key_id", &self.key_id()).finish_non_exhaustive()
    }
}

/// The root of a log at a position, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// How many leaves the root covers.
    pub position: i64,
    /// The root.
    pub root: [u8; 32],
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Which key signed it.
    pub key_id: String,
    /// The Ed25519 signature of `text`.
    pub signature: Vec<u8>,
}

fn signed_text(log: LogId, position: i64, root: &[u8], at: Timestamp) -> String {
    format!("crowdminder/log/{log}\n{position}\n{}\n{at}\n", hex(root))
}

impl CheckpointSigner {
    /// Reads `checkpoint.key` in `keys`, or makes it; copies of checkpoints go to `outside`, a
    /// folder that's no part of the database.
    pub fn in_folders(keys: &Path, outside: &Path) -> Result<Self, SecretFileError> {
        let path = keys.join("checkpoint.key");
        let make = || {
            let random = ring::rand::SystemRandom::new();
            let seed: [u8; 32] =
                ring::rand::generate(&random).expect("the system's random source answers").expose();
            hex(&seed)
        };
        let text = secret_file::read_or_make(&path, make)?;
        let pair = unhex(&text).and_then(|seed| Ed25519KeyPair::from_seed_unchecked(&seed).ok());
        let pair = pair.ok_or_else(|| SecretFileError::Io {
            path,
            source: std::io::Error::other("not a key: 64 hexadecimal digits are expected"),
        })?;
        Ok(CheckpointSigner { pair, folder: outside.to_owned() })
    }

    /// The first 16 hexadecimal digits of SHA-256 over the public key.
    pub fn key_id(&self) -> String {
        hex(&migrations::keys::sha256(self.pair.public_key().as_ref())[..8])
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Signs the head of a tenant's log as it is now, if it has moved since the last time; keeps
    /// the checkpoint in the database and outside of it.
    pub async fn sign(
        &self,
        tenants: &Tenants,
        tenant: TenantId,
        at: Timestamp,
    ) -> Result<Option<SignedCheckpoint>, ReadError> {
        let mut tx = tenants.begin(tenant).await?;
        let head = read_head(&mut tx).await?;
        let position = head.range.size() as i64;
        let known = tx
            .query("select 1 from {t}.signed_checkpoints where position = $1")
            .bind(position)
            .fetch_optional()
            .await?;
        if position == 0 || known.is_some() {
            return Ok(None);
        }
        let root = head.range.root();
        let text = signed_text(head.log, position, &root, at);
        let signature = self.pair.sign(text.as_bytes()).as_ref().to_vec();
        tx.query(
            "insert into {t}.signed_checkpoints (position, root, signed_at, key_id, signature)
             values ($1, $2, $3, $4, $5)
             on conflict on constraint signed_checkpoints_pk do nothing",
        )
        .bind(position)
        .bind(root.to_vec())
        .bind(to_database(at))
        .bind(self.key_id())
        .bind(signature.clone())
        .execute()
        .await?;
        tx.commit().await?;
        self.keep_outside(tenant, &text, &signature)
            .map_err(|error| ReadError::from(sqlx::Error::Io(error)))?;
        Ok(Some(SignedCheckpoint {
            position,
            root,
            signed_at: at,
            key_id: self.key_id(),
            signature,
        }))
    }

    fn keep_outside(&self, tenant: TenantId, text: &str, signature: &[u8]) -> std::io::Result<()> {
        use std::io::Write;
        std::fs::create_dir_all(&self.folder)?;
        let path = self.outside_of(tenant);
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        writeln!(file, "{text}{}\n", hex(signature))?;
        file.sync_data()
    }

    fn outside_of(&self, tenant: TenantId) -> PathBuf {
        self.folder.join(format!("{}.checkpoints", tenant.schema()))
    }

    /// What was signed for a tenant by the copies outside the database: each position with its root
    /// in hexadecimal digits.
    fn outside(&self, tenant: TenantId) -> std::io::Result<Vec<(i64, String)>> {
        let text = match std::fs::read_to_string(self.outside_of(tenant)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read?,
        };
        let checkpoints = text.split("\n\n").filter_map(|note| {
            let mut lines = note.lines();
            let (_, position, root) = (lines.next()?, lines.next()?, lines.next()?);
            Some((position.parse().ok()?, root.to_owned()))
        });
        Ok(checkpoints.collect())
    }

    fn verifies(&self, log: LogId, checkpoint: &SignedCheckpoint) -> bool {
        let text = signed_text(log, checkpoint.position, &checkpoint.root, checkpoint.signed_at);
        signature::UnparsedPublicKey::new(&signature::ED25519, self.public_key())
            .verify(text.as_bytes(), &checkpoint.signature)
            .is_ok()
    }
}

pub(crate) struct StoredHead {
    pub(crate) log: LogId,
    pub(crate) range: CompactRange,
}

pub(crate) async fn read_head(tx: &mut TenantTx) -> Result<StoredHead, ReadError> {
    let row = tx.query("select log_id, position, peaks from {t}.log_head").fetch_one().await?;
    let position: i64 = row.try_get(1)?;
    let peaks: Vec<u8> = row.try_get(2)?;
    let range = CompactRange::from_bytes(position.unsigned_abs(), &peaks)
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(StoredHead { log: LogId(row.try_get(0)?), range })
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// How many events were checked.
    pub events: i64,
    /// The recomputed root.
    pub root: [u8; 32],
    /// How many signed checkpoints agreed.
    pub checkpoints: usize,
    /// The first thing that is not as it was appended; none where all is well.
    pub fault: Option<Fault>,
}

/// Something that is not as it was appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An event is missing, added or moved.
    #[error("position {expected} is missing: the next event found has position {found}")]
    Position {
        /// The position that should come.
        expected: i64,
        /// The one that does.
        found: i64,
    },
    /// An event was changed.
    #[error("the event at position {position} was changed: its leaf does not match")]
    Leaf {
        /// Where it stands.
        position: i64,
    },
    /// A stream's versions don't follow one another.
    #[error("the event at position {position} does not follow its stream's version before it")]
    Version {
        /// Where it stands.
        position: i64,
    },
    /// The head's tree is not the tree of the events.
    #[error("the head's tree of {head} leaves is not the tree of the {events} events")]
    Head {
        /// How many leaves the head has.
        head: i64,
        /// How many events there are.
        events: i64,
    },
    /// A signed checkpoint does not verify or has another root: events before it were replaced.
    #[error("the signed checkpoint at position {position} does not agree with the log")]
    Checkpoint {
        /// Where it was signed.
        position: i64,
    },
    /// The log ends before a position that was signed: its tail was cut off.
    #[error("the log ends at {events}, but position {signed} was signed: its tail was cut")]
    Cut {
        /// How many events there are.
        events: i64,
        /// The position signed.
        signed: i64,
    },
}

/// Recomputes a tenant's whole log in one snapshot; `progress` is told how many events are done.
pub async fn verify(
    tenants: &Tenants,
    tenant: TenantId,
    signer: &CheckpointSigner,
    mut progress: impl FnMut(i64) + Send,
) -> Result<Verification, ReadError> {
    let mut tx = tenants.begin_snapshot(tenant).await?;
    let head = read_head(&mut tx).await?;
    let checkpoints = read_checkpoints(&mut tx).await?;
    let outside = signer.outside(tenant).map_err(sqlx::Error::Io)?;
    let signed = Signed { log: head.log, signer, inside: &checkpoints, outside: &outside };
    let mut walk = Walk::new(head.log);
    let mut agreed = 0;
    let mut fault = None;
    'chunks: loop {
        let rows = rows_after(&mut tx, walk.range.size() as i64, CHUNK).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            match walk.step(row).and_then(|()| signed.check(row.position, &walk.range)) {
                Ok(here) => agreed += here,
                Err(found) => {
                    fault = Some(found);
                    break 'chunks;
                }
            }
        }
        progress(walk.range.size() as i64);
    }
    tx.commit().await?;
    let events = walk.range.size() as i64;
    let last = signed.last();
    let fault = fault
        .or((last > events).then_some(Fault::Cut { events, signed: last }))
        .or((walk.range != head.range)
            .then_some(Fault::Head { head: head.range.size() as i64, events }));
    Ok(Verification { events, root: walk.range.root(), checkpoints: agreed, fault })
}

/// What was signed of a log, in the database and outside of it.
struct Signed<'a> {
    log: LogId,
    signer: &'a CheckpointSigner,
    inside: &'a [SignedCheckpoint],
    outside: &'a [(i64, String)],
}

impl Signed<'_> {
    /// How many checkpoints at a position agree with the tree there. One of another key can't be
    /// verified, but its root must agree all the same.
    fn check(&self, position: i64, range: &CompactRange) -> Result<usize, Fault> {
        let inside = self.inside.iter().filter(|checkpoint| checkpoint.position == position);
        let outside = self.outside.iter().filter(|(signed, _)| *signed == position);
        let mut agreed = 0;
        for checkpoint in inside {
            let own = checkpoint.key_id == self.signer.key_id();
            let sound = !own || self.signer.verifies(self.log, checkpoint);
            if checkpoint.root != range.root() || !sound {
                return Err(Fault::Checkpoint { position });
            }
            agreed += usize::from(own);
        }
        for (_, root) in outside {
            if *root != hex(&range.root()) {
                return Err(Fault::Checkpoint { position });
            }
        }
        Ok(agreed)
    }

    fn last(&self) -> i64 {
        let inside = self.inside.iter().map(|checkpoint| checkpoint.position);
        inside.chain(self.outside.iter().map(|(position, _)| *position)).max().unwrap_or(0)
    }
}

/// A log read event by event from its beginning, each checked as it comes.
pub(crate) struct Walk {
    log: LogId,
    pub(crate) range: CompactRange,
    versions: std::collections::HashMap<domain::id::StreamId, i32>,
}

impl Walk {
    pub(crate) fn new(log: LogId) -> Self {
        Walk { log, range: CompactRange::new(), versions: Default::default() }
    }

    pub(crate) fn step(&mut self, row: &StoredRow) -> Result<(), Fault> {
        let expected = self.range.size() as i64 + 1;
        if row.position != expected {
            return Err(Fault::Position { expected, found: row.position });
        }
        let leaf = row_leaf(self.log, row);
        if leaf.as_slice() != row.leaf_hash {
            return Err(Fault::Leaf { position: row.position });
        }
        let version = self.versions.entry(row.stream).or_default();
        if row.version != *version + 1 {
            return Err(Fault::Version { position: row.position });
        }
        *version = row.version;
        self.range.push(leaf);
        Ok(())
    }
}

/// The leaf that a row should have.
pub(crate) fn row_leaf(log: LogId, row: &StoredRow) -> Hash {
    leaf_hash(
        log,
        &StoredEvent {
            position: row.position,
            stream_type: &row.stream_type,
            stream_id: row.stream.0,
            version: row.version,
            event_type: &row.event_type,
            event_version: row.event_version,
            payload: &row.payload,
            metadata: &row.metadata,
            event_id: row.event_id,
            command_id: row.command_id,
            recorded_at: row.recorded_at,
        },
    )
}

pub(crate) async fn read_checkpoints(
    tx: &mut TenantTx,
) -> Result<Vec<SignedCheckpoint>, ReadError> {
    let rows = tx
        .query(
            "select position, root, signed_at, key_id, signature from {t}.signed_checkpoints
             order by position",
        )
        .fetch_all()
        .await?;
    rows.iter()
        .map(|row| {
            let root: Vec<u8> = row.try_get(1)?;
            Ok(SignedCheckpoint {
                position: row.try_get(0)?,
                // A root of another length can't agree with any; zeros never do either.
                root: root.try_into().unwrap_or_default(),
                signed_at: row.try_get::<DatabaseTimestamp, _>(2)?.to_jiff(),
                key_id: row.try_get(3)?,
                signature: row.try_get(4)?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()
        .map_err(ReadError::from)
}

#[cfg(test)]
mod tests;
