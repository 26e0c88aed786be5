//! Under construction.

pub mod bus;
pub mod relay;
