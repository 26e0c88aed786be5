//! No more leave of a kind is asked for. What there is of it stays, and its code stays taken.

use super::{LeaveType, LeaveTypeEvent, LeaveTypeRetired, Refusal};
use crate::id::LeaveTypeId;

/// Let no more leave of a kind be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetireLeaveType {
    /// The kind.
    pub leave_type: LeaveTypeId,
}

/// Refuses an unknown kind; one that is retired already stays as it is.
pub fn decide(leave_type: &LeaveType, _: RetireLeaveType) -> Result<Vec<LeaveTypeEvent>, Refusal> {
    let id = leave_type.known()?;
    if leave_type.retired {
        return Ok(Vec::new());
    }
    Ok(vec![LeaveTypeRetired { leave_type: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::samples;

    #[test]
    fn a_kind_of_leave_is_retired_once() {
        let mut leave_type = LeaveType { retired: false, ..samples::annual() };
        let command = RetireLeaveType { leave_type: samples::ANNUAL };
        let events = decide(&leave_type, command.clone()).unwrap();
        assert_eq!(events, [LeaveTypeRetired { leave_type: samples::ANNUAL }.into()]);
        leave_type.evolve(&events[0]);
        assert_eq!(decide(&leave_type, command), Ok(vec![]));
    }

    #[test]
    fn an_unknown_kind_is_refused() {
        let command = RetireLeaveType { leave_type: samples::ANNUAL };
        assert_eq!(decide(&LeaveType::default(), command), Err(Refusal::UnknownLeaveType));
    }
}
