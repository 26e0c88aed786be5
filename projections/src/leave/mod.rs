//! Leave as it's read: its kinds, requests, recorded postings, the days they take and feeds; whose
//! holidays a firm keeps, and the days it declared itself. The holidays of a law, and balances, are
//! computed at reading, by the rules that decide.

pub mod holiday;
pub mod holiday_calendar;
pub mod leave_day;
pub mod leave_feed;
pub mod leave_posting;
pub mod leave_request;
pub mod leave_type;

use domain::country::{Counts, ShownIn};
use domain::leave::ledger::{Cause, Origin, PostingKind};
use domain::leave::policy::Right;
use domain::leave::{DayPart, HolidayEvent, LeaveMinutes, LeaveState, MemberLeaveEvent};
use domain::log::Recorded;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::row::{Cell, CellError, SqlType, text_cells};

text_cells! {
    ShownIn: |shown| shown.as_str(),
        |name| ShownIn::ALL.into_iter().find(|it| it.as_str() == name);
    Counts: |counts| counts.as_str(),
        |name| Counts::ALL.into_iter().find(|it| it.as_str() == name);
    LeaveState: |state| state.as_str(), LeaveState::parse;
    PostingKind: |kind| kind.as_str(),
        |name| PostingKind::ALL.into_iter().find(|it| it.as_str() == name);
    Right: |right| name_of(right), named;
    Origin: |origin| name_of(origin), named;
    Cause: |cause| stored(cause), |text| serde_json::from_str(text).ok();
    DayPart: |part| stored(part), |text| serde_json::from_str(text).ok();
}

/// A value as the log holds it, where it's not a name alone.
fn stored<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("what an event holds is plain data")
}

fn name_of<T: Serialize>(value: &T) -> String {
    let stored = serde_json::to_value(value).expect("what an event holds is plain data");
    stored.as_str().unwrap_or_default().to_owned()
}

fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}

/// Held as a whole number of ten-thousandths, shown as a text such as `-7.25`.
impl Cell for LeaveMinutes {
    const SQL: SqlType = SqlType::BIGINT;

    fn write(&self, out: &mut Vec<u8>) -> bool {
        self.ten_thousandths().write(out)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, CellError> {
        i64::read(bytes).map(LeaveMinutes::of_ten_thousandths)
    }

    fn json(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// The event of a member's leave, where it's one.
pub(crate) fn leave_event(recorded: &Recorded) -> Option<&MemberLeaveEvent> {
    recorded.event.family()
}

/// The event of the calendar of holidays, where it's one.
fn holiday_event(recorded: &Recorded) -> Option<&HolidayEvent> {
    recorded.event.family()
}
