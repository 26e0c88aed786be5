//! Where data lives: the SQL of platform and tenants, and the only door to a connection. Every
//! other crate reaches PostgreSQL through a `TenantTx`, which is one tenant's and nobody else's.

pub mod bootstrap;
pub mod catalogued;
pub mod cell;
pub mod doctor;
pub mod door;
pub mod embedded;
pub mod files;
mod kept;
pub mod keys;
pub mod migrate;
pub mod platform;
pub mod provision;
mod public_site;
pub mod remove;
pub mod secret_file;
pub mod standing;
pub mod testing;

pub use door::{DoorError, Template, TenantQuery, TenantTx, Tenants, TimeLimits};

#[cfg(test)]
mod pooled;
#[cfg(test)]
mod walls;
