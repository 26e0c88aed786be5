//! Folds a tenant's log in memory, from the beginning or on from where a fold stands. Rebuild,
//! verify and as-of are this and nothing else.

use std::collections::BTreeSet;

use domain::log::DecodeError;
use migrations::{DoorError, TenantTx};

use crate::checkpoint;
use crate::erased::{ErasedModel, ErasedRows};
use crate::feed::{self, FeedError};
use crate::row::CellError;

/// Why a log can't be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The log or a table can't be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// An event does not decode, and no operator said to skip it.
    #[error("event {position}: {error}")]
    Poison {
        /// Its place in the log.
        position: i64,
        /// Why.
        error: DecodeError,
    },
}

impl From<DoorError> for FoldError {
    fn from(error: DoorError) -> Self {
        FoldError::Feed(error.into())
    }
}

impl From<CellError> for FoldError {
    fn from(error: CellError) -> Self {
        FoldError::Feed(error.into())
    }
}

/// A read model in memory, as of a position.
pub struct Fold {
    model: &'static dyn ErasedModel,
    /// Its rows.
    pub rows: Box<dyn ErasedRows>,
    /// The last event taken in.
    pub position: i64,
    skipped: BTreeSet<i64>,
}

impl std::fmt::Debug for Fold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {}", self.model, self.position)
    }
}

impl Fold {
    /// No rows, before the first event.
    pub async fn begin(
        tx: &mut TenantTx,
        model: &'static dyn ErasedModel,
    ) -> Result<Self, DoorError> {
        let skipped = checkpoint::skipped(tx, model.name()).await?;
        Ok(Fold { model, rows: model.empty(), position: 0, skipped })
    }

    /// Takes in the events up to `upto`, all of them or an error; calls `each` with each position.
    pub async fn go_on(
        &mut self,
        tx: &mut TenantTx,
        upto: i64,
        mut each: impl FnMut(i64),
    ) -> Result<(), FoldError> {
        let Fold { model, rows, position, skipped } = self;
        feed::each_event(tx, *position, upto, |stored| {
            if model.reads(stored.event_type) && !skipped.contains(&stored.position) {
                match stored.decode() {
                    Ok(event) => rows.apply(&event),
                    Err(error) => {
                        return Err(FoldError::Poison { position: stored.position, error });
                    }
                }
            }
            *position = stored.position;
            each(stored.position);
            Ok(())
        })
        .await
    }
}
