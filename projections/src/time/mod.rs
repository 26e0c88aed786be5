//! Time as it's read: entries, and the weeks they are approved in.

pub mod time_entry;
pub mod timesheet_week;

use domain::log::{Event, Recorded};
use domain::time::TimeEvent;

use crate::row::text_cells;

/// How far approval has come, of an entry or of a whole week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nobody asked for approval of this version.
    Open,
    /// Waits for an approver.
    Submitted,
    /// Approved in this version.
    Approved,
    /// Sent back.
    Rejected,
}

impl State {
    /// Every state.
    pub const ALL: [State; 4] = [State::Open, State::Submitted, State::Approved, State::Rejected];

    /// The name in rows and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Submitted => "submitted",
            State::Approved => "approved",
            State::Rejected => "rejected",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        State::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

text_cells! {
    State: |state| state.as_str(), State::parse;
}

/// The event of a timesheet, where it's one.
pub(crate) fn time_event(recorded: &Recorded) -> Option<&TimeEvent> {
    match &recorded.event {
        Event::Time(event) => Some(event),
        Event::Invoice(_)
        | Event::Member(_)
        | Event::Client(_)
        | Event::Project(_)
        | Event::RateCard(_)
        | Event::Settings(_)
        | Event::Import(_) => None,
    }
}
