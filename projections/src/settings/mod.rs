//! Settings as they're read.

pub mod setting;
