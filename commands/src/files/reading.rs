//! A content on its way out. The whole object is measured against the log before the first byte is
//! given, and again while it goes: what was changed in the store is never handed out as if it were
//! what was kept.

use std::sync::Arc;

use bytes::Bytes;
use domain::files::{File, FileStored};
use domain::personal::{KeyName, KeyringError};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use migrations::files::{FileError, ObjectName, TenantFiles};
use migrations::keys::{TenantKeys, hex};
use ring::digest::{Context, SHA256};

use super::sealing::Opener;

/// The most that is held in memory instead of being read twice.
const IN_MEMORY: u64 = 1 << 20;

/// Why a content is not given.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] FileError),
    /// The object is not there, or not what was kept.
    #[error("the content is not what was kept")]
    Changed,
    /// The key is destroyed: the person was erased.
    #[error("the content was erased")]
    Erased,
    /// The key is not in memory.
    #[error("the key of the content was not loaded")]
    NotLoaded,
}

/// A content that was found as it was kept.
pub struct OpenFile {
    /// Its bytes in pieces.
    pub bytes: BoxStream<'static, Result<Bytes, ReadError>>,
}

impl std::fmt::Debug for OpenFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenFile")
    }
}

/// Opens the content of a file, whose key must be loaded. A change is told to the operator.
pub async fn open(
    files: &TenantFiles,
    keys: &Arc<TenantKeys>,
    stored: &FileStored,
) -> Result<OpenFile, ReadError> {
    let found = measured(files, stored).await;
    if let Err(ReadError::Changed) = &found {
        let (tenant, file) = (files.tenant(), stored.file);
        tracing::error!(%tenant, %file, "the object of a file is not what the log says");
        metrics::counter!("files_changed_total").increment(1);
    }
    let raw = match found? {
        Some(held) => futures::stream::iter([Ok(held)]).boxed(),
        None => checked(files, stored).await?,
    };
    let bytes = if stored.sealed {
        let (keys, name) = (keys.clone(), File::key(stored.file));
        // The first piece is opened here, so that a destroyed key is known before any byte is said.
        let mut opened = opened(raw, keys, name).boxed();
        let first = opened.try_next().await?;
        futures::stream::iter(first.map(Ok)).chain(opened).boxed()
    } else {
        raw
    };
    Ok(OpenFile { bytes })
}

fn name_of(stored: &FileStored) -> ObjectName {
    ObjectName { kind: stored.kind, id: stored.file }
}

/// Whether the object is what was kept; a short one is answered whole.
async fn measured(files: &TenantFiles, stored: &FileStored) -> Result<Option<Bytes>, ReadError> {
    let found = files.get(name_of(stored)).await?.ok_or(ReadError::Changed)?;
    let mut bytes = found.bytes;
    let mut hash = Context::new(&SHA256);
    let mut held = (found.size <= IN_MEMORY).then(Vec::new);
    while let Some(piece) = bytes.try_next().await? {
        hash.update(&piece);
        if let Some(held) = &mut held {
            held.extend_from_slice(&piece);
        }
    }
    if hex(hash.finish().as_ref()) != stored.sha256 {
        return Err(ReadError::Changed);
    }
    Ok(held.map(Bytes::from))
}

/// The object again, piece by piece; it ends in an error where it's not the same any more.
async fn checked(
    files: &TenantFiles,
    stored: &FileStored,
) -> Result<BoxStream<'static, Result<Bytes, ReadError>>, ReadError> {
    let found = files.get(name_of(stored)).await?.ok_or(ReadError::Changed)?;
    let start = (found.bytes, Some(Context::new(&SHA256)), stored.sha256.clone());
    let stream = futures::stream::try_unfold(start, |(mut bytes, hash, expected)| async move {
        let Some(mut hash) = hash else { return Ok(None) };
        match bytes.try_next().await? {
            Some(piece) => {
                hash.update(&piece);
                Ok(Some((piece, (bytes, Some(hash), expected))))
            }
            None if hex(hash.finish().as_ref()) == expected => Ok(None),
            None => Err(ReadError::Changed),
        }
    });
    Ok(stream.boxed())
}

fn opened(
    raw: BoxStream<'static, Result<Bytes, ReadError>>,
    keys: Arc<TenantKeys>,
    name: KeyName,
) -> impl futures::Stream<Item = Result<Bytes, ReadError>> + Send + 'static {
    let start = (raw, Opener::default());
    futures::stream::try_unfold(start, move |(mut raw, mut opener)| {
        let keys = keys.clone();
        async move {
            while let Some(piece) = raw.try_next().await? {
                let opened = opener.push(&keys, name, &piece).map_err(|error| match error {
                    KeyringError::DoesNotOpen => ReadError::Changed,
                    KeyringError::NotLoaded => ReadError::NotLoaded,
                    KeyringError::Destroyed => ReadError::Erased,
                })?;
                let content = opened.ok_or(ReadError::Erased)?;
                if !content.is_empty() {
                    return Ok(Some((content, (raw, opener))));
                }
            }
            if opener.is_done() { Ok(None) } else { Err(ReadError::Changed) }
        }
    })
}
