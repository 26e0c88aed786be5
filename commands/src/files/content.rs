//! A content on its way in: looked at, measured and sealed piece by piece, so that a file of any
//! size needs the memory of one part.

use std::sync::Arc;

use bytes::Bytes;
use domain::files::{Content, File, FileKind, Inspector};
use domain::id::FileId;
use migrations::files::{FileError, ObjectName, TenantFiles, Upload};
use migrations::keys::{NewSubjectKey, TenantKeys, hex};
use ring::digest::{Context, SHA256};

use super::is_sealed;
use super::sealing::Sealer;

/// Why a content is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] FileError),
    /// It can't be of any type that is kept, whatever follows.
    #[error("this is of no type that is kept")]
    Hopeless,
}

/// Takes in one content. Dropped before `finish`, it leaves nothing in the store.
#[derive(Debug)]
pub struct Receiver {
    name: ObjectName,
    upload: Upload,
    inspector: Inspector,
    content: Hash,
    stored: Hash,
    sealer: Option<Sealer>,
    key: Key,
    size: u64,
}

struct Hash(Context);

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hash")
    }
}

impl Hash {
    fn new() -> Self {
        Hash(Context::new(&SHA256))
    }

    fn finish(self) -> String {
        hex(self.0.finish().as_ref())
    }
}

/// The file's key while it's used: the command brings it again, or nobody needs it.
#[derive(Debug)]
struct Key {
    keys: Arc<TenantKeys>,
    made: Vec<NewSubjectKey>,
}

impl Drop for Key {
    fn drop(&mut self) {
        self.keys.forget_unsaved(&self.made);
    }
}

impl Receiver {
    /// Begins with a new file.
    pub fn begin(
        files: &TenantFiles,
        keys: &Arc<TenantKeys>,
        kind: FileKind,
        file: FileId,
    ) -> Result<Self, FileError> {
        let name = ObjectName { kind, id: file };
        let upload = files.upload(name)?;
        let sealer = is_sealed(kind).then(Sealer::default);
        let made = sealer.as_ref().map(|_| keys.ensure(&[File::key(file)])).unwrap_or_default();
        let key = Key { keys: keys.clone(), made };
        let (content, stored) = (Hash::new(), Hash::new());
        let inspector = Inspector::default();
        Ok(Receiver { name, upload, inspector, content, stored, sealer, key, size: 0 })
    }

    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: &Bytes) -> Result<(), ContentError> {
        self.size += bytes.len() as u64;
        self.inspector.look(bytes);
        if self.inspector.is_hopeless() {
            return Err(ContentError::Hopeless);
        }
        self.content.0.update(bytes);
        let ready = match &mut self.sealer {
            None => bytes.clone(),
            Some(sealer) => sealer
                .push(&self.key.keys, File::key(self.name.id), bytes)
                .expect("its key was made a moment ago and stays until it is saved"),
        };
        self.store(&ready).await
    }

    async fn store(&mut self, ready: &Bytes) -> Result<(), ContentError> {
        self.stored.0.update(ready);
        Ok(self.upload.write(ready).await?)
    }

    /// Makes the object durable; answers what it is, and the key it was sealed with.
    pub async fn finish(mut self) -> Result<(Content, Option<NewSubjectKey>), ContentError> {
        let mut unsealed_sha256 = None;
        if let Some(sealer) = self.sealer.take() {
            let last = sealer
                .finish(&self.key.keys, File::key(self.name.id))
                .expect("its key was made a moment ago and stays until it is saved");
            self.store(&last).await?;
            unsealed_sha256 = Some(self.content.finish());
        }
        let media = self.inspector.finish();
        self.upload.finish().await?;
        let sha256 = self.stored.finish();
        let key = self.key.made.first().cloned();
        Ok((Content { size: self.size, media, sha256, unsealed_sha256 }, key))
    }
}
