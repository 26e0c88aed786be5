//! The write side: load, decide, append. `handle` is the only way to write; everything it writes is
//! one commit of the tenant's log.

pub mod billing;
pub mod budgets;
pub mod bus;
pub mod carried;
pub mod catalogue;
pub mod clock;
pub mod cqrs_store;
pub mod event_log;
pub mod files;
pub mod first_terms;
pub mod flags;
pub mod handle;
pub mod import;
pub mod jobs;
pub mod leave;
pub mod links;
mod loaded;
pub mod locks;
pub mod mail;
mod measured;
pub mod members;
pub mod platform_log;
mod refusals;
pub mod refused;
pub mod relay;
mod sender;
pub mod sessions;
pub mod settings;
pub mod signup;
pub mod state_cache;
pub mod subscription;
pub mod tenancy;
#[cfg(test)]
mod testing;
pub mod time;
pub mod tokens;
pub mod unit;

pub use clock::Clock;
pub use cqrs_store::CqrsStore;
pub use event_log::EventLog;
pub use handle::{Command, Commands, IdempotencyKey, Sender};
pub use refused::{CommandError, Done, Refused, Reply, Warned};
pub use unit::{Loaded, Unit};
