//! Reports: sums over what was recorded, grouped as a question asks. Nothing here is stored. The
//! same sums are made of live rows and of a fold of the past, so the two can't differ in how they
//! are made.

pub mod firm;
pub mod grouped;
pub mod past;
pub mod sums;
pub mod terms;
pub mod work;
