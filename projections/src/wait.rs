//! Read your writes: a command answers with its position, and a read may wait until its read model
//! has reached it. In the process of the runner that is a notice; elsewhere the checkpoints are
//! asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::id::TenantId;
use migrations::{DoorError, Tenants};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::checkpoint::{self, Standing, State};
use crate::erased::ErasedModel;

/// How often the checkpoints are asked while nothing is heard from a runner in this process.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// How far a tenant's read models have come, as far as this process knows.
type Known = Option<Arc<[Standing]>>;

/// What runners of this process have done, told to who waits. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    tenants: Arc<Mutex<HashMap<TenantId, watch::Sender<Known>>>>,
}

/// Why a read is not as fresh as was asked.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    /// The time is over.
    #[error("the read model has not reached that position in time")]
    TimedOut,
    /// The read model stopped before that position; an operator must look at it.
    #[error("the read model {0} stopped before that position")]
    Degraded(&'static str),
    /// The database did not answer.
    #[error(transparent)]
    Door(#[from] DoorError),
}

impl Progress {
    /// Tells where a tenant's read models stand now; lower than before after a restore.
    pub fn publish(&self, tenant: TenantId, standings: &[Standing]) {
        self.sender(tenant).send_replace(Some(standings.into()));
    }

    /// The position that every model that goes on has reached, where this process knows it.
    pub fn known(&self, tenant: TenantId) -> Option<i64> {
        let tenants = self.tenants.lock().expect("no holder of this lock can panic");
        let known = tenants.get(&tenant)?.borrow().clone()?;
        let live = known.iter().filter(|standing| standing.state == State::Live);
        live.map(|standing| standing.position).min()
    }

    fn sender(&self, tenant: TenantId) -> watch::Sender<Known> {
        let mut tenants = self.tenants.lock().expect("no holder of this lock can panic");
        tenants.entry(tenant).or_insert_with(|| watch::Sender::new(None)).clone()
    }

    /// Waits until every one of `models` has taken in the event at `position`. Never early; late by
    /// at most a tenth of a second where the runner is in another process.
    pub async fn wait_for(
        &self,
        tenants: &Tenants,
        tenant: TenantId,
        models: &[&'static dyn ErasedModel],
        position: i64,
        timeout: Duration,
    ) -> Result<(), WaitError> {
        let deadline = Instant::now() + timeout;
        let mut told = self.sender(tenant).subscribe();
        loop {
            let known = told.borrow_and_update().clone();
            if let Some(known) = known
                && has_reached(&known, models, position)?
            {
                return Ok(());
            }
            let until = deadline.min(Instant::now() + ASK_EVERY);
            match timeout_at(until, told.changed()).await {
                Ok(Ok(())) => continue,
                Ok(Err(_)) => unreachable!("the sender is kept as long as this is borrowed"),
                Err(_) => {}
            }
            let mut tx = tenants.begin(tenant).await?;
            let (_, standings) = checkpoint::read(&mut tx, models).await?;
            tx.commit().await?;
            if has_reached(&standings, models, position)? {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(WaitError::TimedOut);
            }
        }
    }
}

fn has_reached(
    standings: &[Standing],
    models: &[&'static dyn ErasedModel],
    position: i64,
) -> Result<bool, WaitError> {
    let mut reached = true;
    for model in models {
        let standing = standings.iter().find(|it| it.model.name() == model.name());
        match standing {
            Some(Standing { position: at, state: State::Live, .. }) => reached &= *at >= position,
            Some(Standing { position: at, state: State::Degraded(_), .. }) if *at < position => {
                return Err(WaitError::Degraded(model.name()));
            }
            Some(Standing { state: State::Degraded(_), .. }) => {}
            Some(Standing { state: State::Unbuilt | State::Newer, .. }) | None => reached = false,
        }
    }
    Ok(reached)
}
