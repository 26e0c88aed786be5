//! A keyring with one fixed key, so that sealed samples are the same on each run and can be opened
//! by anybody. Nonces follow from what is sealed: fit for samples, never for a person's data.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::personal::{KeyName, Keyring, KeyringError};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};

/// Seals under the SHA-256 of this text, whatever the subject.
const SECRET: &str = "the key of the samples in contracts/";

pub(crate) struct SampleKeys;

fn key() -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, &Sha256::digest(SECRET)).expect("32 bytes");
    LessSafeKey::new(key)
}

fn about(name: KeyName) -> Vec<u8> {
    [name.subject.0.as_bytes(), name.class.as_str().as_bytes()].concat()
}

fn nonce(bytes: &[u8]) -> Nonce {
    Nonce::try_assume_unique_for_key(bytes).expect("12 bytes")
}

impl Keyring for SampleKeys {
    fn seal(&self, name: KeyName, plain: &[u8]) -> Result<Vec<u8>, KeyringError> {
        let digest = Sha256::digest([about(name), plain.to_vec()].concat());
        let mut text = plain.to_vec();
        key()
            .seal_in_place_append_tag(
                nonce(&digest[..NONCE_LEN]),
                Aad::from(about(name)),
                &mut text,
            )
            .expect("a short text");
        Ok([&digest[..NONCE_LEN], &text].concat())
    }

    fn open(&self, name: KeyName, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyringError> {
        let (start, text) = sealed.split_at_checked(NONCE_LEN).ok_or(KeyringError::DoesNotOpen)?;
        let mut text = text.to_vec();
        let opened = key().open_in_place(nonce(start), Aad::from(about(name)), &mut text);
        Ok(Some(opened.map_err(|_| KeyringError::DoesNotOpen)?.to_vec()))
    }
}

/// The form in which sealed bytes stand in an envelope.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64")
}
