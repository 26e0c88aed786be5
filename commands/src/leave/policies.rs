//! Changes of the terms of a kind of leave, for admins. They move accounts of many members, who are
//! settled by the work that follows these events.

use domain::id::LeaveTypeId;
use domain::leave::{self, LeavePolicy, clear_leave_policy, set_leave_policy};
use jiff::civil::Date;

use super::{change_leave_type, load_leave_type};
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Set the terms of a kind of leave from a day on, or always.
#[derive(Debug, Clone)]
pub struct SetLeavePolicy {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// The terms; the version of a text to accept is counted, not taken.
    pub policy: LeavePolicy,
}

impl Command for SetLeavePolicy {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let SetLeavePolicy { leave_type, from, policy } = self.clone();
        let loaded = load_leave_type(unit, leave_type, None).await?;
        let command = leave::SetLeavePolicy { leave_type, from, policy };
        let events = set_leave_policy::decide(&loaded.state, command);
        change_leave_type(unit, &loaded, events)
    }
}

/// Take back the terms of a day: those before them hold, or the law's.
#[derive(Debug, Clone, Copy)]
pub struct ClearLeavePolicy {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The first day of the terms; none = from always.
    pub from: Option<Date>,
}

impl Command for ClearLeavePolicy {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let ClearLeavePolicy { leave_type, from } = *self;
        let loaded = load_leave_type(unit, leave_type, None).await?;
        let command = leave::ClearLeavePolicy { leave_type, from };
        let events = clear_leave_policy::decide(&loaded.state, command);
        change_leave_type(unit, &loaded, events)
    }
}
