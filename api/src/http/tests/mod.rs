//! The edge as its clients see it: requests to the router over a real database, each test with a
//! firm of its own.

mod access;
mod approval;
mod ask;
mod domains;
mod files;
mod files_seen;
mod firm;
mod flags;
mod freshness;
mod grants;
mod hosts;
mod idempotency;
mod isolation;
mod jobs;
mod leave;
mod logs;
mod members;
mod pages;
mod people;
mod platform_roles;
mod problems;
mod roles;
mod samples;
mod server;
mod service;
mod sessions;
mod signups;
mod subscriptions;
mod tags;
mod time;

pub(crate) use ask::{Ask, Reply, ask, visit};
pub(crate) use firm::Firm;
