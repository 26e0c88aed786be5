//! The write side: load, decide, append. `handle` is the only way to write; everything it writes is
//! one commit of the tenant's log.

pub mod clock;
pub mod event_log;
