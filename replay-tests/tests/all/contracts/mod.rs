//! Every shape that was ever stored has a file of samples in `contracts/`, exactly as the log holds
//! them. A file is never edited: a program that can't read it can't read somebody's log.

mod carried;
mod catalogue;
mod files;
mod keyring;
mod leave;
mod people;
mod platform;
mod sample;
mod sums;
mod tenancy;
mod time;
mod written;

pub(crate) use keyring::{SampleKeys, from_base64, to_base64};
pub(crate) use sums::add_stream;
