//! Keys of personal data: a master key in a file, one per tenant sealed under it, one per subject
//! and purpose sealed under the tenant's. To destroy a subject's key is to erase what it sealed.

pub mod carry;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::id::{SubjectId, TenantId};
use domain::personal::{KeyName, Keyring, KeyringError, PurposeClass};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};
use sqlx::Row;
use uuid::Uuid;

use crate::door::{DoorError, TenantTx};
use crate::platform::Platform;
use crate::secret_file::{self, SecretFileError};

const KEY_BYTES: usize = 32;
/// How long a key may be used without asking whether it was destroyed.
const KEY_AGE: Duration = Duration::from_secs(60);
/// The most subject keys remembered per tenant.
const KEYS_PER_TENANT: usize = 20_000;

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system's random source answers");
    bytes
}

fn aead(key: &[u8]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("a key of 32 bytes"))
}

fn seal(key: &LessSafeKey, about: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce = random::<NONCE_LEN>();
    let mut text = plain.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut text)
        .expect("the text is far below the cipher's limit");
    [nonce.as_slice(), &text].concat()
}

fn open(key: &LessSafeKey, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = text.to_vec();
    let length = key.open_in_place(nonce, Aad::from(about), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

/// What a sealed value is bound to, so that it can't be moved to another subject or purpose.
fn about(name: KeyName) -> Vec<u8> {
    about_class(name.subject.0, name.class.as_str())
}

fn about_class(subject: Uuid, class: &str) -> Vec<u8> {
    [subject.as_bytes(), class.as_bytes()].concat()
}

/// Why keys are not to be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database refused or is away.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The tenant has no key, or the master key is not the one that sealed it.
    #[error("the key of the tenant does not open with this master key")]
    WrongMasterKey,
}

/// The key that seals every tenant's key; kept in a file apart from the database.
pub struct MasterKey(LessSafeKey);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// Reads `master.key` in `folder`; makes it, with mode 0600, where it's missing.
    pub fn in_folder(folder: &Path) -> Result<Self, SecretFileError> {
        let path = folder.join("master.key");
        let text = secret_file::read_or_make(&path, || hex(&random::<KEY_BYTES>()))?;
        let bytes = unhex(&text).filter(|bytes| bytes.len() == KEY_BYTES).ok_or_else(|| {
            let why = "not a key: 64 hexadecimal digits are expected";
            SecretFileError::Io { path, source: std::io::Error::other(why) }
        })?;
        Ok(MasterKey(aead(&bytes)))
    }

    /// A new random key for a tenant, sealed.
    pub fn new_tenant_key(&self, tenant: TenantId) -> Vec<u8> {
        seal(&self.0, tenant.0.as_bytes(), &random::<KEY_BYTES>())
    }

    fn open_tenant_key(&self, tenant: TenantId, sealed: &[u8]) -> Option<Vec<u8>> {
        open(&self.0, tenant.0.as_bytes(), sealed)
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that `hex` wrote; none where the text is not that.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}

/// SHA-256, for secrets that are only ever compared.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, bytes).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[derive(Clone)]
enum Held {
    /// Usable; `unsaved` is its sealed form until the append that brings it is committed.
    Key {
        key: Arc<LessSafeKey>,
        unsaved: Option<Vec<u8>>,
        at: Instant,
    },
    Destroyed,
    /// There was none when last looked for.
    Absent {
        at: Instant,
    },
}

impl Held {
    fn is_fresh(&self) -> bool {
        match self {
            Held::Key { unsaved, at, .. } => unsaved.is_some() || at.elapsed() < KEY_AGE,
            Held::Destroyed => true,
            Held::Absent { at } => at.elapsed() < KEY_AGE,
        }
    }
}

/// The keys of one tenant.
pub struct TenantKeys {
    wrapping: LessSafeKey,
    claims: hmac::Key,
    /// What `claims` was made of: a log that moves takes it along, as its digests are in its
    /// events.
    claims_secret: [u8; KEY_BYTES],
    subjects: Mutex<HashMap<KeyName, Held>>,
}

impl std::fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantKeys")
    }
}

/// A subject's key that is not in the database yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubjectKey {
    /// Whose and for what.
    pub name: KeyName,
    /// The key under the tenant's key.
    pub sealed: Vec<u8>,
}

impl TenantKeys {
    /// Of 32 random bytes, and for a log that came from elsewhere the 32 of its claim secret.
    fn new(tenant_key: &[u8]) -> Self {
        let (own, brought) = tenant_key.split_at(KEY_BYTES.min(tenant_key.len()));
        let derive = |label: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, own);
            hmac::sign(&key, label)
        };
        let derived = derive(b"claims");
        let claims_secret: [u8; KEY_BYTES] = brought
            .try_into()
            .unwrap_or_else(|_| derived.as_ref().try_into().expect("SHA-256 has 32 bytes"));
        TenantKeys {
            wrapping: aead(derive(b"subject keys").as_ref()),
            claims: hmac::Key::new(hmac::HMAC_SHA256, &claims_secret),
            claims_secret,
            subjects: Mutex::default(),
        }
    }

    /// HMAC-SHA-256 of the parts, each length-prefixed, under the tenant's claim key: for what must
    /// be compared but not read.
    pub fn digest(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.claims);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign().as_ref().try_into().expect("SHA-256 has 32 bytes")
    }

    /// Loads the keys of these names that are not in memory yet; a name without a key stays
    /// without.
    pub async fn load(&self, tx: &mut TenantTx, names: &[KeyName]) -> Result<(), KeysError> {
        let missing: Vec<KeyName> = {
            let held = self.subjects.lock().expect("no panic under it");
            let fresh = |name: &&KeyName| !held.get(name).is_some_and(Held::is_fresh);
            names.iter().filter(fresh).copied().collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        let subjects: Vec<Uuid> = missing.iter().map(|name| name.subject.0).collect();
        let classes: Vec<&str> = missing.iter().map(|name| name.class.as_str()).collect();
        let rows = tx
            .query(
                "select k.subject_id, k.class, k.sealed_key
                 from unnest($1::uuid[], $2::text[]) as wanted (subject_id, class)
                 join {t}.subject_keys k using (subject_id, class)",
            )
            .bind(subjects)
            .bind(classes)
            .fetch_all()
            .await?;
        let mut held = self.subjects.lock().expect("no panic under it");
        if held.len() > KEYS_PER_TENANT {
            held.retain(|_, key| matches!(key, Held::Key { unsaved: Some(_), .. }));
        }
        let at = Instant::now();
        for name in missing {
            // A key made meanwhile by another command of this process stays.
            let stale = held.get(&name).is_none_or(|known| !known.is_fresh());
            if stale {
                held.insert(name, Held::Absent { at });
            }
        }
        for row in rows {
            let class: String = row.try_get(1).map_err(DoorError::from)?;
            let subject = SubjectId(row.try_get(0).map_err(DoorError::from)?);
            // A class of a later version: nothing of this version is sealed with it.
            let Some(class) = PurposeClass::parse(&class) else { continue };
            let name = KeyName { subject, class };
            let sealed: Option<Vec<u8>> = row.try_get(2).map_err(DoorError::from)?;
            let known = self.held(name, sealed.as_deref())?;
            let unsaved = matches!(held.get(&name), Some(Held::Key { unsaved: Some(_), .. }));
            if !unsaved {
                held.insert(name, known);
            }
        }
        Ok(())
    }

    fn held(&self, name: KeyName, sealed: Option<&[u8]>) -> Result<Held, KeysError> {
        let Some(sealed) = sealed else { return Ok(Held::Destroyed) };
        let key = open(&self.wrapping, &about(name), sealed).ok_or(KeysError::WrongMasterKey)?;
        Ok(Held::Key { key: Arc::new(aead(&key)), unsaved: None, at: Instant::now() })
    }

    /// Whether each of these is in memory, and fresh, so that nothing needs loading.
    pub fn knows(&self, names: &[KeyName]) -> bool {
        let held = self.subjects.lock().expect("no panic under it");
        names.iter().all(|name| held.get(name).is_some_and(Held::is_fresh))
    }

    /// Makes keys for the names that have none; answers every key that is not saved yet, to be
    /// written in the commit that uses it. Call `load` before.
    pub fn ensure(&self, names: &[KeyName]) -> Vec<NewSubjectKey> {
        let mut held = self.subjects.lock().expect("no panic under it");
        let mut unsaved_keys = Vec::new();
        for name in names {
            if matches!(held.get(name), None | Some(Held::Absent { .. })) {
                let key = random::<KEY_BYTES>();
                let unsaved = Some(seal(&self.wrapping, &about(*name), &key));
                let key = Arc::new(aead(&key));
                held.insert(*name, Held::Key { key, unsaved, at: Instant::now() });
            }
            if let Some(Held::Key { unsaved: Some(sealed), .. }) = held.get(name) {
                unsaved_keys.push(NewSubjectKey { name: *name, sealed: sealed.clone() });
            }
        }
        unsaved_keys
    }

    /// Takes up a key that `ensure` made and that was forgotten since, for whoever sealed something
    /// with it that is to be in the commit. One that is there already stays as it is.
    pub fn hold(&self, key: &NewSubjectKey) -> Result<(), KeysError> {
        let known = self.held(key.name, Some(&key.sealed))?;
        let mut held = self.subjects.lock().expect("no panic under it");
        if let (None | Some(Held::Absent { .. }), Held::Key { key: opened, .. }) =
            (held.get(&key.name), known)
        {
            let unsaved = Some(key.sealed.clone());
            held.insert(key.name, Held::Key { key: opened, unsaved, at: Instant::now() });
        }
        Ok(())
    }

    /// The commit that brought these keys is durable.
    pub fn saved(&self, keys: &[NewSubjectKey]) {
        let mut held = self.subjects.lock().expect("no panic under it");
        for key in keys {
            if let Some(Held::Key { unsaved, .. }) = held.get_mut(&key.name)
                && unsaved.as_deref() == Some(&key.sealed)
            {
                *unsaved = None;
            }
        }
    }

    /// Another process made a key for one of these subjects first: ours are forgotten.
    pub fn forget_unsaved(&self, keys: &[NewSubjectKey]) {
        let mut held = self.subjects.lock().expect("no panic under it");
        for key in keys {
            if let Some(Held::Key { unsaved: Some(sealed), .. }) = held.get(&key.name)
                && *sealed == key.sealed
            {
                held.remove(&key.name);
            }
        }
    }

    /// Destroys a subject's key for good: what it sealed reads as erased, here at once and in other
    /// processes once they ask again, which is within a minute. One that never was changes nothing.
    pub async fn destroy(&self, tx: &mut TenantTx, name: KeyName) -> Result<(), KeysError> {
        tx.query(
            "update {t}.subject_keys set sealed_key = null, destroyed_at = now()
             where subject_id = $1 and class = $2 and sealed_key is not null",
        )
        .bind(name.subject.0)
        .bind(name.class.as_str())
        .execute()
        .await?;
        self.subjects.lock().expect("no panic under it").insert(name, Held::Destroyed);
        Ok(())
    }

    fn find(&self, name: KeyName) -> Option<Held> {
        self.subjects.lock().expect("no panic under it").get(&name).cloned()
    }
}

impl Keyring for TenantKeys {
    fn seal(&self, name: KeyName, plain: &[u8]) -> Result<Vec<u8>, KeyringError> {
        match self.find(name) {
            Some(Held::Key { key, .. }) => Ok(seal(&key, &about(name), plain)),
            Some(Held::Destroyed) => Err(KeyringError::Destroyed),
            Some(Held::Absent { .. }) | None => Err(KeyringError::NotLoaded),
        }
    }

    fn open(&self, name: KeyName, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyringError> {
        match self.find(name) {
            Some(Held::Key { key, .. }) => {
                open(&key, &about(name), sealed).map(Some).ok_or(KeyringError::DoesNotOpen)
            }
            // No key at all reads like a destroyed one: an export without keys, say.
            Some(Held::Destroyed | Held::Absent { .. }) => Ok(None),
            None => Err(KeyringError::NotLoaded),
        }
    }
}

/// Hands out each tenant's keys.
#[derive(Debug, Clone)]
pub struct KeyStore {
    master: Arc<MasterKey>,
    platform: Platform,
    tenants: Arc<Mutex<HashMap<TenantId, Arc<TenantKeys>>>>,
}

impl KeyStore {
    /// Keys sealed under `master`, found through the catalogue.
    pub fn new(master: Arc<MasterKey>, platform: Platform) -> Self {
        KeyStore { master, platform, tenants: Arc::default() }
    }

    /// The master key.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Takes a tenant's keys out of this process's memory: it was destroyed.
    pub fn forget(&self, tenant: TenantId) {
        self.tenants.lock().expect("no panic under it").remove(&tenant);
    }

    /// The keys of a tenant.
    pub async fn of(&self, tenant: TenantId) -> Result<Arc<TenantKeys>, KeysError> {
        if let Some(keys) = self.tenants.lock().expect("no panic under it").get(&tenant) {
            return Ok(keys.clone());
        }
        let sealed = self.platform.sealed_tenant_key(tenant).await?;
        let sealed = sealed.ok_or(DoorError::NoSuchTenant)?;
        let key = self.master.open_tenant_key(tenant, &sealed).ok_or(KeysError::WrongMasterKey)?;
        let mut tenants = self.tenants.lock().expect("no panic under it");
        Ok(tenants.entry(tenant).or_insert_with(|| Arc::new(TenantKeys::new(&key))).clone())
    }
}
