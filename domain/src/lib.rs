//! The rules of Crowdminder: values in, values out. One folder per slice; what has happened is an
//! event, what may happen is a decision. Nothing here waits, or reads a clock, a random source, a
//! database or a setting: they are arguments.

pub mod id;
pub mod import;
