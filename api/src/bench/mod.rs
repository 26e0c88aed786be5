//! Benchmarks: each leg beside its ceiling in the same run, so that what is reported is a ratio. A
//! benchmark never decides whether a test passes.

pub mod append;
pub mod ceiling;
pub mod cpu;

use std::time::Duration;

use domain::id::{LogId, TenantId};
use migrations::provision::{NewTenant, provision};

use crate::system::System;

/// How long and how often each leg runs.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// The length of one leg.
    pub leg: Duration,
    /// How many rounds; the median counts.
    pub rounds: usize,
}

/// A tenant of its own for a benchmark; its log is left behind for a look afterwards.
pub async fn scratch_tenant(system: &System, read_models: &[String]) -> anyhow::Result<TenantId> {
    let clock = system.commands.log().clock();
    let id = clock.new_id();
    let slug = format!("bench-{}", &id.simple().to_string()[20..]);
    let new = NewTenant {
        id: TenantId(id),
        log: LogId(clock.new_id()),
        host: format!("{slug}.bench.invalid"),
        name: "A benchmark".to_owned(),
        slug,
        at: clock.now(),
    };
    provision(&system.tenants, system.keys.master(), &new, read_models).await?;
    Ok(new.id)
}

/// The median of some figures; 0 of none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
