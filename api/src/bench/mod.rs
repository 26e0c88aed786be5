//! Benchmarks: each leg beside its ceiling in the same run, so that what is reported is a ratio. A
//! benchmark never decides whether a test passes.

pub mod append;
pub mod ceiling;
pub mod copy;
pub mod cpu;
pub mod firm;
pub mod history;
pub mod invoice;
pub mod migrate;
pub mod provision;
pub mod read;
pub mod rebuild;
pub mod replay;

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

/// The figure below which this share of them lies; 0 of none.
pub fn quantile(figures: &[f64], share: f64) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    figures.get((figures.len() as f64 * share) as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use commands::Clock;
    use migrations::cell::PoolLimits;

    use super::copy::Copy;
    use super::{history, rebuild, replay};
    use crate::system::{Place, System};

    #[tokio::test]
    async fn replay_and_rebuild_read_every_event_that_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::in_folder(folder.path().to_owned());
        let system = System::open(&place, Clock::system(), PoolLimits::default()).await.unwrap();
        let system = Arc::new(system);
        // Ten full weeks and a short one, once with notes and once without.
        for (sealed, events) in [(false, 507), (true, 501)] {
            let told = std::cell::Cell::new(0);
            let each = |now| told.set(told.get() + now);
            let history = history::fill(&system, events, sealed, each).await.unwrap();
            assert_eq!((told.get(), history.events, history.sheets), (events, events as i64, 11));
            for ceiling in [Copy::find(&system), Copy::Drained] {
                let leg = replay::run(&system, &history, &ceiling, 1).await.unwrap();
                assert_eq!((leg.figures.events, leg.figures.sealed), (history.events, sealed));
                assert!(leg.figures.ratio > 0.0);
            }
            let mut seen = Vec::new();
            rebuild::run(&system, &history, &Copy::Drained, 1, |leg| {
                seen.push((leg.model, leg.rows as u64, leg.figures.events));
            })
            .await
            .unwrap();
            let of = |model, rows| (model, rows, history.events);
            let entries = history.entries;
            assert_eq!(
                seen,
                [of("timesheet_week", 11), of("unbilled", entries), of("time_entry", entries)]
            );
            assert_eq!(entries, if sealed { 481 } else { 485 });
        }
        Arc::into_inner(system).unwrap().close().await;
    }
}
