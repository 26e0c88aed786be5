//! The program as an operator runs it: in several processes over one database and one bus, under a
//! service manager, with a collector for its traces, told to stop in the middle of work.

pub(crate) mod client;
mod collector;
mod managed;
mod nats;
mod packaging;
mod page;
mod roles;
mod site;
mod spans;
mod traces;
