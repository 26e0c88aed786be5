//! `crowdminder bench`: figures of this machine, as ratios to ceilings measured beside them.

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{Outcome, output};
use crate::bench::{Effort, append};
use crate::system::System;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    name: Name,
    /// Seconds per leg
    #[arg(long, global = true, default_value_t = 3)]
    seconds: u64,
    /// Rounds per leg; the median counts
    #[arg(long, global = true, default_value_t = 3)]
    rounds: usize,
}

#[derive(Debug, Subcommand)]
enum Name {
    /// Appending events to one tenant's log, against pgbench
    Append,
}

pub(crate) async fn run(system: &Arc<System>, json: bool, bench: Bench) -> anyhow::Result<Outcome> {
    let effort = Effort { leg: Duration::from_secs(bench.seconds), rounds: bench.rounds };
    match bench.name {
        Name::Append => {
            append::run(system, effort, |leg| {
                if json {
                    output::document(leg);
                } else {
                    output::line(&format!(
                        "append, {} callers, {}: {:.0}/s, ceiling {:.0}/s, ratio {:.2}, \
                         CPU server {:.0} us (ceiling {:.0}) client {:.0} us, \
                         p50 {:.1} ms, p99 {:.1} ms",
                        leg.callers,
                        if leg.sealed { "sealed note" } else { "no personal field" },
                        leg.per_second,
                        leg.ceiling_per_second,
                        leg.ratio,
                        leg.server_cpu_us,
                        leg.ceiling_server_cpu_us,
                        leg.client_cpu_us,
                        leg.p50_ms,
                        leg.p99_ms
                    ));
                }
            })
            .await?;
        }
    }
    Ok(Outcome::Done)
}
