//! Personal data in events. A `Personal<T>` names whose datum it is and for what purpose it's held,
//! and it can be written down only sealed under that subject's key: to serialise it in clear is an
//! error. When the key is destroyed it reads as erased, and every fold copes with that.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::id::SubjectId;

/// What a personal field is held for. Each subject has one key per class, so that one purpose can
/// end while another goes on (a note may go at once, a name on an invoice may not).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PurposeClass {
    /// Who somebody is: names, addresses.
    Identity,
    /// Free text about work done.
    Note,
    /// Why a change was made.
    Reason,
    /// From where a command came: network address and agent.
    Origin,
    /// The name and the content of a file.
    Document,
    /// Why somebody is away; ends before what tells the hours of their work.
    LeaveReason,
}

impl PurposeClass {
    /// The name stored in envelopes and in the key table.
    pub fn as_str(self) -> &'static str {
        match self {
            PurposeClass::Identity => "identity",
            PurposeClass::Note => "note",
            PurposeClass::Reason => "reason",
            PurposeClass::Origin => "origin",
            PurposeClass::Document => "document",
            PurposeClass::LeaveReason => "leave_reason",
        }
    }

    /// The class of a stored name, or `None` where this version does not know it.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [
            Self::Identity,
            Self::Note,
            Self::Reason,
            Self::Origin,
            Self::Document,
            Self::LeaveReason,
        ];
        all.into_iter().find(|class| class.as_str() == name)
    }
}

/// Which key seals a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName {
    /// Whose datum it is.
    pub subject: SubjectId,
    /// What it's held for.
    pub class: PurposeClass,
}

/// A value under its subject's key: `p1.<class>.<subject>.<base64url(nonce ‖ ciphertext ‖ tag)>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope(String);

impl Envelope {
    fn new(key: KeyName, sealed: &[u8]) -> Self {
        let subject = key.subject.0.simple();
        let body = URL_SAFE_NO_PAD.encode(sealed);
        Envelope(format!("p1.{}.{subject}.{body}", key.class.as_str()))
    }

    /// The envelope in `text`, or `None` where it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let envelope = Envelope(text.to_owned());
        envelope.parts().is_some().then_some(envelope)
    }

    fn parts(&self) -> Option<(KeyName, &str)> {
        let rest = self.0.strip_prefix("p1.")?;
        let (class, rest) = rest.split_once('.')?;
        let (subject, body) = rest.split_once('.')?;
        let subject = SubjectId(Uuid::try_parse(subject).ok()?);
        Some((KeyName { subject, class: PurposeClass::parse(class)? }, body))
    }

    /// Which key opens it.
    pub fn key(&self) -> KeyName {
        self.parts().expect("an envelope is parsed before it is made").0
    }

    /// The stored text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn sealed_bytes(&self) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(self.parts()?.1).ok()
    }
}

/// What a keyring could not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// The key was not loaded before the fold or the append began.
    #[error("the key of a subject was not loaded")]
    NotLoaded,
    /// The bytes were not sealed by this key, or were changed since.
    #[error("a sealed field does not open with its key: it was changed or moved")]
    DoesNotOpen,
    /// A new value can't be sealed for a subject that was erased.
    #[error("the subject was erased: nothing new can be recorded about it")]
    Destroyed,
}

/// The keys of one tenant's subjects, already loaded.
pub trait Keyring {
    /// Seals `plain` under the key; fails where the key is not loaded or was destroyed.
    fn seal(&self, key: KeyName, plain: &[u8]) -> Result<Vec<u8>, KeyringError>;
    /// Opens what `seal` made; `None` where the key was destroyed.
    fn open(&self, key: KeyName, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyringError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State<T> {
    Clear(T),
    Sealed(Envelope),
    Opened(Envelope, T),
    Erased(Envelope),
}

/// A personal value of a subject: clear before it's stored, sealed in the log, opened for a reader.
#[derive(Debug, Clone)]
pub struct Personal<T> {
    key: KeyName,
    state: State<T>,
}

/// Two are equal when they hold the same value in clear, or the same sealed bytes.
impl<T: PartialEq> PartialEq for Personal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
            && match (self.envelope(), other.envelope()) {
                (Some(mine), Some(theirs)) => mine == theirs,
                _ => self.get() == other.get() && self.get().is_some(),
            }
    }
}

impl<T: Eq> Eq for Personal<T> {}

impl<T> Personal<T> {
    /// A new value, still in clear.
    pub fn new(subject: SubjectId, class: PurposeClass, value: T) -> Self {
        Personal { key: KeyName { subject, class }, state: State::Clear(value) }
    }

    /// A sealed value as a read model or the log holds it.
    pub fn from_envelope(envelope: Envelope) -> Self {
        Personal { key: envelope.key(), state: State::Sealed(envelope) }
    }

    /// The value, where it's in clear or was opened; `None` while sealed, and for ever once erased.
    pub fn get(&self) -> Option<&T> {
        match &self.state {
            State::Clear(value) | State::Opened(_, value) => Some(value),
            State::Sealed(_) | State::Erased(_) => None,
        }
    }

    /// Whether the subject's key was destroyed.
    pub fn is_erased(&self) -> bool {
        matches!(self.state, State::Erased(_))
    }

    /// The sealed form, where there is one.
    pub fn envelope(&self) -> Option<&Envelope> {
        match &self.state {
            State::Clear(_) => None,
            State::Sealed(envelope) | State::Opened(envelope, _) | State::Erased(envelope) => {
                Some(envelope)
            }
        }
    }
}

/// A personal field whatever its type: what a store sees of it.
pub trait PersonalField {
    /// Which key it's sealed under.
    fn key(&self) -> KeyName;
    /// Seals a clear value in place; one that is sealed stays as it is.
    fn seal(&mut self, keyring: &dyn Keyring) -> Result<(), KeyringError>;
    /// Opens a sealed value in place, or marks it erased; a clear one stays as it is.
    fn open(&mut self, keyring: &dyn Keyring) -> Result<(), KeyringError>;
}

impl<T: Serialize + DeserializeOwned> PersonalField for Personal<T> {
    fn key(&self) -> KeyName {
        self.key
    }

    fn seal(&mut self, keyring: &dyn Keyring) -> Result<(), KeyringError> {
        let State::Clear(value) = &self.state else {
            return Ok(());
        };
        let plain = serde_json::to_vec(value).expect("personal values are plain data");
        let envelope = Envelope::new(self.key, &keyring.seal(self.key, &plain)?);
        self.state = State::Sealed(envelope);
        Ok(())
    }

    fn open(&mut self, keyring: &dyn Keyring) -> Result<(), KeyringError> {
        let State::Sealed(envelope) = &self.state else {
            return Ok(());
        };
        let sealed = envelope.sealed_bytes().ok_or(KeyringError::DoesNotOpen)?;
        let envelope = envelope.clone();
        self.state = match keyring.open(self.key, &sealed)? {
            None => State::Erased(envelope),
            Some(plain) => {
                let value =
                    serde_json::from_slice(&plain).map_err(|_| KeyringError::DoesNotOpen)?;
                State::Opened(envelope, value)
            }
        };
        Ok(())
    }
}

/// Something that may hold personal fields; visited to seal and to open them.
pub trait PersonalFields {
    /// Calls `visit` with each personal field, in a fixed order.
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField));
}

impl<T: Serialize + DeserializeOwned> PersonalFields for Personal<T> {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        visit(self);
    }
}

impl<F: PersonalFields> PersonalFields for Option<F> {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        self.iter_mut().for_each(|field| field.each_personal(visit));
    }
}

impl<F: PersonalFields> PersonalFields for Box<F> {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        F::each_personal(self, visit);
    }
}

impl<F: PersonalFields> PersonalFields for Vec<F> {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        self.iter_mut().for_each(|field| field.each_personal(visit));
    }
}

/// Seals or opens every personal field of `holder` with `step`; stops at the first error.
pub fn try_each_personal(
    holder: &mut impl PersonalFields,
    mut step: impl FnMut(&mut dyn PersonalField) -> Result<(), KeyringError>,
) -> Result<(), KeyringError> {
    let mut outcome = Ok(());
    holder.each_personal(&mut |field| {
        if outcome.is_ok() {
            outcome = step(field);
        }
    });
    outcome
}

impl<T> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.envelope() {
            Some(envelope) => serializer.serialize_str(envelope.as_str()),
            None => Err(S::Error::custom("a personal field is written only when sealed")),
        }
    }
}

impl<'de, T> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let envelope = Envelope(text);
        match envelope.parts() {
            Some((key, _)) => Ok(Personal { key, state: State::Sealed(envelope) }),
            None => Err(D::Error::custom("not a sealed personal field")),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.get(), self.is_erased()) {
            (Some(value), _) => value.fmt(f),
            (None, true) => f.write_str("(erased)"),
            (None, false) => f.write_str("(sealed)"),
        }
    }
}

/// A personal text that no two holders may share, with the tenant-keyed digest that claims it.
///
/// The digest is an HMAC made by the write side and lives inside the sealed field, so that it goes
/// with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unique {
    /// The text itself.
    pub text: String,
    /// Hexadecimal HMAC-SHA-256 of the normalised text under the tenant's claim key.
    pub digest: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A keyring that adds a byte, so that sealed differs from clear; `None` stands for erased.
    struct Shift(Option<u8>);

    impl Keyring for Shift {
        fn seal(&self, _: KeyName, plain: &[u8]) -> Result<Vec<u8>, KeyringError> {
            let by = self.0.ok_or(KeyringError::Destroyed)?;
            Ok(plain.iter().map(|byte| byte.wrapping_add(by)).collect())
        }

        fn open(&self, _: KeyName, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyringError> {
            Ok(self.0.map(|by| sealed.iter().map(|byte| byte.wrapping_sub(by)).collect()))
        }
    }

    fn name() -> Personal<String> {
        Personal::new(SubjectId(Uuid::from_u128(7)), PurposeClass::Identity, "Nova Example".into())
    }

    #[test]
    fn a_personal_field_in_clear_refuses_to_be_written() {
        assert!(serde_json::to_string(&name()).is_err());
    }

    #[test]
    fn a_sealed_field_opens_to_what_was_sealed() {
        let mut field = name();
        field.seal(&Shift(Some(3))).expect("the key is there");
        let stored = serde_json::to_string(&field).expect("sealed fields are written");
        assert!(!stored.contains("Nova"));
        let mut read: Personal<String> = serde_json::from_str(&stored).expect("an envelope");
        assert_eq!(read.get(), None);
        read.open(&Shift(Some(3))).expect("the key is there");
        assert_eq!(read.get().map(String::as_str), Some("Nova Example"));
        assert_eq!(serde_json::to_string(&read).expect("still sealed"), stored);
    }

    #[test]
    fn a_field_whose_key_was_destroyed_reads_as_erased() {
        let mut field = name();
        field.seal(&Shift(Some(3))).expect("the key is there");
        field.open(&Shift(None)).expect("a destroyed key is no error");
        assert!(field.is_erased());
        assert_eq!(field.to_string(), "(erased)");
        assert!(name().seal(&Shift(None)).is_err());
    }
}
