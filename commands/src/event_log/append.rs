//! What one command asks the log to write: all of it or nothing.

use domain::id::{CommandId, StreamId, TenantId};
use domain::jobs::JobState;
use domain::log::{ClaimChange, ClaimKey, Event, Metadata, claims_of};
use domain::personal::{KeyName, KeyringError, PersonalFields, try_each_personal};
use jiff::Timestamp;
use migrations::DoorError;
use migrations::keys::{KeysError, NewSubjectKey, TenantKeys};
use uuid::Uuid;

/// New events of one stream.
#[derive(Debug, Clone)]
pub struct StreamAppend {
    /// The kind of stream.
    pub stream_type: &'static str,
    /// The stream.
    pub stream: StreamId,
    /// Its version when the decision was made; 0 for a new one.
    pub expected: i32,
    /// What happened, in order, personal fields in clear or sealed.
    pub events: Vec<Event>,
}

/// Work to be done later because of this commit; it holds references, never texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id.
    pub id: Uuid,
    /// What to do.
    pub kind: &'static str,
    /// With what: ids and positions.
    pub reference: String,
    /// Not before.
    pub due_at: Timestamp,
}

/// What a person does to a job that is there. It lands only if the job is still as it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobChange {
    /// The job.
    pub id: Uuid,
    /// How it was seen.
    pub from: JobState,
    /// How many attempts it was seen with.
    pub attempts: i32,
    /// How it's to be: waiting to be done at once, or over.
    pub to: JobState,
}

/// What one command writes.
#[derive(Debug, Clone)]
pub struct Append {
    /// The command; it's written once, however often it's sent.
    pub command_id: CommandId,
    /// The metadata of each event.
    pub metadata: Metadata,
    /// When it's said to happen; the log takes the later of this and its last event.
    pub at: Timestamp,
    /// New events by stream.
    pub streams: Vec<StreamAppend>,
    /// Streams that the decision rests on, with the version seen.
    pub reads: Vec<(StreamId, i32)>,
    /// Claims that must be free.
    pub absent: Vec<ClaimKey>,
    /// Keyed digest of the request, so that the same key with another body is noticed.
    pub request_digest: Option<Vec<u8>>,
    /// 201, 200 or 422: what the command answered.
    pub status: i16,
    /// The answer's ids, or the refusal's code and field.
    pub outcome: String,
    /// Work that follows.
    pub jobs: Vec<NewJob>,
    /// What is done to jobs that are there.
    pub job_changes: Vec<JobChange>,
}

/// Where an append landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The position of its last event; of an append without events, the head's.
    pub position: i64,
    /// When the log took it.
    pub recorded_at: Timestamp,
}

/// Why an append did not land.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// A stream has moved on since it was read: load again and decide again.
    #[error("a stream has moved on")]
    StreamMoved(StreamId),
    /// Somebody else holds a claim that must be free.
    #[error("a claim is held by another")]
    ClaimHeld(ClaimKey),
    /// The command was written before.
    #[error("the command was handled before")]
    AlreadyHandled,
    /// Another process made a subject's key first: seal again.
    #[error("a subject's key was made by another process")]
    KeyClash,
    /// The subject of a personal field was erased.
    #[error("{}", KeyringError::Destroyed)]
    Erased,
    /// Nothing was written: too much is waiting, or the database is away.
    #[error("the log can't take it now: {0}")]
    Unavailable(String),
    /// The append itself is wrong: a bug.
    #[error("the append can't be written: {0}")]
    Malformed(String),
}

impl From<DoorError> for AppendError {
    fn from(error: DoorError) -> Self {
        AppendError::Unavailable(error.to_string())
    }
}

impl From<KeysError> for AppendError {
    fn from(error: KeysError) -> Self {
        AppendError::Unavailable(error.to_string())
    }
}

/// An event as it will be stored, but for its position and time.
#[derive(Debug)]
pub(crate) struct PreparedEvent {
    pub stream_type: &'static str,
    pub stream: StreamId,
    pub version: i32,
    pub event_type: &'static str,
    pub event_version: i16,
    pub payload: String,
    pub event_id: Uuid,
}

/// An append whose personal fields are sealed: what the writer works with.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub tenant: TenantId,
    pub append: Append,
    pub metadata: String,
    pub events: Vec<PreparedEvent>,
    pub claims: Vec<ClaimChange>,
    pub keys: Vec<NewSubjectKey>,
}

impl Prepared {
    /// Bytes of JSON in it, for the limits of a batch.
    pub(crate) fn weight(&self) -> usize {
        self.events.iter().map(|event| event.payload.len() + self.metadata.len() + 200).sum()
    }

    /// Whether it frees all claims of some holder, which must come first in a batch.
    pub(crate) fn releases_all(&self) -> bool {
        self.claims.iter().any(|change| matches!(change, ClaimChange::ReleaseAll { .. }))
    }

    /// Seals every personal field (keys must be loaded) and makes the stored texts.
    pub(crate) fn seal(
        tenant: TenantId,
        mut append: Append,
        keys: &TenantKeys,
        new_id: impl Fn() -> Uuid,
    ) -> Result<Self, AppendError> {
        let claims = append
            .streams
            .iter()
            .flat_map(|stream| {
                stream.events.iter().flat_map(|event| claims_of(stream.stream, event))
            })
            .collect();
        let unsaved = keys.ensure(&key_names(&mut append));
        let sealing = |error: KeyringError| match error {
            KeyringError::Destroyed => AppendError::Erased,
            KeyringError::NotLoaded => AppendError::Unavailable(error.to_string()),
            KeyringError::DoesNotOpen => AppendError::Malformed(error.to_string()),
        };
        let text =
            |error: domain::canonical::CanonicalError| AppendError::Malformed(error.to_string());
        try_each_personal(&mut append.metadata, |field| field.seal(keys)).map_err(sealing)?;
        let metadata = domain::canonical::canonical_json(&append.metadata).map_err(text)?;
        let mut events = Vec::new();
        for stream in &mut append.streams {
            for (event, version) in stream.events.iter_mut().zip(stream.expected + 1..) {
                try_each_personal(event, |field| field.seal(keys)).map_err(sealing)?;
                events.push(PreparedEvent {
                    stream_type: stream.stream_type,
                    stream: stream.stream,
                    version,
                    event_type: event.event_type(),
                    event_version: event.event_version(),
                    payload: event.payload().map_err(text)?,
                    event_id: new_id(),
                });
            }
        }
        Ok(Prepared { tenant, append, metadata, events, claims, keys: unsaved })
    }
}

/// The keys that an append's personal fields are sealed under.
pub(crate) fn key_names(append: &mut Append) -> Vec<KeyName> {
    let mut names = Vec::new();
    append.metadata.each_personal(&mut |field| names.push(field.key()));
    for event in append.streams.iter_mut().flat_map(|stream| stream.events.iter_mut()) {
        event.each_personal(&mut |field| names.push(field.key()));
    }
    names.sort_unstable();
    names.dedup();
    names
}
