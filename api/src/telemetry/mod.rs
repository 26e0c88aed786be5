//! What the program says of itself while it runs: lines for a log, figures for a scraper, spans for
//! a collector. All three name a tenant by its id and never repeat what somebody wrote: no body, no
//! token, no name.

mod lines;
pub mod measures;
mod panics;
pub mod traces;

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub use lines::Lines;
#[cfg(test)]
pub(crate) use lines::tests::Text as LogInMemory;
pub use traces::Tracing;

/// What is said where `CROWDMINDER_LOG` asks for nothing else.
const USUAL: &str = "warn,api=info,commands=info,projections=info";

/// Begins to log to standard error and, where a collector is configured, to trace. To be called
/// once; what it answers sends the last spans at the end.
pub fn start() -> Tracing {
    let filter =
        EnvFilter::try_from_env("CROWDMINDER_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    // A terminal is read by a person, anything else by a program.
    let lines = if std::io::stderr().is_terminal() {
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).boxed()
    } else {
        Lines::to(std::io::stderr).boxed()
    };
    let (tracing, spans) = traces::from_environment();
    tracing_subscriber::registry().with(filter).with(lines).with(spans).init();
    panics::log_them();
    tracing
}
