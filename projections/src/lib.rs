//! The read side: each read model is one pure fold of a tenant's log into typed rows. The same fold
//! serves live, rebuild, as-of and verify. Nothing here decides what may happen, and no fold opens
//! a sealed field.

pub mod apply;
pub mod as_of;
pub mod billing;
pub mod budgets;
pub mod catalogue;
pub mod checkpoint;
pub mod erased;
pub mod feed;
pub mod files;
pub mod fold;
pub mod health;
pub mod import;
pub mod kept;
pub mod leave;
pub mod members;
pub mod model;
pub mod rebuild;
pub mod registry;
pub mod reports;
pub mod row;
pub mod runner;
pub mod settings;
mod store;
pub mod time;
pub mod verify;
pub mod wait;

#[cfg(test)]
mod tests;
