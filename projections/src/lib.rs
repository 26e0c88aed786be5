//! The read side: each read model is one pure fold of a tenant's log into typed rows. The same fold
//! serves live, rebuild, as-of and verify. Nothing here decides what may happen, and no fold opens a
//! sealed field.

pub mod model;
pub mod row;
pub mod time;
