//! Time: entries in timesheets of one member and ISO week, their approval, and rounding.

mod events;
pub mod week;
pub mod worked;

pub use events::{
    EntryVersion, TimeEvent, TimeRecorded, TimeRemoved, TimeRevised, TimesheetApproved,
    TimesheetRejected, TimesheetReopened, TimesheetSubmitted,
};
pub use week::Week;
pub use worked::{Span, Worked};
