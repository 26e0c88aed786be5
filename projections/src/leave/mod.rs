//! Leave as it's read: its kinds, whose holidays a firm keeps, and the days it declared itself. The
//! holidays of a law are computed at reading, by the rule that decides.

pub mod holiday;
pub mod holiday_calendar;
pub mod leave_type;

use domain::country::{Counts, ShownIn};
use domain::leave::HolidayEvent;
use domain::log::Recorded;

use crate::row::text_cells;

text_cells! {
    ShownIn: |shown| shown.as_str(),
        |name| ShownIn::ALL.into_iter().find(|it| it.as_str() == name);
    Counts: |counts| counts.as_str(),
        |name| Counts::ALL.into_iter().find(|it| it.as_str() == name);
}

/// The event of the calendar of holidays, where it's one.
fn holiday_event(recorded: &Recorded) -> Option<&HolidayEvent> {
    recorded.event.family()
}
