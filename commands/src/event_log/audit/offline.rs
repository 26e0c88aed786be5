//! What a check of a log needs where there is no database: a root signed at any position, and a
//! signature checked by the public key alone.

use std::io;

use domain::id::{LogId, TenantId};
use domain::log::Hash;
use jiff::Timestamp;
use migrations::keys::{hex, sha256};
use ring::signature::{ED25519, UnparsedPublicKey};

use super::{CheckpointSigner, SignedCheckpoint, signed_text};

/// The first 16 hexadecimal digits of SHA-256 over a public key.
pub fn key_id_of(public_key: &[u8]) -> String {
    hex(&sha256(public_key)[..8])
}

/// Whether the text was signed by the holder of this public key.
pub fn is_signed(public_key: &[u8], text: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(text, signature).is_ok()
}

impl SignedCheckpoint {
    /// Whether it's of this log and was signed by the holder of this public key.
    pub fn is_of(&self, log: LogId, public_key: &[u8]) -> bool {
        let text = signed_text(log, self.position, &self.root, self.signed_at);
        is_signed(public_key, text.as_bytes(), &self.signature)
    }
}

impl CheckpointSigner {
    /// Signs a root that was read before, and keeps no copy of it.
    pub fn sign_root(
        &self,
        log: LogId,
        position: i64,
        root: Hash,
        at: Timestamp,
    ) -> SignedCheckpoint {
        let signature = self.sign_text(signed_text(log, position, &root, at).as_bytes());
        SignedCheckpoint { position, root, signed_at: at, key_id: self.key_id(), signature }
    }

    /// Removes the copies outside of the database of what was signed for a tenant that is gone.
    pub fn forget(&self, tenant: TenantId) -> io::Result<()> {
        match std::fs::remove_file(self.outside_of(tenant)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// The signature of a text.
    pub fn sign_text(&self, text: &[u8]) -> Vec<u8> {
        self.pair.sign(text).as_ref().to_vec()
    }
}
