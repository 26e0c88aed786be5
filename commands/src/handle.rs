//! The only write path: run the command's decision over loaded states, append what it decides, and
//! answer the same again to the same key. A command goes on to its end even if its caller hangs up.

use std::collections::{BTreeSet, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex};

use domain::id::{CommandId, SubjectId, TenantId};
use domain::log::{Actor, Metadata, Via};
use domain::personal::{Personal, PurposeClass};
use migrations::keys::TenantKeys;
use tracing::Instrument;
use uuid::Uuid;

use crate::event_log::read::{StoredAnswer, head_position, stored_answer};
use crate::event_log::{Append, AppendError, EventLog};
use crate::locks::StreamLocks;
use crate::measured::measured;
use crate::refused::{Answered, CommandError, Done, Refused, Reply, Told, Warned};
pub use crate::sender::{IdempotencyKey, Sender};
use crate::state_cache::StateCache;
use crate::unit::{Pause, Unit};

/// How often a command is decided anew because others moved what it rests on.
const ATTEMPTS: usize = 12;

/// A use case: what a caller wants, and how it's decided over loaded states.
pub trait Command: Send + Sync + 'static {
    /// How often it's tried while others change what it rests on. What many queue for at once, from
    /// several processes, needs more than others do.
    const ATTEMPTS: usize = ATTEMPTS;

    /// Loads, decides and emits. It may run several times; only the last run counts.
    fn run(&self, unit: &mut Unit<'_>) -> impl Future<Output = Result<Reply, CommandError>> + Send;
}

/// Handles commands.
#[derive(Debug, Clone)]
pub struct Commands {
    log: EventLog,
    cache: Arc<StateCache>,
    locks: StreamLocks,
    running: Arc<Mutex<HashSet<(TenantId, CommandId)>>>,
}

/// Takes a command off the list of running ones, however it ends.
struct Running {
    list: Arc<Mutex<HashSet<(TenantId, CommandId)>>>,
    of: (TenantId, CommandId),
}

impl Drop for Running {
    fn drop(&mut self) {
        self.list.lock().expect("no panic under it").remove(&self.of);
    }
}

impl Commands {
    /// Handles commands over these logs.
    pub fn new(log: EventLog) -> Self {
        Commands {
            log,
            cache: Arc::default(),
            locks: StreamLocks::default(),
            running: Arc::default(),
        }
    }

    /// The logs.
    pub fn log(&self) -> &EventLog {
        &self.log
    }

    /// The states in memory.
    pub fn cache(&self) -> &StateCache {
        &self.cache
    }

    /// Handles a command; answers when what it wrote is durable.
    pub async fn handle<C: Command>(
        &self,
        sender: Sender,
        command: C,
    ) -> Result<Done, CommandError> {
        Ok(self.handle_warned(sender, command).await?.0)
    }

    /// The same with what is worth another look: of a repeated request what the first was told.
    pub async fn handle_warned<C: Command>(
        &self,
        sender: Sender,
        command: C,
    ) -> Result<(Done, Vec<Warned>), CommandError> {
        let (commands, tenant) = (self.clone(), sender.tenant);
        // Spawned, so that a caller who hangs up can't leave it half-way.
        let work = async move { commands.handle_here(&sender, &command).await };
        let task = tokio::spawn(measured::<C>(tenant, work).in_current_span());
        task.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a command panicked");
            Err(CommandError::Internal("the command panicked".into()))
        })
    }

    async fn handle_here<C: Command>(
        &self,
        sender: &Sender,
        command: &C,
    ) -> Result<Told, CommandError> {
        let keys = self.log.keys().of(sender.tenant).await?;
        let command_id = self.command_id(sender, &keys);
        let of = (sender.tenant, command_id);
        if !self.running.lock().expect("no panic under it").insert(of) {
            return Err(CommandError::StillRunning);
        }
        let _running = Running { list: self.running.clone(), of };
        let digest = sender
            .key
            .as_ref()
            .map(|key| keys.digest("request", &[key.route.as_bytes(), &key.request]).to_vec());
        let metadata = self.metadata(sender, command_id);
        let attempt = Attempts { commands: self, sender, command, keys, metadata, digest };
        attempt.run().await
    }

    /// A command with a key has an id that follows from the key and its sender, so that the log's
    /// own uniqueness of command ids is what makes it idempotent.
    fn command_id(&self, sender: &Sender, keys: &TenantKeys) -> CommandId {
        let Some(key) = &sender.key else { return CommandId(self.log.clock().new_id()) };
        let principal = match sender.actor {
            Actor::Member(member) => member.0,
            Actor::Operator | Actor::System => Uuid::nil(),
            Actor::Visitor => Uuid::max(),
        };
        let parts = [principal.as_bytes(), key.route.as_bytes(), key.key.as_bytes()];
        let digest = keys.digest("command id", &parts);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        CommandId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    fn metadata(&self, sender: &Sender, command_id: CommandId) -> Metadata {
        let subject = SubjectId(sender.member().map_or(Uuid::nil(), |member| member.0));
        let reason = sender.reason.clone();
        let origin = sender.origin.clone();
        Metadata {
            actor: sender.actor,
            on_behalf_of: None,
            via: sender.via,
            command_id,
            correlation_id: sender.correlation.unwrap_or(command_id.0),
            causation_id: None,
            reason: reason.map(|text| Personal::new(subject, PurposeClass::Reason, text)),
            trace_id: sender.trace_id.clone(),
            origin: origin.map(|origin| Personal::new(subject, PurposeClass::Origin, origin)),
            simulated: self.log.clock().is_simulated(),
        }
    }
}

/// Runs a command, and asks for what is to follow from what it writes.
async fn followed(command: &impl Command, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
    let reply = crate::budgets::checking(command, unit).await?;
    crate::leave::settle::ask(unit).await?;
    Ok(reply)
}

/// One command over its attempts.
struct Attempts<'a, C> {
    commands: &'a Commands,
    sender: &'a Sender,
    command: &'a C,
    keys: Arc<TenantKeys>,
    metadata: Metadata,
    digest: Option<Vec<u8>>,
}

/// How one attempt ended.
enum Ended {
    Done(Result<Told, CommandError>),
    /// Decide anew, with these streams locked and, if so, with states read from the database.
    Again {
        lock: BTreeSet<domain::id::StreamId>,
        fresh: bool,
    },
}

impl<C: Command> Attempts<'_, C> {
    async fn run(&self) -> Result<Told, CommandError> {
        let mut wanted = BTreeSet::new();
        let mut fresh = false;
        for _ in 0..C::ATTEMPTS {
            match self.attempt(&wanted, fresh).await? {
                Ended::Done(outcome) => return outcome,
                Ended::Again { lock, fresh: refresh } => {
                    wanted.extend(lock);
                    fresh = refresh;
                }
            }
        }
        metrics::counter!("command_conflicts_total").increment(1);
        Err(CommandError::Conflict)
    }

    async fn attempt(
        &self,
        wanted: &BTreeSet<domain::id::StreamId>,
        fresh: bool,
    ) -> Result<Ended, CommandError> {
        let commands = self.commands;
        let locks = commands.locks.lock(self.sender.tenant, wanted).await;
        let mut unit = Unit {
            log: &commands.log,
            cache: &commands.cache,
            keys: self.keys.clone(),
            locks: &locks,
            tenant: self.sender.tenant,
            metadata: &self.metadata,
            at: commands.log.clock().now(),
            fresh,
            used_cache: false,
            tx: None,
            pause: None,
            writes: Default::default(),
            order: Vec::new(),
            reads: Default::default(),
            absent: Vec::new(),
            jobs: Vec::new(),
            job_changes: Vec::new(),
            warnings: Vec::new(),
            told: None,
        };
        let decided = followed(self.command, &mut unit).await;
        match unit.pause.take() {
            Some(Pause::Relock(lock)) => return Ok(Ended::Again { lock, fresh }),
            Some(Pause::Moved) => return Ok(Ended::Again { lock: BTreeSet::new(), fresh: true }),
            None => {}
        }
        // No connection is held while the append waits for one.
        if let Some(tx) = unit.tx.take() {
            tx.commit().await?;
        }
        match decided {
            Ok(reply) => self.land(unit, reply).await,
            Err(CommandError::Refused(refused)) if unit.used_cache => {
                // A stale state may have led to it: look again before saying no.
                tracing::debug!(code = refused.code, "a refusal from memory is checked");
                Ok(Ended::Again { lock: BTreeSet::new(), fresh: true })
            }
            Err(CommandError::Refused(refused)) => self.refuse(unit, refused).await,
            // These may be stale knowledge as well.
            Err(
                CommandError::NotFound
                | CommandError::Missing(_)
                | CommandError::Forbidden
                | CommandError::Stale,
            ) if unit.used_cache => Ok(Ended::Again { lock: BTreeSet::new(), fresh: true }),
            Err(error) => match self.answered_before().await? {
                Some(answer) => Ok(Ended::Done(answer)),
                None => Err(error),
            },
        }
    }

    fn append(&self, unit: &mut Unit<'_>, status: i16, outcome: String) -> Append {
        Append {
            command_id: self.metadata.command_id,
            metadata: self.metadata.clone(),
            at: unit.at,
            streams: unit.order.iter().map(|stream| unit.writes[stream].0.clone()).collect(),
            reads: std::mem::take(&mut unit.reads).into_iter().collect(),
            absent: std::mem::take(&mut unit.absent),
            request_digest: self.digest.clone(),
            status,
            outcome,
            jobs: std::mem::take(&mut unit.jobs),
            job_changes: std::mem::take(&mut unit.job_changes),
        }
    }

    async fn land(&self, mut unit: Unit<'_>, reply: Reply) -> Result<Ended, CommandError> {
        let status = if reply.created { 201 } else { 200 };
        let answered = Answered { reply, warnings: std::mem::take(&mut unit.warnings) };
        let outcome = unit.outcome(&answered);
        let append = self.append(&mut unit, status, outcome);
        match self.commands.log.append(self.sender.tenant, append).await {
            Ok(appended) => {
                let cache = unit.cache;
                for (append, keep) in std::mem::take(&mut unit.writes).into_values() {
                    keep.into_iter().for_each(|keep| keep(cache, &append));
                }
                let done = Done { reply, position: appended.position, replayed: false };
                Ok(Ended::Done(Ok((done, answered.warnings))))
            }
            Err(error) => self.lost(&unit, error).await,
        }
    }

    /// A refusal is kept under the command's key, so that the same request gets the same answer.
    async fn refuse(&self, mut unit: Unit<'_>, refused: Refused) -> Result<Ended, CommandError> {
        if let Some(answer) = self.answered_before().await? {
            return Ok(Ended::Done(answer));
        }
        // A job that was refused has written nothing, and may be tried again.
        if self.sender.key.is_none() || self.sender.via == Via::Job {
            return Ok(Ended::Done(Err(CommandError::Refused(refused))));
        }
        unit.writes.clear();
        unit.order.clear();
        unit.absent.clear();
        unit.jobs.clear();
        unit.job_changes.clear();
        let outcome = serde_json::to_string(&refused).expect("a refusal is plain data");
        let append = self.append(&mut unit, 422, outcome);
        match self.commands.log.append(self.sender.tenant, append).await {
            Ok(_) => Ok(Ended::Done(Err(CommandError::Refused(refused)))),
            Err(error) => self.lost(&unit, error).await,
        }
    }

    async fn lost(&self, unit: &Unit<'_>, error: AppendError) -> Result<Ended, CommandError> {
        match error {
            AppendError::AlreadyHandled => match self.answered_before().await? {
                Some(answer) => Ok(Ended::Done(answer)),
                None => Err(CommandError::StillRunning),
            },
            AppendError::StreamMoved(stream) => {
                unit.cache.forget(self.sender.tenant, stream);
                Ok(Ended::Again { lock: BTreeSet::new(), fresh: true })
            }
            AppendError::ClaimHeld(_) | AppendError::KeyClash => {
                Ok(Ended::Again { lock: BTreeSet::new(), fresh: true })
            }
            AppendError::Erased | AppendError::Unavailable(_) | AppendError::Malformed(_) => {
                Err(error.into())
            }
        }
    }

    /// What the same key was answered before, if it was used.
    async fn answered_before(&self) -> Result<Option<Result<Told, CommandError>>, CommandError> {
        if self.sender.key.is_none() {
            return Ok(None);
        }
        let mut tx = self.commands.log.tenants().begin(self.sender.tenant).await?;
        let stored = stored_answer(&mut tx, self.metadata.command_id.0).await?;
        let head = head_position(&mut tx).await?;
        tx.commit().await?;
        let Some(StoredAnswer { request_digest, status, outcome, position }) = stored else {
            return Ok(None);
        };
        if request_digest != self.digest {
            return Ok(Some(Err(CommandError::KeyReused)));
        }
        let unreadable = |_| CommandError::Internal("a stored answer can't be read".into());
        if status == 422 {
            let refused: Refused = serde_json::from_str(&outcome).map_err(unreadable)?;
            return Ok(Some(Err(CommandError::RefusedBefore(refused))));
        }
        let Answered { reply, warnings } = serde_json::from_str(&outcome).map_err(unreadable)?;
        let position = position.min(head);
        Ok(Some(Ok((Done { reply, position, replayed: true }, warnings))))
    }
}

#[cfg(test)]
mod tests;
