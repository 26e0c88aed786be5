//! Leave of a kind that was retired is asked for again.

use super::{LeaveType, LeaveTypeEvent, LeaveTypeRestored, Refusal};
use crate::id::LeaveTypeId;

/// Let leave of a kind be asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreLeaveType {
    /// The kind.
    pub leave_type: LeaveTypeId,
}

/// Refuses an unknown kind; one that is restored already stays as it is.
pub fn decide(leave_type: &LeaveType, _: RestoreLeaveType) -> Result<Vec<LeaveTypeEvent>, Refusal> {
    let id = leave_type.known()?;
    if !leave_type.retired {
        return Ok(Vec::new());
    }
    Ok(vec![LeaveTypeRestored { leave_type: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::samples;

    #[test]
    fn a_kind_of_leave_is_restored_once() {
        let mut leave_type = LeaveType { retired: true, ..samples::annual() };
        let command = RestoreLeaveType { leave_type: samples::ANNUAL };
        let events = decide(&leave_type, command.clone()).unwrap();
        assert_eq!(events, [LeaveTypeRestored { leave_type: samples::ANNUAL }.into()]);
        leave_type.evolve(&events[0]);
        assert_eq!(decide(&leave_type, command), Ok(vec![]));
    }

    #[test]
    fn an_unknown_kind_is_refused() {
        let command = RestoreLeaveType { leave_type: samples::ANNUAL };
        assert_eq!(decide(&LeaveType::default(), command), Err(Refusal::UnknownLeaveType));
    }
}
