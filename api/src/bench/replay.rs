//! How fast a tenant's log is read in its order with every event decoded into its type, by one
//! task, which is one core.

use std::sync::Arc;

use projections::feed;
use projections::fold::FoldError;
use serde::Serialize;

use super::copy::{Copy, Figures};
use super::history::History;
use crate::system::System;

/// One leg beside its ceiling.
#[derive(Debug, Serialize)]
pub struct Leg {
    /// `replay`.
    pub bench: &'static str,
    /// What it came to.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Reads the history's whole log in each round. Fails at an event that is missing or does not
/// decode.
pub async fn run(
    system: &Arc<System>,
    history: &History,
    ceiling: &Copy,
    rounds: usize,
) -> anyhow::Result<Leg> {
    let figures =
        ceiling.beside(system, history, rounds, async || read(system, history).await).await?;
    Ok(Leg { bench: "replay", figures })
}

async fn read(system: &System, history: &History) -> anyhow::Result<i64> {
    let mut tx = system.tenants.begin_snapshot(history.tenant).await?;
    let head = feed::head(&mut tx).await?;
    let mut events = 0;
    feed::each_event(&mut tx, 0, head, |stored| {
        let position = stored.position;
        let event = stored.decode().map_err(|error| FoldError::Poison { position, error })?;
        std::hint::black_box(&event);
        events += 1;
        Ok::<_, FoldError>(())
    })
    .await?;
    Ok(events)
}
