//! There is a new kind of leave. That no other has its code is held by a claim in the append.

use super::{LeaveType, LeaveTypeDefined, LeaveTypeEvent, PackRef, Refusal, is_code};
use crate::country::{Counts, ShownIn};
use crate::id::LeaveTypeId;
use crate::name::checked_name;

/// Define a kind of leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefineLeaveType {
    /// A new id.
    pub leave_type: LeaveTypeId,
    /// Its stable name.
    pub code: String,
    /// What it's called.
    pub name: String,
    /// Whether the employer pays for it.
    pub paid: bool,
    /// How amounts of it are shown.
    pub shown_in: ShownIn,
    /// Which days of an absence it takes.
    pub counts: Counts,
    /// The pack it comes from.
    pub pack: Option<PackRef>,
}

/// Refuses an id that was used, a bad code, a bad name.
pub fn decide(
    leave_type: &LeaveType,
    command: DefineLeaveType,
) -> Result<Vec<LeaveTypeEvent>, Refusal> {
    if leave_type.id.is_some() {
        return Err(Refusal::AlreadyDefined);
    }
    let DefineLeaveType { leave_type, code, name, paid, shown_in, counts, pack } = command;
    if !is_code(&code) {
        return Err(Refusal::InvalidCode);
    }
    let name = checked_name(&name).ok_or(Refusal::InvalidName)?;
    Ok(vec![LeaveTypeDefined { leave_type, code, name, paid, shown_in, counts, pack }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::samples;

    fn define(code: &str, name: &str) -> DefineLeaveType {
        DefineLeaveType {
            leave_type: samples::ANNUAL,
            code: code.into(),
            name: name.into(),
            paid: true,
            shown_in: ShownIn::Days,
            counts: Counts::WorkingDays,
            pack: Some(PackRef { country: "ZA".into(), version: 1 }),
        }
    }

    #[test]
    fn a_kind_of_leave_is_defined_under_its_trimmed_name() {
        let events = decide(&LeaveType::default(), define("annual", " Annual leave "));
        assert_eq!(events, Ok(vec![samples::annual_defined()]));
    }

    #[test]
    fn an_id_that_was_used_a_bad_code_and_a_bad_name_are_refused() {
        let refused = |leave_type: &LeaveType, code, name| {
            let refusal = decide(leave_type, define(code, name)).unwrap_err();
            (refusal.code(), refusal.field())
        };
        let none = LeaveType::default();
        assert_eq!(
            refused(&samples::annual(), "annual", "Annual"),
            ("leave.already_defined", None)
        );
        assert_eq!(refused(&none, "An nual", "Annual"), ("leave.invalid_code", Some("/code")));
        assert_eq!(refused(&none, "annual", " "), ("leave.invalid_name", Some("/name")));
    }
}
