//! A kind of leave is called otherwise; its code stays, for law and policies go by it.

use super::{LeaveType, LeaveTypeEvent, LeaveTypeRenamed, Refusal};
use crate::id::LeaveTypeId;
use crate::name::checked_name;

/// Call a kind of leave otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameLeaveType {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The new name.
    pub name: String,
}

/// Refuses an unknown kind and a bad name; the name it has changes nothing.
pub fn decide(
    leave_type: &LeaveType,
    command: RenameLeaveType,
) -> Result<Vec<LeaveTypeEvent>, Refusal> {
    let id = leave_type.known()?;
    let name = checked_name(&command.name).ok_or(Refusal::InvalidName)?;
    if name == leave_type.name {
        return Ok(Vec::new());
    }
    Ok(vec![LeaveTypeRenamed { leave_type: id, name }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::samples;

    fn rename(name: &str) -> RenameLeaveType {
        RenameLeaveType { leave_type: samples::ANNUAL, name: name.into() }
    }

    #[test]
    fn a_kind_of_leave_gets_its_new_name_and_nothing_when_it_has_it() {
        let mut leave_type = samples::annual();
        let events = decide(&leave_type, rename(" Holiday ")).unwrap();
        let name = "Holiday".to_owned();
        assert_eq!(events, [LeaveTypeRenamed { leave_type: samples::ANNUAL, name }.into()]);
        leave_type.evolve(&events[0]);
        assert_eq!(decide(&leave_type, rename("Holiday")), Ok(vec![]));
    }

    #[test]
    fn an_unknown_kind_and_a_bad_name_are_refused() {
        assert_eq!(decide(&LeaveType::default(), rename("X")), Err(Refusal::UnknownLeaveType));
        assert_eq!(decide(&samples::annual(), rename("a\tb")), Err(Refusal::InvalidName));
    }
}
