//! Leave: the kinds of it that a firm has, and the days on which nobody works anyway. A stream per
//! kind, and one for the calendar of holidays, so that what rests on them can name their versions.

pub mod adopt_holiday_calendar;
pub mod agree_on_leave;
mod amount;
mod calendar;
pub mod clear_leave_policy;
pub mod days;
pub mod declare_holiday;
pub mod declare_leave_case;
pub mod define_leave_type;
pub mod document;
pub mod enter_leave;
mod events;
mod grant_refusal;
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
pub mod set_leave_policy;
pub mod sound_policy;
pub mod statutory;
pub mod withdraw_holiday;
pub mod withdraw_leave_case;
pub mod withdraw_leave_entry;

pub use adopt_holiday_calendar::{AdoptHolidayCalendar, Observance};
pub use agree_on_leave::AgreeOnLeave;
pub use amount::{LeaveDays, LeaveMinutes};
pub use calendar::{Adoption, CalendarCommand, HolidayCalendar, KeptHoliday, calendar_stream};
pub use clear_leave_policy::ClearLeavePolicy;
pub use declare_holiday::DeclareHoliday;
pub use declare_leave_case::DeclareLeaveCase;
pub use define_leave_type::DefineLeaveType;
pub use enter_leave::EnterLeave;
pub use events::{
    HolidayCalendarAdopted, HolidayDeclared, HolidayEvent, HolidayWithdrawn, LeavePolicyCleared,
    LeavePolicySet, LeaveTypeDefined, LeaveTypeEvent, LeaveTypeRenamed, LeaveTypeRestored,
    LeaveTypeRetired, PackRef,
};
pub use grant_refusal::GrantRefusal;
pub use leave_type::{LeaveType, LeaveTypeCommand, code_of_name, is_code, leave_type_stream};
pub use member_leave::*;
pub use policy::LeavePolicy;
pub use refusal::Refusal;
pub use rename_leave_type::RenameLeaveType;
pub use restore_leave_type::RestoreLeaveType;
pub use retire_leave_type::RetireLeaveType;
pub use set_leave_policy::SetLeavePolicy;
pub use withdraw_holiday::WithdrawHoliday;
pub use withdraw_leave_case::WithdrawLeaveCase;
pub use withdraw_leave_entry::WithdrawLeaveEntry;
