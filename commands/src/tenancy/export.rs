//! Writes a tenant to one file: its log, what its commands answered, the keys of its personal texts
//! sealed under a key of the operator's, and its files. All rows are of one snapshot.
//! Left out is what is a fold of the log, and what only means something on this server: tokens,
//! links, sessions and waiting jobs.

use std::io;
use std::path::Path;

use domain::tenancy::{NoteCopy, TenancyCommand, TenantExported};
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::keys::carry::CarryKey;
use migrations::keys::{KeysError, TenantKeys, hex};
use migrations::platform::TenantRecord;
use migrations::secret_file::SecretFileError;
use migrations::{DoorError, TenantTx};
use sqlx::Row;
use uuid::Uuid;

use super::export_files::{CarryError, write_files};
use super::export_form::{
    CheckpointLine, CommandLine, Counts, EventLine, FORMAT, KeyFacts, Kind, LogFacts, Manifest,
    Skipped, SubjectKeyLine, TenantFacts,
};
use super::export_writer::{ExportWriter, LineWriter};
use super::import_rows::{KeyRow, keys_after};
use super::lifecycle::Lifecycle;
use crate::event_log::audit::{StoredHead, read_checkpoints, read_head};
use crate::event_log::read::{ReadError, rows_after};
use crate::refused::CommandError;

/// How many rows are read at a time.
const ROWS: i64 = 1_000;

/// An export that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// How many events its log has.
    pub position: i64,
    /// The root over them, 64 hexadecimal digits.
    pub root: String,
    /// How much there is of each.
    pub counts: Counts,
    /// How long the file is.
    pub bytes: u64,
}

/// Why no export was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file can't be written.
    #[error("the export can't be written: {0}")]
    Io(#[from] io::Error),
    /// The key file can't be used.
    #[error(transparent)]
    KeyFile(#[from] SecretFileError),
    /// The log can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The tenant's keys can't be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A file can't be read.
    #[error(transparent)]
    Files(#[from] CarryError),
    /// It's written, but the platform's log could not take note of it.
    #[error("the export is written, but could not be noted: {0}")]
    Note(#[from] CommandError),
}

impl From<DoorError> for ExportError {
    fn from(error: DoorError) -> Self {
        ExportError::Read(error.into())
    }
}

impl From<sqlx::Error> for ExportError {
    fn from(error: sqlx::Error) -> Self {
        ExportError::Read(error.into())
    }
}

/// Writes a tenant to the file at `path`, which must not be there. With `key_file`, made where it's
/// missing, its personal texts can be read by who has that file too; without, they read as erased.
/// `each` is told how many events are done.
pub async fn export(
    lifecycle: &Lifecycle<'_>,
    tenant: &TenantRecord,
    path: &Path,
    key_file: Option<&Path>,
    mut each: impl FnMut(i64) + Send,
) -> Result<Exported, ExportError> {
    let log = lifecycle.commands.log();
    let at = log.clock().now();
    let salt = CarryKey::new_salt();
    let carry = key_file.map(|file| CarryKey::of_file(file, &salt, true)).transpose()?;
    let keys = log.keys().of(tenant.id).await?;
    let hosts = lifecycle.platform.hosts_of(tenant.id).await?;
    let mut export = ExportWriter::create(path, at)?;
    let mut tx = log.tenants().begin_snapshot(tenant.id).await?;
    let head = read_head(&mut tx).await?;
    write_keys(&mut tx, &mut export, &keys, carry.as_ref()).await?;
    write_log(&mut tx, &mut export, &mut each).await?;
    write_commands(&mut tx, &mut export).await?;
    write_checkpoints(&mut tx, &mut export).await?;
    let (position, root) = (head.range.size() as i64, head.range.root());
    let signed = (position > 0)
        .then(|| lifecycle.signer.sign_root(head.log, position, root, at))
        .as_ref()
        .map(CheckpointLine::from);
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        exported_at: at,
        tenant: facts(tenant, hosts),
        log: log_facts(&mut tx, &head).await?,
        checkpoint: signed,
        public_key: hex(lifecycle.signer.public_key()),
        keys: carry
            .map(|carry| KeyFacts { salt: hex(&salt), claims: hex(&keys.carry_claims(&carry)) }),
        skipped: Skipped::of(&mut tx).await?,
        counts: Counts::default(),
        parts: Vec::new(),
    };
    tx.commit().await?;
    write_files(&lifecycle.files.of(tenant.id), &mut export).await?;
    let (bytes, counts) = export.finish(manifest, lifecycle.signer)?;
    let root = hex(&root);
    let note = TenantExported { tenant: tenant.id, position, root: root.clone() };
    let note = TenancyCommand::NoteCopy(NoteCopy::Exported(note));
    lifecycle.introduce(tenant).await?;
    lifecycle.record(vec![tenant.id], None, note).await?;
    Ok(Exported { position, root, counts, bytes })
}

fn facts(tenant: &TenantRecord, hosts: Vec<String>) -> TenantFacts {
    TenantFacts {
        id: tenant.id,
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        created_at: tenant.created_at,
        hosts,
    }
}

async fn log_facts(tx: &mut TenantTx, head: &StoredHead) -> Result<LogFacts, ExportError> {
    let row = tx.query("select recorded_at from {t}.log_head").fetch_one().await?;
    let recorded_at = row.try_get::<DatabaseTimestamp, _>(0)?.to_jiff();
    Ok(LogFacts {
        id: head.log,
        position: head.range.size() as i64,
        root: hex(&head.range.root()),
        recorded_at: recorded_at.as_microsecond(),
    })
}

async fn write_log(
    tx: &mut TenantTx,
    export: &mut ExportWriter,
    each: &mut (impl FnMut(i64) + Send),
) -> Result<(), ExportError> {
    let mut lines = LineWriter::new(Kind::Log);
    let mut position = 0;
    loop {
        let rows = rows_after(tx, position, ROWS).await?;
        let Some(last) = rows.last() else { break };
        position = last.position;
        for row in rows {
            lines.push(export, &EventLine::from(row))?;
        }
        each(position);
    }
    Ok(lines.flush(export)?)
}

async fn write_keys(
    tx: &mut TenantTx,
    export: &mut ExportWriter,
    keys: &TenantKeys,
    carry: Option<&CarryKey>,
) -> Result<(), ExportError> {
    let mut lines = LineWriter::new(Kind::Keys);
    let mut after = (Uuid::nil(), String::new());
    loop {
        let rows = keys_after(tx, (after.0, &after.1), ROWS).await?;
        if rows.is_empty() {
            return Ok(lines.flush(export)?);
        }
        for KeyRow { subject: subject_id, class, sealed, destroyed_at } in rows {
            let key = match (sealed, carry) {
                (Some(sealed), Some(carry)) => {
                    Some(hex(&keys.carry_subject(subject_id, &class, &sealed, carry)?))
                }
                (Some(_), None) | (None, _) => None,
            };
            let line = SubjectKeyLine { subject_id, class: class.clone(), key, destroyed_at };
            lines.push(export, &line)?;
            after = (subject_id, class);
        }
    }
}

async fn write_commands(tx: &mut TenantTx, export: &mut ExportWriter) -> Result<(), ExportError> {
    let mut lines = LineWriter::new(Kind::Commands);
    let mut after: Option<Uuid> = None;
    loop {
        let rows = tx
            .query(
                "select command_id, request_digest, status, outcome, position, recorded_at
                 from {t}.commands where $1::uuid is null or command_id > $1
                 order by command_id limit $2",
            )
            .bind(after)
            .bind(ROWS)
            .fetch_all()
            .await?;
        for row in &rows {
            let line = CommandLine::read(row)?;
            lines.push(export, &line)?;
            after = Some(line.command_id);
        }
        if rows.is_empty() {
            return Ok(lines.flush(export)?);
        }
    }
}

async fn write_checkpoints(
    tx: &mut TenantTx,
    export: &mut ExportWriter,
) -> Result<(), ExportError> {
    let mut lines = LineWriter::new(Kind::Checkpoints);
    for checkpoint in read_checkpoints(tx).await? {
        lines.push(export, &CheckpointLine::from(&checkpoint))?;
    }
    Ok(lines.flush(export)?)
}
