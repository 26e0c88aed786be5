//! Billing on a real database: what is reserved is reserved once, and what is issued stays.

mod drafts;
