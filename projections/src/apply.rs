//! Takes a tenant's next events into its read models: rows and checkpoints in one transaction, so
//! each event counts exactly once whatever is killed when. Models at the same position go in
//! lockstep; a model that can't go on stops alone.

use domain::id::TenantId;
use domain::log::Recorded;
use migrations::{DoorError, TenantTx, Tenants};

use crate::checkpoint::{self, Standing, State};
use crate::erased::ErasedModel;
use crate::feed::{self, FeedError, Incoming};
use crate::row::ReadError;
use crate::store;

/// What one turn of a tenant came to.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The log's head, as seen in it.
    pub head: i64,
    /// Where every model stands after it.
    pub standings: Vec<Standing>,
    /// How many events were taken in.
    pub events: usize,
}

impl Turn {
    /// Whether a model that goes on has not reached the head.
    pub fn is_behind(&self) -> bool {
        self.live().any(|standing| standing.position < self.head)
    }

    fn live(&self) -> impl Iterator<Item = &Standing> {
        self.standings.iter().filter(|standing| standing.state == State::Live)
    }
}

/// What stops a turn.
#[derive(Debug, thiserror::Error)]
enum Stop {
    /// Nothing of it was kept; try again later.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// One model can't go on. The others can, in another turn.
    #[error("{model} can't go on: {error}")]
    Model { model: &'static str, error: String },
}

impl From<DoorError> for Stop {
    fn from(error: DoorError) -> Self {
        Stop::Feed(FeedError::Door(error))
    }
}

/// Takes in at most `limit` events of a tenant for the models that are furthest behind. `batch` are
/// events that came over the bus; where they don't follow on, the log is read instead.
pub async fn take_turn(
    tenants: &Tenants,
    tenant: TenantId,
    models: &[&'static dyn ErasedModel],
    batch: &[Incoming],
    limit: i64,
) -> Result<Turn, FeedError> {
    loop {
        let mut tx = tenants.begin(tenant).await?;
        match try_turn(&mut tx, models, batch, limit).await {
            Ok(turn) => {
                tx.commit().await?;
                return Ok(turn);
            }
            Err(Stop::Feed(error)) => return Err(error),
            // The transaction is lost, so the model is stopped in one of its own. That takes it
            // out of the next round, hence this loop ends.
            Err(Stop::Model { model, error }) => {
                drop(tx);
                tracing::error!(%tenant, model, error, "a read model can't go on");
                let mut tx = tenants.begin(tenant).await?;
                let (_, standings) = checkpoint::lock(&mut tx, models).await?;
                let stopped = |it: &&Standing| it.model.name() == model && it.state == State::Live;
                if let Some(standing) = standings.iter().find(stopped) {
                    checkpoint::degrade(&mut tx, model, standing.position, &error).await?;
                }
                tx.commit().await?;
            }
        }
    }
}

async fn try_turn(
    tx: &mut TenantTx,
    models: &[&'static dyn ErasedModel],
    batch: &[Incoming],
    limit: i64,
) -> Result<Turn, Stop> {
    let (head, standings) = checkpoint::lock(tx, models).await?;
    let mut turn = Turn { head, standings, events: 0 };
    let Some(from) = turn.live().map(|standing| standing.position).min() else {
        return Ok(turn);
    };
    // Those furthest behind go first, up to where the next ones wait for them.
    let next = turn.live().map(|standing| standing.position).filter(|it| *it > from).min();
    let upto = next.unwrap_or(head);
    if upto == from {
        return Ok(turn);
    }
    let events = next_events(tx, from, upto.min(from + limit), batch).await?;
    turn.events = events.len();
    let reached = events.last().map_or(from, |event| event.position);
    let mut moved = Vec::new();
    for standing in &mut turn.standings {
        if standing.position != from || standing.state != State::Live {
            continue;
        }
        let name = standing.model.name();
        match apply_model(tx, standing.model, &events).await? {
            None => {
                standing.position = reached;
                moved.push(name);
            }
            Some(Poison { position, error }) => {
                let tenant = tx.tenant();
                tracing::error!(%tenant, model = name, position, error, "a read model stopped");
                checkpoint::degrade(tx, name, position - 1, &error).await?;
                standing.position = position - 1;
                standing.state = State::Degraded(error);
            }
        }
    }
    if !moved.is_empty() {
        checkpoint::advance(tx, &moved, reached).await?;
    }
    Ok(turn)
}

/// The events after `from` up to `upto`: out of the batch where it has the next one, else of the
/// log.
async fn next_events(
    tx: &mut TenantTx,
    from: i64,
    upto: i64,
    batch: &[Incoming],
) -> Result<Vec<Incoming>, FeedError> {
    let known = batch.partition_point(|event| event.position <= from);
    let rest = &batch[known..];
    let follows = rest.iter().zip(from + 1..).all(|(event, next)| event.position == next);
    if follows && !rest.is_empty() {
        let end = rest.partition_point(|event| event.position <= upto);
        return Ok(rest[..end].to_vec());
    }
    let events = feed::read_after(tx, from, upto - from).await?;
    match events.last() {
        Some(event) if event.position == upto => Ok(events),
        last => {
            let read = last.map_or(from, |event| event.position);
            Err(FeedError::CutShort { read, head: upto })
        }
    }
}

/// An event that a model can't take in.
struct Poison {
    position: i64,
    error: String,
}

async fn apply_model(
    tx: &mut TenantTx,
    model: &'static dyn ErasedModel,
    events: &[Incoming],
) -> Result<Option<Poison>, Stop> {
    let stop = |error: String| Stop::Model { model: model.name(), error };
    let (wanted, poison) = readable(tx, model, events).await?;
    let mut rows = model.touched(&mut wanted.iter().copied());
    if rows.key_count() == 0 {
        return Ok(poison);
    }
    match store::load(tx, model.table(), "", &mut *rows).await {
        Ok(()) => {}
        Err(ReadError::Door(error)) => return Err(of_model(model, error)),
        Err(ReadError::Cell(error)) => return Err(stop(error.to_string())),
    }
    wanted.iter().for_each(|event| rows.apply(event));
    if rows.used_undeclared() {
        return Err(stop("its fold uses a row that it does not declare".to_owned()));
    }
    store::write(tx, model.table(), "", rows.changes())
        .await
        .map_err(|error| of_model(model, error))?;
    Ok(poison)
}

/// The events that the model wants, up to the first that can't be read and was not skipped.
async fn readable<'e>(
    tx: &mut TenantTx,
    model: &'static dyn ErasedModel,
    events: &'e [Incoming],
) -> Result<(Vec<&'e Recorded>, Option<Poison>), Stop> {
    let mut wanted = Vec::new();
    let mut skipped = None;
    for event in events.iter().filter(|event| model.reads(&event.event_type)) {
        match &event.decoded {
            Ok(recorded) => wanted.push(recorded),
            Err(error) => {
                if skipped.is_none() {
                    skipped = Some(checkpoint::skipped(tx, model.name()).await?);
                }
                if !skipped.as_ref().is_some_and(|skipped| skipped.contains(&event.position)) {
                    let error = format!("event {}: {error}", event.position);
                    return Ok((wanted, Some(Poison { position: event.position, error })));
                }
            }
        }
    }
    Ok((wanted, None))
}

/// An outage is everybody's; what else a statement on a model's table meets is that model's own.
fn of_model(model: &'static dyn ErasedModel, error: DoorError) -> Stop {
    match error {
        DoorError::Refused { .. } | DoorError::Constraint(_) => {
            Stop::Model { model: model.name(), error: error.to_string() }
        }
        DoorError::Busy | DoorError::Away(_) | DoorError::NoSuchTenant | DoorError::NoBuilder => {
            error.into()
        }
    }
}
