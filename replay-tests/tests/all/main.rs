//! Proofs over stored history, in one program with one private server: what was written stays
//! readable, what is shown is what the log says, and no fault of delivery changes that.

mod browser;
mod busy;
mod contracts;
mod cqrs;
mod crash;
mod delivery;
mod deploy;
mod firm;
mod lifecycle;
mod streams;
mod tailing;
mod tidy;
mod wait;
