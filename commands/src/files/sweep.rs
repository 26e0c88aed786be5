//! Destroys what nobody can ask for any more: the object and the key of a file that was removed,
//! and objects that were written for a file which the log never got.

use async_trait::async_trait;
use domain::files::{File, file_stream};
use domain::id::{FileId, TenantId};
use domain::log::Event;
use futures::TryStreamExt;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use migrations::files::{FileError, FileStore, ObjectName, TenantFiles};
use migrations::keys::KeyStore;
use migrations::{TenantTx, Tenants};

use crate::event_log::read::stream_after;
use crate::handle::Commands;
use crate::jobs::{Daily, WorkError};
use crate::refused::CommandError;

/// An object this young may belong to a command that is still under way.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// What a sweep came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// How many objects there were.
    pub objects: u64,
    /// How many of them no file has, and are destroyed.
    pub destroyed: u64,
}

pub(super) fn away(error: &FileError) -> CommandError {
    match error {
        FileError::Away(_) => CommandError::Unavailable(error.to_string()),
        FileError::Place { .. } | FileError::Address(_) => {
            CommandError::Internal(error.to_string())
        }
    }
}

/// Destroys the object and the key of a file that was removed. To do it again changes nothing.
pub async fn destroy(
    tenants: &Tenants,
    keys: &KeyStore,
    files: &TenantFiles,
    name: ObjectName,
) -> Result<(), CommandError> {
    files.delete(name).await.map_err(|error| away(&error))?;
    let mut tx = tenants.begin(files.tenant()).await?;
    keys.of(files.tenant()).await?.destroy(&mut tx, File::key(name.id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Destroys every object of a tenant that no file has and that is a day old.
pub async fn sweep(
    tenants: &Tenants,
    keys: &KeyStore,
    files: &TenantFiles,
    now: Timestamp,
) -> Result<Swept, CommandError> {
    let mut swept = Swept::default();
    let mut listed = files.list();
    while let Some(found) = listed.try_next().await.map_err(|error| away(&error))? {
        swept.objects += 1;
        let young = now.duration_since(found.written_at) < GRACE;
        if young || is_kept(tenants, files.tenant(), found.name.id).await? {
            continue;
        }
        destroy(tenants, keys, files, found.name).await?;
        swept.destroyed += 1;
    }
    Ok(swept)
}

async fn is_kept(tenants: &Tenants, tenant: TenantId, file: FileId) -> Result<bool, CommandError> {
    let mut tx = tenants.begin(tenant).await?;
    let (state, _) = file_of(&mut tx, file).await?;
    tx.commit().await?;
    Ok(state.kept().is_some())
}

/// A file as its stream says, its name still sealed; and the position of its last change.
pub async fn file_of(tx: &mut TenantTx, file: FileId) -> Result<(File, i64), CommandError> {
    let (mut state, mut position) = (File::default(), 0);
    for row in stream_after(tx, file_stream(file), 0).await? {
        if let Event::File(event) = row.decode()?.event {
            state.evolve(&event);
        }
        position = row.position;
    }
    Ok((state, position))
}

/// Sweeps each tenant once a day.
#[derive(Debug, Clone)]
pub struct FileUpkeep {
    commands: Commands,
    files: FileStore,
}

impl FileUpkeep {
    /// For the tenants of these commands, whose objects are in this store.
    pub fn new(commands: Commands, files: FileStore) -> Self {
        FileUpkeep { commands, files }
    }
}

#[async_trait]
impl Daily for FileUpkeep {
    fn name(&self) -> &'static str {
        "file_upkeep"
    }

    async fn run(&self, tenant: TenantId, _day: Date) -> Result<(), WorkError> {
        let log = self.commands.log();
        let now = log.clock().now();
        let swept = sweep(log.tenants(), log.keys(), &self.files.of(tenant), now).await?;
        if swept.destroyed > 0 {
            tracing::info!(%tenant, destroyed = swept.destroyed, "objects without a file");
        }
        Ok(())
    }
}
