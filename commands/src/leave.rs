//! Changes of the kinds of leave and of the holidays, for admins; and what a firm gets of both from
//! its country: when it's founded, and when its settings first name a country.

mod agreements;
mod cases;
mod deciders;
mod decisions;
mod entries;
pub mod feeds;
mod letters;
mod policies;
mod preview;
mod requests;
pub mod settle;
pub(crate) mod settling;
pub mod sight;
pub mod sources;
mod tests;
mod upkeep;
