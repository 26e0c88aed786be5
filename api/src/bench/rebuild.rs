//! How fast a read model is built anew from a tenant's log and swapped in, and for how long the
//! swap keeps readers out.

use std::sync::Arc;

use anyhow::Context as _;
use projections::{rebuild, registry};
use serde::Serialize;

use super::copy::{Copy, Figures};
use super::history::History;
use super::median;
use crate::system::System;

/// The read models that are measured: one row per week, and two with one row per entry.
pub const MODELS: [&str; 3] = ["timesheet_week", "unbilled", "time_entry"];

/// One read model's leg beside its ceiling.
#[derive(Debug, Serialize)]
pub struct Leg {
    /// `rebuild`.
    pub bench: &'static str,
    /// The read model.
    pub model: &'static str,
    /// How many rows it has.
    pub rows: usize,
    /// How long the swap held up readers, in milliseconds; the median of the rounds.
    pub swap_ms: f64,
    /// What it came to.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Runs the leg of every model of `MODELS`; `report` gets each as it ends.
pub async fn run(
    system: &Arc<System>,
    history: &History,
    ceiling: &Copy,
    rounds: usize,
    mut report: impl FnMut(&Leg),
) -> anyhow::Result<()> {
    for name in MODELS {
        let model = registry::find(name).with_context(|| format!("no read model {name}"))?;
        let (mut swaps, mut rows) = (Vec::new(), 0);
        let work = async || {
            let tenants = &system.tenants;
            let rebuilt = rebuild::rebuild(tenants, history.tenant, model, &mut |_| {}).await?;
            swaps.push(rebuilt.swap_ms);
            rows = rebuilt.rows;
            Ok(rebuilt.events)
        };
        let figures = ceiling.beside(system, history, rounds, work).await?;
        let swap_ms = median(swaps);
        report(&Leg { bench: "rebuild", model: model.name(), rows, swap_ms, figures });
    }
    Ok(())
}
