//! Leave over HTTP: the kinds of it, requests, balances with their postings, who is away when,
//! feeds for calendar programs, and the holidays that a firm keeps.

pub(crate) mod agreements;
pub(crate) mod amounts;
pub(crate) mod balances;
pub(crate) mod cases;
pub(crate) mod entries;
pub(crate) mod feeds;
mod granted;
pub(crate) mod hidden;
pub(crate) mod holidays;
mod ics;
pub(crate) mod leave_types;
pub(crate) mod policies;
mod policy_body;
mod policy_of;
pub(crate) mod postings;
pub(crate) mod preview;
pub(crate) mod requested;
pub(crate) mod requests;
mod seen;
pub(crate) mod team;
mod words;
