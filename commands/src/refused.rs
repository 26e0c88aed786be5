//! How a command can end otherwise than well, and what it answers when it does well.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event_log::AppendError;
use crate::event_log::read::ReadError;
use migrations::DoorError;
use migrations::keys::KeysError;

/// A rule of the business said no. It carries ids and values of settings, never a person's text, so
/// that it can be kept and answered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Stable, such as `time.overlap`.
    pub code: String,
    /// JSON pointer of the field that's at fault, where one is; of several, apart by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is the matter and what to do.
    pub detail: String,
}

/// How a command can end otherwise than well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// A rule of the business said no.
    #[error("{}: {}", .0.code, .0.detail)]
    Refused(Refused),
    /// The answer was given before for the same key: it's a refusal again.
    #[error("{}: {}", .0.code, .0.detail)]
    RefusedBefore(Refused),
    /// What the command is about does not exist, or is another tenant's.
    #[error("not found")]
    NotFound,
    /// Something that the request names does not exist, or is another tenant's: the JSON pointer of
    /// the field that names it, or the part of the path in braces.
    #[error("not found: {0}")]
    Missing(String),
    /// The actor may not do this.
    #[error("the actor may not do this")]
    Forbidden,
    /// The object has another version than the one the caller saw.
    #[error("the object has changed since it was read")]
    Stale,
    /// Others kept changing the same things; nothing was written.
    #[error("others changed the same things at the same time; try again")]
    Conflict,
    /// The same key came with another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The first request with this key is still being handled.
    #[error("the first request with this idempotency key is still being handled")]
    StillRunning,
    /// Nothing can be written or read now; try again.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A bug: what is stored or asked makes no sense.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<DoorError> for CommandError {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Busy | DoorError::Away(_) => CommandError::Unavailable(error.to_string()),
            DoorError::NoSuchTenant => CommandError::NotFound,
            DoorError::Constraint(_) | DoorError::NoBuilder | DoorError::Refused { .. } => {
                CommandError::Internal(error.to_string())
            }
        }
    }
}

impl From<ReadError> for CommandError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Door(error) => error.into(),
            ReadError::Decode { .. } => CommandError::Internal(error.to_string()),
        }
    }
}

impl From<KeysError> for CommandError {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Door(error) => error.into(),
            KeysError::WrongMasterKey => CommandError::Internal(error.to_string()),
        }
    }
}

impl From<AppendError> for CommandError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::StreamMoved(_) | AppendError::ClaimHeld(_) | AppendError::KeyClash => {
                CommandError::Conflict
            }
            AppendError::AlreadyHandled => CommandError::StillRunning,
            AppendError::Erased => CommandError::Refused(Refused {
                code: "personal.erased".into(),
                field: None,
                detail: error.to_string(),
            }),
            AppendError::Unavailable(why) => CommandError::Unavailable(why),
            AppendError::Malformed(why) => CommandError::Internal(why),
        }
    }
}

/// What a command made or changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The object, where there is one to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Whether the object is new.
    #[serde(default)]
    pub created: bool,
}

impl Reply {
    /// A new object.
    pub fn created(id: impl Into<Uuid>) -> Self {
        Reply { id: Some(id.into()), created: true }
    }

    /// An object that was there before.
    pub fn changed(id: impl Into<Uuid>) -> Self {
        Reply { id: Some(id.into()), created: false }
    }
}

/// Something that is worth another look though nothing was refused. It's kept with the answer, so
/// that a repeated request is told the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned {
    /// Of several items, the one it's about: 0, 1, 2, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<usize>,
    /// The stable code.
    pub code: String,
    /// What to say of it, for people.
    pub detail: String,
}

/// An answer as it's kept under its key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    /// What was made or changed.
    #[serde(flatten)]
    pub(crate) reply: Reply,
    /// What is worth another look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warned>,
}

/// What a command did, and what is worth another look.
pub(crate) type Told = (Done, Vec<Warned>);

/// What a handled command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// What it made or changed.
    pub reply: Reply,
    /// Where its last event stands; of a command that changed nothing, where the log ended.
    pub position: i64,
    /// Whether it was handled before and only answered again now.
    pub replayed: bool,
}
