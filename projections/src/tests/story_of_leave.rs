//! The history of a firm's kinds of leave and of its calendar of holidays: every kind of event at
//! least once.

use domain::country::{Counts, ShownIn};
use domain::id::{LeaveTypeId, StreamId};
use domain::leave::policy::{CycleStart, LateCancel, LeaveCycle, LeaveStep};
use domain::leave::{
    HolidayCalendarAdopted, HolidayDeclared, HolidayEvent, HolidayWithdrawn, LeavePolicy,
    LeavePolicyCleared, LeavePolicySet, LeaveTypeDefined, LeaveTypeEvent, LeaveTypeRenamed,
    LeaveTypeRestored, LeaveTypeRetired, PackRef, calendar_stream,
};
use domain::log::Event;
use jiff::civil::{Date, date};

use super::samples::{History, id};

impl History {
    fn leave_type(&mut self, kind: u128, event: impl Into<LeaveTypeEvent>) -> &mut Self {
        self.add(StreamId(id(kind)), Event::LeaveType(event.into()))
    }

    fn holiday(&mut self, event: impl Into<HolidayEvent>) -> &mut Self {
        self.add(calendar_stream(), Event::Holiday(event.into()))
    }
}

/// Terms that grant nothing and have no limit.
fn uncounted() -> LeavePolicy {
    LeavePolicy {
        cycle: LeaveCycle { months: 12, begins: CycleStart::Employment },
        grants: Vec::new(),
        overdraft: None,
        step: LeaveStep::default(),
        notice_days: 0,
        document: None,
        terms: None,
        approval: Vec::new(),
        interrupts: false,
        late_cancel: LateCancel::default(),
        cases: Vec::new(),
    }
}

/// Annual leave of the South African pack and study leave of the firm's own; two adoptions and two
/// declared days, of which one was withdrawn.
pub(crate) fn leave() -> History {
    let [annual, study] = [60, 61].map(|n| LeaveTypeId(id(n)));
    let (works_party, elections) = (date(2026, 12, 24), date(2026, 11, 4));
    let adopted = |country: &str, from: Option<Date>| HolidayCalendarAdopted {
        country: Some(country.to_owned()),
        region: None,
        pack_version: 1,
        from,
    };
    let declared = |day, name: &str| HolidayDeclared { day, name: name.to_owned() };
    let mut history = History::default();
    history
        .leave_type(
            60,
            LeaveTypeDefined {
                leave_type: annual,
                code: "annual".to_owned(),
                name: "Annual leave".to_owned(),
                paid: true,
                shown_in: ShownIn::Days,
                counts: Counts::WorkingDays,
                pack: Some(PackRef { country: "ZA".to_owned(), version: 1 }),
            },
        )
        .leave_type(
            61,
            LeaveTypeDefined {
                leave_type: study,
                code: "study".to_owned(),
                name: "Study leave".to_owned(),
                paid: false,
                shown_in: ShownIn::Hours,
                counts: Counts::CalendarDays,
                pack: None,
            },
        )
        .leave_type(60, LeaveTypeRenamed { leave_type: annual, name: "Holiday".to_owned() })
        .leave_type(60, LeaveTypeRetired { leave_type: annual })
        .leave_type(60, LeaveTypeRestored { leave_type: annual })
        .holiday(adopted("ZA", None))
        .holiday(adopted("DE", Some(date(2027, 1, 1))))
        .holiday(declared(works_party, "Works party"))
        .holiday(declared(elections, "Elections"))
        .holiday(HolidayWithdrawn { day: elections })
        .leave_type(60, LeavePolicySet { leave_type: annual, from: None, policy: uncounted() })
        .leave_type(60, LeavePolicyCleared { leave_type: annual, from: None });
    history
}
