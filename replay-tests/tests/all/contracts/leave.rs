//! Samples of the events of kinds of leave and of the calendar of holidays.

use domain::country::{Counts, ShownIn};
use domain::id::LeaveTypeId;
use domain::leave::{
    HolidayCalendarAdopted, HolidayDeclared, HolidayEvent, HolidayWithdrawn, LeaveTypeDefined,
    LeaveTypeEvent, LeaveTypeRenamed, LeaveTypeRestored, LeaveTypeRetired, PackRef,
};
use domain::log::Event;

use super::sample::{ANNUAL, TUESDAY, id};

pub(crate) fn leave_types() -> Vec<Event> {
    let leave_type = LeaveTypeId(id(ANNUAL));
    let of_pack = LeaveTypeDefined {
        leave_type,
        code: "annual".into(),
        name: "Annual leave".into(),
        paid: true,
        shown_in: ShownIn::Days,
        counts: Counts::WorkingDays,
        pack: Some(PackRef { country: "ZA".into(), version: 1 }),
    };
    let own = LeaveTypeDefined {
        code: "kind_krank_2".into(),
        name: "Kind krank \"zwei\"".into(),
        paid: false,
        shown_in: ShownIn::Hours,
        counts: Counts::CalendarDays,
        pack: None,
        ..of_pack.clone()
    };
    let events: Vec<LeaveTypeEvent> = vec![
        of_pack.into(),
        own.into(),
        LeaveTypeRenamed { leave_type, name: "Holiday".into() }.into(),
        LeaveTypeRetired { leave_type }.into(),
        LeaveTypeRestored { leave_type }.into(),
    ];
    events.into_iter().map(Event::from).collect()
}

pub(crate) fn holidays() -> Vec<Event> {
    let adopted = |country: Option<&str>, region: Option<&str>, pack_version, from| {
        let (country, region) = (country.map(str::to_owned), region.map(str::to_owned));
        HolidayCalendarAdopted { country, region, pack_version, from }.into()
    };
    let events: Vec<HolidayEvent> = vec![
        adopted(Some("ZA"), None, 1, None),
        adopted(Some("DE"), Some("BY"), 2, Some(TUESDAY)),
        adopted(Some("FR"), None, 0, None),
        adopted(None, None, 0, Some(TUESDAY)),
        HolidayDeclared { day: TUESDAY, name: "Works' \"outing\"".into() }.into(),
        HolidayWithdrawn { day: TUESDAY }.into(),
    ];
    events.into_iter().map(Event::from).collect()
}
