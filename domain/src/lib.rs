//! The rules of Crowdminder: values in, values out. One folder per slice; what has happened is an
//! event, what may happen is a decision. Nothing here waits, or reads a clock, a random source, a
//! database or a setting: they are arguments.

mod aggregate;
pub mod billing;
pub mod budgets;
pub mod canonical;
pub mod catalogue;
pub mod country;
pub mod decimal;
pub mod files;
pub mod flags;
pub mod id;
pub mod import;
pub mod jobs;
pub mod leave;
pub mod log;
pub mod members;
pub mod money;
pub mod name;
pub mod personal;
pub mod refusal;
pub mod settings;
pub mod signup;
pub mod subscription;
pub mod tenancy;
pub mod time;
