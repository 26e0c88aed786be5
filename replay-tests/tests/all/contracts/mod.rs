//! Every shape that was ever stored has a file of samples in `contracts/`, exactly as the log holds
//! them. A file is never edited: a program that can't read it can't read somebody's log.

mod billing;
mod budgets;
mod carried;
mod catalogue;
mod correspondence;
pub(crate) mod files;
mod keyring;
mod later;
mod leave;
mod leave_members;
mod numbers;
pub(crate) mod people;
pub(crate) mod platform;
pub(crate) mod sample;
mod sums;
pub(crate) mod tenancy;
mod time;
mod timer;
mod written;

pub(crate) use keyring::{SampleKeys, from_base64, to_base64};
pub(crate) use sums::add_stream;
