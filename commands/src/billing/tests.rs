//! Billing on a real database: what is reserved is reserved once, what is issued stays, and numbers
//! have neither gaps nor doubles.

mod bureau;
mod corrected;
mod drafts;
mod issued;
mod numbers;
mod seconds;
