//! The ledger of leave: an account's postings as a pure function of its facts. What is recorded is
//! compared with it, and the difference is posted; so a job that runs late, twice or not at all
//! changes nothing, and neither does the order in which facts become known.

mod due;
mod facts;
mod gather;
mod moved;
mod posting;
mod replay;
mod settle;

pub use due::{due, due_after};
pub use facts::{Absence, AccountFacts, DatedPolicy, policy_on};
pub use gather::LeaveSources;
pub use moved::{Moved, moved};
pub use posting::{Bucket, Cause, Origin, Posting, PostingKind, RestsOn, balance_on};
pub use replay::{Ledger, replay};
pub use settle::{settle, standing_of};
