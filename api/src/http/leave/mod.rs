//! Leave over HTTP: the kinds of it, and the holidays that a firm keeps.

mod amounts;
pub(crate) mod hidden;
pub(crate) mod holidays;
pub(crate) mod leave_types;
mod policy_body;
mod policy_of;
pub(crate) mod preview;
pub(crate) mod requests;
