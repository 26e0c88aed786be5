//! The ledger of leave: an account's postings as a pure function of its facts. What is recorded is
//! compared with it, and the difference is posted; so a job that runs late, twice or not at all
//! changes nothing, and neither does the order in which facts become known.

mod accrual;
mod buckets;
mod cases;
mod cycles;
mod due;
mod entitled;
mod facts;
mod gather;
mod lapse;
mod leaving;
mod liability;
mod moved;
mod posting;
mod replay;
mod settle;
mod takes;
mod terms;
mod turn;
mod week;
mod worked;

pub use cases::{CaseSpan, case_span, first_day_of_work_after, last_day};
pub use due::{due, due_after};
pub use entitled::days_per_cycle;
pub use facts::{Absence, AccountFacts, DatedPolicy, policy_on};
pub use gather::LeaveSources;
pub use lapse::{left_to_lapse, next_to_lapse};
pub use leaving::{PayOut, payout};
pub use liability::{payable_on, worth};
pub use moved::{Moved, moved};
pub use posting::{Bucket, Cause, Origin, Posting, PostingKind, RestsOn, balance_on};
pub use replay::{Ledger, lowest, replay};
pub use settle::{settle, settle_account, standing_of};
pub use week::{average_day, working_days_per_week};
