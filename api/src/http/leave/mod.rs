//! Leave over HTTP: the kinds of it, and the holidays that a firm keeps.

pub(crate) mod hidden;
pub(crate) mod holidays;
pub(crate) mod leave_types;
