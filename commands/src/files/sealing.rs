//! The form of a sealed object: pieces of at most 64 KiB, each its length in four bytes, most
//! significant first, and its sealed bytes. That no piece is missing, doubled or moved is held by
//! the hash over the whole.

use bytes::{Buf, Bytes, BytesMut};
use domain::personal::{KeyName, Keyring, KeyringError};
use migrations::keys::TenantKeys;

const PIECE: usize = 64 << 10;
/// Nonce and tag.
const EXTRA: usize = 12 + 16;

/// Cuts content into pieces and seals them.
#[derive(Debug, Default)]
pub(super) struct Sealer {
    waiting: BytesMut,
}

impl Sealer {
    /// Takes the next bytes; answers what is ready to be stored.
    pub(super) fn push(
        &mut self,
        keys: &TenantKeys,
        name: KeyName,
        bytes: &[u8],
    ) -> Result<Bytes, KeyringError> {
        self.waiting.extend_from_slice(bytes);
        let mut ready = BytesMut::new();
        while self.waiting.len() >= PIECE {
            let piece = self.waiting.split_to(PIECE);
            seal(keys, name, &piece, &mut ready)?;
        }
        Ok(ready.freeze())
    }

    /// The last piece.
    pub(super) fn finish(self, keys: &TenantKeys, name: KeyName) -> Result<Bytes, KeyringError> {
        let mut ready = BytesMut::new();
        if !self.waiting.is_empty() {
            seal(keys, name, &self.waiting, &mut ready)?;
        }
        Ok(ready.freeze())
    }
}

fn seal(
    keys: &TenantKeys,
    name: KeyName,
    piece: &[u8],
    out: &mut BytesMut,
) -> Result<(), KeyringError> {
    let sealed = keys.seal(name, piece)?;
    let length = u32::try_from(sealed.len()).expect("a piece is short");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&sealed);
    Ok(())
}

/// Opens pieces as they come.
#[derive(Debug, Default)]
pub(super) struct Opener {
    waiting: BytesMut,
}

impl Opener {
    /// Takes the next stored bytes; answers the content in them. None where the key is destroyed.
    pub(super) fn push(
        &mut self,
        keys: &TenantKeys,
        name: KeyName,
        bytes: &[u8],
    ) -> Result<Option<Bytes>, KeyringError> {
        self.waiting.extend_from_slice(bytes);
        let mut ready = BytesMut::new();
        while let Some(length) = self.waiting.first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            if length > PIECE + EXTRA {
                return Err(KeyringError::DoesNotOpen);
            }
            if self.waiting.len() < 4 + length {
                break;
            }
            self.waiting.advance(4);
            let sealed = self.waiting.split_to(length);
            let Some(piece) = keys.open(name, &sealed)? else { return Ok(None) };
            ready.extend_from_slice(&piece);
        }
        Ok(Some(ready.freeze()))
    }

    /// Whether nothing is left over.
    pub(super) fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }
}
