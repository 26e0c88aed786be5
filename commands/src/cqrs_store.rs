//! The log behind cqrs-es's own face, so that its framework and its tools work with it. It's the
//! same write path as every command's: here the decision is cqrs-es's, and what it saw must not
//! have moved. A framework decides over one stream and asks for no facts; slices that need those
//! have commands.

use std::collections::HashMap;

use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};
use domain::id::{StreamId, TenantId};
use domain::log::{Event, Recorded};
use migrations::TenantTx;

use crate::event_log::read::{StoredRow, stream_after};
use crate::handle::{Command, Commands, Sender};
use crate::refused::{CommandError, Reply};
use crate::unit::{Stream, Unit, open_personal};

/// Who commits for a tenant through cqrs-es. A stream's id is its UUID as text.
///
/// The sender's idempotency key is not used: the framework has no place for an answer. Of the
/// metadata of a commit, `reason`, `trace_id` and `correlation_id` go into the log; anything else
/// is an error, because the log's metadata is a fixed struct.
#[derive(Debug, Clone)]
pub struct CqrsStore {
    commands: Commands,
    sender: Sender,
}

/// A loaded stream on its way through the framework.
#[derive(Debug)]
pub struct CqrsContext<A> {
    stream: StreamId,
    version: i32,
    state: A,
}

impl<A: Stream> AggregateContext<A> for CqrsContext<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.state
    }
}

/// Why something is not what cqrs-es may ask for.
#[derive(Debug, thiserror::Error)]
enum Misuse {
    #[error("{0:?} is not the id of a stream: a UUID is expected")]
    Id(String),
    #[error("the log's metadata has no place for {0:?}")]
    Metadata(String),
}

impl CqrsStore {
    /// A store for one tenant and sender.
    pub fn new(commands: Commands, sender: Sender) -> Self {
        CqrsStore { commands, sender: Sender { key: None, ..sender } }
    }

    fn tenant(&self) -> TenantId {
        self.sender.tenant
    }

    /// Every event of a stream, personal fields opened.
    async fn events(&self, stream: StreamId) -> Result<Vec<Recorded>, CommandError> {
        let log = self.commands.log();
        let keys = log.keys().of(self.tenant()).await?;
        let mut tx: TenantTx = log.tenants().begin(self.tenant()).await?;
        let rows = stream_after(&mut tx, stream, 0).await?;
        let mut events = rows.iter().map(StoredRow::decode).collect::<Result<Vec<_>, _>>()?;
        open_personal(&mut tx, &keys, &mut events).await?;
        tx.commit().await?;
        Ok(events)
    }

    async fn envelopes<A: Stream>(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let stream = stream_of::<A>(aggregate_id)?;
        let events = self.events(stream).await.map_err(of_command::<A>)?;
        events.into_iter().map(|event| envelope::<A>(aggregate_id, event)).collect()
    }

    /// The sender with what the caller says of this commit.
    fn sender<A: Stream>(
        &self,
        metadata: HashMap<String, String>,
    ) -> Result<Sender, AggregateError<A::Error>> {
        let mut sender = self.sender.clone();
        for (name, value) in metadata {
            match name.as_str() {
                "reason" => sender.reason = Some(value),
                "trace_id" => sender.trace_id = Some(value),
                "correlation_id" => {
                    let id = value.parse().map_err(|_| unexpected::<A>(Misuse::Metadata(name)))?;
                    sender.correlation = Some(id);
                }
                _ => return Err(unexpected::<A>(Misuse::Metadata(name))),
            }
        }
        Ok(sender)
    }
}

impl<A: Stream> EventStore<A> for CqrsStore {
    type AC = CqrsContext<A>;

    async fn load_events(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        self.envelopes(aggregate_id).await
    }

    async fn load_aggregate(
        &self,
        aggregate_id: &str,
    ) -> Result<CqrsContext<A>, AggregateError<A::Error>> {
        let stream = stream_of::<A>(aggregate_id)?;
        let mut context = CqrsContext { stream, version: 0, state: A::default() };
        for envelope in self.envelopes::<A>(aggregate_id).await? {
            context.state.apply(envelope.payload);
            context.version += 1;
        }
        Ok(context)
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        context: CqrsContext<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let CqrsContext { stream, version: expected, .. } = context;
        let sender = self.sender::<A>(metadata)?;
        let commit = Commit::<A> { stream, expected, events: events.clone() };
        let done = self.commands.handle(sender, commit).await.map_err(of_command::<A>)?;
        let first = done.position + 1 - events.len() as i64;
        Ok(events
            .into_iter()
            .zip((expected as usize + 1..).zip(first..))
            .map(|(payload, (sequence, position))| EventEnvelope {
                aggregate_id: stream.to_string(),
                sequence,
                payload,
                metadata: HashMap::from([("position".to_owned(), position.to_string())]),
            })
            .collect())
    }
}

/// Writes what cqrs-es has decided over one version of a stream.
struct Commit<A: Stream> {
    stream: StreamId,
    expected: i32,
    events: Vec<A::Event>,
}

impl<A: Stream> Command for Commit<A> {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let loaded = unit.write::<A>(self.stream).await?;
        if loaded.version != self.expected {
            return Err(CommandError::Stale);
        }
        unit.emit(&loaded, self.events.iter().cloned());
        Ok(Reply { id: Some(self.stream.0), created: self.expected == 0 })
    }
}

fn stream_of<A: Stream>(aggregate_id: &str) -> Result<StreamId, AggregateError<A::Error>> {
    let id = aggregate_id.parse();
    id.map_err(|_| unexpected::<A>(Misuse::Id(aggregate_id.to_owned())))
}

fn envelope<A: Stream>(
    aggregate_id: &str,
    recorded: Recorded<Event>,
) -> Result<EventEnvelope<A>, AggregateError<A::Error>> {
    let kind = recorded.event.event_type();
    let payload = A::Event::try_from(recorded.event).map_err(|_| {
        let why = format!("a {kind} stands in a stream of {}", A::TYPE);
        unexpected::<A>(CommandError::Internal(why))
    })?;
    let metadata = HashMap::from([
        ("position".to_owned(), recorded.position.to_string()),
        ("recorded_at".to_owned(), recorded.recorded_at.to_string()),
    ]);
    Ok(EventEnvelope {
        aggregate_id: aggregate_id.to_owned(),
        sequence: recorded.version.unsigned_abs() as usize,
        payload,
        metadata,
    })
}

fn unexpected<A: Stream>(
    error: impl std::error::Error + Send + Sync + 'static,
) -> AggregateError<A::Error> {
    AggregateError::UnexpectedError(Box::new(error))
}

fn of_command<A: Stream>(error: CommandError) -> AggregateError<A::Error> {
    match error {
        // The stream has moved on, or somebody else holds what the events claim.
        CommandError::Stale | CommandError::Conflict => AggregateError::AggregateConflict,
        CommandError::Unavailable(_) => AggregateError::DatabaseConnectionError(Box::new(error)),
        CommandError::Refused(_)
        | CommandError::RefusedBefore(_)
        | CommandError::NotFound
        | CommandError::Missing(_)
        | CommandError::Forbidden
        | CommandError::KeyReused
        | CommandError::StillRunning
        | CommandError::Internal(_) => unexpected::<A>(error),
    }
}
