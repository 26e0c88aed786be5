//! The edges: HTTP, the command line, configuration. Nothing is decided here; what comes in is
//! turned into commands and questions, what goes out into documents.

pub mod bench;
pub mod cli;
pub mod config;
pub mod demo;
pub mod dns;
pub mod doctor;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod notify;
pub mod system;
pub mod telemetry;
pub mod worker;
