//! The edge as its clients see it: requests to the router over a real database, each test with a
//! firm of its own.

mod access;
mod approval;
mod ask;
mod budgets;
mod calendar;
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
mod kept;
mod leave;
mod leave_privacy;
mod leave_report;
mod logs;
mod many_reads;
mod members;
mod pages;
mod people;
mod platform_roles;
mod prices;
mod problems;
mod races;
mod reports;
mod roles;
mod rules;
mod samples;
mod server;
mod service;
mod sessions;
mod signups;
mod subscriptions;
mod tags;
mod time;
mod timer;
mod unbilled;
mod utilisation;

pub(crate) use ask::{Ask, Reply, ask, visit};
pub(crate) use firm::Firm;
