//! The objects of one tenant. Whoever holds a `TenantFiles` can't name an object of another: the
//! tenant is in it, and a name is a kind and an id.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use domain::id::TenantId;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{GetOptions, GetResult, ObjectMeta, ObjectStoreExt};

use super::name::{ObjectName, folder_of};
use super::upload::Upload;
use super::{FileError, Place, local};

/// The objects of one tenant.
#[derive(Debug, Clone)]
pub struct TenantFiles {
    place: Arc<Place>,
    tenant: TenantId,
}

/// An object's bytes on their way out.
pub struct Stored {
    /// How many bytes the whole object has.
    pub size: u64,
    /// The bytes asked for, in pieces.
    pub bytes: BoxStream<'static, Result<Bytes, FileError>>,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored").field("size", &self.size).finish_non_exhaustive()
    }
}

/// An object that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub name: ObjectName,
    /// How many bytes it has.
    pub size: u64,
    /// When it was written, by the store's clock.
    pub written_at: Timestamp,
}

impl TenantFiles {
    pub(super) fn new(place: Arc<Place>, tenant: TenantId) -> Self {
        TenantFiles { place, tenant }
    }

    /// Whose they are.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn key(&self, name: ObjectName) -> Result<Path, FileError> {
        let key = name.key(self.tenant);
        if let Some(folder) = &self.place.folder {
            local::refuse_links(folder, &key)?;
        }
        Ok(key)
    }

    /// Begins to write an object; it replaces one of the same name.
    pub fn upload(&self, name: ObjectName) -> Result<Upload, FileError> {
        Ok(Upload::new(self.place.clone(), self.key(name)?))
    }

    /// Writes an object whole; answers its length.
    pub async fn put(&self, name: ObjectName, bytes: &Bytes) -> Result<u64, FileError> {
        let mut upload = self.upload(name)?;
        upload.write(bytes).await?;
        upload.finish().await
    }

    /// An object's bytes; none where there is no such object.
    pub async fn get(&self, name: ObjectName) -> Result<Option<Stored>, FileError> {
        self.open(name, GetOptions::default()).await
    }

    /// Some of an object's bytes; the range must begin within it.
    pub async fn get_range(
        &self,
        name: ObjectName,
        range: Range<u64>,
    ) -> Result<Option<Stored>, FileError> {
        self.open(name, GetOptions { range: Some(range.into()), ..GetOptions::default() }).await
    }

    async fn open(
        &self,
        name: ObjectName,
        options: GetOptions,
    ) -> Result<Option<Stored>, FileError> {
        let key = self.key(name)?;
        match self.place.store.get_opts(&key, options).await {
            Ok(found) => {
                let found: GetResult = found;
                let size = found.meta.size;
                let bytes = found.into_stream().map_err(FileError::from).boxed();
                Ok(Some(Stored { size, bytes }))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Destroys an object; one that is not there is destroyed already.
    pub async fn delete(&self, name: ObjectName) -> Result<(), FileError> {
        let key = self.key(name)?;
        match self.place.store.delete(&key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        match &self.place.folder {
            Some(folder) => local::sync_folder_of(folder, &key),
            None => Ok(()),
        }
    }

    /// Every object, in no order. What has no name of ours is left out.
    pub fn list(&self) -> BoxStream<'_, Result<Listed, FileError>> {
        let tenant = folder_of(self.tenant);
        if let Some(folder) = &self.place.folder {
            return match local::list(folder, &tenant) {
                Ok(found) => {
                    let found = found.into_iter();
                    let named = found.filter_map(|(key, size, at)| self.listed(&key, size, at));
                    futures::stream::iter(named.map(Ok).collect::<Vec<_>>()).boxed()
                }
                Err(error) => futures::stream::iter([Err(error)]).boxed(),
            };
        }
        let named = move |found: ObjectMeta| {
            let at = Timestamp::from_millisecond(found.last_modified.timestamp_millis()).ok();
            let listed = at.and_then(|at| self.listed(&found.location, found.size, at));
            async move { Ok(listed) }
        };
        let listed = self.place.store.list(Some(&tenant));
        listed.try_filter_map(named).map_err(FileError::from).boxed()
    }

    fn listed(&self, key: &Path, size: u64, written_at: Timestamp) -> Option<Listed> {
        let name = ObjectName::of_key(self.tenant, key)?;
        Some(Listed { name, size, written_at })
    }

    /// Copies an object of another tenant, or of another store, under the same name; answers
    /// whether there was one.
    pub async fn copy_from(
        &self,
        source: &TenantFiles,
        name: ObjectName,
    ) -> Result<bool, FileError> {
        // On a disk a copy within the store would be a second name of the same bytes.
        if Arc::ptr_eq(&self.place, &source.place) && self.place.folder.is_none() {
            return match self.place.store.copy(&source.key(name)?, &self.key(name)?).await {
                Ok(()) => Ok(true),
                Err(object_store::Error::NotFound { .. }) => Ok(false),
                Err(error) => Err(error.into()),
            };
        }
        let Some(mut found) = source.get(name).await? else { return Ok(false) };
        let mut upload = self.upload(name)?;
        while let Some(bytes) = found.bytes.try_next().await? {
            upload.write(&bytes).await?;
        }
        upload.finish().await?;
        Ok(true)
    }

    /// Destroys every object of the tenant, whatever its name; answers how many there were.
    pub async fn delete_all(&self) -> Result<u64, FileError> {
        let tenant = folder_of(self.tenant);
        if let Some(folder) = &self.place.folder {
            return local::remove_all(folder, &tenant);
        }
        let mut count = 0;
        let keys = self.place.store.list(Some(&tenant)).map_ok(|found| found.location).boxed();
        let mut gone = self.place.store.delete_stream(keys);
        loop {
            match gone.try_next().await {
                Ok(Some(_)) => count += 1,
                Ok(None) => return Ok(count),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
