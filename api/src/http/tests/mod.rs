//! The edge as its clients see it: requests to the router over a real database, each test with a
//! firm of its own.

mod access;
mod ask;
mod firm;
mod freshness;
mod hosts;
mod idempotency;
mod isolation;
mod members;
mod problems;
mod roles;
mod samples;
mod server;
mod tags;
mod time;

pub(crate) use ask::{Ask, Reply, ask};
pub(crate) use firm::Firm;
