//! Time as it's read: entries, and the weeks they are approved in.

pub mod favourite;
pub mod habits;
pub mod period;
pub mod running_timer;
pub mod time_entry;
pub mod timesheet_week;
pub mod utilisation;
pub mod work_terms;

use domain::log::Recorded;
use domain::time::{Chain, EntryState, Office, TimeEvent};

use crate::row::text_cells;

const STATES: [EntryState; 4] =
    [EntryState::Open, EntryState::Submitted, EntryState::Approved, EntryState::Rejected];

text_cells! {
    EntryState: |state| state.as_str(),
        |name| STATES.into_iter().find(|state| state.as_str() == name);
    Office: |office| office.as_str(), Office::parse;
    Chain: |chain| chain.to_string(), Chain::parse;
}

/// The event of a timesheet, where it's one.
pub(crate) fn time_event(recorded: &Recorded) -> Option<&TimeEvent> {
    recorded.event.family()
}
