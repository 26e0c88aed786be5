//! Keys on their way from one tenant to another: each is opened under the sender's key and sealed
//! under one that both sides share, never in clear outside of memory. A tenant's own key does not
//! travel: what arrives somewhere gets a new one, and only the claim secret comes along.

use std::path::Path;

use domain::id::TenantId;
use ring::aead::LessSafeKey;
use ring::hmac;
use uuid::Uuid;

use super::{
    KEY_BYTES, KeysError, MasterKey, TenantKeys, about_class, aead, hex, open, random, seal, unhex,
};
use crate::secret_file::{self, SecretFileError};

const CLAIMS: &[u8] = b"claims";

/// A key that the sender and the receiver of a tenant share.
pub struct CarryKey(LessSafeKey);

impl std::fmt::Debug for CarryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CarryKey")
    }
}

/// A new key of a tenant that arrives: sealed for the catalogue, and ready for use.
#[derive(Debug)]
pub struct ArrivingKeys {
    /// As the catalogue keeps it.
    pub sealed: Vec<u8>,
    /// Its use.
    pub keys: TenantKeys,
}

impl CarryKey {
    /// A key for one journey within this process.
    pub fn random() -> Self {
        CarryKey(aead(&random::<KEY_BYTES>()))
    }

    /// A fresh salt: each export has a key of its own under the same key file.
    pub fn new_salt() -> [u8; KEY_BYTES] {
        random()
    }

    /// The key of the export with this salt under the key file: 64 hexadecimal digits, readable by
    /// its owner only. `make` writes a new one where it's missing.
    pub fn of_file(path: &Path, salt: &[u8], make: bool) -> Result<Self, SecretFileError> {
        if !make {
            // A missing file is an error, not a new key that opens nothing.
            std::fs::metadata(path)
                .map_err(|source| SecretFileError::Io { path: path.to_owned(), source })?;
        }
        let text = secret_file::read_or_make(path, || hex(&random::<KEY_BYTES>()))?;
        let bytes = unhex(&text).filter(|bytes| bytes.len() == KEY_BYTES).ok_or_else(|| {
            let why = "not a key: 64 hexadecimal digits are expected";
            SecretFileError::Io { path: path.to_owned(), source: std::io::Error::other(why) }
        })?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        let about = [b"crowdminder export".as_slice(), salt].concat();
        Ok(CarryKey(aead(hmac::sign(&key, &about).as_ref())))
    }
}

impl TenantKeys {
    /// The claim secret for the journey.
    pub fn carry_claims(&self, under: &CarryKey) -> Vec<u8> {
        seal(&under.0, CLAIMS, &self.claims_secret)
    }

    /// A subject's key, as stored, for the journey.
    pub fn carry_subject(
        &self,
        subject: Uuid,
        class: &str,
        sealed: &[u8],
        under: &CarryKey,
    ) -> Result<Vec<u8>, KeysError> {
        let about = about_class(subject, class);
        let key = open(&self.wrapping, &about, sealed).ok_or(KeysError::WrongMasterKey)?;
        Ok(seal(&under.0, &about, &key))
    }

    /// A subject's key from a journey, as it's to be stored here; none where it does not open.
    pub fn take_subject(
        &self,
        subject: Uuid,
        class: &str,
        carried: &[u8],
        under: &CarryKey,
    ) -> Option<Vec<u8>> {
        let about = about_class(subject, class);
        let key = open(&under.0, &about, carried)?;
        Some(seal(&self.wrapping, &about, &key))
    }
}

impl MasterKey {
    /// The keys of a tenant that arrives with its claim secret, or without any; none where the
    /// secret does not open.
    pub fn arriving(
        &self,
        tenant: TenantId,
        claims: Option<(&[u8], &CarryKey)>,
    ) -> Option<ArrivingKeys> {
        let mut key = random::<KEY_BYTES>().to_vec();
        if let Some((carried, under)) = claims {
            let secret = open(&under.0, CLAIMS, carried)?;
            key.extend((secret.len() == KEY_BYTES).then_some(secret)?);
        }
        let sealed = seal(&self.0, tenant.0.as_bytes(), &key);
        Some(ArrivingKeys { sealed, keys: TenantKeys::new(&key) })
    }
}

#[cfg(test)]
mod tests {
    use domain::id::SubjectId;
    use domain::personal::{KeyName, Keyring, PurposeClass};

    use super::*;

    #[test]
    fn a_tenant_that_arrives_makes_the_digests_it_made_before_and_has_a_key_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let master = MasterKey::in_folder(folder.path()).expect("a master key");
        let (a, b) = (TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        let from = master.arriving(a, None).expect("nothing to open");
        let file = folder.path().join("export.key");
        let salt = CarryKey::new_salt();
        let journey = CarryKey::of_file(&file, &salt, true).expect("made");
        let claims = from.keys.carry_claims(&journey);
        let arrival = CarryKey::of_file(&file, &salt, false).expect("read");
        let to = master.arriving(b, Some((&claims, &arrival))).expect("opens");
        assert_eq!(from.keys.digest("x", &[b"y"]), to.keys.digest("x", &[b"y"]));
        // Its stored form opens to the same again.
        let stored = master.open_tenant_key(b, &to.sealed).expect("own master key");
        assert_eq!(TenantKeys::new(&stored).digest("x", &[b"y"]), to.keys.digest("x", &[b"y"]));
        // A subject's key that was sealed for one does not open with the other's.
        let name = KeyName { subject: SubjectId(a.0), class: PurposeClass::Note };
        let made = from.keys.ensure(&[name]).remove(0).sealed;
        assert!(open(&to.keys.wrapping, &super::super::about(name), &made).is_none());
        let carried = from.keys.carry_subject(a.0, "note", &made, &journey).expect("opens");
        assert_eq!(to.keys.take_subject(b.0, "note", &carried, &arrival), None);
        let taken = to.keys.take_subject(a.0, "note", &carried, &arrival).expect("opens");
        let key = open(&to.keys.wrapping, &super::super::about(name), &taken).expect("opens");
        let text = from.keys.seal(name, b"text").expect("the key is there");
        let read = open(&aead(&key), &super::super::about(name), &text);
        assert_eq!(read.as_deref(), Some(b"text".as_slice()));
    }

    #[test]
    fn a_key_file_that_is_missing_or_another_opens_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let master = MasterKey::in_folder(folder.path()).expect("a master key");
        let tenant = TenantId(Uuid::from_u128(1));
        let keys = master.arriving(tenant, None).expect("nothing to open").keys;
        let (one, other) = (folder.path().join("one.key"), folder.path().join("other.key"));
        assert!(CarryKey::of_file(&one, b"salt", false).is_err());
        let claims = keys.carry_claims(&CarryKey::of_file(&one, b"salt", true).expect("made"));
        let other = CarryKey::of_file(&other, b"salt", true).expect("made");
        assert!(master.arriving(tenant, Some((&claims, &other))).is_none());
        let salted = CarryKey::of_file(&one, b"pepper", false).expect("read");
        assert!(master.arriving(tenant, Some((&claims, &salted))).is_none());
    }
}
