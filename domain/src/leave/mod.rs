//! Leave: the kinds of it that a firm has, and the days on which nobody works anyway. A stream per
//! kind, and one for the calendar of holidays, so that what rests on them can name their versions.

pub mod adopt_holiday_calendar;
mod amount;
mod calendar;
pub mod days;
pub mod declare_holiday;
pub mod define_leave_type;
pub mod document;
mod events;
mod leave_type;
pub mod ledger;
pub mod member_leave;
pub mod policy;
mod refusal;
pub mod rename_leave_type;
pub mod restore_leave_type;
pub mod retire_leave_type;
#[cfg(test)]
pub(crate) mod samples;
pub mod withdraw_holiday;

pub use adopt_holiday_calendar::{AdoptHolidayCalendar, Observance};
pub use amount::{LeaveDays, LeaveMinutes};
pub use calendar::{Adoption, CalendarCommand, HolidayCalendar, KeptHoliday, calendar_stream};
pub use declare_holiday::DeclareHoliday;
pub use define_leave_type::DefineLeaveType;
pub use events::{
    HolidayCalendarAdopted, HolidayDeclared, HolidayEvent, HolidayWithdrawn, LeavePolicyCleared,
    LeavePolicySet, LeaveTypeDefined, LeaveTypeEvent, LeaveTypeRenamed, LeaveTypeRestored,
    LeaveTypeRetired, PackRef,
};
pub use leave_type::{LeaveType, LeaveTypeCommand, code_of_name, is_code, leave_type_stream};
pub use member_leave::*;
pub use policy::LeavePolicy;
pub use refusal::Refusal;
pub use rename_leave_type::RenameLeaveType;
pub use restore_leave_type::RestoreLeaveType;
pub use retire_leave_type::RetireLeaveType;
pub use withdraw_holiday::WithdrawHoliday;
