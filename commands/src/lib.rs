//! Under construction.

pub mod bus;
