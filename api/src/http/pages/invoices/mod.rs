//! The pages of invoices: the list, the review of one, and what can be done with it.

mod actions;
mod disputes;
mod lines;
mod list;
mod marks;
mod moments;
mod review;
mod sheet;
mod timeline;
mod words;

pub(super) use actions::{issue, pay, send_off, void};
pub(super) use list::list;
pub(super) use review::review;
