//! Makes a tenant from an export. The whole file is checked before anything is made, and all rows
//! come in one transaction, so a run that was killed leaves either nothing or a tenant that the
//! next run completes. The log keeps its id, so that roots and signatures stay true; two tenants
//! with one log are refused.

use std::path::Path;

use domain::id::{LogId, TenantId};
use domain::tenancy::{NoteCopy, TenancyCommand, TenantImported, tenant_stream};
use jiff::Timestamp;
use migrations::keys::carry::{ArrivingKeys, CarryKey};
use migrations::keys::{hex, unhex};
use migrations::platform::TenantRecord;
use migrations::provision::{NewTenant, ProvisionError, raise};
use migrations::secret_file::SecretFileError;
use migrations::{DoorError, TenantTx};
use sqlx::Row;

use super::export_file::{ExportFile, ExportFileError, Lines};
use super::export_files::{CarryError, load_files};
use super::export_form::{Counts, ExportFault, Kind, Manifest, SubjectKeyLine};
use super::import_rows::{
    KeyRow, insert_commands, insert_events, insert_keys, insert_skipped, refold_claims, set_head,
};
use super::lifecycle::Lifecycle;
use super::operations::change;
use super::suspend::SuspendTenant;
use crate::event_log::audit::{Fault, SignedCheckpoint, Walk};
use crate::event_log::read::{ReadError, begun};
use crate::refused::CommandError;

/// The state of a tenant that is being made from an export or as a copy: its hosts lead nowhere.
pub const ARRIVING: &str = "arriving";

/// What is to be made of which file.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The export.
    pub path: &'a Path,
    /// The file that opens its keys.
    pub key_file: Option<&'a Path>,
    /// Whether to do without them: the tenant can be read, its personal texts read as erased.
    pub without_keys: bool,
    /// What the host of the tenant is to begin with.
    pub slug: &'a str,
    /// The host that is to lead to it.
    pub host: &'a str,
}

/// A tenant whose rows are all there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The tenant; its id is another than in the export where that was in use here before.
    pub tenant: TenantRecord,
    /// The name of its log.
    pub log: LogId,
    /// How many events its log has.
    pub position: i64,
    /// The root over them, 64 hexadecimal digits.
    pub root: String,
    /// How much there is of each.
    pub counts: Counts,
    /// Whether its personal texts can be read.
    pub keys: bool,
}

/// Why no tenant was made.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file can't be read, or is not as it was written.
    #[error(transparent)]
    File(#[from] ExportFileError),
    /// The export has keys, and nobody said how they're opened or to do without.
    #[error(
        "the keys of personal texts are sealed: name the key file, or say --without-keys to have \
         an archive in which they read as erased"
    )]
    NeedsKeys,
    /// The export has none, and nobody said to do without.
    #[error(
        "the export was written without the keys of personal texts: say --without-keys to have an \
         archive in which they read as erased"
    )]
    HasNoKeys,
    /// The key file is another one.
    #[error("the key file does not open the keys of this export")]
    WrongKeyFile,
    /// The key file can't be read.
    #[error(transparent)]
    KeyFile(#[from] SecretFileError),
    /// A file can't be brought into the store.
    #[error(transparent)]
    Files(#[from] CarryError),
    /// The log is here already.
    #[error(
        "the log of this export is here already, as tenant {0:?}; one log is one tenant's: delete \
         that one first, or make a copy with `tenant clone`"
    )]
    LogThere(String),
    /// The platform's own log is no tenant.
    #[error("this is an export of the platform's own log, which is no tenant")]
    Platform,
    /// Slug or host is bad or taken, or the database is away.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// A row does not fit.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The log can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<DoorError> for ImportError {
    fn from(error: DoorError) -> Self {
        ProvisionError::from(error).into()
    }
}

impl From<ExportFault> for ImportError {
    fn from(fault: ExportFault) -> Self {
        ExportFileError::from(fault).into()
    }
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        DoorError::from(error).into()
    }
}

/// Checks an export and makes a tenant of its rows, or finds the one that a run before made. Its
/// read models are empty yet, and its hosts lead nowhere: see `open_doors`. `each` is told how many
/// events are done, first of the check and then of the loading.
pub async fn load(
    lifecycle: &Lifecycle<'_>,
    arrival: &Arrival<'_>,
    read_models: &[String],
    mut each: impl FnMut(i64) + Send,
) -> Result<Arrived, ImportError> {
    let mut export = ExportFile::open(arrival.path)?;
    let manifest = export.manifest.clone();
    if manifest.tenant.id.is_platform() {
        return Err(ImportError::Platform);
    }
    let carry = carry_key(arrival, &manifest)?;
    if let Some(fault) = export.check(&mut each)?.fault {
        return Err(fault.into());
    }
    let arrived = |tenant| Arrived {
        tenant,
        log: manifest.log.id,
        position: manifest.log.position,
        root: manifest.log.root.clone(),
        counts: manifest.counts,
        keys: carry.is_some(),
    };
    if let Some(here) = holder_of(lifecycle, manifest.log.id).await? {
        if here.slug != arrival.slug || !is_as_exported(lifecycle, &here, &manifest).await? {
            return Err(ImportError::LogThere(here.slug));
        }
        if here.state == ARRIVING {
            load_files(&mut export, &lifecycle.files.of(here.id)).await?;
        }
        return Ok(arrived(here));
    }
    let log = lifecycle.commands.log();
    let new = NewTenant {
        id: free_id(lifecycle, manifest.tenant.id).await?,
        log: manifest.log.id,
        slug: arrival.slug.to_owned(),
        name: manifest.tenant.name.clone(),
        host: arrival.host.to_owned(),
        at: manifest.tenant.created_at,
    };
    let claims = manifest.keys.as_ref().and_then(|keys| unhex(&keys.claims));
    let brought = carry.as_ref().zip(claims.as_deref()).map(|(carry, claims)| (claims, carry));
    let keys = log.keys().master().arriving(new.id, brought).ok_or(ImportError::WrongKeyFile)?;
    let mut tx = raise(log.tenants(), &new, ARRIVING, &keys.sealed, read_models).await?;
    let journey = Journey { keys: &keys, carry: carry.as_ref(), at: log.clock().now() };
    journey.fill(&mut tx, &mut export, &mut each).await?;
    tx.commit().await?;
    load_files(&mut export, &lifecycle.files.of(new.id)).await?;
    let made = lifecycle.platform.tenant_by_id(new.id).await?;
    Ok(arrived(made.ok_or(DoorError::NoSuchTenant)?))
}

/// Lets the hosts of a tenant lead to it, now that its read models are built, and has the platform
/// take note. One without keys stays suspended: it's an archive.
pub async fn open_doors(lifecycle: &Lifecycle<'_>, arrived: &Arrived) -> Result<(), ImportError> {
    let tenant = arrived.tenant.id;
    let log = lifecycle.commands.log();
    lifecycle.signer.sign(log.tenants(), tenant, log.clock().now()).await?;
    lifecycle.introduce(&arrived.tenant).await?;
    let (position, root) = (arrived.position, arrived.root.clone());
    let note = TenantImported { tenant, log: arrived.log, position, root };
    let note = TenancyCommand::NoteCopy(NoteCopy::Imported(note));
    lifecycle.record(vec![tenant], Some(format!("imported {tenant}")), note).await?;
    if arrived.tenant.state == ARRIVING {
        lifecycle.platform.set_state(tenant, "active").await?;
        if !arrived.keys {
            let (commands, platform) = (lifecycle.commands, lifecycle.platform);
            let suspend = SuspendTenant { tenant };
            let sender = lifecycle.sender(None);
            change(commands, platform, sender, &arrived.tenant, suspend).await?;
        }
    }
    Ok(())
}

fn carry_key(arrival: &Arrival<'_>, manifest: &Manifest) -> Result<Option<CarryKey>, ImportError> {
    match (&manifest.keys, arrival.key_file, arrival.without_keys) {
        (_, _, true) => Ok(None),
        (None, _, false) => Err(ImportError::HasNoKeys),
        (Some(_), None, false) => Err(ImportError::NeedsKeys),
        (Some(keys), Some(file), false) => {
            let salt = unhex(&keys.salt).ok_or(ExportFault::Manifest)?;
            Ok(Some(CarryKey::of_file(file, &salt, false)?))
        }
    }
}

/// Who has the log with this id on this server.
async fn holder_of(
    lifecycle: &Lifecycle<'_>,
    log: LogId,
) -> Result<Option<TenantRecord>, ImportError> {
    for record in lifecycle.platform.all().await? {
        if record.state == migrations::remove::DESTROYING {
            continue;
        }
        let mut tx = lifecycle.commands.log().tenants().begin(record.id).await?;
        let row = tx.query("select log_id from {t}.log_head").fetch_one().await?;
        tx.commit().await?;
        if LogId(row.try_get(0)?) == log {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// Whether a tenant's log is what the export says, with nothing added.
async fn is_as_exported(
    lifecycle: &Lifecycle<'_>,
    tenant: &TenantRecord,
    manifest: &Manifest,
) -> Result<bool, ImportError> {
    let mut tx = lifecycle.commands.log().tenants().begin(tenant.id).await?;
    let head = crate::event_log::audit::read_head(&mut tx).await?;
    tx.commit().await?;
    Ok(hex(&head.range.root()) == manifest.log.root)
}

/// The id that a tenant had, unless there is or was one with it here: what the platform's log
/// says of that one is not about the one that comes.
async fn free_id(lifecycle: &Lifecycle<'_>, id: TenantId) -> Result<TenantId, ImportError> {
    let log = lifecycle.commands.log();
    let mut tx = log.tenants().begin(TenantId::PLATFORM).await?;
    let known = begun(&mut tx, &[tenant_stream(id)]).await?;
    tx.commit().await?;
    let there = lifecycle.platform.tenant_by_id(id).await?;
    let free = known.is_empty() && there.is_none();
    Ok(if free { id } else { TenantId(log.clock().new_id()) })
}

/// Rows on their way into a tenant.
struct Journey<'a> {
    keys: &'a ArrivingKeys,
    carry: Option<&'a CarryKey>,
    at: Timestamp,
}

impl Journey<'_> {
    async fn fill(
        &self,
        tx: &mut TenantTx,
        export: &mut ExportFile,
        each: &mut (impl FnMut(i64) + Send),
    ) -> Result<(), ImportError> {
        for kind in [Kind::Keys, Kind::Log, Kind::Commands, Kind::Checkpoints] {
            if kind == Kind::Log {
                self.fill_log(tx, export, each).await?;
                continue;
            }
            for path in export.paths(kind) {
                match export.lines(&path)? {
                    Lines::Keys(lines) => insert_keys(tx, &self.key_rows(lines)?).await?,
                    Lines::Commands(lines) => insert_commands(tx, &lines).await?,
                    Lines::Checkpoints(lines) => insert_checkpoints(tx, &lines).await?,
                    Lines::Log(_) => {}
                }
            }
        }
        insert_skipped(tx, &export.manifest.skipped).await?;
        Ok(())
    }

    /// The events, checked once more as they go in: the file may not be the one it was.
    async fn fill_log(
        &self,
        tx: &mut TenantTx,
        export: &mut ExportFile,
        each: &mut (impl FnMut(i64) + Send),
    ) -> Result<(), ImportError> {
        let mut walk = Walk::new(export.manifest.log.id);
        for path in export.paths(Kind::Log) {
            let Lines::Log(rows) = export.lines(&path)? else { continue };
            for row in &rows {
                walk.step(row).map_err(|fault| ExportFault::Log { part: path.clone(), fault })?;
            }
            insert_events(tx, &rows).await?;
            refold_claims(tx, &self.keys.keys, &rows).await?;
            each(walk.range.size() as i64);
        }
        let head = &export.manifest.log;
        if hex(&walk.range.root()) != head.root {
            let events = walk.range.size() as i64;
            let fault = Fault::Head { head: head.position, events };
            return Err(ExportFault::Log { part: Kind::Log.folder().to_owned(), fault }.into());
        }
        let recorded_at =
            Timestamp::from_microsecond(head.recorded_at).map_err(|_| ExportFault::Manifest)?;
        Ok(set_head(tx, &walk.range, recorded_at).await?)
    }

    /// The keys as they're to be stored here. What can't be opened is kept as destroyed: a new key
    /// of the same name would not open what the old one sealed.
    fn key_rows(&self, lines: Vec<SubjectKeyLine>) -> Result<Vec<KeyRow>, ImportError> {
        let row = |line: SubjectKeyLine| {
            let SubjectKeyLine { subject_id: subject, class, key, destroyed_at } = line;
            let sealed = match (key, self.carry) {
                (Some(key), Some(carry)) => {
                    let key = unhex(&key).ok_or(ImportError::WrongKeyFile)?;
                    let taken = self.keys.keys.take_subject(subject, &class, &key, carry);
                    Some(taken.ok_or(ImportError::WrongKeyFile)?)
                }
                (Some(_), None) | (None, _) => None,
            };
            let destroyed_at = match sealed {
                Some(_) => None,
                None => Some(destroyed_at.unwrap_or(self.at)),
            };
            Ok(KeyRow { subject, class, sealed, destroyed_at })
        };
        lines.into_iter().map(row).collect()
    }
}

async fn insert_checkpoints(
    tx: &mut TenantTx,
    checkpoints: &[SignedCheckpoint],
) -> Result<(), DoorError> {
    for checkpoint in checkpoints {
        tx.query(
            "insert into {t}.signed_checkpoints (position, root, signed_at, key_id, signature)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(checkpoint.position)
        .bind(checkpoint.root.to_vec())
        .bind(migrations::platform::to_database(checkpoint.signed_at))
        .bind(&*checkpoint.key_id)
        .bind(checkpoint.signature.clone())
        .execute()
        .await?;
    }
    Ok(())
}
