//! The replay by worked cases, each by its id where it has one, and by what must always hold.

mod carrying;
mod granting;
mod growing;
mod leaving;
mod properties;
mod taking;
