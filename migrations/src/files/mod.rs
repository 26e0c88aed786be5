//! The only door to objects. A `TenantFiles` reaches the objects of one tenant and no others: every
//! key begins with the tenant's id, which comes from a `TenantId` alone, and no part of a key is
//! text that somebody chose. The object store itself never leaves this module.

mod local;
mod name;
mod s3;
mod tenant;
mod transport;
mod upload;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::id::TenantId;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

pub use name::ObjectName;
pub use s3::S3Config;
pub use tenant::{Listed, Stored, TenantFiles};
pub use upload::Upload;

/// Why the object store did not answer as asked.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The store can't be reached, refused or broke off; what was under way may or may not be done.
    #[error("the file store is away")]
    Away(#[source] object_store::Error),
    /// The store's folder, or something in it, is not as it must be.
    #[error("{path}: {why}")]
    Place {
        /// Which folder or file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// The address of a store can't be read.
    #[error("the address of the file store can't be read: {0}")]
    Address(String),
}

impl From<object_store::Error> for FileError {
    fn from(error: object_store::Error) -> Self {
        FileError::Away(error)
    }
}

/// Where objects are kept.
#[derive(Debug)]
struct Place {
    store: Box<dyn ObjectStore>,
    /// The folder, where objects are files of this machine.
    folder: Option<PathBuf>,
    /// The size of the pieces in which a long object is sent.
    part_bytes: usize,
}

/// The objects of every tenant of an installation. Clones share it.
#[derive(Debug, Clone)]
pub struct FileStore {
    place: Arc<Place>,
    address: String,
}

impl FileStore {
    /// Objects as files below a folder of its own, which is made with mode 0700. Refuses a folder
    /// that others can enter, that is reached through a link, or that folds the case of names.
    pub fn local(folder: &Path) -> Result<Self, FileError> {
        let (store, folder) = local::open(folder)?;
        let address = format!("file://{}", folder.display());
        let place = Place { store: Box::new(store), folder: Some(folder), part_bytes: 256 << 10 };
        Ok(FileStore { place: Arc::new(place), address })
    }

    /// Objects in a bucket. Nothing is sent yet; `check` does.
    pub fn s3(config: &S3Config) -> Result<Self, FileError> {
        let place = Place { store: Box::new(s3::open(config)?), folder: None, part_bytes: 8 << 20 };
        Ok(FileStore { place: Arc::new(place), address: format!("s3://{}", config.bucket) })
    }

    /// The store of an address: `file:///var/lib/x` or `s3://bucket?endpoint=https://..&region=..`.
    /// Secrets of a bucket come from the environment (`AWS_ACCESS_KEY_ID` and its like), never from
    /// an address.
    pub fn at(address: &str) -> Result<Self, FileError> {
        if let Some(folder) = address.strip_prefix("file://") {
            if !folder.starts_with('/') {
                let why = "write a folder as file:///an/absolute/path".to_owned();
                return Err(FileError::Address(why));
            }
            return Self::local(Path::new(folder));
        }
        Self::s3(&S3Config::parse(address)?)
    }

    /// Where it is, without secrets.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The objects of one tenant.
    pub fn of(&self, tenant: TenantId) -> TenantFiles {
        TenantFiles::new(self.place.clone(), tenant)
    }

    /// Writes, reads and deletes an object that is no tenant's, to see that the store answers.
    pub async fn check(&self) -> Result<(), FileError> {
        let probe = object_store::path::Path::from_iter(["probe", &random_name()]);
        let store = &self.place.store;
        let bytes = PutPayload::from_static(b"probe");
        store.put(&probe, bytes).await?;
        let read = store.get(&probe).await?.bytes().await;
        store.delete(&probe).await?;
        match read?.as_ref() {
            b"probe" => Ok(()),
            _ => {
                Err(FileError::Address(format!("{} does not give back what it got", self.address)))
            }
        }
    }
}

fn random_name() -> String {
    let mut bytes = [0; 16];
    let random = ring::rand::SystemRandom::new();
    ring::rand::SecureRandom::fill(&random, &mut bytes)
        .expect("the system's random source answers");
    crate::keys::hex(&bytes)
}

#[cfg(test)]
mod tests;
