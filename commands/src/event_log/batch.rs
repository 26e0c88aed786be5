//! Checks the appends of a batch in order, each against what the ones before it will have written,
//! and gives them positions, times and leaves. What only the database knows is left for the
//! statement that writes the batch.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::id::{CommandId, LogId, StreamId};
use domain::log::{ClaimChange, ClaimKey, ClaimKind, CompactRange, Hash, StoredEvent, leaf_hash};
use domain::personal::KeyName;
use jiff::Timestamp;
use migrations::keys::NewSubjectKey;

use super::append::{AppendError, Appended, Prepared};

/// The head of a log: what the next position and the next root follow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub log: LogId,
    pub position: i64,
    pub recorded_at: Timestamp,
    pub range: CompactRange,
    /// The version of its row: it also changes with an append that has no events.
    pub row: String,
}

/// A check left to the statement, with the append it's for.
#[derive(Debug)]
pub(crate) struct Check<T> {
    pub of: usize,
    pub what: T,
}

/// A batch that is ready to be written.
#[derive(Debug)]
pub(crate) struct Plan {
    pub head: Head,
    pub placed: Vec<Appended>,
    /// Position and leaf of each event, in the order of the appends.
    pub leaves: Vec<(i64, Hash)>,
    pub streams: Vec<Check<(StreamId, i32)>>,
    pub absent: Vec<Check<ClaimKey>>,
    /// What the claims will be: held by a stream with a value, or free.
    pub claims: BTreeMap<ClaimKey, Option<(StreamId, String)>>,
    pub released_all: BTreeSet<(ClaimKind, StreamId)>,
}

/// What a batch has decided so far.
#[derive(Default)]
struct Overlay {
    versions: HashMap<StreamId, i32>,
    commands: HashSet<CommandId>,
    claims: BTreeMap<ClaimKey, Option<(StreamId, String)>>,
    released_all: BTreeSet<(ClaimKind, StreamId)>,
    keys: HashMap<KeyName, Vec<u8>>,
}

/// Plans the writing of `items` after `head`. An item that conflicts with an earlier one is
/// answered in the second value, by its index, and takes no position.
pub(crate) fn plan(head: &Head, items: &[Prepared]) -> (Plan, Vec<(usize, AppendError)>) {
    let mut overlay = Overlay::default();
    let mut losers = Vec::new();
    let mut plan = Plan {
        head: head.clone(),
        placed: Vec::with_capacity(items.len()),
        leaves: Vec::new(),
        streams: Vec::new(),
        absent: Vec::new(),
        claims: BTreeMap::new(),
        released_all: BTreeSet::new(),
    };
    for (index, item) in items.iter().enumerate() {
        match overlay.check(index, item) {
            Err(error) => losers.push((index, error)),
            Ok(checks) => {
                plan.streams.extend(checks.streams);
                plan.absent.extend(checks.absent);
                overlay.accept(item);
                plan.place(item);
            }
        }
    }
    plan.claims = overlay.claims;
    plan.released_all = overlay.released_all;
    (plan, losers)
}

struct Checks {
    streams: Vec<Check<(StreamId, i32)>>,
    absent: Vec<Check<ClaimKey>>,
}

impl Overlay {
    fn check(&self, of: usize, item: &Prepared) -> Result<Checks, AppendError> {
        if self.commands.contains(&item.append.command_id) {
            return Err(AppendError::AlreadyHandled);
        }
        // Two keys for one subject: an append that failed in between made its key be forgotten.
        let other = |key: &NewSubjectKey| {
            self.keys.get(&key.name).is_some_and(|sealed| *sealed != key.sealed)
        };
        if item.keys.iter().any(other) {
            return Err(AppendError::KeyClash);
        }
        let mut checks = Checks { streams: Vec::new(), absent: Vec::new() };
        let written = item.append.streams.iter().map(|stream| (stream.stream, stream.expected));
        for (stream, expected) in written.chain(item.append.reads.iter().copied()) {
            match self.versions.get(&stream) {
                Some(version) if *version == expected => {}
                Some(_) => return Err(AppendError::StreamMoved(stream)),
                None => checks.streams.push(Check { of, what: (stream, expected) }),
            }
        }
        // Claims of one append may free and take the same key; only its first use must be free.
        let mut own: BTreeMap<&ClaimKey, bool> = BTreeMap::new();
        for key in &item.append.absent {
            self.must_be_free(key, of, &mut checks)?;
        }
        for change in &item.claims {
            match change {
                ClaimChange::Take { key, .. } => match own.insert(key, true) {
                    None => self.must_be_free(key, of, &mut checks)?,
                    Some(true) => return Err(AppendError::ClaimHeld(key.clone())),
                    Some(false) => {}
                },
                ClaimChange::Release { key } => {
                    own.insert(key, false);
                }
                ClaimChange::ReleaseAll { .. } => {}
            }
        }
        Ok(checks)
    }

    fn must_be_free(
        &self,
        key: &ClaimKey,
        of: usize,
        checks: &mut Checks,
    ) -> Result<(), AppendError> {
        match self.claims.get(key) {
            Some(Some(_)) => Err(AppendError::ClaimHeld(key.clone())),
            Some(None) => Ok(()),
            None => {
                checks.absent.push(Check { of, what: key.clone() });
                Ok(())
            }
        }
    }

    fn accept(&mut self, item: &Prepared) {
        self.commands.insert(item.append.command_id);
        self.keys.extend(item.keys.iter().map(|key| (key.name, key.sealed.clone())));
        for stream in &item.append.streams {
            let version = stream.expected + stream.events.len() as i32;
            self.versions.insert(stream.stream, version);
        }
        for change in &item.claims {
            match change {
                ClaimChange::Take { key, holder, value } => {
                    self.claims.insert(key.clone(), Some((*holder, value.clone())));
                }
                ClaimChange::Release { key } => {
                    self.claims.insert(key.clone(), None);
                }
                ClaimChange::ReleaseAll { kind, holder } => {
                    self.released_all.insert((*kind, *holder));
                    for (key, held) in &mut self.claims {
                        if key.kind == *kind && held.as_ref().is_some_and(|(by, _)| by == holder) {
                            *held = None;
                        }
                    }
                }
            }
        }
    }
}

impl Plan {
    fn place(&mut self, item: &Prepared) {
        let recorded_at = item.append.at.max(self.head.recorded_at);
        for event in &item.events {
            self.head.position += 1;
            let leaf = leaf_hash(
                self.head.log,
                &StoredEvent {
                    position: self.head.position,
                    stream_type: event.stream_type,
                    stream_id: event.stream.0,
                    version: event.version,
                    event_type: event.event_type,
                    event_version: event.event_version,
                    payload: &event.payload,
                    metadata: &item.metadata,
                    event_id: event.event_id,
                    command_id: item.append.command_id.0,
                    recorded_at,
                },
            );
            self.head.range.push(leaf);
            self.leaves.push((self.head.position, leaf));
        }
        if !item.events.is_empty() {
            self.head.recorded_at = recorded_at;
        }
        self.placed.push(Appended { position: self.head.position, recorded_at });
    }
}
