//! Fixed values that the tests of this slice share.

use jiff::civil::Date;
use uuid::Uuid;

use super::{
    HolidayCalendar, HolidayCalendarAdopted, HolidayEvent, LeaveType, LeaveTypeDefined,
    LeaveTypeEvent, PackRef,
};
use crate::country::{Counts, ShownIn};
use crate::id::LeaveTypeId;
use crate::members::WorkPattern;

pub(crate) const ANNUAL: LeaveTypeId = LeaveTypeId(Uuid::from_u128(1));

pub(crate) fn annual_defined() -> LeaveTypeEvent {
    LeaveTypeDefined {
        leave_type: ANNUAL,
        code: "annual".into(),
        name: "Annual leave".into(),
        paid: true,
        shown_in: ShownIn::Days,
        counts: Counts::WorkingDays,
        pack: Some(PackRef { country: "ZA".into(), version: 1 }),
    }
    .into()
}

/// Annual leave of the South African pack.
pub(crate) fn annual() -> LeaveType {
    let mut leave_type = LeaveType::default();
    leave_type.evolve(&annual_defined());
    leave_type
}

pub(crate) fn adopted(
    country: Option<&str>,
    region: Option<&str>,
    pack_version: u32,
    from: Option<Date>,
) -> HolidayEvent {
    let (country, region) = (country.map(str::to_owned), region.map(str::to_owned));
    HolidayCalendarAdopted { country, region, pack_version, from }.into()
}

pub(crate) fn calendar(events: &[HolidayEvent]) -> HolidayCalendar {
    let mut calendar = HolidayCalendar::default();
    events.iter().for_each(|event| calendar.evolve(event));
    calendar
}

/// A firm that has kept the holidays of South Africa from always.
pub(crate) fn south_african() -> HolidayCalendar {
    calendar(&[adopted(Some("ZA"), None, 1, None)])
}

/// A week of so many working days of so many minutes, from Monday on.
pub(crate) fn week(days: usize, minutes: u32) -> Vec<u32> {
    (0..7).map(|day| if day < days { minutes } else { 0 }).collect()
}

pub(crate) fn pattern(from: Option<Date>, minutes: &[u32]) -> WorkPattern {
    WorkPattern { from, minutes: minutes.to_vec() }
}
