//! An object that is being written. It's there whole once `finish` has answered, and not at all
//! before: dropped or aborted, it leaves nothing behind.

use bytes::{Bytes, BytesMut};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt, PutPayload};
use std::sync::Arc;

use super::{FileError, Place};

/// An object on its way into the store, piece by piece.
#[derive(Debug)]
pub struct Upload {
    place: Arc<Place>,
    key: Path,
    waiting: BytesMut,
    parts: Option<Box<dyn MultipartUpload>>,
    size: u64,
}

impl Upload {
    pub(super) fn new(place: Arc<Place>, key: Path) -> Self {
        Upload { place, key, waiting: BytesMut::new(), parts: None, size: 0 }
    }

    /// Takes the next bytes. At most one part is held in memory.
    pub async fn write(&mut self, bytes: &Bytes) -> Result<(), FileError> {
        self.size += bytes.len() as u64;
        self.waiting.extend_from_slice(bytes);
        while self.waiting.len() >= self.place.part_bytes {
            let part = self.waiting.split_to(self.place.part_bytes).freeze();
            self.send(part).await?;
        }
        Ok(())
    }

    async fn send(&mut self, part: Bytes) -> Result<(), FileError> {
        if self.parts.is_none() {
            self.parts = Some(self.place.store.put_multipart(&self.key).await?);
        }
        let parts = self.parts.as_mut().expect("it was put there just now");
        Ok(parts.put_part(PutPayload::from(part)).await?)
    }

    /// Makes the object durable; answers its length in bytes.
    pub async fn finish(mut self) -> Result<u64, FileError> {
        let last = self.waiting.split().freeze();
        if self.parts.is_none() {
            // A short object needs one request only.
            self.place.store.put(&self.key, PutPayload::from(last)).await?;
            return Ok(self.size);
        }
        if !last.is_empty() {
            self.send(last).await?;
        }
        let mut parts = self.parts.take().expect("there is one, as was seen above");
        match parts.complete().await {
            Ok(_) => Ok(self.size),
            Err(error) => {
                self.parts = Some(parts);
                Err(error.into())
            }
        }
    }

    /// Gives the upload up; what was sent is taken back.
    pub async fn abort(mut self) {
        if let Some(parts) = self.parts.take() {
            take_back(parts).await;
        }
    }
}

async fn take_back(mut parts: Box<dyn MultipartUpload>) {
    if let Err(error) = parts.abort().await {
        tracing::warn!(%error, "parts of an upload that was given up stay in the file store");
    }
}

/// A bucket keeps the parts of an upload that nobody ends, and asks to be paid for them.
impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(parts), Ok(runtime)) =
            (self.parts.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(take_back(parts));
        }
    }
}
