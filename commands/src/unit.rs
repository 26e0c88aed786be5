//! One command's unit of work: it loads states, gathers what is to be written, and remembers every
//! version it has seen, so that the append can check that nothing it rests on has moved.

mod kept;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::id::{StreamId, TenantId};
use domain::log::{ClaimKey, Event, Metadata, Recorded};
use domain::personal::{KeyringError, PersonalFields, Unique, try_each_personal};
use jiff::Timestamp;
use migrations::TenantTx;
use migrations::keys::{TenantKeys, hex};
use serde_json::Value;
use uuid::Uuid;

use crate::event_log::read::{self, Held, StoredRow};
use crate::event_log::{EventLog, JobChange, NewJob, StreamAppend};
pub use crate::loaded::{Loaded, Stream};
use crate::locks::HeldLocks;
use crate::refusals::taken;
use crate::refused::{CommandError, Warned};
use crate::state_cache::StateCache;

use kept::keep_state;
pub use told::told;

/// Why a unit stops before it has decided.
#[derive(Debug)]
pub(crate) enum Pause {
    /// More streams must be locked first: let all go, lock these, begin again.
    Relock(BTreeSet<StreamId>),
    /// A stream moved between two looks at it: begin again with what it is now.
    Moved,
}

type Keep = Box<dyn FnOnce(&StateCache, &StreamAppend) + Send + Sync>;

/// What one attempt at a command has loaded and wants to write.
pub struct Unit<'a> {
    pub(crate) log: &'a EventLog,
    pub(crate) cache: &'a StateCache,
    pub(crate) keys: Arc<TenantKeys>,
    pub(crate) locks: &'a HeldLocks,
    pub(crate) tenant: TenantId,
    pub(crate) metadata: &'a Metadata,
    pub(crate) at: Timestamp,
    /// Whether states must come from the database, because a cached one led to a refusal.
    pub(crate) fresh: bool,
    pub(crate) used_cache: bool,
    pub(crate) tx: Option<TenantTx>,
    pub(crate) pause: Option<Pause>,
    pub(crate) writes: BTreeMap<StreamId, (StreamAppend, Vec<Keep>)>,
    /// The streams written, in the order they were first written in: what one frees another may
    /// take in the same commit.
    pub(crate) order: Vec<StreamId>,
    pub(crate) reads: BTreeMap<StreamId, i32>,
    pub(crate) absent: Vec<ClaimKey>,
    pub(crate) jobs: Vec<NewJob>,
    pub(crate) job_changes: Vec<JobChange>,
    pub(crate) warnings: Vec<Warned>,
    pub(crate) told: Option<Value>,
}

impl std::fmt::Debug for Unit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unit").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

impl Unit<'_> {
    /// Whose data it works on.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Now, by the injected clock.
    pub fn now(&self) -> Timestamp {
        self.at
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.log.clock().new_id()
    }

    /// Adds something that is worth another look to the answer.
    pub fn warn(&mut self, warned: Warned) {
        self.warnings.push(warned);
    }

    /// Who acts, for whom, from where.
    pub fn metadata(&self) -> &Metadata {
        self.metadata
    }

    /// A text that no two may share, with the digest that claims it. `normalised` is what makes two
    /// texts the same.
    pub fn unique(&self, purpose: &str, text: &str, normalised: &str) -> Unique {
        Unique { text: text.to_owned(), digest: self.digest(purpose, &[normalised.as_bytes()]) }
    }

    /// Hexadecimal HMAC under the tenant's claim key.
    pub fn digest(&self, purpose: &str, parts: &[&[u8]]) -> String {
        hex(&self.keys.digest(purpose, parts))
    }

    /// The tenant's keys.
    pub(crate) fn keys(&self) -> &Arc<TenantKeys> {
        &self.keys
    }

    /// Loads a stream that this command will write. Its lock is held until the append has ended.
    pub async fn write<A: Stream>(&mut self, stream: StreamId) -> Result<Loaded<A>, CommandError> {
        if !self.locks.holds(stream) {
            let Some(Pause::Relock(wanted)) = &mut self.pause else {
                self.pause = Some(Pause::Relock(BTreeSet::from([stream])));
                return Err(CommandError::Conflict);
            };
            wanted.insert(stream);
            return Err(CommandError::Conflict);
        }
        self.load(stream).await
    }

    /// Names every stream that will be written, so that one relock is enough.
    pub fn will_write(
        &mut self,
        streams: impl IntoIterator<Item = StreamId>,
    ) -> Result<(), CommandError> {
        let missing: BTreeSet<StreamId> =
            streams.into_iter().filter(|stream| !self.locks.holds(*stream)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        self.pause = Some(Pause::Relock(missing));
        Err(CommandError::Conflict)
    }

    /// Loads a stream that the decision rests on; the append checks that it has not moved.
    pub async fn read<A: Stream>(&mut self, stream: StreamId) -> Result<Loaded<A>, CommandError> {
        let loaded = self.load(stream).await?;
        let seen = *self.reads.entry(stream).or_insert(loaded.version);
        if seen != loaded.version {
            self.pause = Some(Pause::Moved);
            return Err(CommandError::Conflict);
        }
        Ok(loaded)
    }

    /// Loads a stream to see whether the decision rests on it; `rest_on` says that it does.
    pub async fn peek<A: Stream>(&mut self, stream: StreamId) -> Result<Loaded<A>, CommandError> {
        self.load(stream).await
    }

    /// The same for many streams at once.
    pub async fn peek_many<A: Stream>(
        &mut self,
        streams: &[StreamId],
    ) -> Result<Vec<Loaded<A>>, CommandError> {
        let cached = |stream: &StreamId| self.cache.get::<A>(self.tenant, *stream).is_some();
        let missing: Vec<StreamId> =
            streams.iter().filter(|stream| self.fresh || !cached(stream)).copied().collect();
        if missing.len() > 1 {
            self.load_many::<A>(&missing).await?;
            // What was read just now is as fresh as a look at each would be.
            let fresh = std::mem::replace(&mut self.fresh, false);
            let used_cache = self.used_cache;
            let mut loaded = Vec::with_capacity(streams.len());
            for stream in streams {
                loaded.push(self.load(*stream).await?);
            }
            self.used_cache = used_cache || missing.len() < streams.len();
            self.fresh = fresh;
            return Ok(loaded);
        }
        let mut loaded = Vec::with_capacity(streams.len());
        for stream in streams {
            loaded.push(self.load(*stream).await?);
        }
        Ok(loaded)
    }

    /// The append checks that this stream, which was peeked at, has not moved.
    pub fn rest_on<A>(&mut self, loaded: &Loaded<A>) {
        self.reads.entry(loaded.stream).or_insert(loaded.version);
    }

    /// Reads these streams whole, in one go, into the cache.
    async fn load_many<A: Stream>(&mut self, streams: &[StreamId]) -> Result<(), CommandError> {
        let keys = self.keys.clone();
        let tx = self.tx().await?;
        let rows = read::streams(tx, streams).await?;
        let mut events = rows.iter().map(StoredRow::decode).collect::<Result<Vec<_>, _>>()?;
        open_personal(tx, &keys, &mut events).await?;
        let mut states: BTreeMap<StreamId, (i32, A)> = BTreeMap::new();
        for recorded in events {
            let (version, state) = states.entry(recorded.stream).or_default();
            // The id of another kind of thing: of this kind there is none with it.
            let event = A::Event::try_from(recorded.event).map_err(|_| CommandError::NotFound)?;
            state.apply(event);
            *version = recorded.version;
        }
        for (stream, (version, state)) in states {
            self.cache.put(self.tenant, stream, version, Arc::new(state));
        }
        Ok(())
    }

    /// Every stream of a kind that has begun, such as every member's.
    pub async fn streams_of(&mut self, kind: &'static str) -> Result<Vec<StreamId>, CommandError> {
        Ok(read::streams_of(self.tx().await?, kind).await?)
    }

    /// Those of these streams that have begun.
    pub async fn begun(&mut self, streams: &[StreamId]) -> Result<Vec<StreamId>, CommandError> {
        Ok(read::begun(self.tx().await?, streams).await?)
    }

    async fn load<A: Stream>(&mut self, stream: StreamId) -> Result<Loaded<A>, CommandError> {
        let cached = self.cache.get::<A>(self.tenant, stream);
        if let (Some((version, state)), false) = (&cached, self.fresh) {
            self.used_cache = true;
            return Ok(Loaded { stream, version: *version, state: state.clone() });
        }
        let (mut version, mut state) = match cached {
            Some((version, state)) => (version, state),
            None => (0, Arc::default()),
        };
        let keys = self.keys.clone();
        let tx = self.tx().await?;
        let rows = read::stream_after(tx, stream, version).await?;
        let mut events = rows.iter().map(StoredRow::decode).collect::<Result<Vec<_>, _>>()?;
        open_personal(tx, &keys, &mut events).await?;
        for recorded in events {
            // The id of another kind of thing: of this kind there is none with it.
            let event = A::Event::try_from(recorded.event).map_err(|_| CommandError::NotFound)?;
            Arc::make_mut(&mut state).apply(event);
            version = recorded.version;
        }
        self.cache.put(self.tenant, stream, version, state.clone());
        Ok(Loaded { stream, version, state })
    }

    /// The transaction that this attempt reads in.
    pub(crate) async fn tx(&mut self) -> Result<&mut TenantTx, CommandError> {
        if self.tx.is_none() {
            self.tx = Some(self.log.tenants().begin(self.tenant).await?);
        }
        Ok(self.tx.as_mut().expect("it was put there just now"))
    }

    /// Who holds a claim now. Name it in `must_be_free` too where the decision rests on its
    /// absence.
    pub async fn held(&mut self, key: &ClaimKey) -> Result<Option<Held>, CommandError> {
        Ok(self.held_many(std::slice::from_ref(key)).await?.pop().map(|(_, held)| held))
    }

    /// Who holds these claims; free ones are not in the answer.
    pub async fn held_many(
        &mut self,
        keys: &[ClaimKey],
    ) -> Result<Vec<(ClaimKey, Held)>, CommandError> {
        Ok(read::held(self.tx().await?, keys).await?)
    }

    /// Refuses what another stream than `own` holds. That it's still so in the append is checked
    /// there, by the events that take the claim.
    pub async fn check_claim(&mut self, key: &ClaimKey, own: StreamId) -> Result<(), CommandError> {
        match self.held(key).await? {
            Some(held) if held.holder != own => Err(taken(key.kind)),
            Some(_) | None => Ok(()),
        }
    }

    /// The append is refused if this claim is held by then.
    pub fn must_be_free(&mut self, key: ClaimKey) {
        self.absent.push(key);
    }

    /// Writes events to a stream loaded by `write`.
    pub fn emit<A, E>(&mut self, loaded: &Loaded<A>, events: impl IntoIterator<Item = E>)
    where
        A: Stream,
        E: Into<A::Event>,
    {
        let events: Vec<Event> = events.into_iter().map(|event| event.into().into()).collect();
        if events.is_empty() {
            self.reads.entry(loaded.stream).or_insert(loaded.version);
            return;
        }
        if self.reads.get(&loaded.stream) == Some(&loaded.version) {
            self.reads.remove(&loaded.stream);
        }
        let order = &mut self.order;
        let (append, keep) = self.writes.entry(loaded.stream).or_insert_with(|| {
            order.push(loaded.stream);
            let append = StreamAppend {
                stream_type: A::TYPE,
                stream: loaded.stream,
                expected: loaded.version,
                events: Vec::new(),
            };
            (append, Vec::new())
        });
        append.events.extend(events);
        let (tenant, loaded) = (self.tenant, loaded.clone());
        if keep.is_empty() {
            keep.push(Box::new(move |cache, append| keep_state(cache, tenant, loaded, append)));
        }
    }

    /// Asks for work that follows from this commit.
    pub fn job(&mut self, job: NewJob) {
        self.jobs.push(job);
    }

    /// Changes a job that is there, if it's still as it was seen when this commit lands.
    pub(crate) fn change_job(&mut self, change: JobChange) {
        self.job_changes.push(change);
    }
}

/// Opens every personal field of these events; those whose key was destroyed read as erased.
pub(crate) async fn open_personal(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    events: &mut [Recorded],
) -> Result<(), CommandError> {
    let mut names = Vec::new();
    for recorded in events.iter_mut() {
        recorded.event.each_personal(&mut |field| names.push(field.key()));
    }
    if names.is_empty() {
        return Ok(());
    }
    names.sort_unstable();
    names.dedup();
    keys.load(tx, &names).await?;
    for recorded in events {
        try_each_personal(&mut recorded.event, |field| field.open(keys)).map_err(|error| {
            let why = format!("the event at position {}: {error}", recorded.position);
            match error {
                KeyringError::NotLoaded => CommandError::Unavailable(why),
                KeyringError::DoesNotOpen | KeyringError::Destroyed => CommandError::Internal(why),
            }
        })?;
    }
    Ok(())
}
