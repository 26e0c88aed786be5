//! Billing as it's read: what may be billed, and the invoices that reserve it.

pub mod account_manager;
pub mod billed_entry;
mod book_mark;
pub mod credit_note;
pub mod draft_lines;
mod freed_by;
pub mod invoice;
pub mod invoice_entry;
pub mod newest_invoices;
pub mod price_book;
pub mod receivable;
pub mod rounding_book;
pub mod unbilled;
pub mod unbilled_sums;

use domain::billing::{GroupBy, InvoiceEvent, InvoiceState};
use domain::log::Recorded;

pub use freed_by::FreedBy;

use crate::row::text_cells;

/// The name of a grouping, as the log spells it.
fn name_of(group_by: GroupBy) -> &'static str {
    match group_by {
        GroupBy::Task => "task",
        GroupBy::Member => "member",
        GroupBy::Day => "day",
        GroupBy::Entry => "entry",
    }
}

fn group_by_named(name: &str) -> Option<GroupBy> {
    let all = [GroupBy::Task, GroupBy::Member, GroupBy::Day, GroupBy::Entry];
    all.into_iter().find(|group_by| name_of(*group_by) == name)
}

text_cells! {
    InvoiceState: |state| state.as_str(),
        |name| InvoiceState::ALL.into_iter().find(|it| it.as_str() == name);
    GroupBy: |group_by| name_of(*group_by), group_by_named;
}

/// The event of an invoice, where it's one.
pub(crate) fn invoice_event(recorded: &Recorded) -> Option<&InvoiceEvent> {
    recorded.event.family()
}

#[cfg(test)]
mod tests;
